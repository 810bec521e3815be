"""SIGKILL at every boundary of a run, then a run again: nothing is lost, and nothing done twice.

::

    nursery        one process that has everything imported, and forks a child for each run
    child          upgrades, and is killed
    Wire           between child and server: it sees each message, and kills
                       during    the server has it, and works
                       after     the server has answered, and nobody hears it: before the next
    SQLite has no wire: the child's own driver kills it before a statement, and within it

On servers the messages are the statements, those of the journal and COMMIT among them.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, history, opened, rows, tables
from migrate_core.errors import HalfDone, Undecided

NURSERY = """\
import os
import resource
import signal
import sys

import sqlalchemy as sa

import migrate_core.main
from migrate_core import Migrations


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(engine, at, mode):
    seen = [0]

    def traced(statement):
        seen[0] += 1
        if seen[0] == at and mode == "before":
            die()
        if seen[0] == at and mode.startswith("beyond"):  # COMMIT alone writes to the file
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(mode[6:]),) * 2)

    def ticked():
        if seen[0] == at and mode == "during":
            die()

    @sa.event.listens_for(engine, "connect")
    def watch(connection, _):
        connection.set_trace_callback(traced)
        connection.set_progress_handler(ticked, 5)


for line in sys.stdin:
    folder, url, at, mode = line.split()
    child = os.fork()
    if child == 0:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        if url.startswith("sqlite"):
            deadly(engine, int(at), mode)
        Migrations(folder, engine=engine, metadata=sa.MetaData()).upgrade()
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

TABLE = """
op.create_table("item", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
item = sa.table("item", sa.column("id"), sa.column("n"))
op.bulk_insert(item, [{"id": 1, "n": 0}, {"id": 2, "n": 0}])
"""
CHANGES = """
op.add_column("item", sa.Column("m", sa.Integer))
op.execute("UPDATE item SET n = n + 1")
op.create_index("ix_n", "item", ["n"])
op.execute("UPDATE item SET n = n + 10")
op.execute("CREATE VIEW seen AS SELECT id FROM item")
op.drop_column("item", "m")
"""
CONCURRENT = """
op.execute("UPDATE item SET n = n + 100")
with op.get_context().autocommit_block():
    op.create_index("ix_id", "item", ["id"], postgresql_concurrently=True)
op.execute("UPDATE item SET n = n + 1000")
"""


PATIENCE = 0.5
"""Seconds that an answer of the server is waited for."""


class Nursery:
    """Runs children."""

    def __init__(self, folder: Path) -> None:
        script = folder / "nursery.py"
        script.write_text(NURSERY)
        self._process = subprocess.Popen(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self, folder: Path, url: str, at: int = 0, mode: str = "-") -> int:
        """The child's process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder} {url} {at} {mode}\n")
        self._process.stdin.flush()
        return int(self._answers.readline())

    def ended(self) -> int:
        """How the child ended."""
        return int(self._answers.readline())

    def close(self) -> None:
        self._process.communicate(timeout=60)

    @property
    def _answers(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


class Wire:
    """A server's address that kills whoever speaks through it, at its n-th message."""

    def __init__(self, target: tuple[str, int], at: int, mode: str) -> None:
        self.target = target
        self.at = at
        self.mode = mode
        self.messages: list[bytes] = []
        self.child = 0
        self.started = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with (
            self._listener,
            self._listener.accept()[0] as client,
            socket.create_connection(self.target) as server,
        ):
            ends = {client: server, server: client}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(1 << 20)
                    if not data or (end is client and self._is_the_end(data, server)):
                        return
                    ends[end].sendall(data)

    def _is_the_end(self, data: bytes, server: socket.socket) -> bool:
        self.messages.append(data)
        if len(self.messages) != self.at:
            return False
        server.sendall(data)
        if self.mode == "after":
            select.select([server], [], [], PATIENCE)  # half of a pipeline has no answer
        self.started.wait()
        with suppress(ProcessLookupError):  # behind its last message it may have ended by itself
            os.kill(self.child, signal.SIGKILL)
        return True

    def join(self) -> None:
        self._thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path)
    yield nursery
    nursery.close()


