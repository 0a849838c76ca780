"""Stage publish in Dagster. The work is in ``publish.py``; what a publication changed is found by ``report.changes``."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.dagster_common import (
    ENGINEERS,
    PUBLISHED,
    WAREHOUSE_VERDICTS,
    WRITER,
    monthly_freshness,
    table_of,
)
from orchestration.home import Home
from orchestration.night import Night
from orchestration.publish.publish import Publication, publish
from orchestration.report.changes.found import Changes, alike, read_changes
from orchestration.report.changes.saying import change_row, say_counts, say_made, say_periods_of, sent_row
from orchestration.run_tags import say_publication

# What is shown of a publication; all of it is in ``zhenxing why --json``.
_READ, _FIGURES, _SENT, _PERIODS = 400, 50, 50, 8
# Dagster shows a text of this length at once; so many parts of each group are named, the fewer the longer it is.
_SHOWN_AT_ONCE, _NAMED = 1000, (6, 3, 1)
_FIGURE = ("figure", "unit", "period", "before", "after", "difference", "because_of")
_SUBMISSION = (
    "submission",
    "unit",
    "period",
    "version",
    "status",
    "supersedes",
    "figures_changed",
    "receipts",
)


def published_warehouse_asset(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The published file, which holds the marts named and the verdicts."""

    @dg.asset(
        key=PUBLISHED,
        deps=[WAREHOUSE_VERDICTS, *marts],
        group_name="publish",
        owners=ENGINEERS,
        kinds={"duckdb", "parquet"},
        description="What readers open: replaced whole, and only when no province-wide error stands. Each publication "
        "says what it changed and because of what (docs/dagster.md). "
        "| 读者打开的数据仓库:整体替换,有全省性错误时不发布;每次发布写明改了哪些数字、因为什么。",
        pool=WRITER,
        freshness_policy=monthly_freshness(),
    )
    def published_warehouse(
        context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
    ) -> dg.MaterializeResult:
        publication = night.run("publish", publish)
        changes = read_changes(night.home, limit=_READ)
        if changes is None:
            return dg.MaterializeResult(metadata=_file(publication))
        counted = _counted(changes, publication)
        say_publication(context, changes.publication.number, counted["figures_changed"])
        return dg.MaterializeResult(
            metadata={
                **_said(night.home, changes, publication.changed),
                **counted,
                "changed": publication.changed,
                **_file(publication),
            }
        )

    return published_warehouse


def _file(publication: Publication) -> dict[str, Any]:
    return {
        "dagster/row_count": sum(publication.tables.values()),
        "dagster/uri": publication.path.as_uri(),
        "bytes": publication.path.stat().st_size,
        "seconds": round(publication.seconds, 3),
        "path": dg.MetadataValue.path(publication.path),
        "tables": dg.MetadataValue.json(publication.tables),
    }


def _counted(changes: Changes, publication: Publication) -> dict[str, int]:
    """Numbers that the UI plots night by night: of a night after which the same stands, nothing changed."""
    counts = changes.counts if publication.changed else {}
    return {
        "publication": changes.publication.number,
        "figures_changed": sum(counts.values()),
        "figures_restated": counts.get("restated", 0),
        "submissions": len(changes.sent) if publication.changed else 0,
    }


def _said(home: Home, changes: Changes, published: bool) -> dict[str, Any]:
    """What the publication that readers have changed: why a number is not that of yesterday."""
    lines = alike(changes.figures)
    said: dict[str, Any] = {"why": dg.MetadataValue.md(_short(changes, published))}
    if lines:
        said["changed_figures"] = table_of([_figure_row(line) for line in lines[:_FIGURES]], _FIGURE)
    if changes.sent:
        said["because_of"] = table_of([_sent_row(home, came) for came in changes.sent[:_SENT]], _SUBMISSION)
    if changes.notices:
        said["notice"] = dg.MetadataValue.url(
            next(path for path in changes.notices if path.suffix == ".html").as_uri()
        )
    said["documentation"] = dg.MetadataValue.url((home.docs / "checks" / "index.html").as_uri())
    said["receipts"] = dg.MetadataValue.path(home.receipts)
    return said


def _short(changes: Changes, published: bool) -> str:
    """The answer, in as many words as the page shows without a click."""
    words = [_summary(changes, published, named) for named in _NAMED]
    return next((each for each in words if len(each) < _SHOWN_AT_ONCE), words[-1])


def _summary(changes: Changes, published: bool, named: int) -> str:
    """The answer as a paragraph: what, against which publication, by which periods, and what it was made by otherwise."""
    stands = (
        ""
        if published
        else f"本晚没有新的发布:内容与第{changes.publication.number}次发布相同。以下是那次发布的变化。\n\n"
    )
    before = f",此前为第{changes.before.number}次" if changes.before else ",此前没有发布"
    back = changes.publication.reason
    lines = [
        f"{stands}**第{changes.publication.number}次发布**{before}:{say_counts(changes.counts)}",
        *([f"- 恢复旧发布:{back}"] if back else []),
        *[
            f"- {period}:{say_counts(counts)}"
            for period, counts in list(changes.by_period.items())[:_PERIODS]
        ],
        *[f"- {line}" for line in say_made(changes, named=named)],
    ]
    if changes.made is None and changes.before:
        lines.append("- 上一次发布时没有记录规则、模型和程序,无法比较")
    elif changes.made == ():
        lines.append("- 规则、模型、程序、裁定和报送单位与上一次发布相同")
    return "\n".join([lines[0], "", *lines[1:]])


def _figure_row(line: Sequence) -> dict[str, Any]:
    row = change_row(line[0])
    return {
        "figure": row["label_zh"],
        "unit": row["unit_name"],
        "period": say_periods_of(line),
        "before": _exactly(row["before"], row["value_before"]),
        "after": _exactly(row["after"], row["value_after"]),
        "difference": row["difference"],
        "because_of": row["reason"],
    }


def _exactly(printed: str | None, exact: str | None) -> str | None:
    """As printed, with the exact value where that says more."""
    return printed if exact in (None, printed) else f"{printed} ({exact})"


def _sent_row(home: Home, came) -> dict[str, Any]:
    row = sent_row(home, came)
    return {
        "submission": row["submission_id"],
        "unit": row["unit_name"],
        "period": row["reporting_period"],
        "version": row["version"],
        "status": row["status"],
        "supersedes": _latest(row["supersedes"]),
        "figures_changed": row["figures_changed"],
        "receipts": f"{came.reporting_period}/{came.unit_code}" if row["receipt"] else None,
    }


def _latest(superseded: Sequence[str]) -> str:
    more = f" 等{len(superseded)}份" if len(superseded) > 1 else ""
    return superseded[-1] + more if superseded else ""
