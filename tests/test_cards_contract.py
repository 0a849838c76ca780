"""What every dataset card promises to the template, the parser, the lake and dbt."""

from __future__ import annotations

import re

import pytest
import yaml

from orchestration.cards import CARDS, UNIT_FACTORS, Card, CardError, Column, load_cards
from orchestration.home import DBT_PROJECT
from orchestration.indicators import load_indicators
from orchestration.lake import arrow_type, dataset_schema
from orchestration.land.headers import plain
from orchestration.layout import (
    CADENCE_NAMES,
    COVER_SHEET,
    DICTIONARY_SHEET,
    group_spans,
    header_rows,
    stated_indicators,
    stated_unit,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every_card = pytest.mark.parametrize("card", load_cards().values(), ids=lambda card: card.dataset)


def _models(card: Card) -> list[dict]:
    return yaml.safe_load((CARDS / f"{card.dataset}.yml").read_text(encoding="utf-8")).get("models", [])


def _facts() -> dict[str, set[str]]:
    models = [model for card in load_cards().values() for model in _models(card)]
    return {model["name"]: {column["name"] for column in model["columns"]} for model in models}


@every_card
def test_no_two_columns_of_a_group_answer_to_one_header(card: Card) -> None:
    """Two whose months do not meet may: one took the place of the other."""
    seen: dict[tuple[str | None, str], list[Column]] = {}
    for column in card.sheet_columns:
        for header in column.headers:
            place = (column.group, plain(header))
            meant = [other.name for other in seen.get(place, []) if _meet(other, column)]
            assert not meant, f"{header} means {meant} and {column.name}"
            seen.setdefault(place, []).append(column)


def _meet(one: Column, other: Column) -> bool:
    """Whether some month asks for both."""
    first = max(one.since or "", other.since or "")
    return first <= min(one.until or "9999", other.until or "9999")


@every_card
def test_every_data_type_has_an_arrow_type(card: Card) -> None:
    for column in card.columns:
        assert arrow_type(column.data_type) is not None


@every_card
def test_units_are_known_and_stand_on_numbers_only(card: Card) -> None:
    for column in card.columns:
        if column.unit or column.unit_from:
            assert column.data_type == "integer" or column.data_type.startswith("decimal"), column.name
        assert column.unit is None or column.unit in UNIT_FACTORS


@every_card
def test_every_decimal_says_in_what_unit_it_is(card: Card) -> None:
    decimals = [column for column in card.sheet_columns if column.data_type.startswith("decimal")]
    assert all(column.unit or column.unit_from for column in decimals)


@every_card
def test_descriptions_are_bilingual(card: Card) -> None:
    for described in (card, *card.columns):
        chinese, separator, english = described.description.partition(" | ")
        assert separator and CHINESE.search(chinese), described
        assert re.search("[A-Za-z]", english) and not CHINESE.search(english), described


@every_card
def test_key_columns_are_required_landed_and_on_the_sheet(card: Card) -> None:
    for name in card.key:
        column = card.column(name)
        assert column.required and column.landed and column.header, name


@every_card
def test_personal_columns_are_texts_and_derived_columns_come_from_an_id_number(card: Card) -> None:
    for column in card.columns:
        if column.personal:
            assert column.personal in ("name", "phone", "id_number") and column.data_type == "string"
        if column.derived_from:
            assert column.header is None
            assert card.column(column.derived_from).personal == "id_number"
        else:
            assert column.header, f"{column.name} is neither on the sheet nor derived"


@every_card
def test_bounds_and_lists_stand_where_they_can_be_checked(card: Card) -> None:
    for column in card.columns:
        if column.minimum is not None or column.maximum is not None:
            assert column.data_type in ("integer", "bigint")
        if column.allowed:
            assert column.data_type == "string" and len(set(map(plain, column.allowed))) == len(
                column.allowed
            )
        assert column.format in (None, "month", "unit_code")


@every_card
def test_the_fact_has_every_landed_column_and_the_lineage(card: Card) -> None:
    fact = _facts()[card.fact]
    own_model = any(model["name"] == card.fact for model in _models(card))
    lineage = {"unit_code", "reporting_period", "submission_id", "source_sheet", "source_row"}
    assert lineage <= fact
    if own_model:
        assert {column.name for column in card.columns if column.in_fact} <= fact
    assert not {column.name for column in card.columns if column.masked} & fact


def test_every_measured_dataset_is_counted_from_the_fact_its_card_names() -> None:
    macro = (DBT_PROJECT / "macros" / "facts_by_dataset.sql").read_text(encoding="utf-8")
    counted = dict(re.findall(r"'(\w+)': ref\('(\w+)'\)", macro))
    measured = {indicator.dataset for indicator in load_indicators().values() if indicator.dataset}
    assert counted == {name: load_cards()[name].fact for name in measured}


def test_cards_that_share_a_fact_give_it_something() -> None:
    facts = _facts()
    guests = [card for card in load_cards().values() if not _models(card)]
    assert {card.dataset for card in guests} == {"fund_spending", "product_submissions"}
    for card in guests:
        own = {column.name for column in card.landed_columns} - set(card.key)
        assert own & facts[card.fact], card.dataset


def test_sheets_and_datasets_are_told_apart() -> None:
    cards = load_cards().values()
    sheets = [plain(card.sheet) for card in cards]
    assert len(set(sheets)) == len(sheets) == 17
    assert not {plain(COVER_SHEET), plain(DICTIONARY_SHEET)} & set(sheets)
    assert all(len(card.sheet) <= 31 and not set(card.sheet) & set("[]:*?/\\") for card in cards)
    assert all(card.submitted_by in ("county", "province", "all") for card in cards)
    assert all(set(card.cadences) <= CADENCE_NAMES.keys() for card in cards)


@every_card
def test_the_landed_schema_ends_with_where_a_row_came_from(card: Card) -> None:
    names = dataset_schema(card).names
    assert names[:2] == ["submission_id", "unit_code"] and names[-2:] == ["source_sheet", "source_row"]
    assert len(set(names)) == len(names)
    landed = set(names)
    in_clear = {
        column.name for column in card.columns if column.personal in ("name", "phone") and not column.masked
    }
    assert not landed & in_clear
    assert all(column.personal == "name" for column in card.columns if column.masked)


@every_card
def test_groups_are_runs_so_that_they_can_be_merged(card: Card) -> None:
    groups = [group for group, _, _ in group_spans(card) if group]
    assert len(groups) == len(set(groups))
    assert (header_rows(card).group is not None) == bool(groups)


def test_every_stated_unit_is_one_a_reader_knows() -> None:
    for kind in ("county", "province"):
        stated = stated_indicators(load_indicators(), kind, "month")
        assert stated
        for indicator in stated:
            unit, decimals = stated_unit(indicator, kind)
            assert unit in UNIT_FACTORS and 0 <= decimals <= 6, indicator.key
            base = "1" if unit == "%" else indicator.unit
            assert UNIT_FACTORS[unit][0] == base, indicator.key


def test_a_card_that_contradicts_itself_is_refused(tmp_path) -> None:
    text = (CARDS / "employment.yml").read_text(encoding="utf-8")
    (tmp_path / "employment.yml").write_text(text.replace('unit: "元"', 'unit: "块"'), encoding="utf-8")
    with pytest.raises(CardError, match="unknown unit 块"):
        load_cards(tmp_path)
