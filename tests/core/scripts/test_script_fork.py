"""Two people added a revision to the same parent."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.graph import Revision
from migrate_core.scripts import Header, History, multiple_heads
from migrate_core.scripts.fork import fork

A = Revision("a", doc="users")
B = Revision("b", ("a",), doc="orders")
C = Revision("c", ("a",), doc="ages")
D = Revision("d", ("c",), doc="more ages")


def history(*revisions: Revision) -> History:
    return History.of(Header(f"v/{each.id}.py", each, None) for each in revisions)


def test_the_common_parent_and_both_files_are_named() -> None:
    found = fork(history(A, B, C, D), ("b", "d"))
    assert found.parent == "a"
    assert found.lines == ("b: orders (v/b.py)", "d: more ages (v/d.py)")
    assert found.origin == "Both are built upon a: users."


@pytest.mark.parametrize(
    ("applied", "moved"),
    [((), ("c", "b")), (("b",), ("c", "b")), (("d",), ("b", "d")), (("b", "c"), None)],
)
def test_the_branch_that_is_not_applied_can_follow_the_other(
    applied: tuple[str, ...], moved: tuple[str, str] | None
) -> None:
    assert fork(history(A, B, C, D), ("b", "d"), applied).moved == moved


def test_a_branch_that_begins_at_a_merge_stays() -> None:
    merge = Revision("m", ("b", "c"))
    other = Revision("n", ("b", "c"))
    assert fork(history(A, B, C, merge, other), ("m", "n")).moved is None


def test_roots_of_their_own_have_no_parent_and_stay() -> None:
    found = fork(history(A, Revision("z")), ("a", "z"))
    assert (found.parent, found.moved) == (None, None)
    assert found.solution == "Join them: flask db merge heads -m 'merge'"


def test_the_error_ends_with_the_commands_that_help() -> None:
    error = multiple_heads(history(A, B, C, D), ("b", "d"), "head", ("b",))
    assert error.heads == ("b", "d")
    assert "flask db rebase c --onto b" in str(error)
    assert Path("v/d.py").as_posix() in str(error)
