"""How the province's totals are spread over its counties: exact integers, the sums never off by one.

Belongs here: numbers per county. Does not belong here: rows of registers (registers/), files (write/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from orchestration.units import ReportingUnits
from sample.apportion import apportion, apportion_money
from sample.dates import Scene
from sample.targets import CATEGORIES, LARGEST_HOUSEHOLD, LOAN_CAP

WAN = 10_000
EAST_WEST_TOPICS = {
    "挂职干部": ("ew_seconded_officials", None),
    "专业技术人员": ("ew_professionals", None),
    "市级及以下财政援助资金": ("ew_fiscal_aid_city_and_below", None),
    "劳务协作农村劳动力": ("ew_labour_transferred", "ew_labour_target"),
    "劳务协作脱贫人口": ("ew_lifted_people_transferred", "ew_lifted_people_target"),
    "消费帮扶": ("ew_consumption_assistance_sales", "ew_consumption_target"),
    "社会帮扶资金": ("ew_social_assistance_funds", "ew_social_funds_target"),
    "落地投产企业": ("ew_enterprises_landed", None),
    "企业实际投资": ("ew_enterprise_investment", None),
    "企业吸纳就业": ("ew_enterprise_jobs", None),
    "援建扶贫车间": ("ew_workshops_built", None),
    "车间吸纳就业": ("ew_workshop_jobs", None),
}
EAST_WEST_MONEY_STEP = {
    "市级及以下财政援助资金": 100,
    "消费帮扶": 100,
    "社会帮扶资金": 1000,
    "企业实际投资": WAN,
}
# (tier, fund, thousandths into the year, weight, kind of counties)
_DOCUMENTS = (
    ("中央", "巩固拓展脱贫攻坚成果和乡村振兴任务", 15, 300, "all"),
    ("中央", "巩固拓展脱贫攻坚成果和乡村振兴任务", 420, 240, "all"),
    ("中央", "以工代赈任务", 430, 40, "former_poverty"),
    ("中央", "少数民族发展任务", 450, 20, "few"),
    ("省级", "巩固拓展脱贫攻坚成果和乡村振兴任务", 120, 190, "all"),
    ("省级", "巩固拓展脱贫攻坚成果和乡村振兴任务", 640, 130, "all"),
    ("省级", "产业发展专项", 700, 80, "former_poverty"),
)
_PROVINCIAL_DOCUMENTS = (
    ("中央", "欠发达国有林场巩固提升任务", 440, 20),
    ("省级", "省级统筹易地搬迁后续扶持项目", 300, 45),
    ("省级", "省级防返贫保险和监测项目", 520, 35),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One indicator document as one unit receives it; ``amount`` in 元."""

    number: str
    tier: str
    fund: str
    issued_on: date
    amount: int
    to_county: bool = True


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """What one county's registers must add up to. Money in 元; counts in households, people, pieces."""

    code: str
    name: str
    former_poverty: bool
    townships: int
    households: dict[str, tuple[int, int]]  # category → (households, people)
    loans: int
    loan_amount: int
    projects: int
    project_funds: int
    projects_arranged: int
    projects_started: int
    teams: int
    workers: int
    first_secretaries: int
    trained: int
    employed: int
    suppliers: int
    suppliers_submitted: int
    products: int
    products_submitted: int
    product_value: int
    sites: int
    site_households: int
    screened: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class EastWestShare:
    """One collaboration indicator of one receiving county; value and target in base unit (target may be None)."""

    code: str
    indicator: str
    value: int
    target: int | None


@dataclass(frozen=True, slots=True)
class ProvincePlan:
    """``provincial_documents`` are those the province keeps for its own projects."""

    counties: tuple[CountyPlan, ...]
    provincial_documents: tuple[Document, ...]
    east_west: tuple[EastWestShare, ...]
    goals: Mapping[str, int] = field(default_factory=dict)


def make_plan(
    units: ReportingUnits, former_poverty: set[str], goals: Mapping[str, int], scene: Scene
) -> ProvincePlan:
    """Shares every goal over the counties; the same arguments give the same plan."""
    spread = _Spread(units, former_poverty, scene)
    shares = {
        **_household_shares(spread, goals),
        **_loan_shares(spread, goals),
        **_project_shares(spread, goals),
        **_team_shares(spread, goals),
        **_product_shares(spread, goals),
        **_other_shares(spread, goals),
    }
    documents = _county_documents(spread, goals["bridging_funds_allotted_to_counties"], scene)
    largest = max(spread.weights)
    counties = tuple(
        CountyPlan(
            code=county.code,
            name=county.name,
            former_poverty=county.code in former_poverty,
            townships=4 + 14 * spread.weights[index] // largest,
            households={
                category: (shares[f"households_{category}"][index], shares[f"people_{category}"][index])
                for category in CATEGORIES
            },
            documents=tuple(documents[index]),
            **{name: shares[name][index] for name in _COUNTY_SHARES},
        )
        for index, county in enumerate(units.counties)
    )
    kept = goals["bridging_funds_central_provincial"] - goals["bridging_funds_allotted_to_counties"]
    return ProvincePlan(
        counties=counties,
        provincial_documents=_provincial_documents(kept, scene),
        east_west=_east_west(spread, goals),
        goals=goals,
    )


