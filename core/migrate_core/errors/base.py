"""What every error of the engine is."""

from __future__ import annotations


class MigrateError(Exception):
    """What is wrong, where, and what to do about it.

    :param problem: what is wrong, naming the file, line, revision or table.
    :param next_step: the command or edit that helps; it ends the message.
    """

    def __init__(self, problem: str, next_step: str) -> None:
        self.problem = problem
        self.next_step = next_step
        super().__init__(problem, next_step)

    def __str__(self) -> str:
        return f"{self.problem}\n{self.next_step}"
