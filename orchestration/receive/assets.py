"""Stage receive in Dagster. The work is in ``receive.py``."""

import dagster as dg

from orchestration import lake
from orchestration.dagster_common import ENGINEERS, SUBMISSIONS, column_schema
from orchestration.night import Night
from orchestration.pending import base_periods
from orchestration.publish.comments import lake_comments
from orchestration.receive.receive import receive
from orchestration.receive.register import Register
from orchestration.run_tags import say_sent
from orchestration.triggers.partitions import keep_periods


@dg.asset(
    key=SUBMISSIONS,
    group_name="receive",
    owners=ENGINEERS,
    kinds={"python", "sqlite"},
    description="One row per file received: archived by SHA-256 and registered. | 每份收到的文件:存档并登记。",
    metadata={"dagster/column_schema": column_schema(lake.SUBMISSIONS, lake_comments()["submissions"])},
)
def received_submissions(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> dg.MaterializeResult:
    received = night.run(
        "receive", receive, quiet_seconds=night.quiet_seconds, progress=night.progress("receive")
    )
    say_sent(context, received.new)
    keep_periods(context.instance, base_periods(night.home))
    with Register(night.home.register) as register:
        registered = len(register.submissions())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": registered,
            "new": len(received.new),
            "unchanged": received.unchanged,
            "unreadable": len(received.unreadable),
            "units": len({each.unit_code for each in received.new if each.unit_code}),
            "seconds": round(night.seconds["receive"], 3),
            "dagster/uri": night.home.archive.as_uri(),
        }
    )
