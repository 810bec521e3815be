"""What a run tells whoever watches, in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from histories import create, history, opened
from migrate_core.errors import MigrationFailed
from migrate_core.runtime.events import Event, Planned, StepFinished, StepStarted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def test_a_run_is_planned_and_each_step_started_and_finished(folder: Path, engine: Engine) -> None:
    history(folder, create("a"), create("b"))
    told: list[Event] = []
    outcome = opened(folder, engine, watch=told.append).upgrade()
    first, second = outcome.steps
    planned, *rest = told
    assert planned == Planned((first, second))
    assert [type(event) for event in rest] == [StepStarted, StepFinished] * 2
    assert rest[0] == StepStarted(first, 1, 2)
    assert rest[2] == StepStarted(second, 2, 2)
    assert isinstance(rest[3], StepFinished)
    assert rest[3].step == second
    assert rest[3].seconds >= 0


def test_a_step_that_fails_is_started_and_not_finished(folder: Path, engine: Engine) -> None:
    history(folder, "raise RuntimeError('no')")
    told: list[Event] = []
    with pytest.raises(MigrationFailed):
        opened(folder, engine, watch=told.append).upgrade()
    assert [type(event) for event in told] == [Planned, StepStarted]


def test_nothing_is_told_where_nothing_is_to_do(folder: Path, engine: Engine) -> None:
    history(folder, create("a"))
    opened(folder, engine).upgrade()
    told: list[Event] = []
    opened(folder, engine, watch=told.append).upgrade()
    assert told == []
