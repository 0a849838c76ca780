"""The exported workbook: its numbers against the published file, its 汇总表 by our own reader, what its notes tell."""

from __future__ import annotations

import io
import shutil
import zipfile
from decimal import Decimal
from itertools import pairwise

import duckdb
import openpyxl
import pytest
from export_support import contents, entry, faulty, figure
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cards import UNIT_FACTORS, load_cards
from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.land.extract import extract
from orchestration.periods import parse_period
from orchestration.receive.cover import read_cover
from orchestration.receive.readers import read_workbook
from orchestration.report.export import write_export
from orchestration.report.export.parts import page_breaks
from orchestration.report.export.workbook import workbook
from orchestration.units import ReportingUnits

CARD = load_cards()["stated_totals"]
CADENCES = ("2021-08", "2021-Q3", "2021-H2", "2021")


@pytest.fixture(scope="module")
def exported(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory):
    """Period → path of the province's workbook."""
    out = tmp_path_factory.mktemp("exported")
    return {period: write_export(published_small_province, period, "xlsx", None, out)[1][0] for period in CADENCES}  # fmt: skip


def _sheet(content: bytes, name: str) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [tuple(cell for cell in row if cell is not None) for row in book[name].iter_rows(values_only=True)]


def _published(home: Home, sql: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("period", CADENCES)
def test_our_own_reader_takes_its_totals_for_a_units_totals(exported, period: str):
    extracted = extract(read_workbook(exported[period]), CARD)
    assert (extracted.state, extracted.findings) == ("landed", ())
    labels = {indicator.label for indicator in load_indicators().values()}
    rows = extracted.rows.to_pylist()
    assert len(rows) > 60 and {row["indicator"] for row in rows} <= labels


@pytest.mark.parametrize("period", CADENCES)
def test_its_totals_are_what_the_bulletin_prints(exported, published_small_province: Home, period: str):
    rows = {row["indicator"]: row for row in extract(read_workbook(exported[period]), CARD).rows.to_pylist()}
    printed = _published(
        published_small_province,
        f"""select label_zh, printed_value, display_zh from marts.rpt_figures join marts.rpt_bulletin
                using (reporting_period, unit_code, figure_key, label_zh, display_zh)
            where reporting_period = '{period}' and unit_code = '610000' and printed_value is not null""",
    )
    assert len(printed) > 50
    for label, value, display in printed:
        stated = Decimal(rows[label]["value"]) * Decimal(UNIT_FACTORS[rows[label]["unit"]][1])
        assert stated == value, (label, display)


def test_the_parts_hold_the_exact_values(exported, published_small_province: Home):
    book = openpyxl.load_workbook(exported["2021-08"])
    exact = {
        (code, label): (value, unit)
        for code, label, value, unit in _published(
            published_small_province,
            "select unit_code, label_zh, value, unit from marts.rpt_figures where reporting_period = '2021-08'",
        )
    }
    seen = 0
    for name, kind in (("分市", 2), ("分县", 3)):
        rows = list(book[name].iter_rows(min_row=4, values_only=True))
        labels, units, *places = rows
        for place in places:
            for label, unit, cell in zip(labels[kind:], units[kind:], place[kind:], strict=True):
                if cell is None:
                    assert exact.get((place[0], label), (None,))[0] is None
                    continue
                value, base = exact[place[0], label]
                assert Decimal(str(cell)) * Decimal(UNIT_FACTORS[unit][1]) == value, (place[1], label)
                assert UNIT_FACTORS[unit][0] == base
                seen += 1
    assert seen > 300


def test_a_cell_shows_the_declared_precision_and_keeps_every_digit():
    made = contents(
        figure(
            "610000",
            "monitored_households_eliminated",
            "13368",
            printed_value=Decimal(13400),
            display="1.34万户",
        )
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook(made)))
    printed, exact = book["汇总表"]["B4"], book["指标明细"]["E4"]
    assert (printed.value, printed.number_format) == (1.34, "#,##0.00")
    assert (exact.value, exact.number_format) == (1.3368, "#,##0.00")
    assert book["指标明细"]["J4"].value == 13368


