"""The reference pages of the docs, written from the cards and the catalogue of rules: ``make docs``.

Belongs here: turning what is declared into pages for people. Does not belong here: any fact of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations import catalogue
from expectations.rule import Rule
from orchestration.cards import Card, Column, load_cards
from orchestration.home import PROJECT_ROOT

DATASETS = PROJECT_ROOT / "docs" / "datasets.md"
RULES = PROJECT_ROOT / "docs" / "rules.md"
_WRITTEN = "<!-- Written by `make docs`; change the {} instead. -->"
_SUBMITTERS = {"county": "county 县(区)", "province": "bureau 省局", "all": "every unit 各报送单位"}


def datasets_page(cards: Iterable[Card]) -> str:
    """Every dataset with its sheet, submitter, key, fact and columns, as Markdown."""
    blocks = [
        "# Datasets 数据集",
        _WRITTEN.format("cards in dbt_project/models/datasets"),
        "One card per dataset: a sheet of the workbook, a folder of the lake, a fact of the warehouse. Values are"
        " landed in base units (元, 人, a ratio as a fraction of 1), whatever unit the header prints.",
    ]
    for card in cards:
        blocks += [
            f"## {card.dataset} {card.sheet}",
            card.description,
            f"Submitted by: {_SUBMITTERS[card.submitted_by]} ({', '.join(card.cadences)})."
            f" Key: {', '.join(card.key)}. Fact: `{card.fact}`.",
            _table(("column", "header", "type", "required", "meaning"), map(_column_row, card.columns)),
        ]
    return _page(blocks)


def rules_page(rules: Iterable[Rule]) -> str:
    """Every rule with its code, severity, words, remedy and source, as Markdown, in code order."""
    rows = [
        (
            f"{rule.code} v{rule.version}",
            rule.severity,
            rule.scope,
            rule.dataset,
            rule.title_zh,
            rule.remedy_zh,
            rule.source,
        )
        for rule in sorted(rules, key=lambda rule: rule.code)
    ]
    return _page(
        [
            "# Rules 校验规则",
            _WRITTEN.format("rules in expectations/"),
            "An *error* holds back its submission's dataset (a bureau-scope error: the publication); a *warning* is"
            " published with a flag. A *file* rule looks at one workbook, a *bureau* rule across units and periods.",
            _table(("rule", "severity", "scope", "dataset", "规则", "整改办法", "source 依据"), rows),
        ]
    )


def write_pages() -> None:
    DATASETS.write_text(datasets_page(load_cards().values()), encoding="utf-8")
    RULES.write_text(rules_page(catalogue().values()), encoding="utf-8")


def _column_row(column: Column) -> tuple[str, ...]:
    header = column.header_text if column.header else f"(from {column.derived_from})"
    kind = {None: column.data_type, "id_number": "pseudonym"}.get(column.personal, "not stored")
    return (column.name, header, kind, "yes" if column.required else "", column.description)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (header, *rows)]
    return "\n".join([lines[0], "|" + " --- |" * len(header), *lines[1:]])


def _page(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    write_pages()
