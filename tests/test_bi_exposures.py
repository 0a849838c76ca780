"""dbt's exposures are what the dashboards and readers are made of, today."""

from __future__ import annotations

import yaml

from bi.exposures import EXPOSURES, READERS, exposures_text
from bi.marts import load_marts
from bi.source import load_source


def test_the_file_is_what_the_dashboards_and_readers_say():
    assert EXPOSURES.read_text(encoding="utf-8") == exposures_text(load_source())


def test_each_dashboard_and_reader_depends_on_marts_there_are():
    said = yaml.safe_load(EXPOSURES.read_text(encoding="utf-8"))["exposures"]
    dashboards = {f"dashboard_{dashboard.slug.replace('-', '_')}" for dashboard in load_source().dashboards}
    assert {each["name"] for each in said} == dashboards | {reader.name for reader in READERS}
    marts = load_marts()
    for each in said:
        named = [reference.removeprefix("ref('").removesuffix("')") for reference in each["depends_on"]]
        assert named and set(named) <= marts.keys()


def test_an_exposure_is_owned_by_a_team():
    said = yaml.safe_load(EXPOSURES.read_text(encoding="utf-8"))["exposures"]
    assert {each["owner"]["name"] for each in said} == {"team:statistics"}
