"""What a database cannot do is said before anything is written, with what to do instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrate_core.api.operations import Operations
from migrate_core.errors import TableUnknown, UnsupportedOperation
from scripted import operations

Call = Callable[[Operations], object]
ALL = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")

key = sa.Column("id", sa.Integer, primary_key=True)


def excluding(op: Operations) -> object:
    exclude = postgresql.ExcludeConstraint((sa.column("c"), "="), name="ex")
    return op.create_table("t", sa.Column("c", sa.Integer), exclude)


def deferred(op: Operations) -> object:
    parent = sa.ForeignKey("p.id", deferrable=True, initially="DEFERRED")
    return op.create_table("t", sa.Column("c", sa.Integer, parent))


def matched(op: Operations) -> object:
    return op.add_column("t", sa.Column("c", sa.Integer, sa.ForeignKey("p.id", match="FULL")))


def guarded_table(op: Operations) -> object:
    return op.create_table("t", sa.Column("c", sa.Integer, index=True), if_not_exists=True)


def stored(op: Operations) -> object:
    return op.create_table("t", sa.Column("c", sa.Integer, sa.Computed("1", persisted=True)))


def renamed_index(op: Operations) -> object:
    return op.rename_index("a", "b")


def nameless_constraint(op: Operations) -> object:
    return op.drop_constraint(None, "t", "unique")


def nameless_index(op: Operations) -> object:
    return op.drop_index(None, "t")  # type: ignore[arg-type]  # said by us, not by SQLAlchemy


def identity(op: Operations) -> object:
    return op.alter_column("t", "c", server_default=sa.Identity(), existing_type=sa.Integer())


def materialized(op: Operations) -> object:
    return op.create_view("v", "SELECT 1", materialized=True)


@pytest.mark.parametrize(
    ("dialects", "call", "next_step"),
    [
        (("sqlite", "mysql", "mariadb", "mssql", "oracle"), excluding, "with a trigger"),
        (("mysql", "mariadb", "mssql"), deferred, "Leave deferrable= and initially= out"),
        (("mysql", "mariadb", "mssql", "oracle"), matched, "Leave match= out"),
        (("mysql",), guarded_table, "Leave if_not_exists out"),
        (("oracle",), stored, "Leave persisted=True out"),
        (("mysql", "mariadb", "mssql"), renamed_index, "Give table_name as well"),
        (("postgresql", "mssql", "oracle"), nameless_constraint, "Give the name"),
        (ALL, nameless_index, "Give index_name="),
        (("mysql", "mariadb"), identity, "Leave this change out"),
        (("mssql",), identity, "Add another column that is one"),
        (("sqlite", "mysql", "mariadb", "mssql"), materialized, "create a table and fill it"),
    ],
)
def test_what_a_database_does_not_have_is_refused_with_the_next_step(
    dialects: tuple[str, ...], call: Call, next_step: str
) -> None:
    for dialect in dialects:
        op, statements = operations(dialect)
        with pytest.raises(UnsupportedOperation, match=f"cannot be done on {dialect}") as caught:
            call(op)
        assert next_step in str(caught.value)
        assert statements() == []


@pytest.mark.parametrize(
    "call",
    [
        lambda op: op.add_column("t", sa.Column("c", sa.Integer, unique=True)),
        lambda op: op.add_column("t", sa.Column("c", sa.DateTime, server_default=sa.func.now())),
        lambda op: op.add_column("t", sa.Column("c", sa.Integer, nullable=False)),
        lambda op: op.add_column(
            "t", sa.Column("c", sa.Integer, sa.ForeignKey("p.id"), server_default="1")
        ),
        lambda op: op.create_check_constraint("ck", "t", "c > 0"),
        lambda op: op.drop_constraint("ck", "t", "check"),
        lambda op: op.rename_constraint("a", "b", "t"),
        lambda op: op.alter_column("t", "c", nullable=False),
    ],
)
def test_sqlite_in_a_script_tells_how_its_table_becomes_known(call: Call) -> None:
    op, statements = operations("sqlite")
    with pytest.raises(TableUnknown, match="from the beginning, base:REVISION") as caught:
        call(op)
    assert "copy_from=Table(...)" in str(caught.value)
    assert statements() == []


@pytest.mark.parametrize("default", ["5", sa.text("-1.5"), sa.text("NULL"), sa.text("('x''y')")])
def test_sqlite_adds_a_column_with_a_literal_default_by_itself(default: object) -> None:
    op, statements = operations("sqlite")
    op.add_column("t", sa.Column("c", sa.String, server_default=default))  # type: ignore[arg-type]
    assert len(statements()) == 1
