"""Models to database and back: what was just applied is no difference, what changed is one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine

from histories import execute, opened, tables
from migrate_core.errors import NoModels

Models = Callable[[sa.MetaData], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def made(models: Models, **options: Any) -> sa.MetaData:
    metadata = sa.MetaData(**options)
    models(metadata)
    return metadata


def applied(folder: Path, engine: Engine, metadata: sa.MetaData, **options: Any) -> tuple[str, ...]:
    """Generate and upgrade, after which nothing may differ; what was done, in words."""
    migrations = opened(folder, engine, metadata, **options)
    written = migrations.generate("change")
    assert written is not None
    migrations.upgrade()
    assert migrations.check().described == ()
    return written.described


def there_and_back(
    folder: Path, engine: Engine, before: sa.MetaData, after: sa.MetaData, **options: Any
) -> tuple[str, ...]:
    """Apply `before`, then `after`, then undo and redo it: at each stop nothing differs."""
    applied(folder, engine, before, **options)
    done = applied(folder, engine, after, **options)
    opened(folder, engine, **options).downgrade()
    with pytest.raises(Exception, match="not up to date"):
        opened(folder, engine, before, **options).check()
    files = sorted((folder / "versions").glob("*.py"), key=lambda path: path.stat().st_mtime_ns)
    text = files[-1].read_text()
    files[-1].unlink()
    assert opened(folder, engine, before, **options).check().described == ()
    files[-1].write_text(text)
    opened(folder, engine, **options).upgrade()
    assert opened(folder, engine, after, **options).check().described == ()
    return done


def key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


# -- columns ---------------------------------------------------------------------------------------

COLUMNS: dict[str, Callable[[], sa.Column[Any]]] = {
    "integer": lambda: sa.Column("c", sa.Integer),
    "integer 5": lambda: sa.Column("c", sa.Integer, server_default="5"),
    "integer text 5": lambda: sa.Column("c", sa.Integer, server_default=sa.text("5")),
    "smallint -1": lambda: sa.Column("c", sa.SmallInteger, server_default=sa.text("-1")),
    "bigint": lambda: sa.Column("c", sa.BigInteger, nullable=False),
    "true": lambda: sa.Column("c", sa.Boolean, server_default=sa.true(), nullable=False),
    "false": lambda: sa.Column("c", sa.Boolean, server_default=sa.false(), nullable=False),
    "boolean": lambda: sa.Column("c", sa.Boolean),
    "string": lambda: sa.Column("c", sa.String(20), server_default="plain"),
    "empty string": lambda: sa.Column("c", sa.String(20), server_default=""),
    "string NULL": lambda: sa.Column("c", sa.String(20), server_default="NULL"),
    "quotes": lambda: sa.Column("c", sa.String(40), server_default="it's \"here\" ''"),
    "percent": lambda: sa.Column("c", sa.String(40), server_default="100% of %s and %(x)s"),
    "colon": lambda: sa.Column("c", sa.String(40), server_default="a:b ::c :d"),
    "backslash": lambda: sa.Column("c", sa.String(40), server_default=r"C:\new\table\'s"),
    "unicode": lambda: sa.Column("c", sa.String(40), server_default="naïve ñ 名前"),
    "new line": lambda: sa.Column("c", sa.String(40), server_default="one\ntwo"),
    "text": lambda: sa.Column("c", sa.Text),
    "unicode text": lambda: sa.Column("c", sa.UnicodeText),
    "numeric": lambda: sa.Column("c", sa.Numeric(10, 2), server_default="0.50"),
    "numeric text": lambda: sa.Column("c", sa.Numeric(10, 2), server_default=sa.text("1.5")),
    "float": lambda: sa.Column("c", sa.Float, server_default=sa.text("0.5")),
    "double": lambda: sa.Column("c", sa.Double),
    "date": lambda: sa.Column("c", sa.Date, server_default="2024-02-29"),
    "time": lambda: sa.Column("c", sa.Time),
    "now": lambda: sa.Column("c", sa.DateTime, server_default=sa.func.now(), nullable=False),
    "now with zone": lambda: sa.Column(
        "c", sa.DateTime(timezone=True), server_default=sa.func.now()
    ),
    "current timestamp": lambda: sa.Column(
        "c", sa.DateTime, server_default=sa.func.current_timestamp()
    ),
    "JSON": lambda: sa.Column("c", sa.JSON),
    "JSON {}": lambda: sa.Column("c", sa.JSON, server_default="{}"),
    "JSON object": lambda: sa.Column("c", sa.JSON, server_default='{"a": "b:c", "d": [1]}'),
    "enum": lambda: sa.Column("c", sa.Enum("a", "b'c", name="kind"), server_default="a"),
    "text enum": lambda: sa.Column(
        "c", sa.Enum("a", "b", name="kind_of_text", native_enum=False, create_constraint=True)
    ),
    "binary": lambda: sa.Column("c", sa.LargeBinary),
    "uuid": lambda: sa.Column("c", sa.Uuid),
    "interval": lambda: sa.Column("c", sa.Interval),
    "comment": lambda: sa.Column("c", sa.Integer, comment="it's 5% of :x"),
    "computed": lambda: sa.Column("c", sa.Integer, sa.Computed("n + 1", persisted=True)),
    "unique": lambda: sa.Column("c", sa.String(20), unique=True),
    "index": lambda: sa.Column("c", sa.String(20), index=True),
}


def every_kind(*, nullable: bool) -> Models:
    """A table with a column of each kind, named after its number in `COLUMNS`."""

    def models(metadata: sa.MetaData) -> object:
        columns = []
        for number, make in enumerate(COLUMNS.values()):
            column = make()
            column.name = column.key = f"c{number}"
            if nullable and column.server_default is None:
                column.nullable = True
            columns.append(column)
        return sa.Table("t", metadata, key(), sa.Column("n", sa.Integer), *columns)

    return models


def test_a_table_of_every_kind_that_was_just_made_has_no_difference(
    folder: Path, engine: Engine
) -> None:
    assert "add table t" in applied(folder, engine, made(every_kind(nullable=False)))


def test_columns_of_every_kind_are_added_and_removed(folder: Path, engine: Engine) -> None:
    def before(metadata: sa.MetaData) -> object:
        return sa.Table("t", metadata, key(), sa.Column("n", sa.Integer))

    done = there_and_back(folder, engine, made(before), made(every_kind(nullable=True)))
    assert sum(line.startswith("add column t.") for line in done) == len(COLUMNS)


CHANGES: dict[str, tuple[sa.Column[Any], sa.Column[Any], str]] = {
    "longer": (
        sa.Column("c", sa.String(20)),
        sa.Column("c", sa.String(40)),
        "change type of column t.c",
    ),
    "wider": (
        sa.Column("c", sa.Integer),
        sa.Column("c", sa.BigInteger),
        "change type of column t.c",
    ),
    "more digits": (
        sa.Column("c", sa.Numeric(8, 2)),
        sa.Column("c", sa.Numeric(10, 2)),
        "change type of column t.c",
    ),
    "not null": (
        sa.Column("c", sa.Integer),
        sa.Column("c", sa.Integer, nullable=False),
        "change nullable of column t.c",
    ),
    "other default": (
        sa.Column("c", sa.String(20), server_default="it's 5%"),
        sa.Column("c", sa.String(20), server_default=r"a:b\c"),
        "change server default of column t.c",
    ),
    "new default": (
        sa.Column("c", sa.Integer),
        sa.Column("c", sa.Integer, server_default="1"),
        "change server default of column t.c",
    ),
    "default gone": (
        sa.Column("c", sa.Boolean, server_default=sa.true()),
        sa.Column("c", sa.Boolean),
        "change server default of column t.c",
    ),
    "true to false": (
        sa.Column("c", sa.Boolean, server_default=sa.true()),
        sa.Column("c", sa.Boolean, server_default=sa.false()),
        "change server default of column t.c",
    ),
    "now": (
        sa.Column("c", sa.DateTime),
        sa.Column("c", sa.DateTime, server_default=sa.func.now()),
        "change server default of column t.c",
    ),
    "all at once": (
        sa.Column("c", sa.String(20), server_default="x"),
        sa.Column("c", sa.String(30), server_default="y", nullable=False),
        "change type and nullable and server default of column t.c",
    ),
}


@pytest.mark.parametrize(("old", "new", "words"), CHANGES.values(), ids=CHANGES)
def test_a_changed_column_is_found_changed_and_changed_back(
    folder: Path, engine: Engine, old: sa.Column[Any], new: sa.Column[Any], words: str
) -> None:
    def models(column: sa.Column[Any]) -> Models:
        return lambda metadata: sa.Table("t", metadata, key(), column._copy())

    assert there_and_back(folder, engine, made(models(old)), made(models(new))) == (words,)


# -- constraints and indexes -----------------------------------------------------------------------


def parent(metadata: sa.MetaData) -> sa.Table:
    return sa.Table("parent", metadata, key(), sa.Column("name", sa.String(20)))


def unnamed(metadata: sa.MetaData) -> object:
    parent(metadata)
    return sa.Table(
        "child",
        metadata,
        key(),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(20)),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")),
        sa.UniqueConstraint("a", "b"),
        sa.CheckConstraint("a > 0"),
        sa.Index(None, "b"),
    )


def named(metadata: sa.MetaData) -> object:
    parent(metadata)
    return sa.Table(
        "child",
        metadata,
        key(),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(20)),
        sa.Column("parent_id", sa.Integer),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name="fk", onupdate="CASCADE"),
        sa.UniqueConstraint("a", "b", name="uq"),
        sa.CheckConstraint("a > 0", name="ck"),
        sa.Index("ix", "b", "a", unique=True),
    )


def self_referring(metadata: sa.MetaData) -> object:
    return sa.Table(
        "node", metadata, key(), sa.Column("up_id", sa.Integer, sa.ForeignKey("node.id"))
    )


def circle(metadata: sa.MetaData) -> object:
    late = sa.ForeignKey("b.id", use_alter=True, name="fk_a_b")
    sa.Table("a", metadata, key(), sa.Column("b_id", late))
    return sa.Table("b", metadata, key(), sa.Column("a_id", sa.ForeignKey("a.id", name="fk_b_a")))


def composite(metadata: sa.MetaData) -> object:
    sa.Table(
        "line",
        metadata,
        sa.Column("order_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    )
    return sa.Table(
        "part",
        metadata,
        key(),
        sa.Column("o", sa.Integer),
        sa.Column("l", sa.Integer),
        sa.ForeignKeyConstraint(["o", "l"], ["line.order_no", "line.line_no"]),
    )


def descending(metadata: sa.MetaData) -> object:
    table = parent(metadata)
    return sa.Index("ix_desc", table.c.name.desc(), table.c.id)


SHAPES: list[Models] = [unnamed, named, self_referring, circle, composite, descending]
CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@pytest.mark.parametrize("convention", [None, CONVENTION], ids=["", "convention"])
@pytest.mark.parametrize("models", SHAPES, ids=lambda models: models.__name__)
def test_tables_that_were_just_made_have_no_difference(
    folder: Path, engine: Engine, models: Models, convention: dict[str, str] | None
) -> None:
    metadata = made(models, naming_convention=convention)
    applied(folder, engine, metadata)
    opened(folder, engine).downgrade("base")
    assert tables(engine) == set()
    opened(folder, engine).upgrade()
    assert not opened(folder, engine, metadata).check()


def test_constraints_are_added_to_a_table_and_taken_from_it(folder: Path, engine: Engine) -> None:
    def bare(metadata: sa.MetaData) -> object:
        parent(metadata)
        return sa.Table(
            "child",
            metadata,
            key(),
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.String(20)),
            sa.Column("parent_id", sa.Integer),
            sa.CheckConstraint("a > 0"),
        )

    def full(metadata: sa.MetaData) -> object:
        unnamed(metadata)
        # MariaDB leaves the index of its own that a foreign key would get otherwise.
        return sa.Index("ix_child", metadata.tables["child"].c.parent_id)

    done = there_and_back(folder, engine, made(bare), made(full))
    assert sorted(line.partition(" on ")[0].rsplit(" ", 1)[0] for line in done) == [
        "add foreign key",
        "add index",
        "add index",
        "add unique constraint",
    ]


def test_an_index_that_a_foreign_key_needs_is_changed_and_changed_back(
    folder: Path, engine: Engine
) -> None:
    def indexed(*columns: str) -> Models:
        def models(metadata: sa.MetaData) -> object:
            parent(metadata)
            return sa.Table(
                "child",
                metadata,
                key(),
                sa.Column("a", sa.Integer),
                sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id")),
                sa.Index("ix_child", *columns),
            )

        return models

    done = there_and_back(
        folder, engine, made(indexed("parent_id")), made(indexed("parent_id", "a"))
    )
    swapped = ("drop index ix_child on child", "add index ix_child on child")
    assert tuple(line for line in done if "ix_child" in line) == swapped
    assert (done == swapped) == (engine.dialect.name != "mysql")


def test_a_foreign_key_and_its_index_go_together(folder: Path, engine: Engine) -> None:
    def linked(metadata: sa.MetaData) -> object:
        parent(metadata)
        column = sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id"), index=True)
        return sa.Table("child", metadata, key(), column)

    def apart(metadata: sa.MetaData) -> object:
        parent(metadata)
        return sa.Table("child", metadata, key())

    there_and_back(folder, engine, made(linked), made(apart))


@pytest.mark.parametrize("product", ["sqlite", "postgresql"])
def test_an_index_over_an_expression_is_no_difference(
    folder: Path, product: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(f"{product}_engine")

    def models(metadata: sa.MetaData) -> object:
        table = parent(metadata)
        return sa.Index("ix_lower", sa.func.lower(table.c.name))

    applied(folder, engine, made(models))


@pytest.mark.parametrize("product", ["sqlite", "postgresql"])
def test_a_partial_index_is_no_difference(
    folder: Path, product: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(f"{product}_engine")

    def models(metadata: sa.MetaData) -> object:
        table = parent(metadata)
        where: dict[str, Any] = {f"{product}_where": table.c.name != "100%"}
        return sa.Index("ix_part", table.c.name, unique=True, **where)

    applied(folder, engine, made(models))


# -- PostgreSQL ------------------------------------------------------------------------------------


def test_two_schemas_are_compared_and_undone(folder: Path, postgresql_engine: Engine) -> None:
    execute(postgresql_engine, "CREATE SCHEMA other")

    def models(metadata: sa.MetaData) -> object:
        sa.Table("p", metadata, key(), schema="other")
        sa.Table("p", metadata, key(), sa.Column("q", sa.ForeignKey("other.p.id")))
        column = sa.Column("k", sa.Enum("a", "b", name="kind", schema="other"), index=True)
        return sa.Table("q", metadata, key(), column, schema="other")

    metadata = made(models)
    for options in ({}, {"include_schemas": True}):
        migrations = opened(folder, postgresql_engine, metadata, **options)
        if migrations.generate("schemas") is not None:
            migrations.upgrade()
        assert migrations.check().described == ()
    opened(folder, postgresql_engine).downgrade("base")
    assert tables(postgresql_engine) == set()
    assert sa.inspect(postgresql_engine).get_table_names("other") == []


def test_the_default_schema_may_be_named(folder: Path, postgresql_engine: Engine) -> None:
    def models(metadata: sa.MetaData) -> object:
        sa.Table("p", metadata, key(), schema="public")
        column = sa.Column("p_id", sa.ForeignKey("public.p.id"), index=True)
        return sa.Table("q", metadata, key(), column, schema="public")

    applied(folder, postgresql_engine, made(models))


def test_an_enum_of_two_tables_is_made_once_and_dropped_once(
    folder: Path, postgresql_engine: Engine
) -> None:
    def models(metadata: sa.MetaData) -> object:
        kind = sa.Enum("a", "b", name="kind")
        sa.Table("one", metadata, key(), sa.Column("k", kind, server_default="a"))
        array = sa.Column("ks", postgresql.ARRAY(kind))
        return sa.Table("two", metadata, key(), sa.Column("k", kind), array)

    metadata = made(models)
    applied(folder, postgresql_engine, metadata)
    migrations = opened(folder, postgresql_engine, metadata)
    migrations.downgrade("base")
    assert sa.inspect(postgresql_engine).get_enums() == []  # type: ignore[attr-defined]
    migrations.upgrade()
    assert not migrations.check()


# -- the file and the options ----------------------------------------------------------------------

RUN = """
import sys, sqlalchemy as sa
from migrate_core import Migrations
migrations = Migrations(sys.argv[2], engine=sa.create_engine(sys.argv[1]), metadata=sa.MetaData())
print(*migrations.upgrade().after)
print(*migrations.downgrade("base").after)
"""


def test_a_written_file_runs_in_a_fresh_process(
    folder: Path, sqlite_engine: Engine, sqlite_url: str
) -> None:
    written = opened(folder, sqlite_engine, made(named)).generate("first")
    assert written is not None
    command = [sys.executable, "-W", "error", "-c", RUN, sqlite_url, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stderr, done.stdout) == ("", f"{written.revision.id}\n\n")
    assert tables(sqlite_engine) == set()


def test_include_name_leaves_tables_of_the_database_alone(folder: Path, engine: Engine) -> None:
    execute(engine, "CREATE TABLE theirs (id INTEGER PRIMARY KEY)")
    options: dict[str, Any] = {
        "include_name": lambda name, kind, _parents: kind != "table" or name != "theirs"
    }
    assert "theirs" not in " ".join(applied(folder, engine, made(parent), **options))


def test_include_object_leaves_what_it_refuses(folder: Path, engine: Engine) -> None:
    execute(engine, "CREATE TABLE theirs (id INTEGER PRIMARY KEY)")

    def include(item: Any, name: Any, kind: Any, reflected: bool, other: Any) -> bool:
        return name not in ("theirs", "ix")

    done = applied(folder, engine, made(named), include_object=include)
    assert "theirs" not in " ".join(done)


def test_several_collections_of_models_are_one_database(folder: Path, engine: Engine) -> None:
    def other(metadata: sa.MetaData) -> object:
        return sa.Table("other", metadata, key())

    both = [made(parent), made(other)]
    migrations = opened(folder, engine)
    migrations.metadata = tuple(both)
    written = migrations.generate("both")
    assert written is not None
    assert sorted(written.described) == ["add table other", "add table parent"]


def test_models_that_lost_all_their_tables_drop_nothing(folder: Path, engine: Engine) -> None:
    applied(folder, engine, made(parent))
    with pytest.raises(NoModels) as caught:
        opened(folder, engine).generate("oops")
    assert caught.value.database_tables == ("parent",)
    assert len(list((folder / "versions").glob("*.py"))) == 1
