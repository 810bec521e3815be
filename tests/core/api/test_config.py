"""The documented Config: what an ini file, a pyproject.toml and a program say together."""

from __future__ import annotations

import sys
from argparse import Namespace
from io import StringIO
from pathlib import Path

import pytest

from migrate_core.api.config import Config
from migrate_core.api.script import ScriptDirectory
from migrate_core.errors import CommandError, ConfigurationError, DirectoryMissing, InvalidConfig


@pytest.fixture
def written(tmp_path):
    """Writes `alembic.ini` and `pyproject.toml`, and makes the Config of both."""

    def write(ini=None, toml=None, **options):
        names = {}
        for key, name, text in (
            ("file_", "alembic.ini", ini),
            ("toml_file", "pyproject.toml", toml),
        ):
            if text is not None:
                (tmp_path / name).write_text(text)
                names[key] = tmp_path / name
        return Config(**names, **options)

    return write


def test_nothing_is_read_before_it_is_asked_for(written):
    config = written("this is no ini file")
    with pytest.raises(InvalidConfig, match=r"before the first \[section\]"):
        config.get_main_option("script_location")


def test_here_is_the_folder_of_the_file(written, tmp_path):
    config = written("[alembic]\nx = %(here)s/m\n", '[tool.alembic]\ny = "%(here)s/m"\n')
    assert config.get_main_option("x") == (tmp_path / "m").as_posix()
    assert config.get_alembic_option("y") == (tmp_path / "m").as_posix()
    assert Config().get_section("alembic") == {"here": "."}


def test_words_of_the_program_stand_in_both_files(written):
    config = written(
        "[alembic]\nx = %(who)s\n", '[tool.alembic]\ny = "%(who)s 100%%"\n', config_args={"who": 1}
    )
    assert (config.get_main_option("x"), config.get_alembic_option("y")) == ("1", "1 100%")


def test_an_ini_file_goes_before_a_pyproject_key_by_key(written):
    config = written("[alembic]\nx = ini\n", '[tool.alembic]\nx = "toml"\ny = "toml"\n')
    assert [config.get_alembic_option(key) for key in "xyz"] == ["ini", "toml", None]
    assert config.get_main_option("y") is None
    assert config.get_alembic_option("z", "else") == "else"


def test_another_section_inherits_from_default(written):
    config = written("[DEFAULT]\nx = all\n[one]\n[two]\nx = own\n", ini_section="two")
    assert config.get_main_option("x") == "own"
    assert config.get_section_option("one", "x") == "all"


def test_a_value_that_is_set_is_in_this_object_alone(written, tmp_path):
    config = written("[alembic]\n")
    config.set_main_option("sqlalchemy.url", "postgresql://u:p%%40x@h/d")
    config.set_section_option("new", "key", "value")
    assert config.get_main_option("sqlalchemy.url") == "postgresql://u:p%40x@h/d"
    assert config.get_section("new", {})["key"] == "value"
    config.remove_main_option("sqlalchemy.url")
    assert config.get_main_option("sqlalchemy.url", "none") == "none"
    assert (tmp_path / "alembic.ini").read_text() == "[alembic]\n"


URL = "postgresql://u:se%cret@h/d"


def test_a_single_percent_sign_in_a_file_is_refused_without_showing_the_password(written):
    config = written(f"[alembic]\nsqlalchemy.url = {URL}\n")
    with pytest.raises(InvalidConfig, match="%%") as raised:
        config.get_section("alembic")
    assert (raised.value.key, raised.value.__cause__) == ("sqlalchemy.url", None)
    assert "cret" not in str(raised.value)


def test_a_single_percent_sign_that_is_set_is_refused_without_showing_the_password(written):
    with pytest.raises(InvalidConfig, match="%%") as raised:
        Config().set_main_option("sqlalchemy.url", URL)
    assert (raised.value.key, raised.value.__cause__) == ("sqlalchemy.url", None)
    assert "cret" not in str(raised.value)


def test_a_section_that_is_missing_is_none_or_the_default_and_an_option_of_it_an_error(written):
    config = written("[alembic]\n")
    assert config.get_section("nope") is None
    assert config.get_section("nope", {"a": "b"}) == {"a": "b"}
    with pytest.raises(CommandError, match=r"\[nope\]"):
        config.get_section_option("nope", "key")


@pytest.mark.parametrize(
    ("separator", "text", "paths"),
    [
        ("os", "a:b c", ["a", "b c"]),
        ("space", "a b", ["a", "b"]),
        ("newline", "a b\n  c", ["a b", "c"]),
        (";", "a;b", ["a", "b"]),
    ],
)
def test_paths_are_parted_as_the_file_says(written, separator, text, paths):
    config = written(f"[alembic]\npath_separator = {separator}\nversion_locations = {text}\n")
    assert config.get_version_locations_list() == paths


def test_paths_without_a_separator_are_parted_as_before_with_a_warning(written):
    config = written("[alembic]\nversion_locations = a, b c\nprepend_sys_path = x:y\n")
    with pytest.warns(DeprecationWarning, match="path_separator = os"):
        assert config.get_version_locations_list() == ["a", "b", "c"]
    with pytest.warns(DeprecationWarning, match="prepend_sys_path"):
        assert config.get_prepend_sys_paths_list() == ["x", "y"]


