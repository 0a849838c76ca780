"""The terminal of ``zhenxing warnings``: counties by kind of warning, or the list of one county.

Belongs here: showing. Does not belong here: reading what is shown (``found``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.report.warnings.found import Warned, counts
from orchestration.warning_rules import load_warnings

_STYLES = {"紧急": "red", "预警": "yellow"}


def print_province(console: Console, period: str, warned: Sequence[Warned]) -> None:
    """The kinds of warnings with their counts, then each county's, the most first."""
    console.print(Text(f"{period} 防返贫预警  共 {len(warned)} 条", "bold"))
    by_code, new = (
        Counter(w.warning_code for w in warned),
        Counter(w.warning_code for w in warned if w.is_new),
    )
    kinds = _table(("代码", "预警", "依据"), ("条", "新增"))
    for code, rule in load_warnings().items():
        if by_code[code]:
            source = "有出处" if rule.strength == "sourced" else "无出处"
            kinds.add_row(code, rule.title, source, str(by_code[code]), str(new[code]))
    console.print(kinds)
    units = _table(("单位",), ("预警", "涉及户", "新增", "已逾期"))
    for unit in sorted(counts(warned), key=lambda unit: (-unit.warnings, unit.unit_code)):
        numbers = (unit.warnings, unit.households, unit.new, unit.overdue)
        units.add_row(unit.unit_name, *map(str, numbers))
    console.print(units)


def print_county(console: Console, period: str, unit_name: str, warned: Sequence[Warned]) -> None:
    """One line a warning, as the county's workbook has them; names masked."""
    console.print(Text(f"{unit_name} {period} 防返贫预警  共 {len(warned)} 条", "bold"))
    if not warned:
        return
    table = _table(("级别", "乡镇", "行政村", "户编号", "姓名", "原因", "核查期限"), ())
    for warning in warned:
        place = (warning.township, warning.village, warning.household_no, warning.masked_name)
        told = f"{warning.reason}({'新增' if warning.is_new else f'持续{warning.periods_standing}期'})"
        cells = (*(text or "" for text in place), told, warning.look_by.isoformat())
        table.add_row(Text(warning.level, _STYLES.get(warning.level, "")), *map(Text, cells))
    console.print(table)


def _table(texts: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in texts:
        table.add_column(name)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
