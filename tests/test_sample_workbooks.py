"""The sample's workbooks, read back cell by cell without the pipeline: the registers add up to the targets.

Belongs here: what stands in the files. Rules between the columns of a register are in test_sample_rules.py.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlrd

from orchestration.cards import UNIT_FACTORS, load_cards
from orchestration.home import DBT_PROJECT
from orchestration.periods import parse_period
from orchestration.units import ReportingUnits
from sample.dates import Scene
from sample.goals import exact_goals
from sample.plan import make_plan
from sample.province import write_province
from sample.targets import DEFAULT, read_targets
from sample.unit_registers import County
from sample.write.files import save
from sample.write.layout import Sender, workbook

DATA = Path(DEFAULT).parent
UNITS = DATA / "small_units.csv"
BLANKS = {"", "无", "-", "—", "/", "null"}
MONTHS = [parse_period(f"2021-{month:02d}") for month in (6, 7, 8)]


def small_goals():
    return exact_goals(read_targets(DATA / "small_targets.csv"), read_targets(DEFAULT))


@pytest.fixture(scope="module")
def province(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("province")
    write_province(UNITS, small_goals(), MONTHS, seed=2021, out=out)
    return out


@pytest.fixture(scope="module")
def august(province):
    return registers(province, "2021-08")


def registers(folder: Path, period: str) -> dict[str, list[dict]]:
    """Dataset → rows of all units' files of a period; every row has ``unit``, the code on the cover."""
    found = defaultdict(list)
    for path in sorted(folder.glob(f"*_{period}.*")):
        sheets = read_sheets(path)
        unit = sheets["封面"][2][1]
        for card in load_cards().values():
            if card.sheet in sheets:
                rows = read_register(card, sheets[card.sheet])
                found[card.dataset] += [{**row, "unit": unit} for row in rows]
    return found


