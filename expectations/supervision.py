"""Rules of 督导调研: visits, reports and recommended cases."""

from expectations.rule import FORM, Rule
from expectations.shapes import after_period, bad_rows, text

DATASET = "supervision"

RULES = [
    Rule(
        code="R-SUP-1",
        dataset=DATASET,
        # A report may still be in writing after a visit, so this is asked and not refused.
        severity="warning",
        title_zh="县级调研报告数等于所到县(区)数",
        message_zh="{found},应{expected}",
        remedy_zh="核对县级调研报告和实地调研的县(区);报告尚未成稿的可说明",
        source="2021年8月通报: 县级调研报告19篇, 所到县(区)19个",
        query="""
            select submission_id, source_sheet, cast(null as integer) as source_row,
                   '县级调研报告 ' || cast(reports as string) || '篇' as found,
                   '等于所到县(区)数 ' || cast(counties as string) || '个' as expected,
                   cast(reports - counties as string) as difference
            from (
                select submission_id, min(source_sheet) as source_sheet,
                       count(*) filter (where item_type = '县级调研报告') as reports,
                       count(distinct county_code) filter (where item_type = '实地调研') as counties
                from supervision join reporting_periods using (reporting_period)
                where extract(year from done_on) = period_year
                group by submission_id
            ) as bureau
            where reports <> counties""",
    ),
    Rule(
        code="R-SUP-2",
        dataset=DATASET,
        severity="error",
        title_zh="实地调研和县级报告填明县(区)",
        message_zh="{found},应{expected}",
        remedy_zh="补填或改正县区代码",
        source=FORM,
        cells=("item_type", "county_code"),
        missing="fail",
        query=bad_rows(
            DATASET,
            when="d.item_type in ('实地调研', '县级调研报告') and u.kind is distinct from 'county'",
            found="d.item_type || '的县区代码' || coalesce(' ' || d.county_code, '未填')",
            expected=text("为本省县(区)代码"),
            also="left join reporting_units as u on u.unit_code = d.county_code",
        ),
    ),
    Rule(
        code="R-SUP-3",
        dataset=DATASET,
        severity="error",
        title_zh="日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对日期;尚未进行的不填报",
        source=FORM,
        cells=("done_on",),
        query=after_period(DATASET, "done_on", "日期"),
    ),
    Rule(
        code="R-SUP-4",
        dataset=DATASET,
        severity="warning",
        title_zh="县级调研报告的县(区)有实地调研",
        message_zh="{found},应{expected}",
        remedy_zh="核对县区代码,或补报实地调研",
        source=FORM,
        cells=("item_type", "county_code"),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.item_type = '县级调研报告' and d.county_code is not null and not exists (select 1 from supervision as visit "
            "where visit.submission_id = d.submission_id and visit.item_type = '实地调研' "
            "and visit.county_code = d.county_code)",
            found="coalesce(d.county_name, d.county_code) || '有县级调研报告而无实地调研'",
            expected=text("有实地调研"),
        ),
    ),
]
