"""What receipts are made of, read from a lake in unusual states."""

from __future__ import annotations

from audit_support import COUNTY, COUNTY_SUBMISSION, PERIOD, clean_rows, land

from orchestration.audit.files import audit_files
from orchestration.audit.receipts.period import find
from orchestration.home import Home


def test_a_line_above_the_headers_at_fault_is_no_row_of_a_register(home: Home):
    note = {
        "submission_id": COUNTY_SUBMISSION,
        "unit_code": COUNTY,
        "dataset": "microcredit",
        "rule_code": "S-NOTE",
        "source_sheet": "扶贫小额信贷",
        "source_row": 2,
        "cell": "A2",
        "found": "表内写的是2021-07",
        "expected": "封面是2021-08",
    }
    land(home, clean_rows(), problems=(note,))
    audit_files(home)
    [failure] = find(home, PERIOD, [], {}).materials[COUNTY_SUBMISSION].failures
    assert (failure.rule_code, failure.row, failure.row_key) == ("S-NOTE", 2, None)
