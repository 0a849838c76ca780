"""The register of monitored households (监测对象台账)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sample import made_up
from sample.apportion import settle
from sample.dates import Scene, add_months, first_day, month_of, month_plus, months_between
from sample.places import Place, Places
from sample.plan import CountyPlan
from sample.relations import LARGEST_HOUSEHOLD

CATEGORY_NAMES = {"unstable": "脱贫不稳定户", "marginal": "边缘易致贫户", "sudden": "突发严重困难户"}
INCOME_LINE = 6000
MONITORING_BEGAN = "2020-03"
MONTHS_TO_ELIMINATION = 6
# A county of 300 households finds one in five or six days, and ends the risk of one as often.
FOUND_IN_A_DAY = ELIMINATED_IN_A_DAY = 0.0006

_SIZES = (1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6)
_RISKS = (
    "因病",
    "因残",
    "因学",
    "因安全住房",
    "因安全饮水",
    "因务工就业不稳",
    "缺劳动力",
    "因自然灾害",
    "因意外事故",
    "因产业失败",
)
_RISK_WEIGHTS = (34, 14, 8, 3, 2, 16, 8, 6, 5, 4)
_MATCHING = {
    "因病": "健康帮扶",
    "因残": "综合保障",
    "因学": "教育帮扶",
    "因安全住房": "住房安全保障",
    "因安全饮水": "饮水安全保障",
}
_DEVELOPMENT = ("产业帮扶", "就业帮扶", "公益岗位帮扶", "金融帮扶")


@dataclass(slots=True)
class Household:
    """One household with its whole life; ``eliminated`` is the month its risk ends, or None.

    The register knows months; ``identified_on`` and ``eliminated_on`` are the days, for the weeks.
    """

    number: str
    place: Place
    category: str
    household_type: str
    head_id_no: str
    members: int
    labour: int
    ill: int
    disabled: int
    risks: tuple[str, str | None]
    identified: str
    measures: str
    measures_started: str
    income: Decimal
    income_after: Decimal
    out_of_pocket: Decimal | None
    eliminated: str | None
    elimination_mode: str | None
    has_phone: bool
    identified_on: date
    eliminated_on: date | None

    @property
    def serial(self) -> int:
        """The last four digits of its number."""
        return int(self.number[-4:])


def grow(plan: CountyPlan, places: Places, scene: Scene) -> list[Household]:
    """The county's households, as many and with as many members per category as planned."""
    rng = scene.rng(plan.code, "households")
    grown = []
    for category, (households, people) in plan.households.items():
        if not households:
            continue
        sizes = settle(rng, rng.choices(_SIZES, k=households), people, low=1, high=LARGEST_HOUSEHOLD)
        for members in sizes:
            name = CATEGORY_NAMES[category]
            grown.append(_household(plan, len(grown) + 1, name, members, places=places, scene=scene, rng=rng))
    rng.shuffle(grown)
    return grown


def go_on(plan: CountyPlan, places: Places, households: list[Household], scene: Scene) -> list[Household]:
    """What happens after the scene's end, day by day: the risk of some of these households ends, which is entered in
    them, and new ones are found, which are returned. A later ``until`` adds to what an earlier one gave."""
    rng = scene.rng(plan.code, "later households")
    found: list[Household] = []
    for number in range((scene.until - scene.end).days if scene.until else 0):
        day = scene.end + timedelta(days=number + 1)
        for _ in range(_happening(len(households) * FOUND_IN_A_DAY, rng)):
            serial = len(households) + len(found) + 1
            found.append(_found(plan, serial, day, places=places, scene=scene, rng=rng))
        for _ in range(_happening(len(households) * ELIMINATED_IN_A_DAY, rng)):
            _eliminate(households, day, rng)
    return found


def _happening(expected: float, rng: Random) -> int:
    return int(expected + rng.random())


def _found(
    plan: CountyPlan, serial: int, day: date, *, places: Places, scene: Scene, rng: Random
) -> Household:
    category = CATEGORY_NAMES[rng.choice(list(CATEGORY_NAMES))]
    drawn = _household(plan, serial, category, rng.choice(_SIZES), places=places, scene=scene, rng=rng)
    month = month_of(day)
    return replace(
        drawn,
        identified=month,
        identified_on=day,
        measures_started=month,
        eliminated=None,
        eliminated_on=None,
        elimination_mode=None,
    )


def _eliminate(households: list[Household], day: date, rng: Random) -> None:
    """Ends the risk of one household that was identified long enough ago."""
    latest = month_plus(month_of(day), -MONTHS_TO_ELIMINATION - 1)
    standing = [
        h for h in households if not h.eliminated and h.labour and h.has_phone and h.identified <= latest
    ]
    if standing:
        chosen = rng.choice(standing)
        chosen.eliminated, chosen.eliminated_on, chosen.elimination_mode = month_of(day), day, "帮扶消除"


def as_of(households: list[Household], day: date) -> list[dict]:
    return [_row(household, day) for household in households if household.identified_on <= day]


