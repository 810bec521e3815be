"""What an app that registered migrations holds in ``app.extensions``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

KEY = "migrate"
"""Where the app's main Migrate is: the one called ``db``, or else the first."""

COMMANDS_KEY = "migrate_commands"
"""Where all of them are, by the names of their command groups."""

GATE_KEY = "migrate_gate"
"""Where the pending page's place before the app is."""

PAGE_KEY = "MIGRATE_PENDING_PAGE"
"""The app's setting that turns the pending page off."""


@dataclass(frozen=True)
class MigrateConfig:
    """What ``app.extensions["migrate"]`` holds.

    :param migrate: the Migrate that registered it.
    :param db: the Flask-SQLAlchemy object, None to find it in the app.
    :param directory: the migrations folder as it was given.
    :param configure_args: options of the engine.
    :param command: the name of its command group.
    :param models: the MetaData that was given, or several by the names of their databases.
    :param engine: the engine that was given, or several by name.
    :param binds: the databases that are migrated, None for all that have models or migrations.
    """

    migrate: Any
    db: Any
    directory: str
    configure_args: dict[str, Any] = field(default_factory=dict)
    command: str = "db"
    models: Any = None
    engine: Any = None
    binds: Sequence[str] | None = None

    @property
    def metadata(self) -> Any:
        """The models' MetaData."""
        return self.models if self.models is not None else self.db.metadata
