"""Finds two columns of one sheet whose contents were exchanged: each has what the other's header asks for.

It asks ``clean`` itself: when most cells of a column cannot be read, the same rows are cleaned with that column
and another one exchanged, and where that leaves (nearly) no problem the two were swapped. The cells' own
problems stay; this one says where they come from. Belongs here: which exchanges are worth a trial, and the
finding. Does not belong here: what a cell means (clean).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from orchestration import lake
from orchestration.cards import Card, Column
from orchestration.land.clean import clean, raw_schema
from orchestration.land.pseudonym import PseudonymKey
from orchestration.units import ReportingUnits

FEWEST_ROWS = 3  # of fewer rows nothing can be said
SAMPLE_ROWS = 60  # of one sheet, evenly spread: a swap shows in any of them
MOST_LEFT = 10  # of so many sampled rows, one may still have a problem after the exchange

# Blank cells say nothing of a swap.
_CODES = ("S-TYPE", "S-ALLOWED", "S-RANGE", "S-ID", "S-PHONE")
_ID_WITH_BIRTHDAY = re.compile(
    r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?:\d\d)?"
)
_MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True, slots=True)
class _Trial:
    """Two columns of one submission, exchanged in a sample of its rows."""

    submission_id: str
    one: str
    other: str
    rows: pa.Table

    @property
    def name(self) -> str:
        return f"{self.submission_id}|{self.one}|{self.other}"


def swapped_columns(
    raw: pa.Table,
    letters: pa.Table,
    card: Card,
    units: ReportingUnits,
    *,
    key: PseudonymKey,
    problems: pa.Table,
) -> pa.Table:
    """S-SWAPPED, one row (``lake.PROBLEMS``) for each two exchanged columns of a submission.

    Arguments as of ``clean``, with the problems it gave. ``column_name`` holds both names and ``cell`` both cells
    of the first row, each joined by a comma.
    """
    suspects = _suspects(raw, problems)
    trials = [
        trial for submission, broken in suspects.items() for trial in _trials(raw, card, submission, broken)
    ]
    if not trials:
        return lake.PROBLEMS.empty_table()
    left = _left_after(trials, card, units, key)
    rows = []
    for submission, broken in suspects.items():
        taken: set[str] = set()
        own = [trial for trial in trials if trial.submission_id == submission]
        for trial in sorted(own, key=lambda trial: (left[trial.name], _distance(card, trial))):
            mended = left[trial.name] * MOST_LEFT <= trial.rows.num_rows
            if mended and not taken & {trial.one, trial.other}:
                taken |= {trial.one, trial.other}
                rows.append(_problem(trial, raw, letters, card, broken))
    return pa.Table.from_pylist(rows, schema=lake.PROBLEMS)


def _suspects(raw: pa.Table, problems: pa.Table) -> dict[str, dict[str, int]]:
    """Submissions with a column most of whose rows cannot be read: those columns and their rows at fault."""
    kept = problems.filter(pc.is_in(problems["rule_code"], pa.array(_CODES)))
    if not kept.num_rows:
        return {}
    rows = _counts(raw, ["submission_id"])
    suspects: dict[str, dict[str, int]] = {}
    for (submission, column), broken in _counts(kept, ["submission_id", "column_name"]).items():
        total = rows.get((submission,), 0)
        if total >= FEWEST_ROWS and 2 * broken > total:
            suspects.setdefault(submission, {})[column] = broken
    return suspects


def _counts(table: pa.Table, by: list[str]) -> dict[tuple, int]:
    counted = table.group_by(by).aggregate([("source_row", "count_distinct")])
    return {tuple(row[name] for name in by): row["source_row_count_distinct"] for row in counted.to_pylist()}


def _trials(raw: pa.Table, card: Card, submission: str, broken: Mapping[str, int]) -> Iterator[_Trial]:
    own = raw.filter(pc.equal(raw["submission_id"], submission))
    step = max(1, own.num_rows // SAMPLE_ROWS)
    sample = own.take(list(range(0, own.num_rows, step))[:SAMPLE_ROWS])
    seen: set[frozenset[str]] = set()
    for one in broken:
        for other in card.sheet_columns:
            pair = frozenset((one, other.name))
            if len(pair) < 2 or pair in seen:
                continue
            seen.add(pair)
            if other.name in broken or _may_hold(other, card.column(one), card, sample):
                yield _Trial(submission, one, other.name, sample)


def _may_hold(other: Column, broken: Column, card: Card, sample: pa.Table) -> bool:
    """Whether a column without problems of its own may hold the broken column's values: text alone takes anything.
    A code takes numbers too, so it must hold what is unmistakable: ID numbers, mobile phones."""
    texts = [text.strip() for text in sample[other.name].to_pylist() if text and text.strip()]
    if other.data_type != "string" or other.allowed or 2 * len(texts) <= sample.num_rows:
        return False
    if other.name not in card.key and other.format is None and "编号" not in (other.header or ""):
        return True
    form = {"id_number": _ID_WITH_BIRTHDAY, "phone": _MOBILE}.get(broken.personal or "")
    return form is not None and sum(bool(form.fullmatch(text)) for text in texts) * 10 >= 9 * len(texts)


def _left_after(trials: list[_Trial], card: Card, units: ReportingUnits, key: PseudonymKey) -> dict[str, int]:
    """How many problems the two columns of each trial still have when exchanged, all trials in one pass."""
    tables = [_exchanged(trial, card) for trial in trials]
    no_letters = pa.table({name: pa.array([], pa.string()) for name in lake.LANDED_COLUMNS.names})
    _, problems = clean(pa.concat_tables(tables), no_letters, card, units, key)
    columns = {trial.name: {trial.one, trial.other} for trial in trials}
    left = dict.fromkeys(columns, 0)
    for problem in problems.select(["submission_id", "column_name", "rule_code"]).to_pylist():
        name = problem["submission_id"]
        left[name] += problem["column_name"] in columns[name] and problem["rule_code"] != "S-KEY"
    return left


def _exchanged(trial: _Trial, card: Card) -> pa.Table:
    values = {name: trial.rows[name] for name in trial.rows.column_names}
    values[trial.one], values[trial.other] = values[trial.other], values[trial.one]
    values["submission_id"] = pa.repeat(pa.scalar(trial.name, pa.string()), trial.rows.num_rows)
    return pa.table(values, schema=raw_schema(card))


def _distance(card: Card, trial: _Trial) -> int:
    names = [column.name for column in card.sheet_columns]
    return abs(names.index(trial.one) - names.index(trial.other))


def _problem(trial: _Trial, raw: pa.Table, letters: pa.Table, card: Card, broken: Mapping[str, int]) -> dict:
    own = raw.filter(pc.equal(raw["submission_id"], trial.submission_id))
    row = pc.min(own["source_row"]).as_py()
    order = [column.name for column in card.sheet_columns if column.name in (trial.one, trial.other)]
    places = {
        record["column_name"]: record["column_letter"]
        for record in letters.filter(pc.equal(letters["submission_id"], trial.submission_id)).to_pylist()
    }
    named = "与".join(f"“{card.column(name).header}”({places.get(name, '?')}列)" for name in order)
    at_fault = max(broken.get(name, 0) for name in order)
    return {
        "submission_id": trial.submission_id,
        "unit_code": own["unit_code"][0].as_py(),
        "dataset": card.dataset,
        "rule_code": "S-SWAPPED",
        "source_sheet": own["source_sheet"][0].as_py(),
        "source_row": row,
        "column_name": ",".join(order),
        "cell": ",".join(f"{places[name]}{row}" for name in order if name in places) or None,
        "found": f"{named}的内容填反了:{own.num_rows}行中有{at_fault}行不符,对调后即相符",
        "expected": "把这两列的内容对调回来,下面由此引起的各处不必逐个改",
    }
