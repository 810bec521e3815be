"""What the documented loggers are told."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened
from migrate_core.runtime.events import Event

IMPLEMENTATIONS = {"sqlite": "SQLiteImpl", "postgresql": "PostgresqlImpl", "mysql": "MySQLImpl"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "alembic")
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    assert {record.levelno for record in log.records} <= {logging.INFO}
    return [(record.name, record.getMessage()) for record in log.records]


def test_a_run_is_logged_with_its_database_and_its_steps(
    folder: Path, engine: Engine, log: pytest.LogCaptureFixture
) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine).upgrade()
    kind = "non-transactional" if engine.dialect.name == "mysql" else "transactional"
    assert lines(log) == [
        ("alembic.runtime.migration", f"Context impl {IMPLEMENTATIONS[engine.dialect.name]}."),
        ("alembic.runtime.migration", f"Will assume {kind} DDL."),
        ("alembic.runtime.migration", "Running upgrade  -> r1, message of r1"),
        ("alembic.runtime.migration", "Running upgrade r1 -> r2, message of r2"),
    ]


def test_a_stamp_is_logged_with_what_was_recorded_before_and_what_is_now(
    folder: Path, sqlite_engine: Engine, log: pytest.LogCaptureFixture
) -> None:
    history(folder, "pass", "pass", "pass")
    for target in ("r3", "r1", "base"):
        opened(folder, sqlite_engine).stamp(target)
    assert [line for _, line in lines(log) if "stamp" in line] == [
        "Running stamp_revision  -> r3",
        "Running stamp_revision r3 -> r1",
        "Running stamp_revision r1 -> ",
    ]


def test_a_script_is_logged_as_one(
    folder: Path, engine: Engine, log: pytest.LogCaptureFixture
) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade_sql()
    assert ("alembic.runtime.migration", "Generating static SQL") in lines(log)


def test_whoever_watches_is_told_beside_the_log(
    folder: Path, sqlite_engine: Engine, log: pytest.LogCaptureFixture
) -> None:
    history(folder, "pass")
    told: list[Event] = []
    opened(folder, sqlite_engine, watch=told.append).upgrade()
    assert len(told) == 3
    assert len(lines(log)) == 3


def test_what_differs_is_logged_by_what_it_is(
    folder: Path, engine: Engine, log: pytest.LogCaptureFixture
) -> None:
    history(folder, "pass")
    opened(folder, engine).upgrade()
    execute(engine, "CREATE TABLE stock (n INTEGER)")
    models = sa.MetaData()
    column = sa.Column("note", sa.String(20), index=True)
    sa.Table("stock", models, sa.Column("n", sa.BigInteger), column)
    sa.Table("order", models, sa.Column("id", sa.Integer, primary_key=True))
    log.clear()
    opened(folder, engine, models).check()
    differences = [line for line in lines(log) if line[0] != "alembic.runtime.migration"]
    assert sorted(differences) == [
        (
            "alembic.autogenerate.compare.constraints",
            "Detected added index ix_stock_note on stock",
        ),
        ("alembic.autogenerate.compare.tables", "Detected added column 'stock.note'"),
        ("alembic.autogenerate.compare.tables", "Detected added table 'order'"),
        ("alembic.autogenerate.compare.types", "Detected changed type of column stock.n"),
    ]
