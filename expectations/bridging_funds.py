"""Rules of 衔接资金台账: the bureau's own ledger of what it handed down."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import after_period, bad_rows, text, two_names

DATASET = "bridging_funds"

RULES = [
    Rule(
        code="R-FUND-30",
        dataset=DATASET,
        severity="error",
        title_zh="切块到县的资金由县(区)接收",
        message_zh="{found},应{expected}",
        remedy_zh="核对下达方式和接收单位代码",
        source=FORM,
        cells=("receiving_unit_code", "allotment"),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.allotment = '切块到县' and d.receiving_unit_code is not null and not exists (select 1 from reporting_units as u "
            "where u.unit_code = d.receiving_unit_code and u.kind = 'county')",
            found="'切块到县,接收单位 ' || d.receiving_unit_code || ' ' || d.receiving_unit_name",
            expected=text("接收单位为县(区)"),
        ),
    ),
    Rule(
        code="R-FUND-31",
        dataset=DATASET,
        severity="error",
        title_zh="下达日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对下达日期",
        source=FORM,
        cells=("issued_on",),
        query=after_period(DATASET, "issued_on", "下达日期"),
    ),
    Rule(
        code="R-FUND-32",
        dataset=DATASET,
        severity="error",
        title_zh="指标金额大于0",
        message_zh="指标金额 {found},应{expected}",
        remedy_zh="核对指标金额(万元);收回的指标另列文号",
        source=UNSOURCED,
        cells=("amount",),
        # A negative amount is the card's affair; landing refuses the cell.
        query=bad_rows(DATASET, when="d.amount = 0", found=text("0万元"), expected=text("大于0")),
    ),
    Rule(
        code="R-FUND-33",
        dataset=DATASET,
        severity="warning",
        title_zh="同一文号只有一个资金级次",
        message_zh="{found},应{expected}",
        remedy_zh="核对指标文号和资金级次",
        source=UNSOURCED,
        cells=("document_no", "tier"),
        version=2,
        query=two_names(DATASET, "document_no", "tier", "指标文号", "资金级次"),
    ),
]