def emptied(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        execute(engine, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        return
    execute(engine, "DROP VIEW IF EXISTS seen")
    for name in ("item", "alembic_version", "migration_log"):
        execute(engine, f"DROP TABLE IF EXISTS {name}")


def picture(engine: Engine) -> list[Any]:
    """All that an upgrade leaves, but the journal."""
    inspector = sa.inspect(engine)
    return [
        tables(engine),
        inspector.get_view_names(),
        [column["name"] for column in inspector.get_columns("item")],
        sorted(str(index["name"]) for index in inspector.get_indexes("item")),
        rows(engine, "SELECT * FROM item ORDER BY id"),
        rows(engine, "SELECT version_num FROM alembic_version"),
        rows(engine, "SELECT revision FROM migration_log WHERE result = 'done' ORDER BY id"),
    ]


def run_again(folder: Path, engine: Engine) -> bool:
    """Whether somebody had to look; a person would, at the one statement that nobody else can."""
    migrations = opened(folder, engine)
    try:
        migrations.upgrade()
    except HalfDone as stopped:
        try:
            migrations.upgrade(resume=True)
        except Undecided as undecided:
            if not undecided.statement.startswith("CREATE VIEW seen"):
                raise
            done = "seen" in sa.inspect(engine).get_view_names()
            migrations.resolve(stopped.revision, "done" if done else "retry")
            migrations.upgrade(resume=True)
            return True
    return False


def uninterrupted(folder: Path, engine: Engine) -> list[Any]:
    opened(folder, engine).upgrade()
    whole = picture(engine)
    emptied(engine)
    return whole


def test_a_kill_at_any_statement_on_sqlite(
    folder: Path, sqlite_engine: Engine, nursery: Nursery
) -> None:
    history(folder, TABLE, CHANGES, "pass")
    whole = uninterrupted(folder, sqlite_engine)

    def killed(at: int, mode: str) -> bool:
        nursery.start(folder, str(sqlite_engine.url), at, mode)
        ended = nursery.ended()
        run_again(folder, sqlite_engine)
        assert picture(sqlite_engine) == whole, (mode, at)
        emptied(sqlite_engine)
        return ended != 0

    total = next(at for at in range(1, 500) if not killed(at, "before")) - 1
    assert total > 40
    assert sum(killed(at, "during") for at in range(1, total + 1)) > 20


def test_a_kill_in_the_middle_of_a_commit_on_sqlite(
    folder: Path, sqlite_engine: Engine, nursery: Nursery
) -> None:
    history(folder, TABLE, CHANGES, CONCURRENT)
    whole = uninterrupted(folder, sqlite_engine)
    half_written = 0
    for beyond in (0, 16_384, 24_576, 32_768):
        for at in range(1, 500):
            nursery.start(folder, str(sqlite_engine.url), at, f"beyond{beyond}")
            if nursery.ended() == 0:
                break
            journal = Path(f"{sqlite_engine.url.database}-journal")
            half_written += journal.exists() and journal.stat().st_size > 0
            run_again(folder, sqlite_engine)
            assert picture(sqlite_engine) == whole, (beyond, at)
            emptied(sqlite_engine)
        emptied(sqlite_engine)
    assert half_written > 20


@pytest.mark.parametrize("product", ["postgresql", "mariadb"])
def test_a_kill_at_any_message_to_a_server(
    folder: Path, nursery: Nursery, product: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(f"{product}_engine")
    history(folder, TABLE, CHANGES, CONCURRENT if product == "postgresql" else "pass")
    whole = uninterrupted(folder, engine)
    looked = 0
    for at in boundaries(folder, engine, nursery):
        for mode in ("during", "after"):
            wire = through_a_wire(folder, engine, nursery, at, mode)
            looked += run_again(folder, engine)
            assert picture(engine) == whole, (mode, at, wire.messages[-1])
            emptied(engine)
    assert bool(looked) == (product == "mariadb")


def through_a_wire(folder: Path, engine: Engine, nursery: Nursery, at: int, mode: str) -> Wire:
    """A child's run, killed at its ``at``-th message."""
    url = engine.url
    wire = Wire((str(url.host), url.port or 0), at, mode)
    wire.child = nursery.start(folder, str(url.set(host="127.0.0.1", port=wire.port)))
    wire.started.set()
    nursery.ended()
    wire.join()
    return wire


def boundaries(folder: Path, engine: Engine, nursery: Nursery) -> range:
    """The messages from the first that changes something to the last that commits."""
    messages = through_a_wire(folder, engine, nursery, 0, "-").messages
    emptied(engine)
    changes = [number for number, each in enumerate(messages, 1) if b"CREATE TABLE" in each]
    unlocks = [number for number, each in enumerate(messages, 1) if b"pg_advisory_unlock" in each]
    unlocks += [number for number, each in enumerate(messages, 1) if b"RELEASE_LOCK" in each]
    found = range(changes[0] - 1, unlocks[0])
    assert len(found) > 20
    return found
