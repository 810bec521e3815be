"""Projects to run `flask` in: on SQLite, or on each database in turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from projects import Project


@pytest.fixture
def project(tmp_path: Path, sqlite_url: str, flask_run: Callable[..., Any]) -> Project:
    """An empty folder, beside the SQLite file that its app will use."""
    return _project(tmp_path, sqlite_url, flask_run)


@pytest.fixture
def project_anywhere(tmp_path: Path, database_url: str, flask_run: Callable[..., Any]) -> Project:
    """The same on each database; `engine` is an engine on it."""
    return _project(tmp_path, database_url, flask_run)


def _project(tmp_path: Path, url: str, run: Callable[..., Any]) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, url, run)
