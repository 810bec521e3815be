"""Comparing models with a database of which nothing differs: ours, Alembic's, and the floor."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from benchmarks import compare_floor
from benchmarks.latency import delayed
from benchmarks.measure import Row, exponent, fresh
from benchmarks.schemas import DATABASES, database, models
from migrate_core import api
from migrate_core.database import scopes
from migrate_core.database.channel import Online
from migrate_core.settings import Settings

TABLES = 1_000
SIZES = (300, 1_000, 3_000)

BESIDE_ALEMBIC = {"sqlite": 15, "postgresql": 12, "mariadb": 5}


def rows(runs: int) -> Iterator[Row]:
    """Time beside Alembic and the floor; round trips; growth and memory."""
    for kind in DATABASES:
        with database(kind, TABLES) as engine:
            yield from _times(kind, engine, runs)
            if kind == "postgresql":
                yield _round_trips(engine)
    for kind in DATABASES:
        yield from _growth(kind)


def ours(connection: Connection, metadata: sa.MetaData) -> int:
    """Our comparison; how many operations it found."""
    settings = Settings()
    scope = scopes.of(connection, settings, lambda _holder: None, transactional=True)
    context = api.MigrationContext(Online(connection), settings, [metadata], scope)
    return len(api.compare_metadata(context, metadata))


def theirs(connection: Connection, metadata: sa.MetaData) -> int:
    """Alembic's comparison, of defaults too."""
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return len(compare_metadata(context, metadata))


def _times(kind: str, engine: sa.Engine, runs: int) -> Iterator[Row]:
    with engine.connect() as connection:
        ready = compare_floor.read(connection)
        sides: dict[str, Callable[[sa.MetaData], object]] = {
            "ours": lambda metadata: _nothing(ours(connection, metadata)),
            "floor": lambda _: _nothing(len(compare_floor.differing(connection, ready))),
            "Alembic": lambda metadata: theirs(connection, metadata),
        }
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(runs + 1):
            for name, side in sides.items():
                seconds = _seconds(connection, side)
                if turn:
                    taken[name].append(seconds)
    middle = {name: statistics.median(each) for name, each in taken.items()}
    detail = ", ".join(f"{name} {each * 1000:.0f} ms" for name, each in middle.items())
    ratio = statistics.median(t / o for t, o in zip(taken["Alembic"], taken["ours"], strict=True))
    bound = BESIDE_ALEMBIC[kind]
    yield Row(f"compare-{kind}-beside-alembic", ratio, "x", bound, False, detail)
    above = statistics.median(o / f for o, f in zip(taken["ours"], taken["floor"], strict=True))
    yield Row(f"compare-{kind}-above-floor", above, "x", 3, True, detail)


def _seconds(connection: Connection, side: Callable[[sa.MetaData], object]) -> float:
    """Wall time of one comparison, on models and a transaction of its own."""
    metadata = models(TABLES)
    connection.rollback()
    gc.collect()
    start = time.perf_counter()
    side(metadata)
    return time.perf_counter() - start


def _nothing(found: int) -> None:
    if found:
        raise RuntimeError(f"{found} differences where nothing differs")


def _round_trips(engine: sa.Engine) -> Row:
    """Where each answer takes 10 ms, on a connection that knows its server."""
    with delayed(engine.url, 0.01) as line, _connected(line.url) as connection:
        before = line.answers
        seconds = _seconds(connection, lambda metadata: ours(connection, metadata))
        trips = line.answers - before
    detail = f"{seconds * 1000:.0f} ms where each answer takes 10 ms"
    return Row("compare-postgresql-round-trips", trips, "trips", 20, True, detail)


@contextmanager
def _connected(url: sa.URL) -> Iterator[Connection]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _growth(kind: str) -> Iterator[Row]:
    seconds, mebibytes = [], {}
    for size in SIZES:
        with database(kind, size) as engine:
            url = engine.url.render_as_string(hide_password=False)
            runs = [fresh("benchmarks.compare_once", "ours", url, size, "time") for _ in range(3)]
            seconds.append(statistics.median(run[0] for run in runs))
            if size == SIZES[-1]:
                for side in ("ours", "theirs"):
                    (mebibytes[side],) = fresh("benchmarks.compare_once", side, url, size, "memory")
    detail = ", ".join(f"{n} in {s * 1000:.0f} ms" for n, s in zip(SIZES, seconds, strict=True))
    yield Row(f"compare-{kind}-growth", exponent(SIZES, seconds), "exponent", 1.1, True, detail)
    detail = f"ours {mebibytes['ours']:.0f} MiB, Alembic {mebibytes['theirs']:.0f} MiB above models"
    ratio = mebibytes["ours"] / mebibytes["theirs"]
    yield Row(f"compare-{kind}-memory-3000", ratio, "x", 0.5, True, detail)
