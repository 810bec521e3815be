"""Which way is taken, and what each operation comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core import batch
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    RenameIndexOp,
)


class Naming:
    """What knows a naming convention."""

    @property
    def naming_convention(self) -> dict[str, str]:
        return {"ck": "ck_%(table_name)s_%(constraint_name)s", "uq": "uq_%(table_name)s"}


@pytest.fixture
def t(db: Any) -> Any:
    db.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\ta INT, \n\tb TEXT, \n\tPRIMARY KEY (id)\n)",
        "CREATE INDEX ix_a ON t (a)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO t VALUES (1, 2, 'x'), (2, NULL, 'y')",
    )
    return db


IN_PLACE: dict[str, tuple[Callable[[], Any], str]] = {
    "add": (
        lambda: AddColumnOp("t", sa.Column("n", sa.Integer)),
        'ALTER TABLE "t" ADD COLUMN n INTEGER',
    ),
    "add with default": (
        lambda: AddColumnOp(
            "t", sa.Column("n", sa.Boolean, server_default=sa.text("0"), nullable=False)
        ),
        'ALTER TABLE "t" ADD COLUMN n BOOLEAN DEFAULT 0 NOT NULL',
    ),
    "add with key": (
        lambda: AddColumnOp(
            "t", sa.Column("n", sa.Integer, sa.ForeignKey("p.id", ondelete="CASCADE"))
        ),
        'ALTER TABLE "t" ADD COLUMN n INTEGER REFERENCES p (id) ON DELETE CASCADE',
    ),
    "add with type check": (
        lambda: AddColumnOp(
            "t", sa.Column("n", sa.Enum("x", "y", name="k", create_constraint=True))
        ),
        "ALTER TABLE \"t\" ADD COLUMN n VARCHAR(1) CONSTRAINT k CHECK (n IN ('x', 'y'))",
    ),
    "add computed": (
        lambda: AddColumnOp("t", sa.Column("n", sa.Integer, sa.Computed("a + 1", persisted=False))),
        'ALTER TABLE "t" ADD COLUMN n INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL',
    ),
    "rename": (
        lambda: AlterColumnOp("t", "a", modify_name="Order"),
        'ALTER TABLE "t" RENAME COLUMN "a" TO "Order"',
    ),
    "drop": (lambda: DropColumnOp("t", "b"), 'ALTER TABLE "t" DROP COLUMN "b"'),
    "drop with its index": (
        lambda: DropColumnOp("t", "a"),
        'DROP INDEX "ix_a"; ALTER TABLE "t" DROP COLUMN "a"',
    ),
    "create index": (lambda: CreateIndexOp("ix_b", "t", ["b"]), "CREATE INDEX ix_b ON t (b)"),
    "rename index": (
        lambda: RenameIndexOp("ix_a", "ix 2", "t"),
        'DROP INDEX "ix_a"; CREATE INDEX "ix 2" ON t (a)',
    ),
    "drop index": (lambda: DropIndexOp("ix_a", "t"), 'DROP INDEX "ix_a"'),
    "comment": (lambda: AlterColumnOp("t", "a", modify_comment="said"), ""),
    "table comment": (lambda: CreateTableCommentOp("t", "said"), ""),
    "nothing new": (
        lambda: AlterColumnOp("t", "b", modify_nullable=True, modify_type=sa.Text()),
        "",
    ),
}


@pytest.mark.parametrize("case", IN_PLACE)
def test_what_sqlite_can_do_is_done_in_place(t: Any, case: str) -> None:
    make, statements = IN_PLACE[case]
    plan = t.change("t", make())
    assert (type(plan), "; ".join(plan.statements)) == (batch.InPlace, statements)


REBUILT: dict[str, Callable[[], Any]] = {
    "add with expression": lambda: AddColumnOp(
        "t", sa.Column("n", sa.DateTime, server_default=sa.func.now())
    ),
    "add unique": lambda: AddColumnOp("t", sa.Column("n", sa.Integer, unique=True)),
    "add at a place": lambda: AddColumnOp("t", sa.Column("n", sa.Integer), insert_before="a"),
    "add named key": lambda: AddColumnOp(
        "t", sa.Column("n", sa.Integer, sa.ForeignKey("p.id", name="k"))
    ),
    "add stored": lambda: AddColumnOp(
        "t", sa.Column("n", sa.Integer, sa.Computed("a", persisted=True))
    ),
    "change type": lambda: AlterColumnOp("t", "a", modify_type=sa.String(5)),
    "change place": lambda: AlterColumnOp("t", "a", insert_after="b"),
    "drop key": lambda: DropConstraintOp(None, "t", "primary"),
    "add constraint": lambda: CreateUniqueConstraintOp("u", "t", ["a"]),
}


@pytest.mark.parametrize("case", REBUILT)
def test_anything_else_needs_a_rebuild(t: Any, case: str) -> None:
    assert isinstance(t.change("t", REBUILT[case]()), batch.Rebuild)


@pytest.mark.parametrize("case", REBUILT)
def test_never_recreate_refuses_it(t: Any, case: str) -> None:
    with pytest.raises(UnsupportedOperation, match="recreate='never'"):
        t.plan("t", REBUILT[case](), recreate="never")


def test_another_word_for_recreate_is_a_value_error(t: Any) -> None:
    with pytest.raises(ValueError, match="'sometimes'"):
        t.plan("t", recreate="sometimes")


def test_the_statements_of_a_rebuild_stand_in_this_order(t: Any) -> None:
    plan = t.plan("t", AlterColumnOp("t", "a", modify_type=sa.Text(), modify_name="c"))
    assert plan.statements == (
        'CREATE TABLE "_migrate_tmp_t" '
        "(\n\tid INTEGER NOT NULL, \n\ta TEXT, \n\tb TEXT, \n\tPRIMARY KEY (id)\n)",
        'INSERT INTO "_migrate_tmp_t" ("id", "a", "b") '
        'SELECT "id", CAST("a" AS TEXT), "b" FROM "t"',
        'DROP TABLE "t"',
        "PRAGMA legacy_alter_table=ON",
        'ALTER TABLE "_migrate_tmp_t" RENAME TO "t"',
        "PRAGMA legacy_alter_table=OFF",
        "CREATE INDEX ix_a ON t (a)",
        'ALTER TABLE "t" RENAME COLUMN "a" TO c',
    )


def test_a_taken_name_is_not_used_for_the_new_table(t: Any) -> None:
    t.run("CREATE TABLE _Migrate_tmp_t (a INT)")
    assert "_migrate_tmp_t_2" in t.plan("t", recreate="always").statements[0]


@pytest.mark.parametrize(
    ("op", "columns"),
    [
        (AddColumnOp("t", sa.Column("n", sa.Integer), insert_before="id"), ["n", "id", "a", "b"]),
        (AddColumnOp("t", sa.Column("n", sa.Integer), insert_after="a"), ["id", "a", "n", "b"]),
        (AlterColumnOp("t", "b", insert_before="a"), ["id", "b", "a"]),
        (AlterColumnOp("t", "id", insert_after="b"), ["a", "b", "id"]),
    ],
)
def test_a_column_goes_to_its_place(t: Any, op: Any, columns: list[str]) -> None:
    t.change("t", op)
    assert [row[1] for row in t.rows("PRAGMA table_info(t)")] == columns


def test_an_index_of_a_renamed_column_gets_another_name(t: Any) -> None:
    renamed = AlterColumnOp("t", "a", modify_name="c")
    for recreate, old, new in (("never", "ix_a", "ix_c"), ("always", "ix_c", "ix_d")):
        t.change("t", renamed, RenameIndexOp(old, new, "t"), recreate=recreate)
        assert t.sql(new).replace('"', "") == f"CREATE INDEX {new} ON t (c)"
        renamed = AlterColumnOp("t", "c", modify_name="c")


def test_two_columns_change_names(t: Any) -> None:
    t.change(
        "t",
        AlterColumnOp("t", "a", modify_name="c"),
        AlterColumnOp("t", "b", modify_name="a"),
        AlterColumnOp("t", "c", modify_name="b"),
        recreate="always",
    )
    assert t.rows("SELECT id, b, a FROM t") == [(1, 2, "x"), (2, None, "y")]
    assert t.sql("ix_a").replace('"', "") == "CREATE INDEX ix_a ON t (b)"


def test_a_new_column_takes_the_name_of_a_renamed_one(t: Any) -> None:
    t.change(
        "t",
        AlterColumnOp("t", "a", modify_name="old"),
        AddColumnOp("t", sa.Column("a", sa.Text, sa.CheckConstraint("a <> old"), unique=True)),
    )
    assert t.rows("SELECT id, old, a FROM t") == [(1, 2, None), (2, None, None)]
    assert t.sql("ix_a").replace('"', "") == "CREATE INDEX ix_a ON t (old)"
    assert "CHECK (a <> old)" in t.sql("t").replace('"', "")


def test_a_column_dropped_and_added_again_is_empty(t: Any) -> None:
    new = AddColumnOp("t", sa.Column("b", sa.Integer))
    t.change("t", DropColumnOp("t", "b"), new, recreate="always")
    assert t.rows("SELECT b FROM t") == [(None,), (None,)]


def test_children_follow_a_renamed_key(t: Any) -> None:
    t.run("CREATE TABLE c (p INT REFERENCES t (id) ON DELETE CASCADE)", "INSERT INTO c VALUES (1)")
    t.change("t", AlterColumnOp("t", "id", modify_name="pk", modify_type=sa.INTEGER()))
    t.change("t", AlterColumnOp("t", "pk", modify_name="id2"), recreate="always")
    assert (t.sql("c"), t.rows("SELECT * FROM c")) == (
        "CREATE TABLE c (p INT REFERENCES t (id2) ON DELETE CASCADE)",
        [(1,)],
    )


# -- constraints ---------------------------------------------------------------------------------


def test_a_primary_key_is_replaced(t: Any) -> None:
    t.change("t", DropConstraintOp(None, "t", "primary"), CreatePrimaryKeyOp("pk", "t", ["b"]))
    assert "CONSTRAINT pk PRIMARY KEY (b)" in t.sql("t")


def test_a_constraint_is_dropped_by_the_name_that_the_convention_makes(t: Any) -> None:
    t.change("t", CreateCheckConstraintOp("low", "t", "a < 9"), naming=Naming())
    t.change("t", DropConstraintOp("low", "t", "check"), naming=Naming())
    assert "CHECK" not in t.sql("t")


def test_the_convention_names_what_has_no_name(t: Any) -> None:
    t.change("t", CreateUniqueConstraintOp(None, "t", ["a"]), naming=Naming())
    assert "CONSTRAINT uq_t UNIQUE (a)" in t.sql("t")


@pytest.mark.parametrize(
    "op",
    [
        CreateCheckConstraintOp(None, "t", '( "A"<9)'),
        CreateUniqueConstraintOp(None, "t", ["b", "a"]),
        CreateForeignKeyOp("unknown", "t", "p", ["a"], ["id"]),
    ],
)
def test_a_constraint_without_a_name_is_found_by_what_it_says(db: Any, op: Any) -> None:
    db.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INT REFERENCES p, b INT UNIQUE, CHECK (a < 9), UNIQUE (a, b))",
    )
    before = len(db.sql("t"))
    db.change("t", op.reverse())
    assert len(db.sql("t")) < before


def test_the_check_of_a_type_goes_and_comes_with_it(t: Any) -> None:
    old = sa.Enum("x", "y", name="kind", create_constraint=True)
    new = sa.Enum("x", "y", "z", name="kind", create_constraint=True)
    t.change("t", AlterColumnOp("t", "b", modify_type=old))
    t.change("t", AlterColumnOp("t", "b", existing_type=old, modify_type=new))
    assert "CONSTRAINT kind CHECK (b IN ('x', 'y', 'z'))" in t.sql("t")
    t.change("t", AlterColumnOp("t", "b", existing_type=new, modify_type=sa.Text()))
    assert "CHECK" not in t.sql("t")


def test_the_check_of_a_type_is_named_by_the_real_table(t: Any) -> None:
    flag = sa.Column("flag", sa.Boolean(name="flag", create_constraint=True))
    t.change("t", AddColumnOp("t", flag), recreate="always", naming=Naming())
    assert "CONSTRAINT ck_t_flag CHECK (flag IN (0, 1))" in t.sql("t")


def test_the_check_of_a_type_goes_with_its_column(t: Any) -> None:
    t.change("t", AddColumnOp("t", sa.Column("flag", sa.Boolean(create_constraint=True))))
    before = t.sql("t")
    t.change("t", DropColumnOp("t", "flag"))
    assert "CHECK" in before
    assert "CHECK" not in t.sql("t")


def test_what_is_on_one_column_goes_with_it(db: Any) -> None:
    db.run(
        "CREATE TABLE t (id INT, a INT CONSTRAINT u UNIQUE, CHECK (a > 0), CHECK (id > 0))",
        "CREATE UNIQUE INDEX ix ON t (lower(a)) WHERE a > 3",
    )
    db.change("t", DropColumnOp("t", "a"))
    assert db.master() == {"t": 'CREATE TABLE "t" (id INT, CHECK (id > 0))'}


# -- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "value", "new", "expected"),
    [
        ("TEXT", "'12'", sa.Integer(), 12),
        ("INT", "12", sa.String(5), "12"),
        ("TEXT", "'1.5'", sa.Float(), 1.5),
        ("TEXT", "'2020-01-02'", sa.Date(), "2020-01-02"),
        ("TEXT", "'{\"a\": 1}'", sa.JSON(), '{"a": 1}'),
        ("TEXT", "'x'", sa.LargeBinary(), b"x"),
        ("BLOB", "x'78'", sa.Text(), "x"),
        ("INT", "NULL", sa.Text(), None),
    ],
)
def test_another_affinity_keeps_the_value(
    db: Any, type_: str, value: str, new: Any, expected: Any
) -> None:
    db.run(f"CREATE TABLE t (a {type_})", f"INSERT INTO t VALUES ({value})")
    db.change("t", AlterColumnOp("t", "a", modify_type=new))
    assert db.rows("SELECT a FROM t") == [(expected,)]


@pytest.mark.parametrize(
    ("default", "written"),
    [
        ("it's 100%", "DEFAULT 'it''s 100%'"),
        (sa.text("7"), "DEFAULT 7"),
        (sa.text("lower('X')"), "DEFAULT (lower('X'))"),
        (sa.text("CURRENT_TIMESTAMP"), "DEFAULT CURRENT_TIMESTAMP"),
        (sa.text("1 + 1"), "DEFAULT (1 + 1)"),
    ],
)
def test_a_default_is_written_as_sqlite_reads_it(t: Any, default: Any, written: str) -> None:
    t.change("t", AlterColumnOp("t", "b", modify_server_default=default))
    assert f"b TEXT {written}" in t.sql("t")


def test_a_type_with_a_collation_replaces_the_old_one(db: Any) -> None:
    db.run("CREATE TABLE t (a TEXT COLLATE NOCASE)")
    db.change("t", AlterColumnOp("t", "a", modify_type=sa.String(5, collation="RTRIM")))
    assert db.sql("t") == 'CREATE TABLE "t" (a VARCHAR(5) COLLATE "RTRIM")'
