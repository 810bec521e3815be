"""Ctrl-C: what can be undone is, the lock is free, and the exit code is 130."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from children import runs, upgrading
from histories import create, history, opened, tables
from migrate_core.errors import Interrupted

LONG = {
    "postgresql": "op.execute('SELECT pg_sleep(60)')",
    "mysql": "op.execute('SELECT sleep(60)')",
}
NEXT = re.compile(r"To go on: migrate-core --url .+ --metadata .+ -d .+ upgrade")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def test_an_interrupted_statement_is_rolled_back_and_the_lock_is_free(
    folder: Path, postgresql_engine: Engine, postgresql_url: str
) -> None:
    history(folder, create("a"), create("b")[0] + "\n" + LONG["postgresql"])
    with upgrading(folder, postgresql_url) as child:
        runs(postgresql_engine, "pg_sleep")
        child.send_signal(signal.SIGINT)
        code, said = child.ended()
    assert code == 130
    assert "Interrupted. The run was rolled back: the database stands at base, as before." in said
    assert NEXT.fullmatch(said.rstrip().splitlines()[-1])
    assert "Traceback" not in said
    assert tables(postgresql_engine) == set()
    assert opened(folder, postgresql_engine, lock_timeout=0).upgrade("r1").after == ("r1",)


def test_a_statement_that_the_server_would_finish_is_ended(
    folder: Path, mariadb_engine: Engine, mariadb_url: str
) -> None:
    history(folder, create("a"), LONG["mysql"])
    with upgrading(folder, mariadb_url) as child:
        runs(mariadb_engine, "sleep(60)")
        child.send_signal(signal.SIGINT)
        code, said = child.ended()
    assert code == 130
    assert "Before it and kept: r1; the version table stands at r1." in said
    history(folder, create("a"), create("b"))
    assert opened(folder, mariadb_engine, lock_timeout=5).upgrade().after == ("r2",)


def test_a_file_is_as_it_was(folder: Path, sqlite_engine: Engine, sqlite_url: str) -> None:
    body = create("b")[0] + "\nprint('half way', flush=True)\nimport time\ntime.sleep(60)"
    history(folder, create("a"), body)
    with upgrading(folder, sqlite_url) as child:
        child.says("half way")
        child.send_signal(signal.SIGINT)
        code, said = child.ended()
    assert code == 130
    assert "the database stands at base, as before." in said
    assert tables(sqlite_engine) == set()
    assert opened(folder, sqlite_engine, lock_timeout=0).upgrade("r1").after == ("r1",)


def test_who_is_interrupted_while_waiting_has_run_nothing(
    folder: Path, postgresql_engine: Engine, postgresql_url: str
) -> None:
    history(folder, LONG["postgresql"])
    with upgrading(folder, postgresql_url) as first:
        runs(postgresql_engine, "pg_sleep")
        with upgrading(folder, postgresql_url) as second:
            waiting = second.remarks("Waiting for the migration lock, held by backend ")
            assert f":{first.pid} on " in waiting
            second.send_signal(signal.SIGINT)
            code, said = second.ended()
    assert code == 130
    assert "Interrupted. Nothing was run." in said


def test_a_program_gets_its_keyboard_interrupt(folder: Path, sqlite_engine: Engine) -> None:
    history(folder, create("a"), "raise KeyboardInterrupt")
    migrations = opened(folder, sqlite_engine, transaction_per_migration=True)
    with pytest.raises(Interrupted) as caught:
        migrations.upgrade()
    assert isinstance(caught.value, KeyboardInterrupt)
    assert caught.value.applied == ("r1",)
