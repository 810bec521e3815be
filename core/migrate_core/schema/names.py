"""Names that fit every database: what a constraint is called when its model does not say.

The limit is PostgreSQL's 63 bytes (manual, 4.1.1 "Identifiers and Key Words"), the shortest among
the databases supported (MySQL and MariaDB 64 characters, Oracle 12.2 and SQL Server 128), so that
one migration file holds on all of them. Each is a ``conv``, which no naming convention changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy.sql.elements import conv

MAX_BYTES = 63


class Made(conv):
    """A name that was made here, and which may be another one where it is taken."""


def fitted(name: str) -> Made:
    """``name``, cut to :data:`MAX_BYTES` with a digest of the whole in the place of the rest."""
    if len(name.encode()) <= MAX_BYTES:
        return Made(name)
    return _digested(name, name)


def told_apart(name: str, table: str, over: Iterable[str]) -> Made:
    """Another name for what would be called ``name``, by its table and what it is over."""
    return _digested(name, "\0".join([name, table, *over]))


def _digested(name: str, whole: str) -> Made:
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    kept = name.encode()[: MAX_BYTES - 9].decode(errors="ignore")
    return Made(f"{kept}_{digest}")


def unique(table: str, columns: Iterable[str]) -> Made:
    """The name of a unique constraint that has none."""
    return fitted("_".join(["uq", table, *columns]))


def foreign_key(table: str, columns: Iterable[str], referred: str) -> Made:
    """The name of a foreign key that has none."""
    return fitted("_".join(["fk", table, *columns, referred]))


def check(table: str, condition: str) -> Made:
    """The name of a CHECK constraint that has none: a digest tells several on one table apart."""
    return fitted(f"ck_{table}_{hashlib.sha256(condition.encode()).hexdigest()[:8]}")


def index(table: str, columns: Iterable[str]) -> Made:
    """The name of an index that has none."""
    return fitted("_".join(["ix", table, *columns]))
