"""A clean workbook of one county and one of the bureau, as landed tables, and edits that spoil single cells.

Belongs here: made-up landed rows and the workspace they lie in. Does not belong here: assertions.
"""

from __future__ import annotations

import atexit
import copy
import shutil
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import lake
from orchestration.audit.files import audit_files
from orchestration.audit.warehouse import audit_warehouse
from orchestration.audit.workspace import batch_schemas, furnish
from orchestration.cards import load_cards
from orchestration.home import DBT_PROJECT, Home
from orchestration.model.dbt import build
from orchestration.workbook import column_letter

UNITS_CSV = DBT_PROJECT / "seeds" / "counties.csv"
PERIOD = "2021-08"
COUNTY, BUREAU = "610124", "610000"
COUNTY_SUBMISSION, BUREAU_SUBMISSION = "610124-2021-08-c0ffee00", "610000-2021-08-c0ffee01"
FIRST_ROW = 6

Rows = dict[str, list[dict]]


def _household(number: int, **values: object) -> dict:
    return {
        "township": "甲镇",
        "village": "甲村",
        "household_no": f"H{number}",
        "head_id_no": f"pseudonym{number}",
        "members": 3,
        "labour_members": 2,
        "ill_members": 1,
        "disabled_members": 1,
        "household_type": "脱贫户",
        "category": "脱贫不稳定户",
        "risk_1": "因病",
        "identified_month": "2021-05",
        "net_income_per_head": Decimal(5500),
        "income_threshold": Decimal(6000),
        "out_of_pocket": Decimal(8000),
        "measures": "产业帮扶、健康帮扶",
        "measures_started_month": "2021-06",
        "risk_eliminated": False,
        **values,
    }


def _project(number: int, **values: object) -> dict:
    return {
        "project_no": f"P{number}",
        "project_year": 2021,
        "project_name": "甲村道路",
        "category": "乡村建设行动",
        "township": "甲镇",
        "implementer": "甲镇政府",
        "construction_nature": "新建",
        "status": "已验收",
        "pooled_on": date(2021, 1, 10),
        "arranged_on": date(2021, 2, 10),
        "started_on": date(2021, 3, 10),
        "completed_on": date(2021, 5, 10),
        "accepted_on": date(2021, 6, 10),
        "total_funds": Decimal(1000000),
        "central_funds": Decimal(500000),
        "provincial_funds": Decimal(300000),
        "city_funds": Decimal(100000),
        "county_funds": Decimal(50000),
        "social_funds": Decimal(50000),
        "disbursed": Decimal(800000),
        "document_no": "陕财农〔2021〕1号",
        "benefit_households": 10,
        "benefit_people": 32,
        "performance_target": "通路",
        **values,
    }


def _loan(number: int, **values: object) -> dict:
    return {
        "contract_no": f"L{number}",
        "township": "甲镇",
        "village": "甲村",
        "household_no": f"H{number}",
        "borrower_id_no": f"pseudonym{number}",
        "borrower_type": "脱贫户",
        "borrower_birth_year": 1980,
        "bank": "信用联社",
        "amount": Decimal(50000),
        "is_top_up": False,
        "term_months": 36,
        "annual_rate": Decimal("0.0435"),
        "purpose": "养殖业",
        "disbursed_on": date(2021, 3, 1),
        "due_on": date(2024, 3, 1),
        "extended": False,
        "renewed": False,
        "balance": Decimal(50000),
        "overdue_amount": Decimal(0),
        **values,
    }


def _worker(number: int, role: str, **values: object) -> dict:
    return {
        "township": "甲镇",
        "village": "甲村",
        "village_type": "脱贫村",
        "team_no": "T1",
        "worker_no": f"W{number}",
        "role": role,
        "sender": "甲局",
        "sender_level": "县级",
        "started_on": date(2021, 7, 1),
        "ends_on": date(2023, 7, 1),
        "days_present": 22,
        **values,
    }


