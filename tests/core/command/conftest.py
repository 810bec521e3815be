"""A project with an env.py, in a working directory of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import Project


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory of the test's own; `sys.path` is as before when it ends."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("ALEMBIC_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def project(here: Path, sqlite_url: str) -> Project:
    return Project(here, sqlite_url)


@pytest.fixture
def project_anywhere(here: Path, database_url: str) -> Project:
    return Project(here, database_url)
