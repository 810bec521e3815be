"""``alembic.config``."""

from migrate_core.api.config import Config, MessagingOptions
from migrate_core.commandline import CommandLine, main

__all__ = ["CommandLine", "Config", "MessagingOptions", "main"]
