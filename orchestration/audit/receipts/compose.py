"""Composes receipts: what was collected of a submission, in the order a clerk reads it.

Pure. Belongs here: what a receipt says of a submission, of those before and after it, and of its deadline. Does not
belong here: reading the lake (``material``, ``write``) and files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from expectations import catalogue
from orchestration.audit.receipts.causes import fold
from orchestration.audit.receipts.comparison import compare
from orchestration.audit.receipts.material import Material
from orchestration.audit.receipts.problems import Place, Problem
from orchestration.audit.receipts.receipt import BureauRule, Receipt, Tries, status_of
from orchestration.deadlines import window
from orchestration.indicators import BASE_CADENCES
from orchestration.layout import CADENCE_NAMES, COVER_SHEET
from orchestration.periods import day_of, minute_of
from orchestration.personal import hide
from orchestration.receive.readers.unreadable import REASONS
from orchestration.receive.register import Arrival, Submission
from orchestration.rulings import Reopening

REFUSED_TITLES = {"U": "文件无法读取", "C": "封面填写有误"}
_COVER_REMEDY = "改正封面后重新报送"


def compose(
    submission: Submission,
    material: Material | None,
    reopenings: Sequence[Reopening],
    before: tuple[Submission, Material, dict | None] | None = None,
) -> Receipt:
    """The receipt of a submission; ``material`` is None while it was not landed.

    ``before``: the try before it, what was found of it, and which cells have changed since (``Changes`` as JSON).
    """
    if submission.problem_code is not None:
        return _refused(submission)
    if material is None or not material.answers:
        return _head(submission, "pending", reopenings, ()).with_notes([_why_waiting(submission)])
    sheets = [COVER_SHEET, *material.sheets]
    receipt = _head(
        submission,
        status_of(material.answers, material.workbook_errors, material.workbook_warnings),
        reopenings,
        material.answers,
        problems=tuple(fold(material.failures, sheets=sheets)),
        tries=_tries(before, material, sheets) if before else None,
    )
    return receipt.with_notes(
        [*_late_notes(receipt, submission, reopenings), *_of_another_time_or_place(material)]
    )


def _head(
    submission: Submission, status: str, reopenings: Sequence[Reopening], answers: Sequence, **more
) -> Receipt:
    due_on, on_time = _deadline(submission, [answer.dataset for answer in answers] or ["*"], reopenings)
    return Receipt(
        file=submission.file_name,
        status_code=status,
        submission_id=submission.submission_id,
        sha256=submission.sha256,
        unit_code=submission.unit_code,
        unit_name=submission.unit_name,
        reporting_period=submission.reporting_period,
        cadence=submission.cadence,
        version=submission.version,
        received_at=submission.received_at,
        due_on=due_on,
        on_time=on_time,
        datasets=tuple(answers),
        **more,
    )


def _deadline(
    submission: Submission, datasets: Iterable[str], reopenings: Sequence[Reopening]
) -> tuple[date | None, bool | None]:
    """The first day on which any of the datasets was due, and whether all came in time."""
    if submission.unit_code is None or submission.reporting_period is None:
        return None, None
    day = day_of(submission.received_at)
    windows = [
        window(submission.reporting_period, submission.unit_code, dataset, day, reopenings)
        for dataset in datasets
    ]
    return min(each.due_on for each in windows), all(each.in_time(day) for each in windows)


def _why_waiting(submission: Submission) -> str:
    if submission.cadence not in BASE_CADENCES:
        named = CADENCE_NAMES.get(submission.cadence or "", "其他周期的报表")
        return f"本件是{named},已收到并存档登记;季度及以上由月报汇总得出,不单独报送,本件不计入。"
    return "已收到并存档登记;这一报告期不在入库范围,未计入。请核对封面上的报告期。"


def _refused(submission: Submission) -> Receipt:
    """Of a file that is no workbook, or whose cover does not say whose it is."""
    code = str(submission.problem_code)
    text = submission.problem_text or ""
    remedy = REASONS[code][1] if code in REASONS else _COVER_REMEDY
    found = text.removesuffix(remedy)
    cells = tuple(filter(None, (submission.problem_cells or "").split(",")))
    problem = Problem(
        rule=code,
        severity="error",
        dataset=None,
        sheet=COVER_SHEET if code.startswith("C") else None,
        cells=cells,
        count=1,
        title=REFUSED_TITLES[code[0]],
        found=found,
        expected="",
        difference=None,
        message=found,
        remedy=remedy,
        hint=None,
        waived_until=None,
        places=(Place(cells, found, "", None, None),),
    )
    return _head(submission, "returned", (), (), problems=(problem,))


def _tries(
    before: tuple[Submission, Material, dict | None], material: Material, sheets: Sequence[str]
) -> Tries:
    earlier, found, changes = before
    compared = compare(found.failures, material.failures, sheets=sheets)
    return Tries(earlier.submission_id, earlier.version, compared, changes)


def _late_notes(receipt: Receipt, submission: Submission, reopenings: Sequence[Reopening]) -> list[str]:
    day = day_of(submission.received_at)
    closed = [answer for answer in receipt.datasets if answer.state == "closed"]
    if closed:
        shut = window(
            submission.reporting_period, submission.unit_code, closed[0].dataset, day, reopenings
        ).close_on
        return [
            f"{submission.reporting_period} 已于 {shut} 关闭,本件 {day} 收到,未计入。"
            "确需补报的,请向省局申请重新开放该期。"
        ]
    if receipt.on_time is False:
        return [f"本件 {day} 收到,晚于报送期限 {receipt.due_on},记为迟报。"]
    return []


def _of_another_time_or_place(material: Material) -> list[str]:
    """That the sheets speak of another period or unit than the cover: a warning only, but it may be the root of all."""
    return [
        f"{failure.found};{failure.expected}。"
        for failure in material.failures
        if failure.rule_code == "S-NOTE" and failure.dataset is None
    ]


def standing_notes(
    submission: Submission, tries: Sequence[Submission], arrivals: Sequence[Arrival]
) -> list[str]:
    """What other files of the same unit and period mean for this one. ``tries`` are in order of receipt; one that
    could not be taken at all means nothing."""
    others = [o for o in tries if o.submission_id != submission.submission_id and o.problem_code is None]
    notes = []
    version = submission.version or 0
    higher = [o for o in others if (o.version or 0) > version]
    same = [o for o in others if (o.version or 0) == version]
    if higher:
        best = max(higher, key=lambda other: (other.version or 0, other.received_at))
        notes.append(
            f"同一单位同一报告期另有版本号更高的第{best.version}版({_named(best)}),以其中被接收的表为准。"
        )
    later = [other for other in same if other.received_at > submission.received_at]
    earlier = [other for other in same if other.received_at < submission.received_at]
    if later:
        notes.append(f"此后又收到版本号同为第{version}版的文件({_named(later[-1])}),以其中被接收的表为准。")
    elif earlier:
        notes.append(
            f"版本号与此前收到的文件({_named(earlier[-1])})同为第{version}版而内容不同,以本件为准;"
            "更正重报请把版本号加1。"
        )
    return [*notes, *(_again(arrival, submission, tries) for arrival in arrivals)]


def _again(arrival: Arrival, submission: Submission, tries: Sequence[Submission]) -> str:
    """That a file came again: this one, or an earlier try, which is named."""
    same = next((each for each in tries if each.sha256 == arrival.sha256), submission)
    whose = "" if same is submission else f"与此前的第{same.version or 1}版({_named(same)})"
    return (
        f"{minute_of(arrival.received_at)}再次收到{whose}内容完全相同的文件“{hide(arrival.path)}”,未作变更。"
    )


def _named(submission: Submission) -> str:
    return f"{submission.file_name},{minute_of(submission.received_at)}收到"


def bureau_rules() -> tuple[BureauRule, ...]:
    """The rules that need other units, periods or the warehouse: a file alone cannot answer them. Those that are the
    bureau's own arithmetic (errors that block publication) are no sender's concern."""
    return tuple(
        BureauRule(rule.code, rule.title_zh)
        for rule in catalogue().values()
        if rule.scope == "bureau" and rule.severity != "error"
    )
