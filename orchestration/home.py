"""Where a province's files live: every runtime path follows from one folder, ``$ZHENXING_HOME``.

Belongs here: paths. Does not belong here: reading or writing what lies under them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT_ROOT / "dbt_project"

# The list of early warnings in a unit's receipt folder, which the report stage writes and a new receipt leaves alone.
WARNING_LIST = "预警.xlsx"


@dataclass(frozen=True, slots=True)
class Home:
    """One province's data. ``Home.current()`` reads ``$ZHENXING_HOME`` (default: the repository root)."""

    root: Path

    @classmethod
    def current(cls) -> Home:
        return cls(Path(os.environ.get("ZHENXING_HOME") or PROJECT_ROOT).resolve())

    @property
    def inbox(self) -> Path:
        """What arrives. It belongs to the senders: the pipeline reads it and never writes there."""
        return self.root / "raw" / "inbox"

    @property
    def archive(self) -> Path:
        """Every byte received, by SHA-256, and the submission register. Written by receive alone."""
        return self.root / "raw" / "archive"

    @property
    def register(self) -> Path:
        return self.archive / "register.sqlite"

    @property
    def lake(self) -> Path:
        """Landed Parquet, one folder per dataset: ``lake/<dataset>/reporting_period=<p>/<batch>.parquet``."""
        return self.root / "var" / "lake"

    @property
    def build(self) -> Path:
        """The warehouse under construction. Readers never open it."""
        return self.root / "var" / "warehouse" / "build.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "var" / "published"

    @property
    def as_of(self) -> Path:
        """Warehouses as known at past moments: ``as_of/<moment>/warehouse.duckdb``. Any may be deleted."""
        return self.root / "var" / "as_of"

    @property
    def warehouse(self) -> Path:
        """What readers open: replaced whole by publish, never written in place."""
        return self.published / "warehouse.duckdb"

    @property
    def docs(self) -> Path:
        """What readers are told of the warehouse: ``dbt/index.html`` and ``checks/index.html``."""
        return self.published / "docs"

    @property
    def receipts(self) -> Path:
        return self.root / "var" / "receipts"

    @property
    def bulletins(self) -> Path:
        return self.root / "var" / "bulletins"

    @property
    def exports(self) -> Path:
        """What the bureau sends on: ``exports/<period>/``, written when somebody asks for it."""
        return self.root / "var" / "exports"

    @property
    def dagster(self) -> Path:
        return self.root / "var" / "dagster"

    @property
    def units_csv(self) -> Path:
        """The province's reporting units: the home's own list, else the 107 counties of Shaanxi."""
        return self._given("reporting_units.csv", DBT_PROJECT / "seeds" / "counties.csv")

    @property
    def waivers_csv(self) -> Path:
        """Rules the bureau does not hold against a unit for a while."""
        return self._ruling("waivers.csv")

    @property
    def reopenings_csv(self) -> Path:
        """Closed periods that take submissions again for a while."""
        return self._ruling("reopenings.csv")

    @property
    def exemptions_csv(self) -> Path:
        """Datasets that a unit need not report."""
        return self._ruling("exemptions.csv")

    @property
    def contacts_csv(self) -> Path:
        """The units' offices that reminders are mailed to. No figure depends on it, so it is not among ``given``."""
        return self.root / "contacts.csv"

    @property
    def rulings(self) -> tuple[Path, ...]:
        return self.waivers_csv, self.reopenings_csv, self.exemptions_csv

    @property
    def given(self) -> dict[str, Path]:
        """What the bureau gives and changes by hand, by the name it has in a home of its own."""
        return {"reporting_units.csv": self.units_csv, **{path.name: path for path in self.rulings}}

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The names of all that the bureau keeps by hand in a home of its own: what is given, and the contacts."""
        return (*self.given, self.contacts_csv.name)

    def _ruling(self, name: str) -> Path:
        """The bureau's rulings of one kind: the home's own list, else the one under version control here."""
        return self._given(name, DBT_PROJECT / "seeds" / "rulings" / name)

    def _given(self, name: str, default: Path) -> Path:
        own = self.root / name
        return own if own.exists() else default

    def past(self, folder: Path, kept: Path) -> PastHome:
        """The same province as known at a past moment, whose warehouse lies in a folder under ``as_of``; what the bureau
        had given by then is ``kept``."""
        return PastHome(self.root, folder, kept)


@dataclass(frozen=True, slots=True)
class PastHome(Home):
    """A home seen from a past moment: its warehouse and bulletins lie in ``folder``, its units and rulings in ``kept``
    (as far as they were kept then), all else is the home's."""

    folder: Path
    kept: Path

    @property
    def build(self) -> Path:
        return self.folder / "build.duckdb"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def bulletins(self) -> Path:
        return self.folder / "bulletins"

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    def _given(self, name: str, default: Path) -> Path:
        kept = self.kept / name
        return kept if kept.exists() else Home(self.root)._given(name, default)
