"""填表说明 of the template: how to fill it in, and each sheet with what a row is. For people; no reader reads it."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from orchestration import layout
from orchestration.cards import Card
from orchestration.receive.template.carry import Carried
from orchestration.receive.template.cover import A4
from orchestration.receive.template.form import Form

_STEPS = (
    "封面灰色各栏已填好;请填写填报人、审核人、填报日期。首次报送版本号为 1,更正重报依次加 1。",
    "每张表从表头下一行填起,一行一条;黄色表头为必填列。行数不够可接着往下填,也可插入行。",
    "有下拉列表的列请选填;日期写作 2021-08-05,年月写作 2021-08;编号、证件号码和电话按文本填写,不要变成科学计数。",
    "金额、数量按表头括号里的单位填写,单元格里只写数字,不写单位。",
    "已开始填写的行里,必填而未填的单元格显示为粉红色。",
    "本期确无数据的表留空,并在封面“零报送”栏写上表名,以顿号分隔;既不填报又不声明的,按缺表退回。",
    "请勿改动表名和表头文字。本单位自用的列可加在表的最右边,自用的表可加在最后:不入库,原样退回。",
    "报送后会收到回执:有错的单元格标色并写明改法。改好后版本号加 1,整本重报。",
)
_HEADINGS = ("工作表", "每行填什么", "编号(不得重复)", "上期台账")
_WIDTHS = (24, 56, 28, 40)


def write_guide(sheet: Worksheet, form: Form, cards: Sequence[Card]) -> None:
    """Writes the sheet for the datasets the unit owes, in their order."""
    unit, period, styles, carried = form.unit, form.period, form.styles, form.carried
    last = len(_HEADINGS) - 1
    sheet.merge_range(0, 0, 0, last, layout.GUIDE_SHEET, styles.title)
    cadence = layout.CADENCE_NAMES[period.cadence]
    about = f"{unit.name} {period.key} {cadence}  模板版本 {layout.TEMPLATE_VERSION}"
    sheet.merge_range(1, 0, 1, last, about, styles.note)
    sheet.write_string(3, 0, "怎样填报", styles.heading)
    row = 4
    for number, text in enumerate(_STEPS, 1):
        sheet.merge_range(row, 0, row, last, f"{number}. {text}", styles.words)
        sheet.set_row(row, 20)
        row += 1
    sheet.write_string(row + 1, 0, "各表说明", styles.heading)
    row += 2
    for index, heading in enumerate(_HEADINGS):
        sheet.write_string(row, index, heading, styles.header)
    for card in cards:
        row += 1
        words = _sheet_words(card, carried)
        for index, text in enumerate(words):
            sheet.write_string(row, index, text, styles.words)
        sheet.set_row(row, 20 * max(map(_lines, words, _WIDTHS)))
    sheet.write_string(row + 2, 0, "模板更新", styles.heading)
    for offset, (version, change) in enumerate(layout.EARLIER_VERSIONS.items(), row + 3):
        sheet.merge_range(offset, 0, offset, last, f"{version} 之后:{change}。", styles.words)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.set_row(0, 36)
    sheet.hide_gridlines(2)
    sheet.protect()
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _lines(text: str, width: int) -> int:
    """Lines a text takes in a column: a Chinese character is two digits wide, as is the indent."""
    return -(-(sum(1 if character.isascii() else 2 for character in text) + 2) // width)


def _sheet_words(card: Card, carried: Carried | None) -> tuple[str, str, str, str]:
    keys = "、".join(card.column(name).header or name for name in card.key)
    return card.sheet, card.description.split(" | ")[0], keys, _carried_words(card, carried)


def _carried_words(card: Card, carried: Carried | None) -> str:
    if carried is None:
        return "可带出" if card.carry else "每期重新填报"
    taken = carried.datasets.get(card.dataset)
    if taken is not None:
        return f"已带出{carried.period}的{len(taken.rows)}行,请逐行核改、增减"
    return "没有可带出的上期数据" if card.carry else "每期重新填报"
