"""The site in Dagster. The work is in ``write``."""

import dagster as dg

from orchestration.dagster_common import BULLETIN, PUBLISHED, RESTATEMENTS, SITE, STATISTICIANS
from orchestration.night import Night
from orchestration.report.site.write import write_site


@dg.asset(
    key=SITE,
    # Its pages link to the bulletins and the notices.
    deps=[PUBLISHED, BULLETIN, RESTATEMENTS],
    group_name="report",
    owners=STATISTICIANS,
    kinds={"html"},
    description="One page for the province and each city and county, of what is published. | 统计网页:省、市、县各一页。",
)
def published_site(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    written = night.run("site", write_site)
    return dg.MaterializeResult(
        metadata={
            "pages": written.pages,
            "bytes": written.bytes,
            "seconds": round(night.seconds["site"], 3),
            "dagster/uri": written.folder.as_uri(),
            "site": dg.MetadataValue.path(str(written.folder)),
        }
    )
