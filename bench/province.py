"""The 59 figures of the published warehouse beside the targets they must meet: ``python -m bench.province``.

Each figure must print as the article prints it, and its exact value must lie within half a unit of the last
printed digit (equal where the article counts exactly). Exits 1 and says which when one does not.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.home import PROJECT_ROOT, Home
from orchestration.report.bulletin import Figure, figures
from orchestration.units import ReportingUnits

TARGETS = PROJECT_ROOT / "sample" / "data" / "targets.csv"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One target and the warehouse's figure; ``fault`` is empty when they agree."""

    target: dict[str, str]
    figure: Figure | None
    fault: str


def compare(targets: list[dict[str, str]], found: list[Figure]) -> list[Comparison]:
    """Every target with its figure, in the targets' order."""
    by_key = {figure.key: figure for figure in found}
    pairs = [(target, by_key.get(target["topic"])) for target in targets]
    return [Comparison(target, figure, _fault(target, figure)) for target, figure in pairs]


def _fault(target: dict[str, str], figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "not in the warehouse"
    phrase = unicodedata.normalize("NFKC", target["phrase_cn"])
    if not re.search(rf"(?<![\d.]){re.escape(figure.display)}", phrase):
        return f"prints as {figure.display}"
    if not _meets(target, figure.value):
        return f"is {figure.value}"
    return ""


def _meets(target: dict[str, str], value: Decimal) -> bool:
    """A number within its printed precision, ``50多`` as more than 50 and less than 60, 千亿级 by its order."""
    printed = Decimal(target["value_base"])
    if not target["precision_half_unit_base"]:
        return printed <= value < 10 * printed
    if f"{target['value_printed']}多" in target["phrase_cn"]:
        return printed < value < printed + 10
    return abs(value - printed) <= Decimal(target["precision_half_unit_base"])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--period", default="2021-08")
    arguments.add_argument("--targets", type=Path, default=TARGETS)
    chosen = arguments.parse_args()
    home = Home.current()
    with chosen.targets.open(encoding="utf-8-sig", newline="") as handle:
        targets = list(csv.DictReader(handle))
    province = ReportingUnits(home.units_csv).province.code
    compared = compare(targets, figures(home.warehouse, chosen.period, province))
    Console(width=None if sys.stdout.isatty() else 120).print(_table(compared))
    wrong = [comparison.target["topic"] for comparison in compared if comparison.fault]
    print(f"{len(compared) - len(wrong)} of {len(compared)} figures agree with {chosen.targets.name}")
    if wrong:
        print("NOT AGREEING: " + ", ".join(wrong), file=sys.stderr)
    return 1 if wrong or not compared else 0


def _table(compared: list[Comparison]) -> Table:
    table = Table("figure", "the article", "the warehouse", "exactly", "")
    for comparison in compared:
        figure, fault = comparison.figure, comparison.fault
        exact = f"{figure.value.normalize():f}" if figure and figure.value is not None else ""
        table.add_row(
            comparison.target["topic"],
            comparison.target["phrase_cn"],
            figure.display if figure else "",
            exact,
            f"[red]{fault}[/red]" if fault else "ok",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
