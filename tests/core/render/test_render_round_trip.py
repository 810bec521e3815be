"""Source that is run asks for the operation it was written from, with everything in it."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql.elements import conv, quoted_name

from migrate_core import render
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    AlterEnumOp,
    AlterSequenceOp,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateSchemaOp,
    CreateSequenceOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    CreateViewOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropSchemaOp,
    DropSequenceOp,
    DropTableCommentOp,
    DropTableOp,
    DropViewOp,
    ExecuteSQLOp,
    MigrateOperation,
    ModifyTableOps,
    RenameConstraintOp,
    RenameIndexOp,
    RenameTableOp,
    ReplaceViewOp,
    ValidateConstraintOp,
)
from migrate_core.schema.literal import InlineLiteral
from recorded import recorded, said


def again(op: MigrateOperation, **options: Any) -> list[MigrateOperation]:
    """What the source of an operation asks for."""
    return recorded(render.body([op], render.Writer(dialect=postgresql.dialect(), **options)))


def everything() -> sa.Column[Any]:
    return sa.Column(
        "c",
        sa.Integer,
        sa.ForeignKey(
            "s.p.id",
            name="fk",
            ondelete="CASCADE",
            onupdate="SET NULL",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint(r"c > 0 AND c::text <> '\:x'", name="ck"),
        server_default=sa.text("(1 + 2)"),
        nullable=False,
        comment='it\'s "c"',
        index=True,
        unique=True,
    )


def table() -> CreateTableOp:
    return CreateTableOp(
        "t",
        [
            sa.Column("id", sa.BigInteger, sa.Sequence("ids", start=5), autoincrement=False),
            sa.Column("n", sa.Integer, sa.Identity(always=True, start=3, maxvalue=9, cycle=True)),
            sa.Column("twice", sa.Integer, sa.Computed("n * 2", persisted=True)),
            sa.Column("during", postgresql.TSRANGE()),
            everything(),
            sa.PrimaryKeyConstraint("id", name="pk"),
            sa.UniqueConstraint(
                "n", name="uq", deferrable=True, postgresql_nulls_not_distinct=True
            ),
            sa.ForeignKeyConstraint(["n"], ["p.id"], name="fk_n", match="FULL"),
            sa.CheckConstraint("n <> 5", name=conv("ck_n"), initially="DEFERRED", deferrable=True),
            postgresql.ExcludeConstraint(
                (sa.column("n"), "="),
                (sa.text("int4range(n, 9)"), "&&"),
                where=sa.text("n > 1"),
                using="gist",
                name="ex",
                ops={"n": "gist_int4_ops"},
            ),
        ],
        schema="s",
        comment="what's in it",
        prefixes=["UNLOGGED"],
        if_not_exists=True,
        postgresql_tablespace="fast",
        mysql_engine="InnoDB",
    )


ALONE: list[MigrateOperation] = [
    table(),
    DropTableOp("t", schema="s", if_exists=True, table_kw={"mysql_engine": "InnoDB"}),
    RenameTableOp("t", "u", schema="s"),
    ExecuteSQLOp("SELECT ':x', 'a:b' -- %", execution_options={"isolation_level": "AUTOCOMMIT"}),
    ExecuteSQLOp(sa.text(r"SELECT '\:x'")),
    ExecuteSQLOp(sa.text("SELECT :x").bindparams(x="a:b")),
    ExecuteSQLOp(sa.table("t", sa.column("a", sa.String)).update().values(a="10% :x")),
    BulkInsertOp(
        sa.table("t", sa.column("a", sa.String(5)), sa.column("b"), schema="s"),
        [
            {"a": "it's", "b": decimal.Decimal("1.50")},
            {"a": None, "b": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)},
            {"a": b"\x00", "b": uuid.UUID(int=7)},
            {"a": InlineLiteral("x", sa.String(9)), "b": float("inf")},
        ],
        multiinsert=False,
    ),
    CreateEnumOp("e", ["a", "it's"], schema="s"),
    AlterEnumOp(
        "e", ["a", "c"], existing_values=["a", "b", "d"], rename={"b": "c"}, replace={"d": "a"}
    ),
    DropEnumOp("e", schema="s"),
    CreateSchemaOp("it's", if_not_exists=True),
    DropSchemaOp("s", if_exists=True),
    CreateSequenceOp(
        "q", schema="s", if_not_exists=True, start=5, cycle=True, data_type=sa.BigInteger
    ),
    AlterSequenceOp("q", schema="s", restart=4, existing={"start": 5}, increment=2),
    DropSequenceOp("q", schema="s", if_exists=True),
    CreateViewOp("v", "SELECT 'a:b%' AS x", schema="s", columns=["x"], materialized=True),
    ReplaceViewOp("v", "SELECT 1", columns=["x"], existing_definition="SELECT 2", schema="s"),
    DropViewOp("v", schema="s", if_exists=True, materialized=True),
]

ON_A_TABLE: list[MigrateOperation] = [
    AddColumnOp(
        "t",
        everything(),
        schema="s",
        if_not_exists=True,
        inline_references=True,
        inline_primary_key=True,
    ),
    DropColumnOp(
        "t", "c", schema="s", if_exists=True, mssql_drop_default=True, mssql_drop_check=True
    ),
    AlterColumnOp(
        "t",
        "c",
        schema="s",
        existing_type=sa.String(5),
        existing_nullable=True,
        existing_comment="was",
        modify_type=sa.Integer(),
        modify_server_default=sa.text("'a:b'::text"),
        modify_comment=None,
        modify_name="d",
        postgresql_using="c::integer % 5",
        autoincrement=True,
        existing_autoincrement=False,
    ),
    AlterColumnOp("t", "c", schema="s", modify_nullable=False, modify_server_default=None),
    AlterColumnOp("t", "c", schema="s", modify_server_default=sa.Identity(always=True, start=2)),
    AlterColumnOp("t", "c", schema="s", modify_nullable=True, existing_server_default="it's"),
    CreateIndexOp(
        "ix",
        "t",
        ["a", sa.text("lower(b) DESC"), sa.func.coalesce(sa.column("d"), "x:y")],
        schema="s",
        unique=True,
        if_not_exists=True,
        postgresql_using="btree",
        postgresql_where=sa.text("a > 1"),
        postgresql_include=["e"],
        postgresql_ops={"a": "text_pattern_ops"},
        postgresql_with={"fillfactor": 50},
        postgresql_concurrently=True,
        mysql_length={"a": 5},
    ),
    DropIndexOp("ix", "t", schema="s", if_exists=True, postgresql_concurrently=True),
    RenameIndexOp("ix", "iy", "t", schema="s"),
    CreatePrimaryKeyOp("pk", "t", ["a", "b"], schema="s"),
    CreateUniqueConstraintOp(
        "uq",
        "t",
        ["a"],
        schema="s",
        deferrable=True,
        initially="DEFERRED",
        postgresql_nulls_not_distinct=True,
    ),
    CreateForeignKeyOp(
        "fk",
        "t",
        "p",
        ["a"],
        ["b"],
        source_schema="s",
        referent_schema="r",
        onupdate="CASCADE",
        ondelete="SET NULL",
        deferrable=True,
        initially="IMMEDIATE",
        match="FULL",
        postgresql_not_valid=True,
    ),
    CreateCheckConstraintOp(
        "ck", "t", r"a <> '\:x'", schema="s", deferrable=True, postgresql_not_valid=True
    ),
    CreateCheckConstraintOp("ck", "t", sa.column("a") != "x:y%", schema="s"),
    CreateExcludeConstraintOp(
        "ex",
        "t",
        [("a", "="), (sa.text("tsrange(b, c)"), "&&")],
        where=sa.text("a > 1"),
        schema="s",
        using="gist",
        ops={"a": "gist_int4_ops"},
        deferrable=True,
        initially="DEFERRED",
    ),
    DropConstraintOp("ck", "t", "check", schema="s", if_exists=True),
    RenameConstraintOp("a", "b", "t", "unique", schema="s"),
    ValidateConstraintOp("fk", "t", schema="s"),
    CreateTableCommentOp("t", "new", existing_comment="old", schema="s"),
    DropTableCommentOp("t", existing_comment="old", schema="s"),
]


def kind(op: MigrateOperation) -> str:
    return type(op).__name__


@pytest.mark.parametrize("op", [*ALONE, *ON_A_TABLE], ids=kind)
def test_source_that_is_run_asks_for_the_operation_it_came_from(op: MigrateOperation) -> None:
    assert said(again(op)) == said([op])


@pytest.mark.parametrize("op", ON_A_TABLE, ids=kind)
def test_it_does_in_a_batch_too(op: MigrateOperation) -> None:
    changes = ModifyTableOps("t", [op], schema="s")
    assert said(again(changes)) == said([changes])


def test_what_a_batch_does_not_collect_stands_between_two() -> None:
    first, last = (AlterColumnOp("t", name, modify_nullable=False) for name in "ab")
    found = again(ModifyTableOps("t", [first, ExecuteSQLOp("UPDATE t SET b = 1"), last]))
    assert [kind(op) for op in found] == ["ModifyTableOps", "ExecuteSQLOp", "ModifyTableOps"]


@pytest.mark.parametrize("name", [conv("ix_t_c"), quoted_name("Ix", True), "plain"])
def test_a_name_keeps_what_is_known_about_it(name: str) -> None:
    (op,) = again(CreateIndexOp(name, "t", ["c"]))
    assert isinstance(op, CreateIndexOp)
    assert (type(op.index_name), op.index_name) == (type(name), name)


# -- types -----------------------------------------------------------------------------------------

TYPES: list[sa.types.TypeEngine[Any]] = [
    sa.Numeric(10, 0),
    sa.Numeric(8, 3, asdecimal=False),
    sa.Float(53),
    sa.Double(),
    sa.DateTime(timezone=True),
    sa.LargeBinary(20),
    sa.Uuid(),
    sa.Uuid(native_uuid=False),
    sa.Interval(second_precision=3),
    sa.PickleType(),
    sa.JSON(),
    sa.JSON(none_as_null=True),
    sa.Unicode(5, collation="de_DE"),
    sa.Boolean(create_constraint=True, name="ck_b"),
    sa.String(9).with_variant(
        mysql.VARCHAR(9, charset="utf8mb4", collation="utf8mb4_bin"), "mysql"
    ),
    sa.Enum("a", "b", native_enum=False, create_constraint=True, name="e"),
    sa.ARRAY(sa.Enum("a", "b", name="e", schema="s"), dimensions=2),
    postgresql.ARRAY(postgresql.CITEXT(), as_tuple=True, zero_indexes=True),
    postgresql.ENUM("a", "it's", name="e", create_type=False),
    postgresql.DOMAIN("d", sa.Integer(), check="VALUE > 0", not_null=True, create_type=False),
    postgresql.HSTORE(),
    postgresql.HSTORE(text_type=sa.String(5)),
    postgresql.JSONB(none_as_null=True),
    postgresql.INTERVAL(fields="DAY TO SECOND", precision=3),
    postgresql.TIMESTAMP(timezone=True, precision=3),
    postgresql.TIME(precision=0),
    postgresql.BIT(5, varying=True),
    postgresql.TSTZMULTIRANGE(),
    mysql.INTEGER(unsigned=True, display_width=5),
    mysql.DATETIME(fsp=6),
    mysql.ENUM("a", "b", charset="utf8mb4"),
    mysql.SET("a", "b"),
    mysql.LONGTEXT(collation="utf8mb4_bin"),
]


@pytest.mark.parametrize("type_", TYPES, ids=repr)
def test_a_type_comes_back_with_its_arguments(type_: sa.types.TypeEngine[Any]) -> None:
    op = AddColumnOp("t", sa.Column("c", type_))
    assert said(again(op)) == said([op])


# -- whatever stands in a name, a comment or a default ---------------------------------------------

TEXT = st.text(
    st.one_of(st.sampled_from("'\"\\\n\r%:{}$#;()[]`\x00\u2028\u202e"), st.characters()),
    min_size=1,
    max_size=12,
)
SQL_TEXT = TEXT.map(lambda text: text.replace("\x00", ""))


@given(TEXT, TEXT, TEXT)
def test_no_text_can_break_out_of_the_file(name: str, other: str, comment: str) -> None:
    ops: list[MigrateOperation] = [
        DropTableOp(name, schema=other),
        RenameTableOp(name, other),
        CreateEnumOp(name, [other]),
        ExecuteSQLOp(comment),
        BulkInsertOp(sa.table(name, sa.column(other)), [{other: comment}]),
        ModifyTableOps(
            name,
            [
                AlterColumnOp(name, other, modify_comment=comment, modify_server_default=comment),
                DropConstraintOp(conv(other), name, "check"),
                CreateIndexOp(other, name, [other], postgresql_using=comment),
                CreateForeignKeyOp(other, name, other, [name], [other]),
                CreateTableCommentOp(name, comment),
            ],
        ),
    ]
    source = render.body(ops, render.Writer(dialect=postgresql.dialect()))
    assert said(recorded(source)) == said(ops)


@given(SQL_TEXT)
def test_a_value_in_an_expression_is_the_same_value_in_the_file(text: str) -> None:
    op = CreateCheckConstraintOp("ck", "t", sa.column("a", sa.String) != text)
    (found,) = again(op)
    assert isinstance(found, CreateCheckConstraintOp)
    constraints = [each.to_constraint() for each in (found, op)]
    written, expected = (
        str(sa.schema.AddConstraint(each).compile(dialect=postgresql.dialect()))
        for each in constraints
    )
    assert written == expected
