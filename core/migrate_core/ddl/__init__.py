"""Operation to SQLAlchemy DDL elements, one readable class for each dialect."""

from migrate_core.ddl import (  # noqa: F401  # they register the elements' text
    compile,
    compile_mssql,
    compile_oracle,
    compile_sqlite,
)
from migrate_core.ddl.base import DDL
from migrate_core.ddl.elements import Element, Rows, Verbatim
from migrate_core.ddl.registry import FAMILIES, for_dialect
from migrate_core.ddl.script import ScriptStyle

__all__ = ["DDL", "FAMILIES", "Element", "Rows", "ScriptStyle", "Verbatim", "for_dialect"]
