"""The sample's registers keep the rules the bureau audits, so that a clean province raises no error."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.periods import parse_period
from orchestration.units import ReportingUnits
from sample.dates import Scene, add_months, month_of, month_plus
from sample.goals import exact_goals
from sample.plan import make_plan
from sample.targets import DEFAULT, Target, read_targets
from sample.unit_registers import County, bureau_registers

UNITS = ReportingUnits(Path(DEFAULT).with_name("small_units.csv"))
LAST = parse_period("2021-08")
DEVELOPMENT = ("产业帮扶", "就业帮扶", "公益岗位帮扶", "金融帮扶")


def goals_for(scale: str):
    article = read_targets(DEFAULT)
    goals = exact_goals({"projects_started": Target(Decimal(scale), Decimal(0))}, article)
    return goals | dict.fromkeys(
        ("supervision_cities_visited", "supervision_counties_visited", "supervision_reports_county"), 2
    )


@pytest.fixture(scope="module", params=["2021-08", "2021-06"])
def rows(request):
    """All registers of a province a tenth of the real one, as of a month up to 2021-08."""
    scene, period = Scene(LAST.end, 2021), parse_period(request.param)
    plan = make_plan(UNITS, {"611024", "610922"}, goals_for("1795"), scene)
    counties = [County.grow(county, scene) for county in plan.counties]
    found = {"end": period.end, "month": month_of(period.end)}
    for county in counties:
        for dataset, register in county.registers(period).items():
            found.setdefault(dataset, []).extend({**row, "unit": county.plan.code} for row in register)
    submissions = [row for county in counties for row in county.submissions()]
    return found | bureau_registers(plan, UNITS, submissions, scene, period)


def test_category_and_household_type_agree(rows):
    types = {
        "脱贫不稳定户": {"脱贫户"},
        "边缘易致贫户": {"一般农户"},
        "突发严重困难户": {"脱贫户", "一般农户"},
    }
    assert all(h["household_type"] in types[h["category"]] for h in rows["monitored_households"])


def test_incomes_stand_on_the_right_side_of_the_line(rows):
    for household in rows["monitored_households"]:
        above = household["category"] == "突发严重困难户" or household["risk_eliminated"]
        assert (household["net_income_per_head"] > household["income_threshold"]) == above


def test_months_of_a_household_are_in_order(rows):
    for household in rows["monitored_households"]:
        assert household["identified_month"] <= rows["month"]
        assert household["identified_month"] <= household["measures_started_month"] <= rows["month"]
        if household["risk_eliminated"]:
            assert (
                month_plus(household["identified_month"], 6) < household["eliminated_month"] <= rows["month"]
            )
            assert household["elimination_mode"]
            assert household["head_phone"]
        else:
            assert household["eliminated_month"] is household["elimination_mode"] is None


def test_risks_fit_members_and_measures(rows):
    measures = {
        "因病": {"健康帮扶"},
        "因残": {"综合保障"},
        "因学": {"教育帮扶"},
        "因安全住房": {"住房安全保障"},
        "因安全饮水": {"饮水安全保障"},
    }
    for household in rows["monitored_households"]:
        risks = {household["risk_1"], household["risk_2"]} - {None}
        taken = set(household["measures"].split("、"))
        assert all(measures[risk] & taken for risk in risks if risk in measures)
        assert "因病" not in risks or (household["ill_members"] and household["out_of_pocket"] > 0)
        assert "因残" not in risks or household["disabled_members"]
        assert "缺劳动力" not in risks or household["labour_members"] < household["members"]
        assert not household["labour_members"] or taken & set(DEVELOPMENT)


def test_members_of_a_household_fit_into_it(rows):
    for household in rows["monitored_households"]:
        assert 1 <= household["members"] <= 10
        for part in ("labour_members", "ill_members", "disabled_members"):
            assert 0 <= household[part] <= household["members"]
    people, households = (
        sum(h["members"] for h in rows["monitored_households"]),
        len(rows["monitored_households"]),
    )
    assert 2.5 < people / households < 3.6


def test_loans_keep_cap_term_age_and_purpose(rows):
    for loan in rows["microcredit"]:
        assert 0 < loan["amount"] <= 50_000
        assert loan["due_on"] == add_months(loan["disbursed_on"], loan["term_months"])
        assert loan["term_months"] <= 36
        assert 18 <= loan["disbursed_on"].year - int(loan["borrower_id_no"][6:10]) <= 65
        assert loan["purpose"] not in ("建房", "婚丧嫁娶", "理财", "消费")
        assert loan["balance"] in (0, loan["amount"])
        assert loan["disbursed_on"].year == 2021
        assert loan["disbursed_on"] <= rows["end"]
        assert 0 <= loan["interest_subsidy"] < loan["amount"]


def test_one_household_borrows_once(rows):
    households = [loan["household_no"] for loan in rows["microcredit"]]
    assert len(households) == len(set(households))


def test_monitored_borrowers_are_in_the_register_and_were_monitored_when_they_borrowed(rows):
    monitored = {h["household_no"]: h for h in rows["monitored_households"]}
    borrowers = [loan for loan in rows["microcredit"] if loan["borrower_type"] != "脱贫户"]
    assert borrowers
    for loan in borrowers:
        household = monitored[loan["household_no"]]
        assert household["category"] == loan["borrower_type"]
        assert household["identified_month"] < month_of(loan["disbursed_on"])
        assert (
            household["eliminated_month"] is None
            or month_of(loan["disbursed_on"]) < household["eliminated_month"]
        )
    assert not {
        loan["household_no"] for loan in rows["microcredit"] if loan["borrower_type"] == "脱贫户"
    } & set(monitored)


def test_project_days_are_in_order_and_not_in_the_future(rows):
    steps = ("pooled_on", "arranged_on", "started_on", "completed_on", "accepted_on")
    status = dict(zip(steps, ("未安排", "已安排", "已开工", "已完工", "已验收"), strict=True))
    for project in rows["projects"]:
        days = [project[step] for step in steps]
        reached = [day for day in days if day]
        assert reached == days[: len(reached)] == sorted(reached)
        assert reached[-1] <= rows["end"]
        assert project["status"] == status[steps[len(reached) - 1]]


def test_project_funds_are_the_sum_of_their_sources(rows):
    for project in rows["projects"]:
        sources = [project[f"{name}_funds"] for name in ("central", "provincial", "city", "county", "social")]
        assert sum(sources) == project["total_funds"] > 0
        assert min(sources) >= 0
        assert (project["disbursed"] or 0) <= project["total_funds"]
        assert (project["disbursed"] is not None) == (project["started_on"] is not None)
        assert (project["document_no"] is not None) == (project["arranged_on"] is not None)


def test_arranged_projects_use_no_more_than_was_allotted(rows):
    for county in UNITS.counties:
        used = sum(
            p["central_funds"] + p["provincial_funds"]
            for p in rows["projects"]
            if p["unit"] == county.code and p["arranged_on"]
        )
        allotted = sum(
            f["amount"]
            for f in rows["fund_spending"]
            if f["unit"] == county.code and f["tier"] in ("中央", "省级")
        )
        if rows["end"] == LAST.end:
            assert used <= allotted


def test_spending_rows_balance_and_name_the_projects_of_the_pool(rows):
    for spent in rows["fund_spending"]:
        assert spent["balance"] == spent["amount"] - spent["spent"] >= 0
        assert spent["industry_amount"] + spent["management_fee"] <= spent["amount"]
        assert spent["management_fee"] * 100 <= spent["amount"]
        assert spent["issued_on"] <= rows["end"]
        assert spent["projects"] == sum(
            1
            for p in rows["projects"]
            if p["unit"] == spent["unit"] and p["document_no"] == spent["document_no"]
        )


def test_teams_have_three_workers_one_first_secretary_and_two_years(rows):
    teams: dict[str, list[dict]] = {}
    for worker in rows["resident_teams"]:
        teams.setdefault(worker["team_no"], []).append(worker)
        assert worker["ends_on"] == add_months(worker["started_on"], 24)
        assert worker["started_on"] <= rows["end"] < worker["ends_on"]
        assert 15 <= worker["days_present"] <= 31
    for workers in teams.values():
        assert len(workers) >= 3
        assert sum(1 for worker in workers if worker["role"].startswith("第一书记")) <= 1


def test_training_ends_after_it_starts_and_before_the_period_does(rows):
    assert all(s["started_on"] <= s["ended_on"] <= rows["end"] for s in rows["resident_training"])


def test_public_posts_and_workshops_are_inside_the_county(rows):
    for row in rows["employment"]:
        assert row["channel"] not in ("公益性岗位", "帮扶车间") or row["work_place"] == "县内"
        assert row["women"] <= row["people"]
        assert 400 <= row["monthly_wage"] <= 30_000


def test_resettlement_numbers_nest(rows):
    for site in rows["resettlement_sites"]:
        assert site["households_with_job"] <= site["households_with_labour"] <= site["occupied_households"]
        assert site["occupied_households"] <= site["planned_households"] <= site["planned_people"]
        assert site["households_with_job"] <= site["employed"] <= site["labour"] <= site["occupied_people"]
        assert site["occupied_people"] <= site["planned_people"]


def test_screening_numbers_nest(rows):
    for row in rows["risk_screening"]:
        assert row["handled_households"] <= row["at_risk_households"] <= row["screened_households"]
        assert row["at_risk_people"] >= row["at_risk_households"]
        assert row["screened_on"] <= rows["end"]


def test_products_are_recognised_before_they_are_submitted_and_still_valid(rows):
    recognised = {p["product_no"]: p for p in rows["recognised_products"]}
    assert all(p["valid_to"] > rows["end"] >= p["recognised_on"] for p in recognised.values())
    for listed in rows["product_submissions"]:
        assert recognised[listed["product_no"]]["recognised_on"] < listed["submitted_on"] <= rows["end"]


def test_calls_come_on_working_days_and_are_closed_in_twenty(rows):
    for call in rows["hotline_12317"]:
        assert call["received_on"].weekday() < 5
        assert (call["closed_on"] is not None) == (call["status"] == "已办结")
        if call["closed_on"]:
            assert call["received_on"] <= call["closed_on"] <= call["received_on"] + timedelta(days=20)


def test_every_county_visited_by_a_months_end_has_its_report(rows):
    def of(kind):
        return sorted(item["county_code"] for item in rows["supervision"] if item["item_type"] == kind)

    if rows["month"] != month_of(rows["end"] + timedelta(days=1)):
        assert of("县级调研报告") == of("实地调研")


def test_allotments_stay_within_the_ledger(rows):
    funds = rows["bridging_funds"]
    assert sum(f["amount"] for f in funds if f["allotment"] == "切块到县") <= sum(f["amount"] for f in funds)
    assert all(f["document_no"] and f["issued_on"] <= rows["end"] for f in funds)


@pytest.mark.parametrize("period", ["2021-01", "2022-02", "2021-12", "2020-02"])
def test_registers_can_be_grown_for_any_month(period):
    last = parse_period(period)
    scene = Scene(last.end, 5)
    plan = make_plan(UNITS, set(), goals_for("180"), scene)
    county = County.grow(plan.counties[1], scene)
    grown = county.registers(last)
    assert len(grown["microcredit"]) == plan.counties[1].loans
    assert sum(1 for p in grown["projects"] if p["started_on"]) == plan.counties[1].projects_started
    assert sum(s["person_times"] for s in grown["resident_training"]) == plan.counties[1].trained
    assert (
        len(bureau_registers(plan, UNITS, [], scene, last)["hotline_12317"])
        == plan.goals["hotline_12317_calls_received"]
    )
