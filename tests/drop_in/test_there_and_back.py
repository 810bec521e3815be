"""A project that two tools work on in turn: this one, and the real Alembic or Flask-Migrate.

The real ones are in an environment of their own, which this project is not installed in. Each step
is a command, as a person gives it; the two take over from one another after each of them.

::

    shop.theirs("upgrade", "head")      the real tool, in the project's folder
    shop.ours("upgrade", "head")        this one
    shop.add("nick")                    a column more in the models
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
import sqlalchemy as sa

from histories import execute, rows
from projects import done

Run = subprocess.CompletedProcess[str]

COLUMN = "    {name}: Mapped[str | None] = mapped_column(sa.String(20))\n"

MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(80))
"""

APP = """\
import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = {url!r}
db = SQLAlchemy(app)
migrate = Migrate(app, db)


class Customer(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(80))
"""


@pytest.fixture(scope="session")
def their_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the real Alembic and Flask-Migrate, and not this project."""
    folder = tmp_path_factory.mktemp("theirs")
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    same = [f"{name}=={version(name)}" for name in ("alembic", "SQLAlchemy")]
    wanted = [*same, "Flask-Migrate>=4.1", "psycopg[binary]>=3.1"]
    command = [str(python), "-m", "pip", "install", "--quiet", *wanted]
    installed = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert installed.returncode == 0, installed.stderr
    here = subprocess.run(
        [str(python), "-c", "import migrate_core"], capture_output=True, check=False
    )
    assert b"No module named 'migrate_core'" in here.stderr
    return python


@dataclass(frozen=True)
class Shop:
    """A project in a folder, on a database."""

    folder: Path
    url: str
    their_python: Path

    def run(self, python: str | Path, *arguments: str) -> Run:
        kept = {name: said for name, said in os.environ.items() if not name.startswith("FLASK_")}
        return subprocess.run(
            [str(python), "-m", *arguments],
            cwd=self.folder,
            env=kept | {"NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    @property
    def migrations(self) -> set[str]:
        return {path.name for path in self.folder.glob("migrations/versions/*.py")}

    @property
    def texts(self) -> list[str]:
        return [path.read_text("utf-8") for path in self.folder.glob("migrations/versions/*.py")]

    @property
    def other_files(self) -> dict[str, str]:
        """What is neither a migration nor the models, with its text."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): path.read_text("utf-8")
            for path in found
            if path.parent.name not in ("versions", "__pycache__")
            and path.name not in ("models.py", "app.py", "test.db")
        }

    @property
    def columns(self) -> list[str]:
        return [each["name"] for each in sa.inspect(self.engine).get_columns("customer")]

    @property
    def stands_at(self) -> list[str]:
        return [row[0] for row in rows(self.engine, "SELECT version_num FROM alembic_version")]

    @property
    def engine(self) -> sa.Engine:
        return sa.create_engine(self.url, poolclass=sa.NullPool)

    @property
    def version_table(self) -> tuple[str, object]:
        """Its column and its key, as the database has them."""
        look = sa.inspect(self.engine)
        column = look.get_columns("alembic_version")[0]
        return str(column), look.get_pk_constraint("alembic_version")


class AlembicShop(Shop):
    """`alembic COMMAND`, by either program."""

    def begin(self) -> None:
        done(self.theirs("init", "migrations"))
        (self.folder / "models.py").write_text(MODELS, "utf-8")
        url = "driver://user:pass@localhost/dbname"
        self.change("alembic.ini", url, self.url)
        models = "from models import Base\ntarget_metadata = Base.metadata"
        self.change("migrations/env.py", "target_metadata = None", models)
        self.change(
            "migrations/env.py",
            "connection=connection,",
            "connection=connection, render_as_batch=True,",
        )

    def theirs(self, *arguments: str) -> Run:
        return self.run(self.their_python, "alembic", *arguments)

    def ours(self, *arguments: str) -> Run:
        return self.run(sys.executable, "migrate_core.alembic", *arguments)

    def add(self, name: str) -> None:
        with (self.folder / "models.py").open("a", encoding="utf-8") as models:
            models.write(COLUMN.format(name=name))


