"""Row-level security as code: one role for each county and city and for the bureau, over every dataset, by a column that each has."""

from __future__ import annotations

import re

import pytest

from bi.marts import load_marts
from bi.security import Role, roles
from bi.source import load_source
from orchestration.cards import load_cards
from orchestration.home import Home


@pytest.fixture(scope="module")
def every_role(tmp_path_factory: pytest.TempPathFactory) -> list[Role]:
    home = Home(tmp_path_factory.mktemp("home"))
    (home.root / "reporting_units.csv").write_text(
        "code,name,short_name,kind_cn,city_code,city_name,previous_code,previous_name\n"
        "610102,新城区,新城,市辖区,610100,西安市,,\n610122,蓝田县,蓝田,县,610100,西安市,,\n",
        encoding="utf-8",
    )
    return roles(home)


def test_each_county_and_each_city_of_the_home_and_the_bureau_has_a_role(every_role):
    assert [(role.name, role.clause) for role in every_role] == [
        ("县 610102 新城区", "unit_code = '610102'"),
        ("县 610122 蓝田县", "unit_code = '610122'"),
        ("市 610100 西安市", "city_code = '610100'"),
        ("省局 610000 陕西省", "unit_code is not null"),
    ]


def test_a_role_opens_every_dataset_and_no_other(every_role):
    assert {role.datasets for role in every_role} == {tuple(load_source().datasets)}


def test_every_dataset_has_the_columns_that_a_role_asks_for(every_role):
    marts = load_marts()
    for role in every_role:
        column = re.match(r"\w+", role.clause)[0]
        assert [name for name in role.datasets if column not in marts[name].columns] == []


def test_no_dataset_has_a_column_of_a_person():
    personal = {
        column.name for card in load_cards().values() for column in card.columns if column.personal
    } | {"household_no", "masked_name", "subject"}
    marts = load_marts()
    for name in load_source().datasets:
        assert marts[name].columns.keys() & personal == set()
