"""The law: what autogenerate writes makes the database what the models say, and can be undone.

For models A and B: create A, write the migration to B, run it: nothing differs from B; undo it:
nothing differs from A. One example holds several tables, each a pair; `LAW_EXAMPLES` asks for more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from modelled import Modelled

TABLES = 5
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))

TYPES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("integer", sa.Integer, (None, "7", sa.text("-1"))),
    ("bigint", sa.BigInteger, (None, "0")),
    ("short", sa.String(10), (None, "", "it's", "50%")),
    ("long", sa.String(30), (None, ":x", "a\\b", "NULL")),
    ("numeric", sa.Numeric(8, 2), (None, "1.50", sa.text("2"))),
    ("boolean", sa.Boolean, (None, sa.true(), sa.false())),
    ("date", sa.Date, (None, "2024-02-29")),
    ("moment", sa.DateTime, (None, sa.func.now())),
    ("float", sa.Float, (None, sa.text("0.5"))),
)
KINDS = {kind: (type_, defaults) for kind, type_, defaults in TYPES}

# Types that a stored value becomes without anything being said about it.
CASTS = {"integer": ("bigint",), "short": ("long",), "bigint": ("integer",), "long": ("short",)}

COLUMNS = ("plain", "Mixed Case", "select", "größe")
COMMENTS = (None, None, "a comment", 'it\'s 5% of :x \\ "quoted"')


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    default: int
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """One side of one pair; items are named by the number of their column."""

    columns: tuple[Column, ...]
    indexes: tuple[tuple[str, tuple[int, ...], bool], ...]
    uniques: tuple[tuple[str, tuple[int, ...]], ...]
    checks: tuple[tuple[str, int, int], ...]
    reference: tuple[bool, str | None] | None
    comment: str | None


def column(name: str, kinds: tuple[str, ...]) -> st.SearchStrategy[Column]:
    return st.builds(
        Column,
        st.just(name),
        st.sampled_from(kinds),
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from(COMMENTS),
    )


@st.composite
def tables(draw: st.DrawFn, beside: Table | None = None) -> Table:
    """A table; where one is given `beside`, its columns keep a type that their values can take."""
    known = {each.name: each.kind for each in beside.columns} if beside else {}
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
    columns = tuple(
        draw(
            column(
                name,
                (known[name], *CASTS.get(known[name], ())) if name in known else tuple(KINDS),
            )
        )
        for name in names
    )
    places = st.lists(st.integers(0, len(columns) - 1), min_size=1, max_size=2, unique=True)
    place_sets = places.map(tuple)
    return Table(
        columns,
        tuple(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(("ix a", "ix_b")), place_sets, st.booleans()),
                    max_size=2,
                    unique_by=lambda each: each[0],
                )
            )
        ),
        tuple(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(("uq a", "uq_b")), place_sets),
                    max_size=2,
                    unique_by=(lambda each: each[0], lambda each: frozenset(each[1])),
                )
            )
        ),
        tuple(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(("ck a", "ck_b")), st.integers(0, 2), st.integers(0, 1)
                    ),
                    max_size=1,
                )
            )
        ),
        draw(
            st.none()
            | st.tuples(st.booleans(), st.sampled_from((None, "CASCADE", "SET NULL", "NO ACTION")))
        ),
        draw(st.sampled_from(COMMENTS)),
    )


@st.composite
def pairs(draw: st.DrawFn) -> list[tuple[Table | None, Table | None]]:
    """What each table is before and after; None where it is not there."""
    found: list[tuple[Table | None, Table | None]] = []
    for _ in range(TABLES):
        before = draw(st.none() | tables()) if draw(st.integers(0, 4)) == 0 else draw(tables())
        gone = draw(st.integers(0, 9)) == 0
        found.append((before, None if gone else draw(tables(before))))
    return found


def models(sides: list[Table | None]) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True))
    for number, table in enumerate(sides):
        if table is not None:
            sa.Table(f"t{number}", metadata, *items(table, number), comment=table.comment)
    return metadata


def items(table: Table, number: int) -> Iterator[Any]:
    yield sa.Column("id", sa.Integer, primary_key=True)
    yield sa.Column("n", sa.Integer)
    for column in table.columns:
        type_, defaults = KINDS[column.kind]
        yield sa.Column(
            column.name,
            type_,
            server_default=defaults[column.default % len(defaults)],
            nullable=column.nullable,
            comment=column.comment,
        )
    names = [column.name for column in table.columns]
    for name, places, unique in table.indexes:
        yield sa.Index(f"{name} {number}", *(names[place] for place in places), unique=unique)
    for name, places in table.uniques:
        yield sa.UniqueConstraint(*(names[place] for place in places), name=f"{name} {number}")
    for name, limit, operator in table.checks:
        yield sa.CheckConstraint(f"n {'<>' if operator else '!='} -{limit}", f"{name} {number}")
    if table.reference is not None:
        named, ondelete = table.reference
        name = f"fk {number}" if named else None
        key = sa.ForeignKey("parent.id", name=name, ondelete=ondelete)
        yield sa.Column("parent_id", sa.Integer, key)


def clear(connection: sa.Connection) -> None:
    """Drop all tables, in whatever order."""
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    names = sa.inspect(connection).get_table_names()
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET foreign_key_checks = 0")
    for name in names:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.exec_driver_sql(f"DROP TABLE {quoted}{cascade}")
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET foreign_key_checks = 1")


def holds(database: Modelled, before: sa.MetaData, after: sa.MetaData) -> None:
    with database.engine.begin() as connection:
        clear(connection)
        before.create_all(connection)
    nothing_differs(database, before, "as created")
    up, down = database.migration(after)
    database.run(up)
    nothing_differs(database, after, up)
    database.run(down)
    nothing_differs(database, before, f"{up}\n\n{down}")


def nothing_differs(database: Modelled, models: sa.MetaData, after: str) -> None:
    found = database.words(models)
    assert not found, f"{found} after\n{after}"


@settings(
    max_examples=EXAMPLES,
    derandomize="LAW_EXAMPLES" not in os.environ,  # the same pairs each time, unless more are asked
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
@given(pairs())
def test_a_migration_makes_what_the_models_say_and_is_undone(
    engine: sa.Engine, pairs: list[tuple[Table | None, Table | None]]
) -> None:
    holds(
        Modelled(engine),
        models([before for before, _ in pairs]),
        models([after for _, after in pairs]),
    )
