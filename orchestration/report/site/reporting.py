"""How units report and what the rules found: completeness, where each dataset stands, verdicts, early warnings; counts alone.

No failing cell's content is read: those may repeat what a household told. Belongs here: reading these of every unit and period.
Does not belong here: deciding any of it (the audit and dbt do), and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.report.site.sql import as_list, as_object, digits, texts
from orchestration.report.standing import STANDING

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reporting:
    """JSON by unit and base period. ``completeness``: by dataset; ``standings``: what the unit itself owes, by dataset;
    ``judged``: verdicts passed, failed and not run; ``failing``: the rules not passed; ``warnings``: early warnings by
    kind; ``parts``: of a province its cities, of a city its counties, each with its counts; ``counties``: of a
    province all its counties; ``restated``: figures of a period corrected after they were published, the last first."""

    completeness: Texts
    standings: Texts
    judged: Texts
    failing: Texts
    warnings: Texts
    parts: Texts
    counties: Texts
    restated: Texts

    def of(self, unit_code: str) -> dict[str, Mapping[str, str]]:
        """All of a unit, by the name it has on the page."""
        return {name: getattr(self, name).get(unit_code, {}) for name in self.__slots__}


def read_reporting(connection: duckdb.DuckDBPyConnection) -> Reporting:
    return Reporting(
        completeness=texts(connection, _COMPLETENESS),
        standings=texts(connection, _STANDINGS),
        judged=texts(connection, _JUDGED),
        failing=texts(connection, _FAILING),
        warnings=texts(connection, _WARNINGS),
        parts=texts(connection, _parts("units.parent_code", "true")),
        counties=texts(connection, _parts(_PROVINCE, "units.kind = 'county'")),
        restated=texts(connection, _RESTATED) if connection.execute(_KNOWS_RESTATING).fetchall() else {},
    )


def _parts(grouped: str, which: str) -> str:
    """The query of the units under one, each with its reports, the rules its latest ones fail, and its early warnings."""
    return f"""
    with failed as (
        select below.unit, reporting_period, count(*) filter (where severity = 'error') as errors,
               count(*) filter (where severity <> 'error') as hints
        from ({_STANDING}) as standing join ({_BELOW}) as below on below.member = standing.unit_code
        where outcome = 'failed' group by all
    ),
    warned as (
        select below.unit, reporting_period, count(*) as found
        from marts.rpt_warnings as warned join ({
        _BELOW
    }) as below on below.member = warned.unit_code group by all
    )
    select {grouped} as grouped, whole.reporting_period, {
        as_list(
            f'''cast(json_array(whole.unit_code, {", ".join(f"whole.{name}" for name in _COUNTS.split(", "))},
            {digits("whole.completeness")}, {digits("whole.on_time_rate")},
            coalesce(failed.errors, 0), coalesce(failed.hints, 0), coalesce(warned.found, 0)) as varchar)''',
            "whole.unit_code",
        )
    }
    from marts.rpt_completeness as whole
    join marts.dim_reporting_unit as units using (unit_code)
    left join failed on failed.unit = whole.unit_code and failed.reporting_period = whole.reporting_period
    left join warned on warned.unit = whole.unit_code and warned.reporting_period = whole.reporting_period
    where whole.dataset = 'all' and units.parent_code is not null and {which}
    group by all"""


_COUNTS = "expected, received, accepted, on_time, returned, overdue, exempt"
_RATES = f"{digits('completeness')}, {digits('on_time_rate')}"

_COMPLETENESS = f"""
    select unit_code, reporting_period, {
    as_object("dataset", f"cast(json_array({_COUNTS}, {_RATES}) as varchar)")
} from marts.rpt_completeness group by all"""

_STANDINGS = f"""
    select unit_code, reporting_period, {
    as_object(
        "dataset",
        '''cast(json_array(status, status_zh, reason_zh,
            strftime(received_at + interval 8 hour, '%Y-%m-%d %H:%M'), cast(due_on as varchar), cast(close_on as varchar),
            on_time, tries, warnings, waived) as varchar)''',
    )
} from marts.rpt_submission_status group by all"""

# A unit and every unit whose reports it answers for.
_BELOW = """
    select unit_code as unit, unit_code as member from marts.dim_reporting_unit
    union
    select city_code, unit_code from marts.dim_reporting_unit where kind = 'county' and city_code is not null
    union
    select province.unit_code, units.unit_code
    from marts.dim_reporting_unit as units, marts.dim_reporting_unit as province where province.kind = 'province'"""

# Of each unit's reports the latest, for that is the one somebody has to mend.
_STANDING = f"""
    select * from ({STANDING})
    where submission_id is null
        or (submission_id, dataset) in (select (latest_submission_id, dataset) from marts.rpt_submission_status)"""

_JUDGED = f"""
    select below.unit, reporting_period, cast(json_array(
        count(*) filter (where outcome = 'passed'), count(*) filter (where outcome = 'failed'),
        count(*) filter (where outcome = 'could_not_run'), count(distinct rule_code)
    ) as varchar)
    from ({_STANDING}) as standing join ({_BELOW}) as below on below.member = standing.unit_code
    group by all"""

_FAILING = f"""
    with counted as (
        select below.unit, reporting_period, rule_code, severity, outcome, dataset, any_value(title_zh) as title,
               count(distinct unit_code) as units, sum(failed) as failed,
               count(*) filter (where waived_until is not null) as waived
        from ({_STANDING}) as standing join ({_BELOW}) as below on below.member = standing.unit_code
        where outcome <> 'passed'
        group by all
    )
    select unit, reporting_period, {
    as_list(
        '''cast(json_array(rule_code, severity, outcome, dataset, title, units,
            cast(failed as bigint), waived) as varchar)''',
        "case severity when 'error' then 1 when 'warning' then 2 else 3 end, rule_code, outcome",
    )
} from counted group by all"""

_WARNINGS = f"""
    with counted as (
        select below.unit, reporting_period, warning_code, any_value(title_zh) as title, level_zh, subject_kind, count(*) as found,
               count(*) filter (where is_new) as fresh, count(*) filter (where days_overdue > 0) as late
        from marts.rpt_warnings as warned join ({_BELOW}) as below on below.member = warned.unit_code
        group by all
    )
    select unit, reporting_period, {
    as_list(
        "cast(json_array(warning_code, title, level_zh, subject_kind, found, fresh, late) as varchar)",
        "warning_code, level_zh",
    )
} from counted group by all"""

_PROVINCE = "(select unit_code from marts.dim_reporting_unit where kind = 'province')"

# A file put back from before restatements named their publication is shown without them.
_KNOWS_RESTATING = """
    select 1 from duckdb_columns()
    where (schema_name, table_name, column_name) = ('marts', 'rpt_restatements', 'publication')"""

_RESTATED = f"""
    select unit_code, reporting_period, {
    as_list(
        '''cast(json_array(figure_key, display_published, display_restated,
            strftime(restated_at + interval 8 hour, '%Y-%m-%d'), reason_zh, cast(publication as varchar)) as varchar)''',
        "publication desc, figure_key",
    )
} from marts.rpt_restatements group by all"""