def test_a_figure_too_small_for_its_scale_is_stated_as_it_is_printed():
    made = contents(
        figure("610000", "monitored_households_total", "30", display="30户"),
        figure("610000", "ew_consumption_assistance_sales", "2816800", display="281.7万元", printed_value=Decimal(2817000)),
    )  # fmt: skip
    rows = [row for row in _sheet(workbook(made), "汇总表") if len(row) == 4][1:]
    assert rows == [("监测对象总户数", 30, "户", 0), ("采购销售消费帮扶产品", 281.7, "万元", 1)]


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_written_as_text():
    digits = "12345678901234.5678"
    made = contents(figure("610000", "ew_enterprise_investment", digits))
    book = openpyxl.load_workbook(io.BytesIO(workbook(made)))
    cell = book["指标明细"]["J4"]
    assert (cell.data_type, cell.value) == ("s", digits)


def test_the_same_publication_gives_the_same_bytes(exported, published_small_province: Home, tmp_path):
    again = write_export(published_small_province, "2021-08", "xlsx", None, tmp_path)[1][0]
    assert again.read_bytes() == exported["2021-08"].read_bytes()


def test_an_export_in_the_inbox_is_nobodys_report(exported, published_small_province: Home):
    cover = read_cover(read_workbook(exported["2021-08"]), ReportingUnits(published_small_province.units_csv))
    assert cover.unit is None
    assert [problem.code for problem in cover.problems] == ["C-NOCOVER"]


def test_the_cover_says_which_publication_and_up_to_when():
    cover = dict(row for row in _sheet(workbook(faulty()), "封面") if len(row) == 2)
    assert cover["编制单位"] == "陕西省乡村振兴局"
    assert cover["发布序号"] == "第7次发布"
    assert cover["所属时期"] == "2021年8月(2021-08)"
    assert cover["统计周期"] == "月通报"
    assert cover["指标数据截至"] == "2021年8月31日"
    assert cover["编制日期"] == "2021年9月7日"  # 18:30 UTC is the next day in Beijing
    assert cover["收到并审定的资料截至"] == "2021-09-07 02:20(北京时间)"


def test_the_notes_list_what_was_adjusted_missing_and_published_with_a_flag():
    rows = _sheet(workbook(faulty()), "说明")
    assert ("610000", "陕西省", "脱贫不稳定户户数", "1.39万户", "13849") in rows
    assert ("2021-08", "监测对象台账", "107", "106") in rows
    assert any(row[:2] == ("2021-08", "监测对象台账") and row[-1] == "逾期未报" for row in rows)
    flags = {row[1]: row for row in rows if len(row) == 6}
    assert flags["R-PROJ-1(提示)"][2:] == ("开工日期早于立项", "项目库", "蓝田县、周至县", "4")
    assert flags["R-PROJ-2(已豁免)"][4] == "陕西省"


def test_what_there_is_nothing_of_is_said_to_be_nothing(exported):
    rows = _sheet(exported["2021-08"].read_bytes(), "说明")
    assert [row for row in rows if row and str(row[0]).endswith("没有")][-1][0].startswith("四、带提示发布")


def test_a_figure_that_lacks_a_report_is_marked_and_shaded():
    book = openpyxl.load_workbook(io.BytesIO(workbook(faulty())))
    marks = {row[2].value: row[12].value for row in book["指标明细"].iter_rows(min_row=4)}
    assert marks == {"监测对象总户数": "△", "脱贫不稳定户户数": "※"}
    shaded = {row[0].value: row[2].fill.fgColor.rgb for row in book["分市"].iter_rows(min_row=6)}
    assert shaded["610100"] == "FFFFF3C4"


