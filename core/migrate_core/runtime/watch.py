"""Who watches a run. Apart from its events, which only what runs something has to import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from migrate_core.runtime.events import Event

Watch: TypeAlias = "Callable[[Event], None]"
"""Is told of each event, when it happens."""


def ignore(event: Event) -> None:
    """Watch nothing."""
