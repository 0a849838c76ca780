"""Great Expectations' Data Docs of the rules: its renderers and its templates, on pages of ours that fetch nothing.

``index.html`` leads to a page for each period and to ``rules.html``. Belongs here: these pages. Does not belong here: which
verdicts stand (``verdicts``), the objects rendered (``suites``), and writing files (``write``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup, escape

from orchestration.audit.engine import great_expectations
from orchestration.cards import load_cards
from orchestration.periods import parse_period
from orchestration.report.documentation.suites import RULES_PAGE, results_of, suite_of
from orchestration.report.documentation.verdicts import Checked, RuleWords, Standing
from orchestration.report.documentation.words import in_chinese
from orchestration.report.page import render
from orchestration.words import SEVERITY

if TYPE_CHECKING:
    from great_expectations.render.renderer.page_renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )

INDEX = "index.html"
_TEMPLATES = Path(__file__).parent / "data_docs"
# Beside what Great Expectations shows of a result: its outcome, the rule, and how many rows failed.
_MORE = ("级别", "判定", "不符报表", "核验行数")


def index_page(checked: Checked) -> str:
    """The way in: the newest month by dataset, and every period."""
    periods = [
        (period, checked.total(checked.standings[period].values())) for period in reversed(checked.periods)
    ]
    newest = _newest(checked.periods)
    datasets = [
        (dataset, card_title(dataset), checked.total(standing for _, standing in judged))
        for dataset, judged in (_by_dataset(checked, newest) if newest else ())
    ]
    return render(
        "documentation/checks_index.html.j2",
        checked=checked,
        newest=newest,
        datasets=datasets,
        periods=periods,
        rules_page=RULES_PAGE,
    )


def _newest(periods: Sequence[str]) -> str | None:
    """The last month, where there is one: a week's workbook has one register alone."""
    months = [period for period in periods if parse_period(period).cadence == "month"]
    return next(reversed(months or periods), None)


def period_page(checked: Checked, period: str, made_of: str) -> str:
    """How every rule stood in a period, by dataset. ``made_of`` is a digest that the page carries."""
    sections = [_results_section(dataset, judged) for dataset, judged in _by_dataset(checked, period)]
    return render(
        "documentation/checks_page.html.j2",
        title=f"{period} 规则核验结果",
        total=checked.total(checked.standings[period].values()),
        contents=_contents(sections),
        body=_sections(sections),
        made_of=made_of,
    )


def rules_page(checked: Checked) -> str:
    """Every rule in force, by dataset: what it asks, where it comes from, what to do."""
    sections = []
    for dataset, rules in _rules_by_dataset(checked):
        document = _render().suite.render(suite_of(card_title(dataset), rules)).to_json_dict()
        heading, _, listed, *_ = document["sections"][0]["content_blocks"]
        del listed["header"]
        sections.append(_section(dataset, [heading, listed]))
    return render(
        "documentation/checks_page.html.j2",
        title=f"{len(checked.rules)} 条规则",
        total=None,
        contents=_contents(sections),
        body=_sections(sections),
        made_of=None,
    )


def card_title(dataset: str) -> str:
    """A dataset as its workbook's sheet is called; its own name where no card is left."""
    card = load_cards().get(dataset)
    return card.sheet if card else dataset


def _results_section(dataset: str, judged: list[tuple[RuleWords, Standing]]) -> dict[str, Any]:
    results = results_of(card_title(dataset), judged)
    document = _render().results.render(results).to_json_dict()
    overview, expectations, *_ = document["sections"]
    table = expectations["content_blocks"][1]
    table["header_row"] += _MORE
    # Rendered in the order given, one row for each result.
    for row, (rule, standing) in zip(table["table"], judged, strict=True):
        row.extend(_more(rule, standing))
        said = row[1][0] if isinstance(row[1], list) else row[1]  # of a crash without its traceback
        row[1] = [said, f"<br><small>整改:{escape(rule.remedy)}</small>"] if standing.failing else said
    section = _section(dataset, [*overview["content_blocks"], table])
    section["content_blocks"][0]["subheader"]["string_template"]["styling"]["params"][
        "expectation_suite_name"
    ]["attributes"]["href"] = f"{RULES_PAGE}#{dataset}"
    return section


def _more(rule: RuleWords, standing: Standing) -> list[str]:
    failing = f"{standing.failing:,}" + (f"(豁免{standing.waived:,})" if standing.waived else "")
    return [SEVERITY[rule.severity], f"{standing.subjects:,}", failing, f"{standing.checked:,}"]


def _section(dataset: str, blocks: list[dict]) -> dict[str, Any]:
    section = in_chinese({"section_name": card_title(dataset), "content_blocks": blocks})
    section["anchor"] = dataset
    section["content_blocks"][0]["header"]["string_template"]["template"] = card_title(dataset)
    return section


def _contents(sections: list[dict]) -> list[tuple[str, str]]:
    return [(section["anchor"], section["section_name"]) for section in sections]


def _sections(sections: list[dict]) -> Markup:
    """The sections as Great Expectations' templates show them. Its objects and ours have escaped what was said."""
    return Markup(_render().templates.get_template("sections.j2").render(sections=sections))


@dataclass(frozen=True, slots=True)
class _Renderers:
    """Great Expectations' own: of a suite and of results as documents, and its templates with ours before them."""

    suite: ExpectationSuitePageRenderer
    results: ValidationResultsPageRenderer
    templates: Environment


@cache
def _render() -> _Renderers:
    great_expectations()
    from great_expectations.render.renderer.page_renderer import (  # noqa: PLC0415  (as slow as itself)
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view import DefaultJinjaPageView  # noqa: PLC0415

    templates = DefaultJinjaPageView().env
    templates.loader = ChoiceLoader([FileSystemLoader(_TEMPLATES), templates.loader])
    return _Renderers(
        ExpectationSuitePageRenderer(), ValidationResultsPageRenderer(run_info_at_end=True), templates
    )


def _by_dataset(checked: Checked, period: str) -> Iterator[tuple[str, list[tuple[RuleWords, Standing]]]]:
    standings = checked.standings[period]
    for dataset, rules in _rules_by_dataset(checked):
        judged = [(rule, standings[rule.code]) for rule in rules if rule.code in standings]
        if judged:
            yield dataset, judged


def _rules_by_dataset(checked: Checked) -> Iterator[tuple[str, list[RuleWords]]]:
    """Datasets in the order of their cards, those without one last."""
    names = {rule.dataset for rule in checked.rules.values()}
    known = [name for name in load_cards() if name in names]
    for name in [*known, *sorted(names - set(known))]:
        yield name, [rule for rule in checked.rules.values() if rule.dataset == name]
