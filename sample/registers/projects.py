"""The project pool (项目库) and what the county spent of every indicator document (衔接资金支出)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample.apportion import apportion
from sample.dates import Scene
from sample.ledgers import WAN, Document, document_number
from sample.places import Place, Places
from sample.plan import CountyPlan

# category: (weight, relative size, works)
_CATEGORIES = {
    "产业发展": (46, 110, "产业基地建设"),
    "乡村建设行动": (24, 100, "道路硬化"),
    "就业项目": (12, 60, "公益性岗位补助"),
    "巩固三保障成果": (9, 50, "饮水安全提升"),
    "易地搬迁后扶": (4, 160, "安置社区配套"),
    "乡村治理和精神文明建设": (3, 40, "村庄环境整治"),
    "项目管理费": (1, 10, "项目管理"),
    "其他": (1, 40, "其他配套"),
}
_NATURES = ("新建", "新建", "新建", "续建", "改建", "扩建")


@dataclass(slots=True)
class Project:
    """A project with its whole life; days that never come by the last period's end are None. Money in 元."""

    number: str
    serial: int
    place: Place
    category: str
    nature: str
    funds: tuple[int, int, int, int, int]  # central, provincial, city, county, social
    pooled_on: date
    arranged_on: date | None
    started_on: date | None
    completed_on: date | None
    accepted_on: date | None
    document: str | None
    households: int
    people: int
    pace: int  # days in which the funds of a started project are paid out