def read_sheets(path: Path) -> dict[str, list[list]]:
    """Sheet name → rows of cell values, with nothing but the format's own library."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        sheets = {
            name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames
        }
        book.close()
        return sheets
    if path.suffix == ".xls":
        book = xlrd.open_workbook(path)
        return {s.name: [s.row_values(r) for r in range(s.nrows)] for s in book.sheets()}
    with zipfile.ZipFile(path) as bundle:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(bundle.read(name).decode("gbk"))))
            for name in bundle.namelist()
        }


def read_register(card, rows: list[list]) -> list[dict]:
    """The data rows of a sheet as base values by column name."""
    grouped = any(column.group for column in card.columns)
    upper, lower = rows[2], rows[3] if grouped else rows[2]
    columns = []
    for index in range(len(card.sheet_columns)):
        text = lower[index] or upper[index]
        name, unit = re.fullmatch(r"(.+?)(?:\(([^()]*)\))?", text).groups()
        column = next(c for c in card.sheet_columns if text in c.headers or (c.unit and name in c.headers))
        assert column.unit is None or column.unit == unit, f"{card.sheet}: {text}"
        columns.append(column)
    assert [c.name for c in columns] == [c.name for c in card.sheet_columns]
    found = []
    for row in rows[4 if grouped else 3 :]:
        if not any(cell not in (None, "") for cell in row) or row[0] == "合计":
            break
        texts = {c.name: text_of(cell) for c, cell in zip(columns, row, strict=False)}
        found.append({c.name: base_value(c, texts) for c in columns})
    return found


def text_of(cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float):
        cell = int(cell) if cell == int(cell) else Decimal(f"{cell:.15g}")
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
    return "" if text in BLANKS else text


def base_value(column, texts: dict[str, str]):
    text = texts[column.name]
    if not text:
        assert not column.required, f"{column.name} is blank"
        return None
    if column.data_type == "date":
        return a_date(text)
    if column.format == "month":
        year, month = re.fullmatch(r"(\d{4})[-.年]?(\d{1,2})月?", text).groups()
        return f"{year}-{int(month):02d}"
    if column.data_type == "boolean":
        return {"是": True, "否": False}[text]
    if column.data_type == "string":
        assert not column.allowed or text in column.allowed, f"{column.name}: {text}"
        return text
    unit = texts[column.unit_from] if column.unit_from else column.unit
    number = Decimal(text.replace(",", "").removesuffix("%"))
    factor = Decimal(UNIT_FACTORS[unit][1]) if unit else Decimal(1)
    # A percent-formatted cell holds the fraction itself.
    return number if unit == "%" and number < Decimal("0.2") else number * factor


def a_date(text: str) -> date:
    if re.fullmatch(r"4\d{4}", text):
        return date.fromordinal(date(1899, 12, 30).toordinal() + int(text))
    year, month, day = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text).groups()
    return date(int(year), int(month), int(day))


def figures(registers) -> dict[str, Decimal]:
    """What the article counts, computed here in plain Python and not by the indicator dictionary."""
    monitored, projects, loans = (registers[n] for n in ("monitored_households", "projects", "microcredit"))
    teams, products, listed = (
        registers[n] for n in ("resident_teams", "recognised_products", "product_submissions")
    )
    funds, visits, calls = (registers[n] for n in ("bridging_funds", "supervision", "hotline_12317"))
    found = {
        "projects_arranged": sum(1 for p in projects if p["arranged_on"]),
        "projects_started": sum(1 for p in projects if p["started_on"]),
        "project_pool_projects": len({p["project_no"] for p in projects}),
        "project_pool_funds": sum(p["total_funds"] for p in projects),
        "microcredit_amount": sum(loan["amount"] for loan in loans),
        "microcredit_households": len({loan["household_no"] for loan in loans}),
        "resident_work_teams": len({w["team_no"] for w in teams}),
        "resident_workers": len({w["worker_no"] for w in teams}),
        "first_secretaries": sum(1 for w in teams if w["role"].startswith("第一书记")),
        "resident_workers_trained": sum(s["person_times"] for s in registers["resident_training"]),
        "employment_lifted_labour": sum(row["people"] for row in registers["employment"]),
        "recognised_products_total": len({p["product_no"] for p in products}),
        "recognised_product_suppliers_total": len({p["supplier_uscc"] for p in products}),
        "recognised_products_output_value": sum(p["commodity_value"] for p in products),
        "recognised_products_submitted": len({p["product_no"] for p in listed}),
        "recognised_product_suppliers_submitted": len({p["supplier_uscc"] for p in listed}),
        "bridging_funds_central_provincial": sum(f["amount"] for f in funds),
        "bridging_funds_allotted_to_counties": sum(
            f["amount"] for f in funds if f["allotment"] == "切块到县"
        ),
        "hotline_12317_calls_received": len({c["call_no"] for c in calls}),
        "hotline_12317_policy_consultations": sum(1 for c in calls if c["call_type"] == "政策咨询"),
        "supervision_counties_visited": len(
            {v["county_code"] for v in visits if v["item_type"] == "实地调研"}
        ),
        "supervision_cities_visited": len(
            {v["county_code"][:4] for v in visits if v["item_type"] == "实地调研"}
        ),
        "supervision_reports_county": sum(1 for v in visits if v["item_type"] == "县级调研报告"),
        "supervision_reports_provincial": sum(1 for v in visits if v["item_type"] == "省级调研报告"),
        "model_cases_recommended": sum(1 for v in visits if v["item_type"] == "典型案例"),
        "resettlement_sites_total": len({s["site_no"] for s in registers["resettlement_sites"]}),
    }
    for key, category in (
        ("unstable", "脱贫不稳定户"),
        ("marginal", "边缘易致贫户"),
        ("sudden", "突发严重困难户"),
    ):
        of = [h for h in monitored if h["category"] == category]
        found[f"monitored_households_{key}"] = len({h["household_no"] for h in of})
        found[f"monitored_people_{key}"] = sum(h["members"] for h in of)
    found["monitored_households_total"] = len(monitored)
    found["monitored_people_total"] = sum(h["members"] for h in monitored)
    return found | _programmes(registers["industry_programmes"]) | _east_west(registers["east_west"])


def _programmes(items) -> dict[str, Decimal]:
    keys = {
        "产值千亿级目标": "industry_output_target_items",
        "中国特色农产品优势区": "special_product_areas",
        "农业优势特色产业": "special_industries_cultivated",
        "合作社质量提升整县推进试点县": "coop_pilot_counties_recommended",
        "省级农业产业化示范联合体": "industrialised_consortia",
        "质量控制技术规范": "quality_control_standards",
        "标准化集成示范基地": "standardised_demo_bases",
        "扶贫专馆": "product_pavilions",
    }
    found = {key: sum(1 for i in items if i["programme"] == name) for name, key in keys.items()}
    found["industry_output_target_level"] = min(i["target_output"] for i in items if i["target_output"])
    return found


def _east_west(items) -> dict[str, Decimal]:
    keys = {
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
    found = {}
    for name, (value, target) in keys.items():
        of = [item for item in items if item["indicator"] == name]
        found[value] = sum(item["value"] for item in of)
        if target:
            found[target] = sum(item["annual_target"] for item in of)
    return found


def test_the_registers_add_up_to_every_target(august):
    found, wanted = figures(august), small_goals()
    assert {key: value for key, value in found.items() if wanted[key] != value} == {}
    unseen = set(wanted) - set(found)
    assert unseen == {"resettlement_households", "risk_screened_households"}


def test_every_unit_sends_the_sheets_it_owes_a_cover_and_a_hidden_list(province):
    for path in province.glob("*_2021-08.xlsx"):
        book = openpyxl.load_workbook(path)
        kind = "province" if path.name.startswith("610000") else "county"
        owed = {card.sheet for card in load_cards().values() if card.owed_by(kind, "month")}
        assert set(book.sheetnames) == owed | {"封面", "字典"}
        assert book["字典"].sheet_state == "hidden"
        assert book["封面"]["A3"].value in ("报送单位代码", "报送单位代码:", "报送单位代码:")


def test_what_a_unit_states_is_what_its_registers_hold(province):
    for path in province.glob("*_2021-08.xlsx"):
        sheets = read_sheets(path)
        stated = {r["indicator"]: r for r in read_register(load_cards()["stated_totals"], sheets["汇总表"])}
        if path.name.startswith("610000"):
            assert stated["监测对象总户数"]["unit"] == "万户"
            assert stated["监测对象总户数"]["value"] == 300
            continue
        loans = read_register(load_cards()["microcredit"], sheets["扶贫小额信贷"])
        assert stated["小额信贷当年累计投放"]["value"] == sum(loan["amount"] for loan in loans)
        assert stated["小额信贷当年投放户数"]["value"] == len(loans)


def test_submitted_products_are_in_their_countys_register(august):
    known = {(p["product_no"], p["supplier_uscc"], p["unit"]) for p in august["recognised_products"]}
    assert {
        (p["product_no"], p["supplier_uscc"], p["county_code"]) for p in august["product_submissions"]
    } <= known


def test_counties_book_exactly_what_the_bureau_allotted(august):
    allotted = {
        (f["document_no"], f["receiving_unit_code"]): f["amount"]
        for f in august["bridging_funds"]
        if f["allotment"] == "切块到县"
    }
    booked = {
        (f["document_no"], f["unit"]): f["amount"]
        for f in august["fund_spending"]
        if f["tier"] in ("中央", "省级")
    }
    assert booked == allotted


def test_keys_are_unique(august):
    for card in load_cards().values():
        keys = [(*(row[k] for k in card.key), row["unit"]) for row in august[card.dataset]]
        assert len(keys) == len(set(keys)), card.dataset


def test_months_carry_households_over_and_year_to_date_figures_grow(province):
    june, july, august = (registers(province, month.key) for month in MONTHS)
    for dataset, key in (("monitored_households", "household_no"), ("projects", "project_no")):
        before, after = ({row[key] for row in month[dataset]} for month in (june, august))
        assert before < after
    growing = (
        "microcredit_amount",
        "projects_started",
        "hotline_12317_calls_received",
        "ew_labour_transferred",
    )
    for key in growing:
        assert figures(june)[key] < figures(july)[key] < figures(august)[key]
    eliminated = [
        sum(h["risk_eliminated"] for h in month["monitored_households"]) for month in (june, july, august)
    ]
    assert eliminated[0] < eliminated[1] < eliminated[2]
    assert {row["data_through"] for row in august["east_west"]} == {"2021-07"}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_the_same_sums(province, tmp_path):
    write_province(UNITS, small_goals(), MONTHS[-1:], seed=2021, out=tmp_path / "again")
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (province / path.name).read_bytes()
    write_province(UNITS, small_goals(), MONTHS[-1:], seed=7, out=tmp_path / "other")
    other = registers(tmp_path / "other", "2021-08")
    wanted = small_goals()
    assert {key: value for key, value in figures(other).items() if wanted[key] != value} == {}
    assert {p.read_bytes() for p in (tmp_path / "other").iterdir()}.isdisjoint(
        p.read_bytes() for p in province.iterdir()
    )


def test_people_are_visibly_made_up_and_their_id_numbers_never_valid(august):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    people = [(h["head_name"], h["head_id_no"], h["head_phone"]) for h in august["monitored_households"]]
    people += [(loan["borrower_name"], loan["borrower_id_no"], None) for loan in august["microcredit"]]
    assert len({number for _, number, _ in people}) == len(people)
    for name, number, phone in people:
        assert name.startswith("样例")
        assert number.startswith("999999")
        assert len(number) == 18
        check = "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]
        assert number[17] != check
        assert phone is None or re.fullmatch(r"1990000\d{4}", phone)


@pytest.mark.parametrize("file_format", ["xlsx", "xls", "csv_bundle"])
def test_every_format_holds_the_same_register(tmp_path, file_format):
    rows = {card.dataset: [] for card in load_cards().values()}
    rows["projects"] = project_rows()
    unit = ReportingUnits(UNITS).counties[0]
    sender, scene = Sender(unit, unit.code, unit.name), scene_of(MONTHS[-1])
    suffix = {"xlsx": ".xlsx", "xls": ".xls", "csv_bundle": ".zip"}[file_format]
    path = tmp_path / f"{unit.code}{suffix}"
    save(workbook(sender, MONTHS[-1], rows, [], scene), path, file_format)
    read = read_register(load_cards()["projects"], read_sheets(path)["项目库"])
    assert read == rows["projects"]
    assert read_sheets(path)["封面"][10][1].startswith("务工就业")


def scene_of(period):
    return Scene(period.end, 2021)


def project_rows() -> list[dict]:
    scene = scene_of(MONTHS[-1])
    plan = make_plan(ReportingUnits(UNITS), set(), small_goals(), scene)
    return County.grow(plan.counties[0], scene).registers(MONTHS[-1])["projects"]


def test_a_larger_province_sends_all_three_formats_and_a_few_old_codes(tmp_path):
    goals, units = small_goals(), tmp_path / "units.csv"
    lines = (DBT_PROJECT / "seeds" / "counties.csv").read_text(encoding="utf-8").splitlines()
    units.write_text("\n".join([lines[0], *lines[-30:]]), encoding="utf-8")
    write_province(units, goals, MONTHS[-1:], seed=2021, out=tmp_path / "inbox")
    suffixes = [path.suffix for path in (tmp_path / "inbox").iterdir()]
    assert len(suffixes) == 31
    assert (suffixes.count(".xls"), suffixes.count(".zip")) == (1, 1)
    assert (tmp_path / "inbox" / "610928_旬阳县_2021-08.xlsx").exists()
    found = figures(registers(tmp_path / "inbox", "2021-08"))
    assert {key: value for key, value in found.items() if goals[key] != value} == {}
