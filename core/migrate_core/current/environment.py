"""``context``: the environment that is at work."""

from __future__ import annotations

from typing import Any, cast

from migrate_core.api.environment import EnvironmentContext, environment


class CurrentContext:
    """The environment that is at work, whatever is asked of it.

    Each attribute raises NothingRunning outside of an env.py and of migrations.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(environment(), name)


context = cast(EnvironmentContext, CurrentContext())
