"""Comparing models with a database of which nothing differs: ours, Alembic's, and the floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks import table
from benchmarks.made.databases import holding, product_of
from benchmarks.measure import Function, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

LEAST = 250
BESIDE_ALEMBIC = {"sqlite": 15, "postgresql": 12, "mariadb": 5}


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """Time beside Alembic and the floor, growth, memory and round trips, on each database."""
    return tuple(_on(kind, scale) for kind in scale.compared)


def _on(kind: str, scale: Scale) -> Experiment:
    rows = [_beside_alembic(kind, scale), _above_floor(kind, scale)]
    if len(scale.growth) > 1:
        rows.append(_growth(kind, scale))
    rows.append(_memory(kind, scale))
    if kind == "postgresql":
        rows.append(_round_trips(kind, scale))

    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        with ExitStack() as stack:
            urls = {
                each: stack.enter_context(holding(kind, place, each))
                for each in sorted({int(name.split()[1]) for name in needed})
            }
            yield {name: _side(name, urls) for name in needed}

    return Experiment(tuple(rows), sides, product_of(kind), heavy=True)


def _what(kind: str, scale: Scale) -> str:
    return (
        f"compare models of {scale.tables:,} tables with a {product_of(kind) or 'SQLite'} database"
    )


def _quantity(kind: str) -> Quantity:
    """On SQLite all work is the process's own; a server's work is not."""
    return Quantity.CPU if kind == "sqlite" else Quantity.SECONDS


def _beside_alembic(kind: str, scale: Scale) -> Row:
    return Row(
        f"compare-{kind}-beside-alembic",
        f"{_what(kind, scale)} that has them",
        table.at_least(BESIDE_ALEMBIC[kind]),
        _quantity(kind),
        table.times_faster,
        Term(f"ours {scale.tables}"),
        Term(f"peer {scale.tables}"),
        Term(f"floor {scale.tables}"),
    )


def _above_floor(kind: str, scale: Scale) -> Row:
    return Row(
        f"compare-{kind}-above-floor",
        f"{_what(kind, scale)}; floor: its catalogue read by hand, and ==",
        table.at_most(3),
        _quantity(kind),
        table.above_floor,
        Term(f"ours {scale.tables}"),
        None,
        Term(f"floor {scale.tables}"),
    )


def _growth(kind: str, scale: Scale) -> Row:
    largest = scale.growth[-1]
    return Row(
        f"compare-{kind}-growth",
        f"{_what(kind, scale)} that has them: growth of time from {LEAST} to {largest:,} tables",
        table.at_most(1.1, "exponent"),
        _quantity(kind),
        table.growth_from(LEAST),
        Term(f"ours {largest}"),
        Term(f"peer {largest}"),
        None,
        {each: f"ours {each}" for each in scale.growth},
        {each: f"peer {each}" for each in scale.peer_growth},
    )


def _memory(kind: str, scale: Scale) -> Row:
    largest = scale.growth[-1]
    return Row(
        f"compare-{kind}-memory",
        f"compare models of {largest:,} tables: memory that it takes above the models",
        table.at_most(0.5),
        Quantity.MORE,
        table.share_of_peer,
        Term(f"ours {largest}"),
        Term(f"peer {largest}"),
    )


def _round_trips(kind: str, scale: Scale) -> Row:
    return Row(
        f"compare-{kind}-round-trips",
        f"{_what(kind, scale)} where each answer takes 10 ms: answers waited for",
        table.at_most(20, "trips"),
        Quantity.ANSWERS,
        table.itself,
        Term(f"far {scale.tables}"),
    )


def _side(name: str, urls: Mapping[int, str]) -> Side:
    who, size = name.split()
    return Function(f"compare:{who}", (urls[int(size)], int(size)))
