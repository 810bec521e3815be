"""The connection is cut at the COMMIT: the version table says what came of it, and is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, tables
from migrate_core.errors import CommitUnanswered, MigrationFailed, RunCutShort
from migrate_core.runtime.events import Event, Noted, StepFinished, StepStarted
from wires import Wire, cuttable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def postgresql_wire(postgresql_url: str) -> Iterator[Wire]:
    with cuttable(postgresql_url) as wire:
        yield wire


@pytest.fixture
def mariadb_wire(mariadb_url: str) -> Iterator[Wire]:
    with cuttable(mariadb_url) as wire:
        yield wire


def through(wire: Wire) -> Engine:
    """An engine by way of the wire."""
    return sa.create_engine(wire.url, poolclass=sa.NullPool)


def at(kind: type, cut: Callable[[], None], told: list[Event]) -> Callable[[Event], None]:
    """Watch a run, and cut its wire at the first event of a kind."""

    def watch(event: Event) -> None:
        if isinstance(event, kind) and not any(isinstance(each, kind) for each in told):
            cut()
        told.append(event)

    return watch


def test_a_commit_that_was_done_is_done(
    folder: Path, postgresql_wire: Wire, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    told: list[Event] = []
    watch = at(StepFinished, postgresql_wire.cut_after_commit, told)
    outcome = opened(folder, through(postgresql_wire), watch=watch).upgrade()
    assert [step.revision.id for step in outcome.steps] == ["r1"]
    assert outcome.after == ("r1",)
    last = told[-1]
    assert isinstance(last, Noted)
    assert "was lost during COMMIT. The version table says that it was done" in last.text
    assert tables(postgresql_engine) == {"a"}


def test_a_commit_that_was_not_done_is_an_error_that_says_so(
    folder: Path, postgresql_wire: Wire, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    watch = at(StepFinished, postgresql_wire.cut_before_commit, [])
    engine = through(postgresql_wire)
    with pytest.raises(RunCutShort, match="was not done: the database stands at base") as caught:
        opened(folder, engine, watch=watch).upgrade()
    assert caught.value.committed is False
    assert caught.value.next_step == "To go on: flask db upgrade"
    assert opened(folder, engine).upgrade().after == ("r1",)
    assert tables(postgresql_engine) == {"a"}


def test_of_several_transactions_the_one_that_was_done_is_kept(
    folder: Path, postgresql_wire: Wire
) -> None:
    history(folder, create("a"), create("b"))
    engine = through(postgresql_wire)
    watch = at(StepStarted, postgresql_wire.cut_after_commit, [])
    with pytest.raises(RunCutShort, match="was done: the database stands at r1") as caught:
        opened(folder, engine, watch=watch, transaction_per_migration=True).upgrade()
    assert caught.value.heads == ("r1",)
    assert opened(folder, engine).upgrade().after == ("r2",)


def test_where_nobody_can_be_asked_that_is_said(folder: Path, postgresql_wire: Wire) -> None:
    history(folder, create("a"))
    watch = at(StepFinished, postgresql_wire.cut_for_good, [])
    with pytest.raises(CommitUnanswered, match="was lost during COMMIT") as caught:
        opened(folder, through(postgresql_wire), watch=watch).upgrade()
    assert caught.value.next_step == "See whether it was done: flask db current"


def test_a_commit_that_was_interrupted_is_looked_up(
    folder: Path, postgresql_wire: Wire, postgresql_engine: Engine
) -> None:
    history(folder, create("a"))
    told: list[Event] = []
    watch = at(StepFinished, postgresql_wire.interrupt_commit, told)
    with suppress(RunCutShort):  # it may have come before the server had it
        opened(folder, through(postgresql_wire), watch=watch).upgrade()
        last = told[-1]
        assert isinstance(last, Noted)
        assert "was interrupted. The version table says that it was done." in last.text
        assert tables(postgresql_engine) == {"a"}


def test_mariadb_has_done_the_row(folder: Path, mariadb_wire: Wire) -> None:
    history(folder, create("a"))
    engine = through(mariadb_wire)
    watch = at(StepStarted, mariadb_wire.cut_after_commit, [])
    assert opened(folder, engine, watch=watch).upgrade().after == ("r1",)


def test_mariadb_has_done_the_table_and_not_the_row(folder: Path, mariadb_wire: Wire) -> None:
    history(folder, create("a"))
    engine = through(mariadb_wire)
    watch = at(StepStarted, mariadb_wire.cut_before_commit, [])
    with pytest.raises(RunCutShort, match="was not done") as caught:
        opened(folder, engine, watch=watch).upgrade()
    assert "did to the schema was committed as it was made" in str(caught.value)


def test_a_connection_that_ends_within_a_migration_is_an_error_and_nothing_is_kept(
    folder: Path, postgresql_engine: Engine
) -> None:
    history(
        folder, create("a")[0] + "\nop.execute('SELECT pg_terminate_backend(pg_backend_pid())')"
    )
    with pytest.raises(MigrationFailed, match="The run was rolled back") as caught:
        opened(folder, postgresql_engine).upgrade()
    assert "terminating connection" in caught.value.reason
    execute(postgresql_engine, "SELECT 1")
    assert tables(postgresql_engine) == set()
