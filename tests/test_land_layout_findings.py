"""What is said of a workbook as a whole: template version, wrong forms, notes that contradict the cover, extra
sheets."""

from __future__ import annotations

import pytest
from land_support import COUNTY, UNITS, county_sheets, good_row, lake_rows, register, sheet_of

from orchestration import layout
from orchestration.audit.files import audit_files
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.extract import extract
from orchestration.land.land import land
from orchestration.land.layout_findings import Filed, unexplained, workbook_findings
from orchestration.receive.cover import read_cover
from orchestration.receive.readers import read_workbook
from orchestration.units import ReportingUnits
from orchestration.workbook import Sheet, Workbook

UNIT = UNITS.by_code(COUNTY)
UNITS_BY_KIND = {"county": UNIT, "province": UNITS.province}


def _filed(kind: str = "county", period: str = "2021-08", cadence: str = "month", nil: str = "") -> Filed:
    owed = [card for card in load_cards().values() if card.owed_by(kind, cadence)]
    datasets = tuple((card.dataset, card.dataset in nil.split(",")) for card in owed)
    return Filed(UNITS_BY_KIND[kind], period, cadence, datasets)


def _cover(version: str | None = layout.TEMPLATE_VERSION) -> Sheet:
    rows = {3: ["报送单位代码", COUNTY], 12: ["模板版本", version or ""]}
    return Sheet(layout.COVER_SHEET, {1: ["县级统计报表"], **rows})


def _form(kind: str, cadence: str, version: str | None = layout.TEMPLATE_VERSION) -> list[Sheet]:
    cards = [card for card in load_cards().values() if card.owed_by(kind, cadence)]
    sheets = [sheet_of(card, [good_row(card)]) for card in cards]
    for sheet in sheets:
        sheet.rows[2] = [layout.unit_note(UNITS_BY_KIND[kind].name, "2021-08")]
    return [_cover(version), *sheets]


def _found(sheets: list[Sheet], filed: Filed | None = None) -> list:
    return workbook_findings(Workbook("xlsx", sheets), filed or _filed(), UNITS)


def test_a_workbook_as_the_template_has_it_gives_nothing_to_say() -> None:
    own = [
        Sheet(layout.DICTIONARY_SHEET, {1: ["因病"]}, hidden=True),
        Sheet(layout.GUIDE_SHEET, {1: ["说明"]}),
    ]
    assert _found([*_form("county", "month"), *own]) == []


@pytest.mark.parametrize("written", ["2021-2", " 2021\uff0d2 ", "V2021-2", "2021-02", "44228", "2021年2月"])
def test_the_present_version_is_known_even_as_the_date_a_spreadsheet_made_of_it(written: str) -> None:
    assert layout.TEMPLATE_VERSION == "2021-2"
    assert _found(_form("county", "month", written)) == []


@pytest.mark.parametrize(
    ("written", "words"),
    [("2021-1", "已更新为 2021-2"), ("2019-7", "没有发过"), ("", "没有写模板版本")],
    ids=["earlier", "unknown", "blank"],
)
def test_another_version_is_answered_by_what_it_is(written: str, words: str) -> None:
    (finding,) = _found(_form("county", "month", written))
    assert (finding.rule_code, finding.dataset) == ("S-TEMPLATE", None)
    assert (finding.sheet, finding.cell, finding.found) == ("封面", "B12", written)
    assert words in finding.expected
    if written == "2021-1":
        assert layout.EARLIER_VERSIONS["2021-1"] in finding.expected


@pytest.mark.parametrize(
    ("sent", "filed", "named"),
    [
        (("province", "month"), _filed(), "省局月通报报表"),
        (("county", "month"), _filed("province"), "县级月通报报表"),
        (("county", "week"), _filed(), "县级周统计报表"),
    ],
    ids=["the bureau's form from a county", "a county's form from the bureau", "a weekly form as a month"],
)
def test_a_wrong_form_is_one_finding_that_names_it(sent, filed: Filed, named: str) -> None:
    sheets = [sheet for sheet in _form(*sent) if sheet.name != "封面"]
    for sheet in sheets:
        sheet.rows.pop(2)
    workbook = Workbook("xlsx", [_cover(), *sheets])
    found = workbook_findings(workbook, filed, UNITS)
    wrong = [finding for finding in found if finding.rule_code == "S-WORKBOOK"]
    assert len(wrong) == 1 and named in wrong[0].found and wrong[0].dataset is None
    for dataset, _ in filed.datasets:
        left = unexplained(extract(workbook, load_cards()[dataset]).findings, found)
        assert "S-SHEET" not in [finding.rule_code for finding in left]


