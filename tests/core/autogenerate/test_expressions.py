"""200 expressions: created and compared, nothing differs; one token changed, each is found.

Each is a default, a CHECK, a computed column or, where the database has them, a predicate or an
expression of an index. A table holds many of them, so that all are compared at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from modelled import Modelled

Edit = tuple[str, str]
"""An expression, and the same with one other token."""

NUMBERS = ("1", "2", "10", "42", "250", "1000")
COMPARED = ("n > {}", "n >= {}", "n <> {}", "{} < n", "n < {} OR n IS NULL", "NOT (n = {})")
WITHIN = ("n BETWEEN {} AND 5000", "n IN ({}, 5000, 7000)", "n + {} > m", "(n * {}) <= (m - 1)")
TEXTS = (
    "s <> '{}'",
    "s = '{}' OR n > 3",
    "lower(s) = '{}'",
    "s LIKE '{}%'",
    "length(s) > n OR s = '{}'",
)
WORDS = ("a", "it''s", "x y", "100", "ñ")
COMPUTED = (
    "n + {}",
    "n * {} - m",
    "(n + m) * {}",
    "coalesce(n, {})",
    "CASE WHEN n > {} THEN m ELSE n END",
    "abs(n - {})",
)


def conditions() -> Iterator[Edit]:
    """Over the columns n, m and s."""
    for shape, number in product((*COMPARED, *WITHIN), NUMBERS):
        yield shape.format(number), shape.format(f"{number}7")
    for shape, word in product(TEXTS, WORDS):
        yield shape.format(word), shape.format(f"{word}q")


def computed() -> Iterator[Edit]:
    for shape, number in product(COMPUTED, NUMBERS):
        yield shape.format(number), shape.format(f"{number}7")


def defaults() -> Iterator[tuple[Any, Any, Any]]:
    """Type, default, other default."""
    for number in (*NUMBERS, "0", "-1", "-20", "77", "31"):
        yield sa.Integer, number, f"{number}7"
        yield sa.Integer, sa.text(number), sa.text(f"{number}7")
        yield sa.BigInteger, number, f"{number}7"
        yield sa.String(20), number, f"{number}7"
        yield sa.Numeric(12, 2), sa.text(f"{number}.50"), sa.text(f"{number}.57")
    for word in ("", "a", "it's", "x y", "NULL", "a:b", "50%", "a\\b", '"q"', "ñ"):
        yield sa.String(20), word, f"{word}q"
        yield sa.String(30), word, f"{word} "
    yield sa.Boolean, sa.true(), sa.false()
    yield sa.Boolean, sa.false(), sa.true()
    yield sa.Date, "2024-02-29", "2024-02-28"
    yield sa.DateTime, "2024-02-29 10:00:00", "2024-02-29 10:00:01"
    yield sa.Float, sa.text("0.5"), sa.text("0.25")


def tables(chosen: Callable[[Any, Any], Any], dialect: str) -> sa.MetaData:
    """All expressions, or all edits: what ``chosen`` takes of each pair."""
    metadata = sa.MetaData()
    checks = list(conditions())
    for number in range(0, len(checks), 35):
        sa.Table(
            f"checks{number}",
            metadata,
            *numbers(),
            *(
                sa.CheckConstraint(chosen(*pair), name=f"ck{number}_{place}")
                for place, pair in enumerate(checks[number : number + 35])
            ),
        )
    sa.Table(
        "computed",
        metadata,
        *numbers(),
        *(
            sa.Column(f"c{place}", sa.Integer, sa.Computed(chosen(*pair), persisted=True))
            for place, pair in enumerate(computed())
        ),
    )
    sa.Table(
        "defaults",
        metadata,
        *numbers(),
        *(
            sa.Column(f"d{place}", type_, server_default=chosen(one, other))
            for place, (type_, one, other) in enumerate(defaults())
        ),
    )
    if dialect in ("sqlite", "postgresql"):
        partial = sa.Table("partial", metadata, *numbers())
        for place, pair in enumerate(checks[::2]):
            where = {f"{dialect}_where": sa.text(chosen(*pair))}
            sa.Index(f"ix{place}", partial.c.n, **where)
    return metadata


def numbers() -> list[Any]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer),
        sa.Column("m", sa.Integer),
        sa.Column("s", sa.String(20)),
    ]


@pytest.fixture
def created(engine: sa.Engine) -> Modelled:
    tables(lambda one, _other: one, engine.dialect.name).create_all(engine)
    return Modelled(engine)


def test_what_was_created_does_not_differ(created: Modelled) -> None:
    models = tables(lambda one, _other: one, created.engine.dialect.name)
    assert created.words(models) == []
    assert created.told == []


def test_each_edit_of_one_token_is_found(created: Modelled) -> None:
    models = tables(lambda _one, other: other, created.engine.dialect.name)
    found = {word for words in created.words(models) for word in words.split()}
    edited = edited_names(models)
    assert len(edited) >= 200
    assert edited - found == set()


def edited_names(models: sa.MetaData) -> set[str]:
    """What the words call each of the edits."""
    columns = {
        f"{name}.{column.name}"
        for name in ("computed", "defaults")
        for column in models.tables[name].c
        if column.computed is not None or column.server_default is not None
    }
    checks = {
        str(check.name)
        for table in models.tables.values()
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }
    indexes = {str(index.name) for table in models.tables.values() for index in table.indexes}
    return columns | checks | indexes
