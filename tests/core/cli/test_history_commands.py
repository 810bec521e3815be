"""The commands that look at the history, on a database and files of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.migrations import Migrations

Run = Callable[..., Result]


@pytest.fixture
def migrations(tmp_path: Path, sqlite_engine: sa.Engine) -> Migrations:
    """aaaa1 <- bbbb1, which is applied; aaaa1 <- cccc1 <- dddd1, which are not."""
    made = Migrations(tmp_path / "m", engine=sqlite_engine, metadata=sa.MetaData())
    made.revision("users", rev_id="aaaa1")
    made.revision("orders", rev_id="bbbb1")
    made.upgrade()
    made.revision("ages", rev_id="cccc1", head="aaaa1", splice=True, branch_labels=("ages",))
    made.revision("more ages", rev_id="dddd1", head="ages@head")
    return made


@pytest.fixture
def run(migrations: Migrations, monkeypatch: pytest.MonkeyPatch) -> Run:
    @click.group(cls=MigrationsGroup)
    @click.pass_context
    def group(ctx: click.Context) -> None:
        open_with(ctx, Door("migrate", lambda _directory, _watch: migrations))

    add_commands(group)
    monkeypatch.chdir(migrations.directory.root)
    return lambda *arguments: CliRunner().invoke(group, arguments)


def file_of(migrations: Migrations, id: str) -> Path:
    return migrations.history().headers[id].path


def test_two_heads_are_told_with_their_parent_and_what_to_type(run: Run) -> None:
    result = run("heads")
    assert result.stdout.splitlines() == [
        "bbbb1 (head), orders  versions/bbbb1_orders.py",
        "dddd1 (head), more ages  versions/dddd1_more_ages.py",
    ]
    assert result.stderr.splitlines() == [
        "Both are built upon aaaa1: users.",
        "Join them: migrate merge heads -m 'merge'; or, if one is not applied anywhere yet, "
        "put it after the other: migrate rebase REVISION",
    ]


@pytest.mark.parametrize("command", ["upgrade", "check", "migrate", "revision"])
def test_whatever_needs_one_head_says_the_same(run: Run, command: str) -> None:
    result = run(command)
    assert result.exit_code != 0
    for said in ("bbbb1_orders.py", "dddd1_more_ages.py", "aaaa1: users", "rebase cccc1 --onto"):
        assert said in result.stderr


def test_a_rebase_makes_one_head(run: Run, migrations: Migrations) -> None:
    result = run("rebase", "cccc1")
    assert result.stdout == "cccc1 follows bbbb1 instead of aaaa1: versions/cccc1_ages.py\n"
    assert [head.id for head in migrations.heads()] == ["dddd1"]
    assert migrations.upgrade().after == ("dddd1",)


def test_what_is_applied_is_not_rebased(run: Run, migrations: Migrations) -> None:
    before = file_of(migrations, "bbbb1").read_bytes()
    result = run("rebase", "bbbb1", "--onto", "dddd1")
    assert result.exit_code == 1
    assert "it is applied to sqlite" in result.stderr
    assert file_of(migrations, "bbbb1").read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ("rebase", "ccc"),
        ("merge", "ccc", "bbbb1"),
        ("stamp", "ccc"),
        ("upgrade", "ccc"),
        ("revision", "--head", "ddd"),
        ("revision", "--head", "dddd1", "--depends-on", "bbb"),
    ],
)
def test_commands_that_write_take_no_short_prefix(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "too short" in result.stderr


def test_a_merge_joins_named_heads(run: Run, migrations: Migrations) -> None:
    run("merge", "bbbb", "dddd1", "-m", "join", "--rev-id", "eeee1", "--branch-label", "joined")
    made = migrations.history().graph["eeee1"]
    assert (made.down, made.labels) == (("bbbb1", "dddd1"), ("joined",))


def test_a_merge_of_what_is_no_head_needs_splice(run: Run, migrations: Migrations) -> None:
    assert run("merge", "bbbb1", "cccc1").exit_code == 1
    assert run("merge", "bbbb1", "cccc1", "--splice", "--rev-id", "eeee1").exit_code == 0
    assert migrations.history().graph["eeee1"].down == ("bbbb1", "cccc1")


def test_dependencies_are_written_in_full_and_labels_as_they_are(
    run: Run, migrations: Migrations
) -> None:
    run(
        "revision",
        "--head",
        "bbbb",
        "--depends-on",
        "cccc",
        "--depends-on",
        "ages",
        "--rev-id",
        "f1",
    )
    assert migrations.history().graph["f1"].depends_on == ("cccc1", "ages")


def test_a_dependency_that_is_not_there_leaves_no_file(run: Run, migrations: Migrations) -> None:
    before = sorted(migrations.directory.root.rglob("*"))
    assert run("revision", "--head", "bbbb1", "--depends-on", "nothing").exit_code == 1
    assert sorted(migrations.directory.root.rglob("*")) == before


def test_a_new_base_is_a_second_root(run: Run, migrations: Migrations) -> None:
    run("revision", "--head", "base", "--rev-id", "zzzz1", "--branch-label", "net")
    assert migrations.history().graph["zzzz1"].down == ()


def test_dependencies_resolved_leave_real_heads(run: Run) -> None:
    run("revision", "--head", "bbbb1", "--depends-on", "dddd1", "--rev-id", "ffff1")
    assert len(run("heads").stdout.splitlines()) == 2
    assert run("heads", "--resolve-dependencies").stdout.startswith("ffff1 (head)")
    assert "(effective head)" in run("heads", "-v").stdout


def test_branches_are_shown_with_what_follows(run: Run) -> None:
    assert run("branches").stdout.splitlines() == [
        "<base> -> aaaa1 (branchpoint), users",
        "    -> aaaa1 -> bbbb1 (head), orders",
        "    -> aaaa1 -> cccc1 (ages), ages",
    ]


def test_a_range_of_the_history_is_shown(run: Run) -> None:
    assert run("history", "-r", "aaaa1:ages@head").stdout.splitlines() == [
        "cccc1 -> dddd1 (head), more ages",
        "aaaa1 -> cccc1 (ages), ages",
        "<base> -> aaaa1 (branchpoint), users",
    ]
    assert (
        "aaaa1 -> bbbb1 (head) (current), orders" in run("history", "-i", "-r", "current:").stdout
    )


@pytest.mark.parametrize("ends", ["aaaa1", "a:b:c", "bbbb1:dddd1"])
def test_a_range_that_is_none_is_an_error(run: Run, ends: str) -> None:
    assert run("history", "-r", ends).exit_code == 1


def test_a_revision_is_shown_with_its_file(run: Run) -> None:
    lines = run("show", "cccc1").stdout.splitlines()
    assert lines[:4] == [
        "Rev: cccc1 (ages)",
        "Parent: aaaa1",
        "Branch names: ages",
        "Path: versions/cccc1_ages.py",
    ]
    assert lines[4].startswith("Create Date: ")
    assert lines[5:7] == ["", "    ages"]


def test_the_head_is_shown_where_no_revision_is_named(run: Run) -> None:
    run("rebase", "cccc1")
    assert run("show").stdout.startswith("Rev: dddd1 (head)")


def test_targets_are_shown_as_they_are_counted(run: Run) -> None:
    assert run("show", "current").stdout.startswith("Rev: bbbb1 (head)")
    assert run("show", "dddd1-1").stdout.startswith("Rev: cccc1")
    assert run("show", "base").stdout == ""


def test_current_needs_no_file_to_say_what_the_database_has(
    run: Run, migrations: Migrations
) -> None:
    path = file_of(migrations, "cccc1")
    path.write_text("revision = (\n")
    result = run("current")
    assert (result.exit_code, result.stdout) == (0, "bbbb1\n")
    assert str(path) in result.stderr


def test_a_run_that_would_meet_a_broken_body_does_not_begin(
    run: Run, migrations: Migrations
) -> None:
    path = file_of(migrations, "dddd1")
    path.write_text(path.read_text() + "\n    op.drop_table(\n")
    result = run("upgrade", "dddd1")
    assert result.exit_code == 1
    assert f"{path}, line" in result.stderr
    assert migrations.current() == ("bbbb1",)


def test_several_targets_are_stamped(run: Run, migrations: Migrations) -> None:
    assert run("stamp", "bbbb1", "ages@head").exit_code == 0
    assert set(migrations.current()) == {"bbbb1", "dddd1"}


def test_the_file_is_opened_in_the_editor(
    run: Run, migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(migrations, "cccc1")
    monkeypatch.setenv("EDITOR", "touch -d 2001-01-01")
    assert run("edit", "cccc1").exit_code == 0
    assert path.stat().st_mtime < 1_000_000_000
    assert run("edit", "base").exit_code == 1


def test_no_editor_is_started_where_nobody_can_see_it(
    run: Run, migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    result = run("edit", "cccc1")
    assert result.exit_code == 1
    assert f"No editor was found for {file_of(migrations, 'cccc1')}" in result.stderr
    assert "EDITOR=nano" in result.stderr