_COUNTY_SHARES = (
    "loans",
    "loan_amount",
    "projects",
    "project_funds",
    "projects_arranged",
    "projects_started",
    "teams",
    "workers",
    "first_secretaries",
    "trained",
    "employed",
    "suppliers",
    "suppliers_submitted",
    "products",
    "products_submitted",
    "product_value",
    "sites",
    "site_households",
    "screened",
)


class _Spread:
    """Weights of the counties: former poverty counties most, city districts least, a few have no villages left."""

    def __init__(self, units: ReportingUnits, former_poverty: set[str], scene: Scene):
        self.scene = scene
        self.codes = [county.code for county in units.counties]
        self.former_poverty = [code in former_poverty for code in self.codes]
        self.weights = [self._weight(county.code, county.name) for county in units.counties]

    def _weight(self, code: str, name: str) -> int:
        rng = self.scene.rng(code, "weight")
        if self.former_poverty[self.codes.index(code)]:
            return rng.randint(300, 800)
        return rng.randint(20, 130) if name.endswith("区") else rng.randint(110, 300)

    def _urban(self, code: str) -> bool:
        index = self.codes.index(code)
        return self.weights[index] < 50

    def over(self, topic: str, rural: bool = False) -> list[int]:
        """The weights with a topic's own noise; ``rural`` leaves the most urban districts out."""
        rng = self.scene.rng(topic)
        noisy = [weight * rng.randint(75, 125) for weight in self.weights]
        if rural:
            noisy = [0 if self._urban(code) else w for code, w in zip(self.codes, noisy, strict=True)]
        return noisy if any(noisy) else [1] * len(noisy)

    def share(self, topic: str, total: int, rural: bool = False) -> list[int]:
        return apportion(total, self.over(topic, rural))


def _household_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    shares = {}
    for category in CATEGORIES:
        households = spread.share(f"households_{category}", goals[f"monitored_households_{category}"])
        noise = spread.scene.rng("people", category)
        shares[f"households_{category}"] = households
        shares[f"people_{category}"] = apportion(
            goals[f"monitored_people_{category}"],
            [n * noise.randint(95, 105) for n in households],
            low=households,
            high=[n * LARGEST_HOUSEHOLD for n in households],
        )
    return shares


