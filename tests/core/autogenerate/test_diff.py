"""Two sets of models, and the migration between them, as Python source."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from migrate_core import render
from migrate_core.autogenerate import Reader, Rules, TableKey, diff
from migrate_core.operations import OpContainer, UpgradeOps, describe, leaves
from migrate_core.settings import Settings


def all_(key: TableKey) -> bool:
    return True


def compared(
    before: sa.MetaData, after: sa.MetaData, dialect: Any = None, **options: Any
) -> UpgradeOps:
    dialect = dialect or sqlite.dialect()
    rules = Rules.of(Settings(**options), dialect.name)
    reader = Reader(dialect, default_schema=None, unique_is_index=rules.unique_is_index)
    return diff(reader.snapshot([before], all_), reader.snapshot([after], all_), rules)


def words(ops: OpContainer) -> list[str]:
    return [describe(op) for op in leaves(ops)]


def source(ops: OpContainer) -> str:
    return "\n".join(render.body(ops.ops, render.Writer(dialect=sqlite.dialect())).lines)


def models(*tables: tuple[Any, ...], **options: Any) -> sa.MetaData:
    metadata = sa.MetaData(**options)
    for name, *items in tables:
        sa.Table(name, metadata, *items)
    return metadata


def key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def test_equal_models_have_no_difference() -> None:
    def both() -> sa.MetaData:
        return models(
            ("parent", key()),
            (
                "child",
                key(),
                sa.Column("parent_id", sa.ForeignKey("parent.id"), index=True),
                sa.Column("name", sa.String(20), unique=True),
            ),
        )

    assert words(compared(both(), both())) == []


def test_referred_tables_are_created_first_and_dropped_last() -> None:
    tables = models(
        ("child", key(), sa.Column("parent_id", sa.ForeignKey("parent.id"))), ("parent", key())
    )
    up = compared(models(), tables)
    assert words(up) == ["add table parent", "add table child"]
    down = compared(tables, models())
    assert words(down) == ["drop table child", "drop table parent"]


def test_tables_in_a_circle_get_their_foreign_key_afterwards() -> None:
    circle = models(
        ("a", key(), sa.Column("b_id", sa.Integer, sa.ForeignKey("b.id", name="fk_a_b"))),
        ("b", key(), sa.Column("a_id", sa.Integer, sa.ForeignKey("a.id", name="fk_b_a"))),
    )
    assert sorted(words(compared(models(), circle))) == [
        "add foreign key fk_a_b on a",
        "add foreign key fk_b_a on b",
        "add table a",
        "add table b",
    ]
    dropped = words(compared(circle, models()))
    assert dropped[:2] == ["drop foreign key fk_b_a on b", "drop foreign key fk_a_b on a"]


def test_each_change_of_a_column_is_found() -> None:
    before = models(("t", key(), sa.Column("c", sa.String(10)), sa.Column("gone", sa.Integer)))
    after = models(
        (
            "t",
            key(),
            sa.Column("c", sa.String(20), nullable=False, server_default="x"),
            sa.Column("new", sa.Date),
        )
    )
    assert words(compared(before, after)) == [
        "add column t.new",
        "change type and nullable and server default of column t.c",
        "drop column t.gone",
    ]


def test_downgrade_is_the_inverse_of_upgrade() -> None:
    before = models(("t", key(), sa.Column("c", sa.String(10))))
    after = models(
        ("t", key(), sa.Column("c", sa.String(10), nullable=False), sa.Index("ix_t_c", "c"))
    )
    up = compared(before, after)
    assert words(up.reverse()) == words(compared(after, before))


def test_constraints_without_a_name_are_given_one() -> None:
    tables = models(
        ("parent", key()),
        (
            "child",
            key(),
            sa.Column("parent_id", sa.ForeignKey("parent.id"), unique=True),
            sa.CheckConstraint("parent_id > 0"),
        ),
    )
    written = source(compared(models(), tables))
    assert "name=op.f('fk_child_parent_id_parent')" in written
    assert "name=op.f('uq_child_parent_id')" in written
    assert "name=op.f('ck_child_" in written


def test_a_naming_convention_names_them_instead() -> None:
    convention = {"fk": "FK_%(table_name)s", "pk": "PK_%(table_name)s"}
    tables = models(
        ("parent", key()),
        ("child", key(), sa.Column("parent_id", sa.ForeignKey("parent.id"))),
        naming_convention=convention,
    )
    written = source(compared(models(), tables))
    assert "name=op.f('FK_child')" in written
    assert "sa.PrimaryKeyConstraint('id', name=op.f('PK_child'))" in written


def test_an_unnamed_unique_constraint_matches_a_named_one() -> None:
    before = models(("t", key(), sa.Column("c", sa.Integer), sa.UniqueConstraint("c", name="t_c")))
    after = models(("t", key(), sa.Column("c", sa.Integer, unique=True)))
    assert words(compared(before, after)) == []


def test_a_unique_index_and_a_unique_constraint_are_one_thing_on_mysql_alone() -> None:
    index = models(("t", key(), sa.Column("c", sa.Integer), sa.Index("u", "c", unique=True)))
    constraint = models(
        ("t", key(), sa.Column("c", sa.Integer), sa.UniqueConstraint("c", name="u"))
    )
    assert words(compared(index, constraint, mysql.dialect())) == []
    assert words(compared(index, constraint, postgresql.dialect())) == [
        "drop index u on t",
        "add unique constraint u on t",
    ]


def test_a_changed_foreign_key_is_dropped_and_added_and_a_renamed_one_is_left_alone() -> None:
    def referring(**options: Any) -> sa.MetaData:
        foreign_key = sa.ForeignKey("parent.id", **options)
        return models(("parent", key()), ("child", key(), sa.Column("p", sa.Integer, foreign_key)))

    before = referring(name="fk_old")
    assert words(compared(before, referring(name="fk_new"))) == []
    assert words(compared(before, referring(name="fk_old", ondelete="CASCADE"))) == [
        "drop foreign key fk_old on child",
        "add foreign key fk_old on child",
    ]
    assert words(compared(before, referring(name="fk_old", ondelete="NO ACTION"))) == []


def test_a_foreign_key_goes_before_the_constraint_that_it_needs() -> None:
    before = models(
        ("parent", key(), sa.Column("code", sa.Integer, unique=True)),
        ("child", key(), sa.Column("code", sa.Integer, sa.ForeignKey("parent.code", name="fk"))),
    )
    after = models(
        ("parent", key(), sa.Column("code", sa.Integer)),
        ("child", key(), sa.Column("code", sa.Integer)),
    )
    assert words(compared(before, after))[0] == "drop foreign key fk on child"
    assert words(compared(after, before))[-1] == "add foreign key fk on child"


def test_an_enum_is_created_once_for_all_tables_that_use_it_and_dropped_last() -> None:
    mood = sa.Enum("good", "bad", name="mood")
    tables = models(
        ("a", key(), sa.Column("m", mood)),
        ("b", key(), sa.Column("m", mood)),
    )
    up = compared(models(), tables)
    assert words(up)[0] == "add enum mood"
    assert words(up).count("add enum mood") == 1
    assert words(up.reverse())[-1] == "drop enum mood"


def test_include_object_leaves_out_what_it_is_asked_about() -> None:
    before = models(("keep", key()), ("legacy", key()))
    after = models(("keep", key(), sa.Column("skip", sa.Integer)))

    def include(obj: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        return name not in ("legacy", "skip")

    assert words(compared(before, after, include_object=include)) == []


def test_the_order_is_the_same_on_every_run() -> None:
    tables = models(*[(name, key(), sa.Column("c", sa.Integer, index=True)) for name in "zxcvb"])
    assert words(compared(tables, models())) == words(compared(tables, models()))
    assert [word for word in words(compared(models(), tables)) if "table" in word] == [
        f"add table {name}" for name in sorted("zxcvb")
    ]