def test_a_unit_without_parts_has_no_sheet_of_parts(published_small_province: Home, tmp_path):
    written = {}
    for code in ("610000", "610100", "610122"):
        path = write_export(published_small_province, "2021-08", "xlsx", code, tmp_path)[1][0]
        written[code] = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert written["610000"] == ["封面", "汇总表", "指标明细", "分市", "分县", "说明", "数据字典"]
    assert written["610100"] == ["封面", "汇总表", "指标明细", "分县", "说明", "数据字典"]
    assert written["610122"] == ["封面", "汇总表", "指标明细", "说明", "数据字典"]


def test_sheets_print_on_a4_landscape_with_their_headers_and_keep_them_in_sight(exported):
    book = openpyxl.load_workbook(exported["2021-08"])
    for sheet in book.worksheets[1:]:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert sheet.print_title_rows
        if sheet.title != "说明":
            assert sheet.freeze_panes
    assert book["分县"].print_title_cols == "$A:$C"


def test_the_dictionary_says_how_each_figure_is_made(exported):
    rows = _sheet(exported["2021-08"].read_bytes(), "数据字典")
    row = next(row for row in rows if "project_start_rate" in row)
    assert {"项目开工率", "已开工项目÷安排项目", "%", "比率", "项目库", "fct_projects"} <= set(row)
    assert len(rows) == 3 + len(load_indicators())


def test_the_dictionary_is_that_of_the_period(published_small_province: Home, tmp_path):
    """An indicator defined anew from September on is told as it was in August."""
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.published, home.published)
    shutil.copy(published_small_province.units_csv, home.root / "reporting_units.csv")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("""
            insert into marts.dim_indicator_versions by name
            select * replace (2 as version, '2021-09' as valid_from, '另一种算法' as formula_zh)
            from marts.dim_indicator_versions where figure_key = 'projects_arranged';
            update marts.dim_indicator_versions set valid_until = '2021-08'
            where figure_key = 'projects_arranged' and version = 1""")
    told, _ = write_export(home, "2021-08", "csv", None, tmp_path)
    [found] = [each for each in told.entries if each.key == "projects_arranged"]
    assert (found.valid_until, "另一种" in found.formula) == ("2021-08", False)


def test_a_county_states_its_totals_in_small_units(published_small_province: Home, tmp_path):
    path = write_export(published_small_province, "2021-08", "xlsx", "610122", tmp_path)[1][0]
    rows = {row["indicator"]: row for row in extract(read_workbook(path), CARD).rows.to_pylist()}
    assert (rows["小额信贷当年累计投放"]["unit"], rows["小额信贷当年累计投放"]["decimals"]) == ("万元", "2")
    assert (rows["监测对象总户数"]["unit"], rows["监测对象总户数"]["decimals"]) == ("户", "0")


def test_nobody_is_named_in_it(exported):
    with zipfile.ZipFile(exported["2021-08"]) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist())
    for word in ("姓名", "户主", "身份证", "证件号码", "household_no", "联系电话"):
        assert word not in text, word


@given(st.lists(st.sampled_from(sorted(load_indicators())), min_size=1, max_size=74, unique=True))
def test_no_page_is_wider_than_the_paper_and_a_section_that_fits_is_not_torn(keys):
    order = list(load_indicators())
    sections = [load_indicators()[key].section for key in order]
    entries = [entry(key) for key in sorted(keys, key=order.index)]
    entries = sorted(entries, key=lambda each: sections.index(each.section))
    breaks = page_breaks(entries)
    edges = [0, *breaks, len(entries)]
    assert all(0 < end - start <= 12 for start, end in pairwise(edges))
    for place in breaks:
        section = [e.section for e in entries]
        assert section[place] != section[place - 1] or section.count(section[place]) > 12


def test_a_week_is_exported_too():
    made = contents(figure("610000", "monitored_households_total", "32200"), period="2021-W35")
    assert parse_period(made.period.key).cadence == "week"
    assert dict(row for row in _sheet(workbook(made), "封面") if len(row) == 2)["统计周期"] == "周统计"
