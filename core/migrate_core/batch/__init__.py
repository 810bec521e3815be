"""Changes of one table that a plain ALTER cannot make.

SQLite: in place where it can, else by a rebuild of the table (``plan``). PostgreSQL, MySQL and
MariaDB: only where ``recreate="always"`` asks for a new table (``recreate``, ``restate``).
"""

from migrate_core.batch.checks import Check
from migrate_core.batch.edit import SchemaEdit
from migrate_core.batch.given import described, stored_of
from migrate_core.batch.options import DEFAULTS, Options, Recreate
from migrate_core.batch.order import Reordering, column_order, place_of
from migrate_core.batch.plan import InPlace, Plan, plan
from migrate_core.batch.rebuild import Rebuild
from migrate_core.batch.recreate import Recreation, lock, recreation, refuse
from migrate_core.batch.restate import restated

__all__ = [
    "DEFAULTS",
    "Check",
    "InPlace",
    "Options",
    "Plan",
    "Rebuild",
    "Recreate",
    "Recreation",
    "Reordering",
    "SchemaEdit",
    "column_order",
    "described",
    "lock",
    "place_of",
    "plan",
    "recreation",
    "refuse",
    "restated",
    "stored_of",
]
