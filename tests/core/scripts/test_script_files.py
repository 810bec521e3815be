"""Which files hold migrations: below folders, compiled, and in packages."""

from __future__ import annotations

import py_compile
import sys
from pathlib import Path

import pytest

from migrate_core.errors import ConfigurationError, InvalidScript
from migrate_core.scripts import Directory, load


def put(path: Path, revision: str, down: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"revision = {revision!r}\ndown_revision = {down!r}\ndef upgrade(): pass\n")
    return path


def compiled(path: Path, to: Path | None = None) -> Path:
    """The byte code of a source, which is removed."""
    made = Path(py_compile.compile(str(path), None if to is None else str(to), doraise=True))
    path.unlink()
    return made


def ids(directory: Directory) -> list[str]:
    return list(directory.history().headers)


def test_folders_below_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    put(tmp_path / "versions" / "2026" / "03" / "b.py", "b", "a")
    put(tmp_path / "versions" / "a.py", "a")
    put(tmp_path / "versions" / "__pycache__" / "c.py", "c")
    assert ids(Directory.at(tmp_path)) == ["a"]
    deep = Directory.at(tmp_path, recursive=True)
    assert sorted(ids(deep)) == ["a", "b"]
    assert deep.history().headers["b"].path == tmp_path / "versions" / "2026" / "03" / "b.py"


def test_a_compiled_file_counts_where_it_is_asked_for(tmp_path: Path) -> None:
    source = put(tmp_path / "versions" / "a.py", "a")
    compiled(source, source.with_suffix(".pyc"))
    assert ids(Directory.at(tmp_path)) == []
    assert ids(Directory.at(tmp_path, sourceless=True)) == ["a"]


def test_a_compiled_file_in_the_cache_counts_where_its_source_is_gone(tmp_path: Path) -> None:
    kept = put(tmp_path / "versions" / "b.py", "b", "a")
    py_compile.compile(str(kept))
    made = compiled(put(tmp_path / "versions" / "a.py", "a"))
    history = Directory.at(tmp_path, sourceless=True).history()
    assert {id: each.path for id, each in history.headers.items()} == {"a": made, "b": kept}


def test_a_compiled_file_is_run(tmp_path: Path) -> None:
    source = put(tmp_path / "a.py", "a")
    module = load(compiled(source, source.with_suffix(".pyc")))
    assert callable(module.upgrade)


@pytest.mark.parametrize("data", [b"", b"\0" * 40])
def test_a_compiled_file_of_another_python_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "versions" / "a.pyc"
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(InvalidScript, match="not compiled by this version") as caught:
        Directory.at(tmp_path, sourceless=True).history()
    assert caught.value.path == str(path)


def test_a_damaged_compiled_file_is_named(tmp_path: Path) -> None:
    source = put(tmp_path / "versions" / "a.py", "a")
    path = compiled(source, source.with_suffix(".pyc"))
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InvalidScript, match="damaged"):
        Directory.at(tmp_path, sourceless=True).history()


def test_a_folder_in_a_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "shop_with_migrations"
    put(package / "db" / "migrations" / "versions" / "a.py", "a")
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    directory = Directory.at("shop_with_migrations:db:migrations")
    assert directory.root == package / "db" / "migrations"
    assert ids(directory) == ["a"]
    assert "shop_with_migrations.db" not in sys.modules


def test_a_package_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no_such_package"):
        Directory.at("no_such_package:migrations")
