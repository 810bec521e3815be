"""A run that fails: what stays, what is undone, and what the error says about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, history, opened, tables
from migrate_core.errors import InvalidScript, MigrationFailed

FAILS = """
op.create_table('half', sa.Column('id', sa.Integer, primary_key=True))
op.execute('SELECT * FROM nowhere')
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def failure(folder: Path, engine: Engine, **options: Any) -> MigrationFailed:
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, engine, **options).upgrade()
    return caught.value


@pytest.fixture(params=["sqlite", "postgresql"])
def transactional(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


def test_a_failure_says_which_migration_which_file_and_which_line(
    folder: Path, engine: Engine
) -> None:
    _first, second = history(folder, create("a"), FAILS)
    error = failure(folder, engine)
    assert (error.revision, error.direction, error.path) == ("r2", "upgrade", str(second))
    assert error.line == 1 + second.read_text().splitlines().index(
        "    op.execute('SELECT * FROM nowhere')"
    )
    assert "nowhere" in error.reason
    assert f"{second}, line {error.line}" in str(error)


def test_a_failing_run_is_undone_but_for_its_record_where_ddl_can_be(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), FAILS)
    error = failure(folder, transactional)
    assert error.applied == ()
    assert "rolled back: the database stands at base, as before" in error.state
    assert sa.inspect(transactional).get_table_names() == ["migration_log"]


def test_an_engine_without_transactions_has_one_for_a_run(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"), FAILS)
    engine = sa.create_engine(
        postgresql_engine.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        with pytest.raises(MigrationFailed, match="The run was rolled back"):
            opened(folder, connection).upgrade()
        assert tables(postgresql_engine) == set()
        connection.execute(sa.text("CREATE TABLE theirs (id integer)"))
        connection.rollback()
    assert tables(postgresql_engine) == {"theirs"}


def test_a_failing_run_goes_back_to_where_it_began(folder: Path, transactional: Engine) -> None:
    history(folder, create("a"), create("b"), FAILS)
    opened(folder, transactional).upgrade("r1")
    assert "the database stands at r1, as before" in failure(folder, transactional).state
    assert opened(folder, transactional).current() == ("r1",)
    assert tables(transactional) == {"a"}


def test_one_transaction_for_each_migration_keeps_what_came_before(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), FAILS)
    error = failure(folder, transactional, transaction_per_migration=True)
    assert error.applied == ("r1",)
    assert "kept: r1; the database stands at r1" in error.state
    assert opened(folder, transactional).current() == ("r1",)
    assert tables(transactional) == {"a"}


def test_mariadb_keeps_what_came_before_and_says_what_stays(
    folder: Path, mariadb_engine: Engine
) -> None:
    history(folder, create("a"), FAILS)
    error = failure(folder, mariadb_engine)
    assert error.applied == ("r1",)
    assert "what this migration did before the failing statement stays" in error.state
    assert error.next_step.endswith("flask db upgrade --resume")
    assert opened(folder, mariadb_engine).current() == ("r1",)
    assert tables(mariadb_engine) == {"a", "half"}


def test_the_run_after_the_repair_does_the_rest(folder: Path, transactional: Engine) -> None:
    history(folder, create("a"), FAILS)
    failure(folder, transactional)
    history(folder, create("a"), create("b"))
    assert opened(folder, transactional).upgrade().after == ("r2",)
    assert tables(transactional) == {"a", "b"}


def test_a_failing_downgrade_says_that_it_was_one(folder: Path, engine: Engine) -> None:
    history(folder, ("pass", "raise RuntimeError('no way back')"))
    opened(folder, engine).upgrade()
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, engine).downgrade()
    assert caught.value.direction == "downgrade"
    assert caught.value.reason == "RuntimeError: no way back"
    assert opened(folder, engine).current() == ("r1",)


def test_an_interrupt_rolls_back_and_comes_through_as_it_is(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), create("b")[0] + "\nraise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        opened(folder, transactional).upgrade()
    assert sa.inspect(transactional).get_table_names() == ["migration_log"]


def test_an_error_in_a_module_that_a_migration_calls_is_placed_in_the_migration(
    folder: Path, sqlite_engine: Engine
) -> None:
    (path,) = history(folder, "import json\njson.loads('{')")
    error = failure(folder, sqlite_engine)
    assert error.line == 1 + path.read_text().splitlines().index("    json.loads('{')")
    assert error.reason.startswith("JSONDecodeError: ")


def test_a_migration_without_a_downgrade_is_refused_and_nothing_moves(
    folder: Path, engine: Engine
) -> None:
    (path,) = history(folder, create("a"))
    path.write_text(path.read_text().partition("def downgrade")[0])
    opened(folder, engine).upgrade()
    with pytest.raises((InvalidScript, MigrationFailed), match="downgrade"):
        opened(folder, engine).downgrade()
    assert opened(folder, engine).current() == ("r1",)
    assert tables(engine) == {"a"}


def test_a_password_in_the_database_url_is_not_in_the_error(
    folder: Path, postgresql_url: str
) -> None:
    history(folder, "raise RuntimeError('cannot log in with s3cr3t')")
    url = sa.make_url(postgresql_url).set(password="s3cr3t")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    assert "s3cr3t" not in str(failure(folder, engine))


def test_a_migration_that_exits_the_process_is_a_failed_migration(
    folder: Path, transactional: Engine
) -> None:
    history(folder, create("a"), "raise SystemExit('no licence')")
    error = failure(folder, transactional)
    assert error.revision == "r2"
    assert "SystemExit: no licence" in error.reason
    assert tables(transactional) == set()
