"""``--lock-timeout`` and ``--no-lock``, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from children import upgrading
from histories import create, history, tables
from migrate_core.database import locks
from migrate_core.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    history(folder, create("a"))
    return folder


def test_a_lock_that_is_not_to_be_had_in_time_ends_with_5(
    folder: Path, postgresql_engine: Engine, postgresql_url: str
) -> None:
    with (
        postgresql_engine.connect() as connection,
        locks.held(connection, Settings(), lambda _who: None),
        upgrading(folder, postgresql_url, "--lock-timeout", "0.1") as child,
    ):
        code, said = child.ended()
    assert code == 5
    assert "Waiting for the migration lock, held by backend " in said
    assert said.rstrip().endswith("Wait for that process to finish, then run the command again.")


def test_no_lock_is_taken_where_none_is_wanted(
    folder: Path, postgresql_engine: Engine, postgresql_url: str
) -> None:
    with (
        postgresql_engine.connect() as connection,
        locks.held(connection, Settings(), lambda _who: None),
        upgrading(folder, postgresql_url, "--no-lock") as child,
    ):
        code, _said = child.ended()
    assert code == 0
    assert tables(postgresql_engine) == {"a"}


def test_a_time_that_is_none_is_refused(folder: Path, sqlite_url: str) -> None:
    with upgrading(folder, sqlite_url, "--lock-timeout", "-1") as child:
        code, said = child.ended()
    assert code == 2
    assert "--lock-timeout" in said
