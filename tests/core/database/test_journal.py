"""The journal: what is recorded of each run, who sees it, and what it is never in the way of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, migration, opened, rows, tables
from migrate_core.database.wording import kind_of
from migrate_core.errors import (
    JournalUnusable,
    MigrationFailed,
    UnknownDatabaseRevision,
)
from migrate_core.scripts import checkout, fingerprint

ANY = sa.MetaData()
sa.Table("a", ANY, sa.Column("id", sa.Integer, primary_key=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def told(engine: Engine, folder: Path) -> list[tuple[str, str, str]]:
    return [(each.revision, each.direction, each.result) for each in opened(folder, engine).log()]


# -- what is recorded ------------------------------------------------------------------------------


def test_each_step_has_a_row_newest_first(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    migrations = opened(folder, engine)
    migrations.upgrade()
    migrations.downgrade()
    migrations.stamp("r2")
    assert told(engine, folder) == [
        ("r2", "stamp", "done"),
        ("r2", "downgrade", "done"),
        ("r2", "upgrade", "done"),
        ("r1", "upgrade", "done"),
    ]


def test_a_row_says_from_what_by_what_and_how_long(folder: Path, engine: Engine) -> None:
    _first, second = history(folder, create("a"), create("b"))
    opened(folder, engine).upgrade()
    (entry,) = opened(folder, engine).log(1)
    assert entry.parents == ("r1",)
    assert entry.tool.startswith("flask-migrate-ext ")
    assert entry.fingerprint == fingerprint.read(second)
    assert entry.seconds is not None
    assert entry.host
    assert entry.user


def test_host_and_user_can_be_left_out(folder: Path, sqlite_engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, sqlite_engine, journal_people=False).upgrade()
    (entry,) = opened(folder, sqlite_engine).log()
    assert (entry.host, entry.user) == (None, None)


def test_a_failure_is_recorded_after_its_rollback(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), "raise RuntimeError('no luck')")
    with pytest.raises(MigrationFailed):
        opened(folder, engine).upgrade()
    (entry, *_) = opened(folder, engine).log()
    assert (entry.revision, entry.result) == ("r2", "failed")
    assert entry.error == "RuntimeError: no luck"


def test_a_long_error_is_cut(folder: Path, sqlite_engine: Engine) -> None:
    history(folder, "raise RuntimeError('x' * 100_000)")
    with pytest.raises(MigrationFailed):
        opened(folder, sqlite_engine).upgrade()
    (entry,) = opened(folder, sqlite_engine).log()
    assert entry.error is not None
    assert len(entry.error) == 2_000


def test_a_callers_transaction_takes_the_rows_along(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    with postgresql_engine.connect() as connection, connection.begin() as transaction:
        opened(folder, connection).upgrade()
        transaction.rollback()
    assert told(postgresql_engine, folder) == []


def test_a_revision_of_one_statement_costs_three_more_at_most(folder: Path, engine: Engine) -> None:
    def statements(revisions: int) -> int:
        history(folder, *(create(f"t{number}") for number in range(revisions)))
        sent: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        sa.event.listen(engine, "before_cursor_execute", count)
        opened(folder, engine).upgrade()
        sa.event.remove(engine, "before_cursor_execute", count)
        return len(sent)

    few = statements(2)
    more = statements(2 + 10)  # ten of them are new
    assert more - few <= 10 * (1 + 3) + 2


# -- whom it is not in the way of ------------------------------------------------------------------


def test_a_comparison_never_sees_it(folder: Path, engine: Engine) -> None:
    migrations = opened(folder, engine, ANY)
    migrations.generate("first")
    migrations.upgrade()
    assert not migrations.check()


def test_a_comparison_never_sees_it_in_another_schema(
    folder: Path, postgresql_engine: Engine
) -> None:
    execute(postgresql_engine, "CREATE SCHEMA admin")
    options = {"version_table_schema": "admin", "include_schemas": True}
    migrations = opened(folder, postgresql_engine, ANY, **options)
    migrations.generate("first")
    migrations.upgrade()
    assert not migrations.check()
    assert rows(postgresql_engine, "SELECT count(*) FROM admin.migration_log") == [(1,)]


def test_it_can_be_turned_off(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    migrations = opened(folder, engine, journal=False)
    migrations.upgrade()
    assert migrations.log() == ()
    assert not sa.inspect(engine).has_table("migration_log")
    migrations.status()


def test_it_can_have_another_name(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    migrations = opened(folder, engine, journal="deploy log")
    migrations.upgrade()
    assert len(migrations.log()) == 1
    assert rows(engine, "SELECT * FROM alembic_version") == [("r1",)]


def test_two_histories_in_one_database_read_their_own_rows(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    migration(folder.with_name("other"), "x1", create("b")[0])
    other = opened(folder.with_name("other"), engine, version_table="other_version")
    other.upgrade()
    assert [entry.revision for entry in other.log()] == ["x1"]
    assert told(engine, folder) == [("r1", "upgrade", "done")]
    assert other.status().changes == ()


def test_a_database_without_it_gets_it_with_the_next_run(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine, journal=False).upgrade("r1")
    opened(folder, engine).upgrade()
    assert told(engine, folder) == [("r2", "upgrade", "done")]
    assert opened(folder, engine).status().changes == ()


def test_a_table_of_the_same_name_is_left_alone_and_told(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    execute(engine, "CREATE TABLE migration_log (birds INTEGER)")
    migrations = opened(folder, engine)
    with pytest.raises(JournalUnusable, match="another_name") as caught:
        migrations.upgrade()
    assert caught.value.table == "migration_log"
    assert tables(engine) == set()
    with pytest.raises(JournalUnusable):
        migrations.remove_log()
    assert migrations.status().current == ()
    assert migrations.log() == ()
    assert opened(folder, engine, journal="another_name").upgrade().after == ("r1",)


def test_an_account_that_may_not_read_it_can_look_where_the_database_stands(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    opened(folder, postgresql_engine).upgrade()
    name = f"reader_{str(postgresql_engine.url.database)[-12:]}"
    execute(
        postgresql_engine,
        f"CREATE ROLE {name} LOGIN",
        f"GRANT SELECT ON alembic_version TO {name}",
    )
    reader = sa.create_engine(postgresql_engine.url.set(username=name), poolclass=sa.NullPool)
    try:
        migrations = opened(folder, reader)
        assert migrations.status().current == ("r1",)
        assert migrations.current() == ("r1",)
        assert migrations.log() == ()
    finally:
        execute(postgresql_engine, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


# -- what was changed since ------------------------------------------------------------------------


def changes(folder: Path, engine: Engine) -> list[tuple[str, str]]:
    return [(each.kind, each.revision) for each in opened(folder, engine).status().changes]


def test_a_file_that_says_something_else_is_edited(folder: Path, sqlite_engine: Engine) -> None:
    first, second = history(folder, create("a"), create("b"))
    opened(folder, sqlite_engine).upgrade()
    first.write_text(first.read_text().replace("'id'", '"id"').replace("\n\n\n", "\n\n"))
    second.write_text(second.read_text().replace("'b'", "'c'"))
    assert changes(folder, sqlite_engine) == [("edited", "r2")]


def test_a_file_that_is_gone_is_missing_until_somebody_stamps(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, sqlite_engine).upgrade()
    (folder / "versions" / "r2_.py").unlink()
    assert changes(folder, sqlite_engine) == [("missing", "r2")]
    opened(folder, sqlite_engine).stamp("r1", purge=True)
    assert changes(folder, sqlite_engine) == []


def test_a_file_put_below_one_that_was_applied_is_inserted(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, sqlite_engine).upgrade()
    migration(folder, "late", create("c")[0], down_revision="r1")
    migration(folder, "r2", *create("b"), down_revision="late")
    assert changes(folder, sqlite_engine) == [("inserted", "late"), ("edited", "r2")]


def test_what_was_undone_may_be_edited(folder: Path, sqlite_engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, sqlite_engine).upgrade()
    opened(folder, sqlite_engine).downgrade()
    history(folder, create("a"), create("c"))
    assert changes(folder, sqlite_engine) == []


# -- bad input -------------------------------------------------------------------------------------


def test_an_unknown_revision_is_told_with_when_it_was_applied(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine).upgrade()
    (folder / "versions" / "r2_.py").unlink()
    with pytest.raises(UnknownDatabaseRevision, match="It was applied at 20") as caught:
        opened(folder, engine).upgrade()
    assert caught.value.recorded.endswith("after r1.")
    assert opened(folder, engine).status().unknown == ("r2",)


@pytest.mark.parametrize("row", ["", "it's; DROP TABLE a --", "x" * 32, "☃"])
def test_garbage_in_the_version_table_stops_no_command_that_looks(
    folder: Path, engine: Engine, row: str
) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:row)"), {"row": row})
    migrations = opened(folder, engine)
    assert migrations.status().unknown == (row,)
    assert len(migrations.log()) == 1
    assert list(migrations.history().graph.revisions) == ["r1"]
    with pytest.raises(UnknownDatabaseRevision):
        migrations.upgrade()


def test_two_unrelated_rows_are_told_apart(folder: Path, engine: Engine) -> None:
    migration(folder, "a1", create("a")[0])
    migration(folder, "b1", create("b")[0])
    opened(folder, engine).upgrade("heads")
    assert opened(folder, engine).status().current == ("a1", "b1")
    assert sorted(each.revision for each in opened(folder, engine).log()) == ["a1", "b1"]


# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT 1", "read"),
        ("  -- note\n(select 1)", "read"),
        ("SELECT * INTO b FROM a", "other"),
        ("SELECT 1 INTO @x", "read"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "read"),
        ("WITH a AS (DELETE FROM b RETURNING id) SELECT * FROM a", "data"),
        ("/* x */ INSERT INTO a VALUES (1)", "data"),
        ("commit", "commit"),
        ("SET x = 1", "session"),
        ("CREATE TEMPORARY TABLE a (b INT)", "temporary"),
        ("CREATE TABLE temporary (b INT)", "other"),
        ("ALTER TABLE a ADD b INT", "other"),
        ("", "other"),
    ],
)
def test_what_a_statement_does_is_told_by_its_first_words(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize("form", ["ref", "packed", "detached", "worktree"])
def test_the_commit_is_read_from_gits_own_files(tmp_path: Path, form: str) -> None:
    commit = "0123456789" * 4
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    place = tmp_path / "a" / "migrations"
    place.mkdir(parents=True)
    if form == "ref":
        (git / "refs" / "heads" / "main").write_text(f"{commit}\n")
    elif form == "packed":
        (git / "packed-refs").write_text(f"# pack-refs\n{commit} refs/heads/main\n")
    elif form == "detached":
        (git / "HEAD").write_text(f"{commit}\n")
    else:
        (git / "refs" / "heads" / "main").write_text(f"{commit}\n")
        second = git / "worktrees" / "a"
        second.mkdir(parents=True)
        (second / "HEAD").write_text("ref: refs/heads/main\n")
        (second / "commondir").write_text("../..\n")
        (tmp_path / "a" / ".git").write_text(f"gitdir: {second}\n")
    assert checkout.commit(place) == commit


def test_where_there_is_no_repository_there_is_no_commit(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert checkout.commit(tmp_path) is None
