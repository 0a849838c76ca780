"""Notices of restatement in Dagster. The work is in ``write``."""

import dagster as dg

from orchestration.dagster_common import PUBLISHED, RECEIPTS, RESTATEMENTS, STATISTICIANS
from orchestration.night import Night
from orchestration.report.restated.due import FOLDER
from orchestration.report.restated.write import write_notices


@dg.asset(
    key=RESTATEMENTS,
    # What a unit changed is said by its receipt.
    deps=[PUBLISHED, RECEIPTS],
    group_name="report",
    owners=STATISTICIANS,
    kinds={"markdown", "word"},
    description="A notice for each publication that changed published figures. | 每次更正已公布数据的公告。",
)
def restatement_notices(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    written = night.run("restatements", write_notices)
    return dg.MaterializeResult(
        metadata={
            "files": dg.MetadataValue.json([str(path) for path in written]),
            "files_written": len(written),
            "seconds": round(night.seconds["restatements"], 3),
            "dagster/uri": (night.home.bulletins / FOLDER).as_uri(),
        }
    )
