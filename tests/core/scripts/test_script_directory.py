"""Folders of every state, and the history in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.errors import (
    CycleDetected,
    DirectoryMissing,
    DirectoryNotReadable,
    DuplicateLabel,
    DuplicateRevision,
    InvalidScript,
    LoopDetected,
    UnknownParent,
)
from migrate_core.scripts import Directory


def put(folder: Path, name: str, revision: str, down: str = "None", more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"revision = {revision!r}\ndown_revision = {down}\n{more}\n")
    return path


def test_files_are_read_by_name_whatever_order_they_were_made_in(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    put(versions, "b.py", "second", "'first'")
    put(versions, "c.py", "third", "'second'")
    put(versions, "a.py", "first")
    history = Directory.at(tmp_path).history()
    assert list(history.headers) == ["first", "second", "third"]
    assert history.graph.heads == ("third",)
    assert history.headers["second"].path == versions / "b.py"


def test_only_scripts_are_read(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    put(versions, "a.py", "a")
    for name in ("__init__.py", "notes.txt", "old.py.bak", "b.pyc"):
        (versions / name).write_text("not a migration")
    (versions / ".#a.py").symlink_to("someone@host.1234")
    (versions / "__pycache__").mkdir()
    assert list(Directory.at(tmp_path).history().headers) == ["a"]


def test_several_locations_make_one_history(tmp_path: Path) -> None:
    put(tmp_path / "shop", "z.py", "a")
    put(tmp_path / "net", "a.py", "b", "'a'")
    directory = Directory.at(tmp_path, [tmp_path / "shop", tmp_path / "net", tmp_path / "none"])
    assert list(directory.history().headers) == ["a", "b"]


def test_locations_keep_their_order_when_one_is_named_again(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert Directory.at(tmp_path, [one, two, one]).locations == (one, two)


def test_a_location_named_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path / "versions", "a.py", "a")
    (tmp_path / "alias").symlink_to("versions")
    directory = Directory.at(tmp_path, [tmp_path / "versions", tmp_path / "alias"])
    assert directory.locations == (tmp_path / "versions",)


def test_no_folder_is_an_empty_history(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path / "migrations")
    assert directory.exists is False
    assert dict(directory.history().headers) == {}


def test_a_required_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryMissing) as caught:
        Directory.at(tmp_path / "migrations").require()
    assert caught.value.directory == str(tmp_path / "migrations")


def test_a_folder_that_is_there_passes(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    directory.require()
    assert directory.exists is True


def unreadable_file(root: Path) -> None:
    root.write_text("")


def unreadable_link(root: Path) -> None:
    root.symlink_to("gone")


def unreadable_circle(root: Path) -> None:
    root.symlink_to(root.name)


@pytest.mark.parametrize("spoil", [unreadable_file, unreadable_link, unreadable_circle])
def test_a_root_that_is_no_folder_is_neither_empty_nor_missing(tmp_path: Path, spoil) -> None:
    root = tmp_path / "migrations"
    spoil(root)
    directory = Directory.at(root)
    with pytest.raises(DirectoryNotReadable) as from_history:
        directory.history()
    with pytest.raises(DirectoryNotReadable) as from_require:
        directory.require()
    assert (from_history.value.directory, from_require.value.directory) == (str(root), str(root))


def test_a_root_that_the_system_cannot_read_is_told_with_its_reason(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path / ("x" * 300))
    with pytest.raises(DirectoryNotReadable, match="name too long"):
        directory.history()
    assert directory.exists is False


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = put(tmp_path / "versions", "a.py", "a", "(")
    with pytest.raises(InvalidScript) as caught:
        Directory.at(tmp_path).history()
    assert (caught.value.path, caught.value.line) == (str(path), 2)


def test_a_duplicate_id_names_both_files(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    paths = [put(versions, "a.py", "x"), put(versions, "b.py", "x")]
    with pytest.raises(DuplicateRevision) as caught:
        Directory.at(tmp_path).history()
    assert caught.value.places == tuple(map(str, paths))


@pytest.mark.parametrize(
    ("down", "more", "attribute"),
    [("'gone'", "", "down_revision"), ("None", "depends_on = 'gone'", "depends_on")],
)
def test_an_unknown_parent_names_the_file(
    tmp_path: Path, down: str, more: str, attribute: str
) -> None:
    path = put(tmp_path / "versions", "a.py", "a", down, more)
    with pytest.raises(UnknownParent) as caught:
        Directory.at(tmp_path).history()
    assert (caught.value.place, caught.value.attribute) == (str(path), attribute)


def test_a_label_used_twice_names_both_files(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    first = put(versions, "a.py", "a", more="branch_labels = 'shop'")
    second = put(versions, "b.py", "b", more="branch_labels = 'shop'")
    with pytest.raises(DuplicateLabel) as caught:
        Directory.at(tmp_path).history()
    assert set(caught.value.places) == {str(first), str(second)}


def test_a_cycle_names_its_files(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    paths = {str(put(versions, "a.py", "a", "'b'")), str(put(versions, "b.py", "b", "'a'"))}
    with pytest.raises(CycleDetected) as caught:
        Directory.at(tmp_path).history()
    assert set(caught.value.places) == paths


def test_a_loop_stays_a_loop(tmp_path: Path) -> None:
    path = put(tmp_path / "versions", "a.py", "a", "'a'")
    with pytest.raises(LoopDetected) as caught:
        Directory.at(tmp_path).history()
    assert caught.value.places == (str(path),)


def test_the_users_own_template_is_found(tmp_path: Path) -> None:
    (tmp_path / "script.py.mako").write_text("")
    assert Directory.at(tmp_path).template == tmp_path / "script.py.mako"


def test_without_a_template_there_is_none(tmp_path: Path) -> None:
    assert Directory.at(tmp_path).template is None
