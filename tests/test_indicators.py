"""The indicator dictionary: what every entry says, what is refused, and which definition holds in a period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from audit_support import BUREAU_SUBMISSION, COUNTY_SUBMISSION, UNITS_CSV, batch, clean_rows, workspace

from orchestration.audit import workspace as audit_workspace
from orchestration.audit.workspace import furnish
from orchestration.cards import load_cards
from orchestration.indicators import (
    DICTIONARY,
    KINDS,
    DictionaryError,
    Indicator,
    indicators_in,
    load_indicators,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every_indicator = pytest.mark.parametrize("indicator", load_indicators().values(), ids=lambda i: i.key)


@every_indicator
def test_an_indicator_says_what_it_is_who_answers_for_it_and_how_it_is_counted(indicator: Indicator) -> None:
    assert indicator.kind in KINDS
    assert all(CHINESE.search(words) for words in (indicator.label, indicator.owner, indicator.formula))
    assert indicator.unit and indicator.cadences
    assert indicator.aliases and all(CHINESE.search(alias) for alias in indicator.aliases)
    assert (indicator.unit == "1") == (indicator.kind == "ratio") == (indicator.scale == "%")


@every_indicator
def test_a_formula_names_columns_of_its_card_alone(indicator: Indicator) -> None:
    if indicator.dataset is None:
        return
    columns = {column.name for column in load_cards()[indicator.dataset].landed_columns} | {
        "reporting_period"
    }
    for version in indicator.versions:
        sql = re.sub(r"'[^']*'", "", f"{version.measure} {version.where or ''}")
        words = set(re.findall(r"[a-z_][a-z0-9_]*", sql))
        assert words - columns <= {
            *(
                "count",
                "sum",
                "min",
                "distinct",
                "substr",
                "cast",
                "extract",
                "year",
                "from",
                "as",
                "integer",
            ),
            *("string", "and", "is", "not", "null", "in"),
        }


def test_an_alias_with_its_context_and_measure_word_means_one_indicator() -> None:
    meant = Counter(
        (alias, context, measure)
        for i in load_indicators().values()
        for alias, context, measure in product(
            i.aliases, i.context or ("",), {i.measure_word or i.scale, *i.measures}
        )
    )
    assert [words for words, times in meant.items() if times > 1] == []


def test_a_target_is_a_target_of_the_same_unit() -> None:
    dictionary = load_indicators()
    targets = [(i, dictionary[i.target]) for i in dictionary.values() if i.target]
    assert targets
    for indicator, target in targets:
        assert (target.kind, target.unit) == ("target", indicator.unit)


def test_what_flows_in_a_month_is_in_no_week_and_is_summed_in_a_quarter() -> None:
    flows = {key for key, i in load_indicators().items() if i.kind == "flow"}
    assert len(flows) >= 5
    assert flows <= indicators_in("2021-08").keys() & indicators_in("2021-Q3").keys()
    assert not flows & indicators_in("2021-W35").keys()


def _edited(tmp_path: Path, edit: Callable[[dict, dict], object]) -> Path:
    """The dictionary with an edit, which gets the entry of projects_started and the whole meta."""
    content = yaml.safe_load(DICTIONARY.read_text(encoding="utf-8"))
    meta = content["models"][0]["config"]["meta"]
    edit(next(entry for entry in meta["indicators"] if entry["key"] == "projects_started"), meta)
    path = tmp_path / "dim_indicator.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda entry, _: entry.pop("formula"), "projects_started has no formula"),
        (lambda entry, _: entry.pop("measure"), "projects_started has no measure"),
        (lambda entry, _: entry.update(alias=["开工"]), "projects_started: unknown alias"),
        (lambda entry, _: entry.update(kind="sum"), "projects_started: kind is sum"),
        (lambda entry, _: entry.update(section="计划"), "projects_started: no section 计划"),
        (lambda entry, _: entry.update(dataset="project"), "projects_started: no dataset project"),
        (lambda entry, _: entry.update(target="goal"), "projects_started: no indicator goal"),
        (lambda entry, _: entry.update(cadences=["quarter"]), "projects_started: quarter is no base cadence"),
        (lambda entry, _: entry.update(kind="ratio"), "projects_started: a ratio"),
        (lambda entry, meta: meta["indicators"].append(dict(entry)), "projects_started stands twice"),
        (
            lambda entry, _: entry.update(versions=[{"from": "2021-13"}]),
            "projects_started: 2021-13 is no month",
        ),
        (
            lambda entry, _: entry.update(versions=[{"form": "2021-01"}]),
            "projects_started: unknown form in a version",
        ),
        (
            lambda entry, _: entry.update(versions=[{"from": "2021-08", "until": "2021-07"}]),
            r"projects_started: a version ends \(2021-07\) before it begins",
        ),
        (
            lambda entry, _: entry.update(versions=[{"until": "2021-07"}, {"from": "2021-07"}]),
            "projects_started: versions overlap",
        ),
        (
            lambda entry, _: entry.update(
                versions=[{"until": "2021-07"}, {"from": "2021-08", "measure": "min(amount)"}]
            ),
            "projects_started: what counts or adds up",
        ),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused_by_name(
    tmp_path: Path, edit: Callable, words: str
) -> None:
    with pytest.raises(DictionaryError, match=words):
        load_indicators(_edited(tmp_path, edit))


def _changed(tmp_path: Path) -> dict[str, Indicator]:
    """projects_started was another thing until May and in July 2021, and nobody counted it in June."""
    versions = [
        {"until": "2021-05", "where": "arranged_on is not null", "formula": "已安排项目"},
        {"from": "2021-07", "until": "2021-07", "measure": "count(distinct project_no)", "where": "true"},
        {"from": "2021-08", "definition": "今年八月起"},
    ]
    return load_indicators(_edited(tmp_path, lambda entry, _: entry.update(versions=versions)))


def test_the_definition_of_a_period_is_the_one_valid_in_the_month_in_which_it_ends(tmp_path: Path) -> None:
    started = _changed(tmp_path)["projects_started"]
    assert (started.valid_from, started.valid_until, started.definition) == ("2021-08", None, "今年八月起")
    assert started.valid_in("2021-06") is None and started.valid_in("2021-Q2") is None
    first, second = started.valid_in("2021-05"), started.valid_in("2021-07")
    assert first and second
    assert (first.where, first.formula, first.measure) == (
        "arranged_on is not null",
        "已安排项目",
        started.measure,
    )
    assert (second.measure, second.formula) == ("count(distinct project_no)", started.formula)
    assert started.valid_in("2021-Q3") == started == started.valid_in("2022")


@pytest.mark.parametrize(
    ("period", "value"), [("2021-05", 3), ("2021-06", None), ("2021-07", 4), ("2021-08", 2)]
)
def test_stated_totals_are_judged_by_the_definition_of_their_period(
    tmp_path: Path, monkeypatch, period: str, value: int | None
) -> None:
    changed = _changed(tmp_path)
    monkeypatch.setattr(audit_workspace, "load_indicators", lambda: changed)
    with workspace(clean_rows(), period) as connection:
        assert _started(connection) == value


def test_workbooks_of_one_night_are_judged_each_by_its_own_period(tmp_path: Path, monkeypatch) -> None:
    changed = _changed(tmp_path)
    monkeypatch.setattr(audit_workspace, "load_indicators", lambda: changed)
    judged = batch(clean_rows(), "2021-07")
    other = batch(clean_rows(), "2021-08")
    with duckdb.connect() as connection:
        for name, table in judged.items():
            bureau = other[name].filter(pc.field("submission_id") == BUREAU_SUBMISSION)
            both = pa.concat_tables([table.filter(pc.field("submission_id") == COUNTY_SUBMISSION), bureau])
            connection.register("_rows", both)
            connection.execute(f"create table {name} as from _rows")
        furnish(connection, UNITS_CSV)
        assert connection.execute("select count(*) from reporting_periods").fetchall() == [(2,)]
        assert _started(connection) == 4


def _started(connection: duckdb.DuckDBPyConnection) -> int | None:
    query = "select value from unit_figures where submission_id = ? and figure_key = 'projects_started'"
    found = connection.execute(query, [COUNTY_SUBMISSION]).fetchone()
    return found and found[0]
