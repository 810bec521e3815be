"""``migrate-core`` with configuration files, as somebody comes from Alembic with theirs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from histories import create, history
from projects import done, refused

Run = Callable[..., "subprocess.CompletedProcess[str]"]

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("customer", metadata, sa.Column("id", sa.Integer, primary_key=True))
both = [metadata, sa.MetaData()]
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`python -m migrate_core ARGUMENTS` in a folder whose models are in `src/models.py`."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "models.py").write_text(MODELS)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "migrate_core", *arguments],
            cwd=tmp_path,
            env={"PYTHONUTF8": "1", "NO_COLOR": "1", **environment},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    return run


def ini(tmp_path: Path, url: str, more: str = "", name: str = "alembic.ini") -> None:
    (tmp_path / name).write_text(
        "[alembic]\nscript_location = %(here)s/alembic\nprepend_sys_path = src\n"
        f"sqlalchemy.url = {url.replace('%', '%%')}\nversion_table = where_we_are\n{more}\n"
    )


def test_an_ini_file_is_all_it_takes(run: Run, database_url: str, tmp_path: Path) -> None:
    ini(tmp_path, database_url, "metadata = models:both\nfile_template = %%(slug)s")
    assert "Next: migrate-core upgrade" in done(run("migrate", "-m", "First one")).stderr
    assert (tmp_path / "alembic" / "versions" / "first_one.py").is_file()
    assert "1 migration applied" in done(run("upgrade")).stdout
    assert "No difference" in done(run("check")).stdout


def test_a_pyproject_is_all_it_takes(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f"""
[tool.migrate_core]
sqlalchemy.url = "{sqlite_url}"
metadata = "src.models:metadata"

[[tool.migrate_core.post_write_hooks]]
name = "old"
type = "exec"
executable = "touch"
options = "-d 2001-01-01"
"""
    )
    done(run("migrate", "-m", "first"))
    (written,) = (tmp_path / "migrations" / "versions").glob("*.py")
    assert written.stat().st_mtime < 1_000_000_000
    assert "1 migration applied" in done(run("upgrade")).stdout


def test_the_command_line_goes_before_the_files(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    ini(tmp_path, "driver://user:pass@localhost/dbname")
    history(tmp_path / "other", create("a"))
    url = run("--url", sqlite_url, "-d", "other", "--metadata", "models:metadata", "upgrade")
    assert "1 migration applied" in done(url).stdout
    assert "stands at r1" not in done(run("current", MIGRATE_URL=sqlite_url)).stdout


def test_the_next_command_names_the_file_again(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    ini(tmp_path, sqlite_url, "[mine]\nsqlalchemy.url = sqlite://", "my shop.ini")
    said = done(run("-c", "my shop.ini", "-n", "alembic", "current")).stderr
    assert "migrate-core -c 'my shop.ini' -n alembic migrate" in said
    by_environment = done(run("current", ALEMBIC_CONFIG="my shop.ini")).stderr
    assert "Next: migrate-core migrate" in by_environment


def test_what_neither_compares_nor_runs_needs_no_models(
    run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    ini(tmp_path, sqlite_url)
    history(tmp_path / "alembic", create("a"))
    assert "r1 (head)" in done(run("history")).stdout
    assert "1 pending" in done(run("status")).stdout
    assert "stand at r1" in done(run("stamp")).stdout
    assert "--metadata" in refused(run("downgrade"))


ENV = """
import sqlalchemy as sa
from alembic import context
from models import metadata

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_the_env_py_of_a_project_is_run(run: Run, database_url: str, tmp_path: Path) -> None:
    ini(tmp_path, database_url)
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic" / "env.py").write_text(ENV)
    assert "add table customer" in done(run("migrate", "-m", "first", "--rev-id", "f1")).stdout
    assert "1 migration applied" in done(run("upgrade")).stdout
    assert done(run("current")).stdout == "f1 (head), first\n"
    assert "No difference" in done(run("check")).stdout
    assert "f1 (head) (current)" in done(run("history", "-i")).stdout
    assert "Nothing to do" in done(run("plan")).stdout
    assert "1 migration undone" in done(run("downgrade", "base")).stdout


def test_files_alone_are_read_without_env_py(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    ini(tmp_path, sqlite_url)
    history(tmp_path / "alembic", create("a"))
    (tmp_path / "alembic" / "env.py").write_text("raise SystemExit('not run')")
    assert "r1 (head)" in done(run("heads")).stdout
    assert "r1" in done(run("history")).stdout
    done(run("revision", "-m", "second"))


CONFIGURED = ENV.replace(
    'sa.create_engine(context.config.get_main_option("sqlalchemy.url"))',
    'sa.engine_from_config(context.config.get_section("alembic", {}), prefix="sqlalchemy.")',
)


def test_an_env_py_that_finds_no_database_in_the_file_says_what_to_write(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    history(tmp_path / "alembic", create("a"))
    (tmp_path / "alembic" / "env.py").write_text(
        CONFIGURED.replace("from models", "from src.models")
    )
    said = refused(run("upgrade"))
    assert "env.py, line 6: KeyError: no database is named" in said
    assert "Write sqlalchemy.url = ... in its configuration." in said


def test_an_address_on_the_command_line_goes_before_the_file_that_env_py_reads(
    run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    ini(tmp_path, "driver://user:pass@localhost/dbname")
    history(tmp_path / "alembic", create("a"))
    (tmp_path / "alembic" / "env.py").write_text(ENV)
    assert "1 migration applied" in done(run("--url", sqlite_url, "upgrade")).stdout


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("driver://user:s3cr3t@localhost/x", "(sqlalchemy.url in alembic.ini [alembic])"),
        ("sqlite://\nsqlalchemy.pool_size = s3cr3t", "sqlalchemy.pool_size, sqlalchemy.url"),
        ("sqlite://\nsqlalchemy.nothing = s3cr3t", "sqlalchemy.nothing, sqlalchemy.url"),
        ("", "or write sqlalchemy.url = ... in a configuration file"),
    ],
)
def test_what_the_file_says_of_the_database_is_named_by_its_place(
    run: Run, tmp_path: Path, url: str, said: str
) -> None:
    ini(tmp_path, url)
    told = refused(run("status"))
    assert said in told
    assert "s3cr3t" not in told


def test_help_needs_no_file_that_can_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("nothing")
    assert "TARGET" in done(run("upgrade", "--help")).stdout
    assert "(line 1)" in refused(run("status"))


def test_the_shell_completes_commands(run: Run) -> None:
    asked = {"COMP_WORDS": "migrate-core up", "COMP_CWORD": "1"}
    found = done(run(_MIGRATE_CORE_COMPLETE="bash_complete", **asked))
    assert found.stdout == "plain,upgrade\n"