def _collaboration(indicator: str, value: int, unit: str, target: int | None = None) -> dict:
    return {
        "receiving_unit_code": COUNTY,
        "receiving_unit_name": "甲县",
        "assisting_unit": "乙区",
        "indicator": indicator,
        "value": Decimal(value),
        "annual_target": None if target is None else Decimal(target),
        "unit": unit,
        "data_through": "2021-07",
    }


def _total(indicator: str, value: str, unit: str, decimals: int = 0) -> dict:
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "decimals": decimals}


def clean_rows() -> Rows:
    """Landed rows of both workbooks by dataset; row i stands on sheet row FIRST_ROW + i. No rule minds any."""
    return copy.deepcopy(_CLEAN)


_CLEAN: Rows = {
    "monitored_households": [
        _household(1),
        _household(
            2,
            category="边缘易致贫户",
            household_type="一般农户",
            risk_1="因残",
            measures="就业帮扶、综合保障",
        ),
        _household(3, category="突发严重困难户", risk_1="缺劳动力", net_income_per_head=Decimal(9000)),
        _household(
            4,
            identified_month="2020-10",
            measures_started_month="2020-11",
            net_income_per_head=Decimal(8000),
            risk_eliminated=True,
            elimination_mode="帮扶消除",
            eliminated_month="2021-07",
        ),
    ],
    "projects": [
        _project(1),
        _project(2, status="已开工", completed_on=None, accepted_on=None),
        _project(
            3,
            status="已安排",
            arranged_on=date(2021, 7, 10),
            started_on=None,
            completed_on=None,
            accepted_on=None,
        ),
        _project(
            4,
            status="未安排",
            arranged_on=None,
            started_on=None,
            completed_on=None,
            accepted_on=None,
            document_no=None,
            disbursed=None,
        ),
    ],
    "microcredit": [
        _loan(1, amount=Decimal(30000), balance=Decimal(30000)),
        _loan(2),
        _loan(2, contract_no="L3", is_top_up=True, amount=Decimal(20000), balance=Decimal(20000)),
    ],
    "employment": [
        {
            "township": "甲镇",
            "channel": "外出务工",
            "work_place": "省外",
            "people": 120,
            "women": 50,
            "monthly_wage": Decimal(3500),
        },
        {
            "township": "甲镇",
            "channel": "公益性岗位",
            "work_place": "县内",
            "people": 20,
            "women": 15,
            "monthly_wage": Decimal(600),
        },
    ],
    "fund_spending": [
        {
            "document_no": "陕财农〔2021〕1号",
            "tier": "中央",
            "fund_name": "巩固拓展",
            "issued_on": date(2021, 2, 1),
            "amount": Decimal(1000000),
            "industry_amount": Decimal(600000),
            "management_fee": Decimal(10000),
            "projects": 3,
            "spent": Decimal(700000),
            "balance": Decimal(300000),
        }
    ],
    "resident_teams": [_worker(1, "第一书记(兼队长)"), _worker(2, "队员"), _worker(3, "队员")],
    "resident_training": [
        {
            "session_no": "S1",
            "session_title": "驻村干部培训班",
            "level": "县级",
            "started_on": date(2021, 7, 5),
            "ended_on": date(2021, 7, 8),
            "person_times": 80,
        }
    ],
    "resettlement_sites": [
        {
            "site_no": "A1",
            "site_name": "幸福社区",
            "township": "甲镇",
            "mode": "集中安置",
            "planned_households": 100,
            "planned_people": 350,
            "occupied_households": 98,
            "occupied_people": 340,
            "labour": 180,
            "employed": 170,
            "households_with_labour": 90,
            "households_with_job": 90,
            "workshops": 1,
        }
    ],
    "recognised_products": [
        {
            "product_no": "N1",
            "product_name": "苹果",
            "product_category": "果蔬",
            "supplier_name": "甲合作社",
            "supplier_uscc": "93610124MA6000001X",
            "township": "甲镇",
            "recognised_on": date(2020, 9, 1),
            "valid_to": date(2023, 8, 31),
            "commodity_value": Decimal(2000000),
            "benefit_mode": "经营性收益",
            "benefit_people": 60,
        },
        {
            "product_no": "N2",
            "product_name": "核桃",
            "product_category": "果蔬",
            "supplier_name": "甲合作社",
            "supplier_uscc": "93610124MA6000001X",
            "township": "甲镇",
            "recognised_on": date(2020, 9, 1),
            "valid_to": date(2023, 8, 31),
            "commodity_value": Decimal(300000),
            "benefit_mode": "经营性收益",
            "benefit_people": 20,
        },
    ],
    "risk_screening": [
        {
            "township": "甲镇",
            "hazard": "洪涝",
            "screened_households": 500,
            "at_risk_households": 10,
            "at_risk_people": 31,
            "handled_households": 9,
            "screened_on": date(2021, 8, 20),
        }
    ],
    "bridging_funds": [
        {
            "document_no": "陕财农〔2021〕1号",
            "tier": "中央",
            "fund_name": "巩固拓展",
            "issued_on": date(2021, 2, 1),
            "receiving_unit_code": COUNTY,
            "receiving_unit_name": "甲县",
            "allotment": "切块到县",
            "amount": Decimal(1000000),
        },
        {
            "document_no": "陕财农〔2021〕2号",
            "tier": "省级",
            "fund_name": "省级项目",
            "issued_on": date(2021, 3, 1),
            "receiving_unit_code": BUREAU,
            "receiving_unit_name": "省级",
            "allotment": "省级项目",
            "amount": Decimal(500000),
        },
    ],
    "product_submissions": [
        {
            "product_no": "N1",
            "product_name": "苹果",
            "supplier_name": "甲合作社",
            "supplier_uscc": "93610124MA6000001X",
            "county_code": COUNTY,
            "county_name": "甲县",
            "batch": "2021-1",
            "submitted_on": date(2021, 7, 1),
        },
        {
            "product_no": "N2",
            "product_name": "核桃",
            "supplier_name": "甲合作社",
            "supplier_uscc": "93610124MA6000001X",
            "county_code": COUNTY,
            "county_name": "甲县",
            "batch": "2021-1",
            "submitted_on": date(2021, 7, 1),
        },
    ],
    "industry_programmes": [
        {
            "item_no": "I1",
            "programme": "产值千亿级目标",
            "item_name": "果业",
            "progress": "基本实现",
            "target_output": Decimal(100000000000),
        },
        {
            "item_no": "I2",
            "programme": "中国特色农产品优势区",
            "item_name": "奶山羊",
            "county_code": COUNTY,
            "county_name": "甲县",
            "progress": "已认定",
            "achieved_on": date(2020, 5, 1),
        },
        {
            "item_no": "I3",
            "programme": "中国特色农产品优势区",
            "item_name": "大红枣",
            "county_code": COUNTY,
            "county_name": "甲县",
            "progress": "已认定",
            "achieved_on": date(2020, 5, 1),
        },
    ],
    "east_west": [
        _collaboration("劳务协作农村劳动力", 200, "名", 250),
        _collaboration("消费帮扶", 3000000, "万元", 4000000),
        _collaboration("援建扶贫车间", 2, "个"),
        _collaboration("车间吸纳就业", 80, "名"),
        {**_collaboration("援建扶贫车间", 1, "个"), "receiving_unit_code": "610203"},
    ],
    "hotline_12317": [
        {
            "call_no": "C1",
            "received_on": date(2021, 8, 2),
            "call_type": "政策咨询",
            "topic": "小额信贷",
            "status": "已办结",
            "closed_on": date(2021, 8, 4),
        },
        {
            "call_no": "C2",
            "received_on": date(2021, 8, 25),
            "call_type": "投诉举报",
            "topic": "项目资金",
            "status": "办理中",
        },
    ],
    "supervision": [
        {
            "item_no": "V1",
            "item_type": "实地调研",
            "item_title": "到甲县调研",
            "county_code": COUNTY,
            "county_name": "甲县",
            "done_on": date(2021, 6, 1),
        },
        {
            "item_no": "V2",
            "item_type": "县级调研报告",
            "item_title": "甲县调研报告",
            "county_code": COUNTY,
            "county_name": "甲县",
            "done_on": date(2021, 6, 20),
        },
        {
            "item_no": "V3",
            "item_type": "省级调研报告",
            "item_title": "全省报告",
            "done_on": date(2021, 7, 20),
        },
    ],
    # The county's totals.
    "stated_totals": [
        _total("监测对象总户数", "4", "户"),
        _total("监测对象总人数", "12", "人"),
        _total("脱贫不稳定户户数", "2", "户"),
        _total("脱贫不稳定户人数", "6", "人"),
        _total("边缘易致贫户户数", "1", "户"),
        _total("边缘易致贫户人数", "3", "人"),
        _total("突发严重困难户户数", "1", "户"),
        _total("突发严重困难户人数", "3", "人"),
        _total("驻村工作队", "1", "支"),
        _total("驻村工作人员", "3", "名"),
        _total("第一书记", "1", "名"),
        _total("驻村人员培训人次", "80", "人次"),
        _total("脱贫劳动力就业", "140", "人"),
        _total("现有扶贫产品", "2", "个"),
        _total("现有扶贫产品供应商", "1", "个"),
        _total("扶贫产品产值", "2300000", "万元", 2),
        _total("安排项目", "3", "个"),
        _total("已开工项目", "2", "个"),
        _total("项目开工率", "0.6667", "%", 2),
        _total("入库项目", "4", "个"),
        _total("入库项目资金总量", "4000000", "亿元", 2),
        _total("小额信贷当年累计投放", "100000", "万元", 1),
        _total("小额信贷当年投放户数", "2", "户"),
        _total("风险已消除监测对象户数", "1", "户"),
        _total("衔接资金已支出", "700000", "万元", 2),
        _total("易地搬迁安置点", "1", "个"),
        _total("安置点已就业劳动力", "170", "人"),
        _total("风险隐患排查户数", "500", "户"),
        _total("排查发现风险户数", "10", "户"),
    ],
}


