"""The terminal while a night works: one line per step, with a bar where a step counts. Plain lines elsewhere.

Belongs here: showing progress. Does not belong here: what is shown at the end (``summary``).
"""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from orchestration.night import STEPS


class Screen:
    """A night's watcher on a terminal. Use as a context manager around the night."""

    def __init__(self, console: Console):
        self._console = console
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hide()

    def preparing(self, what: str) -> None:
        """Something that takes a moment before the first step, or between two."""
        self._show(what)

    def started(self, step: str) -> None:
        self._show(STEPS[step])

    def progressed(self, step: str, what: str, done: int, total: int) -> None:
        if self._bar is not None:
            shown = STEPS[step] if what == step else f"{STEPS[step]} {what}"
            self._bar.update(self._task, description=shown, completed=done, total=total)

    def finished(self, step: str, seconds: float, error: Exception | None) -> None:
        self._hide()
        mark = "[red]✗[/red]" if error else "[green]✓[/green]"
        self._console.print(f"{mark} {STEPS[step]} [dim]{seconds:.1f} 秒[/dim]")

    def _show(self, what: str) -> None:
        """A bar of its own for each step: one kept without a task would print an empty line at every refresh."""
        self._hide()
        if self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(what, total=None)
            self._bar.start()

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
