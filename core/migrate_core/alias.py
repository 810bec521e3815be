"""Answers ``import alembic`` with the doors while a project's migration files run.

The doors are found by their name when a file runs: they stand above what lets it run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

NAME = "alembic"
DOORS = "migrate_core.alembic"


@contextmanager
def active() -> Iterator[None]:
    """Let ``import alembic`` mean the doors within the block, then put back what it meant.

    A file that was written for Alembic so runs whether Alembic is installed as well or not.
    """
    hidden = {name: module for name, module in sys.modules.items() if _is_alembic(name)}
    for name in hidden:
        del sys.modules[name]
    sys.modules[NAME] = import_module(DOORS)
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _is_alembic(name)]:
            del sys.modules[name]
        sys.modules.update(hidden)


def _is_alembic(name: str) -> bool:
    return name == NAME or name.startswith(f"{NAME}.")
