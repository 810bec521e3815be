"""What a fact means: one function for each, on plain values, for models and database alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from migrate_core.autogenerate.facts import (
    ForeignKeyContent,
    Options,
    TableKey,
    UniqueContent,
)

Value = TypeVar("Value")

# What says how a statement runs, or is not told back, and not what comes out of it.
_UNTOLD = (
    "_concurrently",
    "_tablespace",
    "_with_parser",
    "_not_valid",
    "_no_inherit",
    "_where",
    "_clustered",
)
_USUAL = {"start": 1, "increment": 1, "minvalue": 1, "cache": 1}
_LARGEST = {2**15 - 1, 2**31 - 1, 2**63 - 1, 2**63 - 2, 9223372036854775806}


def action(said: str | None) -> str | None:
    """NO ACTION is what a database does when nothing is said; RESTRICT is something else."""
    if said is None:
        return None
    upper = " ".join(said.upper().split())
    return None if upper in ("NO ACTION", "SIMPLE") else upper


def options(said: Mapping[str, Any], prefixes: tuple[str, ...]) -> Options:
    """The dialect's options that say something, in the order of their names."""
    if not said:
        return ()
    return tuple(
        sorted(
            (name.partition("_")[2], _plain(value))
            for name, value in said.items()
            if name.startswith(prefixes) and not name.endswith(_UNTOLD) and value
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), str(each).lower()) for key, each in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(str(getattr(each, "name", each)) for each in value)
    return value.lower() if isinstance(value, str) else value


def timing(deferrable: bool | None, initially: str | None) -> Options:
    """When a constraint is checked, where that is not at once."""
    deferred = bool(initially) and str(initially).upper() == "DEFERRED"
    if not deferrable and not deferred:
        return ()
    return (("deferrable", True), ("deferred", deferred))


def identity(always: bool, said: Mapping[str, Any]) -> Options:
    """The settings of an identity or a sequence that are not the usual ones."""
    return (("always", always), *counting(said))


def counting(said: Mapping[str, Any]) -> Options:
    """The settings of a sequence that are not the usual ones."""
    return tuple(
        sorted(
            (name, value)
            for name, value in said.items()
            if value not in (None, False)
            and _USUAL.get(name) != value
            and not (name == "maxvalue" and value in _LARGEST)
            and name not in ("order", "nominvalue", "nomaxvalue", "on_null", "data_type")
        )
    )


def foreign_key(
    referred: TableKey,
    local: Iterable[str],
    remote: Iterable[str],
    *,
    onupdate: str | None,
    ondelete: str | None,
    match: str | None,
    deferrable: bool | None,
    initially: str | None,
) -> ForeignKeyContent:
    """What a foreign key does; the order of its columns means nothing."""
    return ForeignKeyContent(
        referred,
        tuple(sorted(zip(local, remote, strict=False))),
        action(onupdate),
        action(ondelete),
        action(match),
        bool(deferrable),
        (initially or "").upper() == "DEFERRED",
    )


def unique(columns: Iterable[str], said: Options, when: Options) -> UniqueContent:
    """What a unique constraint does."""
    return UniqueContent(frozenset(columns), (*said, *when))


_QUOTED_OR_SPACE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*\n?|/\*.*?\*/|\s+""",
    re.DOTALL,
)


def flattened(sql: str) -> str:
    """A statement with each run of white space outside of quotes and comments as one space.

    What a backslash does in a literal depends on the server: then all of it stays.
    """
    if "\\" in sql:
        return sql.strip()
    return _QUOTED_OR_SPACE.sub(lambda found: " " if found[0].isspace() else found[0], sql.strip())


def condensed(sql: str) -> str:
    """SQL with its white space outside of quotes made one space, and none at its ends."""
    if "'" in sql or '"' in sql:
        return sql.strip()
    return " ".join(sql.split())


def ordered(items: Sequence[Value], rank: Callable[[Value], Any]) -> tuple[Value, ...]:
    """``items`` in an order that does not depend on which side they come from."""
    return tuple(sorted(items, key=rank)) if len(items) > 1 else tuple(items)
