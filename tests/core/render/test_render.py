"""Operations as Python source that says the same when it is run."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrate_core import render
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateIndexOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropTableOp,
    MigrateOperation,
    ModifyTableOps,
    RenameTableOp,
)


class Money(sa.types.TypeDecorator[Any]):
    """A type of an application's own."""

    impl = sa.Numeric(12, 2)
    cache_ok = True


class Colour(enum.Enum):
    RED = "red"


def written(op: MigrateOperation, **options: Any) -> render.Source:
    return render.body([op], render.Writer(dialect=postgresql.dialect(), **options))


def line(op: MigrateOperation, **options: Any) -> str:
    """The statement on one line, however it was laid out."""
    spread = " ".join(each.strip() for each in written(op, **options).lines)
    return spread.replace("( ", "(").replace(", )", ")")


def added(type_: Any, **options: Any) -> str:
    return line(AddColumnOp("t", sa.Column("c", type_)), **options)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (sa.String(50), "sa.String(length=50)"),
        (sa.Numeric(10, 2), "sa.Numeric(precision=10, scale=2)"),
        (sa.Enum(Colour, name="colour"), "sa.Enum('RED', name='colour')"),
        (sa.Enum("it's", native_enum=False), 'sa.Enum("it\'s", native_enum=False, length=4)'),
        (sa.ARRAY(sa.String(3)), "sa.ARRAY(sa.String(length=3))"),
        (postgresql.JSONB(), "postgresql.JSONB()"),
        (
            sa.String(9).with_variant(sa.Text(), "mysql"),
            "sa.String(length=9).with_variant(sa.Text(), 'mysql')",
        ),
    ],
)
def test_a_type_is_written_as_the_call_that_makes_it(type_: Any, expected: str) -> None:
    assert added(type_) == f"op.add_column('t', sa.Column('c', {expected}, nullable=True))"


def test_a_dialects_type_brings_its_import() -> None:
    source = written(AddColumnOp("t", sa.Column("c", postgresql.INET())))
    assert source.imports == ("from sqlalchemy.dialects import postgresql",)


def test_a_users_type_is_named_by_its_module_and_imported() -> None:
    source = written(AddColumnOp("t", sa.Column("c", Money())))
    assert source.imports == (f"import {Money.__module__}",)
    assert any(f"{Money.__module__}.Money(" in each for each in source.lines)


def test_a_users_type_can_have_a_prefix_instead() -> None:
    assert "my.Money(" in added(Money(), user_module_prefix="my.")


def test_render_item_decides_before_anything_else() -> None:
    def own(kind: str, item: Any, context: Any) -> Any:
        context.imports.add("import mine")
        return "mine.Thing()" if kind == "type" else False

    source = written(AddColumnOp("t", sa.Column("c", sa.Integer)), render_item=own)
    assert "mine.Thing()" in source.lines[0]
    assert source.imports == ("import mine",)


def test_render_item_can_leave_a_column_out_of_a_table_but_not_add_nothing() -> None:
    def own(kind: str, item: Any, context: Any) -> Any:
        return None if kind == "column" and item.name == "c" else False

    columns = [sa.Column(name, sa.Integer) for name in "bc"]
    assert line(CreateTableOp("t", columns), render_item=own) == (
        "op.create_table('t', sa.Column('b', sa.Integer(), nullable=True))"
    )
    with pytest.raises(UnsupportedOperation, match="render_item leaves the column out"):
        line(AddColumnOp("t", columns[1]), render_item=own)


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("it's", '''server_default="it's"'''),
        (sa.text("a % b"), "server_default=sa.text('a % b')"),
        (sa.func.now(), "server_default=sa.func.now()"),
        (sa.false(), "server_default=sa.false()"),
        (sa.literal(5), "server_default=sa.text('5')"),
    ],
)
def test_a_server_default_keeps_its_form(default: Any, expected: str) -> None:
    op = AddColumnOp("t", sa.Column("c", sa.Integer, server_default=default))
    assert expected in line(op)


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a\\b", "a\nb", "a%b", "a{b}", "naïve"])
def test_no_name_can_break_out_of_the_file(name: str) -> None:
    ops = [
        DropTableOp(name),
        RenameTableOp(name, name),
        CreateTableOp(name, [sa.Column(name, sa.Integer, comment=name)], comment=name),
        ModifyTableOps(name, [DropColumnOp(name, name), DropConstraintOp(name, name, "check")]),
    ]
    source = "\n".join(render.body(ops, render.Writer(dialect=postgresql.dialect())).lines)
    calls: list[tuple[str, tuple[Any, ...]]] = []

    class Recorder:
        def __getattr__(self, method: str) -> Any:
            def record(*args: Any, **kw: Any) -> Any:
                calls.append((method, args))
                return self

            return record

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *exception: Any) -> None:
            pass

    exec(compile(source, "migration", "exec"), {"op": Recorder(), "sa": sa})
    assert ("drop_table", (name,)) in calls
    assert ("rename_table", (name, name)) in calls
    assert ("drop_column", (name,)) in calls
    assert ("drop_constraint", (name,)) in calls


def test_one_tables_changes_are_one_block() -> None:
    op = ModifyTableOps(
        "t",
        [
            AddColumnOp("t", sa.Column("c", sa.Integer)),
            CreateUniqueConstraintOp("uq", "t", ["c"]),
            CreateIndexOp("ix", "t", ["c"]),
        ],
    )
    assert written(op).lines == (
        "with op.batch_alter_table('t') as batch_op:",
        "    batch_op.add_column(sa.Column('c', sa.Integer(), nullable=True))",
        "    batch_op.create_unique_constraint('uq', ['c'])",
        "    batch_op.create_index('ix', ['c'], unique=False)",
    )
    assert written(op, render_as_batch=False).lines == (
        "op.add_column('t', sa.Column('c', sa.Integer(), nullable=True))",
        "op.create_unique_constraint('uq', 't', ['c'])",
        "op.create_index('ix', 't', ['c'], unique=False)",
    )


def test_an_altered_column_says_what_changes_and_what_it_had() -> None:
    op = AlterColumnOp(
        "t",
        "c",
        modify_type=sa.Integer(),
        existing_type=sa.String(5),
        existing_nullable=False,
        existing_server_default="1",
        postgresql_using="c::integer",
    )
    assert line(op) == (
        "op.alter_column('t', 'c', type_=sa.Integer(), existing_type=sa.String(length=5), "
        "existing_nullable=False, existing_server_default='1', postgresql_using='c::integer')"
    )


def test_a_computed_column_and_an_identity_are_written_whole() -> None:
    computed = sa.Column("c", sa.Integer, sa.Computed("a * 2", persisted=True))
    assert "sa.Computed('a * 2', persisted=True)" in line(AddColumnOp("t", computed))
    identity = sa.Column("c", sa.Integer, sa.Identity(always=True, start=3))
    assert "sa.Identity(always=True, start=3)" in line(AddColumnOp("t", identity))


def test_an_index_keeps_its_expressions_and_options() -> None:
    op = CreateIndexOp(
        "ix", "t", ["a", sa.text("lower(b)")], unique=True, postgresql_where=sa.text("a > 1")
    )
    assert line(op) == (
        "op.create_index('ix', 't', ['a', sa.text('lower(b)')], unique=True, "
        "postgresql_where=sa.text('a > 1'))"
    )


def test_an_expression_of_a_check_is_written_with_its_values() -> None:
    condition = sa.column("a") > 5
    op = CreateCheckConstraintOp("ck", "t", condition)
    assert line(op) == "op.create_check_constraint('ck', 't', 'a > 5')"
