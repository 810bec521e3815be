"""The graph alone: growth and memory, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks import table
from benchmarks.measure import Function, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

LEAST = 1_000


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """Linear and bushy histories of growing size."""
    return tuple(_shape(shape, scale) for shape in scale.shapes)


def _shape(shape: str, scale: Scale) -> Experiment:
    largest = scale.graph[-1]
    peers = [size for size in scale.graph if size <= scale.peer_graph]
    growth = Row(
        f"graph-growth-{shape}",
        f"build the graph of a {shape} history, its heads, and the plan from base to them: "
        f"growth of time from {LEAST:,} to {largest:,} revisions; floor: graphlib",
        table.at_most(1.1, "exponent"),
        Quantity.CPU,
        table.growth_from(LEAST),
        Term(f"ours {largest}"),
        None,
        Term(f"floor {largest}"),
        {size: f"ours {size}" for size in scale.graph},
        {size: f"peer {size}" for size in peers},
    )
    memory = Row(
        f"graph-memory-{shape}",
        f"the graph of a {shape} history of {largest:,} revisions: peak memory of the process",
        table.at_most(200, "MiB"),
        Quantity.PEAK,
        table.itself,
        Term(f"ours {largest}"),
        None,
        Term(f"floor {largest}"),
    )

    @contextmanager
    def sides(_: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        yield {name: _side(shape, name) for name in needed}

    return Experiment((growth, memory), sides)


def _side(shape: str, name: str) -> Side:
    who, size = name.split()
    return Function(f"graph:{who}", (shape, int(size)))
