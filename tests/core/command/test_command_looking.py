"""current, heads, branches, history, show, edit: what they print, as documented."""

from __future__ import annotations

import sys

import pytest
import sqlalchemy as sa

from migrate_core import command
from migrate_core.alembic import command as documented
from migrate_core.errors import (
    DatabaseNotAtHead,
    EditorFailed,
    InvalidTarget,
    RangeNotAncestorError,
    UnknownDatabaseRevision,
)


@pytest.fixture
def shop(project):
    """aaaa <- bbbb (shop); aaaa <- cccc (net), which needs bbbb"""
    project.file("aaaa")
    project.file("bbbb", "aaaa", branch_labels=("shop",))
    project.file("cccc", "aaaa", branch_labels=("net",), depends_on="bbbb")
    return project


def test_heads_shows_each_with_its_branch_and_that_another_needs_it(shop):
    assert shop.said(command.heads) == "bbbb (shop) (effective head)\ncccc (net) (head)\n"
    assert shop.said(command.heads, resolve_dependencies=True) == "cccc (net) (head)\n"


def test_history_shows_parents_dependencies_and_what_each_is(shop):
    assert shop.said(command.history).splitlines() == [
        "aaaa (bbbb) -> cccc (net) (head), cccc message",
        "aaaa -> bbbb (shop) (effective head), bbbb message",
        "<base> -> aaaa (branchpoint), aaaa message",
    ]


def test_history_marks_where_the_database_stands(shop):
    command.upgrade(shop.config, "bbbb")
    assert "aaaa -> bbbb (shop) (effective head) (current), bbbb message" in shop.said(
        command.history, indicate_current=True
    )
    assert "(current)" not in shop.said(command.history)


def test_history_of_a_range_may_begin_at_the_present(shop):
    command.upgrade(shop.config, "aaaa")
    said = shop.said(command.history, "current:bbbb")
    assert [line.split(",")[1] for line in said.splitlines()] == [" bbbb message", " aaaa message"]


@pytest.mark.parametrize("rev_range", ["aaaa", "a:b:c"])
def test_history_of_what_is_no_range_is_refused(shop, rev_range):
    with pytest.raises(InvalidTarget):
        command.history(shop.config, rev_range)


def test_history_of_a_range_upside_down_is_refused(shop):
    with pytest.raises(RangeNotAncestorError):
        command.history(shop.config, "bbbb:aaaa")


def test_branches_shows_each_branch_point_with_what_follows(shop):
    assert shop.said(command.branches) == (
        "aaaa (branchpoint)\n     -> bbbb (shop) (effective head)\n     -> cccc (net) (head)\n\n"
    )


def test_show_says_all_that_is_known(shop):
    path = shop.folder / "migrations/versions/cccc.py"
    assert shop.said(command.show, "net") == (
        "Rev: cccc (head)\nParent: aaaa\nAlso depends on: bbbb\nBranch names: net\n"
        f"Path: {path}\n\n    cccc message\n\n"
    )


def test_show_takes_where_the_database_stands_and_shows_nothing_for_base(shop):
    command.upgrade(shop.config, "bbbb")
    assert shop.said(command.show, "current").startswith("Rev: bbbb")
    assert shop.said(command.show, "base") == ""


def test_current_counts_what_a_dependency_applied_and_makes_no_table(shop):
    assert shop.said(command.current) == ""
    assert shop.tables == set()
    command.upgrade(shop.config, "heads")
    assert shop.rows == {"cccc"}
    assert shop.said(command.current) == "cccc (head)\nbbbb (effective head)\n"


def test_current_verbose_names_the_database_without_its_password(project_anywhere):
    project_anywhere.file("aaaa")
    command.stamp(project_anywhere.config, "head")
    said = project_anywhere.said(command.current, verbose=True)
    assert said.startswith("Current revision(s) for ")
    assert "Rev: aaaa (head)" in said


def test_check_heads_passes_when_a_head_is_a_dependency_only(shop):
    command.upgrade(shop.config, "bbbb")
    with pytest.raises(DatabaseNotAtHead) as raised:
        command.current(shop.config, check_heads=True)
    assert (raised.value.current, raised.value.heads) == (("bbbb",), ("cccc",))
    command.upgrade(shop.config, "heads")
    command.current(shop.config, check_heads=True)


def test_current_says_which_row_no_file_has(shop):
    command.stamp(shop.config, "aaaa")
    with shop.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'zzzz'"))
    with pytest.raises(UnknownDatabaseRevision, match="zzzz"):
        command.current(shop.config)


def test_nothing_is_printed_when_quiet(shop):
    shop.config.messaging_opts = {"quiet": True}
    assert shop.said(command.heads) == ""


def test_a_file_that_cannot_be_imported_is_listed_all_the_same(shop):
    shop.file("dddd", "cccc", body="import nowhere_to_be_found")
    shop.write(
        "migrations/versions/eeee.py",
        'import nowhere_to_be_found\nrevision = "eeee"\ndown_revision = "dddd"\n',
    )
    assert "eeee" in shop.said(command.history)
    assert "Rev: eeee" in shop.said(command.history, verbose=True)


def test_edit_opens_the_file_in_the_editor_of_the_environment(shop, monkeypatch):
    script = shop.write("editor.py", "import sys; open(sys.argv[1], 'a').write('# seen')")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    command.edit(shop.config, "shop")
    assert (shop.folder / "migrations/versions/bbbb.py").read_text().endswith("# seen")


def test_edit_of_nothing_and_with_no_such_editor_is_refused(shop, monkeypatch):
    with pytest.raises(InvalidTarget, match="No current revisions"):
        command.edit(shop.config, "current")
    monkeypatch.setenv("EDITOR", "no-such-editor-here")
    with pytest.raises(EditorFailed, match="no-such-editor-here"):
        command.edit(shop.config, "shop")


def test_under_its_documented_name_a_command_names_those_of_the_documented_program(shop):
    with pytest.raises(InvalidTarget) as refused:
        documented.edit(shop.config, "current")
    assert str(refused.value).endswith("See what there is: alembic history")
    assert refused.value.next_step == "See what there is: alembic history"
