"""A file is written whole and right, or nothing is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from migrate_core.errors import (
    ConfigurationError,
    DirectoryNotReadable,
    DirectoryNotWritable,
    DuplicateLabel,
    InvalidLabel,
    InvalidRevisionId,
    InvalidScript,
    MigrateError,
    TemplateError,
    UnknownParent,
)
from migrate_core.graph import Revision
from migrate_core.scripts import Directory, NewScript, write
from migrate_core.scripts.header import read

FIRST = NewScript(
    id="a1",
    message="add users",
    down=(),
    labels=(),
    depends_on=(),
    created=datetime(2026, 3, 9, 7, 5, 4, tzinfo=timezone.utc),
    imports=(),
    upgrade=(),
    downgrade=(),
)
SECOND = replace(FIRST, id="b2", down=("a1",))


def contents(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def test_the_first_file_makes_its_folders(tmp_path: Path) -> None:
    header = write(Directory.at(tmp_path / "deep" / "migrations"), FIRST)
    assert header.path == tmp_path / "deep" / "migrations" / "versions" / "a1_add_users.py"
    assert header.revision == Revision("a1", doc="add users")
    assert header.created == "2026-03-09 07:05:04+00:00"
    assert contents(header.path.parent) == {"a1_add_users.py"}


def test_what_is_written_is_found_again(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    one = write(directory, FIRST)
    two = write(directory, SECOND)
    assert dict(directory.history().headers) == {"a1": one, "b2": two}


def test_a_merge_has_both_parents(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    write(directory, FIRST)
    write(directory, SECOND)
    write(directory, replace(SECOND, id="c3"))
    merge = write(directory, replace(FIRST, id="d4", down=("b2", "c3")))
    assert merge.revision.down == ("b2", "c3")
    assert directory.history().graph.heads == ("d4",)


def test_labels_and_dependencies_are_written(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    write(directory, replace(FIRST, labels=("shop",)))
    made = write(directory, replace(FIRST, id="b2", labels=("net", "web"), depends_on=("shop",)))
    assert made.revision == Revision("b2", (), ("shop",), ("net", "web"), "add users")


def test_a_message_that_is_not_ascii_is_written_as_utf8(tmp_path: Path) -> None:
    header = write(Directory.at(tmp_path), replace(FIRST, message="größer 🐘"))
    assert (header.path.name, read(header.path).revision.doc) == ("a1_größer.py", "größer 🐘")


def test_a_file_gets_the_rights_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    mode = write(Directory.at(tmp_path), FIRST).path.stat().st_mode
    assert mode == (tmp_path / "other").stat().st_mode


def test_the_users_own_template_is_used(tmp_path: Path) -> None:
    (tmp_path / "script.py.mako").write_text(
        "'''${message}'''\nrevision = ${repr(up_revision)}\ndown_revision = ${down_revision}\n"
    )
    header = write(Directory.at(tmp_path), FIRST)
    assert header.path.read_text() == "'''add users'''\nrevision = 'a1'\ndown_revision = None\n"


def test_the_file_template_names_the_file(tmp_path: Path) -> None:
    header = write(Directory.at(tmp_path), FIRST, file_template="%(year)d_%(rev)s", slug_length=9)
    assert header.path.name == "2026_a1.py"


# -- which location --------------------------------------------------------------------------------


def two_locations(root: Path) -> Directory:
    return Directory.at(root, [root / "shop", root / "net"])


def test_a_child_stands_beside_its_first_parent(tmp_path: Path) -> None:
    directory = two_locations(tmp_path)
    write(directory, FIRST, location=tmp_path / "net")
    assert write(directory, SECOND).path.parent == tmp_path / "net"


def test_a_root_among_several_locations_needs_one_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="several version locations") as caught:
        write(two_locations(tmp_path), FIRST)
    assert caught.value.next_step.endswith("--version-path")


def test_a_location_that_is_not_configured_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not one of the version locations"):
        write(two_locations(tmp_path), FIRST, location=tmp_path / "other")


# -- nothing is left behind ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (replace(SECOND, id="../../x"), InvalidRevisionId),
        (replace(SECOND, id="a1"), InvalidRevisionId),
        (replace(SECOND, labels=("a@b",)), InvalidLabel),
        (replace(SECOND, labels=("shop",)), DuplicateLabel),
        (replace(SECOND, down=("gone",)), UnknownParent),
        (replace(SECOND, depends_on=("gone",)), UnknownParent),
        (replace(SECOND, upgrade=("op.create_table(",)), InvalidScript),
        (replace(SECOND, upgrade=("return 1", "yield", "nonlocal x")), InvalidScript),
        (replace(SECOND, imports=("import",)), InvalidScript),
        (replace(SECOND, upgrade=("x = '\udc80'",)), InvalidScript),
        (replace(SECOND, message="x" * 300), DirectoryNotWritable),
    ],
)
def test_what_cannot_be_written_leaves_the_folder_as_it_was(
    tmp_path: Path, new: NewScript, error: type[MigrateError]
) -> None:
    directory = Directory.at(tmp_path)
    write(directory, replace(FIRST, labels=("shop",)))
    before = contents(tmp_path)
    with pytest.raises(error):
        write(directory, new, slug_length=300)
    assert contents(tmp_path) == before


def test_folders_made_for_a_file_that_failed_are_taken_away(tmp_path: Path) -> None:
    with pytest.raises(DirectoryNotWritable, match="name too long"):
        write(Directory.at(tmp_path / "m"), replace(FIRST, message="x" * 300), slug_length=300)
    assert contents(tmp_path) == set()


def test_a_disk_that_takes_no_more_leaves_nothing(tmp_path: Path) -> None:
    program = f"""
