"""SQLAlchemy's objects as SQLite text, by SQLAlchemy's own compiler for the dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateColumn, CreateIndex
from sqlalchemy.types import to_instance

from migrate_core.batch.sqltext import ColumnDef, parse_column
from migrate_core.batch.tokens import closing, significant
from migrate_core.ddl import for_dialect
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import NamingSource
from migrate_core.schema import versions


@dataclass(frozen=True, slots=True)
class Writer:
    """Compiles for one dialect.

    :param naming: what knows the naming convention; None where there is none.
    """

    dialect: Dialect
    naming: NamingSource | None

    def name(self, name: str) -> str:
        """An identifier, quoted where it has to be."""
        return str(self.dialect.identifier_preparer.quote(name))

    def column(self, column: sa.Column[Any]) -> ColumnDef:
        """A column that belongs to a table."""
        return _with_parentheses(
            parse_column(str(CreateColumn(column).compile(dialect=self.dialect)))
        )

    def type(self, type_: Any) -> ColumnDef:
        """A type as a column without a name that matters: its text, and a COLLATE it may bring."""
        text = self.dialect.type_compiler_instance.process(to_instance(type_))
        return parse_column(f"x {text}")

    def default(self, default: Any) -> str | None:
        """The DEFAULT clause for whatever the documented ``server_default`` takes.

        None for what SQLite writes nothing for, such as an identity.
        """
        on = sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer, server_default=default))
        clause = self.column(on.c.x).find("DEFAULT")
        return None if clause is None else clause.text

    def constraint(self, constraint: sa.Constraint) -> str:
        """A constraint as it stands in CREATE TABLE.

        :raises UnsupportedOperation: one that SQLite does not have, or a foreign key into another
            database file.
        """
        for_dialect(self.dialect).refuse_constraint(constraint)
        compiler: Any = self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]
        text = compiler.process(constraint)
        if text is None:
            raise UnsupportedOperation(
                "A foreign key into another database file",
                self.dialect.name,
                "a file does not see the tables of another one",
                "Leave it out for this database, or keep the two tables in one file.",
            )
        return str(text)

    def index(self, index: sa.Index) -> str:
        """The CREATE INDEX statement."""
        return str(CreateIndex(index).compile(dialect=self.dialect))

    def type_checks(self, column: sa.Column[Any]) -> list[tuple[str | None, str]]:
        """Name and text of the CHECKs that the column's type brings (Boolean, Enum)."""
        table = column.table
        assert isinstance(table, sa.Table)
        return [
            (versions.plain_name(constraint.name), self.constraint(constraint))
            for constraint in sorted(table.constraints, key=lambda c: str(c.name))
            if versions.is_type_bound(constraint) and versions.applies_to(constraint, self.dialect)
        ]


def is_literal_default(text: str) -> bool:
    """Whether a DEFAULT clause is a literal, which ADD COLUMN takes (lang_altertable.html)."""
    parts = significant(text)[1:]
    while len(parts) > 2 and parts[0].text == "(" and closing(parts, 0) == len(parts) - 1:
        parts = parts[1:-1]
    if len(parts) == 2 and parts[0].text in "+-":
        parts = parts[1:]
    return len(parts) == 1 and (
        parts[0].kind in {"string", "number"} or parts[0].keyword in {"NULL", "TRUE", "FALSE"}
    )


def _with_parentheses(column: ColumnDef) -> ColumnDef:
    """An expression as a default has to be in parentheses (lang_createtable.html, 3.2)."""
    clause = column.find("DEFAULT")
    if clause is None or is_literal_default(clause.text):
        return column
    parts = significant(clause.text)[1:]
    if len(parts) < 2 or parts[0].text == "(":
        return column
    expression = clause.text.split(None, 1)[1]
    return column.having("DEFAULT", f"DEFAULT ({expression})")
