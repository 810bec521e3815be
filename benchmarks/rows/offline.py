"""The script of a history, beside Alembic's: the same files, both with their byte code kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks import table
from benchmarks.made.histories import TABLES, USUAL, Bodies, write_files
from benchmarks.measure import Function, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

ENV = """\
from alembic import context

context.configure(
    url=context.config.get_main_option("sqlalchemy.url"),
    literal_binds=True,
    dialect_opts={"paramstyle": "named"},
)
with context.begin_transaction():
    context.run_migrations()
"""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """A history as people write them, and one of new tables only."""
    return tuple(_script(name, scale) for name in scale.scripts)


HISTORIES: Mapping[str, tuple[str, Bodies, float]] = {
    "usual": ("as people write them", USUAL, 3),
    "tables": ("that create a table each", TABLES, 1.5),
}
"""By name: in words, what the revisions do, and the bound."""


def _script(name: str, scale: Scale) -> Experiment:
    told, bodies, bound = HISTORIES[name]
    row = Row(
        f"offline-{name}",
        f"upgrade --sql of {scale.script:,} revisions {told}, imports not counted",
        table.at_least(bound),
        Quantity.CPU,
        table.times_faster,
        Term("ours"),
        Term("peer"),
    )

    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        folder = place.folder / "migrations"
        write_files(folder, scale.script, bodies)
        (folder / "env.py").write_text(ENV)
        yield {side: Function(f"offline:{side}", (str(folder),)) for side in needed}

    return Experiment((row,), sides)
