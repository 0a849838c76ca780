"""The sheets around the figures: 封面, 说明 and 数据字典.

Belongs here: what they say and where. Does not belong here: the look, and any figure's value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from xlsxwriter.worksheet import Worksheet

from orchestration.decimals import exact_text
from orchestration.layout import CADENCE_NAMES
from orchestration.periods import day_of, minute_of
from orchestration.report.bulletin.pieces import ADJUSTED_MARK, PARTIAL_MARK
from orchestration.report.bulletin.saying import say_day, say_period
from orchestration.report.export.contents import Contents, Flag
from orchestration.report.export.look import A4, Look, fit_height, print_landscape, set_widths, write_headers
from orchestration.report.export.tables import adjusted
from orchestration.report.export.title import title_of
from orchestration.words import INDICATOR_KIND, SEVERITY, WAIVED

_NAMED = 8  # units named of one rule
_NOTES_WIDTHS = (14, 22, 36, 18, 34, 16)


def write_cover(sheet: Worksheet, look: Look, contents: Contents, sheets: Iterable[tuple[str, str]]) -> None:
    """Who, for when, from which publication; then what is on which sheet. It says nothing a report's cover says in the same
    words, so that nobody's inbox takes an export for a report."""
    publication = contents.publication
    said = (
        ("编制单位", contents.issuer),
        ("资料范围", f"{contents.unit.name}({contents.unit.code})"),
        ("所属时期", f"{say_period(contents.period)}({contents.period.key})"),
        ("统计周期", CADENCE_NAMES[contents.period.cadence]),
        ("指标数据截至", say_day(contents.as_of)),
        ("发布序号", f"第{publication.number}次发布"),
        ("收到并审定的资料截至", f"{_minute(publication.known_until)}(北京时间)"),
        ("编制日期", say_day(day_of(_utc(publication.published_at)))),
    )
    sheet.merge_range(1, 0, 1, 1, title_of(contents), look.cover_title)
    sheet.set_row(1, 54)
    for row, (label, text) in enumerate(said, 3):
        sheet.write_string(row, 0, label, look.label)
        sheet.write_string(row, 1, text, look.text)
        sheet.set_row(row, 24)
    first = 4 + len(said)
    sheet.write_string(first, 0, "目录", look.heading)
    for row, (name, text) in enumerate(sheets, first + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", look.label, name)
        sheet.write_string(row, 1, text, look.text)
        sheet.set_row(row, 20)
    set_widths(sheet, (30, 76))
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1)


def _minute(moment: datetime) -> str:
    return minute_of(_utc(moment))


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


_Listing = tuple[str, tuple[str, ...], Iterable[Sequence[str]]]  # heading, headers, rows

_SAID = (
    "本资料的全部数字取自已发布的数据仓库,由各单位报送并通过审核的台账逐行计算,每个数字都可追溯到报表的单元格。",
    "“汇总表”按规定的单位和小数位四舍五入,全省的即通报印发数;其余各表为精确值,只在显示时按规定小数位舍入,单元格中保留全部数字。",
    "分市、分县各列按户、人、个、万元等小单位列示。去重计数的指标、比率和未分到市县的部分,各市县之和不等于合计。",
    f"{ADJUSTED_MARK} 为使分项印发数之和与合计数一致,按舍位平衡调整了末位的数字,逐个列在下面,精确值不变。",
    f"{PARTIAL_MARK} 部分汇总数:有应报单位未报或未通过审核,未计入;所缺报送逐个列在下面。",
    "超过15位有效数字的数以文本存放,以免表格软件丢失末位。本资料不含个人信息。",
)


def write_notes(sheet: Worksheet, look: Look, contents: Contents) -> None:
    """How the figures were made, and everything about them that a reader must be told."""
    sheet.write_string(0, 0, "说明", look.title)
    sheet.set_row(0, 28)
    row = 1
    for number, text in enumerate(_SAID, 1):
        sheet.merge_range(row, 0, row, len(_NOTES_WIDTHS) - 1, f"{number}. {text}", look.words)
        sheet.set_row(row, 20)
        row += 1
    for listing in _listings(contents):
        row = _listing(sheet, look, row + 1, listing)
    set_widths(sheet, _NOTES_WIDTHS)
    print_landscape(sheet, repeated=(0, 0))


