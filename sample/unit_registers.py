"""All registers of one unit for one period: the rows that its workbook will hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.periods import Period
from orchestration.units import ReportingUnits
from sample.dates import Scene
from sample.ledgers import Document
from sample.places import Places
from sample.plan import CountyPlan, ProvincePlan
from sample.registers import bureau, households, livelihoods, loans, products, projects, teams

Registers = dict[str, list[dict]]


@dataclass(frozen=True, slots=True)
class County:
    """A county's registers with their whole life; ``registers`` cuts them at a period's end."""

    plan: CountyPlan
    places: Places
    scene: Scene
    households: list[households.Household]
    loans: list[loans.Loan]
    documents: list[Document]
    projects: list[projects.Project]
    workers: list[teams.Worker]
    sessions: list[teams.Session]
    products: list[products.Product]
    sites: list[livelihoods.Site]

    @classmethod
    def grow(cls, plan: CountyPlan, scene: Scene) -> County:
        places = Places(plan.code, plan.townships, plan.teams * 3 // 2)
        monitored = households.grow(plan, places, scene)
        documents = projects.county_documents(plan, scene)
        return cls(
            plan=plan,
            places=places,
            scene=scene,
            # Loans are of the households as the months know them.
            loans=loans.grow(plan, places, monitored, scene),
            households=[*monitored, *households.go_on(plan, places, monitored, scene)],
            documents=documents,
            projects=projects.grow(plan, places, documents, scene),
            workers=teams.grow(plan, places, scene),
            sessions=teams.grow_training(plan, scene),
            products=products.grow(plan, places, scene),
            sites=livelihoods.grow_sites(plan, places, scene),
        )

    def registers(self, period: Period) -> Registers:
        """Those that a county owes for a period of its cadence: of a week the households alone."""
        if period.cadence == "week":
            return {"monitored_households": households.as_of(self.households, period.end)}
        day, code = period.end, self.plan.code
        earlier = self.scene.end.month - day.month
        return {
            "employment": livelihoods.employment_as_of(self.plan, self.places, earlier, self.scene),
            "fund_spending": projects.spending_as_of(
                self.plan, self.documents, self.projects, day, self.scene
            ),
            "microcredit": loans.as_of(self.loans, day),
            "monitored_households": households.as_of(self.households, day),
            "projects": projects.as_of(self.projects, day, self.scene.end.year),
            "recognised_products": products.as_of(self.products, day),
            "resettlement_sites": livelihoods.sites_as_of(self.sites, earlier, code),
            "resident_teams": teams.as_of(self.workers, day, code),
            "resident_training": teams.training_as_of(self.sessions, day, code),
            "risk_screening": livelihoods.screening_as_of(self.plan, self.places, self.scene, period),
        }

    def submissions(self) -> list[dict]:
        """The county's products on the bureau's list of the year."""
        return products.submissions(self.products, self.plan.code, self.plan.name, self.scene.end.year)


def bureau_registers(
    plan: ProvincePlan, units: ReportingUnits, submissions: Sequence[dict], scene: Scene, period: Period
) -> Registers:
    """The bureau's own registers, of a month; ``submissions`` are the products of all counties on its list."""
    if period.cadence == "week":
        return {}
    day = period.end
    return {
        "bridging_funds": bureau.bridging_funds(plan, units, day),
        "east_west": bureau.east_west(plan, units, scene, day),
        "hotline_12317": bureau.hotline(plan, units, scene, day),
        "industry_programmes": bureau.industry(plan, units, scene, day),
        "product_submissions": [row for row in submissions if row["submitted_on"] <= day],
        "supervision": bureau.supervision(plan, units, scene, day),
    }
