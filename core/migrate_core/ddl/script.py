"""How a file of statements is written, so that the database's own client can run it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptStyle:
    """What stands around and between statements.

    :param begin: opens a transaction, without its terminator; None where a script opens none.
    :param commit: ends it.
    :param terminator: ends each statement.
    :param separator: a line of its own after each statement, for clients that work in batches;
        None where there is none.
    :param separates_begin: whether the separator also follows ``begin``.
    """

    begin: str | None = "BEGIN"
    commit: str | None = "COMMIT"
    terminator: str = ";"
    separator: str | None = None
    separates_begin: bool = False
