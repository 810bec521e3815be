"""The databases' own clients, which read a script as a person would have them do it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool


def run_script(engine: Engine, script: str, folder: Path) -> None:
    """Run a script on the engine's database; an error in it fails the test."""
    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8", newline="")
    url = engine.url
    match engine.dialect.name:
        case "sqlite":
            _sqlite(Path(str(url.database)), file)
        case "postgresql":
            address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            _run([_found("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), address])
        case _:
            _mariadb(url, file)


def emptied(engine: Engine) -> None:
    """Leave nothing in the engine's database."""
    match engine.dialect.name:
        case "sqlite":
            Path(str(engine.url.database)).unlink()
        case "postgresql":
            with engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        case _:
            name = engine.dialect.identifier_preparer.quote_identifier(str(engine.url.database))
            with engine.begin() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name}"))
                connection.execute(sa.text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))


def scripted(engine: Engine) -> Engine:
    """The engine for scripts; nobody is connected who could tell MariaDB from MySQL."""
    url = engine.url
    if engine.dialect.name == "mysql":
        url = url.set(drivername="mariadb+pymysql")
    return sa.create_engine(url, poolclass=NullPool)


def _sqlite(database: Path, file: Path) -> None:
    if client := shutil.which("sqlite3"):
        with file.open(encoding="utf-8") as script:
            _run([client, "-bail", str(database)], script.fileno())
        return
    connection = sqlite3.connect(database)  # the same parser, where there is no client
    connection.executescript(file.read_bytes().decode())
    connection.close()


def _mariadb(url: URL, file: Path) -> None:
    client = shutil.which("mariadb") or _found("mysql")
    arguments = [client, "--batch", f"--user={url.username}", str(url.database)]
    if url.query.get("unix_socket"):
        arguments.append(f"--socket={url.query['unix_socket']}")
    else:
        arguments += [f"--host={url.host}", f"--port={url.port or 3306}", "--protocol=tcp"]
    environment = {"MYSQL_PWD": str(url.password)} if url.password else {}
    with file.open(encoding="utf-8") as script:
        _run(arguments, script.fileno(), **environment)


def _found(client: str) -> str:
    path = shutil.which(client)
    if path is None:
        pytest.fail(f"{client} was not found: install the database's client.", pytrace=False)
    return path


def _run(command: list[str], stdin: int = subprocess.DEVNULL, **environment: str) -> None:
    done = subprocess.run(
        command,
        stdin=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
