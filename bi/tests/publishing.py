"""Publications that differ, as resubmissions make them, without a whole night: the build is changed, then published.

Belongs here: making a publication whose number every dashboard shows. Does not belong here: who reads it.
"""

from __future__ import annotations

import duckdb

from bi.tests.conftest import COUNTY
from orchestration.home import Home
from orchestration.publish.ledger import last_number
from orchestration.publish.publish import publish

# Each publication adds STEP to two columns of one row of each of these: both of one publication or the file is torn.
STEP = 1_000_000
PAIRS = {
    "rpt_project_progress": ("projects", "benefit_households"),
    "rpt_monitored_groups": ("households", "people"),
    "rpt_reporting_progress": ("expected", "accepted"),
}
FIGURES = ("monitored_households_total", "monitored_people_total")


def publish_again(home: Home) -> int:
    """Publishes the build with every mark one STEP higher; returns the publication's number."""
    with duckdb.connect(str(home.build)) as connection:
        for table, (one, other) in PAIRS.items():
            connection.execute(
                f"update marts.{table} set {one} = {one} + {STEP}, {other} = {other} + {STEP} where rowid ="
                f" (select min(rowid) from marts.{table} where unit_code = '{COUNTY}' and reporting_period = '2021-08')"
            )
        connection.execute(
            f"update marts.rpt_unit_figures set value = value + {STEP} where figure_key in {FIGURES}"
            f" and unit_code = '{COUNTY}' and reporting_period = '2021-08'"
        )
    assert publish(home).changed
    return last_number(home)
