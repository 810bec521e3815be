"""SQLite's text: https://www.sqlite.org/lang_altertable.html."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from migrate_core.ddl.compile import Compiler, altering, constraint_name, inline_reference
from migrate_core.ddl.elements import AddColumn, ColumnName
from migrate_core.schema import versions


@compiles(AddColumn, "sqlite")
def _add_column(element: AddColumn, compiler: Compiler, **_: Any) -> str:
    """The column with its CHECKs and foreign keys, which keep their names."""
    column = element.column
    text = f"{altering(compiler, element)} ADD COLUMN {compiler.get_column_specification(column)}"
    own = [*column.constraints, *versions.ordered_constraints(column.table)]
    for constraint in dict.fromkeys(own):
        if isinstance(constraint, sa.CheckConstraint):
            if versions.applies_to(constraint, compiler.dialect):
                text += f" {compiler.process(constraint)}"
        elif isinstance(constraint, sa.ForeignKeyConstraint):
            text += constraint_name(compiler, constraint)
            text += inline_reference(compiler, constraint.elements[0])
    return text


@compiles(ColumnName, "sqlite")
def _name(element: ColumnName, compiler: Compiler, **_: Any) -> str:
    old, new = (compiler.preparer.quote(n) for n in (element.column_name, element.newname))
    return f"{altering(compiler, element)} RENAME COLUMN {old} TO {new}"
