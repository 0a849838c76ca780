"""Receipts against the sample's answer sheet: which mistakes they name, where, and what they name besides.

Pure: answers and receipts (as ``receipt.json`` holds them) in, outcomes out. Belongs here: what counts as found.
Does not belong here: making provinces, running nights (mistakes.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.ranges import expand, row_of
from sample.mistakes.answers import Answer

CLEAN, UNREADABLE, ERROR = "clean", "unreadable", "error"
REFUSED = ("returned", "partly_accepted")
# A total that its register contradicts follows from a mistake in the register.
_OF_TOTALS = frozenset({"R-SUM-3", "R-SUM-4", "R-SUM-5", "R-SUM-6"})

Receipts = Mapping[str, Mapping]  # by the name of the file answered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receipt says of one mistake: ``found`` by an acceptable rule in its place and with at least its
    severity, ``root`` at the top level and not folded under another problem, ``located`` in all its cells and in no
    row it did not touch. What only looks wrong (``clean``) is found when nothing is held against it."""

    answer: Answer
    found: bool
    root: bool
    located: bool


@dataclass(frozen=True, slots=True)
class Besides:
    """The problems of error severity at the top level of all receipts: ``answering`` a mistake made, ``following``
    from one, and the ``foreign`` rest, as (file, rule, sheet, cells)."""

    answering: int
    following: int
    foreign: tuple[tuple[str, str, str, str], ...]

    @property
    def total(self) -> int:
        return self.answering + self.following + len(self.foreign)

    @property
    def precision(self) -> float:
        """The share that is owed to a mistake made; 1 when there is none."""
        return (self.answering + self.following) / self.total if self.total else 1.0


def score(answers: Iterable[Answer], receipts: Receipts) -> list[Outcome]:
    """One outcome for each answer. A file without a receipt is a mistake not found."""
    return [_outcome(answer, receipts.get(answer.file)) for answer in answers]


def besides(answers: Iterable[Answer], receipts: Receipts) -> Besides:
    """What the receipts say at all, judged by the answers."""
    by_file: dict[str, list[Answer]] = {}
    for answer in answers:
        by_file.setdefault(answer.file, []).append(answer)
    answering, following, foreign = 0, 0, []
    for file, receipt in sorted(receipts.items()):
        for problem in receipt["problems"]:
            if problem["severity"] != ERROR or problem["waived_until"]:
                continue
            made = by_file.get(file, [])
            if any(_answers(problem, answer) for answer in made):
                answering += 1
            elif any(_follows(problem, answer) for answer in made):
                following += 1
            else:
                cells = ",".join(problem["cells"])
                foreign.append((file, problem["rule"], problem["sheet"] or "", cells))
    return Besides(answering, following, tuple(foreign))


def refused_though_clean(answers: Iterable[Answer], receipts: Receipts) -> list[str]:
    """Files in which nothing of error severity was done, and which are not accepted whole all the same."""
    spoilt = {
        answer.file
        for answer in answers
        # A warning whose row also contradicts a stated total comes with an error.
        if answer.expected_severity in (ERROR, UNREADABLE) or _OF_TOTALS & set(answer.follows.split())
    }
    return sorted(
        file for file, receipt in receipts.items() if file not in spoilt and receipt["status_code"] in REFUSED
    )


def _outcome(answer: Answer, receipt: Mapping | None) -> Outcome:
    if receipt is None:
        return Outcome(answer, False, False, False)
    if answer.expected_severity == CLEAN:
        passed = not any(_held_against(problem, answer) for problem, _ in _flat(receipt))
        return Outcome(answer, passed, passed, passed)
    matching = [
        (problem, top)
        for problem, top in _flat(receipt)
        if _answers(problem, answer) and _grave(problem, answer)
    ]
    related = [problem for problem, _ in _flat(receipt) if _related(problem, answer)]
    return Outcome(
        answer,
        found=bool(matching),
        root=any(top for _, top in matching),
        located=bool(matching) and _located(related, answer),
    )


def _flat(receipt: Mapping) -> Iterator[tuple[Mapping, bool]]:
    """Every problem, and whether it stands at the top level."""
    for problem in receipt["problems"]:
        yield problem, True
        for caused in problem["caused"]:
            yield caused, False


def _held_against(problem: Mapping, answer: Answer) -> bool:
    """Whether an error stands on the sheet that only looks wrong, or in the whole file that does."""
    return problem["severity"] == ERROR and answer.sheet in ("", problem["sheet"])


def _grave(problem: Mapping, answer: Answer) -> bool:
    return answer.expected_severity not in (ERROR, UNREADABLE) or problem["severity"] == ERROR


def _answers(problem: Mapping, answer: Answer) -> bool:
    return problem["rule"] in answer.rules.split() and _touches(problem, answer)


def _follows(problem: Mapping, answer: Answer) -> bool:
    if answer.expected_severity == CLEAN:
        return False
    rules = {*answer.follows.split(), *answer.rules.split(), *(_OF_TOTALS if answer.also else ())}
    return problem["rule"] in rules and (_touches(problem, answer) or problem["dataset"] == answer.dataset)


def _related(problem: Mapping, answer: Answer) -> bool:
    return problem["rule"] in {*answer.rules.split(), *answer.follows.split()}


def _touches(problem: Mapping, answer: Answer) -> bool:
    """In the mistake's place: on its sheet and, where both name cells, in one of them; or in a place that shows the
    mistake too. A mistake of the whole file is touched anywhere."""
    if not answer.sheet:
        return True
    cells = _cells(problem)
    here = set(expand(answer.cells.split(","))) if answer.cells else set()
    if problem["sheet"] == answer.sheet and (not here or not cells or here & cells):
        return True
    return bool(cells & _also(answer, problem["sheet"]))


def _located(problems: Sequence[Mapping], answer: Answer) -> bool:
    if not answer.cells:
        return True
    wanted = set(expand(answer.cells.split(",")))
    shown = wanted | _also(answer, answer.sheet)
    named: set[str] = set()
    for problem in problems:
        for place in problem["places"]:
            cells = set(expand(place["cells"]))
            if problem["sheet"] == answer.sheet and cells & wanted:
                named |= cells
    return wanted <= named and {row_of(cell) for cell in named} <= {row_of(cell) for cell in shown}


def _cells(problem: Mapping) -> set[str]:
    return set(expand(problem["cells"]))


def _also(answer: Answer, sheet: str | None) -> set[str]:
    places = (place.partition("!") for place in answer.also.split())
    return {cell for name, _, cell in places if name == sheet and cell}
