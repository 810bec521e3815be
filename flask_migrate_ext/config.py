"""What an app that registered migrations holds in ``app.extensions``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEY = "migrate"


@dataclass(frozen=True)
class MigrateConfig:
    """What ``app.extensions["migrate"]`` holds.

    :param migrate: the Migrate that registered it.
    :param db: the Flask-SQLAlchemy object, None to find it in the app.
    :param directory: the migrations folder as it was given.
    :param configure_args: options of the engine.
    """

    migrate: Any
    db: Any
    directory: str
    configure_args: dict[str, Any] = field(default_factory=dict)

    @property
    def metadata(self) -> Any:
        """The models' MetaData."""
        return self.db.metadata