def test_a_workbook_of_something_else_is_named_by_its_sheets() -> None:
    found = _found([_cover(), Sheet("工资表", {1: ["姓名"]}), Sheet("考勤", {1: ["日期"]})])
    assert [finding.rule_code for finding in found] == ["S-WORKBOOK"]
    assert "工资表、考勤" in found[0].found and "县级月通报报表" in found[0].expected


def test_missing_sheets_of_the_right_form_are_no_wrong_form() -> None:
    sheets = _form("county", "month")
    assert _found(sheets[:7]) == []
    findings = extract(Workbook("xlsx", sheets[:7]), load_cards()["projects"]).findings
    assert unexplained(findings, []) == findings


@pytest.mark.parametrize(
    ("written", "found", "meant"),
    [
        ("小额信贷、驻村培训", "小额信贷", "是否指“扶贫小额信贷”"),
        ("全部", "全部", "未按零报送处理"),
        ("苏陕协作", "苏陕协作", "未按零报送处理"),
    ],
)
def test_a_nil_return_of_no_sheet_that_is_due_is_answered(written: str, found: str, meant: str) -> None:
    cover, *sheets = _form("county", "month")
    cover.rows[11] = ["零报送", written]
    [finding] = _found([cover, *sheets])
    assert (finding.rule_code, finding.cell, finding.sheet) == ("S-NIL", "B11", layout.COVER_SHEET)
    assert finding.found == f"零报送栏写的是“{found}”"
    assert finding.expected.endswith(meant)


@pytest.mark.parametrize("written", ["", "无", "驻村培训,风险隐患排查", "《驻村培训》"])
def test_a_nil_return_of_sheets_that_are_due_gives_nothing_to_say(written: str) -> None:
    cover, *sheets = _form("county", "month")
    cover.rows[11] = ["零报送", written]
    assert _found([cover, *sheets]) == []


def test_a_workbook_of_one_sheet_whose_others_are_declared_nil_is_the_right_form() -> None:
    nil = ",".join(card.dataset for card in load_cards().values() if card.dataset != "stated_totals")
    sheets = [sheet for sheet in _form("county", "month") if sheet.name in ("封面", "汇总表")]
    assert _found(sheets, _filed(nil=nil)) == []


def test_what_most_sheets_say_against_the_cover_is_said_once_of_the_cover() -> None:
    cover, *sheets = _form("county", "month")
    cover.rows[5] = ["报告期", "2021-08"]
    for sheet in sheets[1:]:
        sheet.rows[2] = [layout.unit_note(UNIT.name, "2021-07")]
    (finding,) = _found([cover, *sheets])
    assert (finding.rule_code, finding.dataset, finding.sheet) == ("S-NOTE", None, layout.COVER_SHEET)
    assert finding.cell == "B3,B5"
    assert finding.found == f"{len(sheets) - 1}张表内写的是2021-07"
    assert finding.expected == "封面是2021-08,先核对封面"


@pytest.mark.parametrize(
    ("note", "found", "expected"),
    [
        ("填报单位:山阳县  报告期:2021-08  金额单位见表头", "山阳县", UNIT.name),
        ("填报单位\uff1a山阳  报告期\uff1a2021年8月", "山阳县", UNIT.name),
        (f"填报单位:{UNIT.name}  报告期:2021年7月  金额单位见表头", "2021-07", "2021-08"),
        ("填报单位:山阳县乡村振兴局 报告期:2021-W31", "山阳县、2021-W31", f"{UNIT.name}、2021-08"),
    ],
)
def test_a_sheet_that_names_another_unit_or_period_than_the_cover(
    note: str, found: str, expected: str
) -> None:
    sheets = _form("county", "month")
    sheets[3].rows[2] = [note]
    (finding,) = _found(sheets)
    dataset = next(card.dataset for card in load_cards().values() if card.sheet == sheets[3].name)
    assert (finding.rule_code, finding.dataset, finding.sheet) == ("S-NOTE", dataset, sheets[3].name)
    assert (finding.cell, finding.row) == ("A2", 2)
    assert (finding.found, finding.expected) == (f"表内写的是{found}", f"封面是{expected}")


@pytest.mark.parametrize(
    "note",
    [
        "填报单位:华胥镇",
        "填报单位:县乡村振兴局",
        "报告期:本月",
        "2021 年 8 月",
        "填报单位:  报告期:2021 年 8 月 单位:元",
    ],
)
def test_a_note_that_contradicts_nothing_is_left_alone(note: str) -> None:
    sheets = _form("county", "month")
    sheets[3].rows[2] = [note]
    assert _found(sheets) == []


