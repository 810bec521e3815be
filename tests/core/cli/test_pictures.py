"""The commands that draw, and what they say where they cannot."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from click.testing import Result

from histories import create, history, migration, opened
from migrate_core.migrations import Migrations
from mounted import run

DOWN = "postgresql+psycopg://shop:hunter2@127.0.0.1:1/shop"


@pytest.fixture
def migrations(
    tmp_path: Path, sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> Migrations:
    """r1, which is applied, and r2 and s2 upon it, which are not."""
    monkeypatch.chdir(tmp_path)
    history(tmp_path / "m", create("a"))
    models = sa.MetaData()
    sa.Table("a", models, sa.Column("id", sa.Integer, primary_key=True))
    made = opened(tmp_path / "m", sqlite_engine, models)
    made.upgrade()
    for name in ("r2", "s2"):
        migration(tmp_path / "m", name, down_revision="r1")
    return made


def unreachable(folder: Path, metadata: sa.MetaData) -> Migrations:
    return opened(folder, sa.create_engine(DOWN), metadata)


def refused(result: Result, code: int = 1) -> str:
    """What was said; nothing was printed but that."""
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_history_graph_draws_where_the_database_stands(migrations: Migrations) -> None:
    result = run(migrations, "history", "--graph")
    assert result.stdout.splitlines() == [
        "○ s2 (head) (pending) message of s2",
        "│ ○ r2 (head) (pending) message of r2",
        "├─╯",
        "◉ r1 (current) (branchpoint) message of r1",
    ]
    assert result.stderr == f"Database: {migrations.database}\n"


def test_history_graph_with_v_says_more_beside_the_strands(migrations: Migrations) -> None:
    said = run(migrations, "history", "--graph", "-v").stdout.splitlines()
    assert said[:3] == [
        "○ s2 (head) (pending) message of s2",
        "│   Parent: r1",
        f"│   Path: {Path('m/versions/s2_.py')}",
    ]


def test_history_graph_has_no_colour_where_it_is_not_wanted(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from mounted import group

    asked = ("history", "--graph")
    assert "\x1b[" in CliRunner().invoke(group(migrations), asked, color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(group(migrations), asked, color=True).stdout


def test_history_graph_of_a_range_draws_that_alone(migrations: Migrations) -> None:
    assert run(migrations, "history", "--graph", "-r", "r1:r2").stdout.splitlines() == [
        "○ r2 (head) (pending) message of r2",
        "◉ r1 (current) (branchpoint) message of r1",
    ]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("h.svg", "<svg "),
        ("h.html", "<!DOCTYPE html>"),
        ("h.mmd", "flowchart BT\n"),
        ("h.DOT", "digraph history {\n"),
    ],
)
def test_graph_writes_what_the_file_is_called(
    migrations: Migrations, name: str, begins: str
) -> None:
    result = run(migrations, "graph", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[-1] == f"Wrote {name}."
    assert Path(name).read_text("utf-8").startswith(begins)


def test_more_than_mermaid_draws_is_said(migrations: Migrations) -> None:
    for number in range(501):
        migration(migrations.directory.root, f"x{number}", down_revision="r1")
    assert (
        "It has 503 lines, and Mermaid draws 500"
        in run(migrations, "graph", "--format", "mermaid").stderr
    )


def test_a_picture_on_standard_output_is_alone_there(migrations: Migrations) -> None:
    for command in (["graph"], ["schema"], ["schema", "--from", "database"]):
        ElementTree.fromstring(run(migrations, *command).stdout)


def test_schema_diff_marks_and_lists_what_changes(migrations: Migrations) -> None:
    run(migrations, "upgrade", "heads")
    sa.Table("b", migrations.metadata[0], sa.Column("id", sa.Integer, primary_key=True))
    result = run(migrations, "schema", "--diff", "--format", "dot")
    assert "<B>+ b</B>" in result.stdout
    assert result.stderr.splitlines()[-2:] == ["  + b", "Next: shop migrate"]


def test_schema_diff_waits_for_what_is_pending(migrations: Migrations) -> None:
    said = refused(run(migrations, "schema", "--diff"), 3)
    assert "Target database is not up to date" in said
    assert said.splitlines()[-1].startswith("Join them: shop merge heads")


def test_a_format_that_there_is_not_is_refused_with_those_there_are(migrations: Migrations) -> None:
    said = refused(run(migrations, "graph", "--format", "png"), 2)
    assert "'svg', 'html', 'mermaid', 'dot'" in said
    said = refused(run(migrations, "graph", "-o", "h.png"), 2)
    assert "add --format svg|html|mermaid|dot" in said
    assert not Path("h.png").exists()


def test_a_file_that_cannot_be_written_is_told_with_the_reason(migrations: Migrations) -> None:
    said = refused(run(migrations, "graph", "-o", "no/such/folder/h.svg"))
    assert said.splitlines()[-2:] == [
        "Error: Could not open file 'no/such/folder/h.svg': No such file or directory",
        "Name a file in a folder that is there and can be written to.",
    ]
    assert "is a directory" in refused(run(migrations, "graph", "-o", "m"), 2)


def test_an_empty_history_is_drawn_as_one(tmp_path: Path, sqlite_engine: sa.Engine) -> None:
    empty = opened(tmp_path / "none", sqlite_engine)
    result = run(empty, "history", "--graph")
    assert result.stdout == "There are no migrations yet.\n"
    assert result.stderr.splitlines()[-1] == 'Next: shop migrate -m "initial"'
    result = run(empty, "graph")
    assert "There are no migrations yet." in result.stdout
    assert result.stderr.splitlines()[-1] == 'Next: shop migrate -m "initial"'


@pytest.mark.parametrize("command", [("graph",), ("history", "--graph")])
def test_a_history_with_an_unknown_parent_is_told(
    migrations: Migrations, command: tuple[str, ...]
) -> None:
    migration(migrations.directory.root, "r3", down_revision="nowhere")
    said = refused(run(migrations, *command))
    assert "r3_.py" in said
    assert "nowhere" in said


@pytest.mark.parametrize("command", [("graph", "--format", "dot"), ("history", "--graph")])
def test_without_its_database_a_history_is_drawn_and_nothing_is_claimed(
    migrations: Migrations, command: tuple[str, ...]
) -> None:
    down = unreachable(migrations.directory.root, migrations.metadata[0])
    result = run(down, *command)
    assert result.exit_code == 0
    assert "pending" not in result.stdout
    assert "r2" in result.stdout
    assert "Drawn without what is applied. Cannot connect to" in result.stderr
    assert "Check that the server runs" in result.stderr.splitlines()[-1]
    assert "hunter2" not in result.stderr


def test_models_are_drawn_without_their_database(migrations: Migrations) -> None:
    down = unreachable(migrations.directory.root, migrations.metadata[0])
    assert "Models, with the types of postgresql" in run(down, "schema").stdout
    for options in (["--from", "database"], ["--diff"]):
        assert "Cannot connect to" in refused(run(down, "schema", *options))


def test_no_models_are_refused(migrations: Migrations) -> None:
    migrations.metadata = (sa.MetaData(),)
    assert "0 models found." in refused(run(migrations, "schema"))


def test_options_that_contradict_each_other_are_refused(migrations: Migrations) -> None:
    assert "leave --from out" in refused(run(migrations, "schema", "--diff", "--from", "models"), 2)
    assert "leave one out" in refused(run(migrations, "history", "--graph", "--json"), 2)
