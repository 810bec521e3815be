"""The script of 1,000 revisions, beside Alembic's: same files, both with their byte code kept."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.histories import TABLES, USUAL, write_files
from benchmarks.measure import Row, fresh

SIZE = 1_000

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


def rows(runs: int) -> Iterator[Row]:
    """A history as people write them, and one of new tables only."""
    for name, bodies, bound in (("usual", USUAL, 3), ("tables", TABLES, 1.5)):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "migrations"
            write_files(folder, SIZE, bodies)
            (folder / "env.py").write_text(ENV)
            taken: dict[str, list[float]] = {"ours": [], "alembic": []}
            for _ in range(runs):
                for side, seconds in taken.items():
                    seconds.append(fresh("benchmarks.offline_once", side, folder)[0])
        ours, theirs = (statistics.median(taken[side]) for side in ("ours", "alembic"))
        detail = f"{SIZE} revisions: ours {ours * 1000:.0f} ms, Alembic {theirs * 1000:.0f} ms"
        yield Row(f"offline-{name}-beside-alembic", theirs / ours, "x", bound, False, detail)
