"""The comparison with the article that CI relies on: it must see what is wrong."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bench.province import TARGETS, compare
from orchestration.report.bulletin.figures import Figure

with TARGETS.open(encoding="utf-8-sig", newline="") as handle:
    ROWS = list(csv.DictReader(handle))


def _figure(key: str, value: str, display: str) -> Figure:
    return Figure(key, key, Decimal(value), "", display, date(2021, 8, 31))


def _fault(key: str, value: str, display: str) -> str:
    target = next(row for row in ROWS if row["topic"] == key)
    return compare([target], [_figure(key, value, display)])[0].fault


@pytest.mark.parametrize(
    ("key", "value", "display"),
    [
        ("monitored_households_total", "32249", "3.22万户"),
        ("monitored_households_sudden", "2999", "0.3万户"),
        ("resident_workers", "25155", "25155名"),
        ("project_start_rate", "0.9960601520", "99.61%"),
        ("industry_output_target_items", "2", "两个"),
        ("industry_output_target_level", "150000000000", "千亿级"),
        ("special_industries_cultivated", "57", "50多个"),
        ("supervision_counties_visited", "19", "19个"),
    ],
)
def test_a_figure_that_prints_as_the_article_agrees(key, value, display):
    assert _fault(key, value, display) == ""


@pytest.mark.parametrize(
    ("key", "value", "display"),
    [
        ("monitored_households_total", "32251", "3.22万户"),  # outside the printed precision
        ("monitored_households_total", "32200", "3.23万户"),  # printed otherwise
        ("resident_workers", "25154", "25155名"),  # an exact count
        ("supervision_counties_visited", "9", "9个"),  # part of a printed number
        ("special_industries_cultivated", "50", "50多个"),  # 50多 is more than 50
        ("industry_output_target_level", "99000000000", "千亿级"),
    ],
)
def test_a_figure_that_differs_is_named(key, value, display):
    assert _fault(key, value, display)


def test_a_figure_that_is_missing_or_empty_does_not_agree():
    key = "resident_workers"
    target = next(row for row in ROWS if row["topic"] == key)
    empty = replace(_figure(key, "25155", "25155名"), value=None)
    assert compare([target], [])[0].fault == compare([target], [empty])[0].fault == "not in the warehouse"
