"""What a naming convention calls the constraints that are stored without a name."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from migrate_core.batch.held import Held, condition, of, referred
from migrate_core.batch.sqltext import Clause, ColumnDef, ConstraintDef, TableText
from migrate_core.batch.tokens import quoted
from migrate_core.schema import build, names, versions
from migrate_core.schema.build import Convention


def named(text: TableText, table: str, convention: Convention) -> TableText:
    """The table's text with a name at each constraint that has none; what has one keeps it."""

    def column(one: ColumnDef) -> ColumnDef:
        clauses = (
            _clause(clause, of(clause, one.name), table, convention) for clause in one.clauses
        )
        return replace(one, clauses=tuple(clauses))

    def constraint(one: ConstraintDef) -> ConstraintDef:
        return replace(one, clause=_clause(one.clause, of(one.clause), table, convention))

    return replace(
        text,
        columns=tuple(map(column, text.columns)),
        constraints=tuple(map(constraint, text.constraints)),
    )


def name_of(one: Held, table: str, convention: Convention) -> str | None:
    """What the convention calls a constraint; None where it does not name that kind.

    A convention that needs a name to make a name (``%(constraint_name)s``) names nothing here, nor
    does one that needs the columns of a foreign key that lists none.
    """
    try:
        constraint = _built(one, table, convention)
    except (SQLAlchemyError, KeyError):
        return None
    return None if constraint is None else versions.plain_name(constraint.name)


def default_name(one: Held, table: str) -> str | None:
    """What a generated migration calls a constraint that has no name; see ``schema.names``."""
    match one.kind:
        case "UNIQUE":
            return names.unique(table, one.columns)
        case "CHECK":
            return names.check(table, condition(one.clause.text))
        case "FOREIGN KEY":
            return names.foreign_key(table, one.columns, referred(one.clause.text)[0])
    return None


def _built(one: Held, table: str, convention: Convention) -> sa.Constraint | None:
    match one.kind:
        case "PRIMARY KEY":
            return build.primary_key(None, table, one.columns, convention=convention)
        case "UNIQUE":
            return build.unique(None, table, one.columns, convention=convention)
        case "CHECK":
            return build.check(None, table, str(one.says[1]), convention=convention)
        case "FOREIGN KEY":
            other, remote = referred(one.clause.text)
            if not remote and "referred_column" in str(convention.get("fk")):
                return None
            return build.foreign_key(
                None, table, other, one.columns, remote or one.columns, convention=convention
            )
    return None


def _clause(clause: Clause, one: Held, table: str, convention: Convention) -> Clause:
    if clause.name is not None:
        return clause
    name = name_of(one, table, convention)
    if name is None:
        return clause
    return replace(clause, name=name, text=f"CONSTRAINT {quoted(name)} {clause.text}")
