"""What of a night is disturbed: each step with the home it begins from, and what else writes to a home.

A step reads what lies in the home and nothing else, so a home as it is before the step is made from a finished one by taking
away what the step and those after it wrote. Belongs here: those homes, and the calls that a night makes. Does not belong here:
faults, and what is expected after them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from pipeline_support import Register, send_again

from orchestration import sums
from orchestration.audit.files import audit_files
from orchestration.audit.receipts.write import write_receipts
from orchestration.audit.warehouse import audit_warehouse
from orchestration.backup.make import make_backup
from orchestration.home import WARNING_LIST, Home
from orchestration.land.land import land
from orchestration.land.reland import reland
from orchestration.model.dbt import build
from orchestration.nightly import run_night
from orchestration.publish.publish import publish
from orchestration.publish.putback import put_back
from orchestration.receive.receive import receive
from orchestration.report.bulletin import write_bulletins
from orchestration.report.documentation.write import write_documentation
from orchestration.report.site.write import write_site
from orchestration.report.warnings import write_warnings

PERIOD = "2021-08"

# What a home is compared by; ``fault_contents`` reads each.
ARCHIVE, LAKE, BUILD, PUBLISHED, RECEIPTS, BULLETINS, PAGES, KEPT_BACKUPS = (
    *("archive", "lake", "build", "published"),
    *("receipts", "bulletins", "pages", "backups"),
)


@dataclass(frozen=True, slots=True)
class Work:
    """Something that writes to a home. ``name_zh`` is how the table calls it; ``before`` makes a copy of a finished home what
    it is before the work; ``parts`` is what the work may change; ``sweeps`` is false where another step of the next night clears
    away the hidden, half-written files that a killed one leaves."""

    name: str
    name_zh: str
    before: Callable[[Home], None]
    run: Callable[[Home], object]
    parts: tuple[str, ...]
    sweeps: bool = True


def copied(home: Home, folder: Path) -> Home:
    """A home of the same files, none of them shared: a fault may spoil any. Dagster's history stays where it is."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home.root, folder, ignore=shutil.ignore_patterns("dagster", "dbt_logs", ".lock"))
    Home(folder).dagster.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(backups_of(Home(folder)), ignore_errors=True)
    backups_of(Home(folder)).mkdir()
    return Home(folder)


def _without_receiving(home: Home) -> None:
    shutil.rmtree(home.archive, ignore_errors=True)
    _without_landing(home)


def _without_landing(home: Home) -> None:
    """But the key, without which the same person would be another."""
    for place in home.lake.glob("[!_]*"):
        shutil.rmtree(place)
    shutil.rmtree(home.lake / "_batches")
    _without_model(home)


def _without_verdicts(home: Home) -> None:
    for table in ("verdicts", "failures", "decisions"):
        for folder in (home.lake / table).glob("reporting_period=2*"):
            shutil.rmtree(folder)
    _without_model(home)


def _without_model(home: Home) -> None:
    home.build.unlink(missing_ok=True)
    _without_verdicts_on_the_province(home)


def _without_verdicts_on_the_province(home: Home) -> None:
    """What the second audit wrote: files of their own, and whose rules are the bureau's."""
    for path in (home.lake / "verdicts").glob("reporting_period=2*/*.parquet"):
        if "bureau" in pq.read_table(path, columns=["scope"]).column(0).to_pylist():
            for table in ("verdicts", "failures"):
                other = home.lake / table / path.parent.name / path.name
                sums.forget(other)
                other.unlink(missing_ok=True)
    _without_publication(home)


def _without_publication(home: Home) -> None:
    for place in (home.published, home.receipts, home.bulletins):
        shutil.rmtree(place, ignore_errors=True)


def _with_another_build(home: Home) -> None:
    """A correction that came after the first publication: figures, a name and the rows of a table are others."""
    with duckdb.connect(str(home.build)) as connection:
        connection.execute(
            "update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '610122'"
        )
        connection.execute("update marts.fct_projects set village = '甲村'")
        connection.execute("update marts.rpt_figures set value = value + 1")


def _with_a_correction(home: Home) -> None:
    """Published twice: the second publication is what the pages and notices are behind."""
    _with_another_build(home)
    publish(home)


def _without_receipts(home: Home) -> None:
    shutil.rmtree(home.receipts)


def _without_lists(home: Home) -> None:
    for path in home.receipts.rglob(WARNING_LIST):
        path.unlink()


def _without_bulletins(home: Home) -> None:
    shutil.rmtree(home.bulletins)


def _without_site(home: Home) -> None:
    shutil.rmtree(home.published / "site")


def _without_documentation(home: Home) -> None:
    shutil.rmtree(home.docs)


def _as_it_is(home: Home) -> None:
    """Nothing is taken away."""


def _with_news(home: Home) -> None:
    """A county corrects a register, and something that is no workbook arrives."""

    def another_village(register: Register) -> str:
        return register.write(register.rows[0], "village", "新村")

    send_again(home, "610122", 2, "projects", another_village)
    (home.inbox / "610922_说明.xlsx").write_bytes(b"\xd2\xd1\xb7\xa2\xa3\xac\xc7\xeb\xb2\xe9\xca\xd5")


def backups_of(home: Home) -> Path:
    """Where the harness has a home backed up: beside it."""
    return home.root.with_name(f"{home.root.name}-backups")


def _backup(home: Home) -> None:
    make_backup(home, backups_of(home))


STEPS = (
    Work("receive", "接收", _without_receiving, receive, (ARCHIVE,)),
    Work("land", "入湖", _without_landing, lambda home: land(home, periods=[PERIOD]), (ARCHIVE, LAKE)),
    Work(
        "audit_files",
        "审核工作簿",
        _without_verdicts,
        lambda home: audit_files(home, periods=[PERIOD]),
        (LAKE,),
    ),
    Work("model", "建模", _without_model, build, (BUILD,)),
    Work(
        "audit_warehouse",
        "审核全省",
        _without_verdicts_on_the_province,
        audit_warehouse,
        (LAKE, BUILD),
    ),
    Work("publish", "发布(首次)", _without_publication, publish, (PUBLISHED,)),
    Work("publish_again", "发布(更正后)", _with_another_build, publish, (PUBLISHED,)),
    Work("receipts", "写回执", _without_receipts, write_receipts, (RECEIPTS,)),
    Work(
        "warnings",
        "写预警名单",
        _without_lists,
        lambda home: write_warnings(home, [PERIOD]),
        (RECEIPTS,),
        False,
    ),
    Work("report", "通报", _without_bulletins, lambda home: write_bulletins(home, [PERIOD]), (BULLETINS,)),
    Work("site", "写网站", _without_site, write_site, (PAGES,)),
    Work("documentation", "写文档", _without_documentation, write_documentation, (PAGES,)),
)
OTHERS = (
    Work(
        "putback",
        "恢复旧发布",
        _with_a_correction,
        lambda home: put_back(home, 1, "试"),
        (PUBLISHED,),
    ),
    Work("reland", "重新入湖", _as_it_is, lambda home: reland(home, [PERIOD]), (LAKE,)),
    Work("backup", "备份", _as_it_is, _backup, (KEPT_BACKUPS,)),
)
NIGHT = Work("night", "整晚", _with_news, run_night, (ARCHIVE, LAKE, PUBLISHED, RECEIPTS, BULLETINS, PAGES))
WORKS = {work.name: work for work in (*STEPS, *OTHERS, NIGHT)}
