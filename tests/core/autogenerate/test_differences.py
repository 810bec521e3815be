"""Each kind of difference alone: found, made, not found again, undone, not found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, ExcludeConstraint

from migrate_core.errors import UnsupportedOperation
from migrate_core.settings import Settings
from modelled import Modelled

Items = Callable[[], list[Any]]


def models(items: list[Any], **options: Any) -> sa.MetaData:
    """A table `t` with these items beside its key and two columns, and a table to refer to."""
    metadata = sa.MetaData()
    sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True))
    own_key = any(isinstance(item, sa.PrimaryKeyConstraint) for item in items)
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=not own_key, nullable=False),
        sa.Column("n", sa.Integer),
        sa.Column("s", sa.String(20)),
        *items,
        **options,
    )
    return metadata


def column(*args: Any, **options: Any) -> list[Any]:
    return [sa.Column("c", *args, **options)]


def referring(**options: Any) -> list[Any]:
    return column(sa.Integer, sa.ForeignKey("parent.id", name="fk", **options))


def mood(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="mood")


EVERYWHERE: dict[str, tuple[Items, Items]] = {
    "a column": (list, lambda: column(sa.Integer)),
    "type": (lambda: column(sa.String(20)), lambda: column(sa.Text)),
    "length": (lambda: column(sa.String(20)), lambda: column(sa.String(30))),
    "precision": (lambda: column(sa.Numeric(10, 2)), lambda: column(sa.Numeric(12, 2))),
    "nullability": (lambda: column(sa.Integer), lambda: column(sa.Integer, nullable=False)),
    "a default": (lambda: column(sa.Integer), lambda: column(sa.Integer, server_default="5")),
    "another default": (
        lambda: column(sa.String(20), server_default="a"),
        lambda: column(sa.String(20), server_default="it's 5% of :b"),
    ),
    "a computed column": (list, lambda: column(sa.Integer, sa.Computed("n + 1", persisted=True))),
    "a computed expression": (
        lambda: column(sa.Integer, sa.Computed("n + 1", persisted=True)),
        lambda: column(sa.Integer, sa.Computed("n + 2", persisted=True)),
    ),
    "a computed expression with an index on it": (
        lambda: [*column(sa.Integer, sa.Computed("n + 1", persisted=True)), sa.Index("ix", "c")],
        lambda: [*column(sa.Integer, sa.Computed("n + 2", persisted=True)), sa.Index("ix", "c")],
    ),
    "columns of the primary key": (
        lambda: [sa.PrimaryKeyConstraint("id", name="pk")],
        lambda: [sa.Column("c", sa.Integer), sa.PrimaryKeyConstraint("id", "c", name="pk")],
    ),
    "a foreign key": (lambda: column(sa.Integer), referring),
    "ON DELETE": (referring, lambda: referring(ondelete="CASCADE")),
    "ON UPDATE": (referring, lambda: referring(onupdate="CASCADE")),
    "a foreign key and its column": (list, referring),
    "an index beside a foreign key": (referring, lambda: [*referring(), sa.Index("ix", "c")]),
    "a unique constraint": (list, lambda: [sa.UniqueConstraint("n", name="uq")]),
    "columns of a unique constraint": (
        lambda: [sa.UniqueConstraint("n", name="uq")],
        lambda: [sa.UniqueConstraint("n", "s", name="uq")],
    ),
    "the name of a unique constraint": (
        lambda: [sa.UniqueConstraint("n", name="uq")],
        lambda: [sa.UniqueConstraint("n", name="uq2")],
    ),
    "a CHECK": (list, lambda: [sa.CheckConstraint("n > 0", name="ck")]),
    "the condition of a CHECK": (
        lambda: [sa.CheckConstraint("n > 0", name="ck")],
        lambda: [sa.CheckConstraint("n > 1", name="ck")],
    ),
    "the name of a CHECK": (
        lambda: [sa.CheckConstraint("n > 0", name="ck")],
        lambda: [sa.CheckConstraint("n > 0", name="ck2")],
    ),
    "two indexes that exchange their names": (
        lambda: [sa.Index("ix", "n"), sa.Index("iy", "n", "s")],
        lambda: [sa.Index("iy", "n"), sa.Index("ix", "n", "s")],
    ),
    "a unique and a plain index that exchange their names": (
        lambda: [sa.Index("ix", "n", unique=True), sa.Index("iy", "n")],
        lambda: [sa.Index("iy", "n", unique=True), sa.Index("ix", "n")],
    ),
    "an index": (list, lambda: [sa.Index("ix", "n")]),
    "a unique index": (lambda: [sa.Index("ix", "n")], lambda: [sa.Index("ix", "n", unique=True)]),
    "columns of an index": (lambda: [sa.Index("ix", "n")], lambda: [sa.Index("ix", "n", "s")]),
    "their order": (lambda: [sa.Index("ix", "s", "n")], lambda: [sa.Index("ix", "n", "s")]),
    "the name of an index": (lambda: [sa.Index("ix", "n")], lambda: [sa.Index("ix2", "n")]),
}

WITH_COMMENTS: dict[str, tuple[Items, Items]] = {
    "a comment": (lambda: column(sa.Integer), lambda: column(sa.Integer, comment="it's :c")),
    "another comment": (
        lambda: column(sa.String(9), server_default="x", comment="a"),
        lambda: column(sa.String(9), server_default="x", comment="b"),
    ),
}

ON_SQLITE: dict[str, tuple[Items, Items]] = {
    "a CHECK that a column was given": (
        lambda: column(sa.Integer, sa.CheckConstraint("c > 0")),
        lambda: column(sa.Integer, sa.CheckConstraint("c > 1")),
    ),
    "a column with a CHECK": (list, lambda: column(sa.Integer, sa.CheckConstraint("c > 0"))),
    "collation": (
        lambda: column(sa.String(9, collation="NOCASE")),
        lambda: column(sa.String(9, collation="RTRIM")),
    ),
    "a predicate": (
        lambda: [sa.Index("ix", "n", sqlite_where=sa.text("n > 0"))],
        lambda: [sa.Index("ix", "n", sqlite_where=sa.text("n > 1"))],
    ),
    "an expression": (
        lambda: [sa.Index("ix", sa.text("lower(s)"))],
        lambda: [sa.Index("ix", sa.text("upper(s)"))],
    ),
    "descending": (
        lambda: [sa.Index("ix", "n")],
        lambda: [sa.Index("ix", sa.text("n DESC"))],
    ),
    "deferrable": (referring, lambda: referring(deferrable=True, initially="DEFERRED")),
    "the name of the primary key": (
        lambda: [sa.PrimaryKeyConstraint("id", name="pk")],
        lambda: [sa.PrimaryKeyConstraint("id", name="pk2")],
    ),
}

ON_POSTGRESQL: dict[str, tuple[Items, Items]] = {
    "a CHECK that a column was given": (
        lambda: column(sa.Integer, sa.CheckConstraint("c > 0")),
        lambda: column(sa.Integer, sa.CheckConstraint("c > 1")),
    ),
    "a column with a CHECK": (list, lambda: column(sa.Integer, sa.CheckConstraint("c > 0"))),
    "collation": (lambda: column(sa.Text()), lambda: column(sa.Text(collation="C"))),
    "time zone": (lambda: column(sa.DateTime()), lambda: column(sa.DateTime(timezone=True))),
    "an identity": (
        lambda: column(sa.Integer, nullable=False),
        lambda: column(sa.Integer, sa.Identity(always=True, start=5)),
    ),
    "identity": (
        lambda: column(sa.Integer, sa.Identity(always=True)),
        lambda: column(sa.Integer, sa.Identity(always=False, increment=2)),
    ),
    "deferrable": (referring, lambda: referring(deferrable=True, initially="DEFERRED")),
    "match": (referring, lambda: referring(match="FULL")),
    "a deferrable unique constraint": (
        lambda: [sa.UniqueConstraint("n", name="uq")],
        lambda: [sa.UniqueConstraint("n", name="uq", deferrable=True, initially="DEFERRED")],
    ),
    "NULLS NOT DISTINCT": (
        lambda: [sa.UniqueConstraint("n", name="uq")],
        lambda: [sa.UniqueConstraint("n", name="uq", postgresql_nulls_not_distinct=True)],
    ),
    "the name of the primary key": (
        lambda: [sa.PrimaryKeyConstraint("id", name="pk")],
        lambda: [sa.PrimaryKeyConstraint("id", name="pk2")],
    ),
    "an exclusion constraint": (
        list,
        lambda: [ExcludeConstraint((sa.column("n"), "="), name="ex", using="btree")],
    ),
    "an exclusion": (
        lambda: [ExcludeConstraint((sa.column("n"), "="), name="ex", using="btree")],
        lambda: [
            ExcludeConstraint(
                (sa.column("n"), "="), name="ex", using="btree", where=sa.text("n > 0")
            )
        ],
    ),
    "descending": (
        lambda: [sa.Index("ix", "n")],
        lambda: [sa.Index("ix", sa.column("n").desc().nulls_last())],
    ),
    "an expression": (
        lambda: [sa.Index("ix", sa.text("lower(s)"))],
        lambda: [sa.Index("ix", sa.text("upper(s)"))],
    ),
    "a predicate": (
        lambda: [sa.Index("ix", "n", postgresql_where=sa.text("n > 0"))],
        lambda: [sa.Index("ix", "n", postgresql_where=sa.text("n > 1"))],
    ),
    "an index method": (
        lambda: [sa.Index("ix", "n")],
        lambda: [sa.Index("ix", "n", postgresql_using="hash")],
    ),
    "INCLUDE": (
        lambda: [sa.Index("ix", "n")],
        lambda: [sa.Index("ix", "n", postgresql_include=["s"])],
    ),
    "an operator class": (
        lambda: [sa.Index("ix", "s")],
        lambda: [sa.Index("ix", "s", postgresql_ops={"s": "varchar_pattern_ops"})],
    ),
    "an enum": (list, lambda: column(mood("good", "bad"))),
    "a value of an enum": (
        lambda: column(mood("good", "bad")),
        lambda: column(mood("good", "so so", "bad")),
    ),
    "the order of an enum": (
        lambda: column(mood("good", "bad")),
        lambda: column(mood("bad", "good")),
    ),
    "a value of an enum in an array": (
        lambda: column(ARRAY(ENUM("a", "b", name="mood"))),
        lambda: column(ARRAY(ENUM("a", "b", "c", name="mood"))),
    ),
    "an array of an enum": (list, lambda: column(ARRAY(mood("good", "bad")))),
    "a shared enum": (list, lambda: [*column(mood("a")), sa.Column("d", mood("a"))]),
}

ON_MARIADB: dict[str, tuple[Items, Items]] = {
    "collation": (
        lambda: column(sa.String(9, collation="utf8mb4_bin")),
        lambda: column(sa.String(9, collation="utf8mb4_unicode_ci")),
    ),
    "values of an enum": (
        lambda: column(sa.Enum("a", "b", name="e")),
        lambda: column(sa.Enum("a", "c", "b", name="e")),
    ),
    "an index that a foreign key goes by": (
        lambda: [*referring(), sa.Index("ix", "c")],
        lambda: [*referring(), sa.Index("ix", "c", "n")],
    ),
}


def _made_and_undone(engine: sa.Engine, before: Items, after: Items) -> None:
    database = Modelled(engine)
    models(before()).create_all(engine)
    assert database.words(models(before())) == []
    up, down = database.migration(models(after()))
    assert database.words(models(after())) != []
    database.run(up)
    assert database.words(models(after())) == []
    database.run(down)
    assert database.words(models(before())) == []


@pytest.mark.parametrize("change", EVERYWHERE)
def test_on_every_database(engine: sa.Engine, change: str) -> None:
    _made_and_undone(engine, *EVERYWHERE[change])
    _made_and_undone_backwards(engine, change)


def _made_and_undone_backwards(engine: sa.Engine, change: str) -> None:
    models([]).drop_all(engine)
    _made_and_undone(engine, *reversed(EVERYWHERE[change]))


@pytest.mark.parametrize("change", WITH_COMMENTS)
@pytest.mark.parametrize("name", ["postgresql_engine", "mariadb_engine"])
def test_comments(request: pytest.FixtureRequest, name: str, change: str) -> None:
    _made_and_undone(request.getfixturevalue(name), *WITH_COMMENTS[change])


@pytest.mark.parametrize("name", ["postgresql_engine", "mariadb_engine"])
def test_a_comment_of_a_table(request: pytest.FixtureRequest, name: str) -> None:
    engine = request.getfixturevalue(name)
    database = Modelled(engine)
    models([]).create_all(engine)
    up, down = database.migration(models([], comment="it's :t"))
    database.run(up)
    assert database.words(models([], comment="it's :t")) == []
    database.run(down)
    assert database.words(models([])) == []


@pytest.mark.parametrize("change", ON_SQLITE)
def test_on_sqlite(sqlite_engine: sa.Engine, change: str) -> None:
    _made_and_undone(sqlite_engine, *ON_SQLITE[change])


@pytest.mark.parametrize("change", ON_POSTGRESQL)
def test_on_postgresql(postgresql_engine: sa.Engine, change: str) -> None:
    _made_and_undone(postgresql_engine, *ON_POSTGRESQL[change])


@pytest.mark.parametrize("change", ON_MARIADB)
def test_on_mariadb(mariadb_engine: sa.Engine, change: str) -> None:
    _made_and_undone(mariadb_engine, *ON_MARIADB[change])


def test_a_sequence(postgresql_engine: sa.Engine) -> None:
    def with_sequence(**options: Any) -> sa.MetaData:
        metadata = models([])
        sa.Sequence("counter", metadata=metadata, **options)
        return metadata

    database = Modelled(postgresql_engine)
    models([]).create_all(postgresql_engine)
    made, dropped = database.migration(with_sequence(start=5))
    database.run(made)
    assert database.words(with_sequence(start=5)) == []
    changed, restored = database.migration(with_sequence(start=5, increment=10, cycle=True))
    database.run(changed)
    assert database.words(with_sequence(start=5, increment=10, cycle=True)) == []
    database.run(restored)
    assert database.words(with_sequence(start=5)) == []
    database.run(dropped)
    assert database.words(models([])) == []


def test_type_arguments_that_one_side_leaves_out_are_no_difference(
    postgresql_engine: sa.Engine,
) -> None:
    models(column(sa.String(50))).create_all(postgresql_engine)
    database = Modelled(postgresql_engine)
    assert database.words(models(column(sa.String()))) == []
    assert database.words(models(column(sa.String(60)))) == ["change type of column t.c"]


def test_a_column_that_becomes_computed_is_told_and_not_guessed(engine: sa.Engine) -> None:
    models(column(sa.Integer)).create_all(engine)
    database = Modelled(engine)
    assert database.words(models(column(sa.Integer, sa.Computed("n + 1", persisted=True)))) == []
    assert "t.c is computed in the models alone" in str(database.told)


def test_without_the_right_to_a_scratch_table_text_is_compared_and_that_is_said_once(
    postgresql_engine: sa.Engine,
) -> None:
    with postgresql_engine.begin() as connection:
        models(column(sa.Float, server_default="5")).create_all(connection)
        name = postgresql_engine.url.database
        connection.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO pg_read_all_data")
    database = Modelled(postgresql_engine)
    with postgresql_engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE pg_read_all_data")
        again = models(column(sa.Float, server_default="5"))
        database.comparison(connection, again).upgrade_ops()
    assert len(database.told) == 1
    assert "t.c" in str(database.told[0])


def test_excluded_names_are_neither_read_nor_dropped(engine: sa.Engine) -> None:
    models(referring()).create_all(engine)
    left = sa.MetaData()
    sa.Table("parent", left, sa.Column("id", sa.Integer, primary_key=True))
    settings = Settings(include_name=lambda name, kind, _parents: kind != "table" or name != "t")
    assert Modelled(engine, settings).words(left) == []


def test_indexes_of_two_tables_exchange_their_names(engine: sa.Engine) -> None:
    def named(first: str, second: str) -> sa.MetaData:
        metadata = sa.MetaData()
        for table, index in (("one", first), ("two", second)):
            columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)
            sa.Table(table, metadata, *columns, sa.Index(index, "n"))
        return metadata

    named("ix", "iy").create_all(engine)
    database = Modelled(engine)
    exchange, back = database.migration(named("iy", "ix"))
    database.run(exchange)
    assert database.words(named("iy", "ix")) == []
    database.run(back)
    assert database.words(named("ix", "iy")) == []


def test_a_new_table_takes_the_index_names_of_one_that_goes(engine: sa.Engine) -> None:
    def named(table: str) -> sa.MetaData:
        metadata = sa.MetaData()
        columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)
        sa.Table(table, metadata, *columns, sa.Index("ix", "n"))
        return metadata

    named("users").create_all(engine)
    database = Modelled(engine)
    taken, back = database.migration(named("accounts"))
    database.run(taken)
    assert database.words(named("accounts")) == []
    database.run(back)
    assert database.words(named("users")) == []


@pytest.mark.parametrize("kind", ["column", "index", "unique_constraint", "check_constraint"])
def test_what_include_name_hides_of_a_table_is_neither_added_nor_dropped(
    engine: sa.Engine, kind: str
) -> None:
    def items(*, legacy: bool) -> list[Any]:
        hidden = {
            "column": sa.Column("legacy", sa.Integer),
            "index": sa.Index("legacy", "n", "s"),
            "unique_constraint": sa.UniqueConstraint("n", "s", name="legacy"),
            "check_constraint": sa.CheckConstraint("n > 5", name="legacy"),
        }
        return [hidden[kind]] if legacy else []

    asked: list[dict[str, str | None]] = []

    def include(name: str | None, found: str, parents: dict[str, str | None]) -> bool:
        if name == "legacy":
            asked.append(parents)
        return name != "legacy"

    models(items(legacy=True)).create_all(engine)
    database = Modelled(engine, Settings(include_name=include))
    assert database.words(models(items(legacy=False))) == []
    assert asked[0] == {
        "schema_name": None,
        "table_name": "t",
        "schema_qualified_table_name": "t",
    }


def test_a_schema_is_made_before_its_first_table_and_goes_after_its_last(
    postgresql_engine: sa.Engine,
) -> None:
    def shop(schema: str | None) -> sa.MetaData:
        metadata = models([])
        if schema is not None:
            column = sa.Column("id", sa.Integer, primary_key=True)
            sa.Table("orders", metadata, column, schema=schema)
        return metadata

    shop(None).create_all(postgresql_engine)
    database = Modelled(postgresql_engine)
    up, down = database.migration(shop("Ye Shop"))
    assert "op.create_schema('Ye Shop')" in up
    database.run(up)
    assert database.words(shop("Ye Shop")) == []
    database.run(down)
    assert "Ye Shop" not in sa.inspect(postgresql_engine).get_schema_names()


def test_a_schema_with_something_in_it_is_not_dropped(postgresql_engine: sa.Engine) -> None:
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA shop CREATE TABLE orders (id int)")
    with pytest.raises(sa.exc.InternalError, match="other objects depend on it"):
        Modelled(postgresql_engine).run("op.drop_schema('shop')")


def test_sqlite_has_no_schemas_to_create(sqlite_engine: sa.Engine) -> None:
    with pytest.raises(UnsupportedOperation, match="no statement for schemas"):
        Modelled(sqlite_engine).run("op.create_schema('shop')")
