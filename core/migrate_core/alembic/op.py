"""``alembic.op``: the directives of the migration that is running."""

from __future__ import annotations

from typing import Any

from migrate_core.current.operations import op


def __getattr__(name: str) -> Any:
    return getattr(op, name)


def __dir__() -> list[str]:
    return dir(op)
