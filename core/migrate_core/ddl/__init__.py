"""Operation to SQLAlchemy DDL elements, one readable class for each dialect."""

from migrate_core.ddl import compile as _compile  # noqa: F401  # registers the elements' text
from migrate_core.ddl.base import DDL
from migrate_core.ddl.elements import Element, Rows, Verbatim
from migrate_core.ddl.registry import for_dialect
from migrate_core.ddl.script import ScriptStyle

__all__ = ["DDL", "Element", "Rows", "ScriptStyle", "Verbatim", "for_dialect"]
