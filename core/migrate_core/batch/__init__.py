"""Changes of a SQLite table: in place where SQLite can, else by a rebuild of the table."""

from migrate_core.batch.checks import Check
from migrate_core.batch.plan import InPlace, Recreate, plan
from migrate_core.batch.rebuild import Rebuild

__all__ = ["Check", "InPlace", "Rebuild", "Recreate", "plan"]
