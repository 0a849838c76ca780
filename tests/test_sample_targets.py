"""The sample's targets: the article's figures are made exact, and impossible ones are refused before writing."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.home import DBT_PROJECT
from orchestration.indicators import load_indicators
from orchestration.units import ReportingUnits
from sample.goals import exact_goals
from sample.place_limits import cap_to_units, check_places
from sample.relations import RATES, rounded
from sample.targets import DEFAULT, Target, TargetError, read_targets

ARTICLE = read_targets(DEFAULT)
SMALL = Path(DEFAULT).with_name("small_targets.csv")


def goals(**changes):
    changed = {topic: Target(Decimal(str(value)), Decimal(half)) for topic, (value, half) in changes.items()}
    return exact_goals({**ARTICLE, **changed}, ARTICLE)


def refusal(**changes):
    with pytest.raises(TargetError) as error:
        goals(**changes)
    return "\n".join(error.value.problems)


def test_the_articles_figures_are_all_targets():
    assert set(ARTICLE) == {key for key, indicator in load_indicators().items() if indicator.in_bulletin}


def test_yearly_targets_follow_from_the_printed_completion_rates():
    exact = goals()
    assert exact["ew_labour_target"] == 15_650
    assert exact["ew_lifted_people_target"] == 7_650
    assert exact["ew_consumption_target"] == 400_000_000
    assert exact["ew_social_funds_target"] == 36_700_000


def test_a_rounded_value_is_made_exact_inside_its_printed_interval():
    # 2.8亿 of 4.0亿 is 70.00%; the article prints 70.42%, so the exact value is 2.8168亿.
    assert goals()["ew_consumption_assistance_sales"] == 281_680_000


def test_fifty_odd_is_more_than_fifty_and_less_than_sixty():
    exact = goals()
    assert 50 < exact["special_industries_cultivated"] < 60
    assert 50 < exact["quality_control_standards"] < 60


def test_parts_that_miss_the_total_within_rounding_are_moved_inside_their_intervals():
    exact = goals(monitored_households_total=(32_450, 50))
    parts = [exact[f"monitored_households_{name}"] for name in ("unstable", "marginal", "sudden")]
    assert sum(parts) == exact["monitored_households_total"]
    assert abs(exact["monitored_households_total"] - 32_450) <= 50
    assert 2_500 <= exact["monitored_households_sudden"] <= 3_500


def test_parts_that_miss_the_total_beyond_rounding_are_refused():
    assert "舍入误差也不能解释" in refusal(monitored_households_total=(40_000, 50))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"projects_started": (18_022, 0)}, "projects_started"),
        ({"first_secretaries": (8_229, 0)}, "resident_work_teams"),
        ({"hotline_12317_policy_consultations": (2_368, 0)}, "hotline_12317_calls_received"),
        (
            {"bridging_funds_allotted_to_counties": (10_700_000_000, 500_000)},
            "bridging_funds_central_provincial",
        ),
        ({"recognised_product_suppliers_submitted": (4_290, 0)}, "recognised_product_suppliers_total"),
        ({"microcredit_amount": (2_400_000_000, 500_000)}, "50000"),
        ({"monitored_people_unstable": (13_000, 50)}, "monitored_households_unstable) 14100"),
        ({"project_start_rate": (0.98, "0.00005")}, "17950/18021"),
        ({"recognised_products_total": (10_000, 0)}, "每家至少一个产品"),
    ],
)
def test_a_contradiction_is_refused_and_names_its_figures(changes, said):
    assert said in refusal(**changes)


def test_missing_topics_take_the_scale_of_the_given_ones():
    given = {"projects_started": Target(Decimal(1795), Decimal(0))}
    exact = exact_goals(given, ARTICLE)
    assert exact["projects_arranged"] == pytest.approx(1802, abs=1)
    assert exact["microcredit_households"] == pytest.approx(4703, abs=1)
    assert exact["monitored_households_total"] == sum(
        exact[f"monitored_households_{name}"] for name in ("unstable", "marginal", "sudden")
    )


def test_every_single_topic_alone_makes_a_province():
    for topic, target in ARTICLE.items():
        exact = exact_goals({topic: target}, ARTICLE)
        assert exact["projects_started"] <= exact["projects_arranged"] <= exact["project_pool_projects"]


def test_any_one_topic_at_any_scale_makes_a_province():
    for topic, target in ARTICLE.items():
        for scale in ("0", "0.0001", "0.01", "3"):
            rate = topic in RATES or topic == "industry_output_target_level"
            value = target.value if rate else rounded(target.value * Decimal(scale))
            exact = exact_goals({topic: Target(value, target.half if rate else Decimal(0))}, ARTICLE)
            assert topic in RATES or value <= exact[topic] < value + 10


def test_a_start_rate_tells_the_missing_side():
    given = {
        "projects_started": Target(Decimal(90), Decimal(0)),
        "project_start_rate": Target(Decimal("0.9"), Decimal("0.005")),
    }
    assert exact_goals(given, ARTICLE)["projects_arranged"] == 100


def test_small_targets_are_consistent():
    exact = exact_goals(read_targets(SMALL), ARTICLE)
    assert exact["monitored_households_total"] == 322
    assert exact["microcredit_amount"] == 21_600_000


def test_more_places_than_units_are_refused_when_asked_for_and_lowered_when_default():
    small = ReportingUnits(SMALL.with_name("small_units.csv"))
    with pytest.raises(TargetError, match="督导调研县"):
        check_places(goals(), small)
    lowered = dict(ARTICLE)
    assert cap_to_units(lowered, small)
    check_places(exact_goals(lowered, ARTICLE), small)


def test_the_articles_places_fit_the_province():
    check_places(goals(), ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("no_such_figure", "1")], "no_such_figure"),
        ([("projects_started", "many")], "'many'"),
        ([("projects_started", "-1")], "'-1'"),
        ([("projects_started", "1"), ("projects_started", "2")], "两次"),
    ],
)
def test_a_targets_file_with_a_bad_row_is_refused(tmp_path, rows, said):
    path = tmp_path / "targets.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("topic", "value_base"), *rows])
    with pytest.raises(TargetError, match=said):
        read_targets(path)
