"""An env.py, or what was asked of ``alembic.context``."""

from __future__ import annotations

from migrate_core.errors.files import InvalidScript
from migrate_core.errors.runs import ConfigurationError


class EnvironmentFailed(InvalidScript):
    """An env.py raised.

    :param path: the file.
    :param line: the last one that was running, counted from 1.
    """


class EnvironmentMisused(ConfigurationError):
    """``alembic.context`` was asked for what it cannot do, or was not asked for what it needs.

    :param path: the env.py; None where a program asked.
    :param line: counted from 1, or None where it is not known.
    """

    def __init__(self, path: str | None, line: int | None, problem: str, next_step: str) -> None:
        self.path = path
        self.line = line
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(f"{place}{problem}", next_step)
