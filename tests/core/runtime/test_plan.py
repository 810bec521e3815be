"""The dry run: what an upgrade would do, what is marked in it, and that nothing comes of it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, rows, tables
from migrate_core.errors import InvalidScript, MigrationFailed, UnknownDatabaseRevision
from migrate_core.runtime.planning import Plan, PlannedStep

READS = """
op.execute("INSERT INTO a VALUES (1)")
found = op.get_bind().execute(sa.text("SELECT id FROM a")).scalar()
op.execute(f"UPDATE a SET id = {found + 1}")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def plan(folder: Path, engine: Engine, target: str = "head") -> Plan:
    return opened(folder, engine).plan(target)


def sql(step: PlannedStep) -> list[str]:
    return [" ".join(text.split()) for each in step.operations for text in each.statements]


def kinds(step: PlannedStep) -> list[str]:
    return [mark.kind for mark in step.marks]


# -- what is known ---------------------------------------------------------------------------------


def test_a_plan_has_the_pending_steps_and_where_they_lead(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"), create("c"))
    opened(folder, engine).upgrade("r1")
    found = plan(folder, engine)
    assert [each.step.revision.id for each in found.steps] == ["r2", "r3"]
    assert (found.before, found.after) == (("r1",), ("r3",))


def test_a_plan_has_the_sql_that_the_upgrade_sends(folder: Path, engine: Engine) -> None:
    _, path = history(folder, create("a"), "op.execute('INSERT INTO a VALUES (7)')")
    first, second = plan(folder, engine).steps
    assert sql(first)[0].startswith("CREATE TABLE a ( id")
    assert sql(second) == ["INSERT INTO a VALUES (7)"]
    assert second.path == path
    assert second.unknown is None


def test_operations_are_in_words_beside_their_sql(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    (step,) = plan(folder, engine).steps
    assert step.operations[0].described == ("add table a",)


def test_what_reads_the_database_is_known_up_to_there(folder: Path, engine: Engine) -> None:
    _, path = history(folder, create("a"), READS)
    _, step = plan(folder, engine).steps
    line = 1 + next(
        at for at, text in enumerate(path.read_text().splitlines()) if "get_bind" in text
    )
    assert sql(step) == ["INSERT INTO a VALUES (1)"]
    assert step.unknown == f"it reads the database (line {line})"


def test_steps_after_an_unknown_one_are_planned_too(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), READS, create("b"))
    *_, last = plan(folder, engine).steps
    assert sql(last)[0].startswith("CREATE TABLE b")


def test_a_body_that_raises_is_told_and_stops_nothing(folder: Path, engine: Engine) -> None:
    history(folder, "raise RuntimeError('no')", create("b"))
    first, second = plan(folder, engine).steps
    assert first.unknown is not None
    assert first.unknown.startswith("RuntimeError: no (line ")
    assert second.unknown is None


def test_a_password_is_not_in_what_a_body_says(folder: Path, postgresql_url: str) -> None:
    history(folder, "raise RuntimeError('cannot log in with s3cr3t')")
    url = sa.make_url(postgresql_url).set(password="s3cr3t")
    (step,) = plan(folder, sa.create_engine(url, poolclass=sa.NullPool)).steps
    assert step.unknown is not None
    assert "cannot log in with ***" in step.unknown


def test_a_sqlite_table_that_is_there_is_planned_as_it_is(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, "op.alter_column('stock', 'n', nullable=False, existing_type=sa.Integer)")
    execute(sqlite_engine, "CREATE TABLE stock (n INTEGER, note TEXT DEFAULT 'kept')")
    (step,) = plan(folder, sqlite_engine).steps
    assert "n INTEGER NOT NULL, note TEXT DEFAULT 'kept'" in sql(step)[0]
    assert [mark.reason for mark in step.marks] == [
        "writes to the database wait while stock is copied"
    ]


def test_a_plan_may_go_down(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine).upgrade()
    found = opened(folder, engine).plan_downgrade("base")
    assert [sql(each) for each in found.steps] == [["DROP TABLE b"], ["DROP TABLE a"]]
    assert kinds(found.steps[0])[0] == "destructive"
    assert (found.before, found.after) == (("r2",), ())


def test_nothing_pending_is_an_empty_plan(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    assert plan(folder, engine).steps == ()


def test_what_is_half_done_and_would_stop_the_run_is_told(
    folder: Path, mariadb_engine: Engine
) -> None:
    history(folder, create("a")[0] + "\nop.execute('SELECT * FROM nowhere')")
    with pytest.raises(MigrationFailed):
        opened(folder, mariadb_engine).upgrade()
    half_done = plan(folder, mariadb_engine).half_done
    assert half_done is not None
    assert half_done.revision == "r1"


# -- what is marked --------------------------------------------------------------------------------


def test_what_is_dropped_is_marked(folder: Path, engine: Engine) -> None:
    execute(engine, "CREATE TABLE old (a INTEGER, b INTEGER)", "CREATE TABLE older (a INTEGER)")
    history(folder, "op.drop_column('old', 'a')", "op.drop_table('older')")
    first, second = plan(folder, engine).steps
    assert "drops old.a and its values" in [mark.reason for mark in first.marks]
    assert "drops table older and its rows" in [mark.reason for mark in second.marks]


def test_a_delete_by_sqlalchemy_is_marked_as_one_in_text_is(folder: Path, engine: Engine) -> None:
    execute(engine, "CREATE TABLE old (a INTEGER)")
    history(folder, "op.execute(sa.delete(sa.table('old')))", "op.execute('DELETE FROM old')")
    for step in plan(folder, engine).steps:
        assert [mark.reason for mark in step.marks] == ["deletes all rows of old"]


def test_what_the_plan_itself_creates_can_be_dropped_unmarked(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), "op.rename_table('a', 'b')", "op.drop_table('b')")
    assert "destructive" not in [
        kind for each in plan(folder, engine).steps for kind in kinds(each)
    ]


def test_a_table_that_may_have_been_there_is_dropped_marked(folder: Path, engine: Engine) -> None:
    makes = "op.create_table('a', sa.Column('id', sa.Integer), if_not_exists=True)"
    history(folder, makes, "op.drop_table('a')")
    assert "destructive" in kinds(plan(folder, engine).steps[1])


def test_an_index_on_rows_that_are_there_is_marked_on_postgresql(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE old (a INTEGER)")
    history(folder, "op.create_index('ix_a', 'old', ['a'])")
    (step,) = plan(folder, postgresql_engine).steps
    (mark,) = step.marks
    assert (mark.kind, mark.reason) == ("locking", "writes to old wait while the index is built")
    assert "postgresql_concurrently=True" in mark.instead


def test_a_new_table_s_foreign_key_locks_the_table_that_is_there(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE TABLE old (id INTEGER PRIMARY KEY)")
    history(folder, create("a"), "op.create_foreign_key('fk', 'a', 'old', ['id'], ['id'])")
    _, step = plan(folder, postgresql_engine).steps
    assert [mark.reason for mark in step.marks] == ["writes to old wait until the transaction ends"]


def test_an_autocommit_block_is_marked(folder: Path, postgresql_engine: Engine) -> None:
    body = """
    with op.get_context().autocommit_block():
        op.create_index('ix_a', 'a', ['id'], postgresql_concurrently=True)
    op.execute("INSERT INTO a VALUES (1)")
    """
    history(folder, create("a"), body)
    _, step = plan(folder, postgresql_engine).steps
    index, insert = step.operations
    assert [mark.kind for mark in index.marks] == ["non-transactional"]
    assert insert.marks == ()


def test_ddl_on_mariadb_is_committed_at_once(folder: Path, mariadb_engine: Engine) -> None:
    history(folder, create("a"), "op.execute('INSERT INTO a VALUES (1)')")
    first, second = plan(folder, mariadb_engine).steps
    assert kinds(first) == ["non-transactional"]
    assert kinds(second) == []


# -- nothing comes of it ---------------------------------------------------------------------------


def test_a_plan_leaves_the_database_as_it_was(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), "op.drop_table('precious')", READS)
    execute(engine, "CREATE TABLE precious (id INTEGER)")
    plan(folder, engine)
    assert sa.inspect(engine).get_table_names() == ["precious"]


SESSION = """
from sqlalchemy.orm import Session
import shared
with Session(shared.engine) as session:
    session.execute(sa.text("DELETE FROM precious"))
    session.commit()
"""


def test_a_body_that_brings_its_own_session_does_not_reach_the_database(
    folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = ModuleType("shared")
    application.engine = engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shared", application)
    history(folder, SESSION)
    execute(engine, "CREATE TABLE precious (id INTEGER)", "INSERT INTO precious VALUES (1)")
    (step,) = plan(folder, engine).steps
    assert step.unknown is not None
    assert step.unknown.startswith("it reads the database")
    assert rows(engine, "SELECT id FROM precious") == [(1,)]


def test_a_plan_makes_no_sqlite_file(folder: Path, sqlite_engine: Engine, tmp_path: Path) -> None:
    history(folder, create("a"))
    assert len(plan(folder, sqlite_engine).steps) == 1
    assert not (tmp_path / "test.db").exists()


def test_a_plan_from_a_revision_that_no_file_has_is_refused(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine).upgrade()
    (folder / "versions" / "r2_.py").unlink()
    with pytest.raises(UnknownDatabaseRevision):
        plan(folder, engine)


def test_a_file_that_is_not_python_is_refused(folder: Path, engine: Engine) -> None:
    (path,) = history(folder, create("a"))
    path.write_text(path.read_text() + "\n)(")
    with pytest.raises(InvalidScript):
        plan(folder, engine)
    assert tables(engine) == set()
