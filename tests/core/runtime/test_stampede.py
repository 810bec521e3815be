"""Many processes at once: one runs, the others wait for it and have nothing left to do.

``STAMPEDE_ROUNDS=20 pytest tests/core/runtime/test_stampede.py`` looks for longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from children import active, runs, upgrading
from histories import create, execute, history, opened, rows
from migrate_core.errors import MigrateError
from migrate_core.runtime.events import Event, Waiting

PROCESSES = 8
REVISIONS = 20
ROUNDS = int(os.environ.get("STAMPEDE_ROUNDS", "2"))

INDEX = """
with op.get_context().autocommit_block():
    op.create_index('ix_done', 'done', ['id'], postgresql_concurrently=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def bodies() -> list[str]:
    """Tables, rows that say what ran, and in the middle an index that is built concurrently."""
    made = []
    for number in range(1, REVISIONS + 1):
        body = "op.create_table('done', sa.Column('id', sa.Integer))" if number == 1 else ""
        body += INDEX if number == REVISIONS // 2 else ""
        body += f"\nop.create_table('t{number}', sa.Column('id', sa.Integer, primary_key=True))"
        made.append(f"{body}\nop.execute('INSERT INTO done VALUES ({number})')".strip())
    return made


@pytest.mark.parametrize("round", range(ROUNDS))
def test_of_eight_processes_each_migration_is_run_by_one(
    folder: Path, engine: Engine, database_url: str, round: int
) -> None:
    history(folder, *bodies())
    with ExitStack() as stack:
        children = [stack.enter_context(upgrading(folder, database_url)) for _ in range(PROCESSES)]
        ends = [child.ended() for child in children]
    assert [(code, said) for code, said in ends if code] == []
    assert sorted(number for (number,) in rows(engine, "SELECT id FROM done")) == list(
        range(1, REVISIONS + 1)
    )
    assert opened(folder, engine).current() == (f"r{REVISIONS}",)
    assert len(sa.inspect(engine).get_indexes("done")) == 1
    if engine.dialect.name == "postgresql":
        assert rows(engine, "SELECT 1 FROM pg_index WHERE NOT indisvalid") == []


SLOW = {
    "postgresql": "op.execute('INSERT INTO seen SELECT 1 FROM pg_sleep(5)')",
    "mysql": "op.execute('INSERT INTO seen SELECT 1 FROM (SELECT sleep(5)) AS slow')",
}


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


def test_a_run_begins_when_nothing_runs_any_more_of_one_that_was_killed(
    folder: Path, server: Engine
) -> None:
    execute(server, "CREATE TABLE seen (id integer)")
    history(folder, SLOW[server.dialect.name])
    told: list[Event] = []
    with upgrading(folder, server.url.render_as_string(hide_password=False)) as child:
        runs(server, "sleep(5)")
        child.kill()
    history(folder, create("a"))
    with suppress(MigrateError):  # such as that there is something half done
        opened(folder, server, watch=told.append).upgrade()
    assert isinstance(told[0], Waiting)
    assert not [text for text in active(server) if "sleep(5)" in text]