def test_extra_sheets_are_listed_once_and_likely_copies_named() -> None:
    card = load_cards()["monitored_households"]
    copy = sheet_of(card, [good_row(card)])
    copy.name = "监测对象台账\uff082\uff09"
    bureau = sheet_of(load_cards()["bridging_funds"], [good_row(load_cards()["bridging_funds"])])
    extra = [
        copy,
        bureau,
        Sheet("村情", {1: ["村"]}),
        Sheet("Sheet3", {}),
        Sheet("WpsReserved_x", {1: ["x"]}, hidden=True),
    ]
    (finding,) = _found([*_form("county", "month"), *extra])
    assert (finding.rule_code, finding.dataset) == ("S-EXTRASHEET", None)
    assert (
        "疑为“监测对象台账”的副本" in finding.found
        and "由省局报送" in finding.found
        and "“村情”" in finding.found
    )
    assert "Sheet3" not in finding.found and "Wps" not in finding.found


@pytest.mark.parametrize("name", ["项目库 - 副本", "2021年项目台账"])
def test_a_sheet_under_another_name_is_not_read_but_named(name: str) -> None:
    sheets = [sheet for sheet in _form("county", "month") if sheet.name != "项目库"]
    renamed = sheet_of(load_cards()["projects"], [good_row(load_cards()["projects"])])
    renamed.name = name
    (finding,) = _found([*sheets, renamed])
    assert finding.rule_code == "S-EXTRASHEET" and "疑为“项目库”,须改回表名" in finding.found
    (missing,) = extract(Workbook("xlsx", [*sheets, renamed]), load_cards()["projects"]).findings
    assert missing.rule_code == "S-SHEET" and f"“{name}”的表头与它相同" in missing.expected


def test_every_code_found_is_a_structural_rule() -> None:
    codes = {"S-TEMPLATE": "warning", "S-WORKBOOK": "error", "S-NOTE": "warning", "S-EXTRASHEET": "notice"}
    assert {code: STRUCTURE[code].severity for code in codes} == codes


def test_a_workbook_without_cover_labels_is_not_asked_for_its_version() -> None:
    assert _found(county_sheets()) == []


def test_the_clean_workbooks_of_the_sample_give_nothing_to_say(small_province: Home) -> None:
    units = ReportingUnits(small_province.units_csv)
    files = sorted(small_province.inbox.rglob("*.xlsx"))
    assert len(files) == 4
    for path in files:
        workbook = read_workbook(path)
        cover = read_cover(workbook, units)
        owed = [card for card in load_cards().values() if card.owed_by(cover.unit.kind, cover.cadence)]
        nil = {card.dataset for card in owed if card.sheet in cover.nil_sheets}
        datasets = tuple((card.dataset, card.dataset in nil) for card in owed)
        filed = Filed(cover.unit, cover.reporting_period, cover.cadence, datasets)
        assert workbook_findings(workbook, filed, units) == []
        for card in owed:
            assert extract(workbook, card, nil=card.dataset in nil).findings == ()


def _judged(home: Home, sheets: list[Sheet]) -> tuple[dict[str, str], list[dict]]:
    """The decisions and failures of one workbook, landed and audited."""
    register(home, sheets)
    land(home)
    audit_files(home)
    decisions = {row["dataset"]: row["state"] for row in lake_rows(home, "decisions")}
    return decisions, lake_rows(home, "failures")


def test_an_old_template_is_said_at_its_cell_and_holds_nothing_back(home: Home) -> None:
    decisions, failures = _judged(home, [_cover("2021-1"), *county_sheets()])
    found = [failure for failure in failures if failure["rule_code"] == "S-TEMPLATE"]
    assert [(f["dataset"], f["severity"], f["source_sheet"], f["cells"]) for f in found] == [
        (None, "warning", "封面", "B12")
    ]
    assert "S-SHEET" not in {failure["rule_code"] for failure in failures}
    at_fault = {failure["dataset"] for failure in failures if failure["severity"] == "error"}
    assert {state for dataset, state in decisions.items() if dataset not in at_fault} == {"accepted"}


def test_a_wrong_form_is_returned_whole_with_one_structural_failure(home: Home) -> None:
    decisions, failures = _judged(home, _form("province", "month"))
    structural = [f for f in failures if f["rule_code"].startswith("S-") and f["rule_code"] != "S-NOTE"]
    assert [(f["rule_code"], f["dataset"], f["severity"]) for f in structural] == [
        ("S-WORKBOOK", None, "error")
    ]
    assert set(decisions.values()) <= {"missing", "returned"}
