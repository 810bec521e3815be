"""Configuration files: what they may say, and what each mistake in them is called."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa

from migrate_core import Migrations
from migrate_core.config import Configuration, WriteHook, read
from migrate_core.config.keys import OPTIONS
from migrate_core.errors import ConfigurationError, InvalidConfig


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ini(text: str, name: str = "alembic.ini") -> Configuration:
    Path(name).write_text(dedent(text), encoding="utf-8")
    return read([])


def toml(text: str) -> Configuration:
    Path("pyproject.toml").write_text(dedent(text), encoding="utf-8")
    return read([])


def test_no_file_says_nothing() -> None:
    assert read([]) == Configuration()


def test_an_alembic_ini_is_read_as_documented(folder: Path) -> None:
    found = ini(
        """
        [DEFAULT]
        name = shop
        [alembic]
        script_location = %(here)s/migrations
        file_template = %%(year)d_%%(rev)s
        version_locations = %(here)s/a:%(here)s/b
        path_separator = :
        prepend_sys_path = .
        truncate_slug_length = 20
        timezone =
        recursive_version_locations = True
        sqlalchemy.url = postgresql://me:p%%40ss@host/%(name)s
        sqlalchemy.echo = false
        something_of_env_py = 100%
        [post_write_hooks]
        hooks = black, Ruff
        black.type = console_scripts
        black.entrypoint = black
        black.options = -l 79 REVISION_SCRIPT_FILENAME
        Ruff.type = exec
        Ruff.executable = %(here)s/ruff
        off.options = 100%
        [loggers]
        keys = root
        """
    )
    assert found.script_location == f"{folder}/migrations"
    assert found.version_locations == (f"{folder}/a", f"{folder}/b")
    assert found.prepend_sys_path == (".",)
    assert found.options == {
        "file_template": "%(year)d_%(rev)s",
        "truncate_slug_length": 20,
        "recursive_version_locations": True,
    }
    assert found.engine == {
        "sqlalchemy.url": "postgresql://me:p%40ss@host/shop",
        "sqlalchemy.echo": "false",
    }
    assert found.hooks == (
        WriteHook("black", "console_scripts", "black", "-l 79 REVISION_SCRIPT_FILENAME"),
        WriteHook("Ruff", "exec", f"{folder}/ruff"),
    )
    assert "p%40ss" not in repr(found)


def test_a_pyproject_is_read_with_its_own_kinds_of_values(folder: Path) -> None:
    found = toml(
        """
        [tool.migrate_core]
        script_location = "%(here)s/migrations"
        metadata = "shop.models:metadata"
        sqlalchemy.url = "sqlite:///100%%.db"
        version_locations = ["%(here)s/a", "b"]
        file_template = "%%(rev)s"
        lock_timeout = 5
        journal = "runs"
        compare_type = false
        [[tool.migrate_core.post_write_hooks]]
        name = "ruff"
        type = "module"
        module = "ruff"
        options = "check --fix"
        """
    )
    assert found.places == ("pyproject.toml [tool.migrate_core]",)
    assert found.script_location == f"{folder}/migrations"
    assert found.metadata == "shop.models:metadata"
    assert found.engine == {"sqlalchemy.url": "sqlite:///100%.db"}
    assert found.version_locations == (f"{folder}/a", "b")
    assert found.options == {
        "file_template": "%(rev)s",
        "lock_timeout": 5.0,
        "journal": "runs",
        "compare_type": False,
    }
    assert found.hooks == (WriteHook("ruff", "module", "ruff", "check --fix"),)


def test_every_option_is_one_that_migrations_take(folder: Path) -> None:
    said = {"TEXT": '"x"', "NUMBER": "1", "SECONDS": "1.5", "SWITCH": "true", "NAMED": "true"}
    lines = [f"{key} = {said.get(kind.name, '[]')}" for key, kind in OPTIONS.items()]
    found = toml("[tool.migrate_core]\n" + "\n".join(lines))
    assert set(found.options) == set(OPTIONS)
    engine = sa.create_engine("sqlite://")
    Migrations(folder, engine=engine, metadata=sa.MetaData(), **found.options)


def test_an_ini_goes_before_the_pyproject_key_by_key() -> None:
    Path("alembic.ini").write_text("[alembic]\nscript_location = a\n[post_write_hooks]\n")
    found = toml(
        """
        [tool.alembic]
        script_location = "b"
        timezone = "UTC"
        [[tool.alembic.post_write_hooks]]
        name = "x"
        type = "exec"
        executable = "x"
        """
    )
    assert (found.script_location, found.options["timezone"]) == ("a", "UTC")
    assert found.hooks == ()


def test_sections_and_files_of_our_own_go_before_the_others() -> None:
    ini("[migrate_core]\nscript_location = a\n[alembic]\nscript_location = b", "migrate.ini")
    assert ini("[alembic]\nscript_location = c").script_location == "a"
    assert read([Path("migrate.ini")], "alembic").script_location == "b"
    assert read([Path("alembic.ini")]).script_location == "c"


@pytest.mark.parametrize(
    ("separator", "text"),
    [
        ("", "a, b c"),
        ("path_separator = os", os.pathsep.join("abc")),
        ("path_separator = space", "a b c"),
        ("path_separator = newline", "\n  a\n  b\n  c"),
        ("path_separator = ;", "a;b;c"),
        ("version_path_separator = :", "a:b:c"),
    ],
)
def test_paths_are_parted_as_documented(separator: str, text: str) -> None:
    found = ini(f"[alembic]\n{separator}\nversion_locations = {text}\n")
    assert found.version_locations == ("a", "b", "c")


def test_an_ini_may_be_of_the_machines_own_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getpreferredencoding", lambda _=True: "latin-1")
    Path("alembic.ini").write_bytes("[alembic]\nversion_table = größe\n".encode("latin-1"))
    assert read([]).options == {"version_table": "größe"}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (
            "[alembic]\ntimezone = %(nothing)s",
            "alembic.ini, [alembic], timezone",
            "Write a percent sign as %%",
        ),
        ("[alembic]\nsqlalchemy.url = x://u:s3cr3t%@h", "sqlalchemy.url", "percent sign"),
        ("[alembic]\ntruncate_slug_length = long", "truncate_slug_length", "a whole number"),
        ("[alembic]\nsourceless = perhaps", "sourceless", "true or false"),
        ("[alembic]\npath_separator = |\nversion_locations = a", "version_locations", "one of os"),
        ("[alembic]\na = 1\na = 2", "[alembic], a", "it is there twice (line 3)"),
        ("[alembic]\n[alembic]", "[alembic]", "the section is there twice (line 2)"),
        ("url = x://u:s3cr3t@h", "alembic.ini", "before the first [section] (line 1)"),
        ("[alembic]\ns3cr3t\n", "alembic.ini", "neither a section nor a key"),
        (
            "[migrate_core]\nversion_tabel = v",
            "[migrate_core], version_tabel",
            "Did you mean version_table ",
        ),
        ("[migrate_core]\nurl = x", "url", "Did you mean sqlalchemy.url?"),
        ("[migrate_core]\nqqq = x", "qqq", "Known keys: script_location"),
        ("[alembic]\n[post_write_hooks]\nhooks = x", "[post_write_hooks], x", "has no type"),
        ("[alembic]\n[post_write_hooks]\nhooks=x\nx.type=mine", "x", "is of type 'mine'"),
        ("[alembic]\n[post_write_hooks]\nhooks=x\nx.type=exec", "x", "Add executable = NAME"),
    ],
)
def test_a_mistake_in_an_ini_is_named_without_its_value(text: str, place: str, said: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        ini(text)
    assert place in caught.value.problem
    assert said in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[tool.migrate_core]\nversion_tabel = 'v'", "version_tabel", "Did you mean version_table"),
        ("[tool.migrate_core]\nsourceless = 'yes'", "sourceless", "true or false"),
        ("[tool.migrate_core]\ntruncate_slug_length = true", "truncate_slug_length", "a whole"),
        ("[tool.alembic]\nversion_locations = 'a'", "version_locations", "a list of texts"),
        ("[tool.alembic]\nscript_location = '100%'", "script_location", "percent sign as %%"),
        ("[tool]\nalembic = 5\n[tool.alembic.x]", "", "it is no TOML (line 3)"),
        ("[tool.alembic]\ns3cr3t = =", "", "it is no TOML (line 2)"),
        ("[[tool.alembic]]", "", "it is no table"),
        ("[tool.alembic]\npost_write_hooks = 1", "post_write_hooks", "it is no list of tables"),
    ],
)
def test_a_mistake_in_a_pyproject_is_named_without_its_value(
    text: str, key: str, said: str
) -> None:
    with pytest.raises(InvalidConfig) as caught:
        toml(text)
    assert caught.value.key == key
    assert said in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_what_only_env_py_or_others_need_is_left_alone() -> None:
    assert toml("[tool.alembic]\nmine = 1\n[tool.other]\nx = 1").options == {}
    assert toml("[tool.migrate_core]\nrevision_environment = true").options == {}
    assert toml("this = is no [[ TOML, and none of ours").options == {}


@pytest.mark.parametrize(
    ("files", "section", "said"),
    [
        (["nothing.ini"], None, "cannot be read: No such file"),
        (["a/pyproject.toml"], None, "cannot be read: No such file"),
        (["a.ini", "b.ini"], None, "Two configuration files of one kind"),
        (["other.ini"], None, "Add a section [migrate_core] to it."),
        (["other.ini"], "mine", "The file has: theirs."),
        ([], "mine", "Name the file with -c"),
    ],
)
def test_what_was_named_has_to_be_there(files: list[str], section: str | None, said: str) -> None:
    Path("other.ini").write_text("[theirs]\n")
    with pytest.raises(ConfigurationError) as caught:
        read([Path(file) for file in files], section)
    assert said in str(caught.value)
