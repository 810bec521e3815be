"""A mark on an operation, and what has to be known to set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.types import to_instance

Table = tuple[str | None, str]
"""Schema and name."""

Written = tuple[str, tuple[str, ...]]
"""A type's name, and what stands in its parentheses."""

Kind = Literal["destructive", "locking", "non-transactional"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to know before an operation is run.

    :param kind: it destroys what cannot be had back; others wait while it works; or it stays
        although what comes after it fails.
    :param reason: what exactly.
    :param instead: how the same is done without it; empty where there is no other way.
    """

    kind: Kind
    reason: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an operation would meet.

    :param created: the tables that the same plan makes: they have no rows and no users yet.
    :param in_transaction: whether it would be sent inside one.
    """

    dialect: Dialect
    created: frozenset[Table]
    in_transaction: bool

    def is_there(self, name: str, schema: str | None = None) -> bool:
        """Whether a table is one of those that were there before."""
        return (schema, name) not in self.created


def written(name: str, schema: str | None = None) -> str:
    """A table's name as messages have it."""
    return f"{schema}.{name}" if schema else name


def type_of(type_: Any, dialect: Dialect) -> Written:
    """A type as the dialect writes it: its name, and what stands in the parentheses.

    ``VARCHAR(20)`` is ``("VARCHAR", ("20",))``; what follows the parentheses belongs to the name.
    One that the dialect cannot write is known by its name in Python.
    """
    found = to_instance(type_)
    try:
        text = str(found.compile(dialect=dialect))
    except CompileError:
        text = repr(found)
    before, opened, rest = text.partition("(")
    inside, _, after = rest.rpartition(")")
    name = f"{before.strip()} {after.strip()}".strip()
    return name.upper(), tuple(part.strip() for part in inside.split(",")) if opened else ()
