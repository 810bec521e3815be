"""Identifiers out of files of every shape, without running them where that can be helped."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.errors import InvalidScript
from migrate_core.graph import Revision
from migrate_core.scripts.header import parse, read

HERE = Path("versions/some.py")


def revision_of(text: str) -> Revision:
    return parse(text, HERE).revision


def failure(text: str) -> tuple[int | None, str]:
    with pytest.raises(InvalidScript) as caught:
        parse(text, HERE)
    return caught.value.line, caught.value.reason


def test_a_file_of_an_existing_project_is_read_whole() -> None:
    text = '''"""add users

Revision ID: 7a21
Revises: 1f0c
Create Date: 2024-03-01 10:12:00.123456

"""
from typing import Sequence, Union

revision: str = "7a21"
down_revision: Union[str, Sequence[str], None] = "1f0c"
branch_labels: Union[str, Sequence[str], None] = ("shop",)
depends_on: Union[str, Sequence[str], None] = None
'''
    header = parse(text, HERE)
    assert header.revision == Revision("7a21", ("1f0c",), (), ("shop",), "add users")
    assert header.created == "2024-03-01 10:12:00.123456"


def test_nothing_in_a_file_of_literals_is_run() -> None:
    text = "raise RuntimeError\nrevision = 'a'\ndown_revision = None\nimport no_such_module\n"
    assert revision_of(text) == Revision("a")


@pytest.mark.parametrize(
    ("written", "down"),
    [
        ("None", ()),
        ("'b'", ("b",)),
        ("('b', 'c')", ("b", "c")),
        ("['c', 'b']", ("c", "b")),
        ("{'c', 'b'}", ("b", "c")),
        ("('b' 'c')", ("bc",)),
        ("('b', 'b')", ("b",)),
        ("()", ()),
    ],
)
def test_parents_are_written_in_many_ways(written: str, down: tuple[str, ...]) -> None:
    assert revision_of(f"revision = 'a'\ndown_revision = {written}\n").down == down


@pytest.mark.parametrize(
    "text",
    [
        "revision = 'a' + 'b'\ndown_revision = None\n",
        "revision, down_revision = 'ab', None\n",
        "revision = down = 'ab'\ndown_revision = None\n",
        "if True:\n    revision = 'ab'\ndown_revision = None\n",
        "revision = 'a'\nrevision += 'b'\ndown_revision = None\n",
        "down_revision = None\nfor revision in ('aa', 'ab'):\n    pass\n",
        "down_revision = None\n(revision := 'ab')\n",
        "from string import hexdigits as revision\nrevision = revision[10:12].lower()\n"
        "down_revision = None\n",
    ],
)
def test_what_is_computed_is_asked_of_the_module(text: str) -> None:
    assert revision_of(text) == Revision("ab")


def test_the_last_assignment_holds() -> None:
    assert revision_of("revision = 'a'\nrevision = 'b'\ndown_revision = None\n").id == "b"


def test_a_local_variable_is_no_identifier() -> None:
    text = "revision = 'a'\ndown_revision = None\ndef upgrade():\n    revision = compute()\n"
    assert revision_of(text).id == "a"


def test_the_message_ends_at_the_first_blank_line() -> None:
    text = "'''first\nsecond\n  \nthird'''\nrevision = 'a'\ndown_revision = None\n"
    assert revision_of(text).doc == "first\nsecond"


def test_an_escape_that_python_warns_of_is_read_in_silence() -> None:
    assert revision_of("revision = 'a'\ndown_revision = None\npattern = '\\d'\n").id == "a"


def test_an_encoding_cookie_is_honoured(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    text = "# coding: latin-1\n'''größer'''\nrevision = 'a'\ndown_revision = None\n"
    path.write_bytes(text.encode("latin-1"))
    assert read(path).revision.doc == "größer"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("'''bom'''\nrevision = 'a'\ndown_revision = None\n", encoding="utf-8-sig")
    assert read(path).revision.doc == "bom"


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"revision = 'a'\n\n\n# gr\xf6\xdfer\n")
    with pytest.raises(InvalidScript) as caught:
        read(path)
    assert (caught.value.path, caught.value.line) == (str(path), 4)


def test_bytes_that_are_not_utf8_in_the_first_line_are_named_too(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# gr\xf6\xdfer\n")
    with pytest.raises(InvalidScript) as caught:
        read(path)
    assert (caught.value.line, caught.value.reason) == (1, "byte 0xf6 is not utf-8")


def test_an_encoding_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: klingon\n")
    with pytest.raises(InvalidScript, match="klingon"):
        read(path)


def test_a_link_to_nothing_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.symlink_to(tmp_path / "gone.py")
    with pytest.raises(InvalidScript, match="cannot be read: No such file"):
        read(path)


def test_a_syntax_error_has_file_and_line() -> None:
    with pytest.raises(InvalidScript) as caught:
        parse("revision = 'a'\n\ndef upgrade(:\n", HERE)
    assert str(caught.value).startswith(f"{HERE}, line 3: ")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_is_called_empty(text: str) -> None:
    assert failure(text) == (None, "the file is empty")


def test_a_null_byte_is_not_python() -> None:
    assert "null bytes" in failure("revision = 'a'\0\n")[1]


@pytest.mark.parametrize("name", ["revision", "down_revision"])
def test_a_missing_identifier_is_named(name: str) -> None:
    text = "revision = 'a'\ndown_revision = None\n".replace(f"{name} =", "other =", 1)
    assert f"no {name!r} identifier" in failure(text.replace("down_other", "other"))[1]


@pytest.mark.parametrize(
    ("assignment", "line", "says"),
    [
        ("revision = 12", 2, "revision is 12"),
        ("revision = None", 2, "revision is None"),
        ("revision = ''", 2, "it is empty"),
        ("revision = 'a-b'", 2, "'-' has a meaning"),
        ("revision = 'head'", 2, "means a place"),
        ("depends_on = 12", 2, "depends_on is 12"),
        ("depends_on = ('a', 3)", 2, "depends_on is ('a', 3)"),
        ("branch_labels = ''", 2, "branch_labels is ''"),
        ("branch_labels = {'a': 1}", 2, "branch_labels is {'a': 1}"),
        ("depends_on = 6 * 2", None, "depends_on is 12"),
    ],
)
def test_a_value_of_the_wrong_kind_is_shown(assignment: str, line: int | None, says: str) -> None:
    first = "revision = 'a'; down_revision = None\n"
    found_line, reason = failure(first + assignment + "\n")
    assert (found_line, says in reason) == (line, True)


def test_an_identifier_whose_computation_fails_is_named_with_its_line() -> None:
    assert failure("down_revision = None\nrevision = 'a' + 1\n")[0] == 2
