"""A project with an env.py, in a working directory of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import Project


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory of the test's own; `sys.path` and `sys.modules` are as before after it.

    What a project imports is its own, whatever another one calls by the same name.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("ALEMBIC_CONFIG", raising=False)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def project(here: Path, sqlite_url: str) -> Project:
    return Project(here, sqlite_url)


@pytest.fixture
def project_anywhere(here: Path, database_url: str) -> Project:
    return Project(here, database_url)


@pytest.fixture
def on_postgresql(here: Path, postgresql_url: str) -> Project:
    return Project(here, postgresql_url)