def workspace(rows: Rows, period: str = PERIOD) -> duckdb.DuckDBPyConnection:
    """Rows as a furnished batch of the two submissions, on an in-memory DuckDB."""
    connection = duckdb.connect()
    for name, table in batch(rows, period).items():
        connection.register("_rows", table)
        connection.execute(f"create table {name} as from _rows")
        connection.unregister("_rows")
    furnish(connection, UNITS_CSV)
    return connection


def batch(rows: Rows, period: str = PERIOD) -> dict[str, pa.Table]:
    """Rows with their lineage, and the control tables beside them."""
    schemas = batch_schemas()
    tables = {name: _landed(name, rows[name], schemas[name], period) for name in load_cards()}
    submitters = [
        {"submission_id": submission, "unit_code": unit, "unit_kind": kind, "reporting_period": period}
        for submission, unit, kind in (
            (COUNTY_SUBMISSION, COUNTY, "county"),
            (BUREAU_SUBMISSION, BUREAU, "province"),
        )
    ]
    sheets = [
        {
            "submission_id": submission_of(name),
            "dataset": name,
            "source_sheet": card.sheet,
            "rows": len(rows[name]),
            "state": "landed",
        }
        for name, card in load_cards().items()
    ]
    tables["submissions"] = pa.Table.from_pylist(submitters, schema=schemas["submissions"])
    tables["landed_sheets"] = pa.Table.from_pylist(sheets, schema=lake.LANDED_SHEETS)
    tables["landed_columns"] = pa.Table.from_pylist(_letters(), schema=lake.LANDED_COLUMNS)
    return tables


