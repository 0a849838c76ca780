"""The structural rules that landing judges cell by cell (S-…): their words, and which of them refuse a sheet.

The findings are landing's (the lake's ``problems``); here they become verdicts like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

FORM = "统计报表制度(数据集卡片)"


@dataclass(frozen=True, slots=True)
class StructureRule:
    """A rule that follows from the card. Raise ``version`` when landing judges it otherwise than before.

    ``severity``: ``error`` holds the dataset back (found on the workbook as a whole, every dataset of it);
    ``warning`` is published with a flag; ``notice`` is said to the sender and changes no status.
    """

    code: str
    severity: str
    title_zh: str
    remedy_zh: str
    version: int = 1


_RULES = (
    # Of the workbook as a whole.
    StructureRule("S-WORKBOOK", "error", "工作簿是本单位本期应报的报表", "核对封面;换用本单位本期的模板填报"),
    StructureRule("S-TEMPLATE", "warning", "使用现行版本的模板", "下次填报前索取现行模板;本次数据照常审核"),
    StructureRule("S-EXTRASHEET", "notice", "制度以外的工作表", "不必处理;如是应报的表,请改回模板的表名"),
    StructureRule(
        "S-NIL", "warning", "零报送栏写的是应报工作表的表名", "按表名改写零报送栏,多张表以顿号分隔;没有的留空"
    ),
    # Of a sheet and its headers.
    StructureRule("S-SHEET", "error", "应报工作表齐全", "补上工作表;确无数据的,在封面零报送栏写明"),
    StructureRule("S-HEADER", "error", "表头列齐全且不重复", "恢复模板表头,不删列、不改列名"),
    StructureRule(
        "S-NOTE",
        "warning",
        "表内写的单位和报告期与封面一致",
        "核对是否误用了别的报表;改正标题下的说明行",
        version=2,
    ),
    StructureRule("S-RENAMED", "error", "必填列保留模板的列名", "把列名改回模板的写法"),
    StructureRule("S-RENAMED-OPT", "warning", "选填列保留模板的列名", "把列名改回模板的写法"),
    StructureRule("S-SWAPPED", "error", "列的内容与表头相符", "把两列的内容对调回来"),
    StructureRule("S-MOVED", "notice", "列的次序与模板相同", "不必处理;数据已按表头读入"),
    StructureRule("S-EXTRA", "notice", "制度以外的列", "不必处理;需要增列的报省局", version=2),
    StructureRule("S-UNIT", "error", "表头计量单位与制度一致", "按模板的计量单位填报"),
    StructureRule("S-HIDDEN", "warning", "没有隐藏行", "取消隐藏,确认数据有效或删除"),
    StructureRule("S-MERGED", "warning", "数据区没有合并单元格", "取消合并,每一行逐格填写"),
    StructureRule("S-EMPTY", "error", "有数据,或已声明零报送", "填报数据,或在封面零报送栏写明;两者不能并存"),
    # Of single cells.
    StructureRule("S-TYPE", "error", "单元格内容可读成规定的类型", "按表头要求改写该单元格"),
    StructureRule("S-REQUIRED", "error", "必填项不为空", "补填该单元格"),
    StructureRule("S-ALLOWED", "error", "取值在规定范围内", "从下拉列表中选填"),
    StructureRule("S-RANGE", "error", "数值在规定界限内", "核对数值;人数、户数、金额不为负"),
    StructureRule("S-KEY", "error", "编号不重复", "删除重复行,或改正编号"),
    StructureRule("S-LOSSY", "error", "长号码按文本填报", "单元格设为文本格式后按原件重新填写"),
    StructureRule("S-ID", "error", "证件号码位数正确", "核对证件号码,按文本填报18位或20位"),
    StructureRule("S-PHONE", "warning", "联系电话形式正确", "核对联系电话"),
)

STRUCTURE = {rule.code: rule for rule in _RULES}
MESSAGE = "{found};{expected}"
