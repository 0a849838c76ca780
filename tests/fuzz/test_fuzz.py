"""The short part of fuzzing: what was found before, and some hundred new inputs, the same ones each time.

The long run is ``make fuzz``.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz import cases, layouts, reading_values
from fuzz.oracle import examine, same
from fuzz.run import run
from orchestration.cards import load_cards
from orchestration.receive.readers import UnreadableFile, read_workbook

CASES = sorted(cases.FOLDER.glob("*.xml"))
READ = {
    "plain": ["甲", "乙"],
    "value_in_an_extension": ["8"],
    "inline_text_without_its_type": ["甲"],
    "string_in_an_extension": ["甲", "乙"],
}
REFUSED = {
    "two_values": "U-UNRELIABLE",
    "row_attribute_twice": "U-CORRUPT",
    "cell_attribute_twice": "U-CORRUPT",
    "cell_address_twice": "U-CORRUPT",
    "control_character": "U-CORRUPT",
    "inline_type_with_a_number": "U-UNRELIABLE",
    "unknown_type": "U-UNRELIABLE",
    "logical_that_is_none": "U-UNRELIABLE",
    "error_that_is_a_number": "U-UNRELIABLE",
    "encoding_of_many_bytes": "U-CORRUPT",
    "string_within_a_string": "U-UNRELIABLE",
    "value_and_inline_text": "U-UNRELIABLE",
    "attribute_that_is_no_name": "U-CORRUPT",
}


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_what_was_found_is_read_rightly_or_refused(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    path.write_bytes(cases.workbook_of(case))
    if case.stem in READ:
        assert read_workbook(path).sheets[0].rows == {1: READ[case.stem]}
        assert examine(path).mismatch is None
        return
    with pytest.raises(UnreadableFile) as refused:
        read_workbook(path)
    assert refused.value.code == REFUSED[case.stem]


def test_mutated_files_are_refused_or_read_as_they_are(tmp_path: Path) -> None:
    numbers = run(160, seed=20210831, folder=tmp_path, workers=2)
    assert not numbers.failures
    assert numbers.refused.total() > 30
    assert numbers.read > 30
    assert numbers.second["strict"] > 10


@settings(max_examples=150)
@given(st.sampled_from(sorted(load_cards())), st.integers(0, 2**32))
def test_a_sheet_laid_out_otherwise_is_read_rightly_or_something_is_said(dataset: str, seed: int) -> None:
    wrong, changes = layouts.misread(dataset, Random(seed))
    assert wrong is None, changes


@pytest.mark.parametrize(
    ("dataset", "name"), [(dataset, column.name) for dataset, column in reading_values.columns()]
)
def test_a_value_is_landed_as_it_is_meant_or_is_a_problem(dataset: str, name: str) -> None:
    column = load_cards()[dataset].column(name)
    assert not list(reading_values.misread(dataset, column, Random(name), 120))


@pytest.mark.parametrize(
    ("mine", "theirs", "is_same"),
    [
        ("5", 5.0, True),
        ("70.42%", 0.7042, True),
        ("TRUE", True, True),
        ("2021-08-05", 44413, True),
        ("#REF!", None, True),
        ("5", 6, False),
        ("5", None, False),
        ("", "5", False),
        ("36", "甲", False),
    ],
)
def test_the_oracle_knows_one_cell_from_two(mine: str, theirs: object, is_same: bool) -> None:
    assert same(mine, theirs) is is_same
