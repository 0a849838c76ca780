"""Mistakes in 扶贫小额信贷: limits and terms, yuan and ten thousand yuan, numbers that a spreadsheet spoils."""

from __future__ import annotations

from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Register
from sample.mistakes.edits import both, days_after, positive, put, row_kind, says, times
from sample.write.cells import Cell

DATASET = "microcredit"
FULL_FIRST_LOAN = both(says("amount", "50000"), says("is_top_up", "否"))


def _born_long_ago(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    number = register.text(row, "borrower_id_no")
    return {"borrower_id_no": f"{number[:6]}1921{number[10:]}"}


def _as_number(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    """What a spreadsheet makes of 18 digits in a cell that is not text."""
    return {"borrower_id_no": float(register.text(row, "borrower_id_no"))}


def _only_digits(register: Register, row: int) -> bool:
    return register.text(row, "borrower_id_no").isdigit()


def _overdue(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"overdue_amount": int(register.number(row, "balance") * 10000) + 5000}


KINDS = (
    row_kind(
        "loan_above_limit",
        "首贷超过5万元",
        edits.LIMIT,
        DATASET,
        "R-LOAN-1-1",
        change=put("amount", 60000),
        where=FULL_FIRST_LOAN,
        follows="R-LOAN-3",
    ),
    row_kind(
        "loan_in_wan",
        "贷款金额按万元填(应为元)",
        edits.UNIT,
        DATASET,
        "R-LOAN-22",
        change=times("amount", "0.0001"),
        where=both(says("amount", "50000"), positive("balance")),
        follows="R-LOAN-23",
    ),
    row_kind(
        "balance_in_yuan",
        "贷款余额按元填(应为万元)",
        edits.UNIT,
        DATASET,
        "R-LOAN-22",
        change=times("balance", "10000"),
        where=positive("balance"),
    ),
    row_kind(
        "loan_of_four_years",
        "贷款期限4年",
        edits.LIMIT,
        DATASET,
        "R-LOAN-2-1",
        change=put("term_months", 48),
    ),
    row_kind(
        "due_long_after_term",
        "到期日期比合同期限晚一年",
        edits.ORDER,
        DATASET,
        "R-LOAN-2-2",
        change=days_after("due_on", "due_on", 366),
        where=both(says("extended", "否"), says("renewed", "否")),
    ),
    row_kind(
        "due_before_disbursed",
        "到期日期早于放款日期",
        edits.ORDER,
        DATASET,
        "R-LOAN-20",
        change=days_after("due_on", "disbursed_on", -365),
    ),
    row_kind(
        "borrower_too_old",
        "贷款人年龄超过65周岁",
        edits.NUMBER,
        DATASET,
        "R-LOAN-4",
        change=_born_long_ago,
    ),
    row_kind(
        "loan_for_building",
        "贷款用途为建房",
        edits.LIMIT,
        DATASET,
        "R-LOAN-5",
        change=put("purpose", "建房"),
    ),
    row_kind(
        "overdue_above_balance",
        "逾期金额大于贷款余额",
        edits.LOGIC,
        DATASET,
        "R-LOAN-23",
        change=_overdue,
        where=positive("balance"),
    ),
    row_kind(
        "rate_times_100",
        "利率多乘了100",
        edits.UNIT,
        DATASET,
        "R-LOAN-24",
        change=times("annual_rate", "100"),
        severity="warning",
    ),
    row_kind(
        "id_in_scientific_notation",
        "身份证号存成数字,尾数丢失",
        edits.NUMBER,
        DATASET,
        "S-LOSSY S-ID",
        change=_as_number,
        where=_only_digits,
        follows="R-LOAN-4",
    ),
)
