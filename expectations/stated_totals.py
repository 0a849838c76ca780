"""Rules of 汇总表: the totals a unit states, against the dictionary, its own registers and each other.

A stated total stands for a closed interval: half a unit of its last declared digit either way, nothing for a
whole count. It is refused only when no rounding explains it. Every error here is owned by 汇总表, so a wrong
total holds back the totals and not the register it contradicts.

The queries read two helper tables of ``orchestration.audit.workspace``: ``stated`` (汇总表 with ``figure_key``,
``factor``, ``low`` and ``high``) and ``unit_figures`` (what the same workbook's registers add up to).
"""

from __future__ import annotations

from expectations.identities import Identity, load_identities
from expectations.rule import FORM, Rule
from expectations.shapes import number, text

DATASET = "stated_totals"
INTERVALS = "XBRL Calculations 1.1 (REC 2023-02-22): 舍入区间"

# A number in the unit in which the total was stated.
_STATED_INVERSE = "s.inverse"


def _in_stated_unit(expression: str) -> str:
    return f"{number(f'({expression}) * {_STATED_INVERSE}')} || s.unit"


_AGAINST_REGISTER = f"""
    select s.submission_id, s.source_sheet, s.source_row,
           s.indicator || ' ' || {_in_stated_unit("s.value")} as found,
           '台账计算为 ' || {_in_stated_unit("f.value")} || case
               when f.value <> 0 and (s.value = f.value * 10000 or s.value * 10000 = f.value)
                   then '(恰差10000倍,疑为计量单位错)'
               when f.value <> 0 and (s.value = f.value * 100000000 or s.value * 100000000 = f.value)
                   then '(恰差1亿倍,疑为计量单位错)'
               else '' end as expected,
           {_in_stated_unit("s.value - f.value")} as difference
    from stated as s
    join unit_figures as f on f.submission_id = s.submission_id and f.figure_key = s.figure_key
    where f.value not between s.low and s.high"""

_UNKNOWN = f"""
    select s.submission_id, s.source_sheet, s.source_row, s.indicator as found,
           {text("指标目录中的名称")} as expected, cast(null as string) as difference
    from stated as s where s.figure_key is null and s.indicator is not null"""

_WRONG_UNIT = """
    select s.submission_id, s.source_sheet, s.source_row,
           s.indicator || '的计量单位为' || s.unit as found,
           '用' || case i.dimension when 'money' then '元、万元或亿元' when 'ratio' then '%'
               else i.unit || '或万' || i.unit end as expected,
           cast(null as string) as difference
    from stated as s
    join indicators as i on i.figure_key = s.figure_key
    where s.unit is not null and s.dimension is distinct from i.dimension"""

_NOT_STATED = """
    select owner.submission_id, owner.source_sheet, cast(null as integer) as source_row,
           '未列:' || string_agg(i.label_zh, '、' order by i.position) as found,
           '列出本单位应报的全部指标' as expected,
           cast(count(*) as string) || '项' as difference
    from (
        select submission_id, min(source_sheet) as source_sheet from stated group by submission_id
    ) as owner
    join unit_figures as f on f.submission_id = owner.submission_id
    join submissions as b on b.submission_id = owner.submission_id
    join indicators as i on i.figure_key = f.figure_key and contains(i.stated_by, b.unit_kind)
    where not exists (
        select 1 from stated as s where s.submission_id = owner.submission_id and s.figure_key = f.figure_key
    )
    group by owner.submission_id, owner.source_sheet"""


def _sides(identity: Identity) -> str:
    """Both sides of an identity per submission that states all of it legibly, as values and interval ends.

    The row named is the ratio's, or the part's where a part is at most its whole, else the total's.
    """
    keys = ", ".join(text(key) for key in identity.left)
    if isinstance(identity.times, str):
        times = (
            f"join stated as t on t.submission_id = r.submission_id and t.figure_key = {text(identity.times)}"
        )
        low, high, value, named = "t.low", "t.high", "t.value", "t"
    else:
        times, named = "", "l" if identity.relation == "at_most" else "r"
        low = high = value = str(identity.times)
    return f"""
        select {named}.submission_id, {named}.source_sheet, {named}.source_row,
               {text(identity.title_zh)} as title_zh,
               cast(l.value as decimal(38, 16)) as left_value,
               cast(l.low as decimal(38, 16)) as left_low,
               cast(l.high as decimal(38, 16)) as left_high,
               cast(r.value * {value} as decimal(38, 16)) as right_value,
               cast(r.low * {low} as decimal(38, 16)) as right_low,
               cast(r.high * {high} as decimal(38, 16)) as right_high
        from stated as r
        join (
            select submission_id, sum(value) as value, sum(low) as low, sum(high) as high,
                   min(source_sheet) as source_sheet, min(source_row) as source_row
            from stated where figure_key in ({keys})
            group by submission_id having count(value) = {len(identity.left)}
        ) as l on l.submission_id = r.submission_id
        {times}
        where r.figure_key = {text(identity.right)}"""


