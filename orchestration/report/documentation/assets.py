"""The documentation in Dagster. The work is in ``write``."""

import dagster as dg

from orchestration.dagster_common import DOCUMENTATION, ENGINEERS, PUBLISHED
from orchestration.night import Night
from orchestration.report.documentation.write import write_documentation


@dg.asset(
    key=DOCUMENTATION,
    deps=[PUBLISHED],
    group_name="report",
    owners=ENGINEERS,
    kinds={"dbt", "html"},
    description="What each table says and how each rule stands, as pages. | 数据字典和规则核验网页。",
)
def documentation(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    done = night.run("documentation", write_documentation)
    return dg.MaterializeResult(
        metadata={
            "dbt docs": dg.MetadataValue.url(done.dbt.as_uri()),
            "Data Docs": dg.MetadataValue.url(done.checks.as_uri()),
            "folder": dg.MetadataValue.path(str(done.dbt.parent.parent)),
            "pages written": len(done.written),
            "seconds": round(night.seconds["documentation"], 3),
            "dagster/uri": done.dbt.parent.parent.as_uri(),
        }
    )