import resource, runpy
from pathlib import Path
from migrate_core.errors import DirectoryNotWritable
from migrate_core.scripts import Directory, write

new = runpy.run_path({__file__!r})["FIRST"]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write(Directory.at(Path({str(tmp_path)!r}) / "migrations"), new)
except DirectoryNotWritable as error:
    print(error.reason)
"""
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, contents(tmp_path)) == ("File too large\n", "", set())


def test_an_id_in_use_names_the_file_that_has_it(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    there = write(directory, FIRST).path
    with pytest.raises(InvalidRevisionId) as caught:
        write(directory, replace(SECOND, id="a1"))
    assert caught.value.reason == f"{there} has it already"


def test_an_id_may_be_as_long_as_those_that_a_wider_version_table_holds(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    there = write(directory, FIRST).path
    longer = replace(SECOND, id="x" * 40)
    with pytest.raises(InvalidRevisionId, match="40 characters"):
        write(directory, longer)
    there.write_text(there.read_text().replace("a1", "a" * 33))
    assert write(directory, replace(longer, down=("a" * 33,))).revision.id == "x" * 40


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    there = write(directory, FIRST).path
    before = there.read_bytes()
    with pytest.raises(InvalidScript, match="is not overwritten"):
        write(directory, SECOND, file_template="a1_add_users")
    assert there.read_bytes() == before
    assert contents(there.parent) == {there.name}


def test_a_name_that_would_not_be_read_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not read as a migration"):
        write(Directory.at(tmp_path), FIRST, file_template="__init__%(rev)s")


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("revision = 'other'\ndown_revision = None\n", "made revision 'other' where 'a1'"),
        ("revision = ${repr(up_revision)}\n", "no 'down_revision' identifier"),
        ("revision = (\n", "in line 1 of what it made"),
        ("${'# coding: latin-1'}\n# größer\n", "declares another encoding"),
        (" \n", "the file is empty"),
    ],
)
def test_a_template_that_makes_something_else_is_refused(
    tmp_path: Path, template: str, says: str
) -> None:
    (tmp_path / "script.py.mako").write_text(template, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        write(Directory.at(tmp_path), FIRST)
    assert (caught.value.path, says in caught.value.reason) == (
        str(tmp_path / "script.py.mako"),
        True,
    )
    assert contents(tmp_path) == {"script.py.mako"}


def test_code_that_is_not_python_is_not_blamed_on_the_users_template(tmp_path: Path) -> None:
    (tmp_path / "script.py.mako").write_text(
        "revision = ${repr(up_revision)}\ndown_revision = None\n"
        "def upgrade():\n    ${upgrades or 'pass'}\n"
    )
    with pytest.raises(InvalidScript, match="the code made for it cannot be used"):
        write(Directory.at(tmp_path), replace(FIRST, upgrade=("op.create_table(",)))


def test_a_root_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "migrations").write_text("")
    with pytest.raises(DirectoryNotReadable, match="not a folder"):
        write(Directory.at(tmp_path / "migrations"), FIRST)


def test_a_broken_history_is_told_before_anything_is_added(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path)
    path = write(directory, FIRST).path
    path.write_text("revision = (\n")
    with pytest.raises(InvalidScript) as caught:
        write(directory, SECOND)
    assert (caught.value.path, contents(path.parent)) == (str(path), {path.name})
