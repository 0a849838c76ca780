"""How the province's totals are spread over its counties: exact integers, the sums never off by one.

Belongs here: numbers per county. Does not belong here: rows of registers (registers/), files (write/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from orchestration.units import ReportingUnits
from sample.apportion import apportion
from sample.dates import Scene
from sample.ledgers import Document, EastWestShare, county_documents, east_west, provincial_documents
from sample.relations import CATEGORIES, LARGEST_HOUSEHOLD, LOAN_CAP
from sample.spread import Spread


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """What one county's registers must add up to. Money in 元; counts in households, people, pieces."""

    code: str
    name: str
    ordinal: tuple[int, int]  # the county's place among the counties, and how many there are
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

    def person(self, serial: int, register: int) -> int:
        """A number no other person has, of any county, in this register (0) or the other (1)."""
        place, counties = self.ordinal
        return 2 * (serial * counties + place) + register


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
    spread = Spread(units, former_poverty, scene)
    shares = {
        **_household_shares(spread, goals),
        **_loan_shares(spread, goals),
        **_project_shares(spread, goals),
        **_team_shares(spread, goals),
        **_product_shares(spread, goals),
        **_other_shares(spread, goals),
    }
    held = county_documents(spread, goals["bridging_funds_allotted_to_counties"], scene)
    largest = max(spread.weights)
    counties = tuple(
        CountyPlan(
            code=county.code,
            name=county.name,
            ordinal=(index, len(units.counties)),
            former_poverty=county.code in former_poverty,
            townships=4 + 14 * spread.weights[index] // largest,
            households={
                category: (shares[f"households_{category}"][index], shares[f"people_{category}"][index])
                for category in CATEGORIES
            },
            documents=tuple(held[index]),
            **{name: shares[name][index] for name in _COUNTY_SHARES},
        )
        for index, county in enumerate(units.counties)
    )
    kept = goals["bridging_funds_central_provincial"] - goals["bridging_funds_allotted_to_counties"]
    return ProvincePlan(
        counties=counties,
        provincial_documents=provincial_documents(kept, scene),
        east_west=east_west(spread, goals),
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


def _household_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
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


def _loan_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
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


def _project_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
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


def _team_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
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


def _product_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
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


def _other_shares(spread: Spread, goals: Mapping[str, int]) -> dict[str, list[int]]:
    sites = spread.share("sites", goals["resettlement_sites_total"], rural=True)
    return {
        "employed": spread.share("employed", goals["employment_lifted_labour"]),
        "sites": sites,
        "site_households": apportion(
            goals["resettlement_households"] if any(sites) else 0, [n * 10 for n in sites]
        ),
        "screened": spread.share("screened", goals["risk_screened_households"]),
    }
