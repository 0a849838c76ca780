"""The receipt's page in a browser: everything said is there, nothing of a workbook runs, it fits a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from browser_support import open_page

from orchestration.audit.receipts.comparison import Comparison
from orchestration.audit.receipts.page import render_page
from orchestration.audit.receipts.problems import Place, Problem
from orchestration.audit.receipts.receipt import BureauRule, DatasetAnswer, Receipt, Tries

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title="2"</script>&{{ 7*7 }}'
PHONE = 390


def _problem(rule: str, severity: str, **more) -> Problem:
    places = tuple(Place((f"D{row}",), f"找到{row}", HOSTILE, "差1", None) for row in range(5, 45))
    problem = Problem(
        rule=rule,
        severity=severity,
        dataset="microcredit",
        sheet="扶贫小额信贷",
        cells=("D5:D44",),
        count=40,
        title=f"题目{rule}",
        found=HOSTILE,
        expected="不超过50000元",
        difference="10000元",
        message=f"贷款金额 {HOSTILE}",
        remedy="核对合同",
        hint="疑似计量单位错",
        waived_until=None,
        places=places,
    )
    return replace(problem, **more)


RECEIPT = Receipt(
    file=f"{HOSTILE}.xlsx",
    status_code="partly_accepted",
    submission_id="610122-2021-08-c0ffee00",
    sha256="0" * 64,
    unit_code="610122",
    unit_name="蓝田县",
    reporting_period="2021-08",
    cadence="month",
    version=2,
    received_at=datetime(2021, 9, 6, 2, tzinfo=UTC),
    due_on=date(2021, 9, 5),
    on_time=False,
    notes=("本件迟报。",),
    datasets=(
        DatasetAnswer("microcredit", "扶贫小额信贷", "returned", 40, 1, 0, 0),
        DatasetAnswer("projects", "项目库", "accepted", 9, 0, 1, 1),
    ),
    problems=(
        _problem("R-A", "error", caused=(_problem("R-C", "error", sheet="汇总表", places=()),)),
        _problem("R-B", "warning", waived_until="2021-12-31"),
        _problem("S-N", "notice", cells=(), count=1, places=()),
    ),
    tries=Tries(
        "610122-2021-08-c0ffee01",
        1,
        Comparison(fixed=[_problem("R-F", "error")], standing=[_problem("R-A", "error")], new=[]),
        {
            "cells": [
                {
                    "sheet": "项目库",
                    "cell": "D9",
                    "column": "名称",
                    "row_key": None,
                    "before": "甲",
                    "after": HOSTILE,
                }
            ],
            "cells_changed": 1,
            "rows_added": 0,
            "rows_removed": 2,
        },
    ),
    checked_at_bureau=(BureauRule("R-YTD-1", "当年累计数不小于上月"),),
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "receipt.html"
    path.write_text(render_page(RECEIPT, "蓝田县_回执.xlsx"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def dom(page: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return open_page(
        page, tmp_path_factory.mktemp("browser"), script="document.body.dataset.title = document.title"
    )


def test_nothing_of_a_workbook_runs_in_the_browser(dom: str):
    assert 'data-title="蓝田县 2021-08 报送回执"' in dom
    assert "<img" not in dom


def test_the_page_needs_nothing_from_elsewhere(page: Path):
    assert not re.search(
        r"(?:src|href)\s*=|@import|url\(", re.sub(r"&lt;.*?&gt;", "", page.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize(
    "said",
    [
        "部分接收",
        "第 2 版",
        "2021-09-06 10:00 收到",
        "期限 2021-09-05(迟报)",
        "D5:D44 (共 40 处)",
        "由此引起的 1 项",
        "已豁免,至 2021-12-31",
        "已改正 <strong>1</strong> 项,仍未改正 <strong>1</strong> 项",
        "改动了 1 个单元格,增加 0 行,减少 2 行",
        "蓝田县_回执.xlsx",
        "当年累计数不小于上月",
        "其余 10 处",
    ],
)
def test_the_page_says(dom: str, said: str):
    assert said in dom


def test_the_page_fits_a_phone(page: Path, tmp_path_factory: pytest.TempPathFactory):
    # A headless window is never narrower than 500 pixels, so the page is measured in a frame of a phone's width.
    measure = (
        f"const f = document.createElement('iframe'); f.style.width = '{PHONE}px';"
        "f.srcdoc = document.documentElement.outerHTML.replace(/<script>[^]*?<.script>/, '');"
        "f.onload = () => { document.body.dataset.over = f.contentDocument.documentElement.scrollWidth - f.clientWidth; };"
        "document.body.append(f);"
    )
    dom = open_page(page, tmp_path_factory.mktemp("phone"), width=PHONE, script=measure)
    [over] = re.findall(r'data-over="(-?\d+)"', dom)
    assert int(over) <= 0
