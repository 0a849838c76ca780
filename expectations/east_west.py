"""Rules of 苏陕协作: what Jiangsu's partners did in each county, and the year's agreement."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import bad_rows, number, text

DATASET = "east_west"
AGREEMENT = "http://m.imneio.com/guonei/2022/0217/13101.html"

_MONEY = ("市级及以下财政援助资金", "消费帮扶", "社会帮扶资金", "企业实际投资")
_PEOPLE = (
    "挂职干部",
    "专业技术人员",
    "劳务协作农村劳动力",
    "劳务协作脱贫人口",
    "企业吸纳就业",
    "车间吸纳就业",
)


def _among(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(text(name) for name in names) + ")"


_FITTING = (
    f"case when d.indicator in {_among(_MONEY)} then d.unit in ('元', '万元', '亿元') "
    f"when d.indicator in {_among(_PEOPLE)} then d.unit in ('名', '人') else d.unit = '个' end"
)

RULES = [
    Rule(
        code="R-EW-1",
        dataset=DATASET,
        severity="warning",
        title_zh="受援县为原贫困县",
        message_zh="受援县 {found},{expected}",
        remedy_zh="核对受援县代码",
        source=AGREEMENT,
        cells=("receiving_unit_code",),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.receiving_unit_code is not null "
            "and (u.kind is distinct from 'county' or not u.former_poverty_county)",
            found="d.receiving_unit_code || ' ' || d.receiving_unit_name",
            expected=text("苏陕协作结对56个原贫困县"),
            also="left join reporting_units as u on u.unit_code = d.receiving_unit_code",
        ),
    ),
    Rule(
        code="R-EW-20",
        dataset=DATASET,
        severity="error",
        title_zh="计量单位与指标相符",
        message_zh="{found},应{expected}",
        remedy_zh="资金类指标用元、万元或亿元,人数用名或人,其余用个",
        source=FORM,
        cells=("indicator", "unit"),
        version=2,
        query=bad_rows(
            DATASET,
            when=f"d.indicator is not null and not ({_FITTING})",
            found="d.indicator || '的计量单位为' || d.unit",
            expected=f"'用' || case when d.indicator in {_among(_MONEY)} then '元、万元或亿元' "
            f"when d.indicator in {_among(_PEOPLE)} then '名或人' else '个' end",
        ),
    ),
    Rule(
        code="R-EW-21",
        dataset=DATASET,
        # Over 100 % is legal and 693 % has been reported, so only a tenfold value is doubted.
        severity="warning",
        title_zh="完成数不超过年度目标的10倍",
        message_zh="{found},疑为单位错({expected})",
        remedy_zh="核对完成数、年度目标和计量单位",
        source=f"{AGREEMENT}; 10倍为{UNSOURCED}",
        cells=("value", "annual_target", "unit"),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.unit is not null and d.annual_target > 0 and d.value > 10 * d.annual_target",
            found=f"'完成数 ' || {number('d.value')}",
            expected=f"'不超过年度目标的10倍:' || {number('d.annual_target * 10')}",
        ),
    ),
    Rule(
        code="R-EW-22",
        dataset=DATASET,
        severity="error",
        title_zh="统计截止不晚于报告期且在同一年度",
        message_zh="统计截止 {found},应{expected}",
        remedy_zh="核对统计截止年月",
        source=FORM,
        cells=("data_through",),
        query=bad_rows(
            DATASET,
            when="d.data_through > period_month or substr(d.data_through, 1, 4) <> substr(period_month, 1, 4)",
            found="d.data_through",
            expected="'在' || cast(period_year as string) || '年内且不晚于' || period_month",
        ),
    ),
    Rule(
        code="R-EW-23",
        dataset=DATASET,
        severity="warning",
        title_zh="同一指标各县统计截止一致",
        message_zh="{found},应{expected}",
        remedy_zh="核对统计截止年月",
        source=UNSOURCED,
        cells=("indicator", "data_through"),
        query=bad_rows(
            DATASET,
            when="d.data_through <> latest.data_through",
            found="d.indicator || '统计截止 ' || d.data_through",
            expected="'与其他县一致:' || latest.data_through",
            also="""join (
                select submission_id, indicator, max(data_through) as data_through
                from east_west group by submission_id, indicator
            ) as latest on latest.submission_id = d.submission_id and latest.indicator = d.indicator""",
        ),
    ),
]
