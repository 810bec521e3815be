"""The front object: what each command returns, raises and leaves alone, on every database."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, migration, opened, rows, tables
from migrate_core import Migrations
from migrate_core.errors import (
    ConfigurationError,
    DatabaseUnreachable,
    DirectoryMissing,
    InvalidScript,
    InvalidTarget,
    MultipleHeads,
    NoModels,
    TargetNotUpToDate,
    UnknownDatabaseRevision,
    UnknownRevision,
)
from migrate_core.runtime.requests import Outcome, Status


def shop() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("customer", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


# -- upgrade, downgrade, stamp ---------------------------------------------------------------------


def test_an_upgrade_tells_where_it_began_and_ended_and_what_it_ran(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    outcome = opened(folder, engine).upgrade()
    assert isinstance(outcome, Outcome)
    assert (outcome.before, outcome.after) == ((), ("r2",))
    assert [step.revision.id for step in outcome.steps] == ["r1", "r2"]
    assert tables(engine) == {"a", "b"}


def test_an_upgrade_with_nothing_pending_runs_nothing(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    outcome = opened(folder, engine).upgrade()
    assert (outcome.before, outcome.after, outcome.steps) == (("r1",), ("r1",), ())


def test_an_upgrade_stops_at_its_target(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"), create("c"))
    assert opened(folder, engine).upgrade("+2").after == ("r2",)
    assert tables(engine) == {"a", "b"}


def test_a_downgrade_undoes_the_last_migration(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    migrations = opened(folder, engine)
    migrations.upgrade()
    outcome = migrations.downgrade()
    assert (outcome.before, outcome.after) == (("r2",), ("r1",))
    assert tables(engine) == {"a"}


def test_a_downgrade_to_base_leaves_an_empty_version_table(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    migrations = opened(folder, engine)
    migrations.upgrade()
    assert migrations.downgrade("base").after == ()
    assert tables(engine) == set()
    assert rows(engine, "SELECT * FROM alembic_version") == []


def test_a_stamp_records_and_runs_nothing(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    outcome = opened(folder, engine).stamp("r1")
    assert outcome.after == ("r1",)
    assert [step.stamp for step in outcome.steps] == [True]
    assert tables(engine) == set()
    assert rows(engine, "SELECT version_num FROM alembic_version") == [("r1",)]


def test_a_purging_stamp_forgets_a_revision_that_no_file_has(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).stamp("r1")
    execute(engine, "UPDATE alembic_version SET version_num = 'gone'")
    with pytest.raises(UnknownDatabaseRevision):
        opened(folder, engine).stamp("r1")
    assert opened(folder, engine).stamp("r1", purge=True).after == ("r1",)
    assert rows(engine, "SELECT version_num FROM alembic_version") == [("r1",)]


def test_a_purging_stamp_of_base_empties_the_version_table(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).stamp("r1")
    assert opened(folder, engine).stamp("base", purge=True).after == ()
    assert rows(engine, "SELECT version_num FROM alembic_version") == []


def test_branches_are_applied_and_undone_together(folder: Path, engine: Engine) -> None:
    migration(folder, "r1", *create("a"))
    migration(folder, "left", *create("l"), down_revision="r1")
    migration(folder, "right", *create("r"), down_revision="r1")
    migrations = opened(folder, engine)
    assert migrations.upgrade("heads").after == ("left", "right")
    migration(folder, "both", down_revision=("left", "right"))
    assert migrations.upgrade().after == ("both",)
    assert migrations.downgrade("r1").after == ("r1",)
    assert tables(engine) == {"a"}


# -- writing ---------------------------------------------------------------------------------------


def test_a_generated_migration_makes_the_database_equal_to_the_models(
    folder: Path, engine: Engine
) -> None:
    migrations = opened(folder, engine, shop())
    written = migrations.generate("first")
    assert written is not None
    assert written.path.parent == folder / "versions"
    assert written.path.name == f"{written.revision.id}_first.py"
    assert written.described == ("add table customer",)
    assert migrations.upgrade().after == (written.revision.id,)
    assert not migrations.check()
    assert migrations.generate("again") is None
    assert len(list(written.path.parent.glob("*.py"))) == 1


def test_a_revision_is_empty_and_follows_the_head(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    written = opened(folder, engine).revision("by hand", rev_id="r2")
    assert (written.revision.id, written.revision.down) == ("r2", ("r1",))
    assert (written.operations, written.described) == ((), ())
    assert opened(folder, engine).upgrade().after == ("r2",)


def test_a_merge_follows_all_heads(folder: Path, engine: Engine) -> None:
    migration(folder, "left")
    migration(folder, "right")
    migrations = opened(folder, engine)
    written = migrations.merge(message="join", rev_id="both")
    assert written.revision.down == ("left", "right")
    assert [head.id for head in migrations.heads()] == ["both"]


def test_a_merge_takes_heads_only(folder: Path, engine: Engine) -> None:
    history(folder, "pass", "pass")
    with pytest.raises(InvalidTarget, match="r1 is not a head: it is followed by r2"):
        opened(folder, engine).merge(("r1", "r2"))


def test_a_branch_may_begin_where_splice_allows_it(folder: Path, engine: Engine) -> None:
    history(folder, "pass", "pass")
    written = opened(folder, engine).revision("side", head="r1", splice=True, rev_id="side")
    assert written.revision.down == ("r1",)
    with pytest.raises(MultipleHeads):
        opened(folder, engine).revision("more")


def test_the_folder_can_be_made_before_anything_is_in_it(folder: Path, engine: Engine) -> None:
    made = opened(folder, engine).init()
    assert made == folder
    assert (folder / "versions").is_dir()
    assert opened(folder, engine).upgrade().steps == ()


# -- looking ---------------------------------------------------------------------------------------


def test_a_plan_is_what_an_upgrade_would_run(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"), create("c"))
    migrations = opened(folder, engine)
    migrations.upgrade("r1")
    assert [planned.step.revision.id for planned in migrations.plan().steps] == ["r2", "r3"]
    assert [planned.step.revision.id for planned in migrations.plan("+1").steps] == ["r2"]
    assert tables(engine) == {"a"}


def test_the_status_of_a_database_half_way(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"), create("c"))
    migrations = opened(folder, engine)
    migrations.upgrade("r1")
    status = migrations.status()
    assert isinstance(status, Status)
    assert (status.current, status.heads, status.unknown) == (("r1",), ("r3",), ())
    assert [revision.id for revision in status.pending] == ["r2", "r3"]
    assert (status.applied, status.is_current) == (1, False)


def test_the_status_of_a_database_with_a_revision_that_no_file_has(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"), create("b"))
    opened(folder, engine).stamp("r1")
    execute(engine, "UPDATE alembic_version SET version_num = 'r1x9'")
    status = opened(folder, engine).status()
    assert (status.current, status.unknown) == (("r1x9",), ("r1x9",))
    assert not status.is_current
    assert opened(folder, engine).current() == ("r1x9",)


@pytest.mark.parametrize("command", ["upgrade", "downgrade", "plan", "check", "generate"])
def test_what_moves_or_compares_refuses_a_revision_that_no_file_has(
    folder: Path, engine: Engine, command: str
) -> None:
    history(folder, create("a"))
    opened(folder, engine).stamp("r1")
    execute(engine, "UPDATE alembic_version SET version_num = 'cafe'")
    with pytest.raises(UnknownDatabaseRevision, match="cafe") as caught:
        getattr(opened(folder, engine, shop()), command)()
    assert (caught.value.revision, caught.value.table) == ("cafe", "alembic_version")


def test_a_check_finds_what_differs_in_words_and_operations(folder: Path, engine: Engine) -> None:
    migrations = opened(folder, engine, shop())
    found = migrations.check()
    assert found
    assert found.described == ("add table customer",)
    assert [op.to_diff_tuple()[0] for op in found.operations] == ["add_table"]


@pytest.mark.parametrize("command", ["check", "generate"])
def test_comparing_needs_a_database_at_head(folder: Path, engine: Engine, command: str) -> None:
    history(folder, create("a"))
    with pytest.raises(TargetNotUpToDate, match="1 migration is not applied") as caught:
        getattr(opened(folder, engine, shop()), command)()
    assert caught.value.pending == ("r1 message of r1",)


@pytest.mark.parametrize("command", ["check", "generate"])
def test_no_models_at_all_drop_no_table(folder: Path, engine: Engine, command: str) -> None:
    execute(engine, "CREATE TABLE precious (id INTEGER PRIMARY KEY)")
    with pytest.raises(NoModels) as caught:
        getattr(opened(folder, engine), command)()
    assert caught.value.database_tables == ("precious",)
    assert not folder.exists()


def test_looking_creates_nothing(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    migrations = opened(folder, engine, shop())
    migrations.plan()
    migrations.status()
    migrations.current()
    migrations.heads()
    migrations.history()
    with pytest.raises(TargetNotUpToDate):
        migrations.check()
    assert sa.inspect(engine).get_table_names() == []


def test_what_needs_no_database_works_without_one(folder: Path) -> None:
    history(folder, create("a"))
    engine = sa.create_engine("sqlite:////no/such/folder/test.db")
    migrations = opened(folder, engine)
    assert [head.id for head in migrations.heads()] == ["r1"]
    assert list(migrations.history().graph.revisions) == ["r1"]
    assert migrations.revision("next").revision.down == ("r1",)


# -- mistakes --------------------------------------------------------------------------------------


def test_an_unknown_option_is_refused(folder: Path, sqlite_engine: Engine) -> None:
    with pytest.raises(ConfigurationError, match=r"version_tabel[\s\S]*version_table"):
        opened(folder, sqlite_engine, version_tabel="x")


def test_a_missing_folder_is_said_to_be_missing(folder: Path, sqlite_engine: Engine) -> None:
    with pytest.raises(DirectoryMissing, match="no migrations folder"):
        opened(folder, sqlite_engine).upgrade()


def test_a_target_that_does_not_exist_runs_nothing(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    with pytest.raises(UnknownRevision):
        opened(folder, engine).upgrade("nothere")
    assert sa.inspect(engine).get_table_names() == []


def test_head_is_refused_where_there_are_two_and_nothing_runs(folder: Path, engine: Engine) -> None:
    migration(folder, "left", *create("l"))
    migration(folder, "right", *create("r"))
    with pytest.raises(MultipleHeads) as caught:
        opened(folder, engine).upgrade()
    assert caught.value.heads == ("left", "right")
    assert sa.inspect(engine).get_table_names() == []


def test_a_file_that_does_not_parse_is_named_with_its_line(
    folder: Path, sqlite_engine: Engine
) -> None:
    path = migration(folder, "r1", "op.execute(")
    with pytest.raises(InvalidScript) as caught:
        opened(folder, sqlite_engine).upgrade()
    assert caught.value.path == str(path)
    assert caught.value.line is not None


def test_a_server_that_is_not_there_is_said_to_be_unreachable_without_the_password(
    folder: Path,
) -> None:
    history(folder, create("a"))
    url = "postgresql+psycopg://someone:s3cr3t@127.0.0.1:1/nothing"
    with pytest.raises(DatabaseUnreachable) as caught:
        opened(folder, sa.create_engine(url)).upgrade()
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.url == "postgresql+psycopg://someone:***@127.0.0.1:1/nothing"


# -- good manners ----------------------------------------------------------------------------------


def test_nothing_is_printed_and_no_logger_is_touched(
    folder: Path, engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    def logging_state() -> list[object]:
        names = [None, *sorted(logging.root.manager.loggerDict)]
        loggers = [logging.getLogger(name) for name in names]
        return [(log.name, log.level, log.disabled, list(log.handlers)) for log in loggers]

    migrations: Migrations = opened(folder, engine, shop())
    before = logging_state()
    migrations.generate("first")
    migrations.plan()
    migrations.upgrade()
    migrations.check()
    migrations.status()
    migrations.downgrade()
    assert logging_state() == before
    assert capfd.readouterr() == ("", "")
