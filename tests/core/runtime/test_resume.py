"""A migration that stopped half way: what is said of it, and how a run goes on behind it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, rows, tables
from migrate_core.errors import (
    CannotResume,
    HalfDone,
    MigrateError,
    MigrationFailed,
    NothingToResolve,
    StillRunning,
    Undecided,
)

TABLE = "op.create_table({!r}, sa.Column('id', sa.Integer), sa.Column('name', sa.String(20)))"
STOPS = "op.execute('SELECT * FROM nowhere')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def body(*lines: str) -> str:
    return "\n".join(lines)


def stops(folder: Path, engine: Engine, *lines: str) -> MigrationFailed:
    """Run a migration whose last line fails."""
    history(folder, create("first"), body(*lines))
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, engine).upgrade()
    return caught.value


def corrected(folder: Path, *lines: str) -> None:
    history(folder, create("first"), body(*lines))


def stands_at(engine: Engine) -> list[str]:
    return [row for (row,) in rows(engine, "SELECT version_num FROM alembic_version")]


def test_the_next_run_stops_before_anything_and_says_where_the_last_one_did(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), "op.execute('ALTER TABLE nowhere ADD b INT')")
    corrected(folder, TABLE.format("a"), TABLE.format("b"))
    with pytest.raises(HalfDone) as caught:
        opened(folder, mariadb_engine).upgrade()
    error = caught.value
    assert (error.revision, error.direction, error.done) == ("r2", "upgrade", 1)
    assert error.statement == "ALTER TABLE nowhere ADD b INT"
    assert error.path == str(folder / "versions" / "r2_.py")
    assert "stopped after statement 1, in statement 2:\n  ALTER TABLE nowhere" in str(error)
    assert "flask db upgrade --resume" in error.next_step
    assert tables(mariadb_engine) == {"first", "a"}


def test_the_failure_itself_says_how_to_go_on(folder: Path, mariadb_engine: Engine) -> None:
    error = stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    assert "flask db upgrade --resume" in error.next_step


def test_a_run_goes_on_behind_what_was_done(folder: Path, mariadb_engine: Engine) -> None:
    done = TABLE.format("a"), "op.bulk_insert(sa.table('a', sa.column('id')), [{'id': 1}])"
    stops(folder, mariadb_engine, *done, "op.add_column('a', sa.Column('id', sa.Integer))")
    corrected(folder, *done, "op.add_column('a', sa.Column('more', sa.Integer))")
    assert opened(folder, mariadb_engine).upgrade(resume=True).after == ("r2",)
    assert rows(mariadb_engine, "SELECT id, more FROM a") == [(1, None)]
    assert stands_at(mariadb_engine) == ["r2"]
    assert opened(folder, mariadb_engine).upgrade().steps == ()


def test_rows_that_were_rolled_back_are_written_again(folder: Path, mariadb_engine: Engine) -> None:
    written = "op.execute(\"INSERT INTO a VALUES (1, 'x')\")"
    stops(folder, mariadb_engine, TABLE.format("a"), written, STOPS)
    assert rows(mariadb_engine, "SELECT * FROM a") == []
    corrected(folder, TABLE.format("a"), written)
    opened(folder, mariadb_engine).upgrade(resume=True)
    assert rows(mariadb_engine, "SELECT * FROM a") == [(1, "x")]


def test_rows_that_a_later_statement_committed_are_not_written_twice(
    folder: Path, mariadb_engine: Engine
) -> None:
    done = TABLE.format("a"), "op.execute(\"INSERT INTO a VALUES (1, 'x')\")", TABLE.format("b")
    stops(folder, mariadb_engine, *done, STOPS)
    corrected(folder, *done, TABLE.format("c"))
    opened(folder, mariadb_engine).upgrade(resume=True)
    assert rows(mariadb_engine, "SELECT * FROM a") == [(1, "x")]
    assert tables(mariadb_engine) == {"first", "a", "b", "c"}


def test_what_an_update_answered_is_answered_again(folder: Path, mariadb_engine: Engine) -> None:
    done = (
        TABLE.format("a"),
        "op.bulk_insert(sa.table('a', sa.column('id')), [{'id': 1}, {'id': 2}])",
        "changed = op.get_bind().execute(sa.text(\"UPDATE a SET name = 'x'\")).rowcount",
        "assert changed == 2, changed",
        TABLE.format("b"),
    )
    stops(folder, mariadb_engine, *done, STOPS)
    corrected(folder, *done)
    assert opened(folder, mariadb_engine).upgrade(resume=True).after == ("r2",)


def test_what_is_read_is_read_again(folder: Path, mariadb_engine: Engine) -> None:
    done = (
        TABLE.format("a"),
        "names = op.get_bind().execute(sa.text('SELECT count(*) FROM a')).scalar()",
        TABLE.format("b"),
    )
    stops(folder, mariadb_engine, *done, STOPS)
    corrected(folder, *done, "op.execute(f'INSERT INTO a VALUES ({names + 41}, NULL)')")
    opened(folder, mariadb_engine).upgrade(resume=True)
    assert rows(mariadb_engine, "SELECT id FROM a") == [(41,)]


def test_another_statement_in_the_place_of_one_that_was_done_is_refused(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    corrected(folder, TABLE.format("b"), TABLE.format("c"))
    with pytest.raises(CannotResume, match="statement 1 is not the one that was done") as caught:
        opened(folder, mariadb_engine).upgrade(resume=True)
    assert "--as undone" in caught.value.next_step
    assert tables(mariadb_engine) == {"first", "a"}
    corrected(folder, TABLE.format("a"), TABLE.format("c"))
    assert opened(folder, mariadb_engine).upgrade(resume=True).after == ("r2",)


def test_fewer_statements_than_were_done_are_refused(folder: Path, mariadb_engine: Engine) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), TABLE.format("b"), STOPS)
    corrected(folder, TABLE.format("a"))
    with pytest.raises(CannotResume, match="sends 1 statements now, and 2 were done"):
        opened(folder, mariadb_engine).upgrade(resume=True)
    assert stands_at(mariadb_engine) == ["r1"]


def test_a_key_that_was_made_and_may_have_been_read_is_not_guessed(
    folder: Path, mariadb_engine: Engine
) -> None:
    done = (
        "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))",
        "op.get_bind().execute(sa.text('INSERT INTO a VALUES (NULL)'))",
        TABLE.format("b"),
    )
    stops(folder, mariadb_engine, *done, STOPS)
    corrected(folder, *done)
    with pytest.raises(CannotResume, match="answered its statement 2 is not known"):
        opened(folder, mariadb_engine).upgrade(resume=True)


def test_a_migration_may_not_catch_the_refusal_and_go_on(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    tried = "try:\n    op.drop_table('a')\nexcept Exception:\n    pass"
    corrected(folder, tried)
    with pytest.raises(CannotResume, match="statement 1"):
        opened(folder, mariadb_engine).upgrade(resume=True)
    assert tables(mariadb_engine) == {"first", "a"}


def test_a_run_that_stops_again_is_gone_on_with_from_there(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    corrected(folder, TABLE.format("a"), TABLE.format("b"), STOPS)
    with pytest.raises(MigrationFailed):
        opened(folder, mariadb_engine).upgrade(resume=True)
    corrected(folder, TABLE.format("a"), TABLE.format("b"), TABLE.format("c"))
    with pytest.raises(HalfDone, match="after statement 2"):
        opened(folder, mariadb_engine).upgrade()
    assert opened(folder, mariadb_engine).upgrade(resume=True).after == ("r2",)


def test_a_downgrade_goes_on_as_well(folder: Path, mariadb_engine: Engine) -> None:
    down = "op.drop_table('b')", "op.execute('DROP TABLE nowhere')"
    up = body(TABLE.format("a"), TABLE.format("b"))
    history(folder, create("first"), (up, body(*down)))
    opened(folder, mariadb_engine).upgrade()
    with pytest.raises(MigrationFailed):
        opened(folder, mariadb_engine).downgrade()
    history(folder, create("first"), (up, body("op.drop_table('b')", "op.drop_table('a')")))
    with pytest.raises(HalfDone, match="The downgrade of r2"):
        opened(folder, mariadb_engine).downgrade()
    assert opened(folder, mariadb_engine).downgrade(resume=True).after == ("r1",)
    assert tables(mariadb_engine) == {"first"}


def test_what_a_failure_rolled_back_needs_no_resuming(
    folder: Path, postgresql_engine: Engine
) -> None:
    stops(folder, postgresql_engine, TABLE.format("a"), STOPS)
    corrected(folder, TABLE.format("a"))
    assert opened(folder, postgresql_engine).upgrade().after == ("r2",)


BLOCK = "with op.get_context().autocommit_block():"


@pytest.fixture(params=["sqlite", "postgresql"])
def transactional(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


def test_behind_an_autocommit_block_a_run_goes_on_as_well(
    folder: Path, transactional: Engine
) -> None:
    done = (
        TABLE.format("a"),
        f"{BLOCK}\n    op.create_index('ix_a', 'a', ['id'])",
        "op.execute(\"INSERT INTO a VALUES (1, 'x')\")",
    )
    stops(folder, transactional, *done, STOPS)
    assert rows(transactional, "SELECT * FROM a") == []
    corrected(folder, *done)
    with pytest.raises(HalfDone, match="after statement 2"):
        opened(folder, transactional).upgrade()
    assert opened(folder, transactional).upgrade(resume=True).after == ("r2",)
    assert rows(transactional, "SELECT * FROM a") == [(1, "x")]


@pytest.mark.parametrize("commit", ["op.get_bind().commit()", "op.execute('COMMIT')"])
def test_behind_a_commit_of_its_own_too(folder: Path, engine: Engine, commit: str) -> None:
    done = TABLE.format("a"), commit, TABLE.format("b")
    stops(folder, engine, *done, STOPS)
    corrected(folder, *done)
    with pytest.raises(HalfDone):
        opened(folder, engine).upgrade()
    assert opened(folder, engine).upgrade(resume=True).after == ("r2",)
    assert tables(engine) == {"first", "a", "b"}
    assert stands_at(engine) == ["r2"]


@pytest.mark.parametrize("commit", ["op.get_bind().commit()", "op.execute('COMMIT')"])
def test_a_body_that_commits_and_ends_well_is_applied(
    folder: Path, engine: Engine, commit: str
) -> None:
    history(folder, create("first"), body(TABLE.format("a"), commit, TABLE.format("b")))
    assert opened(folder, engine).upgrade().after == ("r2",)
    assert stands_at(engine) == ["r2"]
    assert tables(engine) == {"first", "a", "b"}


def test_a_statement_that_the_server_still_carries_out_is_waited_for(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    with mariadb_engine.connect() as orphan, ThreadPoolExecutor(1) as pool:
        session = orphan.exec_driver_sql("SELECT CONNECTION_ID()").scalar()
        interrupted_in(mariadb_engine, "ALTER TABLE a FORCE", session)
        running = pool.submit(orphan.exec_driver_sql, "DO SLEEP(60)")
        while not rows(
            mariadb_engine,
            "SELECT 1 FROM information_schema.processlist"
            f" WHERE id = {session} AND info = 'DO SLEEP(60)'",
        ):
            assert not running.done()
        with pytest.raises(StillRunning, match=f"connection {session} ") as caught:
            opened(folder, mariadb_engine).upgrade(resume=True)
        assert caught.value.statement == "DO SLEEP(60)"
        execute(mariadb_engine, f"KILL QUERY {session}")
        running.exception(60)


def test_after_a_lost_connection_it_is_looked_up_what_was_done(
    folder: Path, mariadb_engine: Engine
) -> None:
    kill = "op.execute(f'KILL {op.get_bind().connection.thread_id()}')"
    history(folder, create("first"), body(TABLE.format("a"), kill))
    with pytest.raises(MigrateError):
        opened(folder, mariadb_engine).upgrade()
    (entry, *_) = opened(folder, mariadb_engine).log()
    assert (entry.revision, entry.result) == ("r2", "running")
    with pytest.raises(HalfDone, match="in statement 1:\n  CREATE TABLE a"):
        opened(folder, mariadb_engine).upgrade()
    corrected(folder, TABLE.format("a"), TABLE.format("b"))
    assert opened(folder, mariadb_engine).upgrade(resume=True).after == ("r2",)


# -- decisions -------------------------------------------------------------------------------------


def interrupted_in(engine: Engine, text: str, session: int | None = None) -> None:
    """As if the process had been killed in that statement: its row was never finished."""
    now = f'{{"digest":"0","text":"{text}","effect":null}}'
    trail = f'{{"done":[],"now":{now}}}'
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE migration_log SET result = 'running', trail = :trail, error = NULL,"
                " session = :session WHERE revision = 'r2'"
            ),
            {"trail": trail, "session": session},
        )


def test_what_cannot_be_looked_up_is_asked_for(folder: Path, mariadb_engine: Engine) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    interrupted_in(mariadb_engine, "CALL refresh()")
    with pytest.raises(Undecided) as caught:
        opened(folder, mariadb_engine).upgrade(resume=True)
    assert (caught.value.number, caught.value.statement) == (1, "CALL refresh()")
    assert "flask db resolve r2 --as done" in caught.value.next_step
    assert "flask db resolve r2 --as retry" in caught.value.next_step


def test_a_decision_is_recorded_and_the_run_goes_on(folder: Path, mariadb_engine: Engine) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    interrupted_in(mariadb_engine, "CALL refresh()")
    execute(mariadb_engine, "DROP TABLE a")
    migrations = opened(folder, mariadb_engine)
    assert migrations.resolve("r2", "retry").result == "stopped"
    corrected(folder, TABLE.format("a"))
    assert migrations.upgrade(resume=True).after == ("r2",)
    assert tables(mariadb_engine) == {"first", "a"}


def test_what_was_undone_by_hand_runs_from_its_beginning(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    execute(mariadb_engine, "DROP TABLE a")
    migrations = opened(folder, mariadb_engine)
    assert migrations.resolve("r2", "undone").result == "undone"
    corrected(folder, TABLE.format("b"))
    assert migrations.upgrade().after == ("r2",)
    assert tables(mariadb_engine) == {"first", "b"}


def test_what_was_finished_by_hand_is_stamped(folder: Path, mariadb_engine: Engine) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    opened(folder, mariadb_engine).stamp("r2")
    assert opened(folder, mariadb_engine).upgrade().steps == ()
    assert opened(folder, mariadb_engine).status().half_done is None


def test_there_is_nothing_to_decide_about_a_migration_that_is_whole(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("first"))
    opened(folder, engine).upgrade()
    with pytest.raises(NothingToResolve, match="r1 is not half done"):
        opened(folder, engine).resolve("r1", "undone")


def test_a_statement_that_is_known_to_have_failed_is_not_decided_about(
    folder: Path, mariadb_engine: Engine
) -> None:
    stops(folder, mariadb_engine, TABLE.format("a"), STOPS)
    with pytest.raises(NothingToResolve, match="is known"):
        opened(folder, mariadb_engine).resolve("r2", "done")
