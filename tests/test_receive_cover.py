"""What a cover says, and what is said of a cover that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receive_support import UNITS, cover_workbook

from orchestration.layout import CADENCE_NAMES, COVER_LABELS, COVER_SHEET
from orchestration.receive.cover import Cover, read_cover
from orchestration.receive.cover_period import CoverPeriodError, normalise_period
from orchestration.workbook import Sheet, Workbook


def _cover(**values: str) -> Cover:
    return read_cover(cover_workbook(**values), UNITS)


def _codes(**values: str) -> list[str]:
    return [problem.code for problem in _cover(**values).problems]


def test_a_good_cover_is_understood():
    cover = _cover(nil_sheets="驻村培训、风险隐患排查")
    assert cover.problems == ()
    assert (cover.unit.code, cover.reporting_period, cover.cadence, cover.version) == (
        "611024",
        "2021-08",
        "month",
        1,
    )
    assert cover.nil_sheets == ("驻村培训", "风险隐患排查")
    assert cover.template_version == "2021-1"


def test_the_bureau_reports_under_its_own_name():
    assert _cover(unit_code="610000", unit_name="陕西省乡村振兴局").problems == ()
    assert _cover(unit_code="610000", unit_name="陕西省").unit.kind == "province"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("611024", "山阳县"),
        ("６１１０２４", "山阳县"),
        ("611024000000", "山阳县"),
        ("611024.0", "山阳"),
        ("", "山阳县"),
        ("611024", ""),
        ("611024", "商洛市山阳县"),
        ("611024", "陕西省山阳县"),
        ("611024", "山阳县乡村振兴局"),
        ("611024", " 山 阳 县 "),
    ],
)
def test_a_unit_is_found_however_it_writes_itself(code: str, name: str):
    cover = _cover(unit_code=code, unit_name=name)
    assert cover.problems == ()
    assert cover.unit.code == "611024"


def test_former_codes_and_names_are_mapped():
    cover = _cover(unit_code="610125", unit_name="户县")
    assert cover.problems == ()
    assert (cover.unit.code, cover.unit.name) == ("610118", "鄠邑区")


@pytest.mark.parametrize(
    ("code", "name"), [("999999", "山阳县"), ("", "某县"), ("", ""), ("611000", "商洛市"), ("abc", "")]
)
def test_an_unknown_unit_is_named(code: str, name: str):
    assert _codes(unit_code=code, unit_name=name) == ["C-UNIT"]


@pytest.mark.parametrize("name", ["镇安县", "某某县"])
def test_a_code_and_a_name_of_different_units_do_not_pass(name: str):
    (problem,) = _cover(unit_name=name).problems
    assert problem.code == "C-MISMATCH"
    assert "山阳县" in problem.text_zh and name in problem.text_zh


@pytest.mark.parametrize(
    ("text", "cadence", "key"),
    [
        ("2021-08", "month", "2021-08"),
        ("2021-8", "month", "2021-08"),
        ("2021年8月", "month", "2021-08"),
        ("2021 年 08 月份", "month", "2021-08"),
        ("2021.8", "month", "2021-08"),
        ("2021.10", "month", "2021-10"),
        ("2021/8", "month", "2021-08"),
        ("202108", "month", "2021-08"),
        ("44409", "month", "2021-08"),
        ("2021-08-01", "month", "2021-08"),
        ("2021年8月31日", None, "2021-08"),
        ("44439", "week", "2021-W35"),
        ("2021年第35周", "week", "2021-W35"),
        ("2021-W35", "week", "2021-W35"),
        ("2021w5", "week", "2021-W05"),
        ("2021年第3季度", "quarter", "2021-Q3"),
        ("2021年三季度", "quarter", "2021-Q3"),
        ("2021Q3", "quarter", "2021-Q3"),
        ("2021年上半年", "half_year", "2021-H1"),
        ("2021-H2", "half_year", "2021-H2"),
        ("2021年度", "year", "2021"),
        ("2021", "year", "2021"),
    ],
)
def test_a_period_is_understood_in_every_usual_form(text: str, cadence: str | None, key: str):
    assert normalise_period(text, cadence) == key


@pytest.mark.parametrize(
    "text", ["", "八月", "2021-13", "2021-W54", "2021年第0周", "21-08", "2021-00", "2021-02-30", "2021.1"]
)
def test_what_is_no_period_is_refused_with_the_forms_expected(text: str):
    with pytest.raises(CoverPeriodError, match="2021-08"):
        normalise_period(text, "month")


def test_a_number_that_may_be_january_or_october_is_not_guessed():
    (problem,) = _cover(reporting_period="2021.1").problems
    assert problem.code == "C-PERIOD"
    assert "1 月还是 10 月" in problem.text_zh


@given(
    st.integers(2000, 2099), st.integers(1, 12), st.sampled_from(["{}-{:02}", "{}年{}月", "{}/{}", "{}{:02}"])
)
def test_every_month_of_the_century_is_read_back(year: int, month: int, form: str):
    assert normalise_period(form.format(year, month)) == f"{year}-{month:02}"


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_refused(text: str):
    try:
        assert normalise_period(text)
    except CoverPeriodError as error:
        assert "请填写" in str(error)


@pytest.mark.parametrize("cadence", ["周统计", "季调度"])
def test_a_cadence_that_contradicts_the_period_is_a_problem(cadence: str):
    assert _codes(cadence=cadence) == ["C-CADENCE"]


def test_an_unknown_cadence_is_a_problem_and_a_blank_one_is_not():
    assert _codes(cadence="旬报") == ["C-CADENCE"]
    assert _cover(cadence="").cadence == "month"


@pytest.mark.parametrize(("text", "key"), [*((v, k) for k, v in CADENCE_NAMES.items()), ("月报", "month")])
def test_cadences_are_known_by_their_names(text: str, key: str):
    period = {
        "week": "2021-W35",
        "month": "2021-08",
        "quarter": "2021-Q3",
        "half_year": "2021-H1",
        "year": "2021",
    }
    assert _cover(cadence=text, reporting_period=period[key]).cadence == key


@pytest.mark.parametrize(
    ("text", "version"), [("1", 1), ("２", 2), ("V3", 3), ("第4版", 4), ("5.0", 5), ("", 1)]
)
def test_a_version_is_an_integer(text: str, version: int):
    assert _cover(version=text).version == version


@pytest.mark.parametrize("text", ["0", "1.5", "最终版", "-1", "99999"])
def test_what_is_no_version_is_a_problem(text: str):
    assert _codes(version=text) == ["C-VERSION"]


@pytest.mark.parametrize("text", ["无", "0", "—", "/", "否", "－"])
def test_words_for_nothing_declare_nothing_nil(text: str):
    assert _cover(nil_sheets=text).nil_sheets == ()


@pytest.mark.parametrize("separator", ["、", ",", "，", ";", "；", " ", "\n"])
def test_nil_sheets_may_be_separated_in_any_usual_way(separator: str):
    assert _cover(nil_sheets=f"驻村培训{separator}《项目库》").nil_sheets == ("驻村培训", "项目库")


def test_labels_are_found_anywhere_with_colons_and_blanks():
    rows = {
        2: ["", "报送单位代码：", "", "611024", "报送单位名称:", "山阳县"],
        9: ["", "", "报 告 期", "2021年8月", "", "版本号", ""],
        11: ["报送周期:月通报"],
    }
    cover = read_cover(Workbook("xls", [Sheet("其他", {}), Sheet(" 封 面 ", rows)]), UNITS)
    assert cover.problems == ()
    assert (cover.unit.code, cover.reporting_period, cover.version) == ("611024", "2021-08", 1)


def test_an_empty_value_is_not_taken_from_the_next_label():
    rows = {1: ["报送单位代码", "", "报送单位名称", "山阳县"], 2: ["报告期", "2021-08"]}
    cover = read_cover(Workbook("xlsx", [Sheet(COVER_SHEET, rows)]), UNITS)
    assert cover.problems == ()
    assert cover.unit.code == "611024"


def test_a_label_said_twice_with_different_values_is_a_problem():
    rows = {1: ["报送单位代码", "611024"], 2: ["报告期", "2021-08"], 3: ["报告期", "2021-07"]}
    cover = read_cover(Workbook("xlsx", [Sheet(COVER_SHEET, rows)]), UNITS)
    assert [problem.code for problem in cover.problems] == ["C-TWICE"]


@pytest.mark.parametrize(
    "sheets", [[], [Sheet("Sheet1", {1: ["报送单位代码", "611024"]})], [Sheet(COVER_SHEET, {1: ["统计表"]})]]
)
def test_a_workbook_without_a_cover_is_no_submission(sheets: list[Sheet]):
    cover = read_cover(Workbook("xlsx", sheets), UNITS)
    assert [problem.code for problem in cover.problems] == ["C-NOCOVER"]


def test_every_problem_says_what_is_wrong_and_what_to_do():
    wrong = {"unit_code": "1", "reporting_period": "x", "cadence": "x", "version": "x"}
    problems = _cover(**wrong).problems
    assert [problem.code for problem in problems] == ["C-UNIT", "C-CADENCE", "C-PERIOD", "C-VERSION"]
    assert all("请" in problem.text_zh or "填" in problem.text_zh for problem in problems)


@given(
    st.lists(
        st.lists(st.sampled_from([*COVER_LABELS.values(), "", "611024", "2021-08", ":", "x:y"]), max_size=5)
    )
)
def test_no_cover_can_raise(rows: list[list[str]]):
    sheet = Sheet(COVER_SHEET, dict(enumerate(rows, 1)))
    cover = read_cover(Workbook("xlsx", [sheet]), UNITS)
    assert cover.problems or (cover.unit and cover.reporting_period)


@pytest.mark.parametrize(
    ("changed", "code", "fields"),
    [
        ({"unit_code": "999999"}, "C-UNIT", ("unit_code",)),
        ({"reporting_period": "八月"}, "C-PERIOD", ("reporting_period",)),
        ({"version": "最终版"}, "C-VERSION", ("version",)),
        ({"unit_name": "石泉县"}, "C-MISMATCH", ("unit_code", "unit_name")),
    ],
)
def test_a_problem_of_the_cover_names_its_cells(changed, code, fields):
    cover = _cover(**changed)
    assert [problem.code for problem in cover.problems] == [code]
    assert cover.cells_of(cover.problems) == tuple(cover.cells[name] for name in fields)


def test_a_cover_without_any_unit_is_told_so():
    [problem] = _cover(unit_code="", unit_name="").problems
    assert problem.code == "C-UNIT"
    assert problem.text_zh.startswith("封面没有填写报送单位代码和名称。")
