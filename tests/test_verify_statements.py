"""What a text states between its own figures, computed a second time here from the printed numbers alone."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from verify_support import ARTICLE, judged, judged_by, standing, verdicts

FIGURES = judged(ARTICLE).figures
SUMS = [
    (
        "三类监测对象户数之和等于总户数",
        ("monitored_households_unstable", "monitored_households_marginal", "monitored_households_sudden"),
        "monitored_households_total",
    ),
    (
        "三类监测对象人数之和等于总人数",
        ("monitored_people_unstable", "monitored_people_marginal", "monitored_people_sudden"),
        "monitored_people_total",
    ),
]
PARTS = [
    ("hotline_12317_policy_consultations", "hotline_12317_calls_received"),
    ("first_secretaries", "resident_workers"),
    ("bridging_funds_allotted_to_counties", "bridging_funds_central_provincial"),
    ("projects_started", "projects_arranged"),
    ("recognised_products_submitted", "recognised_products_total"),
]


def _changed(key: str) -> list[tuple[str, Decimal]]:
    """The article with the figure of a key changed in its first and in its last digit, and what that figure then says."""
    figure = next(figure for figure in FIGURES if figure.key == key)
    digits = [i for i, char in enumerate(figure.text) if char.isdigit()]
    found = []
    for i in {digits[0], digits[-1]}:
        text = figure.text[:i] + str(int(figure.text[i]) % 9 + 1) + figure.text[i + 1 :]
        number = Decimal("".join(char for char in text if char.isdigit() or char == "."))
        scale = {"万": 10**4, "亿": 10**8, "%": Decimal("0.01")}
        factor = next((scale[mark] for mark in scale if mark in text), 1)
        found.append((ARTICLE[: figure.start] + text + ARTICLE[figure.end :], number * factor))
    return found


def _printed(key: str) -> Decimal:
    return next(figure for figure in FIGURES if figure.key == key).quantity.value


@pytest.mark.parametrize(("title", "parts", "total"), SUMS)
def test_a_sum_is_broken_by_each_wrong_digit_of_a_part_or_of_the_total(title, parts, total):
    assert sum(map(_printed, parts)) == _printed(total)
    for key in (*parts, total):
        for article, value in _changed(key):
            assert value != _printed(key)
            assert title in [one.text for one in judged(article).broken], key


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_a_part_is_more_than_its_whole_just_where_it_says_so(part, whole):
    for key in (part, whole):
        for article, value in _changed(key):
            said = {part: _printed(part), whole: _printed(whole), key: value}
            broken = [
                one
                for one in judged(article).broken
                if one.kind == "of_which"
                and {judged(article).figures[index].key for index in one.figures} == {part, whole}
            ]
            assert bool(broken) == (said[part] > said[whole]), (key, value)


def test_a_rate_is_broken_where_its_two_figures_do_not_give_it():
    for key in ("projects_arranged", "projects_started", "project_start_rate"):
        for article, value in _changed(key):
            said = {k: _printed(k) for k in ("projects_arranged", "projects_started", "project_start_rate")}
            said[key] = value
            rate = said["projects_started"] / said["projects_arranged"]
            right = rate.quantize(Decimal("0.0001"), ROUND_HALF_UP) == said["project_start_rate"]
            ratios = [one.holds for one in judged(article).statements if one.kind == "ratio"]
            assert ratios == [right], (key, value)


def test_sums_of_another_province_are_judged_by_the_text_alone():
    said = "甘肃省监测对象3.11万户,其中,脱贫不稳定户1.41万户,边缘易致贫户1.51万户,突发严重困难户{}万户。"
    assert set(verdicts(judged(said.format("0.19"))).values()) == {"unknown"}
    wrong = judged(said.format("0.91"))
    assert set(verdicts(wrong).values()) == {"inconsistent"} and not wrong.is_clean


@pytest.mark.parametrize("opened", ["其中", "其中,", "其中:"])
def test_a_total_followed_by_its_parts_adds_up_whatever_it_counts(opened):
    said = "务工{}人," + opened + "甲地300人、乙地500人、丙地200人。"
    (right,) = judged(said.format(1000)).statements
    assert (right.kind, right.holds, right.detail) == ("sum", True, "300人+500人+200人=1000人")
    (wrong,) = judged(said.format(900)).statements
    assert (wrong.kind, wrong.holds, wrong.soft) == ("of_which", False, False)


def test_a_number_printed_coarsely_beside_its_exact_one_is_no_contradiction():
    row = standing("monitored_households_total", "32237")
    answer = judged_by("全省监测对象3.22万户。全省监测对象32237户。", row)
    assert answer.broken == [] and answer.is_clean
