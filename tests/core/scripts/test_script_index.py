"""Headers of files that did not change are not read again; anything doubtful is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrate_core.errors import InvalidScript
from migrate_core.scripts import Directory
from migrate_core.scripts.index import FEW, Index

LONG_AGO = 1_700_000_000_000_000_000


def project(root: Path, count: int = FEW) -> Path:
    """A history of `count` files that were made long ago: the index leaves fresh ones out."""
    versions = root / "versions"
    versions.mkdir()
    for number in range(count):
        path = versions / f"r{number:03}.py"
        path.write_text(
            f'"""number {number}"""\nrevision = "r{number:03}"\n'
            f"down_revision = {None if number == 0 else f'r{number - 1:03}'!r}\n"
        )
    return versions


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is much later than that of any file."""
    monkeypatch.setattr("migrate_core.scripts.index.time.time_ns", lambda: LONG_AGO * 2)


def cache(root: Path) -> Path:
    (found,) = (root / "__pycache__").iterdir()
    return found


@pytest.mark.usefixtures("settled")
def test_the_second_reading_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)
    first = Directory.at(tmp_path).history()
    monkeypatch.setattr("migrate_core.scripts.header.read", None)
    assert Directory.at(tmp_path).history().headers == first.headers


@pytest.mark.usefixtures("settled")
def test_which_files_speak_of_views_is_kept(tmp_path: Path) -> None:
    path = project(tmp_path) / "r031.py"
    path.write_text(path.read_text() + "\n\ndef upgrade():\n    op.create_view('v', 'SELECT 1')\n")
    Directory.at(tmp_path).history()
    kept = Directory.at(tmp_path).history().headers.values()
    assert [each.revision.id for each in kept if each.speaks_of_views] == ["r031"]


@pytest.mark.usefixtures("settled")
def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = project(tmp_path) / "r031.py"
    Directory.at(tmp_path).history()
    path.write_text(path.read_text().replace("number 31", "another one"))
    assert Directory.at(tmp_path).history().headers["r031"].revision.doc == "another one"


@pytest.mark.usefixtures("settled")
def test_a_file_of_the_same_size_and_time_is_read_again(tmp_path: Path) -> None:
    path = project(tmp_path) / "r031.py"
    Directory.at(tmp_path).history()
    before = path.stat()
    path.write_text(path.read_text().replace("number", "NUMBER"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Directory.at(tmp_path).history().headers["r031"].revision.doc == "NUMBER 31"


def test_a_file_that_changed_a_moment_ago_is_not_kept(tmp_path: Path) -> None:
    project(tmp_path)
    Directory.at(tmp_path).history()
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.usefixtures("settled")
def test_a_removed_file_is_forgotten(tmp_path: Path) -> None:
    path = project(tmp_path, FEW + 1) / f"r{FEW:03}.py"
    Directory.at(tmp_path).history()
    path.unlink()
    assert Directory.at(tmp_path).history().graph.heads == (f"r{FEW - 1:03}",)
    assert path.name.encode() not in cache(tmp_path).read_bytes()


@pytest.mark.usefixtures("settled")
def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    project(tmp_path)
    Directory.at(tmp_path).history()
    before = cache(tmp_path).stat()
    Directory.at(tmp_path).history()
    assert cache(tmp_path).stat() == before


@pytest.mark.usefixtures("settled")
def test_a_few_files_leave_no_cache(tmp_path: Path) -> None:
    project(tmp_path, FEW - 1)
    Directory.at(tmp_path).history()
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("old", "new"), [(b"r0", b"x0"), (b"]", b""), (b"headers 2", b"headers 1")]
)
def test_a_damaged_cache_is_not_believed(tmp_path: Path, old: bytes, new: bytes) -> None:
    project(tmp_path)
    first = Directory.at(tmp_path).history()
    cache(tmp_path).write_bytes(cache(tmp_path).read_bytes().replace(old, new))
    assert Directory.at(tmp_path).history().headers == first.headers


@pytest.mark.usefixtures("settled")
def test_the_cache_of_another_project_is_not_believed(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    project(one)
    project(two)
    Directory.at(one).history()
    (two / "__pycache__").mkdir()
    (two / "__pycache__" / cache(one).name).write_bytes(cache(one).read_bytes())
    assert Index.below(two)._known.keys() == {str((one / "versions").resolve())}
    assert Directory.at(two).history().headers["r000"].path == two / "versions" / "r000.py"


@pytest.mark.usefixtures("settled")
def test_a_place_that_cannot_be_written_to_is_done_without(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "__pycache__").write_text("in the way")
    assert len(Directory.at(tmp_path).history().graph) == FEW


@pytest.mark.usefixtures("settled")
def test_a_file_that_computes_its_identifiers_is_read_each_time(tmp_path: Path) -> None:
    versions = project(tmp_path)
    (versions / "z.py").write_text("import os\nrevision = os.environ['R']\ndown_revision = None\n")
    os.environ["R"] = "one"
    try:
        assert "one" in Directory.at(tmp_path).history().graph
        os.environ["R"] = "two"
        assert "two" in Directory.at(tmp_path).history().graph
    finally:
        del os.environ["R"]


@pytest.mark.usefixtures("settled")
def test_a_file_that_broke_since_is_told(tmp_path: Path) -> None:
    path = project(tmp_path) / "r007.py"
    Directory.at(tmp_path).history()
    path.write_text("revision = (\n")
    with pytest.raises(InvalidScript) as caught:
        Directory.at(tmp_path).history()
    assert caught.value.path == str(path)
