"""Whatever is wrong with a file: the file is named, and nothing half done stays behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.errors import InvalidScript
from migrate_core.scripts import Directory, load

GOOD = "revision = 'a'\ndown_revision = None\n"


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    for number in range(50):
        (folder / f"r{number}.py").write_text(f"revision = 'r{number}'\ndown_revision = None\n")
    return folder


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"revision = 'a'\ndown_revision = (\n", 2),
        (b"", None),
        (b"# nothing but this\n", None),
        (b"revision = 'a'\ndown_revision = None\n# \xff\n", 3),
        (b"# coding: no-such\nrevision = 'a'\ndown_revision = None\n", None),
        (b"revision = 'a'\ndown_revision = 1\n", 2),
        (b"revision = 'a@b'\ndown_revision = None\n", 1),
        (b"revision = 'a'\ndown_revision = make()\n", 2),
        (b"\0\0\0\0", None),
    ],
)
def test_one_broken_file_of_many_is_named_with_its_line(
    versions: Path, data: bytes, line: int | None
) -> None:
    path = versions / "broken.py"
    path.write_bytes(data)
    with pytest.raises(InvalidScript) as caught:
        Directory.at(versions.parent).history()
    assert (caught.value.path, caught.value.line) == (str(path), line)
    assert caught.value.next_step


def test_a_link_to_nothing_is_named(versions: Path) -> None:
    path = versions / "gone.py"
    path.symlink_to("nowhere.py")
    with pytest.raises(InvalidScript, match="No such file") as caught:
        Directory.at(versions.parent).history()
    assert caught.value.path == str(path)


def test_a_folder_with_the_name_of_a_file_is_named(versions: Path) -> None:
    (versions / "folder.py").mkdir()
    with pytest.raises(InvalidScript, match="Is a directory"):
        Directory.at(versions.parent).history()


def test_a_body_that_is_not_python_is_listed_and_not_run(versions: Path) -> None:
    path = versions / "body.py"
    path.write_text(f"{GOOD}\ndef upgrade():\n    op.drop_table(\n")
    assert "a" in Directory.at(versions.parent).history().graph
    with pytest.raises(InvalidScript) as caught:
        load(path)
    assert (caught.value.path, caught.value.line) == (str(path), 5)
