"""A database that cannot be used: what is wrong, where, what next, and never a password."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from projects import Project, next_step, refused

PASSWORD = "s3cr3t-word"


@pytest.fixture
def said_of(tmp_path: Path, flask_run: Callable[..., Any]) -> Callable[..., str]:
    """What a command says where the app has such a database URL."""

    def said_of(url: str, *command: str) -> str:
        project = Project(tmp_path, url, flask_run)
        project.app()
        said = refused(project.flask("db", *(command or ("migrate", "-m", "first"))))
        assert PASSWORD not in said
        assert not (tmp_path / "migrations").exists()
        return said

    return said_of


def with_password(url: str, **changes: str) -> str:
    changed = sa.make_url(url).set(password=PASSWORD, **changes)  # type: ignore[arg-type]
    return changed.render_as_string(hide_password=False)


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mysql+pymysql"])
@pytest.mark.parametrize("command", ["migrate", "current", "check", "status"])
def test_a_server_that_does_not_answer(
    said_of: Callable[..., str], driver: str, command: str
) -> None:
    said = said_of(f"{driver}://ada:{PASSWORD}@127.0.0.1:1/shop", command)
    assert f"Cannot connect to {driver}://ada:***@127.0.0.1:1/shop" in said
    assert "refused" in said
    assert next_step(said) == (
        "Check that the server runs, and that the address is right "
        "(in Flask: SQLALCHEMY_DATABASE_URI)."
    )


def test_a_wrong_password(said_of: Callable[..., str], mariadb_url: str) -> None:
    said = said_of(with_password(mariadb_url))
    assert "Access denied for user" in said
    assert next_step(said).startswith("Check that the server runs, and that the address is right")


def test_a_role_that_is_not_there(said_of: Callable[..., str], postgresql_url: str) -> None:
    said = said_of(with_password(postgresql_url, username="nobody_of_that_name"))
    assert "nobody_of_that_name:***@" in said
    assert next_step(said).startswith("Check that the server runs, and that the address is right")


def test_a_sqlite_file_in_a_folder_that_is_not_there(
    said_of: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "shop.db"
    said = said_of(f"sqlite:///{path}")
    assert f"Cannot connect to sqlite:///{path}" in said
    assert next_step(said).startswith("Check that the folder of that file is there")
    assert not path.parent.exists()


def test_a_driver_that_is_not_installed(said_of: Callable[..., str], tmp_path: Path) -> None:
    said = said_of(f"mssql+pymssql://sa:{PASSWORD}@127.0.0.1/shop")
    assert "No module named 'pymssql'" in said
    assert f"({tmp_path / 'app.py'}, line " in said
    assert next_step(said).startswith("Install the database's driver: pip install ")


def test_a_kind_of_database_that_there_is_none_of(said_of: Callable[..., str]) -> None:
    said = said_of(f"postgres://ada:{PASSWORD}@127.0.0.1/shop")
    assert "sqlalchemy.dialects:postgres" in said
    assert next_step(said).startswith("Begin SQLALCHEMY_DATABASE_URI with ")


@pytest.mark.parametrize(
    "url", [f"postgresql//ada:{PASSWORD}@127.0.0.1/shop", f"mysql://ada:{PASSWORD}@host:port/shop"]
)
def test_an_address_that_cannot_be_read(said_of: Callable[..., str], url: str) -> None:
    said = said_of(url)
    assert said.startswith("Error: Your app could not be loaded: ")
    assert next_step(said) == "Correct it; see the whole traceback with: flask shell"


def test_a_file_that_is_no_database(project: Project) -> None:
    path = project.write("notes.txt", "This is no database, whatever anybody says of it.\n" * 50)
    Project(project.folder, f"sqlite:///{path}", project.run).app()
    said = refused(project.flask("db", "migrate"))
    assert "file is not a database" in said
    assert str(path) in next_step(said)
