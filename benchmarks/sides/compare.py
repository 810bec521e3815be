"""A comparison of models with a database of which nothing differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from benchmarks.made.latency import delayed
from benchmarks.made.schemas import models
from benchmarks.once import Timed
from benchmarks.sides import compare_floor

SECONDS_AWAY = 0.01


@contextmanager
def ours(url: str, tables: int) -> Iterator[Timed]:
    """By this project's ``compare_metadata``."""
    with _prepared("migrate_core.alembic", url, tables) as work:
        yield Timed(work)


@contextmanager
def peer(url: str, tables: int) -> Iterator[Timed]:
    """By Alembic's."""
    with _prepared("alembic", url, tables) as work:
        yield Timed(work)


@contextmanager
def far(url: str, tables: int) -> Iterator[Timed]:
    """Ours, where each answer takes 10 ms."""
    with (
        delayed(sa.make_url(url), SECONDS_AWAY) as line,
        _prepared("migrate_core.alembic", _written(line.url), tables) as work,
    ):
        yield Timed(work, lambda: line.answers)


@contextmanager
def floor(url: str, tables: int) -> Iterator[Timed]:
    """By statements written for this database alone, and ``==``."""
    with sa.create_engine(url).connect() as connection:
        ready = compare_floor.read(connection)
        assert len(ready) >= tables
        connection.rollback()

        def work() -> None:
            assert not compare_floor.differing(connection, ready)

        yield Timed(work)


@contextmanager
def _prepared(package: str, url: str, tables: int) -> Iterator[Callable[[], None]]:
    """The comparison, as that package has it, on models and a transaction of its own.

    Five of the tables are compared before: what a process pays once is no part of it.
    """
    compare = import_module(f"{package}.autogenerate").compare_metadata
    context = import_module(f"{package}.migration").MigrationContext

    def compared(connection: Connection, metadata: sa.MetaData, **options: Any) -> None:
        options |= {"compare_type": True, "compare_server_default": True}
        found = compare(context.configure(connection, opts=options), metadata)
        if found:
            raise RuntimeError(f"{len(found)} differences where nothing differs: {found[0]}")

    with sa.create_engine(url).connect() as connection:
        few = models(5)
        compared(connection, few, include_name=lambda name, kind, _: _among(few, name, kind))
        connection.rollback()
        metadata = models(tables)
        yield lambda: compared(connection, metadata)


def _written(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _among(metadata: sa.MetaData, name: str | None, kind: str) -> bool:
    return kind != "table" or name in metadata.tables
