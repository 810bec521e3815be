"""One literal changes, and no other byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.errors import CannotRebase
from migrate_core.scripts import Directory, History
from migrate_core.scripts.rebase import rebase

BODY = "# größe\ndef upgrade(): pass\n"


def history(root: Path, mine: bytes) -> tuple[History, Path]:
    """a <- b, a <- c <- d, and the file of c."""
    versions = root / "versions"
    versions.mkdir()
    for id, down in (("a", None), ("b", "a"), ("d", "c")):
        (versions / f"{id}.py").write_text(f"revision = {id!r}\ndown_revision = {down!r}\n")
    path = versions / "c.py"
    path.write_bytes(mine)
    return Directory.at(root).history(), path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("down_revision = 'a'", "down_revision = 'b'"),
        ('down_revision = "a"  # the first', 'down_revision = "b"  # the first'),
        ("down_revision: str | None = 'a'", "down_revision: str | None = 'b'"),
        ("down_revision = ('a',)", "down_revision = 'b'"),
        ("down_revision = (\n  'a'  # it\n)", "down_revision = (\n  'b'  # it\n)"),
        ("down_revision=None", "down_revision='b'"),
        ("down_revision = 'x'; down_revision = 'a'", "down_revision = 'x'; down_revision = 'b'"),
        ("é = 'é'; down_revision = 'a'", "é = 'é'; down_revision = 'b'"),
    ],
)
@pytest.mark.parametrize(
    ("begins", "encoding", "ends"),
    [
        (b"", "utf-8", "\n"),
        (b"\xef\xbb\xbf", "utf-8", "\r\n"),
        (b"# coding: latin-1\n", "latin-1", "\n"),
        (b"", "utf-8", "\r"),
    ],
)
def test_everything_else_stays_to_the_byte(
    tmp_path: Path, before: str, after: str, begins: bytes, encoding: str, ends: str
) -> None:
    def written(line: str) -> bytes:
        text = f'"""größer\n\nRevises: a\n"""\nrevision = "c"\n{line}\n{BODY}'
        return begins + text.replace("\n", ends).encode(encoding)

    found, path = history(tmp_path, written(before))
    rebased = rebase(found, "c", "b")
    assert path.read_bytes() == written(after)
    assert (rebased.path, rebased.after) == (path, ("b",))
    assert Directory.at(tmp_path).history().graph.heads == ("d",)


def refused(root: Path, mine: str, onto: str) -> CannotRebase:
    found, path = history(root, mine.encode())
    with pytest.raises(CannotRebase) as caught:
        rebase(found, "c", onto)
    assert path.read_text() == mine
    assert caught.value.path == str(path)
    return caught.value


@pytest.mark.parametrize("onto", ["c", "d"])
def test_a_revision_cannot_follow_what_is_built_upon_it(tmp_path: Path, onto: str) -> None:
    refused(tmp_path, "revision = 'c'\ndown_revision = 'a'\n", onto)


@pytest.mark.parametrize(
    "line", ["PARENT = 'a'\ndown_revision = PARENT", "if True:\n    down_revision = 'a'"]
)
def test_computed_identifiers_are_left_to_their_author(tmp_path: Path, line: str) -> None:
    error = refused(tmp_path, f"revision = 'c'\n{line}\n", "b")
    assert "computes its identifiers" in error.reason


def test_a_merge_keeps_its_parents(tmp_path: Path) -> None:
    error = refused(tmp_path, "revision = 'c'\ndown_revision = ('a', 'b')\n", "b")
    assert "joins a and b" in error.reason


def test_a_revision_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    found, path = history(tmp_path, b"revision = 'c'\ndown_revision = 'b'\n")
    before = path.stat().st_mtime_ns
    rebased = rebase(found, "c", "b")
    assert rebased.before == rebased.after == ("b",)
    assert path.stat().st_mtime_ns == before


def test_permissions_stay_and_a_link_stays_a_link(tmp_path: Path) -> None:
    found, path = history(tmp_path, b"revision = 'c'\ndown_revision = 'a'\n")
    real = path.rename(tmp_path / "real.py")
    real.chmod(0o640)
    path.symlink_to(real)
    rebase(found, "c", "b")
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text() == "revision = 'c'\ndown_revision = 'b'\n"


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    found, path = history(tmp_path, b"revision = 'c'\ndown_revision = 'a'\n")
    rebase(found, "c", "b")
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.py", "b.py", "c.py", "d.py"]
