"""Changes of one table that a plain ALTER cannot make.

SQLite: in place where it can, else by a rebuild of the table (``plan``). PostgreSQL, MySQL and
MariaDB: only where ``recreate="always"`` asks for a new table (``recreate``, ``restate``).
"""

from migrate_core.batch.checks import Check
from migrate_core.batch.order import Reordering, column_order, place_of
from migrate_core.batch.plan import InPlace, Recreate, plan
from migrate_core.batch.rebuild import Rebuild
from migrate_core.batch.recreate import Recreation, lock, recreation, refuse
from migrate_core.batch.restate import restated

__all__ = [
    "Check",
    "InPlace",
    "Rebuild",
    "Recreate",
    "Recreation",
    "Reordering",
    "column_order",
    "lock",
    "place_of",
    "plan",
    "recreation",
    "refuse",
    "restated",
]