def submission_of(dataset: str) -> str:
    return BUREAU_SUBMISSION if load_cards()[dataset].submitted_by == "province" else COUNTY_SUBMISSION


def letter_of(dataset: str, column: str) -> str:
    """The column's letter on the sheet. A derived column has none."""
    names = [c.name for c in load_cards()[dataset].sheet_columns]
    return column_letter(names.index(column))


def land(
    home: Home,
    rows: Rows,
    period: str = PERIOD,
    problems: tuple[dict, ...] = (),
    *,
    version: int = 1,
) -> None:
    """The two workbooks as one landed batch of a home's lake, with the register's snapshot.

    Later periods and versions come beside what is there; the ids of versions after the first end in ``-v<n>``.
    """
    lake.ensure_schema_files(home)
    name_of_batch = "batch" if version == 1 else f"batch-v{version}"
    tables = {name: _of_version(table, version) for name, table in batch(rows, period).items()}
    submitters = tables.pop("submissions").to_pylist()
    tables["problems"] = pa.Table.from_pylist(list(problems), schema=lake.PROBLEMS)
    schemas = lake.partitioned_schemas()
    for name, table in tables.items():
        lake.write_parquet(
            lake.table_file(home, name, period, name_of_batch), table.select(schemas[name].names)
        )
    submissions = [
        {
            **{key: row[key] for key in ("submission_id", "unit_code", "reporting_period")},
            "sha256": "0" * 64,
            "file_name": f"{row['unit_code']}.xlsx",
            "format": "xlsx",
            "cadence": "month",
            "version": version,
            "received_at": datetime(2021, 9, 3, tzinfo=UTC),
        }
        for row in submitters
    ]
    register = pa.Table.from_pylist(submissions, schema=lake.SUBMISSIONS)
    earlier = pq.read_table(lake.single_file(home, "submissions"))
    others = [
        row["submission_id"] not in {s["submission_id"] for s in submissions} for row in earlier.to_pylist()
    ]
    lake.write_parquet(
        lake.single_file(home, "submissions"),
        pa.concat_tables([earlier.filter(pa.array(others, pa.bool_())), register]),
    )
    counts = {name: table.num_rows for name, table in tables.items()}
    lake.commit_batch(
        home, lake.Batch(name_of_batch, period, tuple(row["submission_id"] for row in submitters), counts)
    )


