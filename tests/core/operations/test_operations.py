"""Operations as values: what undoes each, its documented tuple, and that it can be used twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DowngradeOps,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
    RenameTableOp,
    UpgradeOps,
    describe,
)

PAIRS: list[tuple[MigrateOperation, str]] = [
    (CreateTableOp("t", [sa.Column("id", sa.Integer)]), "drop table t"),
    (RenameTableOp("t", "u", schema="s"), "rename table s.u to t"),
    (CreateTableCommentOp("t", "new"), "change comment of table t"),
    (CreateTableCommentOp("t", "new", existing_comment="old"), "change comment of table t"),
    (DropTableCommentOp("t", existing_comment="old"), "change comment of table t"),
    (AddColumnOp("t", sa.Column("c", sa.Integer), schema="s"), "drop column s.t.c"),
    (CreateIndexOp("ix", "t", ["c"]), "drop index ix on t"),
    (CreatePrimaryKeyOp("pk", "t", ["c"]), "drop primary key pk on t"),
    (CreateUniqueConstraintOp("uq", "t", ["c"]), "drop unique constraint uq on t"),
    (CreateForeignKeyOp("fk", "t", "p", ["c"], ["id"]), "drop foreign key fk on t"),
    (CreateCheckConstraintOp("ck", "t", "c > 0"), "drop check constraint ck on t"),
    (CreateEnumOp("e", ["a", "b"], schema="s"), "drop enum s.e"),
]


@pytest.mark.parametrize(("op", "undone"), PAIRS, ids=lambda value: type(value).__name__)
def test_an_operation_is_reversed_and_reversed_back(op: MigrateOperation, undone: str) -> None:
    back = op.reverse()
    assert describe(back) == undone
    assert describe(back.reverse()) == describe(op)


def test_a_changed_column_is_changed_back() -> None:
    op = AlterColumnOp(
        "t",
        "c",
        schema="s",
        existing_type=sa.String(10),
        existing_nullable=True,
        existing_server_default="old",
        existing_comment="was",
        modify_type=sa.String(20),
        modify_nullable=False,
        modify_server_default=None,
        modify_comment="is",
        modify_name="d",
    )
    back = op.reverse()
    assert (back.schema, back.table_name, back.column_name, back.modify_name) == (
        "s",
        "t",
        "d",
        "c",
    )
    assert (back.modify_type.length, back.existing_type.length) == (10, 20)
    assert (back.modify_nullable, back.existing_nullable) == (True, False)
    assert (back.modify_server_default, back.existing_server_default) == ("old", None)
    assert (back.modify_comment, back.existing_comment) == ("was", "is")


def test_what_a_change_leaves_alone_its_reverse_leaves_alone() -> None:
    op = AlterColumnOp("t", "c", existing_type=sa.Integer(), modify_nullable=False)
    back = op.reverse()
    assert (back.modify_type, back.modify_server_default, back.modify_comment) == (
        None,
        False,
        False,
    )
    assert back.existing_type is op.existing_type


def test_what_a_dialect_was_told_about_a_change_is_turned_round_or_left_out() -> None:
    op = AlterColumnOp(
        "t",
        "c",
        existing_type=sa.String(9),
        modify_type=sa.Integer(),
        postgresql_using="c::integer",
        autoincrement=True,
        existing_autoincrement=False,
    )
    assert op.reverse().kw == {"autoincrement": False, "existing_autoincrement": True}


@pytest.mark.parametrize(
    "op",
    [
        DropTableOp("t"),
        DropColumnOp("t", "c"),
        DropIndexOp("ix", "t"),
        DropConstraintOp("uq", "t", "unique"),
        DropEnumOp("e"),
    ],
    ids=lambda op: type(op).__name__,
)
def test_what_does_not_know_what_it_drops_cannot_be_reversed(op: MigrateOperation) -> None:
    with pytest.raises(ValueError, match="cannot reverse"):
        op.reverse()


@pytest.mark.parametrize(
    "op",
    [ExecuteSQLOp("SELECT 1"), BulkInsertOp(sa.table("t"), [])],
    ids=lambda op: type(op).__name__,
)
def test_sql_and_rows_have_no_reverse(op: MigrateOperation) -> None:
    with pytest.raises(NotImplementedError):
        op.reverse()


def test_the_operations_of_one_table_are_undone_last_first() -> None:
    op = ModifyTableOps(
        "t",
        [AddColumnOp("t", sa.Column("c", sa.Integer)), CreateIndexOp("ix", "t", ["c"])],
    )
    assert [describe(each) for each in op.reverse().ops] == [
        "drop index ix on t",
        "drop column t.c",
    ]


# -- tuples ----------------------------------------------------------------------------------------


def shape(diff: tuple[Any, ...]) -> tuple[Any, ...]:
    """A tuple with schema objects replaced by the names of their kinds."""
    return tuple(
        item if isinstance(item, (str, type(None))) else type(item).__name__ for item in diff
    )


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (CreateTableOp("t", []), ("add_table", "Table")),
        (CreateTableOp("t", []).reverse(), ("remove_table", "Table")),
        (
            AddColumnOp("t", sa.Column("c", sa.Integer), schema="s"),
            ("add_column", "s", "t", "Column"),
        ),
        (
            AddColumnOp("t", sa.Column("c", sa.Integer)).reverse(),
            ("remove_column", None, "t", "Column"),
        ),
        (CreateIndexOp("ix", "t", ["c"]), ("add_index", "Index")),
        (CreateIndexOp("ix", "t", ["c"]).reverse(), ("remove_index", "Index")),
        (CreateUniqueConstraintOp("uq", "t", ["c"]), ("add_constraint", "UniqueConstraint")),
        (
            CreateUniqueConstraintOp("uq", "t", ["c"]).reverse(),
            ("remove_constraint", "UniqueConstraint"),
        ),
        (
            CreateCheckConstraintOp("ck", "t", "c > 0"),
            ("add_constraint", "CheckConstraint"),
        ),
        (CreatePrimaryKeyOp("pk", "t", ["c"]), ("add_constraint", "PrimaryKeyConstraint")),
        (CreateForeignKeyOp("fk", "t", "p", ["c"], ["id"]), ("add_fk", "ForeignKeyConstraint")),
        (
            CreateForeignKeyOp("fk", "t", "p", ["c"], ["id"]).reverse(),
            ("remove_fk", "ForeignKeyConstraint"),
        ),
        (
            CreateTableCommentOp("t", "new", existing_comment="old"),
            ("add_table_comment", "Table", "old"),
        ),
        (DropTableCommentOp("t"), ("remove_table_comment", "Table")),
        (ExecuteSQLOp("SELECT 1"), ("execute", "SELECT 1")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_an_operation_as_the_documented_tuple(
    op: MigrateOperation, expected: tuple[Any, ...]
) -> None:
    assert shape(op.to_diff_tuple()) == expected


def test_the_changes_of_a_column_are_a_list_of_tuples() -> None:
    old, new = sa.String(10), sa.String(20)
    op = AlterColumnOp(
        "t",
        "c",
        schema="s",
        existing_type=old,
        existing_nullable=True,
        existing_server_default="x",
        modify_type=new,
        modify_nullable=False,
        modify_server_default=None,
        modify_comment="c",
    )
    where = ("s", "t", "c")
    known: dict[str, Any] = {
        "existing_nullable": True,
        "existing_type": old,
        "existing_server_default": "x",
        "existing_comment": None,
    }

    def without(name: str) -> dict[str, Any]:
        return {key: value for key, value in known.items() if key != name}

    assert op.to_diff_tuple() == [
        ("modify_type", *where, without("existing_type"), old, new),
        ("modify_nullable", *where, without("existing_nullable"), True, False),
        ("modify_default", *where, without("existing_server_default"), "x", None),
        ("modify_comment", *where, without("existing_comment"), None, "c"),
    ]


def test_a_container_tells_the_tuples_of_all_that_is_in_it() -> None:
    ops = UpgradeOps(
        [
            ModifyTableOps("t", [AddColumnOp("t", sa.Column("c", sa.Integer))]),
            CreateTableOp("u", []),
        ]
    )
    assert [shape(diff)[0] for diff in ops.as_diffs()] == ["add_column", "add_table"]


# -- schema objects --------------------------------------------------------------------------------


def product() -> sa.Table:
    metadata = sa.MetaData()
    sa.Table("maker", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="s")
    return sa.Table(
        "product",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(start=5), primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, server_default="x", comment="its name"),
        sa.Column("kind", sa.Enum("a", "b", name="kind")),
        sa.Column("twice", sa.Integer, sa.Computed("id * 2")),
        sa.Column("maker_id", sa.ForeignKey("s.maker.id", ondelete="CASCADE", name="fk_maker")),
        sa.UniqueConstraint("name", name="uq_name"),
        sa.CheckConstraint("id > 0", name="ck_id"),
        schema="s",
        comment="what is sold",
        prefixes=["UNLOGGED"],
        mysql_engine="InnoDB",
    )


def test_a_table_comes_back_equal_out_of_its_operation() -> None:
    table = product()
    copy = CreateTableOp.from_table(table).to_table()
    assert copy is not table
    assert (copy.name, copy.schema, copy.comment) == (table.name, table.schema, table.comment)
    assert str(sa.schema.CreateTable(copy)) == str(sa.schema.CreateTable(table))
    assert dict(copy.kwargs) == dict(table.kwargs)
    assert [column.comment for column in copy.columns] == [c.comment for c in table.columns]
    assert {(type(c), c.name) for c in copy.constraints} == {
        (type(c), c.name) for c in table.constraints
    }


def test_a_dropped_table_comes_back_equal() -> None:
    table = product()
    again = DropTableOp.from_table(table).reverse().to_table()
    assert str(sa.schema.CreateTable(again)) == str(sa.schema.CreateTable(table))


def test_an_operation_can_be_used_twice() -> None:
    parts = [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("p", sa.Integer, sa.ForeignKey("p.id", name="fk")),
        sa.UniqueConstraint("p", name="uq"),
    ]
    op = CreateTableOp("t", parts)
    texts = {str(sa.schema.CreateTable(op.to_table())) for _ in range(2)}
    assert len(texts) == 1
    add = AddColumnOp("t", sa.Column("c", sa.Integer, sa.ForeignKey("p.id"), index=True))
    first, second = add.column_on_table(), add.column_on_table()
    assert first is not second
    assert [key.target_fullname for key in second.foreign_keys] == ["p.id"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: sa.UniqueConstraint("a", "b", name="x", deferrable=True, initially="DEFERRED"),
        lambda: sa.CheckConstraint("a > b", name="x"),
        lambda: sa.ForeignKeyConstraint(
            ["a", "b"], ["s.p.c", "s.p.d"], name="x", onupdate="CASCADE", ondelete="SET NULL"
        ),
        lambda: sa.PrimaryKeyConstraint("a", "b", name="x"),
    ],
    ids=["unique", "check", "foreign key", "primary key"],
)
def test_a_constraint_comes_back_equal_out_of_its_operation(
    make: Callable[[], sa.Constraint],
) -> None:
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("c", sa.Integer), sa.Column("d", sa.Integer), schema="s")
    table = sa.Table("t", metadata, sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
    constraint = make()
    table.append_constraint(constraint)
    for op in (
        AddConstraintOp.from_constraint(constraint),
        DropConstraintOp.from_constraint(constraint).reverse(),
    ):
        copy = op.to_constraint()
        assert str(sa.schema.AddConstraint(copy)) == str(sa.schema.AddConstraint(constraint))


def test_a_migration_script_with_several_directions_says_so() -> None:
    script = MigrationScript("r", UpgradeOps(), DowngradeOps())
    assert script.upgrade_ops.is_empty()
    script.upgrade_ops = [UpgradeOps(), UpgradeOps()]
    assert len(script.upgrade_ops_list) == 2
    with pytest.raises(ValueError, match="upgrade_ops_list"):
        script.upgrade_ops  # noqa: B018  # the property is what raises


def test_rows_are_a_list_of_dictionaries() -> None:
    with pytest.raises(TypeError, match="list of dictionaries"):
        BulkInsertOp(sa.table("t"), [(1, 2)])  # type: ignore[list-item]
