"""Rows as values: what is measured, the figure made of one turn, and the bound it has to keep."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from benchmarks.measure import Sample, Side


class Quantity(Enum):
    """What of a sample is looked at; the value names the attribute."""

    SECONDS = "seconds"
    CPU = "cpu"
    PEAK = "peak"
    MORE = "more"
    STATEMENTS = "statements"
    ANSWERS = "answers"

    def of(self, sample: Sample) -> float:
        """That of one sample."""
        value: float = getattr(sample, self.value)
        return value


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure has to reach."""

    limit: float
    at_most: bool
    unit: str = "x"

    def kept(self, figure: float) -> bool:
        """Whether this figure does."""
        return figure <= self.limit if self.at_most else figure >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.limit:g} {self.unit}"


def at_most(limit: float, unit: str = "x") -> Bound:
    """A figure that must not be larger."""
    return Bound(limit, True, unit)


def at_least(limit: float, unit: str = "x") -> Bound:
    """A figure that must not be smaller."""
    return Bound(limit, False, unit)


@dataclass(frozen=True, slots=True)
class Term:
    """What is taken of a turn: that of one side, above that of another if there is one."""

    side: str
    less: str | None = None

    def sides(self) -> tuple[str, ...]:
        """The sides that have to be run for it."""
        return (self.side,) if self.less is None else (self.side, self.less)

    def of(self, turn: Mapping[str, float]) -> float:
        """Its value."""
        return turn[self.side] - (turn[self.less] if self.less else 0)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn's values of a row: pairs of the same minute."""

    ours: float
    peer: float | None
    floor: float | None
    sizes: Mapping[int, float]


Figure = Callable[[Turn], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    :param what: in words, for ``--list`` and the documentation.
    :param figure: of one turn.
    :param sizes: a row about growth: ours by size, and the peer's.
    """

    name: str
    what: str
    bound: Bound
    quantity: Quantity
    figure: Figure
    ours: Term
    peer: Term | None = None
    floor: Term | None = None
    sizes: Mapping[int, str] = field(default_factory=dict)
    peer_sizes: Mapping[int, str] = field(default_factory=dict)

    def sides(self) -> tuple[str, ...]:
        """The sides it needs, each once, in the order in which they are run."""
        terms = (self.ours, self.floor, self.peer)
        single = (side for term in terms if term is not None for side in term.sides())
        return tuple(dict.fromkeys((*single, *self.sizes.values(), *self.peer_sizes.values())))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an experiment may put its files, and the administrator's URL of its server."""

    folder: Path
    server: str


Prepared = AbstractContextManager[Mapping[str, Side]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Rows made of the same samples.

    :param sides: prepares those of the sides that are named, and gives them.
    :param product: the server it needs: ``"PostgreSQL"``.
    :param heavy: a turn takes long enough that few are made, and none that is not counted.
    """

    rows: tuple[Row, ...]
    sides: Callable[[Place, frozenset[str]], Prepared]
    product: str | None = None
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, the least, and the most."""

    median: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """That of these values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Result:
    """What a row came to; or why it was not measured.

    :param failed: a side did not work, which keeps no bound.
    """

    row: Row
    figure: Spread | None = None
    ours: Spread | None = None
    peer: Spread | None = None
    floor: Spread | None = None
    sizes: Mapping[int, Spread] = field(default_factory=dict)
    peer_sizes: Mapping[int, Spread] = field(default_factory=dict)
    runs: int = 0
    reason: str | None = None
    failed: bool = False

    @property
    def kept(self) -> bool | None:
        """Whether the bound is kept; ``None`` where nobody knows."""
        if self.figure is None:
            return False if self.failed else None
        return self.row.bound.kept(self.figure.median)


def result(row: Row, samples: Mapping[str, Sequence[Sample]]) -> Result:
    """A row of the samples of its sides."""
    series = {side: [row.quantity.of(each) for each in samples[side]] for side in row.sides()}
    runs = min(len(values) for values in series.values())
    turns = [{side: values[turn] for side, values in series.items()} for turn in range(runs)]

    def spread(term: Term | None) -> Spread | None:
        return None if term is None else Spread.of([term.of(turn) for turn in turns])

    return Result(
        row,
        Spread.of([row.figure(_turn(row, turn)) for turn in turns]),
        spread(row.ours),
        spread(row.peer),
        spread(row.floor),
        {size: Spread.of(series[side]) for size, side in row.sizes.items()},
        {size: Spread.of(series[side]) for size, side in row.peer_sizes.items()},
        runs,
    )


def _turn(row: Row, values: Mapping[str, float]) -> Turn:
    return Turn(
        row.ours.of(values),
        row.peer.of(values) if row.peer else None,
        row.floor.of(values) if row.floor else None,
        {size: values[side] for size, side in row.sizes.items()},
    )


# -- figures ---------------------------------------------------------------------------------------


def times_faster(turn: Turn) -> float:
    """How many times ours the peer takes; ours is taken for a millisecond where it is less."""
    assert turn.peer is not None
    return turn.peer / max(turn.ours, 0.001)


def share_of_peer(turn: Turn) -> float:
    """Ours as a part of the peer's."""
    assert turn.peer is not None
    return turn.ours / turn.peer


def above_floor(turn: Turn) -> float:
    """How many times the floor ours takes."""
    assert turn.floor is not None
    return turn.ours / turn.floor


def itself(turn: Turn) -> float:
    """Ours, beside nothing."""
    return turn.ours


def growth_from(least: int) -> Figure:
    """The fitted exponent of growth from this size on: 1 is linear, 2 is quadratic."""

    def exponent(turn: Turn) -> float:
        sizes = [size for size in turn.sizes if size >= least]
        xs, ys = [math.log(n) for n in sizes], [math.log(turn.sizes[n]) for n in sizes]
        return statistics.linear_regression(xs, ys).slope

    return exponent
