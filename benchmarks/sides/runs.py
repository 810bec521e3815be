"""An upgrade from base to head of a new database.

The first revision is run before the clock starts, so that what a process pays once is paid on each
side. The SQL is the same, and ``floor`` commits where this database lets ours be committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.made.databases import empty
from benchmarks.made.histories import identifier
from benchmarks.once import Timed
from benchmarks.table import Place

UNSYNCHRONIZED = "sqlite, unsynchronized"
"""A kind of database: SQLite where no commit waits for the disk."""

ENDS = ("BEGIN", "COMMIT", "START TRANSACTION")


@contextmanager
def ours(kind: str, folder: str, server: str) -> Iterator[Timed]:
    """By this project, with its journal and its lock."""
    from migrate_core import Migrations, alias

    with _engine(kind, folder, server) as engine:
        migrations = Migrations(
            folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
        )
        migrations.upgrade(identifier(0))
        yield Timed(migrations.upgrade)


@contextmanager
def peer(kind: str, folder: str, server: str) -> Iterator[Timed]:
    """By Alembic's own command."""
    from alembic import command
    from alembic.config import Config

    with _engine(kind, folder, server) as engine:
        config = Config()
        config.set_main_option("script_location", folder)
        config.set_main_option("path_separator", "os")
        config.attributes["engine"] = engine
        command.upgrade(config, identifier(0))
        yield Timed(lambda: command.upgrade(config, "head"))


@contextmanager
def floor(kind: str, folder: str, server: str) -> Iterator[Timed]:
    """By nobody: the statements alone."""
    from migrate_core import Migrations, alias

    with _engine(kind, folder, server) as engine:
        script = Migrations(
            folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
        ).upgrade_sql()
        lines = (line for line in script.splitlines() if not line.startswith("--"))
        texts = (text.strip() for text in "\n".join(lines).split(";\n"))
        statements = [text for text in texts if text and not text.rstrip(";").startswith(ENDS)]

        def work() -> None:
            with engine.begin() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                for statement in statements:
                    connection.exec_driver_sql(statement)
                    if engine.dialect.name == "mysql" and "alembic_version" in statement:
                        connection.exec_driver_sql("COMMIT")

        yield Timed(work)


def _without_waiting(connection: Any, _: Any) -> None:
    """A run that is measured by its memory need not wait for the disk at each commit."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def _engine(kind: str, folder: str, server: str) -> Iterator[sa.Engine]:
    with empty(kind, Place(Path(folder).parent, server)) as url:
        engine = sa.create_engine(url)
        if kind == UNSYNCHRONIZED:
            sa.event.listen(engine, "connect", _without_waiting)
        try:
            yield engine
        finally:
            engine.dispose()