def _of_version(table: pa.Table, version: int) -> pa.Table:
    if version == 1 or "submission_id" not in table.column_names:
        return table
    position = table.column_names.index("submission_id")
    renamed = [f"{value}-v{version}" for value in table["submission_id"].to_pylist()]
    return table.set_column(position, "submission_id", pa.array(renamed, pa.string()))


def read(home: Home, table: str, period: str = PERIOD) -> list[dict]:
    """All rows of a partitioned table of the lake."""
    files = sorted(lake.partition(home, table, period).glob("*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def _letters() -> list[dict]:
    return [
        {
            "submission_id": submission_of(name),
            "dataset": name,
            "column_name": column.name,
            "column_letter": letter_of(name, column.name),
            "header_found": column.header_text,
        }
        for name, card in load_cards().items()
        for column in card.sheet_columns
    ]


def _landed(dataset: str, rows: list[dict], schema: pa.Schema, period: str) -> pa.Table:
    submission = submission_of(dataset)
    lineage = {
        "submission_id": submission,
        "unit_code": submission[:6],
        "reporting_period": period,
        "source_sheet": load_cards()[dataset].sheet,
    }
    full = [
        {**dict.fromkeys(schema.names), **lineage, "source_row": FIRST_ROW + index, **row}
        for index, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(full, schema=schema)


@cache
def _built() -> Path:
    """A home of one county and the bureau, landed, judged, modelled and judged again; once per test run."""
    home = Home(Path(tempfile.mkdtemp(prefix="zhenxing-audited-")))
    atexit.register(shutil.rmtree, home.root, ignore_errors=True)
    header, *counties = UNITS_CSV.read_text(encoding="utf-8").splitlines()
    own = next(line for line in counties if line.startswith(COUNTY))
    (home.root / "reporting_units.csv").write_text(f"{header}\n{own}\n", encoding="utf-8")
    rows = clean_rows()
    rows["east_west"].pop()  # another county's, which this home does not have
    land(home, rows)
    audit_files(home)
    build(home)
    audit_warehouse(home)
    return home.root


def audited_home(folder: Path) -> Home:
    """A copy of the audited home, to be spoilt. Its staging views read the original's lake."""
    shutil.copytree(_built(), folder, dirs_exist_ok=True)
    return Home(folder)


def edit_build(home: Home, *statements: str) -> None:
    """Changes a home's build file by SQL, as another night would have built it."""
    with duckdb.connect(str(home.build)) as connection:
        for statement in statements:
            connection.execute(statement)
