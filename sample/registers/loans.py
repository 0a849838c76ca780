"""The register of micro-credit loans (扶贫小额信贷): one loan of the year per household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sample import made_up
from sample.apportion import settle
from sample.dates import Scene, add_months, first_day, month_plus
from sample.places import Place, Places
from sample.plan import CountyPlan
from sample.registers.households import Household
from sample.relations import LOAN_CAP

_USUAL = (50_000,) * 76 + (30_000,) * 11 + (40_000,) * 6 + (20_000,) * 5 + (10_000,) * 2
_BANKS = ("农村商业银行", "农村信用合作联社", "农业银行县支行", "邮政储蓄银行县支行")
_PURPOSES = ("种植业", "养殖业", "农产品加工", "乡村旅游", "商贸流通", "手工业", "其他生产经营")
_PURPOSE_WEIGHTS = (38, 40, 6, 3, 6, 2, 5)


@dataclass(slots=True)
class Loan:
    serial: int
    code: str
    place: Place
    household_no: str
    name: str
    id_no: str
    borrower_type: str
    bank: str
    amount: int
    top_up: bool
    term: int
    purpose: str
    disbursed_on: date
    renewed: bool
    extended: bool
    repaid_on: date | None


def grow(plan: CountyPlan, places: Places, households: list[Household], scene: Scene) -> list[Loan]:
    """As many loans as planned, of the planned amount to the yuan, none above the cap."""
    rng = scene.rng(plan.code, "loans")
    if not plan.loans:
        return []
    amounts = settle(
        rng,
        rng.choices(_USUAL, k=plan.loans),
        plan.loan_amount,
        low=1,
        high=LOAN_CAP,
        steps=(1000, 100, 1),
    )
    monitored = _monitored_borrowers(households, plan.loans * 6 // 100, scene, rng)
    loans = []
    for serial, amount in enumerate(amounts, 1):
        borrower = monitored.pop() if monitored else None
        loans.append(_loan(plan, serial, amount, borrower, places=places, scene=scene, rng=rng))
    return sorted(loans, key=lambda loan: (loan.disbursed_on, loan.serial))


def as_of(loans: list[Loan], day: date) -> list[dict]:
    return [_row(loan, day) for loan in loans if loan.disbursed_on <= day]


def _monitored_borrowers(
    households: list[Household], wanted: int, scene: Scene, rng: Random
) -> list[tuple[Household, date, date]]:
    """Households with labour and the days between which they were monitored and could borrow."""
    found = []
    for household in households:
        first = max(scene.start, first_day(month_plus(household.identified, 1)))
        last = first_day(household.eliminated) - timedelta(days=1) if household.eliminated else scene.end
        if household.labour and first <= min(last, scene.end):
            found.append((household, first, min(last, scene.end)))
    rng.shuffle(found)
    return found[:wanted]


def _loan(
    plan: CountyPlan,
    serial: int,
    amount: int,
    borrower: tuple[Household, date, date] | None,
    *,
    places: Places,
    scene: Scene,
    rng: Random,
) -> Loan:
    if borrower:
        household, first, last = borrower
        place, number, kind = household.place, household.number, household.category
    else:
        first, last = scene.start, scene.end
        place, number, kind = places.any(rng), f"{plan.code}5{serial:09d}", "脱贫户"
    disbursed_on = scene.workday(rng, first, last)
    term = rng.choice((12, 24, 24, 36, 36, 36))
    paid_back = rng.random() < 0.02
    return Loan(
        serial=serial,
        code=plan.code,
        place=place,
        household_no=number,
        name=made_up.person("样例贷户", serial),
        id_no=made_up.id_number(plan.person(serial, 1), scene.oldest),
        borrower_type=kind,
        bank=rng.choice(_BANKS),
        amount=amount,
        top_up=rng.random() < 0.004,
        term=term,
        purpose=rng.choices(_PURPOSES, _PURPOSE_WEIGHTS)[0],
        disbursed_on=disbursed_on,
        renewed=rng.random() < 0.04,
        extended=rng.random() < 0.002 and term < 36,
        repaid_on=scene.between(rng, disbursed_on + timedelta(days=20), scene.end) if paid_back else None,
    )


def _row(loan: Loan, day: date) -> dict:
    rate = Decimal("0.0385") if loan.term == 12 else Decimal("0.0465")
    repaid = loan.repaid_on is not None and loan.repaid_on <= day
    return {
        "contract_no": f"{loan.code}{loan.disbursed_on.year}{loan.serial:06d}",
        "township": loan.place.township,
        "village": loan.place.village,
        "household_no": loan.household_no,
        "borrower_name": loan.name,
        "borrower_id_no": loan.id_no,
        "borrower_type": loan.borrower_type,
        "bank": loan.bank,
        "amount": loan.amount,
        "is_top_up": loan.top_up,
        "term_months": loan.term,
        "annual_rate": rate,
        "purpose": loan.purpose,
        "disbursed_on": loan.disbursed_on,
        "due_on": add_months(loan.disbursed_on, loan.term),
        "extended": loan.extended,
        "renewed": loan.renewed,
        "balance": 0 if repaid else loan.amount,
        "overdue_amount": 0 if loan.serial % 5 == 0 else None,
        "interest_subsidy": _subsidy(loan, rate, day),
    }


def _subsidy(loan: Loan, rate: Decimal, day: date) -> Decimal:
    """Interest up to the last settlement day (the 20th of each quarter's last month), or to repayment."""
    settled = max(
        (d for year in (day.year - 1, day.year) for m in (3, 6, 9, 12) if (d := date(year, m, 20)) <= day),
        default=day,
    )
    if loan.repaid_on and loan.repaid_on < settled:
        settled = loan.repaid_on
    days = max((settled - loan.disbursed_on).days, 0)
    return (loan.amount * rate * days / 365).quantize(Decimal("0.01"), ROUND_HALF_UP)
