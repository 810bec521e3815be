"""A run as a person sees it: a line for each event, or one line with a bar where there are many."""

from __future__ import annotations

import os
import shutil
import sys
from unicodedata import east_asian_width

import click

from migrate_core.cli.display import aside
from migrate_core.runtime.events import (
    Event,
    Failed,
    Noted,
    Planned,
    StatementFailed,
    StatementFinished,
    StatementStarted,
    StepFinished,
    StepStarted,
    Waiting,
    step_line,
)
from migrate_core.runtime.watch import Watch

LONG = 10
"""From as many steps on a bar takes the place of a line for each."""

BAR = 24
"""The bar's width in columns; a terminal that is narrower than twice that gets numbers alone."""

ERASE_LINE = "\r\x1b[K"  # ECMA-48, 8.3.41


def teller(*, verbose: bool = False) -> Watch:
    """Whoever tells a run to the terminal, on standard error.

    Where the application's logging comes out there as well, it has said all of it, and a line is
    not said twice.

    :param verbose: whether each statement is told, with its time.
    """
    return _told_in_statements if verbose else _Telling()


def _told_in_statements(event: Event) -> None:
    line = _event_line(event) or _statement_line(event)
    if line is not None and not _is_logged(event):
        aside(line)


class _Telling:
    """Lines, and a bar while a long run goes on."""

    def __init__(self) -> None:
        self._bar: _Bar | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Planned(steps):  # again, where a run is tried again
                self._end()
                self._bar = _Bar() if len(steps) >= LONG and _is_terminal() else None
            case StepStarted() if self._bar is not None and not _is_logged(event):
                self._bar.draw(event)
                return
            case Failed():
                self._end()
        line = _event_line(event)
        if line is not None and not _is_logged(event):
            self._say(line)
        if isinstance(event, StepFinished) and self._bar is not None and self._bar.is_full:
            self._end()

    def _say(self, line: str) -> None:
        if self._bar is None:
            aside(line)
            return
        self._bar.erase()
        aside(line)
        self._bar.redraw()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.erase()
            self._bar = None


class _Bar:
    """One line of the terminal, drawn over again and again; nothing of it stays."""

    def __init__(self) -> None:
        self._drawn: StepStarted | None = None

    @property
    def is_full(self) -> bool:
        """Whether the last step is on it."""
        return self._drawn is not None and self._drawn.number == self._drawn.total

    def draw(self, started: StepStarted) -> None:
        """Show which step is running."""
        self._drawn = started
        columns = shutil.get_terminal_size().columns
        click.echo(ERASE_LINE + bar_line(started, columns), nl=False, err=True)

    def redraw(self) -> None:
        """Show it again, below what was said meanwhile."""
        if self._drawn is not None:
            self.draw(self._drawn)

    def erase(self) -> None:
        """Leave the line empty."""
        if self._drawn is not None:
            click.echo(ERASE_LINE, nl=False, err=True)


def bar_line(started: StepStarted, columns: int) -> str:
    """``[####----] 12/30 a1b2, message``, which leaves the last column free.

    A line that fills the terminal would begin another one, which nobody erases.
    """
    number, total, revision = started.number, started.total, started.step.revision
    count = f"{number:>{len(str(total))}}/{total}"
    if columns >= 2 * BAR:
        done = BAR * (number - 1) // total
        count = f"[{'#' * done}{'-' * (BAR - done)}] {count}"
    message = next(iter(revision.doc.splitlines()), "")
    return _cut(f"{count} {revision.id}, {message}".rstrip(", "), columns - 1)


def _event_line(event: Event) -> str | None:
    """An event in words, None where there is nothing to say."""
    match event:
        case Waiting(holder):
            return f"Waiting for the migration lock, held by {holder} ..."
        case Planned(steps) if len(steps) > 1:
            return f"{len(steps)} migrations to run"
        case StepStarted(step, number, total):
            counter = f"[{number}/{total}] " if total > 1 else ""
            return f"{counter}{step_line(step)}"
        case StepFinished(step, seconds) if seconds >= 1:
            return f"  {step.revision.id} took {seconds:.1f} s"
        case Noted(text):
            return text
    return None


def _statement_line(event: Event) -> str | None:
    """What a migration sends, in one line; below it how long it took, or why it was refused."""
    match event:
        case StatementStarted(text):
            return f"    {' '.join(text.split())}"
        case StatementFinished(_, seconds):
            return f"      {seconds:.3f} s"
        case StatementFailed(_, reason):
            return f"      refused: {reason}"
    return None


def _cut(text: str, columns: int) -> str:
    """As much of a text as has room; Chinese, Japanese and Korean characters take two columns."""
    shown = ""
    for character in filter(str.isprintable, text):
        columns -= 2 if east_asian_width(character) in "WF" else 1
        if columns < 0:
            break
        shown += character
    return shown


def _is_terminal() -> bool:
    """Whether somebody watches who sees a line change."""
    if os.environ.get("TERM") == "dumb" or os.environ.get("CI", "").lower() not in {"", "false"}:
        return False
    return sys.stderr.isatty()


def _is_logged(event: Event) -> bool:
    """Whether the application's own logging writes the event to the terminal."""
    # Not before the application is loaded: configuring logging disables the loggers that are there.
    from migrate_core.runtime import logs

    return logs.says(event) and logs.come_out_on(sys.stderr, sys.stdout)
