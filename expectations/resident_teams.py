"""Rules of 驻村工作队: teams, first secretaries, terms and days present."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import bad_rows, before, number, text, two_names

DATASET = "resident_teams"
TERM = "驻村任期2年 https://taiyuan.baogaosu.com/xinwen/ (山西); 省内沿用"

_WORKING_DAYS = """join (
    select reporting_period, min(day) as first_day, count(*) filter (where isodow(day) <= 5) as working_days
    from (
        select reporting_period, cast(unnest(generate_series(
            date_trunc('month', period_end), cast(last_day(period_end) as timestamp), interval 1 day
        )) as date) as day
        from reporting_periods
    ) as days group by reporting_period
) as month on month.reporting_period = d.reporting_period"""
_TEAM = """join (
    select submission_id, team_no, count(distinct worker_no) as workers,
           count(distinct worker_no) filter (where role in ('第一书记', '第一书记(兼队长)')) as secretaries
    from resident_teams group by submission_id, team_no
) as team on team.submission_id = d.submission_id and team.team_no = d.team_no"""

RULES = [
    Rule(
        code="R-TEAM-1",
        dataset=DATASET,
        # The province may send a team elsewhere as well.
        severity="warning",
        title_zh="工作队派驻四类重点村",
        message_zh="村类型为{found},应{expected}",
        remedy_zh="核对村类型;确派驻其他村的可说明",
        source="https://sjb.qlwb.com.cn/qlwb/content/20210512/ArticelA01002FM.htm; "
        "https://www.shiquan.gov.cn/Content-2298201.html (石泉县)",
        cells=("village_type",),
        query=bad_rows(
            DATASET,
            when="d.village_type = '其他村'",
            found="d.village_type",
            expected=text("为脱贫村、易地搬迁安置村、乡村振兴任务重的村或党组织软弱涣散村"),
        ),
    ),
    Rule(
        code="R-TEAM-2-1",
        dataset=DATASET,
        severity="warning",
        title_zh="驻村任期为2年",
        message_zh="{found},应{expected}",
        remedy_zh="核对开始时间和期满时间",
        source=TERM,
        cells=("started_on", "ends_on"),
        # A month either way: terms run from appointment, which is not always the day of arrival.
        query=bad_rows(
            DATASET,
            when="abs(date_diff('month', d.started_on, d.ends_on) - 24) > 1",
            found="cast(d.started_on as string) || '至' || cast(d.ends_on as string)",
            expected=text("满2年"),
        ),
    ),
    Rule(
        code="R-TEAM-2-2",
        dataset=DATASET,
        severity="error",
        title_zh="本月驻村天数不超过当月天数",
        message_zh="本月驻村天数 {found},应{expected}",
        remedy_zh="核对本月驻村天数",
        source=FORM,
        cells=("days_present",),
        query=bad_rows(
            DATASET,
            when="d.days_present > extract(day from last_day(period_end))",
            found=number("d.days_present", "天"),
            expected="'不超过' || cast(extract(day from last_day(period_end)) as string) || '天'",
        ),
    ),
    Rule(
        code="R-TEAM-2-3",
        draft=True,
        dataset=DATASET,
        severity="error",
        title_zh="本月驻村天数不少于工作日的三分之二",
        message_zh="本月驻村天数 {found},应{expected}",
        remedy_zh="核对本月驻村天数;因公外出、休假的可说明",
        source="每年不少于三分之二工作日驻村 https://taiyuan.baogaosu.com/xinwen/ (山西2015)",
        cells=("days_present",),
        # Monday to Friday, public holidays included: the calendar of holidays is not here.
        query=bad_rows(
            DATASET,
            when="d.started_on <= month.first_day and d.ends_on >= period_end "
            "and 3 * d.days_present < 2 * month.working_days",
            found=number("d.days_present", "天"),
            expected="'不少于 ' || cast((2 * month.working_days + 2) // 3 as string) || '天(工作日 ' "
            "|| cast(month.working_days as string) || '天)'",
            also=_WORKING_DAYS,
        ),
    ),
    Rule(
        code="R-TEAM-3-1",
        dataset=DATASET,
        severity="error",
        title_zh="每支工作队至多一名第一书记",
        message_zh="工作队 {found},应{expected}",
        remedy_zh="核对工作队编号和队内职务",
        source=UNSOURCED,
        cells=("team_no", "role"),
        query=bad_rows(
            DATASET,
            when="d.role in ('第一书记', '第一书记(兼队长)') and team.secretaries > 1",
            found="d.team_no || ' 有' || cast(team.secretaries as string) || '名第一书记'",
            expected=text("至多1名"),
            difference="cast(team.secretaries - 1 as string) || '名'",
            also=_TEAM,
        ),
    ),
    Rule(
        code="R-TEAM-3-2",
        dataset=DATASET,
        severity="warning",
        title_zh="每支工作队不少于3人",
        message_zh="工作队 {found},应{expected}",
        remedy_zh="补报缺漏人员,或补齐工作队",
        source=UNSOURCED,
        cells=("team_no",),
        query=bad_rows(
            DATASET,
            when="team.workers < 3",
            found="d.team_no || ' 有' || cast(team.workers as string) || '人'",
            expected=text("不少于3人"),
            also=_TEAM,
        ),
    ),
    Rule(
        code="R-TEAM-20",
        dataset=DATASET,
        severity="error",
        title_zh="期满时间不早于开始时间",
        message_zh="{found},应{expected}",
        remedy_zh="核对开始时间和期满时间",
        source=FORM,
        cells=("started_on", "ends_on"),
        query=before(DATASET, "ends_on", "started_on", "期满时间", "开始时间"),
    ),
    Rule(
        code="R-TEAM-21",
        dataset=DATASET,
        severity="warning",
        title_zh="在册人员在报告期内驻村",
        message_zh="{found},应{expected}",
        remedy_zh="未到任或已期满的人员不在册;在任的核对起止时间",
        source=FORM,
        cells=("started_on", "ends_on"),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.started_on is not null and d.ends_on is not null "
            "and (d.started_on > period_end or d.ends_on < period_start)",
            found="cast(d.started_on as string) || '至' || cast(d.ends_on as string)",
            expected="'与报告期 ' || cast(period_start as string) || '至' || cast(period_end as string) || ' 有交叉'",
        ),
    ),
    Rule(
        code="R-TEAM-22",
        dataset=DATASET,
        severity="warning",
        title_zh="一支工作队驻一个村",
        message_zh="{found},应{expected}",
        remedy_zh="核对工作队编号和行政村",
        source=UNSOURCED,
        cells=("village", "team_no"),
        version=2,
        query=two_names(DATASET, "team_no", "township || village", "工作队编号", "村"),
    ),
]
