"""1,000 revisions that create one table each, base to head, with journal and lock on.

Beside Alembic on the same files, and beside the bare statements with the same commits. SQLite is
measured by CPU, because Alembic's commits wait for the disk there; servers by the clock. They are
those that the tests find by their variables: TEST_POSTGRESQL_URL and TEST_MARIADB_URL, or one on
this machine's standard port.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks.histories import write_files
from benchmarks.measure import Row, fresh

SIZE, FEW = 1_000, 100
SECONDS, CPU, STATEMENTS, MEMORY = range(4)

ENV = """\
from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

SERVERS = {
    "postgresql": os.environ.get(
        "TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres"
    ),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1/mysql"),
}


def rows(runs: int) -> Iterator[Row]:
    """On each database: beside Alembic, the statements, and the memory."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        many, few = _files(folder / "many", SIZE), _files(folder / "few", FEW)
        for product, measure, bound in (
            ("sqlite", CPU, 2.0),
            ("postgresql", SECONDS, 1.0),
            ("mariadb", SECONDS, 1.0),
        ):
            sides = ("bare", "ours", "alembic")
            taken = [
                {side: _run(side, many, product, folder) for side in sides} for _ in range(runs)
            ]
            yield _beside(product, taken, measure, bound)
            if product != "sqlite":
                yield _statements(product, taken)
            yield _memory(product, taken, _run("ours", few, product, folder))


Taken = list[dict[str, list[float]]]


def _beside(product: str, taken: Taken, measure: int, bound: float) -> Row:
    ratio = statistics.median(turn["alembic"][measure] / turn["ours"][measure] for turn in taken)
    middle = {side: statistics.median(turn[side][measure] for turn in taken) for side in taken[0]}
    what = "CPU" if measure == CPU else "elapsed"
    detail = f"{what}: " + ", ".join(f"{side} {value:.2f} s" for side, value in middle.items())
    detail += f"; ours {middle['ours'] / middle['bare']:.1f} x the bare statements"
    return Row(f"run-{product}-beside-alembic", ratio, "x", bound, False, detail)


def _statements(product: str, taken: Taken) -> Row:
    more = (taken[0]["ours"][STATEMENTS] - SIZE) / SIZE
    per_run = f"{taken[0]['ours'][STATEMENTS]:.0f} in all for {SIZE} revisions"
    return Row(f"run-{product}-statements", more, "each", 3.05, True, per_run)


def _memory(product: str, taken: Taken, few: list[float]) -> Row:
    many = statistics.median(turn["ours"][MEMORY] for turn in taken)
    detail = f"{SIZE} revisions {many:.0f} MiB, {FEW} revisions {few[MEMORY]:.0f} MiB"
    return Row(f"run-{product}-memory", many / few[MEMORY], "x", 1.15, True, detail)


def _files(folder: Path, size: int) -> Path:
    write_files(folder, size)
    (folder / "env.py").write_text(ENV)
    return folder


def _run(side: str, files: Path, product: str, folder: Path) -> list[float]:
    with _database(product, folder) as url:
        return fresh("benchmarks.runs_once", side, files, url)


@contextmanager
def _database(product: str, folder: Path) -> Iterator[str]:
    """A new database, dropped afterwards."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    if product == "sqlite":
        path = folder / f"{name}.db"
        yield f"sqlite:///{path}"
        path.unlink()
        return
    admin = sa.create_engine(SERVERS[product], isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield admin.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
    admin.dispose()