def grow(plan: CountyPlan, places: Places, documents: list[Document], scene: Scene) -> list[Project]:
    """As many projects, arranged and started as planned; their funds sum to the planned total."""
    rng = scene.rng(plan.code, "projects")
    if not plan.projects:
        return []
    categories = rng.choices(list(_CATEGORIES), [w for w, *_ in _CATEGORIES.values()], k=plan.projects)
    totals = _totals(plan, categories, rng)
    arranged_total = sum(totals[: plan.projects_arranged])
    upper = sum(d.amount for d in documents if d.tier in ("中央", "省级"))
    # Central and provincial funds of arranged projects stay below what the county was allotted.
    share = min(620, 950 * upper // arranged_total) if arranged_total else 0
    projects = []
    for serial, (category, total) in enumerate(zip(categories, totals, strict=True), 1):
        days = _life(serial, plan, scene, rng)
        projects.append(
            Project(
                number=f"{plan.code}{scene.end.year}{serial:08d}",
                serial=serial,
                place=places.any(rng),
                category=category,
                nature=rng.choice(_NATURES),
                funds=_sources(total, share if days[1] else 600, rng),
                pooled_on=days[0],
                arranged_on=days[1],
                started_on=days[2],
                completed_on=days[3],
                accepted_on=days[4],
                document=_document(documents, days[1], rng) if days[1] else None,
                households=(households := rng.randint(3, 60)),
                people=households * 3 + rng.randint(0, households),
                pace=rng.randint(150, 320),
            )
        )
    rng.shuffle(projects)
    return projects


def as_of(projects: list[Project], day: date, year: int) -> list[dict]:
    return [_row(project, day, year) for project in projects if project.pooled_on <= day]


def county_documents(plan: CountyPlan, scene: Scene) -> list[Document]:
    """The bureau's documents for this county, and one each of the city and of the county itself."""
    rng = scene.rng(plan.code, "documents")
    allotted = sum(document.amount for document in plan.documents)
    own = (allotted or plan.project_funds // 4) // WAN
    city, county = own * rng.randint(2, 5) // 100 * WAN, own * rng.randint(6, 14) // 100 * WAN
    issuer = plan.name[:-1]
    return [
        *plan.documents,
        *(
            [
                Document(
                    document_number(scene, 7, f"{issuer}样财市"), "市级", "市级衔接资金", scene.at(330), city
                )
            ]
            * bool(city)
        ),
        *(
            [
                Document(
                    document_number(scene, 3, f"{issuer}样财"), "县级", "县级衔接资金", scene.at(10), county
                )
            ]
            * bool(county)
        ),
    ]


def spending_as_of(
    plan: CountyPlan, documents: list[Document], projects: list[Project], day: date, scene: Scene
) -> list[dict]:
    """One row per document issued by then; the projects are those the pool says were arranged with it."""
    counts = Counter(p.document for p in projects if p.arranged_on and p.arranged_on <= day)
    rows = []
    for document in documents:
        if document.issued_on > day:
            continue
        rng = scene.rng(plan.code, document.number)
        elapsed = (day - document.issued_on).days
        percent = min(rng.randint(84, 94), rng.randint(4, 9) + elapsed * rng.randint(34, 42) // 100)
        spent = document.amount * percent // 100 // 100 * 100
        rows.append(
            {
                "document_no": document.number,
                "tier": document.tier,
                "fund_name": document.fund,
                "issued_on": document.issued_on,
                "amount": document.amount,
                "industry_amount": document.amount * rng.randint(50, 62) // 100 // 100 * 100,
                "management_fee": document.amount * rng.randint(0, 9) // 1000 // 100 * 100,
                "projects": counts[document.number],
                "spent": spent,
                "balance": document.amount - spent,
            }
        )
    return rows


def _totals(plan: CountyPlan, categories: list[str], rng: Random) -> list[int]:
    """Planned funds per project in 元: whole thousands, but for one project when the total is no thousand."""
    weights = [
        int(_CATEGORIES[category][1] * rng.lognormvariate(0, 0.75) * 1000) + 1 for category in categories
    ]
    mean = plan.project_funds // plan.projects
    unit = 1000 if mean >= 20_000 else 100 if mean >= 2000 else 1
    rest = plan.project_funds % unit
    least = [max(mean // 20 // unit, 1)] * plan.projects
    totals = [n * unit for n in apportion(plan.project_funds // unit, weights, low=least)]
    totals[0] += rest
    return totals


def _life(serial: int, plan: CountyPlan, scene: Scene, rng: Random) -> tuple[date, ...]:
    """Pooled, arranged, started, completed, accepted; the first projects are started, the next only arranged."""
    opening = date(scene.end.year - 1, 10, 8)
    if serial > plan.projects_arranged:
        late = rng.random() < 0.08
        return (
            scene.between(rng, scene.start, scene.end) if late else scene.between(rng, opening, scene.at(230))
        ), *([None] * 4)
    started = serial <= plan.projects_started
    arranged_on = scene.at(rng.randint(40, 900) if started else rng.randint(880, 1000))
    pooled_on = max(arranged_on - timedelta(days=rng.randint(15, 120)), opening)
    if not started:
        return pooled_on, arranged_on, None, None, None
    started_on = min(arranged_on + timedelta(days=rng.randint(2, 40)), scene.end)
    completed_on = _by(scene, started_on + timedelta(days=rng.randint(45, 150)), rng.random() < 0.55)
    accepted_on = (
        _by(scene, completed_on + timedelta(days=rng.randint(7, 40)), rng.random() < 0.7)
        if completed_on
        else None
    )
    return pooled_on, arranged_on, started_on, completed_on, accepted_on


def _by(scene: Scene, day: date, happens: bool) -> date | None:
    return day if happens and day <= scene.end else None


def _sources(total: int, share: int, rng: Random) -> tuple[int, int, int, int, int]:
    """Five sources in 元 that sum to the total; ``share`` thousandths of it central and provincial together."""
    unit = 1000 if total >= 20_000 else 100 if total >= 1000 else 1
    central = total * share * rng.randint(50, 62) // 100_000 // unit * unit
    provincial = (total * share // 1000 - central) // unit * unit
    rest = total - central - provincial
    city = rest * rng.choice((0, 0, 10, 20)) // 100 // unit * unit
    social = rest * rng.choice((0, 0, 0, 15, 30)) // 100 // unit * unit
    return central, provincial, city, rest - city - social, social


def _document(documents: list[Document], arranged_on: date, rng: Random) -> str | None:
    """A document the county held when it arranged the project; large ones pay for more projects."""
    held = [document for document in documents if document.issued_on <= arranged_on] or documents[:1]
    return rng.choices(held, [d.amount for d in held])[0].number if held else None


def _row(project: Project, day: date, year: int) -> dict:
    def known(when: date | None) -> date | None:
        return when if when and when <= day else None

    arranged, started = known(project.arranged_on), known(project.started_on)
    completed, accepted = known(project.completed_on), known(project.accepted_on)
    total = sum(project.funds)
    works = _CATEGORIES[project.category][2]
    central, provincial, city, county, social = project.funds
    return {
        "project_no": project.number,
        "project_year": year,
        "project_name": f"{year}年{project.place.township}{project.place.village}{works}项目{project.serial:04d}",
        "category": project.category,
        "township": project.place.township,
        "village": project.place.village,
        "implementer": f"{project.place.township}人民政府"
        if project.serial % 3
        else f"{project.place.village}村民委员会",
        "construction_nature": project.nature,
        "status": _status(arranged, started, completed, accepted),
        "pooled_on": project.pooled_on,
        "arranged_on": arranged,
        "started_on": started,
        "completed_on": completed,
        "accepted_on": accepted,
        "total_funds": total,
        "central_funds": central,
        "provincial_funds": provincial,
        "city_funds": city,
        "county_funds": county,
        "social_funds": social,
        "disbursed": _disbursed(project, total, started, completed, day),
        "document_no": project.document if arranged else None,
        "benefit_households": project.households,
        "benefit_people": project.people,
        "performance_target": f"带动脱贫户{project.households}户,受益{project.people}人",
    }


def _status(arranged, started, completed, accepted) -> str:
    if accepted:
        return "已验收"
    if completed:
        return "已完工"
    if started:
        return "已开工"
    return "已安排" if arranged else "未安排"


def _disbursed(project: Project, total: int, started, completed, day: date) -> int | None:
    if not started:
        return None
    percent = 95 if completed else min(90, 20 + 70 * (day - started).days // project.pace)
    return total * percent // 100 // 100 * 100