def _listing(sheet: Worksheet, look: Look, row: int, listing: _Listing) -> int:
    """Writes a heading with its table, or that there is nothing; returns the row below."""
    heading, headers, listed = listing
    rows = list(listed)
    sheet.write_string(row, 0, f"{heading}{'' if rows else ':没有'}", look.heading)
    if not rows:
        return row + 1
    write_headers(sheet, row + 1, headers, look)
    for at, cells in enumerate(rows, row + 2):
        for column, text in enumerate(cells):
            sheet.write_string(at, column, text, look.text)
        fit_height(sheet, at, zip(cells, _NOTES_WIDTHS, strict=False))
    return row + 2 + len(rows)


def _listings(contents: Contents) -> Iterable[_Listing]:
    yield (
        "一、舍位平衡调整的印发数",
        ("单位代码", "单位", "指标", "印发数", "精确值(基本单位)"),
        (
            (place.code, place.name, label, figure.display, exact_text(figure.value))
            for place, label, figure in adjusted(contents)
        ),
    )
    yield (
        "二、报送完整情况",
        ("报告期", "工作表", "应报份数", "接收份数"),
        (
            (each.period, contents.sheet(each.dataset), str(each.expected), str(each.accepted))
            for each in contents.coverage
        ),
    )
    yield (
        "三、未报或未通过审核、未计入的报送",
        ("报告期", "工作表", "单位", "单位代码", "状态"),
        (
            (each.period, each.sheet, contents.name(each.unit_code), each.unit_code, each.status_zh)
            for each in contents.missing
        ),
    )
    yield (
        "四、带提示发布:已接收的报送未通过的提示级规则,及已豁免的规则",
        ("报告期", "规则", "规则名称", "工作表", "单位", "不符处数"),
        _flagged(contents),
    )


def _flagged(contents: Contents) -> Iterable[Sequence[str]]:
    """A row for each rule and period, however many units it concerns."""
    found: dict[tuple[str, str], list[Flag]] = {}
    for flag in contents.flags:
        found.setdefault((flag.rule_code, flag.period), []).append(flag)
    for (code, period), flags in found.items():
        first = flags[0]
        severity = WAIVED if first.waived_until else SEVERITY[first.severity]
        names = [contents.name(flag.unit_code) for flag in flags]
        more = f"等{len(names)}个单位" if len(names) > _NAMED else ""
        units = "、".join(names[:_NAMED]) + more
        failed = str(sum(flag.failed for flag in flags))
        yield period, f"{code}({severity})", first.title, contents.sheet(first.dataset), units, failed


DICTIONARY_COLUMNS = (
    ("序号", 5),
    ("指标", 28),
    ("板块", 13),
    ("口径", 26),
    ("算法", 44),
    ("计量单位", 8),
    ("小数位数", 8),
    ("性质", 9),
    ("负责业务口", 12),
    ("来源工作表", 18),
    ("来源数据集(事实表)", 24),
    ("定义有效", 14),
    ("指标键", 34),
)


def write_dictionary(sheet: Worksheet, look: Look, contents: Contents) -> None:
    """Every indicator as it was defined in the period."""
    sheet.write_string(0, 0, "数据字典", look.title)
    sheet.write_string(
        1, 0, f"指标在{say_period(contents.period)}的定义;计量单位和小数位数为“汇总表”所用", look.note
    )
    names, widths = zip(*DICTIONARY_COLUMNS, strict=True)
    write_headers(sheet, 2, names, look)
    for number, entry in enumerate(contents.entries, 1):
        unit, decimals = entry.stated(contents.unit.kind)
        sheet.write_number(number + 2, 0, number, look.number(0))
        texts = (entry.label, entry.section, entry.definition, entry.formula, unit)
        for column, text in enumerate(texts, 1):
            sheet.write_string(number + 2, column, text, look.text)
        fit_height(sheet, number + 2, zip(texts, widths[1:], strict=False))
        sheet.write_number(number + 2, 6, decimals, look.number(0))
        valid = "".join(
            [
                f"{entry.valid_from}起" if entry.valid_from else "",
                f"至{entry.valid_until}" if entry.valid_until else "",
            ]
        )
        texts = (
            INDICATOR_KIND[entry.kind],
            entry.owner,
            entry.source,
            entry.fact,
            valid or "一直",
            entry.key,
        )
        for column, text in enumerate(texts, 7):
            sheet.write_string(number + 2, column, text, look.text)
    set_widths(sheet, widths)
    sheet.set_row(0, 28)
    sheet.set_row(2, 24)
    sheet.autofilter(2, 0, max(len(contents.entries) + 2, 3), len(DICTIONARY_COLUMNS) - 1)
    sheet.freeze_panes(3, 2)
    print_landscape(sheet, repeated=(0, 2))
