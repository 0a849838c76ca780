"""Published figures for tests of ``verify``, without a province: one fixed table of the values an article prints."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.home import DBT_PROJECT
from orchestration.periods import parse_period
from orchestration.report.verify.answers import Answer, Figure, verify_text
from orchestration.report.verify.published import Published, Standing
from orchestration.units import ReportingUnits, Unit

_DATA = Path(__file__).with_name("data")
AUGUST = parse_period("2021-08")
ARTICLES = _DATA / "articles"
ARTICLE = (ARTICLES / "2021-08_bulletin.txt").read_text(encoding="utf-8")


def published() -> Published:
    with (_DATA / "article_figures.csv").open(encoding="utf-8", newline="") as handle:
        return Published(
            Standing(
                AUGUST.key,
                "610000",
                row["figure_key"],
                Decimal(row["value"]),
                row["display_zh"],
                None,
                date.fromisoformat(row["as_of"]),
            )
            for row in csv.DictReader(handle)
        )


def judged(article: str) -> Answer:
    return verify_text(article, published(), AUGUST, ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv"))


def standing(
    key: str, value: str, *, period: str = "2021-08", unit: str = "610000", as_of: str = "2021-08-31", **more
) -> Standing:
    """One published figure, printed as its value; ``more``: what came before it."""
    return Standing(period, unit, key, Decimal(value), value, None, date.fromisoformat(as_of), **more)


def judged_by(article: str, *rows: Standing, period: str = "2021-08", unit: Unit | None = None) -> Answer:
    """An article held against these published figures alone."""
    units = ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv")
    return verify_text(article, Published(rows), parse_period(period), units, unit)


def verdicts(answer: Answer) -> dict[str, str]:
    """The verdict of each figure by its text; of a text said twice the last one."""
    return {figure.text: figure.verdict for figure in answer.figures}


def at(answer: Answer, start: int) -> Figure:
    """The figure that stands at an offset of the article."""
    return next(figure for figure in answer.figures if figure.start == start)
