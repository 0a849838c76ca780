"""The structural rules that landing judges cell by cell (S-…): their words, and which of them refuse a sheet.

The findings are landing's (the lake's ``problems``); here they become verdicts like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

FORM = "统计报表制度(数据集卡片)"


@dataclass(frozen=True, slots=True)
class StructureRule:
    """A rule that follows from the card. Raise ``version`` when landing judges it otherwise than before."""

    code: str
    severity: str
    title_zh: str
    remedy_zh: str
    version: int = 1


_RULES = (
    StructureRule("S-SHEET", "error", "应报工作表齐全", "补上工作表;确无数据的,在封面零报送栏写明"),
    StructureRule("S-HEADER", "error", "表头列齐全且不重复", "恢复模板表头,不删列、不改列名"),
    StructureRule("S-EXTRA", "warning", "没有制度以外的列", "删去多余的列;需要增列的报省局"),
    StructureRule("S-UNIT", "error", "表头计量单位与制度一致", "按模板的计量单位填报"),
    StructureRule("S-HIDDEN", "warning", "没有隐藏行", "取消隐藏,确认数据有效或删除"),
    StructureRule("S-EMPTY", "error", "有数据,或已声明零报送", "填报数据,或在封面零报送栏写明;两者不能并存"),
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
