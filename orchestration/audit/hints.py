"""Likely causes of failures: a wrong unit, two cells or columns the wrong way round, the smallest edit of a sum.

Hints are for failures alone, and failures are few: what they are judged on is fetched with a few statements per
dataset, and no rule gets more than MOST_HINTED of them in one submission.

Belongs here: fetching that, and giving each failure the first hint that holds. Does not belong here: how a row
(``row_hints``) or a stated total (``stated_hints``) is looked at, nor the words (``hint_words``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from expectations import catalogue
from expectations.rule import Rule
from orchestration.audit.row_hints import Row, Sheet, row_hint, text_hint
from orchestration.audit.stated_hints import STATED_RULES, excesses, stated_hints
from orchestration.cards import Card, Column, load_cards
from orchestration.ranges import parts_of

MOST_HINTED = 2000

_WHOLE_NUMBERS = ("integer", "bigint")


def add_hints(
    connection: duckdb.DuckDBPyConnection, failures: pa.Table, rules: Mapping[str, Rule] | None = None
) -> pa.Table:
    """The failures, in their order, with a hint where there was none and one is found.

    ``failures`` has the columns of ``lake.FAILURES``; others are kept. The connection holds the furnished batch
    (``workspace.furnish``) that they were found in. ``rules`` default to the catalogue.
    """
    places = failures.select(_READ).to_pylist()
    wanted = _wanted(places)
    failing = Counter((place["rule_code"], place["submission_id"]) for place in places)
    hints: list[str | None] = [place["hint"] for place in places]
    by_dataset: dict[str, list[int]] = {}
    for index in wanted:
        by_dataset.setdefault(places[index]["dataset"], []).append(index)
    for dataset, indexes in by_dataset.items():
        card = load_cards().get(dataset)
        if card is not None:
            chosen = [places[index] for index in indexes]
            found = _dataset_hints(connection, card, chosen, failing, rules or catalogue())
            for index, hint in zip(indexes, found, strict=True):
                hints[index] = hint
    column = failures.schema.get_field_index("hint")
    return failures.set_column(
        column, failures.schema.field(column), pa.array(hints, failures.schema.field(column).type)
    )


_READ = (
    "rule_code",
    "dataset",
    "submission_id",
    "source_row",
    "cells",
    "found",
    "expected",
    "hint",
)


def _wanted(places: Sequence[Mapping]) -> list[int]:
    """The failures to look at: those without a hint that have a dataset, the first of each rule and submission."""
    seen: Counter[tuple] = Counter()
    wanted = []
    for index, place in enumerate(places):
        subject = (place["submission_id"], place["rule_code"])
        if place["hint"] is None and place["submission_id"] and place["dataset"]:
            seen[subject] += 1
            if seen[subject] <= MOST_HINTED:
                wanted.append(index)
    return wanted


def _dataset_hints(
    connection: duckdb.DuckDBPyConnection,
    card: Card,
    places: Sequence[Mapping],
    failing: Mapping[tuple[str, str], int],
    rules: Mapping[str, Rule],
) -> list[str | None]:
    stated = {}
    if any(place["rule_code"] in STATED_RULES for place in places):
        stated = stated_hints(connection, [p for p in places if p["rule_code"] in STATED_RULES])
    others = [place for place in places if place["rule_code"] not in STATED_RULES]
    rows = _rows(connection, card, others, failing, rules)
    hints = []
    for place in places:
        key = (place["rule_code"], place["submission_id"], place["source_row"])
        if place["rule_code"] in STATED_RULES:
            hints.append(stated.get((*key, place["found"])))
        else:
            row = rows.get(key)
            hints.append(row_hint(row) if row else text_hint(place["found"], place["expected"]))
    return hints


def _rows(
    connection: duckdb.DuckDBPyConnection,
    card: Card,
    places: Sequence[Mapping],
    failing: Mapping[tuple[str, str], int],
    rules: Mapping[str, Rule],
) -> dict[tuple, Row]:
    """By rule, submission and row: the comparable cells at fault, their values and what their sheet is like."""
    columns = [column for column in card.columns if _comparable(column)]
    located = [place for place in places if place["source_row"] is not None and place["cells"]]
    if not columns or not located:
        return {}
    pairs = sorted({(place["submission_id"], place["source_row"]) for place in located})
    values = _values(connection, card, columns, pairs)
    summed = any(rules[code].sum for code in {place["rule_code"] for place in located} & rules.keys())
    sheets = _sheets(connection, card, columns, pairs, summed)
    by_name = {column.name: column for column in columns}
    rows = {}
    for place in located:
        key = (place["rule_code"], place["submission_id"], place["source_row"])
        sheet, found = sheets.get(key[1]), values.get(key[1:])
        if sheet is None or found is None:
            continue
        cells = {}
        for cell in place["cells"].split(","):
            name = sheet.letters.get(parts_of(cell)[0])
            if name in by_name:
                cells[name] = cell
        rule = rules.get(key[0])
        rows[key] = Row(
            cells=cells,
            values=found,
            columns=by_name,
            sheet=sheet,
            sum=rule.sum if rule else None,
            found=place["found"],
            expected=place["expected"],
            failing=failing[key[:2]],
        )
    return rows


def _comparable(column: Column) -> bool:
    """Numbers, dates and months on the sheet, nothing personal."""
    kind = column.data_type in (*_WHOLE_NUMBERS, "date") or column.data_type.startswith("decimal")
    return bool(column.header) and not column.personal and (kind or column.format == "month")


def _as_value(column: Column) -> str:
    """A month as its first day; whole numbers as decimals, so that all arithmetic is exact."""
    if column.format == "month":
        return f"try_cast({column.name} || '-01' as date)"
    if column.data_type in _WHOLE_NUMBERS:
        return f"cast({column.name} as decimal(18, 0))"
    return column.name


def _values(
    connection: duckdb.DuckDBPyConnection,
    card: Card,
    columns: Sequence[Column],
    pairs: Sequence[tuple[str, int]],
) -> dict[tuple[str, int], dict]:
    connection.register("_asked", _asked_rows(pairs))
    listed = ", ".join(f"{_as_value(column)} as {column.name}" for column in columns)
    rows = connection.execute(
        f"select submission_id, source_row, {listed} from {card.dataset} "
        "semi join _asked using (submission_id, source_row)"
    ).fetchall()
    connection.unregister("_asked")
    names = [column.name for column in columns]
    return {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in rows}


def _sheets(
    connection: duckdb.DuckDBPyConnection,
    card: Card,
    columns: Sequence[Column],
    pairs: Sequence[tuple[str, int]],
    summed: bool,
) -> dict[str, Sheet]:
    """Of each submission's sheet: its letters, how many rows it has, and the middle value of every column (where
    most rows are sound, of those); for sums also what its columns have in excess of the totals stated."""
    submissions = sorted({submission for submission, _ in pairs})
    connection.register("_asked", _asked_rows(pairs))
    middles = ", ".join(_middle(column) for column in columns)
    rows = connection.execute(
        f"with every as (select d.*, a.source_row is null as sound from {card.dataset} as d "
        "left join _asked as a using (submission_id, source_row)) "
        f"select submission_id, count(*), {middles} from every "
        "semi join _asked using (submission_id) group by submission_id"
    ).fetchall()
    letters: dict[str, dict[str, str]] = {}
    for submission, name, letter in connection.execute(
        "select submission_id, column_name, column_letter from landed_columns "
        "semi join _asked using (submission_id) where dataset = ? and column_letter is not null",
        [card.dataset],
    ).fetchall():
        letters.setdefault(submission, {})[letter] = name
    connection.unregister("_asked")
    names = [column.name for column in columns]
    excess = excesses(connection, card.dataset, submissions) if summed else {}
    return {
        submission: Sheet(
            letters.get(submission, {}),
            count,
            dict(zip(names, values, strict=True)),
            excess.get(submission, {}),
        )
        for submission, count, *values in rows
    }


def _asked_rows(pairs: Sequence[tuple[str, int]]) -> pa.Table:
    return pa.table(
        {
            "submission_id": pa.array([pair[0] for pair in pairs], pa.string()),
            "source_row": pa.array([pair[1] for pair in pairs], pa.int32()),
        }
    )


def _middle(column: Column) -> str:
    """On a short sheet the rows at fault would bend what is usual; where most are, nothing else is left to go by."""
    numbers = column.data_type != "date" and column.format != "month"
    counted = f"{column.name} > 0" if numbers else "true"
    of_all, of_sound = (
        f"quantile_disc({_as_value(column)}, 0.5) filter (where {which})"
        for which in (counted, f"{counted} and sound")
    )
    most = "2 * count(*) filter (where sound) > count(*)"
    return f"coalesce(case when {most} then {of_sound} end, {of_all}) as {column.name}"
