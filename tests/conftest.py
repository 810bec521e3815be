"""What all tests share: databases of their own, and the real `flask` executable.

::

    sqlite_url      postgresql_url      mariadb_url          str, a fresh database for each test
    sqlite_engine   postgresql_engine   mariadb_engine       an engine on the URL above it

    database_url    each of the three in turn; test ids [sqlite], [postgresql], [mariadb]
    engine          an engine on `database_url`: a test that asks for both gets one database
    scratch_url     another database of the same kind

    flask_run       runs `flask` in a folder, as a person would
    browser         a headless Chromium

A test whose server or browser can't be found is skipped, and the last lines of the run say so; with
CI set, or where a server was named but does not answer, it fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import hypothesis
import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from servers import MARIADB, POSTGRESQL, PRODUCTS, NoServer, Product, Servers, fresh_database

if TYPE_CHECKING:
    from browser import Browser

NO_BROWSER = "Chromium was not found"

SERVERS = pytest.StashKey[Servers]()
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# A deadline measures the machine, and CI should say the same about the same code each time.
hypothesis.settings.register_profile("project", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("project")


# -- servers: looked for by the process that started the session -----------------------------------


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", {})
    servers = Servers(worker.get("servers"))
    config.stash[SERVERS] = servers
    config.add_cleanup(servers.stop)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    node.workerinput["servers"] = node.config.stash[SERVERS].answers()  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    counts = Counter(
        product for product in PRODUCTS for reason in skipped if _not_found(product) in reason
    )
    if counts:
        what = " and ".join(f"{count} tests on {product.name}" for product, count in counts.items())
        how = " and ".join(product.variable for product in counts)
        terminalreporter.write_line(
            f"Not run: {what}. To run them, start the server on its standard port, "
            f"or set {how} to a SQLAlchemy URL."
        )
    if in_a_browser := sum(NO_BROWSER in reason for reason in skipped):
        terminalreporter.write_line(
            f"Not run: {in_a_browser} tests in Chromium. To run them, install it and its driver; "
            "on Debian: apt-get install chromium chromium-driver"
        )


def _not_found(product: Product) -> str:
    return f"{product.name} was not found"


def _server(product: Product, config: pytest.Config) -> URL:
    try:
        return config.stash[SERVERS].url(product)
    except NoServer as error:
        message = f"{_not_found(product)}: {error}"
    if IN_CI or product.variable in os.environ:
        pytest.fail(f"{message}\nStart one, or correct {product.variable}.", pytrace=False)
    pytest.skip(message)


@contextmanager
def _database_on(product: Product, config: pytest.Config) -> Iterator[str]:
    with fresh_database(product, _server(product, config)) as url:
        yield url


# -- one database for one test ---------------------------------------------------------------------


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'test.db').as_posix()}"


@pytest.fixture
def database_on(pytestconfig: pytest.Config) -> Callable[[Product], AbstractContextManager[str]]:
    """Makes a fresh database on a product, for a test that needs several."""
    return lambda product: _database_on(product, pytestconfig)


@pytest.fixture
def postgresql_url(pytestconfig: pytest.Config) -> Iterator[str]:
    with _database_on(POSTGRESQL, pytestconfig) as url:
        yield url


@pytest.fixture
def mariadb_url(pytestconfig: pytest.Config) -> Iterator[str]:
    with _database_on(MARIADB, pytestconfig) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def scratch_url(database_url: str, tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[str]:
    """A second, empty database of the same kind as `database_url`."""
    kind = make_url(database_url).get_backend_name()
    if kind == "sqlite":
        yield f"sqlite:///{(tmp_path / 'scratch.db').as_posix()}"
        return
    product = POSTGRESQL if kind == "postgresql" else MARIADB
    with _database_on(product, pytestconfig) as url:
        yield url


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    # Nothing stays open between two uses, so a test sees what another process would.
    engine = create_engine(url, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    with _engine(sqlite_url) as engine:
        yield engine


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    with _engine(postgresql_url) as engine:
        yield engine


@pytest.fixture
def mariadb_engine(mariadb_url: str) -> Iterator[Engine]:
    with _engine(mariadb_url) as engine:
        yield engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with _engine(database_url) as engine:
        yield engine


# -- the browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    from browser import NoBrowser, opened  # which few tests need, and takes a while

    try:
        with opened(tmp_path_factory.mktemp("pictures")) as found:
            yield found
    except NoBrowser as error:
        message = f"{NO_BROWSER}: {error}"
        if IN_CI:
            pytest.fail(f"{message}\nInstall chromium and chromium-driver.", pytrace=False)
        pytest.skip(message)


# -- the flask executable --------------------------------------------------------------------------


class FlaskRun(Protocol):
    """Run `flask ARGUMENTS` in a folder; keywords are environment variables."""

    def __call__(
        self, folder: Path, *arguments: str, app: str = "app", **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def flask_run() -> FlaskRun:
    """The `flask` installed beside this Python: no terminal, no colour, nobody to answer."""

    def run(
        folder: Path, *arguments: str, app: str = "app", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("FLASK_")
        }
        settings = {"FLASK_APP": app, "FLASK_SKIP_DOTENV": "1", "NO_COLOR": "1"}
        return subprocess.run(
            [str(Path(sys.executable).with_name("flask")), *arguments],
            cwd=folder,
            env=inherited | settings | {"PYTHONUTF8": "1"} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run
