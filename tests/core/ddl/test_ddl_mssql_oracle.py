"""SQL Server and Oracle, where the reference file has no row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from migrate_core.api.operations import Operations
from scripted import operations


def written(dialect: str, call: Callable[[Operations], object]) -> list[str]:
    """The statements alone."""
    op, statements = operations(dialect)
    call(op)
    return [each.rstrip(";") for each in statements() if each not in {"GO", "/"}]


def dropped(kind: str, table: str = "t", column: str = "c") -> str:
    return (
        "declare @const_name varchar(256) select @const_name = QUOTENAME([name]) "
        f"from sys.{kind} where parent_object_id = object_id('{table}') "
        f"and col_name(parent_object_id, parent_column_id) = '{column}' "
        f"exec('alter table {table} drop constraint ' + @const_name)"
    )


def test_a_default_is_off_the_column_while_its_type_changes() -> None:
    assert written(
        "mssql",
        lambda op: op.alter_column(
            "t",
            "c",
            type_=sa.BigInteger(),
            existing_type=sa.Integer(),
            existing_nullable=False,
            existing_server_default="2",
        ),
    ) == [
        dropped("default_constraints"),
        "ALTER TABLE t ALTER COLUMN c BIGINT NOT NULL",
        "ALTER TABLE t ADD DEFAULT '2' FOR c",
    ]


def test_a_type_without_its_nullability_is_warned_about() -> None:
    with pytest.warns(UserWarning, match=r"t\.c takes NULL after this change of its type"):
        written("mssql", lambda op: op.alter_column("t", "c", type_=sa.BigInteger()))


@pytest.mark.parametrize(
    ("call", "statement"),
    [
        (
            lambda op: op.rename_table("my t", "it's", schema="a b"),
            "EXEC sp_rename '[a b].[my t]', [it's]",
        ),
        (
            lambda op: op.alter_column("it's", "c d", new_column_name="order"),
            "EXEC sp_rename '[it''s].[c d]', [order], 'COLUMN'",
        ),
        (
            lambda op: op.rename_index("ix", "iy", "t", schema="s"),
            "EXEC sp_rename 's.t.ix', iy, 'INDEX'",
        ),
        (
            lambda op: op.rename_constraint("a", "b", "t", schema="s"),
            "EXEC sp_rename 's.a', b, 'OBJECT'",
        ),
        (
            lambda op: op.replace_view("v", "SELECT 1 AS one"),
            "CREATE OR ALTER VIEW v AS SELECT 1 AS one",
        ),
        (
            lambda op: op.create_table_comment("t", "it's"),
            "execute sp_addextendedproperty 'MS_Description', N'it''s', 'schema', dbo, 'table', t",
        ),
        (
            lambda op: op.create_table_comment("t", "new", existing_comment="old"),
            "execute sp_updateextendedproperty 'MS_Description', N'new', 'schema', dbo, 'table', t",
        ),
        (
            lambda op: op.alter_column("t", "c", comment="n", existing_type=sa.Integer()),
            "exec sp_addextendedproperty 'MS_Description', N'n', "
            "'schema', dbo, 'table', t, 'column', c",
        ),
    ],
)
def test_sql_server_names_things_inside_strings_as_it_has_to(
    call: Callable[[Operations], object], statement: str
) -> None:
    assert written("mssql", call) == [statement]


def test_sql_server_comments_a_new_table_of_no_named_schema() -> None:
    comment = "execute sp_addextendedproperty 'MS_Description'"
    assert written(
        "mssql",
        lambda op: op.create_table("t", sa.Column("c", sa.Integer, comment="x"), comment="y"),
    )[1:] == [
        f"{comment}, N'y', 'schema', dbo, 'table', t",
        f"{comment}, N'x', 'schema', dbo, 'table', t, 'column', c",
    ]


def test_sql_server_finds_bound_constraints_of_names_with_quotes() -> None:
    first, second = written(
        "mssql",
        lambda op: op.drop_column("my t", "it's", schema="s", mssql_drop_check=True),
    )
    assert first == dropped("check_constraints", "s.[my t]", "it''s")
    assert second == "ALTER TABLE s.[my t] DROP COLUMN [it's]"


@pytest.mark.parametrize(
    ("call", "statement"),
    [
        (
            lambda op: op.alter_column("My t", "c", comment="n", schema="S"),
            """COMMENT ON COLUMN "S"."My t".c IS 'n'""",
        ),
        (
            lambda op: op.alter_sequence("s", increment=5, restart=9),
            "ALTER SEQUENCE s INCREMENT BY 5 RESTART START WITH 9",
        ),
        (
            lambda op: op.create_view("v", "SELECT 1 AS one FROM dual", materialized=True),
            "CREATE MATERIALIZED VIEW v AS SELECT 1 AS one FROM dual",
        ),
    ],
)
def test_oracle_says_it_in_its_own_words(
    call: Callable[[Operations], object], statement: str
) -> None:
    assert written("oracle", call) == [statement]
