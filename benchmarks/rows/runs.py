"""Revisions that create one table each, base to head, with journal and lock on.

SQLite is measured by CPU, because Alembic's commits wait for the disk there; servers by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks import table
from benchmarks.made.databases import KINDS, product_of
from benchmarks.made.histories import write_files
from benchmarks.measure import Function, Side
from benchmarks.scale import Scale
from benchmarks.sides.runs import UNSYNCHRONIZED
from benchmarks.table import Experiment, Figure, Place, Prepared, Quantity, Row, Term, Turn
from migrate_core import Migrations, alias

BESIDE_ALEMBIC = {"sqlite": 2.0, "postgresql": 1.0, "mariadb": 1.0}

ENV = """\
from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """On each database: beside Alembic, statements, memory; and the memory of a long run."""
    long = () if scale.long is None else (_long(scale.long),)
    return (*(_on(kind, scale) for kind in KINDS), *long)


def _on(kind: str, scale: Scale) -> Experiment:
    many = scale.revisions
    what = f"run {many:,} revisions on {product_of(kind) or 'SQLite'}"
    rows = [
        Row(
            f"run-{kind}-beside-alembic",
            f"{what}; floor: the bare statements, committed in the same places",
            table.at_least(BESIDE_ALEMBIC[kind]),
            Quantity.CPU if kind == "sqlite" else Quantity.SECONDS,
            table.times_faster,
            Term(f"ours {many}"),
            Term(f"peer {many}"),
            Term(f"floor {many}"),
        ),
    ]
    if scale.few_revisions is not None:
        rows.append(_memory(kind, what, many, scale.few_revisions))
    if kind != "sqlite":
        rows.append(
            Row(
                f"run-{kind}-statements",
                f"{what}: statements beside each of the user's own",
                table.at_most(3.05, "each"),
                Quantity.STATEMENTS,
                _beside_own(many - 1),
                Term(f"ours {many}"),
                Term(f"peer {many}"),
                Term(f"floor {many}"),
            )
        )
    return Experiment(tuple(rows), _sides(kind), product_of(kind), heavy=True)


def _memory(kind: str, what: str, many: int, few: int) -> Row:
    return Row(
        f"run-{kind}-memory",
        f"{what}: peak memory; floor: {few:,} revisions",
        table.at_most(1.15),
        Quantity.PEAK,
        table.above_floor,
        Term(f"ours {many}"),
        Term(f"peer {many}"),
        Term(f"ours {few}"),
    )


def _beside_own(revisions: int) -> Figure:
    """Statements for each of ``revisions``, less the one that each has itself."""

    def beside(turn: Turn) -> float:
        return (turn.ours - revisions) / revisions

    return beside


def _long(revisions: int) -> Experiment:
    row = Row(
        "run-memory-long",
        f"run {revisions:,} revisions on SQLite: peak memory of the process",
        table.at_most(1),
        Quantity.PEAK,
        table.share_of_peer,
        Term(f"ours {revisions}"),
        Term(f"peer {revisions}"),
    )
    return Experiment((row,), _sides(UNSYNCHRONIZED), heavy=True)


def _sides(kind: str) -> Callable[[Place, frozenset[str]], Prepared]:
    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        folders: dict[int, Path] = {}
        for size in {int(name.split()[1]) for name in needed}:
            folders[size] = place.folder / f"history{size}"
            write_files(folders[size], size)
            (folders[size] / "env.py").write_text(ENV)
            _keep_byte_code(folders[size])
        yield {name: _side(kind, name, folders, place) for name in needed}

    return sides


def _keep_byte_code(folder: Path) -> None:
    """Compile all files before the first run; Alembic does when it reads them, before its clock."""
    engine = sa.create_engine("sqlite://")
    Migrations(
        folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
    ).upgrade_sql()


def _side(kind: str, name: str, folders: Mapping[int, Path], place: Place) -> Side:
    who, size = name.split()
    return Function(f"runs:{who}", (kind, str(folders[int(size)]), place.server))
