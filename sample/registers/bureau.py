"""What only the provincial bureau knows: hotline, supervision, industry programmes, fund ledger, east-west."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from orchestration.units import ReportingUnits, Unit
from sample.dates import Scene, add_months, month_of, month_plus
from sample.ledgers import EAST_WEST_MONEY_STEP
from sample.plan import ProvincePlan

_CALL_TYPES = ("投诉举报", "求助", "意见建议")
_TOPICS = ("易地搬迁", "小额信贷", "产业帮扶", "就业帮扶", "监测帮扶", "项目资金", "住房饮水", "其他")
_EAST_WEST_UNITS = {
    "挂职干部": "名",
    "专业技术人员": "名",
    "市级及以下财政援助资金": "万元",
    "劳务协作农村劳动力": "人",
    "劳务协作脱贫人口": "人",
    "消费帮扶": "万元",
    "社会帮扶资金": "万元",
    "落地投产企业": "个",
    "企业实际投资": "亿元",
    "企业吸纳就业": "人",
    "援建扶贫车间": "个",
    "车间吸纳就业": "人",
}
_JIANGSU = (
    "南京市",
    "无锡市",
    "徐州市",
    "常州市",
    "苏州市",
    "南通市",
    "连云港市",
    "扬州市",
    "镇江市",
    "泰州市",
)
# programme: (topic, item name, progress, whether an item belongs to a county)
_PROGRAMMES = {
    "中国特色农产品优势区": ("special_product_areas", "样例特色农产品优势区", "已认定", True),
    "农业优势特色产业": ("special_industries_cultivated", "样例优势特色产业", "培育中", True),
    "合作社质量提升整县推进试点县": (
        "coop_pilot_counties_recommended",
        "合作社质量提升整县推进试点",
        "已推荐",
        True,
    ),
    "省级农业产业化示范联合体": ("industrialised_consortia", "样例产业化联合体", "已组建", True),
    "质量控制技术规范": ("quality_control_standards", "样例质量控制技术规范", "已制定", False),
    "标准化集成示范基地": ("standardised_demo_bases", "样例绿色标准化集成示范基地", "已建成", True),
    "扶贫专馆": ("product_pavilions", "样例扶贫专馆", "支持建设", True),
}
_OUTPUT_GOALS = ("果业", "设施农业")


def hotline(plan: ProvincePlan, units: ReportingUnits, scene: Scene, day: date) -> list[dict]:
    """Calls of the year received by ``day``; calls closed later are still open then."""
    rng = scene.rng("hotline")
    calls = plan.goals["hotline_12317_calls_received"]
    consultations = set(rng.sample(range(calls), plan.goals["hotline_12317_policy_consultations"]))
    received = sorted(scene.workday(rng, scene.start + timedelta(days=3), scene.end) for _ in range(calls))
    rows = []
    for serial, received_on in enumerate(received):
        kind = "政策咨询" if serial in consultations else rng.choice(_CALL_TYPES)
        county = rng.choice(units.counties) if rng.random() < 0.82 else None
        closed_on = received_on + timedelta(days=rng.randint(0, 2 if kind == "政策咨询" else 18))
        topic = rng.choice(_TOPICS)
        if received_on <= day:
            rows.append(
                {
                    "call_no": f"12317{received_on:%Y%m}{serial + 1:05d}",
                    "received_on": received_on,
                    "call_type": kind,
                    "topic": topic,
                    "county_code": county.code if county else None,
                    "county_name": county.name if county else None,
                    "status": "已办结" if closed_on <= day else "办理中",
                    "closed_on": closed_on if closed_on <= day else None,
                }
            )
    return rows


def supervision(plan: ProvincePlan, units: ReportingUnits, scene: Scene, day: date) -> list[dict]:
    """Visits, reports and model cases done by ``day``: the planned counties, in exactly the planned cities."""
    rng = scene.rng("supervision")
    goals = plan.goals
    visited = _visited(units, goals["supervision_cities_visited"], goals["supervision_counties_visited"], rng)
    items: list[tuple[str, str, Unit | None, date]] = []
    for county in visited:
        items.append(
            ("实地调研", f"{county.name}巩固脱贫成果实地调研", county, scene.at(rng.randint(300, 950)))
        )
    for number in range(goals["supervision_reports_county"]):
        county = visited[number % len(visited)] if visited else units.counties[number]
        seen_on = items[number % len(visited)][3] if visited else scene.at(rng.randint(820, 960))
        items.append(("县级调研报告", f"{county.name}调研报告", county, _written_up(seen_on, scene, rng)))
    for number in range(goals["supervision_reports_provincial"]):
        title = f"全省巩固脱贫成果督导调研报告(之{number + 1})"
        items.append(("省级调研报告", title, None, scene.at(rng.randint(960, 1000))))
    for number in range(goals["model_cases_recommended"]):
        county = visited[number % len(visited)] if visited else None
        items.append(("典型案例", f"样例典型案例{number + 1}", county, scene.at(rng.randint(960, 1000))))
    return [
        {
            "item_no": f"DD{scene.end.year}{serial:03d}",
            "item_type": kind,
            "item_title": title,
            "county_code": county.code if county else None,
            "county_name": county.name if county else None,
            "done_on": done_on,
        }
        for serial, (kind, title, county, done_on) in enumerate(items, 1)
        if done_on <= day
    ]


def _written_up(seen_on: date, scene: Scene, rng: Random) -> date:
    """A county report is written within days of the visit, in the same month: reports and visits stay even."""
    last = min(add_months(seen_on.replace(day=1), 1) - timedelta(days=1), scene.end)
    return min(seen_on + timedelta(days=rng.randint(2, 6)), last)


def industry(plan: ProvincePlan, units: ReportingUnits, scene: Scene, day: date) -> list[dict]:
    rng = scene.rng("industry")
    rows = []
    for number in range(plan.goals["industry_output_target_items"]):
        name = _OUTPUT_GOALS[number] if number < len(_OUTPUT_GOALS) else f"样例产业{number + 1}"
        rows.append(_industry_row("产值千亿级目标", f"{name}产值千亿级目标", None, "基本实现", None))
        rows[-1]["target_output"] = plan.goals["industry_output_target_level"]
    for programme, (topic, name, progress, in_county) in _PROGRAMMES.items():
        count = plan.goals[topic]
        counties = rng.sample(units.counties, min(count, len(units.counties)))
        for number in range(count):
            county = counties[number % len(counties)] if in_county else None
            this_year = topic == "coop_pilot_counties_recommended" or rng.random() < 0.3
            achieved_on = (
                scene.at(rng.randint(100, 1000))
                if this_year
                else scene.start - timedelta(rng.randint(20, 400))
            )
            if achieved_on <= day:
                reached = None if progress in ("培育中", "支持建设") else achieved_on
                rows.append(_industry_row(programme, f"{name}{number + 1:03d}", county, progress, reached))
    for serial, row in enumerate(rows, 1):
        row["item_no"] = f"TS{scene.end.year}{serial:04d}"
    return rows


def bridging_funds(plan: ProvincePlan, units: ReportingUnits, day: date) -> list[dict]:
    """The province's ledger: each document issued by ``day`` and each unit that received of it."""
    rows = [
        _ledger_row(document, county.code, county.name)
        for county in plan.counties
        for document in county.documents
        if document.issued_on <= day
    ]
    rows += [
        _ledger_row(document, units.province.code, units.province.name)
        for document in plan.provincial_documents
        if document.issued_on <= day
    ]
    return sorted(rows, key=lambda row: (row["issued_on"], row["document_no"], row["receiving_unit_code"]))