def _violations(identities: list[Identity], words: str) -> str:
    """Identities that no rounding explains: the intervals have no common point, or the part lies above."""
    sides = "\nunion all\n".join(
        f"select * from ({_sides(identity)}) as i where "
        + (
            "left_low > right_high"
            if identity.relation == "at_most"
            else "left_low > right_high or left_high < right_low"
        )
        for identity in identities
    )
    return f"""
        select submission_id, source_sheet, source_row,
               title_zh || ':{words} ' || {number("left_value")} as found,
               case when left_low = left_high and right_low = right_high then {number("right_value")}
                    else {number("right_value")} || '(舍入区间 ' || {number("right_low")} || ' 至 '
                         || {number("right_high")} || ')' end as expected,
               {number("left_value - right_value")} as difference
        from ({sides}) as judged"""


_HARD = [identity for identity in load_identities() if identity.strength == "hard"]
_SUMS = [i for i in _HARD if i.relation == "equal" and isinstance(i.times, int)]
_PARTS = [i for i in _HARD if i.relation == "at_most"]
_RATIOS = [i for i in _HARD if isinstance(i.times, str)]

RULES = [
    Rule(
        code="R-SUM-1",
        dataset=DATASET,
        severity="error",
        title_zh="汇总表指标在指标目录中",
        message_zh="指标“{found}”不是{expected}",
        remedy_zh="按模板中的指标名称填写,不增减字词",
        source=FORM,
        cells=("indicator",),
        version=2,
        query=_UNKNOWN,
    ),
    Rule(
        code="R-SUM-2",
        dataset=DATASET,
        severity="error",
        title_zh="汇总表计量单位与指标相符",
        message_zh="{found},应{expected}",
        remedy_zh="改正计量单位;数值随单位填写",
        source=FORM,
        cells=("unit",),
        version=2,
        query=_WRONG_UNIT,
    ),
    Rule(
        code="R-SUM-3",
        dataset=DATASET,
        severity="error",
        title_zh="汇总数与本单位台账一致",
        message_zh="{found},{expected}",
        remedy_zh="核对汇总表数值、计量单位和小数位数,以及对应台账是否漏行、重行",
        source=INTERVALS,
        cells=("value",),
        query=_AGAINST_REGISTER,
    ),
    Rule(
        code="R-SUM-4",
        dataset=DATASET,
        severity="error",
        title_zh="分类之和等于总数",
        message_zh="{found},与总数 {expected} 不符,舍入不能解释",
        remedy_zh="核对各分类数与总数;小数位数按实际申报",
        source=INTERVALS,
        cells=("value",),
        version=2,
        query=_violations(_SUMS, "分类之和"),
    ),
    Rule(
        code="R-SUM-5",
        dataset=DATASET,
        severity="error",
        title_zh="其中数不大于总数",
        message_zh="{found},大于 {expected}",
        remedy_zh="核对其中数与总数",
        source=INTERVALS,
        cells=("value",),
        version=2,
        query=_violations(_PARTS, "前者"),
    ),
    Rule(
        code="R-SUM-6",
        dataset=DATASET,
        severity="error",
        title_zh="比率等于分子除以分母",
        message_zh="{found},比率乘以分母为 {expected}",
        remedy_zh="重新计算比率;百分数保留两位小数",
        source=INTERVALS,
        cells=("value",),
        version=2,
        query=_violations(_RATIOS, "分子"),
    ),
    Rule(
        code="R-SUM-7",
        dataset=DATASET,
        severity="warning",
        title_zh="汇总表列全应报指标",
        message_zh="{found}",
        remedy_zh="补列缺少的指标",
        source=FORM,
        query=_NOT_STATED,
    ),
]
