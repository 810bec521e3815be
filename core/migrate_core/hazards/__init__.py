"""What an operation does to rows and to whoever else uses the database."""

from migrate_core.hazards.marks import Ground, Mark, Table
from migrate_core.hazards.rules import made, marks

__all__ = ["Ground", "Mark", "Table", "made", "marks"]