def east_west(plan: ProvincePlan, units: ReportingUnits, scene: Scene, day: date) -> list[dict]:
    """Year to the month before: the planned values in the last period, in proportion of the months before it."""
    last_through, through = month_plus(month_of(scene.end), -1), month_plus(month_of(day), -1)
    done, whole = int(through[5:]), int(last_through[5:])
    names = {county.code: county for county in units.counties}
    cities = sorted({county.code[:4] for county in units.counties})
    rows = []
    for share in plan.east_west:
        step = EAST_WEST_MONEY_STEP.get(share.indicator, 1)
        value = share.value if through == last_through else share.value * done // whole // step * step
        rows.append(
            {
                "receiving_unit_code": share.code,
                "receiving_unit_name": names[share.code].name,
                "assisting_unit": f"江苏省{_JIANGSU[cities.index(share.code[:4]) % len(_JIANGSU)]}",
                "indicator": share.indicator,
                "value": value,
                "annual_target": share.target,
                "unit": _EAST_WEST_UNITS[share.indicator],
                "data_through": through,
            }
        )
    return sorted(rows, key=lambda row: row["receiving_unit_code"])


def _visited(units: ReportingUnits, cities: int, counties: int, rng: Random) -> list[Unit]:
    """So many counties in exactly so many cities: one in each city first, then any others of those cities."""
    if not counties:
        return []
    by_city: dict[str, list[Unit]] = {}
    for county in units.counties:
        by_city.setdefault(county.code[:4], []).append(county)
    largest = sorted(by_city.values(), key=lambda group: (-len(group), group[0].code))[: max(cities, 1)]
    chosen = [rng.choice(group) for group in largest]
    others = [county for group in largest for county in group if county not in chosen]
    return sorted(chosen + rng.sample(others, counties - len(chosen)), key=lambda county: county.code)


def _industry_row(
    programme: str, name: str, county: Unit | None, progress: str, achieved_on: date | None
) -> dict:
    return {
        "item_no": None,
        "programme": programme,
        "item_name": name,
        "county_code": county.code if county else None,
        "county_name": county.name if county else None,
        "progress": progress,
        "achieved_on": achieved_on,
        "target_output": None,
    }


def _ledger_row(document, code: str, name: str) -> dict:
    return {
        "document_no": document.number,
        "tier": document.tier,
        "fund_name": document.fund,
        "issued_on": document.issued_on,
        "receiving_unit_code": code,
        "receiving_unit_name": name,
        "allotment": "切块到县" if document.to_county else "省级项目",
        "amount": document.amount,
    }
