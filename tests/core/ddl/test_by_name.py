"""Statements written from names: the same text, and the same say for whoever takes part in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGIdentifierPreparer
from sqlalchemy.exc import IdentifierError
from sqlalchemy.ext.compiler import compiles, deregister
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint
from sqlalchemy.sql.elements import conv, quoted_name

from migrate_core.ddl import for_dialect
from migrate_core.ddl.effects import Effect, effect
from migrate_core.ddl.elements import AddColumn
from migrate_core.operations import (
    AddColumnOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    MigrateOperation,
)

POSTGRESQL: Any = postgresql.dialect()

INDEX = CreateIndexOp("ix", "t", ["a"])
UNIQUE = CreateUniqueConstraintOp("uq", "t", ["a"])
DROP = DropConstraintOp("uq", "t", "unique")


def column(*args: Any, **kw: Any) -> AddColumnOp:
    return AddColumnOp("t", sa.Column("c", *(args or (sa.Integer(),)), **kw))


def sql(
    op: MigrateOperation, dialect: Any = POSTGRESQL, convention: Mapping[str, Any] | None = None
) -> list[str]:
    naming: Any = SimpleNamespace(naming_convention=convention) if convention else None
    elements: Any = for_dialect(dialect, naming).elements(op)
    return [" ".join(str(each.compile(dialect=dialect)).split()) for each in elements]


@contextmanager
def compiled_otherwise(construct: type[Any]) -> Iterator[None]:
    """A project writes a construct of SQLAlchemy's its own way."""
    compiles(construct, "postgresql")(lambda *_, **__: "own")
    try:
        yield
    finally:
        deregister(construct)


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (INDEX, "CREATE INDEX ix ON t (a)"),
        (
            CreateIndexOp("Ix", "T", ["a", "order"], schema="My", unique=True, if_not_exists=True),
            'CREATE UNIQUE INDEX IF NOT EXISTS "Ix" ON "My"."T" (a, "order")',
        ),
        (CreateIndexOp("ix", "t", [sa.text("lower(a)")]), "CREATE INDEX ix ON t (lower(a))"),
        (CreateIndexOp(None, "t", ["a"]), "CREATE INDEX ix_t_a ON t (a)"),
        (
            CreateIndexOp("ix", "t", ["a"], postgresql_where=sa.text("a > 0")),
            "CREATE INDEX ix ON t (a) WHERE a > 0",
        ),
        (
            CreateUniqueConstraintOp("Uq", "t", ["a", "b%"], schema="s"),
            'ALTER TABLE s.t ADD CONSTRAINT "Uq" UNIQUE (a, "b%%")',
        ),
        (
            CreateUniqueConstraintOp("uq", "t", ["a"], deferrable=True),
            "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) DEFERRABLE",
        ),
        (
            CreateUniqueConstraintOp("uq", "t", ["a", "a"]),
            "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a)",
        ),
        (
            DropConstraintOp("Uq", "t", "unique", schema="s", if_exists=True),
            'ALTER TABLE s.t DROP CONSTRAINT IF EXISTS "Uq"',
        ),
        (
            DropConstraintOp(quoted_name("uq", quote=True), "t", "unique"),
            'ALTER TABLE t DROP CONSTRAINT "uq"',
        ),
        (
            column(sa.String(3), server_default="it's", nullable=False),
            "ALTER TABLE t ADD COLUMN c VARCHAR(3) DEFAULT 'it''s' NOT NULL",
        ),
    ],
)
def test_names_and_columns_are_written_as_sqlalchemy_writes_them(
    op: MigrateOperation, text: str
) -> None:
    assert sql(op, postgresql.dialect(paramstyle="pyformat")) == [text]


@pytest.mark.parametrize(
    ("construct", "op"),
    [
        (CreateIndex, INDEX),
        (AddConstraint, UNIQUE),
        (DropConstraint, DROP),
    ],
)
def test_a_function_of_the_projects_own_writes_the_statement(
    construct: type[Any], op: MigrateOperation
) -> None:
    with compiled_otherwise(construct):
        assert sql(op) == ["own"]


def test_a_function_of_the_projects_own_writes_the_constraint_within_the_statement() -> None:
    with compiled_otherwise(sa.UniqueConstraint):
        assert sql(UNIQUE) == ["ALTER TABLE t ADD own"]


def test_a_function_of_the_projects_own_writes_the_columns_of_an_index() -> None:
    with compiled_otherwise(sa.Column):
        assert sql(INDEX) == ["CREATE INDEX ix ON t (own)"]


def test_a_function_of_the_projects_own_writes_a_columns_type() -> None:
    with compiled_otherwise(sa.Integer):
        assert sql(column()) == ["ALTER TABLE t ADD COLUMN c own"]


def test_a_function_for_added_columns_finds_the_table_of_the_column() -> None:
    specs: dict[str, Any] = AddColumn._compiler_dispatcher.specs  # type: ignore[attr-defined]
    compiles(AddColumn, "postgresql")(lambda element, *_, **__: f"own {element.column.table.name}")
    try:
        assert sql(column()) == ["own t"]
    finally:
        del specs["postgresql"]


