"""``migrate-core``, the console script without Flask: one run through, and its mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from histories import create, history

Run = Callable[..., "subprocess.CompletedProcess[str]"]

MODELS = """
import sqlalchemy as sa

class Base:
    metadata = sa.MetaData()

sa.Table("customer", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
number = 5
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "shop_models.py").write_text(MODELS)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("migrate-core")), *arguments],
            cwd=tmp_path,
            env={"PYTHONUTF8": "1", "PYTHONPATH": "", "NO_COLOR": "1", **environment},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    return run


def told(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_models_reach_the_database_without_flask(run: Run, database_url: str) -> None:
    on = ("--url", database_url, "--metadata", "shop_models:Base.metadata")
    written = run(*on, "migrate", "-m", "first")
    assert written.returncode == 0, told(written)
    assert "add table customer" in written.stdout
    next_command = told(written).rpartition("Next: ")[2]
    assert next_command.startswith("migrate-core --url ")
    assert next_command.endswith(" --metadata shop_models:Base.metadata upgrade\n")
    assert run(*on, "check").returncode == 3
    upgraded = run(*on, "upgrade")
    assert upgraded.returncode == 0, told(upgraded)
    assert "1 migration applied" in upgraded.stdout
    assert run(*on, "check").returncode == 0
    assert "1 migration undone" in run(*on, "downgrade").stdout


def test_the_environment_may_name_the_database_and_the_models(run: Run, sqlite_url: str) -> None:
    done = run("status", MIGRATE_URL=sqlite_url, MIGRATE_METADATA="shop_models:Base.metadata")
    assert done.returncode == 0, told(done)
    assert "0 pending" in done.stdout


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///shop.db", "--url sqlite:///shop.db "),
        ("sqlite:///shop.db?check_same_thread=s3cr3t", "--url URL "),
        ("postgresql+psycopg://u:s3cr3t@127.0.0.1:1/x", "--url URL "),
        ("u:s3cr3t@nonsense", "--url URL "),
    ],
)
def test_the_next_command_holds_no_secret(run: Run, url: str, shown: str) -> None:
    said = told(run("--url", url, "init", "--help"))
    assert f"migrate-core {shown}init" in said
    assert "s3cr3t" not in said


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout.startswith("migrate-core, version ")


def test_the_folder_may_be_another_one(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    done = run(
        "--url", sqlite_url, "--metadata", "shop_models:Base.metadata", "-d", "elsewhere", "init"
    )
    assert done.returncode == 0, told(done)
    assert (tmp_path / "elsewhere" / "versions").is_dir()


def test_commands_that_read_files_need_no_database(run: Run, tmp_path: Path) -> None:
    history(tmp_path / "migrations", create("a"), create("b"))
    assert run("heads").stdout.startswith("r2 (head)")
    assert [each["revision"] for each in json.loads(run("history", "--json").stdout)] == [
        "r2",
        "r1",
    ]
    assert run("show", "head").stdout.startswith("Rev: r2 (head)")


@pytest.mark.parametrize("arguments", [("history", "-i"), ("show", "current"), ("current",)])
def test_one_that_is_asked_where_the_database_stands_needs_it(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    history(tmp_path / "migrations", create("a"))
    done = run(*arguments)
    assert done.returncode == 1
    assert "No database is named." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status"], "No database is named."),
        (["--url", "sqlite://", "check"], "No models are named."),
        (["--url", "nonsense", "status"], "The database URL cannot be used"),
        (["--url", "oracle+nothing://x", "status"], "The database URL cannot be used"),
        (
            ["--url", "postgresql+psycopg_async://u:s3cr3t@h/x", "status"],
            "names an asynchronous driver, psycopg",
        ),
        (
            ["--url", "sqlite://", "--metadata", "shop_models", "status"],
            "as package.module:name",
        ),
        (
            ["--url", "sqlite://", "--metadata", "no_such:metadata", "status"],
            "Cannot import the models no_such:metadata: No module named 'no_such'",
        ),
        (
            ["--url", "sqlite://", "--metadata", "shop_models:Base.nothing", "status"],
            "has no attribute 'nothing'",
        ),
        (
            ["--url", "sqlite://", "--metadata", "shop_models:number", "status"],
            "shop_models:number is a int and no MetaData",
        ),
        (
            ["--url", "sqlite://", "--metadata", "shop_models:Base.metadata", "upgrade"],
            "There is no migrations folder",
        ),
        (
            [
                "--url",
                "postgresql+psycopg://someone:s3cr3t@127.0.0.1:1/nothing",
                "--metadata",
                "shop_models:Base.metadata",
                "status",
            ],
            "Cannot connect to postgresql+psycopg://someone:***@127.0.0.1:1/nothing",
        ),
    ],
)
def test_a_mistake_is_said_in_words_and_ends_with_the_next_step(
    run: Run, arguments: list[str], message: str
) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert "Error: " in done.stderr
    assert message in told(done)
    assert "s3cr3t" not in told(done)
    assert "flask db" not in told(done)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("def (", "(broken.py, line 1)"),
        ("\n1 / 0", "ZeroDivisionError: division by zero ("),
        ("import nothing_like_it", "No module named 'nothing_like_it' ("),
        ("import sqlalchemy\nsqlalchemy.MetaDatta()", "broken.py, line 2)"),
    ],
)
def test_a_module_that_does_not_load_is_named_with_its_line(
    run: Run, sqlite_url: str, tmp_path: Path, source: str, place: str
) -> None:
    (tmp_path / "broken.py").write_text(source)
    done = run("--url", sqlite_url, "--metadata", "broken:metadata", "status")
    assert done.returncode == 1
    assert "Cannot import the models broken:metadata" in told(done)
    assert place in told(done)
