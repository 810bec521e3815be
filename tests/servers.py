"""The database servers that tests run on: where one is found, and databases made and dropped on it.

::

    TEST_POSTGRESQL_URL is set ──yes──> that server, or a failure if it can't be reached
      │ no
    localhost, standard port answers ─> that server   (PGPORT, MYSQL_TCP_PORT move the port)
      │ no
    binaries on the machine ──────────> a throw-away server in a temporary directory
      │ none
    NoServer

:class:`Servers` looks once per test session. Under pytest-xdist the controlling process looks, and
hands what it found to its workers as plain values (:meth:`Servers.answers`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

SECONDS_TO_CONNECT = 3
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20

#: Folders that hold servers but are seldom on PATH.
UNUSUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/libexec",
)

#: A server refuses to run as root, or warns about it; these accounts are tried in turn.
UNPRIVILEGED_USERS = ("postgres", "mysql", "nobody")


class NoServer(Exception):
    """No server can be had; the text says what was tried."""


@dataclass(frozen=True, slots=True)
class Product:
    """One kind of server: what it is called, and the three places to look for it."""

    name: str
    variable: str
    driver: str
    local: Callable[[], URL]
    throw_away: Callable[[], AbstractContextManager[URL]]
    make: tuple[str, ...]
    drop: Callable[[URL, str], None]


# -- a server --------------------------------------------------------------------------------------


class Servers:
    """The servers of one test session, each looked for when it is first asked for.

    :param answers: what another process has found already, as :meth:`answers` gave it.
    """

    def __init__(self, answers: Mapping[str, tuple[str, str]] | None = None) -> None:
        self._answers = dict(answers or {})
        self._running = ExitStack()

    def url(self, product: Product) -> URL:
        """The administrator's URL of a server, or :class:`NoServer`."""
        if product.name not in self._answers:
            self._answers[product.name] = self._look_for(product)
        url, problem = self._answers[product.name]
        if problem:
            raise NoServer(problem)
        return make_url(url)

    def answers(self) -> dict[str, tuple[str, str]]:
        """Look for every product now: name to (URL, problem), one of the two being empty."""
        for product in PRODUCTS:
            with suppress(NoServer):
                self.url(product)
        return dict(self._answers)

    def stop(self) -> None:
        """Stop and remove the throw-away servers."""
        self._running.close()

    def _look_for(self, product: Product) -> tuple[str, str]:
        try:
            url = find(product, self._running)
        except NoServer as error:
            return "", str(error)
        return url.render_as_string(hide_password=False), ""


def find(product: Product, running: ExitStack) -> URL:
    """The first server that answers; a throw-away one is stopped when `running` closes."""
    if given := os.environ.get(product.variable):
        url = make_url(given).set(drivername=product.driver)
        if problem := refusal(url):
            raise NoServer(f"{product.variable} is set, but that server says: {problem}")
        return url
    local = product.local()
    if refusal(local) is None:
        return local
    return running.enter_context(product.throw_away())


def refusal(url: URL) -> str | None:
    """Why nobody can log in at this URL, on one line; None when one can."""
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": SECONDS_TO_CONNECT}
    )
    try:
        engine.connect().close()
    except DBAPIError as error:
        return " ".join(str(error.orig).split())
    return None


# -- a database ------------------------------------------------------------------------------------


@contextmanager
def fresh_database(product: Product, server: URL) -> Iterator[str]:
    """The URL, password included, of an empty database that is dropped at the end.

    It is dropped even while connections to it are open.
    """
    name = f"test_{uuid.uuid4().hex[:20]}"
    _send(server, *(statement.format(name=name) for statement in product.make))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        product.drop(server, name)


def _drop_postgresql(server: URL, name: str) -> None:
    _send(server, f"DROP DATABASE {name} WITH (FORCE)")


def _drop_mariadb(server: URL, name: str) -> None:
    # An open transaction would keep DROP DATABASE waiting for its table locks, by default a day.
    with _administrator(server) as send:
        left = send(f"SELECT id FROM information_schema.processlist WHERE db = '{name}'")
        for (connection,) in left:
            with suppress(DBAPIError):
                send(f"KILL {connection}")
        send(f"DROP DATABASE {name}")


def _send(server: URL, *statements: str) -> None:
    with _administrator(server) as send:
        for statement in statements:
            send(statement)


@contextmanager
def _administrator(server: URL) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:

        def send(statement: str) -> list[tuple[object, ...]]:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

        yield send


# -- a throw-away server ---------------------------------------------------------------------------


