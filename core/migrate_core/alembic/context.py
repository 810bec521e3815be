"""``alembic.context``: the environment of what is running."""

from __future__ import annotations

from typing import Any

from migrate_core.current.environment import context


def __getattr__(name: str) -> Any:
    return getattr(context, name)


def __dir__() -> list[str]:
    return dir(context)
