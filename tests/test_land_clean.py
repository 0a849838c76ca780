"""Texts become exact values in base units; what cannot be read becomes a problem that names its cell."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from land_support import COUNTY, ID_NUMBER, KEY, UNITS, card, clean_rows, clean_values, good_row, letters_of

from orchestration.cards import load_cards
from orchestration.lake import PROBLEMS, dataset_schema
from orchestration.land.clean import clean, raw_schema
from orchestration.land.extract import LOSSY
from orchestration.land.pseudonym import PseudonymKey
from orchestration.layout import header_rows

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SEPARATED = {
    "plain": "{}-{}-{}",
    "padded": "{}-{:0>2}-{:0>2}",
    "slash": "{}/{}/{}",
    "dot": "{}.{}.{}",
    "chinese": "{}年{}月{}日",
    "spaced": "{} 年 {} 月 {} 日",
    "compact": "{}{:0>2}{:0>2}",
    "time": "{}-{:0>2}-{:0>2} 08:30:00",
    "iso": "{}-{:0>2}-{:0>2}T08:30:00",
}

fen = st.decimals(min_value=0, max_value=Decimal("99999999999.99"), places=2, allow_nan=False)
dates = st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 12, 31))
widths = st.sampled_from(["half", "full"])


def _written(text: str, width: str) -> str:
    return f" {text.translate(FULL_WIDTH)}\u3000" if width == "full" else f" {text}\t"


@pytest.mark.parametrize("dataset", load_cards())
def test_good_rows_of_every_dataset_land_without_a_problem(dataset: str) -> None:
    of = card(dataset)
    numbers = (1, 2, 3) if _free_key(of) else (1,)
    typed, problems = clean_rows(dataset, [good_row(of, number) for number in numbers])
    assert problems == []
    assert all(row[column.name] is not None for row in typed for column in of.landed_columns)


def _full(text: str) -> str:
    """A text as a Chinese input method may type it: 12 → \uff11\uff12."""
    return text.translate(FULL_WIDTH)


def _refused(texts: list[str]) -> tuple[list[None], list[str]]:
    return [None] * len(texts), ["S-TYPE"] * len(texts)


def _free_key(of) -> bool:
    """Whether the rows that ``good_row`` makes differ in their key."""
    return any(not of.column(name).allowed and not of.column(name).format for name in of.key)


@pytest.mark.parametrize("dataset", load_cards())
def test_no_rows_give_no_rows_in_the_landed_schema(dataset: str) -> None:
    of = card(dataset)
    typed, problems = clean(raw_schema(of).empty_table(), letters_of(of), of, UNITS, KEY)
    assert typed.schema == dataset_schema(of) and typed.num_rows == 0
    assert problems.schema == PROBLEMS and problems.num_rows == 0


@given(st.lists(st.tuples(fen, st.booleans(), widths), min_size=1, max_size=100))
@settings(max_examples=10)
def test_any_amount_to_the_fen_written_in_wan_yuan_comes_back_exactly(amounts) -> None:
    texts = []
    for yuan, separators, width in amounts:
        wan = yuan / 10000
        texts.append(_written(f"{wan:,f}" if separators else f"{wan:f}", width))
    values, rules = clean_values("projects", "total_funds", texts)
    assert rules == [None] * len(texts)
    assert values == [yuan for yuan, _, _ in amounts]


@given(st.lists(st.floats(min_value=0, max_value=1e7, allow_nan=False), min_size=1, max_size=100))
@settings(max_examples=10)
def test_what_a_spreadsheet_stores_for_a_fen_amount_is_read_as_that_amount(values) -> None:
    """A cell computed in floating point carries noise in its 16th digit; the amount it stands for has none."""
    amounts = [Decimal(str(round(value, 2))) for value in values]
    noisy = [repr(float(amount) / 10000 * 3 / 3) for amount in amounts]
    read, rules = clean_values("projects", "total_funds", noisy)
    assert rules == [None] * len(noisy)
    assert read == amounts


@given(
    st.lists(
        st.decimals(min_value=0, max_value=Decimal("9999999"), places=7).filter(lambda d: d * 10**6 % 1 != 0),
        min_size=1,
        max_size=100,
    )
)
@settings(max_examples=10)
def test_a_fraction_of_a_fen_is_refused(values) -> None:
    read, rules = clean_values("projects", "total_funds", [f"{value:f}" for value in values])
    assert read == [None] * len(values)
    assert set(rules) == {"S-TYPE"}


@given(st.lists(st.tuples(dates, st.sampled_from([*SEPARATED, "serial"]), widths), min_size=1, max_size=100))
@settings(max_examples=10)
def test_a_date_in_every_accepted_form_comes_back(items) -> None:
    texts = []
    for day, form, width in items:
        serial = str((day - date(1899, 12, 30)).days)
        text = serial if form == "serial" else SEPARATED[form].format(day.year, day.month, day.day)
        texts.append(text if form in ("time", "iso") else _written(text, width))
    values, rules = clean_values("risk_screening", "screened_on", texts)
    assert rules == [None] * len(texts)
    assert values == [day for day, _, _ in items]


@given(
    st.lists(
        st.tuples(
            dates,
            st.sampled_from(["{}-{:0>2}", "{}{:0>2}", "{}年{}月", "{}/{}", "{}.{:0>2}", "{} 年 {} 月"]),
            widths,
        ),
        min_size=1,
        max_size=100,
    )
)
@settings(max_examples=10)
def test_a_month_in_every_accepted_form_comes_back(items) -> None:
    texts = [_written(form.format(day.year, day.month), width) for day, form, width in items]
    values, rules = clean_values("monitored_households", "identified_month", texts)
    assert rules == [None] * len(texts)
    assert values == [f"{day:%Y-%m}" for day, _, _ in items]


def test_a_month_stored_as_a_date_is_that_month() -> None:
    texts = ["44409", "2021-08-31", "2021年8月1日"]
    assert clean_values("monitored_households", "identified_month", texts)[0] == ["2021-08"] * 3


def test_a_month_that_may_be_january_or_october_is_refused() -> None:
    values, rules = clean_values("monitored_households", "identified_month", ["2021.1", "2021.10", "2021.01"])
    assert values == [None, "2021-10", "2021-01"]
    assert rules == ["S-TYPE", None, None]


def test_a_text_that_is_no_plausible_date_is_refused() -> None:
    texts = ["2021-02-30", "2021-13-01", "202108", "五月", "2021", "1021-08-05", "2121-08-05", "440", "99999"]
    texts += ["8月5日", "#REF!", "2021-08-05x", "20210231", "2021-8-5-1"]
    assert clean_values("risk_screening", "screened_on", texts) == _refused(texts)


def test_a_whole_number_is_read_however_it_is_written() -> None:
    written = {"12": 12, "12.0": 12, "1,234": 1234, _full("1,234"): 1234, "1.2E1": 12, "+7": 7}
    written["11.999999999999998"] = 12
    assert clean_values("employment", "people", list(written)) == (
        list(written.values()),
        [None] * len(written),
    )


def test_a_text_that_is_no_whole_number_is_refused() -> None:
    texts = [
        "12.5",
        "12人",
        "1,23",
        "1.234.5",
        "1 234",
        "十二",
        "12%",
        "1e99",
        "#N/A",
        "TRUE",
        "0x1F",
        "1_000",
    ]
    texts += ["12.001", "1,2345", "12,", ",12", "inf", "nan(1)", "1e", "--5"]
    assert clean_values("employment", "people", texts) == _refused(texts)


def test_a_number_too_large_to_hold_is_refused_and_stops_nothing() -> None:
    texts = ["9" * 13, "9" * 40, "1e20", "99999999999", "9" * 400]
    values, rules = clean_values("employment", "people", ["3", *texts])
    assert (values[0], rules[0]) == (3, None)
    assert (values[1:], rules[1:]) == _refused(texts)


def test_a_share_in_percent_is_landed_as_a_fraction() -> None:
    texts = ["4.35", "4.35%", _full("4.35%"), " 4.350 ", "4.3500000000000005"]
    assert clean_values("microcredit", "annual_rate", texts) == ([Decimal("0.043500")] * 5, [None] * 5)


@pytest.mark.parametrize(
    ("dataset", "column"),
    [("microcredit", "overdue_amount"), ("projects", "completed_on"), ("hotline_12317", "county_name")],
)
def test_a_blank_word_is_a_blank_where_nothing_is_required(dataset: str, column: str) -> None:
    words = ["", "null ", "NULL", "无", "-", "—", "–", "/", "\u3000", " "]
    assert clean_values(dataset, column, words) == ([None] * len(words), [None] * len(words))


@pytest.mark.parametrize(
    ("dataset", "column"), [("microcredit", "amount"), ("projects", "performance_target")]
)
def test_a_blank_word_in_a_required_cell_is_missing(dataset: str, column: str) -> None:
    words = ["", "null", "-", "—"]
    assert clean_values(dataset, column, words) == ([None] * 4, ["S-REQUIRED"] * 4)


def test_none_may_be_the_answer_in_prose_that_is_required() -> None:
    assert clean_values("projects", "performance_target", ["无"]) == (["无"], [None])


def test_yes_and_no_are_read() -> None:
    words = {"是": True, "否": False, " 是 ": True, "TRUE": True, "FALSE": False}
    assert clean_values("microcredit", "extended", list(words)) == (list(words.values()), [None] * len(words))


def test_a_maybe_is_neither_yes_nor_no() -> None:
    assert clean_values("microcredit", "extended", ["待定"]) == ([None], ["S-TYPE"])


def test_a_listed_word_is_known_whatever_its_blanks_and_width() -> None:
    texts = ["第一书记(兼队长)", f"第一书记{_full('(')}兼队长{_full(')')}", "第一书记 (兼队长) "]
    assert clean_values("resident_teams", "role", texts) == (["第一书记(兼队长)"] * 3, [None] * 3)


def test_a_word_that_is_not_listed_is_reported_with_the_list() -> None:
    _, problems = clean_rows("resident_teams", [{**good_row(card("resident_teams")), "role": "书记员"}])
    assert [(p["rule_code"], p["cell"], p["found"]) for p in problems] == [("S-ALLOWED", "H4", "书记员")]
    assert all(word in problems[0]["expected"] for word in card("resident_teams").column("role").allowed)


def test_a_unit_code_old_or_new_becomes_the_code_in_force() -> None:
    same = ("610124", "610124.0", _full("610124"), "610124000000", "156610124")
    codes = dict.fromkeys(same, "610124")
    codes |= {"610125": "610118", "610000": "610000"}
    found = clean_values("bridging_funds", "receiving_unit_code", list(codes))
    assert found == (list(codes.values()), [None] * len(codes))


def test_a_code_of_another_province_is_refused() -> None:
    assert clean_values("bridging_funds", "receiving_unit_code", ["320100"]) == ([None], ["S-TYPE"])


def test_bounds_of_the_card_hold_and_the_value_stays_visible() -> None:
    assert clean_values("monitored_households", "members", ["0", "1", "20", "21"]) == (
        [0, 1, 20, 21],
        ["S-RANGE", None, None, "S-RANGE"],
    )


def test_a_negative_amount_or_count_is_out_of_range() -> None:
    assert clean_values("microcredit", "amount", ["-0.01", "0"])[1] == ["S-RANGE", None]
    assert clean_values("employment", "people", ["-1"])[1] == ["S-RANGE"]


def test_a_row_states_its_own_unit() -> None:
    good = good_row(card("east_west"))
    rows = [
        {**good, "indicator": indicator, "value": value, "unit": unit}
        for indicator, value, unit in [
            ("消费帮扶", "12.345", "亿元"),
            ("社会帮扶资金", "8,574.2", "万元"),
            ("挂职干部", "12", "名"),
            ("企业吸纳就业", "12.5", "亩"),
        ]
    ]
    typed, problems = clean_rows("east_west", rows)
    assert [row["value"] for row in typed] == [Decimal("1234500000"), Decimal("85742000"), Decimal(12), None]
    assert [(p["rule_code"], p["cell"]) for p in problems] == [("S-ALLOWED", "G7")]


def test_a_stated_total_of_unknown_unit_is_reported_on_the_unit() -> None:
    good = good_row(card("stated_totals"))
    rows = [
        {**good, "indicator": "甲", "value": "99.61%", "unit": "%"},
        {**good, "indicator": "乙", "value": "3.22", "unit": "万户"},
        {**good, "indicator": "丙", "value": "7", "unit": "吨"},
        {**good, "indicator": "丁", "value": "7%", "unit": "户"},
    ]
    typed, problems = clean_rows("stated_totals", rows)
    assert [row["value"] for row in typed] == [Decimal("0.9961"), Decimal(32200), None, None]
    assert [(p["rule_code"], p["cell"], p["column_name"]) for p in problems] == [
        ("S-TYPE", "C6", "unit"),
        ("S-TYPE", "B7", "value"),
    ]


def test_a_household_counted_twice_is_reported_with_its_first_row() -> None:
    good = good_row(card("monitored_households"))
    rows = [{**good, "household_no": number} for number in ("A1", "A2", "A1", "'A1.0", "A 1")]
    _, problems = clean_rows("monitored_households", rows)
    first = header_rows(card("monitored_households")).first_data
    assert [(p["rule_code"], p["source_row"], p["cell"], p["found"]) for p in problems] == [
        ("S-KEY", first + 2, f"C{first + 2}", "A1"),
        ("S-KEY", first + 4, f"C{first + 4}", "A1"),
    ]
    assert f"第{first}行" in problems[0]["expected"]


def test_a_key_of_several_columns_repeats_only_when_all_do() -> None:
    good = good_row(card("employment"))
    rows = [
        {**good, "channel": "外出务工"},
        {**good, "channel": "帮扶车间"},
        {**good, "channel": "外 出务工"},
    ]
    _, problems = clean_rows("employment", rows)
    assert [(p["rule_code"], p["source_row"]) for p in problems] == [("S-KEY", 6)]


def test_a_column_that_is_not_on_the_sheet_breaks_no_cell() -> None:
    typed, problems = clean_rows("employment", [{**good_row(card("employment")), "people": None}])
    assert problems == [] and typed[0]["people"] is None


def test_a_long_number_that_lost_digits_is_refused() -> None:
    text = f"{LOSSY}610124000000000000000"
    values, rules = clean_values("monitored_households", "household_no", [text])
    assert (values, rules) == ([None], ["S-LOSSY"])


def test_a_document_number_is_one_whatever_its_brackets() -> None:
    brackets = ["〔2021〕", "[2021]", "(2021)", "【2021】", _full("(2021)"), _full("[2021]"), "〔2021〕 "]
    texts = [f"陕财办农{bracket}38号" for bracket in brackets]
    assert set(clean_values("fund_spending", "document_no", texts)[0]) == {"陕财办农〔2021〕38号"}


def test_prose_keeps_its_chinese_punctuation() -> None:
    written = "新建水厂\uff1a供水1200人\uff0c一期" + _full("(A1)")
    assert clean_values("projects", "project_name", [written])[0] == [
        "新建水厂\uff1a供水1200人\uff0c一期(A1)"
    ]


def test_an_error_cell_is_no_text() -> None:
    assert clean_values("projects", "project_name", ["#REF!"]) == ([None], ["S-TYPE"])


@pytest.mark.parametrize(
    "number", [ID_NUMBER, f"{ID_NUMBER}11", ID_NUMBER[:-1] + "x", f" {ID_NUMBER} ", f"'{ID_NUMBER}"]
)
def test_an_id_number_of_the_right_form_gives_a_pseudonym_and_the_birth_year(number: str) -> None:
    typed, problems = clean_rows("microcredit", [{**good_row(card("microcredit")), "borrower_id_no": number}])
    assert problems == []
    assert len(typed[0]["borrower_id_no"]) == 32 and set(typed[0]["borrower_id_no"]) <= set(
        "0123456789abcdef"
    )
    assert typed[0]["borrower_birth_year"] == 1980


def test_a_person_has_one_pseudonym_in_a_home_and_another_elsewhere() -> None:
    of = card("monitored_households")
    rows = [
        {**good_row(of, n), "head_id_no": text}
        for n, text in enumerate((ID_NUMBER, f"{ID_NUMBER}43", f"{ID_NUMBER} "))
    ]
    typed, _ = clean_rows("monitored_households", rows)
    assert len({row["head_id_no"] for row in typed}) == 1
    record = {
        **rows[0],
        "submission_id": "s1",
        "unit_code": COUNTY,
        "source_sheet": of.sheet,
        "source_row": 5,
    }
    raw = pa.Table.from_pylist([record], schema=raw_schema(of))
    elsewhere, _ = clean(raw, letters_of(of), of, UNITS, PseudonymKey(b"\0" * 32))
    assert elsewhere["head_id_no"].to_pylist() != [typed[0]["head_id_no"]]


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("head_id_no", "61012419800101001", "S-ID"),
        ("head_id_no", "6101241980010100AB", "S-ID"),
        ("head_phone", "12345", "S-PHONE"),
        ("head_id_no", f"{LOSSY}610124198001010000", "S-LOSSY"),
    ],
)
def test_a_problem_with_personal_data_never_repeats_it(column: str, text: str, rule: str) -> None:
    of = card("monitored_households")
    typed, problems = clean_rows("monitored_households", [{**good_row(of), column: text}])
    assert [p["rule_code"] for p in problems] == [rule]
    assert "个人信息不显示" in problems[0]["found"]
    assert text.strip(LOSSY) not in repr(typed) + repr(problems)


def test_names_and_phones_are_checked_and_dropped() -> None:
    of = card("monitored_households")
    typed, problems = clean_rows(
        "monitored_households", [{**good_row(of), "head_name": "", "head_phone": "029-87654321"}]
    )
    assert [(p["rule_code"], p["column_name"], p["found"]) for p in problems] == [
        ("S-REQUIRED", "head_name", "")
    ]
    assert "029" not in repr(typed)


def test_usual_telephone_numbers_pass() -> None:
    of = card("monitored_households")
    phones = ["13912345678", "029-8765432", "02987654321", "8765432", "139 1234 5678"]
    rows = [{**good_row(of, number), "head_phone": phone} for number, phone in enumerate(phones)]
    assert clean_rows("monitored_households", rows)[1] == []


def test_every_problem_names_its_cell_and_says_what_was_expected() -> None:
    of = card("microcredit")
    rows = [
        good_row(of, 1),
        {**good_row(of, 2), **{c.name: "?!" for c in of.sheet_columns if c.name != "contract_no"}},
    ]
    _, problems = clean_rows("microcredit", rows)
    row = header_rows(of).first_data + 1
    letters = dict(
        zip(*(letters_of(of)[name].to_pylist() for name in ("column_name", "column_letter")), strict=True)
    )
    assert len({p["column_name"] for p in problems}) == len(problems) == 14
    for problem in problems:
        assert problem["cell"] == f"{letters[problem['column_name']]}{row}"
        assert problem["submission_id"] == "s1" and problem["unit_code"] == COUNTY
        assert problem["dataset"] == "microcredit" and problem["source_sheet"] == of.sheet
        assert problem["expected"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=100))
@settings(max_examples=10)
def test_no_text_whatever_stops_the_batch(texts) -> None:
    of = card("microcredit")
    rows = [{**{c.name: text for c in of.sheet_columns}} for text in texts if "\x00" not in text]
    typed, _ = clean_rows("microcredit", rows)
    assert len(typed) == len(rows)


def test_serials_start_on_the_1900_system() -> None:
    assert clean_values("risk_screening", "screened_on", ["44413", "44413.75"])[0] == [date(2021, 8, 5)] * 2
    assert date(1899, 12, 30) + timedelta(days=44413) == date(2021, 8, 5)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张伟", "张*"),
        ("张小伟", "张**"),
        ("张 小 伟", "张**"),
        ("欧阳小伟", "欧**"),
        ("阿依古丽·买买提", "阿**"),
        ("张", "*"),
        ("𠮷田", "𠮷*"),
        ("Li Lei", "**"),
        ("13900000000", "**"),
    ],
)
def test_of_a_name_only_its_first_character_is_landed(name: str, masked: str) -> None:
    of = card("monitored_households")
    [row], problems = clean_rows("monitored_households", [{**good_row(of), "head_name": name}])
    assert row["head_name"] == masked
    assert not any(name in str(problem) for problem in problems)
