"""What every error of the engine is.

::

    CommandError         documented: what a program may catch for all of them, and may raise itself
    └── MigrateError     the engine's own, with its facts and the next step
"""

from __future__ import annotations

from collections.abc import Callable


class CommandError(Exception):
    """Something that a command refused or could not do, in one text."""


class MigrateError(CommandError):
    """What is wrong, where, and what to do about it.

    :param problem: what is wrong, naming the file, line, revision or table.
    :param next_step: the command or edit that helps; it ends the message. Only a program's own
        error has none.
    """

    def __init__(self, problem: str, next_step: str = "") -> None:
        self.problem = problem
        self.next_step = next_step
        super().__init__(problem, next_step)

    def reword(self, said: Callable[[str], str]) -> None:
        """Change its text, as where another program has other commands."""
        self.problem, self.next_step = said(self.problem), said(self.next_step)

    def __str__(self) -> str:
        return f"{self.problem}\n{self.next_step}" if self.next_step else self.problem
