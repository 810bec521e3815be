"""Whether an app's databases are where its code needs them, for health checks. Migrates nothing.

One statement for each database: the version table is read, and only where that fails it is asked
whether there is one. The history is read again when one of its files has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from flask_migrate_ext.databases import Database
from flask_migrate_ext.discovery import Found, of_current_app
from migrate_core.database import connect
from migrate_core.database.versions import VersionTable
from migrate_core.errors import ConfigurationError, MigrateError
from migrate_core.graph import Revision, RevisionGraph, plan
from migrate_core.migrations import Migrations
from migrate_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """One database beside its history.

    :param pending: what is not applied, oldest first; nothing where something is unknown, because
        below a revision without a file nobody knows what is applied.
    :param unknown: heads of the database that no file has, as where it is ahead of the code.
    """

    database: str
    pending: tuple[Revision, ...]
    unknown: tuple[str, ...]


@dataclass(slots=True)
class Histories:
    """The histories that were read, each for what its files were at that time."""

    read: dict[Path, tuple[Any, RevisionGraph]] = field(default_factory=dict)

    def graph(self, migrations: Migrations) -> RevisionGraph:
        """The history, read again if a file came, went or was written since.

        :raises MigrateError: it cannot be read.
        """
        root = migrations.directory.root
        stamps = migrations.directory.stamps()
        known = self.read.get(root)
        if known is None or known[0] != stamps:
            known = self.read[root] = (stamps, migrations.history().graph)
        return known[1]


def standings(command: str, bind: str | None, histories: Histories) -> tuple[Standing, ...]:
    """Where each database of the current app stands.

    :param command: the Migrate that is meant.
    :raises MigrateError: a database cannot be asked, or a history cannot be read.
    """
    return standings_of(of_current_app(command=command, bind=bind), histories)


def standings_of(found: Found, histories: Histories) -> tuple[Standing, ...]:
    """Where each of these databases stands, in their order; raises as :func:`standings` does."""
    return tuple(_standing(found, database, histories) for database in found.each)


def _standing(found: Found, database: Database, histories: Histories) -> Standing:
    database.require_waiting()
    migrations = found.migrations(database)
    _require_known_table(found, migrations)
    graph = histories.graph(migrations)
    heads = _heads(migrations)
    unknown = tuple(head for head in heads if head not in graph)
    steps = () if unknown else plan.upgrade(graph, heads, "heads")
    return Standing(database.called, tuple(step.revision for step in steps), unknown)


def _require_known_table(found: Found, migrations: Migrations) -> None:
    """Refuse to guess the version table of an env.py, which no health check runs: it may set up
    logging, and connect.

    :raises ConfigurationError: env.py names one, and the app does not.
    """
    env_py = migrations.directory.env_py
    if env_py is None or "version_table" in found.options:
        return
    if "version_table" in env_py.read_text("utf-8", errors="replace"):
        raise ConfigurationError(
            f"{env_py} has a version_table of its own, which a health check does not read.",
            'Say it where the app is made: Migrate(app, db, version_table="..."); '
            'env.py finds it in current_app.extensions["migrate"].configure_args.',
        )


def _heads(migrations: Migrations) -> tuple[str, ...]:
    with connect.looking(migrations.engine) as connection:
        return _rows(connection, migrations.settings)


def _rows(connection: Connection, settings: Settings) -> tuple[str, ...]:
    """One statement where the table is there, as it nearly always is."""
    table = sa.table(settings.version_table, schema=settings.version_table_schema)
    statement = sa.select(sa.column("version_num", sa.String)).select_from(table)
    try:
        return tuple(sorted(connection.scalars(statement)))
    except DBAPIError:
        connection.rollback()
        # What is there now may have come with a first migration, since the statement failed.
        return VersionTable(connection, settings).heads()


# -- the readiness route ---------------------------------------------------------------------------


def answer(asked: Callable[[], Mapping[str, Standing]]) -> tuple[dict[str, Any], int]:
    """What the readiness route answers: 200, or 503 while a migration is pending.

    A database that is ahead of the code is ready: while a new version is rolled out, the old one
    still serves. What is wrong goes to the app's log, and only its kind to whoever asks.
    """
    try:
        each = asked()
    except MigrateError as error:
        current_app.logger.error("Not ready: %s", error)
        return {"ready": False, "reason": type(error).__name__}, 503
    told = {
        name: {"pending": [revision.id for revision in one.pending], "ahead": list(one.unknown)}
        for name, one in each.items()
    }
    is_ready = not any(one.pending for one in each.values())
    return {"ready": is_ready, "databases": told}, 200 if is_ready else 503


def pending_line(app: Flask, command: str) -> str | None:
    """What a developer is told at the start of the development server; None if nothing."""
    with app.app_context():
        each = standings(command, None, Histories())
    lines = [
        f"{one.database}: {', '.join(revision.id for revision in one.pending)}"
        for one in each
        if one.pending
    ]
    if not lines:
        return None
    return f"Migrations are pending ({'; '.join(lines)}). Apply them: flask {command} upgrade"
