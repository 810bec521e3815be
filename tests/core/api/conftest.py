"""What the tests of the directives share: a database that holds two tables with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from histories import Run, execute

BASE = (
    "CREATE TABLE p (id INTEGER NOT NULL PRIMARY KEY)",
    "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20), p_id INTEGER)",
    "INSERT INTO p VALUES (1)",
    "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', NULL)",
)


def prepared(folder: Path, engine: Engine) -> Run:
    """Runs migrations on a database that holds `BASE`."""
    execute(engine, *BASE)
    return Run(folder / "migrations", engine)


@pytest.fixture
def run(tmp_path: Path, engine: Engine) -> Run:
    return prepared(tmp_path, engine)


@pytest.fixture
def postgresql_run(tmp_path: Path, postgresql_engine: Engine) -> Run:
    return prepared(tmp_path, postgresql_engine)


@pytest.fixture
def mariadb_run(tmp_path: Path, mariadb_engine: Engine) -> Run:
    return prepared(tmp_path, mariadb_engine)


@pytest.fixture
def sqlite_run(tmp_path: Path, sqlite_engine: Engine) -> Run:
    return prepared(tmp_path, sqlite_engine)