def test_an_unknown_separator_is_refused(written):
    config = written("[alembic]\npath_separator = tab\nversion_locations = a\n")
    with pytest.raises(ConfigurationError, match="one of os, space"):
        config.get_version_locations_list()


def test_paths_of_a_pyproject_are_a_list(written):
    config = written(None, '[tool.alembic]\nversion_locations = ["%(here)s/a", "b"]\n')
    assert config.get_version_locations_list()[1] == "b"
    assert Config().get_version_locations_list() is None
    with pytest.raises(InvalidConfig, match="no list of texts"):
        written(None, '[tool.alembic]\nversion_locations = "a"\n').get_version_locations_list()


@pytest.mark.parametrize(("said", "means"), [("true", True), ("True", False), ("yes", False)])
def test_a_switch_of_an_ini_file_is_on_by_one_word(written, said, means):
    config = written(f"[alembic]\nsourceless = {said}\n")
    assert config.get_alembic_boolean_option("sourceless") is means


def test_a_switch_of_a_pyproject_is_true_or_false(written):
    config = written(None, '[tool.alembic]\na = true\nb = "true"\n')
    assert config.get_alembic_boolean_option("a") is True
    assert config.get_alembic_boolean_option("c") is False
    with pytest.raises(InvalidConfig, match="neither true nor false"):
        config.get_alembic_boolean_option("b")


def test_a_number_of_a_pyproject_is_one_and_what_no_key_has_is_refused(written):
    config = written(None, "[tool.alembic]\na = 12\nb = 1.5\n")
    assert config.get_alembic_option("a") == 12
    with pytest.raises(InvalidConfig, match="float"):
        config.get_alembic_option("b")


TOML_HOOK = (
    '[[tool.alembic.post_write_hooks]]\nname = "x"\ntype = "exec"\nexecutable = "%(here)s"\n'
)


def test_hooks_are_those_of_the_ini_file_if_it_has_the_section_even_an_empty_one(written, tmp_path):
    ini = "[post_write_hooks]\nhooks = a, b\na.type = exec\na.executable = x\nb.type = own\n"
    assert written(ini, TOML_HOOK).get_hooks_list() == [
        {"_hook_name": "a", "type": "exec", "executable": "x"},
        {"_hook_name": "b", "type": "own"},
    ]
    assert written("[post_write_hooks]\n", TOML_HOOK).get_hooks_list() == []
    assert written("[alembic]\n", TOML_HOOK).get_hooks_list() == [
        {"_hook_name": "x", "type": "exec", "executable": tmp_path.as_posix()}
    ]


def test_a_hook_without_a_type_is_refused(written):
    with pytest.raises(InvalidConfig, match="the hook has no type"):
        written("[post_write_hooks]\nhooks = a\n").get_hooks_list()


def test_attributes_are_the_config_s_own(written):
    given = {"connection": 1}
    config = Config(attributes=given)
    config.attributes["more"] = 2
    assert given == {"connection": 1}


def test_print_stdout_fills_in_only_what_is_given(written):
    out = StringIO()
    config = Config(stdout=out)
    config.print_stdout("100% of %s")
    config.print_stdout("%s of %s", 1, 2)
    assert out.getvalue() == "100% of %s\n1 of 2\n"
    quiet = Config(stdout=out, cmd_opts=Namespace(quiet=True))
    quiet.print_stdout("not said")
    assert "not said" not in out.getvalue()


def test_what_a_terminal_cannot_write_is_replaced():
    class Ascii(StringIO):
        encoding = "ascii"

    config = Config(stdout=Ascii())
    config.print_stdout("caf\u00e9")
    assert config.stdout.getvalue() == "caf?\n"


def test_a_directory_is_what_the_configuration_names(written, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", ["first"])
    (tmp_path / "m").mkdir()
    config = written(
        "[alembic]\nscript_location = %(here)s/m\npath_separator = os\nprepend_sys_path = added\n"
        "file_template = %%(rev)s\ntruncate_slug_length = 7\ntimezone = UTC\n"
    )
    script = ScriptDirectory.from_config(config)
    ScriptDirectory.from_config(config)
    assert (script.file_template, script.truncate_slug_length) == ("%(rev)s", 7)
    assert (script.timezone, Path(script.versions)) == ("UTC", tmp_path / "m/versions")
    assert sys.path == [str(Path("added").absolute()), "first"]


def test_a_directory_that_is_not_named_or_not_there_says_what_to_do(written, tmp_path):
    with pytest.raises(ConfigurationError, match=r"No 'script_location' key.*\n.*alembic init"):
        ScriptDirectory.from_config(written("[alembic]\n"))
    with pytest.raises(ConfigurationError, match=r"there is no .*nope\.ini"):
        ScriptDirectory.from_config(Config(tmp_path / "nope.ini"))
    with pytest.raises(DirectoryMissing, match="Make it: alembic init"):
        ScriptDirectory.from_config(written("[alembic]\nscript_location = %(here)s/nope\n"))


def test_a_number_that_is_none_is_refused(written, tmp_path):
    config = written("[alembic]\nscript_location = %(here)s\ntruncate_slug_length = long\n")
    with pytest.raises(ConfigurationError, match="truncate_slug_length is 'long'"):
        ScriptDirectory.from_config(config)