def _loan_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    """Loans and what is lent, near the same a household everywhere and never above the cap."""
    loans = spread.share("loans", goals["microcredit_households"], rural=True)
    noise = spread.scene.rng("loan_amount")
    total = goals["microcredit_amount"]
    unit = _unit(total)
    amounts = apportion(
        total // unit,
        [n * noise.randint(96, 104) for n in loans],
        low=[-(-n // unit) for n in loans],
        high=[n * LOAN_CAP // unit for n in loans],
    )
    return {"loans": loans, "loan_amount": [amount * unit for amount in amounts]}


def _project_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    pool = spread.share("projects", goals["project_pool_projects"])
    noise = spread.scene.rng("arranged")
    arranged = apportion(goals["projects_arranged"], [n * noise.randint(80, 120) for n in pool], high=pool)
    waiting = apportion(
        goals["projects_arranged"] - goals["projects_started"],
        [n * noise.randint(20, 180) for n in arranged],
        high=arranged,
    )
    return {
        "projects": pool,
        "projects_arranged": arranged,
        "projects_started": [a - w for a, w in zip(arranged, waiting, strict=True)],
        "project_funds": _value_shares(goals["project_pool_funds"], pool, noise),
    }


def _value_shares(total: int, counts: Sequence[int], noise: Random) -> list[int]:
    """Money in 元 in proportion to counts, something for every item."""
    unit = _unit(total)
    shares = apportion(
        total // unit,
        [n * noise.randint(80, 120) for n in counts],
        low=counts,
        high=[total // unit if n else 0 for n in counts],
    )
    return [share * unit for share in shares]


def _unit(total: int) -> int:
    """Money is shared in hundreds of yuan, which 万元 with two decimals can write, unless the total is no such."""
    return 1 if total % 100 else 100


def _team_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    """Teams of three where the workers suffice; at most one first secretary to a team."""
    teams = spread.share("teams", goals["resident_work_teams"])
    size = min(3, goals["resident_workers"] // max(goals["resident_work_teams"], 1))
    least = [n * size for n in teams]
    spare = goals["resident_workers"] - sum(least)
    workers = [a + b for a, b in zip(least, apportion(spare, teams), strict=True)]
    without = apportion(goals["resident_work_teams"] - goals["first_secretaries"], teams, high=teams)
    noise = spread.scene.rng("trained")
    return {
        "teams": teams,
        "workers": workers,
        "first_secretaries": [t - w for t, w in zip(teams, without, strict=True)],
        "trained": apportion(
            goals["resident_workers_trained"], [n * noise.randint(80, 120) for n in workers]
        ),
    }


def _product_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    """Submitted suppliers and products first, then those that were not; each supplier has at least one product."""
    submitting = spread.share("suppliers_submitted", goals["recognised_product_suppliers_submitted"])
    submitted = _at_least_one(goals["recognised_products_submitted"], submitting)
    other = spread.share(
        "suppliers",
        goals["recognised_product_suppliers_total"] - goals["recognised_product_suppliers_submitted"],
    )
    rest = goals["recognised_products_total"] - goals["recognised_products_submitted"]
    # With no other supplier left, the products not submitted are those of the submitting ones.
    other_products = _at_least_one(rest, other) if sum(other) else apportion(rest, submitting)
    products = [a + b for a, b in zip(submitted, other_products, strict=True)]
    return {
        "suppliers": [a + b for a, b in zip(submitting, other, strict=True)],
        "suppliers_submitted": submitting,
        "products": products,
        "products_submitted": submitted,
        "product_value": _value_shares(
            goals["recognised_products_output_value"], products, spread.scene.rng("product_value")
        ),
    }


def _at_least_one(total: int, holders: list[int]) -> list[int]:
    return apportion(total, holders, low=holders, high=[total if n else 0 for n in holders])


def _other_shares(spread: _Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    sites = spread.share("sites", goals["resettlement_sites_total"], rural=True)
    return {
        "employed": spread.share("employed", goals["employment_lifted_labour"]),
        "sites": sites,
        "site_households": apportion(
            goals["resettlement_households"] if any(sites) else 0, [n * 10 for n in sites]
        ),
        "screened": spread.share("screened", goals["risk_screened_households"]),
    }


def _county_documents(spread: _Spread, total: int, scene: Scene) -> list[list[Document]]:
    """The counties' rows of every document, whole 万元 where the total is."""
    amounts = apportion_money(total, [weight for *_, weight, _ in _DOCUMENTS], WAN)
    held: list[list[Document]] = [[] for _ in spread.codes]
    for serial, ((tier, fund, when, _, kind), amount) in enumerate(zip(_DOCUMENTS, amounts, strict=True), 1):
        weights = _document_weights(spread, serial, kind)
        for index, share in enumerate(apportion_money(amount, weights, WAN)):
            if share:
                held[index].append(
                    Document(document_number(scene, serial), tier, fund, scene.at(when), share)
                )
    return held


def _document_weights(spread: _Spread, serial: int, kind: str) -> list[int]:
    weights = spread.over(f"document/{serial}")
    chosen = list(weights)
    if kind == "former_poverty":
        chosen = [w if poor else 0 for w, poor in zip(weights, spread.former_poverty, strict=True)]
    elif kind == "few":
        rng = spread.scene.rng("few")
        chosen = [w if rng.random() < 0.3 else 0 for w in weights]
    return chosen if any(chosen) else weights


def _provincial_documents(total: int, scene: Scene) -> tuple[Document, ...]:
    amounts = apportion_money(total, [weight for *_, weight in _PROVINCIAL_DOCUMENTS], WAN)
    return tuple(
        Document(document_number(scene, 51 + serial), tier, fund, scene.at(when), amount, to_county=False)
        for serial, ((tier, fund, when, _), amount) in enumerate(
            zip(_PROVINCIAL_DOCUMENTS, amounts, strict=True)
        )
        if amount
    )


def document_number(scene: Scene, serial: int, issuer: str = "样财办农") -> str:
    return f"{issuer}〔{scene.end.year}〕{serial}号"


def _east_west(spread: _Spread, goals: Mapping[str, int]) -> tuple[EastWestShare, ...]:
    """Every indicator over the former poverty counties (all counties where none is marked)."""
    receiving = [i for i, poor in enumerate(spread.former_poverty) if poor] or list(range(len(spread.codes)))
    shares = []
    for indicator, (topic, target_topic) in EAST_WEST_TOPICS.items():
        weights = spread.over(f"east_west/{indicator}")
        step = EAST_WEST_MONEY_STEP.get(indicator, 1)
        values = apportion_money(goals[topic], [weights[i] for i in receiving], step)
        targets: list[int | None] = [None] * len(receiving)
        if target_topic and goals[target_topic]:
            noise = spread.scene.rng("target", indicator)
            targets = list(
                apportion_money(goals[target_topic], [v * noise.randint(80, 125) + 1 for v in values], step)
            )
        for index, value, target in zip(receiving, values, targets, strict=True):
            shares.append(EastWestShare(spread.codes[index], indicator, value, target))
    return tuple(shares)