@contextmanager
def throw_away_postgresql() -> Iterator[URL]:
    """A PostgreSQL server on a free port of this machine, without durability, for one session."""
    initdb, postgres = binary("initdb"), binary("postgres")
    with _folder() as folder:
        port, data = _free_port(), str(folder / "data")
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        _prepare([initdb, "-D", data, *options, "--no-sync"], folder)
        command = [postgres, "-D", data, "-p", str(port), "-k", str(folder)]
        for setting in ("listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off"):
            command += ["-c", setting]
        url = _local_postgresql().set(port=port, host="127.0.0.1")
        # SIGTERM would wait for the clients to leave.
        with _running(command, folder, url, signal.SIGINT):
            yield url


@contextmanager
def throw_away_mariadb() -> Iterator[URL]:
    """A MariaDB server on a free port of this machine, without durability, for one session."""
    install, server = binary("mariadb-install-db", "mysql_install_db"), binary("mariadbd", "mysqld")
    with _folder() as folder:
        port = _free_port()
        data = ["--no-defaults", f"--datadir={folder / 'data'}"]
        _prepare(
            [install, *data, "--auth-root-authentication-method=normal", "--skip-test-db"], folder
        )
        command = [server, *data, f"--port={port}", "--bind-address=127.0.0.1"]
        command += [f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
        command += ["--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4"]
        url = _local_mariadb().set(port=port)
        with _running(command, folder, url, signal.SIGTERM):
            yield url


def binary(*names: str) -> str:
    """The path of the first of these programs that is found, on PATH or where servers are kept."""
    kept = [
        str(folder)
        for pattern in UNUSUAL_FOLDERS
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    ]
    for path in (None, os.pathsep.join(kept)):
        for name in names:
            if found := shutil.which(name, path=path):
                return found
    raise NoServer(f"no server answers on the local port, and there is no {names[0]} to start one")


@contextmanager
def _folder() -> Iterator[Path]:
    # Not below pytest's own temporary directory: that one is closed to the account used here.
    folder = Path(tempfile.mkdtemp(prefix="test-server-"))
    try:
        if account := _account():
            shutil.chown(folder, account, _group_of(account))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> str | None:
    """The account that a server runs as, when this process is root's and so must not be its own."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((user for user in UNPRIVILEGED_USERS if user in known), None)


def _group_of(account: str) -> int:
    import pwd

    return pwd.getpwnam(account).pw_gid


def _as_account() -> dict[str, object]:
    account = _account()
    if account is None:
        return {}
    return {"user": account, "group": _group_of(account), "extra_groups": []}


def _prepare(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **_as_account(),
    )
    if done.returncode:
        raise NoServer(f"{command[0]} failed: {_last_line(done.stdout)}")


@contextmanager
def _running(
    command: list[str], folder: Path, url: URL, stop_signal: signal.Signals
) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # An interrupt at the terminal is for pytest, whose fixtures then still drop databases.
            start_new_session=True,
            **_as_account(),
        )
    try:
        _wait_for_answer(process, command[0], log, url)
        yield
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_answer(process: subprocess.Popen[bytes], name: str, log: Path, url: URL) -> None:
    give_up = monotonic() + SECONDS_TO_START
    while refusal(url) is not None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            raise NoServer(f"{name} ended at once: {_last_line(log.read_text(errors='replace'))}")
        if monotonic() > give_up:
            raise NoServer(f"{name} did not answer within {SECONDS_TO_START} seconds")


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["it said nothing"])[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- the products ----------------------------------------------------------------------------------


def _local_postgresql() -> URL:
    port = os.environ.get("PGPORT", "5432")
    return make_url(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")


def _local_mariadb() -> URL:
    port = os.environ.get("MYSQL_TCP_PORT", "3306")
    # Else PyMySQL reads all of this machine's certificates for each connection, in case the server
    # speaks TLS: more than half of the time of the tests that use it.
    return make_url(f"mysql+pymysql://root@127.0.0.1:{port}/?ssl_disabled=true")


POSTGRESQL = Product(
    name="PostgreSQL",
    variable="TEST_POSTGRESQL_URL",
    driver="postgresql+psycopg",
    local=_local_postgresql,
    throw_away=throw_away_postgresql,
    # template0 can be copied at any time; template1 only while nobody is connected to it.
    make=("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'",),
    drop=_drop_postgresql,
)

MARIADB = Product(
    name="MariaDB",
    variable="TEST_MARIADB_URL",
    driver="mysql+pymysql",
    local=_local_mariadb,
    throw_away=throw_away_mariadb,
    make=("CREATE DATABASE {name} CHARACTER SET utf8mb4",),
    drop=_drop_mariadb,
)

PRODUCTS = (POSTGRESQL, MARIADB)