@pytest.mark.parametrize(
    ("kind", "op", "text"),
    [
        (sa.Column, column(), "ALTER TABLE t ADD COLUMN heard INTEGER"),
        (sa.Index, INDEX, "CREATE INDEX heard ON t (a)"),
        (sa.UniqueConstraint, UNIQUE, "ALTER TABLE t ADD CONSTRAINT heard UNIQUE (a)"),
        (sa.UniqueConstraint, DROP, "ALTER TABLE t DROP CONSTRAINT heard"),
    ],
)
def test_a_listener_of_the_projects_own_changes_what_comes_to_a_table(
    kind: type[Any], op: MigrateOperation, text: str
) -> None:
    def rename(item: Any, _table: Any) -> None:
        item.name = "heard"

    sa.event.listen(kind, "before_parent_attach", rename)
    try:
        assert sql(op) == [text]
    finally:
        sa.event.remove(kind, "before_parent_attach", rename)


def test_a_listener_may_be_a_method_of_a_built_in_object() -> None:
    parents: dict[Any, Any] = {}
    listener = parents.setdefault  # by which SQLAlchemy knows it again
    sa.event.listen(sa.Index, "after_parent_attach", listener)
    try:
        assert sql(INDEX) == ["CREATE INDEX ix ON t (a)"]
    finally:
        sa.event.remove(sa.Index, "after_parent_attach", listener)
    assert [each.name for each in parents] == ["ix"]


def test_a_statement_hands_out_what_it_is_about() -> None:
    elements: list[Any] = [
        element for op in (INDEX, UNIQUE, DROP) for element in for_dialect(POSTGRESQL).elements(op)
    ]
    assert [(each.element.name, each.element.table.name) for each in elements] == [
        ("ix", "t"),
        ("uq", "t"),
        ("uq", "t"),
    ]
    assert [effect(each) for each in elements] == [
        Effect("index", "ix", "t"),
        Effect("unique", "uq", "t"),
        Effect("unique", "uq", "t", there=False),
    ]


def test_a_convention_completes_a_given_name_and_leaves_a_final_one() -> None:
    convention = {"uq": "uq_%(table_name)s_%(constraint_name)s"}
    assert sql(CreateUniqueConstraintOp("a", "t", ["a"]), convention=convention) == [
        "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a)"
    ]
    assert sql(DropConstraintOp(conv("a"), "t", "unique"), convention=convention) == [
        "ALTER TABLE t DROP CONSTRAINT a"
    ]


def test_a_schema_is_translated() -> None:
    (element,) = for_dialect(POSTGRESQL).elements(INDEX)
    compiled: Any = element.compile(  # type: ignore[union-attr]
        dialect=POSTGRESQL, schema_translate_map={None: "tenant"}, render_schema_translate=True
    )
    assert str(compiled) == "CREATE INDEX ix ON tenant.t (a)"


def test_a_dialects_own_words_are_used() -> None:
    class Quoting(PGIdentifierPreparer):
        def format_index(self, index: Any) -> str:
            return f"[{index.name}]"

    class Wording(PGDDLCompiler):
        def visit_create_index(self, create: Any, **kw: Any) -> str:
            return f"{super().visit_create_index(create, **kw)} LOCALLY"

    class Own(postgresql.dialect):  # type: ignore[misc, name-defined]
        preparer = Quoting
        ddl_compiler = Wording

    assert sql(INDEX, Own()) == ["CREATE INDEX [ix] ON t (a) LOCALLY"]


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(IdentifierError, match="exceeds maximum length"):
        sql(CreateIndexOp("x" * 64, "t", ["a"]))


@pytest.mark.parametrize(
    ("op", "statements"),
    [
        (
            column(sa.Boolean(name="ck", create_constraint=True)),
            ["ALTER TABLE t ADD COLUMN c BOOLEAN"],
        ),
        (
            column(sa.Integer(), sa.Identity()),
            ["ALTER TABLE t ADD COLUMN c INTEGER GENERATED BY DEFAULT AS IDENTITY"],
        ),
        (
            column(sa.Integer(), sa.Computed("a + 1", persisted=True)),
            ["ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED"],
        ),
        (
            column(comment="why"),
            ["ALTER TABLE t ADD COLUMN c INTEGER", "COMMENT ON COLUMN t.c IS 'why'"],
        ),
        (
            column(unique=True, index=True),
            ["ALTER TABLE t ADD COLUMN c INTEGER", "CREATE UNIQUE INDEX ix_t_c ON t (c)"],
        ),
        (
            column(sa.BigInteger(), primary_key=True),
            ["ALTER TABLE t ADD COLUMN c BIGSERIAL NOT NULL"],
        ),
    ],
)
def test_what_a_column_brings_with_it_is_written(op: AddColumnOp, statements: list[str]) -> None:
    assert sql(op) == statements
