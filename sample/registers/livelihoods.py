"""Township statistics: employment (务工就业), resettlement sites (易地搬迁后续扶持), hazards (风险隐患排查)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from orchestration.periods import Period
from sample.apportion import apportion
from sample.dates import Scene
from sample.places import Places
from sample.plan import CountyPlan

# (channel, place, weight, least and most monthly wage): public posts and workshops are inside the county.
_EMPLOYMENT = (
    ("外出务工", "省外", 380, 3200, 5200),
    ("外出务工", "省内县外", 290, 2800, 4600),
    ("公益性岗位", "县内", 60, 500, 900),
    ("帮扶车间", "县内", 30, 1500, 2800),
    ("自主创业", "省内县外", 20, 2500, 6000),
    ("自主创业", "县内", 40, 2200, 5500),
    ("灵活就业", "省内县外", 50, 1800, 3200),
    ("灵活就业", "县内", 130, 1500, 2800),
)
_HAZARDS = {"洪涝": 30, "滑坡泥石流": 14, "住房安全": 34, "饮水安全": 14, "产业受损": 8}
# Employment and jobs at resettlement sites grow by so many thousandths a month towards the last period.
_MONTHLY_GROWTH = 9


@dataclass(slots=True)
class Site:
    serial: int
    name: str
    township: str
    mode: str
    planned: tuple[int, int]
    occupied: tuple[int, int]
    labour: int
    employed: int
    with_labour: int
    with_job: int
    workshops: int


def employment_as_of(plan: CountyPlan, places: Places, months_before_last: int, scene: Scene) -> list[dict]:
    """The planned people in the last period, a little fewer in each month before it."""
    rng = scene.rng(plan.code, "employment")
    cells = [(township, *kind) for township in places.townships for kind in _EMPLOYMENT]
    people = apportion(plan.employed, [kind[3] * rng.randint(60, 140) for kind in cells])
    rows = []
    for (township, channel, work_place, _, low, high), count in zip(cells, people, strict=True):
        women, wage = rng.randint(32, 49), rng.randint(low, high)
        now = count * (1000 - _MONTHLY_GROWTH * months_before_last) // 1000
        if now > 0:
            rows.append(
                {
                    "township": township,
                    "channel": channel,
                    "work_place": work_place,
                    "people": now,
                    "women": now * women // 100,
                    "monthly_wage": wage,
                }
            )
    return rows


def grow_sites(plan: CountyPlan, places: Places, scene: Scene) -> list[Site]:
    rng = scene.rng(plan.code, "sites")
    if not plan.sites:
        return []
    planned = apportion(
        plan.site_households, [int(rng.lognormvariate(0, 0.9) * 1000) + 1 for _ in range(plan.sites)]
    )
    return [_site(serial, households, places, rng) for serial, households in enumerate(planned, 1)]


def sites_as_of(sites: list[Site], months_before_last: int, code: str) -> list[dict]:
    rows = []
    for site in sites:
        employed = max(site.employed * (1000 - _MONTHLY_GROWTH * months_before_last) // 1000, site.with_job)
        rows.append(
            {
                "site_no": f"{code}A{site.serial:03d}",
                "site_name": site.name,
                "township": site.township,
                "mode": site.mode,
                "planned_households": site.planned[0],
                "planned_people": site.planned[1],
                "occupied_households": site.occupied[0],
                "occupied_people": site.occupied[1],
                "labour": site.labour,
                "employed": employed,
                "households_with_labour": site.with_labour,
                "households_with_job": site.with_job,
                "workshops": site.workshops,
            }
        )
    return rows


def screening_as_of(plan: CountyPlan, places: Places, scene: Scene, period: Period) -> list[dict]:
    """One row per township and hazard, screened within the period; handled grows to nearly all."""
    rng = scene.rng(plan.code, "screening", str(period.end))
    progress = 100 - min((scene.end - period.end).days // 12, 40)
    cells = [(township, hazard) for township in places.townships for hazard in _HAZARDS]
    screened = apportion(
        plan.screened * progress // 100, [_HAZARDS[hazard] * rng.randint(70, 130) for _, hazard in cells]
    )
    rows = []
    for (township, hazard), households in zip(cells, screened, strict=True):
        at_risk = households * rng.randint(2, 14) // 1000
        rows.append(
            {
                "township": township,
                "hazard": hazard,
                "screened_households": households,
                "at_risk_households": at_risk,
                "at_risk_people": at_risk * 3 + rng.randint(0, at_risk),
                "handled_households": at_risk * rng.randint(70, 100) // 100,
                "screened_on": scene.between(rng, period.start, period.end),
            }
        )
    return rows if plan.screened else []


def _site(serial: int, households: int, places: Places, rng: Random) -> Site:
    concentrated = rng.random() < 0.85
    township = places.townships[rng.randrange(len(places.townships))]
    people = households * 3 + households * rng.randint(20, 60) // 100
    lived_in = households - households * rng.randint(0, 3) // 100
    lived_in_people = people * lived_in // households if households else 0
    labour = lived_in_people * rng.randint(44, 56) // 100
    with_labour = min(lived_in * rng.randint(90, 97) // 100, labour)
    with_job = with_labour - int(rng.random() < 0.02 and with_labour > 0)
    return Site(
        serial=serial,
        name=f"{township[:-1]}样例安置点{serial:02d}",
        township=township,
        mode="集中安置" if concentrated else "分散安置",
        planned=(households, people),
        occupied=(lived_in, lived_in_people),
        labour=labour,
        employed=min(max(labour * rng.randint(90, 98) // 100, with_job), labour),
        with_labour=with_labour,
        with_job=with_job,
        workshops=rng.choice((0, 0, 1, 1, 2)) if concentrated else 0,
    )
