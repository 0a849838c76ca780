"""What differs between publications, on a ledger made by hand: kinds of changes, their order and counts, figures that changed alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from orchestration.home import Home
from orchestration.made_by import GROUPS, digests
from orchestration.publish.ledger import FIGURES, Entry, write_entry
from orchestration.publish.made import Differing, Made, differing, keep_made, made_of
from orchestration.report.changes.found import alike, read_changes, read_history
from orchestration.report.changes.saying import say_counts, say_made, say_periods_of

PROVINCE, COUNTY = "610000", "611024"
START = datetime(2021, 9, 6, 18, tzinfo=UTC)

# By publication: (period, unit, figure, value, printed, the month it is taken from).
SAID = {
    1: [
        ("2021-08", PROVINCE, "households", "100", "100户", "2021-08"),
        ("2021-Q3", PROVINCE, "households", "100", "100户", "2021-08"),
        ("2021-08", COUNTY, "households", "40", "40户", "2021-08"),
        ("2021-08", COUNTY, "people", "90", "90人", "2021-08"),
        ("2021-08", PROVINCE, "rate", "0.99614", "99.61%", "2021-08"),
        ("2021-Q3", PROVINCE, "people", "900", "900人", "2021-08"),
    ],
    2: [
        ("2021-08", PROVINCE, "households", "101", "101户", "2021-08"),
        ("2021-Q3", PROVINCE, "households", "101", "101户", "2021-08"),
        ("2021-08", COUNTY, "households", "41", "41户", "2021-08"),
        ("2021-08", COUNTY, "people", None, None, "2021-08"),
        ("2021-08", PROVINCE, "rate", "0.99614", "99.62%", "2021-08"),
        ("2021-Q3", PROVINCE, "people", "950", "950人", "2021-09"),
        ("2021-09", PROVINCE, "people", "950", "950人", "2021-09"),
    ],
    3: [("2021-08", COUNTY, "people", "91", "91人", "2021-08")],
}
_TABLES = """
    create schema marts; create schema quality;
    create table quality.publications as select * from publications;
    create table marts.dim_reporting_unit as select * from (values
        ('610000', '陕西省', 'province', null), ('611024', '山阳县', 'county', '611000')) as v(unit_code, unit_name, kind, city_code);
    create table marts.dim_indicator as select * from (values
        ('households', '户数', '户', 1), ('people', '人数', '人', 2), ('rate', '开工率', '1', 3)
    ) as v(figure_key, label_zh, unit, position);
    create table marts.dim_period as select * from (values
        ('2021-08', date '2021-08-01', date '2021-08-31'), ('2021-09', date '2021-09-01', date '2021-09-30'),
        ('2021-Q3', date '2021-07-01', date '2021-09-30')) as v(reporting_period, start_on, end_on);
    create table marts.rpt_restatements as select * from (values
        (2, '2021-08', '610000', 'households', '更正', 's2', '山阳县'), (2, '2021-Q3', '610000', 'households', '更正', 's2', '山阳县'),
        (2, '2021-08', '611024', 'households', '更正', 's2', '山阳县')
    ) as v(publication, reporting_period, unit_code, figure_key, reason_zh, submission_ids, units_zh);
    create table marts.dim_submission as select * from (values
        ('s1', '611024', '2021-08', 1, timestamp '2021-09-06 10:00:00', '接收', 's2'),
        ('s2', '611024', '2021-08', 2, timestamp '2021-09-07 10:00:00', '接收', null)
    ) as v(submission_id, unit_code, reporting_period, version, received_at, status_zh, superseded_by)"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("changes"))
    published = []
    for number, said in SAID.items():
        moment = START + timedelta(days=number - 1)
        entry = Entry(number, moment, moment, f"f{number}", len(said))
        rows = [
            (number, period, unit, key, None if value is None else Decimal(value), printed, source)
            for period, unit, key, value, printed, source in said
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        write_entry(home, entry, pa.table(columns, names=FIGURES.names).cast(FIGURES))
        published.append((number, moment.replace(tzinfo=None)))
    numbers, moments = (pa.array(list(column)) for column in zip(*published, strict=True))
    publications = pa.table({"number": numbers, "published_at": moments})
    home.published.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.register("publications", publications)
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
    return home


def test_each_figure_that_differs_is_of_one_kind(home: Home):
    changes = read_changes(home, 2)
    found = {
        (c.figure.reporting_period, c.figure.unit_code, c.figure.figure_key): c.kind for c in changes.figures
    }
    assert found == {
        ("2021-08", PROVINCE, "households"): "restated",
        ("2021-Q3", PROVINCE, "households"): "restated",
        ("2021-08", COUNTY, "households"): "restated",
        ("2021-08", COUNTY, "people"): "withdrawn",
        ("2021-Q3", PROVINCE, "people"): "continued",
        ("2021-08", PROVINCE, "rate"): "reprinted",
        ("2021-09", PROVINCE, "people"): "new",
    }
    assert say_counts(changes.counts) == "更正 3、撤下 1、报告期延续 1、仅印发尾数 1、首次公布 1"


def test_the_weightiest_comes_first_and_what_changed_alike_is_one_line(home: Home):
    lines = alike(read_changes(home, 2).figures)
    assert [line[0].kind for line in lines] == [
        "restated",
        "restated",
        "withdrawn",
        "continued",
        "reprinted",
        "new",
    ]
    assert [line[0].figure.unit_code for line in lines[:2]] == [PROVINCE, COUNTY]
    assert say_periods_of(lines[0]) == "2021-08 等2期"


def test_counts_are_of_all_however_few_are_asked_for(home: Home):
    changes = read_changes(home, 2, limit=1)
    assert (len(changes.figures), changes.total) == (1, 7)
    assert list(changes.by_period) == ["2021-08", "2021-09", "2021-Q3"]
    assert sum(sum(counts.values()) for counts in changes.by_period.values()) == 7


def test_a_figure_that_was_withdrawn_and_is_there_again_is_back(home: Home):
    assert read_changes(home).counts == {"back": 1}
    history = read_history(home, COUNTY, "2021-08", "people")
    assert [(entry.number, change.kind) for entry, change in history] == [
        (1, "new"),
        (2, "withdrawn"),
        (3, "back"),
    ]


def test_a_submission_is_told_by_the_first_publication_that_knows_it(home: Home):
    assert [came.submission_id for came in read_changes(home, 1).sent] == ["s1"]
    [came] = read_changes(home, 2).sent
    assert (came.submission_id, came.supersedes, came.figures) == ("s2", ("s1",), 3)
    assert read_changes(home, 3).sent == ()


def test_a_publication_that_there_is_not_has_no_changes(home: Home, tmp_path):
    assert read_changes(home, 9) is None
    assert read_changes(Home(tmp_path)) is None


def test_what_a_publication_was_made_by_is_kept_once_while_it_stays_the_same(tmp_path, monkeypatch):
    home = Home(tmp_path)
    monkeypatch.setattr("orchestration.publish.made.commit", lambda: None)
    keep_made(home, 1)
    keep_made(home, 2)
    assert made_of(home, 2) == made_of(home, 1) == Made(None, digests(home))
    assert len(list((home.published / "ledger" / "made").iterdir())) == 1
    assert made_of(Home(tmp_path / "other"), 2) is None


def test_what_differs_is_named_group_by_group():
    before = Made("abc", {"rules": {"R-1": "a", "R-2": "a"}, "models": {"m.sql": "a"}, "units": {}})
    after = Made("abd", {"rules": {"R-1": "b", "R-3": "a"}, "models": {"m.sql": "a"}, "units": {}})
    assert differing(before, after) == [Differing("rules", ("R-3",), ("R-1",), ("R-2",))]
    assert differing(before, before) == []


def test_every_group_of_what_figures_are_made_by_has_parts(tmp_path):
    found = digests(Home(tmp_path))
    assert found.keys() == GROUPS.keys()
    assert all(found.values())
    assert {"R-EMP-3", "expectations/employment.py"} <= found["rules"].keys()


def test_what_was_not_kept_is_not_said_to_be_the_same(home: Home):
    changes = read_changes(home, 2)
    assert (changes.made, say_made(changes)) == (None, [])
