"""The commands as functions of the current app: for deploy hooks, tests and scripts.

Each needs an application context, returns a value, and raises a typed error; none exits the process
or touches the app's logging, and none prints, unless it is asked for SQL (``sql=True``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from migrate_core.database.journal import Entry
    from migrate_core.graph import Revision
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.planning import Plan
    from migrate_core.runtime.recovery import Decision
    from migrate_core.runtime.requests import Differences, Generated, Outcome, Status


def _migrations(directory: str | None) -> Migrations:
    from flask_migrate_ext.discovery import migrations_of_current_app

    return migrations_of_current_app(directory)


def init(directory: str | None = None) -> Path:
    """Make the migrations folder; returns it."""
    return _migrations(directory).init()


def migrate(
    directory: str | None = None, message: str | None = None, **options: Any
) -> Generated | None:
    """Write the migration that brings the database to the models; None where nothing differs."""
    return _migrations(directory).generate(message, **options)


def revision(directory: str | None = None, message: str | None = None, **options: Any) -> Generated:
    """Write an empty migration."""
    return _migrations(directory).revision(message, **options)


def merge(
    directory: str | None = None,
    revisions: tuple[str, ...] = ("heads",),
    message: str | None = None,
    **options: Any,
) -> Generated:
    """Write a migration that joins several heads."""
    return _migrations(directory).merge(revisions, message, **options)


@overload
def upgrade(
    directory: str | None = None,
    revision: str = "head",
    sql: Literal[False] = False,
    *,
    resume: bool = False,
) -> Outcome: ...
@overload
def upgrade(
    directory: str | None = None, revision: str = "head", *, sql: Literal[True]
) -> None: ...
def upgrade(
    directory: str | None = None,
    revision: str = "head",
    sql: bool = False,
    *,
    resume: bool = False,
) -> Outcome | None:
    """Apply migrations up to ``revision``. Safe to be called by several processes at once.

    :param sql: print the SQL instead, of a range ``START:END`` or from the beginning.
    :param resume: go on with a migration that an earlier run left half done.
    """
    migrations = _migrations(directory)
    if sql:
        print(migrations.upgrade_sql(revision), end="")
        return None
    return migrations.upgrade(revision, resume=resume)


@overload
def downgrade(
    directory: str | None = None,
    revision: str = "-1",
    sql: Literal[False] = False,
    *,
    resume: bool = False,
) -> Outcome: ...
@overload
def downgrade(
    directory: str | None = None, revision: str = "-1", *, sql: Literal[True]
) -> None: ...
def downgrade(
    directory: str | None = None,
    revision: str = "-1",
    sql: bool = False,
    *,
    resume: bool = False,
) -> Outcome | None:
    """Undo migrations down to ``revision``.

    :param sql: print the SQL instead, of a range ``START:END``.
    :param resume: go on with a migration that an earlier run left half undone.
    """
    migrations = _migrations(directory)
    if sql:
        print(migrations.downgrade_sql(revision), end="")
        return None
    return migrations.downgrade(revision, resume=resume)


@overload
def stamp(
    directory: str | None = None,
    revision: str = "head",
    sql: Literal[False] = False,
    *,
    purge: bool = False,
) -> Outcome: ...
@overload
def stamp(directory: str | None = None, revision: str = "head", *, sql: Literal[True]) -> None: ...
def stamp(
    directory: str | None = None,
    revision: str = "head",
    sql: bool = False,
    *,
    purge: bool = False,
) -> Outcome | None:
    """Record that the database stands at ``revision``; runs nothing.

    :param sql: print the SQL instead.
    """
    migrations = _migrations(directory)
    if sql:
        print(migrations.stamp_sql(revision), end="")
        return None
    return migrations.stamp(revision, purge=purge)


def plan(directory: str | None = None, revision: str = "head") -> Plan:
    """What ``upgrade()`` would do now. Changes nothing."""
    return _migrations(directory).plan(revision)


def log(directory: str | None = None, limit: int | None = None) -> tuple[Entry, ...]:
    """What was applied, undone and stamped, and what failed; newest first."""
    return _migrations(directory).log(limit)


def resolve(revision: str, decision: Decision, directory: str | None = None) -> Entry:
    """Record what became of a migration that is half done, where it cannot be looked up."""
    return _migrations(directory).resolve(revision, decision)


def current(directory: str | None = None) -> tuple[str, ...]:
    """The revisions that the database stands at."""
    return _migrations(directory).current()


def heads(directory: str | None = None) -> tuple[Revision, ...]:
    """The newest revisions of the history."""
    return _migrations(directory).heads()


def history(directory: str | None = None) -> tuple[Revision, ...]:
    """All revisions, newest first."""
    return tuple(_migrations(directory).history().graph)


def status(directory: str | None = None) -> Status:
    """Where the database stands, and what is pending."""
    return _migrations(directory).status()


def check(directory: str | None = None) -> Differences:
    """What the next migration would do; false if nothing."""
    return _migrations(directory).check()