class FlaskShop(Shop):
    """`flask db COMMAND`: the import says which of the two it is."""

    def begin(self) -> None:
        self.write_app()
        done(self.theirs("init"))

    def write_app(self) -> None:
        (self.folder / "app.py").write_text(APP.format(url=self.url), "utf-8")

    def theirs(self, *arguments: str) -> Run:
        self.say("flask_migrate")
        return self.run(self.their_python, "flask", "db", *arguments)

    def ours(self, *arguments: str) -> Run:
        self.say("flask_migrate_ext")
        return self.run(sys.executable, "flask", "db", *arguments)

    def say(self, package: str) -> None:
        """Change the one import."""
        path = self.folder / "app.py"
        text = re.sub(r"from flask_migrate\w* import", f"from {package} import", path.read_text())
        path.write_text(text, "utf-8")

    def add(self, name: str) -> None:
        with (self.folder / "app.py").open("a", encoding="utf-8") as app:
            app.write(COLUMN.format(name=name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shop"
    path.mkdir()
    return path


@pytest.fixture
def flask_shop(folder: Path, postgresql_url: str, their_python: Path) -> FlaskShop:
    return FlaskShop(folder, postgresql_url, their_python)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_alembic_and_this_program_apply_revisions_in_turn(
    database: str, folder: Path, their_python: Path, request: pytest.FixtureRequest
) -> None:
    shop = AlembicShop(folder, request.getfixturevalue(f"{database}_url"), their_python)
    shop.begin()
    done(shop.theirs("revision", "--autogenerate", "-m", "customers", "--rev-id", "a1"))
    done(shop.theirs("upgrade", "head"))
    table, files = shop.version_table, shop.other_files
    execute(shop.engine, "INSERT INTO customer (id, email) VALUES (1, 'ada@example.com')")

    assert done(shop.ours("current")).stdout == "a1 (head)\n"
    assert "No new upgrade operations detected." in done(shop.ours("check")).stdout
    shop.add("nick")
    done(shop.ours("revision", "--autogenerate", "-m", "nick", "--rev-id", "a2"))
    done(shop.ours("upgrade", "head"))

    assert done(shop.theirs("current")).stdout == "a2 (head)\n"
    assert "No new upgrade operations detected." in done(shop.theirs("check")).stdout
    shop.add("phone")
    done(shop.theirs("revision", "--autogenerate", "-m", "phone", "--rev-id", "a3"))
    done(shop.theirs("upgrade", "head"))

    assert "No new upgrade operations detected." in done(shop.ours("check")).stdout
    assert done(shop.ours("history")).stdout == done(shop.theirs("history")).stdout
    done(shop.ours("downgrade", "-1"))
    assert (shop.stands_at, shop.columns) == (["a2"], ["id", "email", "nick"])
    done(shop.theirs("downgrade", "-1"))
    assert (shop.stands_at, shop.columns) == (["a1"], ["id", "email"])
    done(shop.ours("upgrade", "+1"))
    done(shop.theirs("upgrade", "+1"))
    assert (shop.stands_at, shop.columns) == (["a3"], ["id", "email", "nick", "phone"])

    assert rows(shop.engine, "SELECT id, email FROM customer") == [(1, "ada@example.com")]
    assert (shop.version_table, shop.other_files) == (table, files)
    assert shop.migrations == {"a1_customers.py", "a2_nick.py", "a3_phone.py"}


def test_what_one_forks_the_other_joins(folder: Path, sqlite_url: str, their_python: Path) -> None:
    shop = AlembicShop(folder, sqlite_url, their_python)
    shop.begin()
    done(shop.theirs("revision", "-m", "root", "--rev-id", "a1"))
    done(shop.ours("revision", "-m", "left", "--rev-id", "b1"))
    done(shop.theirs("revision", "-m", "right", "--rev-id", "b2", "--head", "a1", "--splice"))
    done(shop.ours("upgrade", "b1"))
    done(shop.theirs("upgrade", "heads"))
    assert set(shop.stands_at) == {"b1", "b2"}
    done(shop.ours("merge", "heads", "-m", "both", "--rev-id", "c1"))
    done(shop.theirs("upgrade", "head"))
    assert done(shop.ours("current")).stdout == "c1 (head) (mergepoint)\n"
    done(shop.ours("downgrade", "b1"))
    assert set(shop.stands_at) == {"b1", "b2"}
    done(shop.theirs("stamp", "c1"))
    done(shop.ours("downgrade", "base"))
    assert shop.stands_at == []


def test_flask_migrate_and_this_extension_apply_revisions_in_turn(flask_shop: FlaskShop) -> None:
    shop = flask_shop
    shop.begin()
    done(shop.theirs("migrate", "-m", "customers", "--rev-id", "a1"))
    done(shop.theirs("upgrade"))
    table, files = shop.version_table, shop.other_files
    execute(shop.engine, "INSERT INTO customer (id, email) VALUES (1, 'ada@example.com')")

    assert done(shop.ours("current")).stdout == "a1 (head), customers\n"
    done(shop.ours("check"))
    shop.add("nick")
    done(shop.ours("migrate", "-m", "nick", "--rev-id", "a2"))
    done(shop.ours("upgrade"))

    assert done(shop.theirs("current")).stdout == "a2 (head)\n"
    done(shop.theirs("check"))
    shop.add("phone")
    done(shop.theirs("migrate", "-m", "phone", "--rev-id", "a3"))
    done(shop.theirs("upgrade"))

    done(shop.ours("check"))
    done(shop.ours("downgrade"))
    assert (shop.stands_at, shop.columns) == (["a2"], ["id", "email", "nick"])
    done(shop.theirs("downgrade"))
    assert (shop.stands_at, shop.columns) == (["a1"], ["id", "email"])
    done(shop.ours("upgrade", "+1"))
    done(shop.theirs("upgrade"))
    assert (shop.stands_at, shop.columns) == (["a3"], ["id", "email", "nick", "phone"])

    assert rows(shop.engine, "SELECT id, email FROM customer") == [(1, "ada@example.com")]
    assert (shop.version_table, shop.other_files) == (table, files)
    assert shop.migrations == {"a1_customers.py", "a2_nick.py", "a3_phone.py"}


def test_flask_migrate_takes_over_a_project_that_had_no_env_py(flask_shop: FlaskShop) -> None:
    shop, folder = flask_shop, flask_shop.folder
    shop.write_app()
    done(shop.ours("migrate", "-m", "customers", "--rev-id", "a1"))
    done(shop.ours("upgrade"))
    shop.add("nick")
    done(shop.ours("migrate", "-m", "nick", "--rev-id", "a2"))

    done(shop.ours("log", "--remove"))
    (folder / "migrations").rename(folder / "before")
    done(shop.theirs("init"))
    for path in (folder / "before" / "versions").glob("*.py"):
        text = path.read_text("utf-8").replace("from migrate_core import", "from alembic import")
        (folder / "migrations" / "versions" / path.name).write_text(text, "utf-8")
    done(shop.theirs("upgrade"))
    done(shop.theirs("check"))
    assert (shop.stands_at, shop.columns) == (["a2"], ["id", "email", "nick"])
    done(shop.theirs("downgrade", "base"))
    assert not sa.inspect(shop.engine).has_table("customer")


def test_a_history_for_several_databases_goes_there_and_back(
    folder: Path, sqlite_url: str, their_python: Path
) -> None:
    shop = FlaskShop(folder, sqlite_url, their_python)
    shop.write_app()
    users = sa.create_engine(f"sqlite:///{folder / 'test.db'}", poolclass=sa.NullPool)
    bind = f'app.config["SQLALCHEMY_BINDS"] = {{"users": {str(users.url)!r}}}'
    shop.change("app.py", "db = SQLAlchemy(app)", f"{bind}\ndb = SQLAlchemy(app)")
    user = 'class User(db.Model):\n    __bind_key__ = "users"\n    id: Mapped[int]'
    with (folder / "app.py").open("a") as app:
        app.write(f"\n\n{user} = mapped_column(primary_key=True)\n")
    done(shop.theirs("init", "--multidb"))
    done(shop.theirs("migrate", "-m", "both", "--rev-id", "a1"))
    done(shop.ours("upgrade"))
    shop.add("nick")
    done(shop.ours("migrate", "-m", "nick", "--rev-id", "a2"))
    done(shop.theirs("upgrade"))
    for tool in (shop.theirs, shop.ours):
        done(tool("check"))
    assert rows(users, "SELECT version_num FROM alembic_version") == [("a2",)]
    assert shop.stands_at == ["a2"]
    done(shop.ours("downgrade"))
    assert [each["name"] for each in sa.inspect(users).get_columns("user")] == ["id"]
    done(shop.theirs("downgrade"))
    assert not sa.inspect(users).has_table("user")


def test_the_journal_is_dropped_by_nobody_here_and_one_command_removes_it(
    flask_shop: FlaskShop,
) -> None:
    shop = flask_shop
    shop.begin()
    shop.change("app.py", "Migrate(app, db)", "Migrate(app, db, journal=True)")
    done(shop.theirs("migrate", "-m", "customers", "--rev-id", "a1"))
    done(shop.ours("upgrade"))
    done(shop.ours("check"))

    proposed = shop.theirs("check")
    assert proposed.returncode == 1
    assert "remove_table" in proposed.stderr
    assert "migration_log" in proposed.stderr
    done(shop.theirs("migrate", "-m", "dropped by mistake", "--rev-id", "a2"))
    assert "drop_table('migration_log')" in "".join(shop.texts)
    done(shop.ours("upgrade"))
    done(shop.ours("downgrade"))
    assert "upgrade a2: done" in done(shop.ours("log")).stdout

    done(shop.ours("upgrade"))
    done(shop.ours("log", "--remove"))
    done(shop.theirs("check"))
