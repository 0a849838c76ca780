"""Recurring shapes of file-rule queries: SQL text only, so that a rule's module reads as a list of rules.

Every query reads a landed table joined to ``reporting_periods`` (``period_start``, ``period_end``,
``period_month``, ``period_year``), and returns the file contract of ``rule``.
"""

from __future__ import annotations


def bad_rows(
    dataset: str, *, when: str, found: str, expected: str, difference: str = "null", also: str = ""
) -> str:
    """The rows of a dataset for which ``when`` is true. All arguments but ``dataset`` are SQL; ``also`` joins."""
    return f"""
        select d.submission_id, d.source_sheet, d.source_row,
               cast({found} as string) as found,
               cast({expected} as string) as expected,
               cast({difference} as string) as difference
        from {dataset} as d
        join reporting_periods using (reporting_period)
        {also}
        where {when}"""


def reported(dataset: str) -> str:
    """True when the same workbook reported another dataset, or declared it nil: what it lacks, it lacks."""
    return (
        "exists (select 1 from landed_sheets as sheet where sheet.submission_id = d.submission_id "
        f"and sheet.dataset = {text(dataset)} and sheet.state in ('landed', 'nil'))"
    )


def document_key(expression: str) -> str:
    """A document number without what clerks vary: brackets and blanks. As dbt's macro ``document_key``."""
    return f"translate(replace({expression}, ' ', ''), '〔〕[]［］()（）【】　', '()()()()()()')"


def text(words: str) -> str:
    """A SQL literal."""
    return "'" + words.replace("'", "''") + "'"


def number(expression: str, unit: str = "", factor: str = "1") -> str:
    """A number as the sheet shows it: times ``factor``, without trailing zeros, with its unit.

    Multiplies by an exact decimal literal (``0.0001`` for 万元): DuckDB's division of decimals gives a double.
    """
    scaled = expression if factor == "1" else f"({expression}) * {factor}"
    digits = f"cast(cast({scaled} as decimal(38, 8)) as string)"
    return rf"(regexp_replace({digits}, '\.?0+$', '') || {text(unit)})"


def wan(expression: str) -> str:
    """An amount landed in 元 whose sheet is in 万元."""
    return number(expression, "万元", "0.0001")


def above(dataset: str, part: str, whole: str, part_name: str, whole_name: str, *, show=number) -> str:
    """A part that exceeds its whole on one row."""
    return bad_rows(
        dataset,
        when=f"d.{part} > d.{whole}",
        found=f"{text(part_name + ' ')} || {show(f'd.{part}')}",
        expected=f"{text('不大于' + whole_name + ' ')} || {show(f'd.{whole}')}",
        difference=show(f"d.{part} - d.{whole}"),
    )


def before(dataset: str, later: str, earlier: str, later_name: str, earlier_name: str) -> str:
    """A date or month that comes before the one it must follow, both on one row."""
    return bad_rows(
        dataset,
        when=f"d.{later} < d.{earlier}",
        found=f"{text(later_name + ' ')} || cast(d.{later} as string)",
        expected=f"{text('不早于' + earlier_name + ' ')} || cast(d.{earlier} as string)",
    )


def after_period(dataset: str, column: str, name: str) -> str:
    """A date after the last day of the reporting period: what has not happened yet cannot be reported."""
    return bad_rows(
        dataset,
        when=f"d.{column} > period_end",
        found=f"{text(name + ' ')} || cast(d.{column} as string)",
        expected=f"{text('不晚于报告期末 ')} || cast(period_end as string)",
    )


def without(dataset: str, column: str, needed: str, name: str, needed_name: str) -> str:
    """A column filled although the one it rests on is blank."""
    return bad_rows(
        dataset,
        when=f"d.{column} is not null and d.{needed} is null",
        found=f"{text(name + ' ')} || cast(d.{column} as string) || {text(',' + needed_name + '为空')}",
        expected=text(f"{needed_name}已填写"),
    )


def two_names(dataset: str, key: str, name: str, key_name: str, what: str) -> str:
    """Rows whose key stands beside more than one name in the same submission."""
    return bad_rows(
        dataset,
        when=f"names.how_many > 1 and ({name}) is not null",
        found=f"{text(key_name + ' ')} || d.{key} || {text(' 对应 ')} || cast(names.how_many as string) "
        f"|| {text(' 个不同的' + what)}",
        expected=text(f"同一{key_name}只对应一个{what}"),
        also=f"""join (
            select submission_id, {key}, count(distinct {name}) as how_many
            from {dataset} group by submission_id, {key}
        ) as names on names.submission_id = d.submission_id and names.{key} = d.{key}""",
    )


def townships_without(dataset: str, what: str) -> str:
    """Of each workbook: the townships that have monitored households and no row of the dataset."""
    return f"""
        select sheet.submission_id, sheet.source_sheet, cast(null as integer) as source_row,
               {text(f"无{what}的乡镇:")} || string_agg(wanting.township, '、' order by wanting.township) as found,
               {text(f"监测对象台账中的各乡镇都有{what}")} as expected,
               cast(count(*) as string) || '个' as difference
        from (
            select distinct submission_id, township from monitored_households where township is not null
        ) as wanting
        join landed_sheets as sheet on sheet.submission_id = wanting.submission_id
            and sheet.dataset = {text(dataset)} and sheet.state = 'landed'
        where not exists (
            select 1 from {dataset} as d
            where d.submission_id = wanting.submission_id and d.township = wanting.township
        )
        group by sheet.submission_id, sheet.source_sheet"""
