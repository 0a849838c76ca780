"""What is written into the workbook that goes back to its sender: a mark for each place of each problem.

Pure. Belongs here: the words of a cell's comment. Does not belong here: colouring and commenting (``marking``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from orchestration.audit.receipts.marking import Mark
from orchestration.audit.receipts.problems import Place, Problem
from orchestration.ranges import expand
from orchestration.words import SEVERITY

_UNSAFE = re.compile(r"[^\w.()()\-— ]+")
_LONGEST_STEM = 60  # characters; three bytes each keep a name under what file systems take


def marks_of(problems: Iterable[Problem]) -> tuple[Mark, ...]:
    """Every place of every problem, what it caused included."""
    return tuple(mark for problem in problems for mark in _marks(problem, None))


def returned_name(file_name: str) -> str:
    """``蓝田县_2021-08_回执.xlsx``, whatever the sender's name holds besides letters, digits and blanks."""
    stem = _UNSAFE.sub("_", PurePath(file_name.replace("\\", "/")).stem).strip(" .") or "工作簿"
    return f"{stem[:_LONGEST_STEM]}_回执.xlsx"


def _marks(problem: Problem, cause: Problem | None) -> Iterator[Mark]:
    listed: set[str] = set()
    for place in problem.places:
        listed.update(place.cells)
        yield Mark(problem.sheet, place.cells, problem.severity, _text(problem, place, cause))
    rest = tuple(cell for cell in expand(problem.cells) if cell not in listed)
    if rest:
        yield Mark(problem.sheet, rest, problem.severity, _text(problem, None, cause))
    for caused in problem.caused:
        yield from _marks(caused, problem)


def _text(problem: Problem, place: Place | None, cause: Problem | None) -> str:
    lines = [f"【{SEVERITY[problem.severity]}】{problem.title}"]
    if place is not None:
        lines += [
            f"{label}:{text}"
            for label, text in (
                ("实为", place.found),
                ("应为", place.expected),
                ("相差", place.difference),
                ("可能原因", place.hint),
            )
            if text
        ]
    if problem.waived_until:
        lines.append(f"已豁免,至 {problem.waived_until}")
    if cause is not None:
        lines.append(f"由“{cause.title}”引起")
    elif problem.remedy:
        lines.append(f"怎样改:{problem.remedy}")
    lines.append(f"规则 {problem.rule}")
    return "\n".join(lines)
