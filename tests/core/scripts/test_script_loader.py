"""A migration's body: run from its file, anew each time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migrate_core.errors import InvalidScript
from migrate_core.scripts import body, load


def script(folder: Path, text: str) -> Path:
    path = folder / "1f0c_add-users.py"
    path.write_text(text)
    return path


def test_a_body_can_be_called(tmp_path: Path) -> None:
    path = script(tmp_path, "def upgrade():\n    return 'up'\n")
    assert body(load(path), path, "upgrade")() == "up"


def test_a_loaded_file_leaves_nothing_behind(tmp_path: Path) -> None:
    before = set(sys.modules)
    load(script(tmp_path, "x = 1\n"))
    assert set(sys.modules) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["1f0c_add-users.py"]


def test_a_file_changed_within_the_same_second_is_run_as_it_is_now(tmp_path: Path) -> None:
    load(script(tmp_path, "x = 1\n"))
    assert load(script(tmp_path, "x = 2\n")).x == 2


def test_a_module_knows_its_file(tmp_path: Path) -> None:
    path = script(tmp_path, "here = __file__\n")
    assert load(path).here == str(path)


def test_an_import_that_raises_is_named_with_the_line_in_the_file(tmp_path: Path) -> None:
    path = script(tmp_path, "import json\n\n\ndef broken():\n    json.loads('{')\n\n\nbroken()\n")
    with pytest.raises(InvalidScript) as caught:
        load(path)
    assert (caught.value.path, caught.value.line) == (str(path), 5)
    assert caught.value.reason.startswith("importing it raised JSONDecodeError: ")


def test_a_file_that_exits_does_not_end_the_process(tmp_path: Path) -> None:
    with pytest.raises(InvalidScript, match="line 1: importing it raised SystemExit: 3"):
        load(script(tmp_path, "raise SystemExit(3)\n"))


def test_what_only_the_compiler_finds_has_a_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidScript, match="line 2: 'return' outside function"):
        load(script(tmp_path, "x = 1\nreturn x\n"))


def test_a_missing_function_is_asked_for(tmp_path: Path) -> None:
    path = script(tmp_path, "def upgrade(): ...\n")
    with pytest.raises(InvalidScript, match=r"no downgrade\(\) function") as caught:
        body(load(path), path, "downgrade")
    assert caught.value.next_step == "Add one: def downgrade() -> None:"


def test_a_name_that_is_no_function_is_no_body(tmp_path: Path) -> None:
    path = script(tmp_path, "upgrade = None\n")
    with pytest.raises(InvalidScript, match=r"no upgrade\(\) function"):
        body(load(path), path, "upgrade")
