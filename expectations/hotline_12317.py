"""Rules of 12317监督举报平台: calls received and closed."""

from expectations.rule import FORM, Rule
from expectations.shapes import after_period, bad_rows, before, text

DATASET = "hotline_12317"

RULES = [
    Rule(
        code="R-HOT-1",
        dataset=DATASET,
        severity="warning",
        title_zh="来电20天内办结",
        message_zh="受理后 {found},超过期限({expected})",
        remedy_zh="督促办理;已办结的补填办结日期",
        source="http://sanjinzx.com/news/xinjinshang/2015/0503/13533.html (山西)",
        cells=("received_on", "closed_on"),
        missing="as_answer",
        query=bad_rows(
            DATASET,
            when="coalesce(d.closed_on, period_end) - d.received_on > 20",
            found="cast(coalesce(d.closed_on, period_end) - d.received_on as string) || '天' "
            "|| case when d.closed_on is null then '未办结' else '办结' end",
            expected=text("20天"),
            difference="cast(coalesce(d.closed_on, period_end) - d.received_on - 20 as string) || '天'",
        ),
    ),
    Rule(
        code="R-HOT-20",
        dataset=DATASET,
        severity="error",
        title_zh="办结日期不早于受理日期",
        message_zh="{found},应{expected}",
        remedy_zh="核对受理日期和办结日期",
        source=FORM,
        cells=("received_on", "closed_on"),
        query=before(DATASET, "closed_on", "received_on", "办结日期", "受理日期"),
    ),
    Rule(
        code="R-HOT-21",
        dataset=DATASET,
        severity="error",
        title_zh="受理日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对受理日期",
        source=FORM,
        cells=("received_on",),
        query=after_period(DATASET, "received_on", "受理日期"),
    ),
    Rule(
        code="R-HOT-22",
        dataset=DATASET,
        severity="error",
        title_zh="办结日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对办结日期",
        source=FORM,
        cells=("closed_on",),
        query=after_period(DATASET, "closed_on", "办结日期"),
    ),
    Rule(
        code="R-HOT-23",
        dataset=DATASET,
        severity="error",
        title_zh="办理状态与办结日期相符",
        message_zh="{found},应{expected}",
        remedy_zh="已办结的补填办结日期;办理中的不填",
        source=FORM,
        cells=("status", "closed_on"),
        missing="as_answer",
        query=bad_rows(
            DATASET,
            when="(d.status = '已办结') <> (d.closed_on is not null)",
            found="'办理状态' || d.status || ',办结日期' || coalesce(cast(d.closed_on as string), '未填')",
            expected=text("已办结者有办结日期,办理中者没有"),
        ),
    ),
]
