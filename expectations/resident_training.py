"""Rules of 驻村培训: sessions held this year."""

from expectations.rule import FORM, Rule
from expectations.shapes import after_period, bad_rows, before, number, text

DATASET = "resident_training"

RULES = [
    Rule(
        code="R-TRAIN-1",
        dataset=DATASET,
        severity="error",
        title_zh="结业日期不早于开班日期",
        message_zh="{found},应{expected}",
        remedy_zh="核对开班日期和结业日期",
        source=FORM,
        cells=("started_on", "ended_on"),
        query=before(DATASET, "ended_on", "started_on", "结业日期", "开班日期"),
    ),
    Rule(
        code="R-TRAIN-2",
        dataset=DATASET,
        severity="error",
        title_zh="开班日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对开班日期;尚未开班的不填报",
        source=FORM,
        cells=("started_on",),
        query=after_period(DATASET, "started_on", "开班日期"),
    ),
    Rule(
        code="R-TRAIN-3",
        dataset=DATASET,
        severity="warning",
        title_zh="培训在报告期所在年度内",
        message_zh="{found},应{expected}",
        remedy_zh="往年班次不计入当年累计,请删除",
        source=FORM,
        cells=("started_on",),
        query=bad_rows(
            DATASET,
            when="extract(year from d.started_on) < period_year",
            found="'开班日期 ' || cast(d.started_on as string)",
            expected="'在' || cast(period_year as string) || '年内'",
        ),
    ),
    Rule(
        code="R-TRAIN-4",
        dataset=DATASET,
        severity="warning",
        title_zh="培训人次大于0",
        message_zh="培训人次 {found},应{expected}",
        remedy_zh="核对培训人次",
        source=FORM,
        cells=("person_times",),
        query=bad_rows(
            DATASET, when="d.person_times = 0", found=number("d.person_times", "人次"), expected=text("大于0")
        ),
    ),
]
