"""What a run tells whoever watches, in order."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from histories import create, history, opened
from migrate_core.errors import MigrationFailed
from migrate_core.runtime.events import (
    Event,
    Failed,
    Planned,
    StatementFailed,
    StatementFinished,
    StatementStarted,
    StepFinished,
    StepStarted,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def told(folder: Path, engine: Engine) -> list[Event]:
    """What an upgrade told; a failing one as well."""
    events: list[Event] = []
    with suppress(MigrationFailed, KeyboardInterrupt):
        opened(folder, engine, watch=events.append).upgrade()
    return events


def test_a_run_is_planned_and_each_step_started_and_finished(folder: Path, engine: Engine) -> None:
    history(folder, "pass", "pass")
    planned, *rest = told(folder, engine)
    assert isinstance(planned, Planned)
    first, second = planned.steps
    assert [type(event) for event in rest] == [StepStarted, StepFinished] * 2
    assert rest[0] == StepStarted(first, 1, 2)
    assert rest[2] == StepStarted(second, 2, 2)
    assert isinstance(rest[3], StepFinished)
    assert rest[3].step == second
    assert rest[3].seconds >= 0


def test_a_statement_is_told_between_the_ends_of_its_step(folder: Path, engine: Engine) -> None:
    history(folder, "op.execute('CREATE TABLE a (id INTEGER)')")
    *_, started, finished, _step = told(folder, engine)
    assert started == StatementStarted("CREATE TABLE a (id INTEGER)")
    assert isinstance(finished, StatementFinished)
    assert finished.text == "CREATE TABLE a (id INTEGER)"
    assert finished.seconds >= 0


def test_the_rows_of_the_version_table_are_no_statements_of_a_migration(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"))
    texts = [event.text for event in told(folder, engine) if isinstance(event, StatementStarted)]
    assert len(texts) == 1
    assert "CREATE TABLE a" in texts[0]


def test_what_goes_through_get_bind_is_told(folder: Path, engine: Engine) -> None:
    history(folder, "op.get_bind().execute(sa.text('SELECT 42'))")
    assert StatementStarted("SELECT 42") in told(folder, engine)


def test_a_step_that_fails_is_started_and_not_finished(folder: Path, engine: Engine) -> None:
    history(folder, "raise RuntimeError('no')")
    assert [type(event) for event in told(folder, engine)] == [Planned, StepStarted, Failed]


def test_a_refused_statement_is_told_with_what_the_driver_said(
    folder: Path, engine: Engine
) -> None:
    history(folder, "op.execute('SELECT * FROM nowhere')")
    *_, refused, failed = told(folder, engine)
    assert isinstance(refused, StatementFailed)
    assert "nowhere" in refused.reason
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, MigrationFailed)


def test_an_interrupt_ends_a_run_as_a_failure(folder: Path, engine: Engine) -> None:
    history(folder, "raise KeyboardInterrupt")
    *_, failed = told(folder, engine)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, KeyboardInterrupt)


def test_nothing_is_told_where_nothing_is_to_do(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    assert told(folder, engine) == []