def _household(
    plan: CountyPlan,
    serial: int,
    category: str,
    members: int,
    *,
    places: Places,
    scene: Scene,
    rng: Random,
) -> Household:
    identified = _identified(category, scene, rng)
    risks = _risks(rng)
    labour, ill, disabled = _members(members, risks, rng)
    eliminated = _eliminated(identified, labour, scene, rng)
    early = identified < month_of(scene.start)
    sudden = category == "突发严重困难户"
    income = rng.randint(6200, 9800) if sudden else rng.randint(3200, 5950)
    days = scene.rng(plan.code, "days of household", str(serial))
    return Household(
        number=f"{plan.code}1{serial:09d}",
        place=places.any(rng),
        category=category,
        household_type=_household_type(category, rng),
        head_id_no=made_up.id_number(plan.person(serial, 0), scene.oldest),
        members=members,
        labour=labour,
        ill=ill,
        disabled=disabled,
        risks=risks,
        identified=identified,
        measures=_measures(risks, labour, rng),
        measures_started=month_plus(identified, rng.choice((0, 0, 1))) if early else identified,
        income=Decimal(income) + Decimal(rng.randint(0, 99)) / 100,
        income_after=Decimal(rng.randint(6800, 12500)) + Decimal(rng.randint(0, 99)) / 100,
        out_of_pocket=Decimal(rng.randint(1200, 38000)) if ill else None,
        eliminated=eliminated,
        elimination_mode=("帮扶消除" if rng.random() < 0.93 else "自然消除") if eliminated else None,
        has_phone=eliminated is not None or rng.random() < 0.96,
        identified_on=_day_in(identified, scene, days),
        eliminated_on=_day_in(eliminated, scene, days) if eliminated else None,
    )


def _day_in(month: str, scene: Scene, rng: Random) -> date:
    """A day of the month, none after the scene's end."""
    first = first_day(month)
    return scene.between(rng, first, min(add_months(first, 1) - timedelta(days=1), scene.end))


def _identified(category: str, scene: Scene, rng: Random) -> str:
    """Mostly before this year; sudden hardship mostly in the last twelve months; some new every month."""
    last = month_of(scene.end)
    first = min(MONITORING_BEGAN, month_plus(last, -17))
    months = months_between(first, last)
    recent = months[-12:] if category == "突发严重困难户" else months[-8:]
    share_recent = 0.7 if category == "突发严重困难户" else 0.15
    return rng.choice(recent if rng.random() < share_recent else months[: -len(recent)])


def _eliminated(identified: str, labour: int, scene: Scene, rng: Random) -> str | None:
    """Never sooner than half a year after identification, never for households nobody can work in."""
    first, last = month_plus(identified, MONTHS_TO_ELIMINATION + 1), month_of(scene.end)
    if first > last or not labour or rng.random() > 0.52:
        return None
    return rng.choice(months_between(first, last))


def _risks(rng: Random) -> tuple[str, str | None]:
    first = rng.choices(_RISKS, _RISK_WEIGHTS)[0]
    second = rng.choices(_RISKS, _RISK_WEIGHTS)[0] if rng.random() < 0.35 else None
    return first, second if second != first else None


def _members(members: int, risks: tuple[str, str | None], rng: Random) -> tuple[int, int, int]:
    """Labour, ill and disabled members, fitting the risks: 因病 needs an ill member, 缺劳动力 one who cannot work."""
    ill = int("因病" in risks) or int(rng.random() < 0.12)
    disabled = int("因残" in risks) or int(rng.random() < 0.06)
    if members == 1 and ill and disabled and not {"因病", "因残"} <= set(risks):
        ill, disabled = int("因病" in risks), int("因残" in risks)
    unable = int("缺劳动力" in risks) or max(ill, disabled) * int(rng.random() < 0.5)
    able = max(members - unable - members // 3, 0)
    labour = rng.randint(min(1, able), able) if able else 0
    return labour, ill, disabled


def _household_type(category: str, rng: Random) -> str:
    if category == "突发严重困难户":
        return "脱贫户" if rng.random() < 0.4 else "一般农户"
    return "脱贫户" if category == "脱贫不稳定户" else "一般农户"


def _measures(risks: tuple[str, str | None], labour: int, rng: Random) -> str:
    measures = [_MATCHING[risk] for risk in risks if risk in _MATCHING]
    if labour:
        measures += rng.sample(_DEVELOPMENT, rng.choice((1, 1, 2)))
    if not measures or (not labour and "综合保障" not in measures):
        measures.append("综合保障")
    return "、".join(measures)


def _row(household: Household, day: date) -> dict:
    month = month_of(day)
    gone = household.eliminated_on is not None and household.eliminated_on <= day
    return {
        "township": household.place.township,
        "village": household.place.village,
        "household_no": household.number,
        "head_name": made_up.person("样例户", household.serial),
        "head_id_no": household.head_id_no,
        "head_phone": made_up.phone(household.serial) if household.has_phone else None,
        "members": household.members,
        "labour_members": household.labour,
        "ill_members": household.ill,
        "disabled_members": household.disabled,
        "household_type": household.household_type,
        "category": household.category,
        "risk_1": household.risks[0],
        "risk_2": household.risks[1],
        "identified_month": household.identified,
        "net_income_per_head": household.income_after if gone else household.income,
        "income_threshold": INCOME_LINE,
        "out_of_pocket": household.out_of_pocket,
        "measures": household.measures,
        "measures_started_month": household.measures_started if household.measures_started <= month else None,
        "risk_eliminated": gone,
        "elimination_mode": household.elimination_mode if gone else None,
        "eliminated_month": household.eliminated if gone else None,
    }
