"""One operation, one dialect, its SQL."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.sql.elements import conv

from migrate_core.ddl import for_dialect
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateIndexOp,
    CreateTableOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropTableOp,
    MigrateOperation,
    RenameTableOp,
)

DIALECTS: dict[str, Any] = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.dialect(),
    "mysql": mysql.dialect(),
    "mariadb": MariaDBDialect(),
    "mssql": mssql.dialect(),
    "oracle": oracle.dialect(),
}


def sql(op: MigrateOperation, dialect_name: str) -> list[str]:
    dialect = DIALECTS[dialect_name]
    elements = for_dialect(dialect).elements(op)
    return [" ".join(str(each.compile(dialect=dialect)).split()) for each in elements]


def test_a_column_with_a_foreign_key_is_added_and_then_constrained() -> None:
    column = sa.Column("c", sa.Integer, sa.ForeignKey("p.id", name="fk_c", ondelete="CASCADE"))
    assert sql(AddColumnOp("t", column), "postgresql") == [
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t ADD CONSTRAINT fk_c FOREIGN KEY(c) REFERENCES p (id) ON DELETE CASCADE",
    ]


def test_postgresql_changes_the_type_before_nullability_and_default() -> None:
    op = AlterColumnOp(
        "t",
        "c",
        modify_type=sa.BigInteger(),
        modify_nullable=False,
        modify_server_default="1",
        modify_name="d",
    )
    assert sql(op, "postgresql") == [
        "ALTER TABLE t ALTER COLUMN c TYPE BIGINT",
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT '1'",
        "ALTER TABLE t RENAME c TO d",
    ]


def test_postgresql_converts_values_with_the_given_expression() -> None:
    op = AlterColumnOp("t", "c", modify_type=sa.Integer(), postgresql_using="c::integer")
    assert sql(op, "postgresql") == ["ALTER TABLE t ALTER COLUMN c TYPE INTEGER USING c::integer"]


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_mysql_restates_what_the_column_keeps(dialect: str) -> None:
    op = AlterColumnOp(
        "t",
        "c",
        modify_name="d",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_server_default="4",
        existing_comment="q",
    )
    assert sql(op, dialect) == ["ALTER TABLE t CHANGE c d INTEGER NOT NULL DEFAULT '4' COMMENT 'q'"]


def test_mysql_refuses_to_restate_a_column_of_unknown_type() -> None:
    with pytest.raises(UnsupportedOperation, match="existing_type"):
        sql(AlterColumnOp("t", "c", modify_nullable=True), "mysql")


def test_mysql_keeps_an_expression_default_of_a_date() -> None:
    op = AlterColumnOp("t", "c", modify_server_default=sa.func.now(), existing_type=sa.DateTime())
    assert sql(op, "mysql") == ["ALTER TABLE t CHANGE c c DATETIME NULL DEFAULT now()"]


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("postgresql", "ALTER TABLE t DROP CONSTRAINT x"),
        ("mysql", "ALTER TABLE t DROP CHECK x"),
        ("mariadb", "ALTER TABLE t DROP CONSTRAINT x"),
    ],
)
def test_each_database_drops_a_check_in_its_own_words(dialect: str, statement: str) -> None:
    assert sql(DropConstraintOp("x", "t", "check"), dialect) == [statement]


def test_mysql_has_to_be_told_what_kind_of_constraint_goes() -> None:
    with pytest.raises(UnsupportedOperation, match="type_='foreignkey'"):
        sql(DropConstraintOp("x", "t"), "mysql")


def test_an_enum_is_created_before_the_table_that_uses_it_on_postgresql_alone() -> None:
    op = CreateTableOp("t", [sa.Column("s", sa.Enum("a", "it's", name="mood"))])
    first, second = sql(op, "postgresql")
    assert "CREATE TYPE mood AS ENUM ('a', 'it''s')" in first
    assert second == "CREATE TABLE t ( s mood )"
    assert sql(op, "mysql") == ["CREATE TABLE t ( s ENUM('a','it''s') )"]
    assert sql(op, "sqlite") == ["CREATE TABLE t ( s VARCHAR(4) )"]


def test_enum_operations_do_nothing_where_there_are_no_named_types() -> None:
    assert sql(CreateEnumOp("mood", ["a"]), "sqlite") == []
    assert sql(DropEnumOp("mood"), "mariadb") == []
    assert sql(DropEnumOp("mood"), "postgresql") == ["DROP TYPE IF EXISTS mood"]


def test_a_table_brings_the_indexes_that_its_columns_ask_for() -> None:
    op = CreateTableOp("t", [sa.Column("id", sa.Integer, index=True)])
    assert sql(op, "postgresql") == [
        "CREATE TABLE t ( id INTEGER )",
        "CREATE INDEX ix_t_id ON t (id)",
    ]


def test_comments_follow_the_table_where_create_table_does_not_take_them() -> None:
    op = CreateTableOp("t", [sa.Column("id", sa.Integer, comment="no.")], comment="all")
    assert sql(op, "postgresql")[1:] == [
        "COMMENT ON TABLE t IS 'all'",
        "COMMENT ON COLUMN t.id IS 'no.'",
    ]
    assert sql(op, "mysql") == ["CREATE TABLE t ( id INTEGER COMMENT 'no.' )COMMENT='all'"]


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("sqlite", "ALTER TABLE t RENAME TO u"),
        ("postgresql", "ALTER TABLE s.t RENAME TO u"),
        ("mysql", "ALTER TABLE s.t RENAME TO s.u"),
    ],
)
def test_a_renamed_table_stays_in_its_schema(dialect: str, statement: str) -> None:
    schema = None if dialect == "sqlite" else "s"
    assert sql(RenameTableOp("t", "u", schema=schema), dialect) == [statement]


def test_a_concurrent_partial_index_is_rendered_whole() -> None:
    op = CreateIndexOp(
        "ix",
        "t",
        ["a", sa.text("lower(b)")],
        unique=True,
        postgresql_concurrently=True,
        postgresql_where=sa.text("a > 1"),
        postgresql_include=["z"],
    )
    assert sql(op, "postgresql") == [
        "CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a, lower(b)) INCLUDE (z) WHERE a > 1"
    ]


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [("postgresql", "DROP INDEX IF EXISTS ix"), ("mysql", "DROP INDEX ix ON t")],
)
def test_an_index_is_dropped_from_where_the_database_looks_for_it(
    dialect: str, statement: str
) -> None:
    op = DropIndexOp("ix", "t", if_exists=dialect == "postgresql")
    assert sql(op, dialect) == [statement]


def test_percent_signs_reach_the_server_once() -> None:
    dialect = postgresql.psycopg.dialect()
    op = CreateCheckConstraintOp("ck", "t", "a LIKE '50%'")
    (element,) = for_dialect(dialect).elements(op)
    assert str(element.compile(dialect=dialect)) == (
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a LIKE '50%%')"
    )


def test_dropping_a_table_may_be_conditional() -> None:
    assert sql(DropTableOp("t", if_exists=True), "sqlite") == ["DROP TABLE IF EXISTS t"]


# -- CHECKs that come with a type ------------------------------------------------------------------

CHOICE = sa.Enum("a", "b", name="ck", native_enum=False, create_constraint=True)


@pytest.mark.parametrize("dialect", ["postgresql", "mssql", "oracle"])
def test_the_check_of_the_old_type_goes_first_and_that_of_the_new_one_comes_last(
    dialect: str,
) -> None:
    gone = AlterColumnOp(
        "t", "c", modify_type=sa.Integer(), existing_type=CHOICE, existing_nullable=True
    )
    assert sql(gone, dialect)[0] == "ALTER TABLE t DROP CONSTRAINT ck"
    come = AlterColumnOp(
        "t", "c", modify_type=CHOICE, existing_type=sa.Integer(), existing_nullable=True
    )
    assert sql(come, dialect)[-1] == "ALTER TABLE t ADD CONSTRAINT ck CHECK (c IN ('a', 'b'))"


def test_mysql_adds_the_check_of_a_type_and_leaves_the_old_one() -> None:
    gone = AlterColumnOp("t", "c", modify_type=sa.Integer(), existing_type=CHOICE)
    assert sql(gone, "mysql") == ["ALTER TABLE t MODIFY c INTEGER NULL"]
    come = AlterColumnOp("t", "c", modify_type=CHOICE, existing_type=sa.Integer())
    assert sql(come, "mysql")[-1] == "ALTER TABLE t ADD CONSTRAINT ck CHECK (c IN ('a', 'b'))"


def test_the_check_of_a_renamed_columns_new_type_knows_its_new_name() -> None:
    op = AlterColumnOp("t", "c", modify_name="d", modify_type=CHOICE)
    assert sql(op, "postgresql")[-1] == "ALTER TABLE t ADD CONSTRAINT ck CHECK (d IN ('a', 'b'))"


# -- naming conventions ----------------------------------------------------------------------------


class Named:
    """Stands for the models whose naming convention applies."""

    naming_convention: ClassVar = {"ck": "ck_%(table_name)s_%(constraint_name)s"}


@pytest.mark.parametrize(
    ("name", "kind", "dropped"),
    [
        ("x", "check", "ck_t_x"),
        ("x", None, "x"),
        (conv("x"), "check", "x"),
    ],
)
def test_a_check_is_dropped_by_the_name_that_a_convention_made_unless_told_its_whole_name(
    name: str, kind: str | None, dropped: str
) -> None:
    dialect = DIALECTS["postgresql"]
    (element,) = for_dialect(dialect, Named()).elements(DropConstraintOp(name, "t", kind))
    assert str(element.compile(dialect=dialect)) == f"ALTER TABLE t DROP CONSTRAINT {dropped}"


# -- foreign keys in a circle ----------------------------------------------------------------------


def test_a_key_in_a_circle_comes_after_its_table_and_one_to_the_table_itself_with_it() -> None:
    op = CreateTableOp(
        "a",
        [
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("up", sa.Integer, sa.ForeignKey("a.id", name="fk_up")),
            sa.Column("b", sa.Integer, sa.ForeignKey("b.id", name="fk_b", use_alter=True)),
            sa.Column("c", sa.Integer, sa.ForeignKey("c.id", name="fk_c", use_alter=True)),
        ],
    )
    for dialect in ("postgresql", "mysql", "mariadb", "mssql", "oracle"):
        table, *late = sql(op, dialect)
        assert "CONSTRAINT fk_up FOREIGN KEY(up) REFERENCES a (id)" in table
        assert late == [
            "ALTER TABLE a ADD CONSTRAINT fk_b FOREIGN KEY(b) REFERENCES b (id)",
            "ALTER TABLE a ADD CONSTRAINT fk_c FOREIGN KEY(c) REFERENCES c (id)",
        ]
    (table,) = sql(op, "sqlite")
    assert "CONSTRAINT fk_b FOREIGN KEY(b) REFERENCES b (id)" in table


def test_constraints_without_a_name_come_in_the_same_order_on_every_run() -> None:
    parents = [sa.ForeignKey(f"p{n}.id") for n in (3, 1, 2)]
    (_, *keys) = sql(AddColumnOp("t", sa.Column("c", sa.Integer, *parents)), "postgresql")
    assert keys == [f"ALTER TABLE t ADD FOREIGN KEY(c) REFERENCES p{n} (id)" for n in (1, 2, 3)]
