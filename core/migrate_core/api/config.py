"""The documented ``Config``: an ini file, a ``pyproject.toml``, and what a program sets besides.

::

    Config("alembic.ini")
        .get_main_option(name)      the ini section, which a program may change
        .get_alembic_option(name)   the same, and behind it [tool.alembic]
        .attributes                 whatever a program hands to its env.py

Nothing is read before it is asked for.
"""

from __future__ import annotations

import configparser
import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO, TypeAlias, TypedDict, overload

from migrate_core.api import util
from migrate_core.config import ini, toml
from migrate_core.errors import ConfigurationError, InvalidConfig

HOOKS = "post_write_hooks"

PostWriteHookConfig: TypeAlias = Mapping[str, str]
"""One hook: its name as ``_hook_name``, and its keys."""

Value: TypeAlias = "str | list[str] | dict[str, str] | list[dict[str, str]] | int | None"

_STDOUT = sys.stdout

_NO_WORDS: Mapping[str, Any] = MappingProxyType({})


class MessagingOptions(TypedDict, total=False):
    """How much is said: ``quiet`` leaves out all that is not asked for."""

    quiet: bool


class Config:
    """What is configured, in files and by the program that runs a command.

    :param file_: the ini file, which need not be there.
    :param toml_file: the ``pyproject.toml``.
    :param ini_section: the main section of the ini file.
    :param output_buffer: where scripts of SQL go, by default to standard output.
    :param stdout: where results go.
    :param cmd_opts: what was said on the command line.
    :param config_args: what ``%(name)s`` stands for, besides ``%(here)s`` and a section's keys.
    :param attributes: whatever env.py is to have, such as a connection.
    """

    def __init__(
        self,
        file_: str | os.PathLike[str] | None = None,
        toml_file: str | os.PathLike[str] | None = None,
        ini_section: str = "alembic",
        output_buffer: TextIO | None = None,
        stdout: TextIO = sys.stdout,
        cmd_opts: Namespace | None = None,
        config_args: Mapping[str, Any] = _NO_WORDS,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.config_file_name: str | None = None if file_ is None else os.fspath(file_)
        self.toml_file_name: str | None = None if toml_file is None else os.fspath(toml_file)
        self.config_ini_section = ini_section
        self.output_buffer = output_buffer
        # The default is what it was when this module was imported; it may be another one by now.
        self.stdout = sys.stdout if stdout is _STDOUT else stdout
        self.cmd_opts = cmd_opts
        self.config_args = dict(config_args)
        self.attributes: dict[str, Any] = dict(attributes or {})

    @cached_property
    def messaging_opts(self) -> MessagingOptions:
        """How much is said, as the command line has it."""
        return MessagingOptions(quiet=bool(getattr(self.cmd_opts, "quiet", False)))

    @cached_property
    def file_config(self) -> configparser.ConfigParser:
        """The ini file; one with the main section alone where none was named or none is there.

        :raises InvalidConfig: it can't be read, or is no ini file.
        """
        words = {name: str(value) for name, value in self.config_args.items()}
        if self.config_file_name is None:
            parser = configparser.ConfigParser({**words, "here": "."})
            parser.add_section(self.config_ini_section)
            return parser
        path = Path(self.config_file_name)
        if path.exists():
            return ini.parsed(path, words)
        return configparser.ConfigParser({**words, "here": path.absolute().parent.as_posix()})

    @cached_property
    def toml_alembic_config(self) -> Mapping[str, Any]:
        """``[tool.alembic]`` as it is written; empty where there is none.

        :raises InvalidConfig: the file can't be read, or is no TOML.
        """
        if self.toml_file_name is None or not Path(self.toml_file_name).exists():
            return {}
        return toml.table(Path(self.toml_file_name))

    # -- what is said ----------------------------------------------------------------------------

    @overload
    def get_section(self, name: str) -> dict[str, str] | None: ...

    @overload
    def get_section(self, name: str, default: dict[str, str]) -> dict[str, str]: ...

    @overload
    def get_section(
        self, name: str, default: Mapping[str, str] | None
    ) -> Mapping[str, str] | None: ...

    def get_section(
        self, name: str, default: Mapping[str, str] | None = None
    ) -> Mapping[str, str] | None:
        """All keys of a section of the ini file, those of ``[DEFAULT]`` included.

        :param default: what to hand back where there is no such section.
        :raises InvalidConfig: a value has a ``%`` that stands for nothing.
        """
        if not self.file_config.has_section(name):
            return default
        return {key: self._text(name, key) for key in self.file_config[name]}

    def get_section_option(self, section: str, name: str, default: str | None = None) -> str | None:
        """A key of a section of the ini file.

        :raises InvalidConfig: there is no such section, or the value has a ``%`` that stands for
            nothing.
        """
        if not self.file_config.has_section(section):
            file = self.config_file_name or "alembic.ini"
            missing = not Path(file).exists()
            raise InvalidConfig(
                file,
                section,
                "",
                f"{'there is no such file' if missing else 'there is no such section'}, "
                f"and {name} is wanted from it",
                "Name the file with -c and its section with -n; or make one: alembic init FOLDER",
            )
        return self._text(section, name) if self.file_config.has_option(section, name) else default

    @overload
    def get_main_option(self, name: str, default: str) -> str: ...

    @overload
    def get_main_option(self, name: str, default: str | None = None) -> str | None: ...

    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """A key of the main section of the ini file; raises as :meth:`get_section_option`."""
        return self.get_section_option(self.config_ini_section, name, default)

    def get_alembic_option(self, name: str, default: str | None = None) -> Value:
        """A key of the main section, or else of ``[tool.alembic]``.

        :raises InvalidConfig: its value is of a kind that no key has, or stands for nothing.
        """
        if self._in_ini(name):
            return self._text(self.config_ini_section, name)
        if name not in self.toml_alembic_config:
            return default
        value = self.toml_alembic_config[name]
        if not isinstance(value, str | int | list | dict):
            kind = type(value).__name__
            raise self._in_toml(name, f"its value is a {kind}", "Write it as a text.")
        expanded: Value = self._expanded(name, value)
        return expanded

    def get_alembic_boolean_option(self, name: str) -> bool:
        """A switch: on by the word ``true`` in an ini file, by ``true`` in ``pyproject.toml``.

        :raises InvalidConfig: in ``pyproject.toml`` it is something else than true or false.
        """
        if self._in_ini(name):
            return self._text(self.config_ini_section, name) == "true"
        value = self.toml_alembic_config.get(name, False)
        if not isinstance(value, bool):
            raise self._in_toml(
                name, "it is neither true nor false", "Write true or false, without quotes."
            )
        return value

    def set_main_option(self, name: str, value: str) -> None:
        """Give a key of the main section a value, in this object alone.

        :param value: with ``%%`` for a percent sign.
        :raises InvalidConfig: it has a ``%`` that stands for nothing.
        """
        self.set_section_option(self.config_ini_section, name, value)

    def remove_main_option(self, name: str) -> None:
        """Forget a key of the main section, in this object alone."""
        self.file_config.remove_option(self.config_ini_section, name)

    def set_section_option(self, section: str, name: str, value: str) -> None:
        """Give a key of a section a value, in this object alone; raises as
        :meth:`set_main_option`."""
        if not self.file_config.has_section(section):
            self.file_config.add_section(section)
        try:
            self.file_config.set(section, name, value)
        except ValueError:
            raise self._percent(section, name) from None  # its text repeats the value

    # -- lists -----------------------------------------------------------------------------------

    def get_version_locations_list(self) -> list[str] | None:
        """The folders of ``version_locations``; None where the key is not there."""
        return self._paths("version_locations")

    def get_prepend_sys_paths_list(self) -> list[str] | None:
        """The folders of ``prepend_sys_path``; None where the key is not there."""
        return self._paths("prepend_sys_path")

    def get_hooks_list(self) -> list[PostWriteHookConfig]:
        """What is run on new files. A section of the ini file, even an empty one, goes before the
        tables of ``pyproject.toml``.

        :raises InvalidConfig: a hook has no type.
        """
        if (section := self.get_section(HOOKS)) is None:
            said = self._expanded(HOOKS, self.toml_alembic_config.get(HOOKS, []))
            hooks = [{"_hook_name": each.pop("name", ""), **each} for each in said]
        else:
            hooks = [
                {
                    "_hook_name": name,
                    **{
                        key.removeprefix(f"{name.lower()}."): value
                        for key, value in section.items()
                        if key.startswith(f"{name.lower()}.")
                    },
                }
                for name in section.get("hooks", "").replace(",", " ").split()
            ]
        for hook in hooks:
            if "type" not in hook:
                raise InvalidConfig(
                    self.config_file_name or self.toml_file_name or "",
                    HOOKS,
                    hook["_hook_name"],
                    "the hook has no type",
                    "Give it one of: type = console_scripts, exec, module; "
                    "or the name of one that write_hooks.register() has.",
                )
        return list(hooks)

    def get_template_directory(self) -> str:
        """The folder that holds the templates of ``init``, a folder for each."""
        return str(Path(__file__).parents[1] / "templates")

    def print_stdout(self, text: str, *arg: Any) -> None:
        """Write a line of results, unless all is to be quiet.

        :param arg: what the ``%`` in ``text`` stand for; without any it is written as it is.
        """
        said = str(text) % arg if arg else str(text)
        util.write_outstream(self.stdout, said, "\n", **self.messaging_opts)

    # -- within ----------------------------------------------------------------------------------

    def _in_ini(self, name: str) -> bool:
        parser, section = self.file_config, self.config_ini_section
        return parser.has_section(section) and parser.has_option(section, name)

    def _text(self, section: str, name: str) -> str:
        try:
            return self.file_config.get(section, name)
        except configparser.InterpolationError:
            raise self._percent(section, name) from None  # its text repeats the value

    def _percent(self, section: str, name: str) -> InvalidConfig:
        return InvalidConfig(
            self.config_file_name or "Config",
            section,
            name,
            "what follows a % does not stand for anything",
            "Write a percent sign as %%, also in set_main_option(): value.replace('%', '%%').",
        )

    def _expanded(self, name: str, value: Any) -> Any:
        """A value of ``pyproject.toml`` with what ``%(name)s`` stands for."""
        match value:
            case str():
                words = {key: str(word) for key, word in self.config_args.items()}
                return toml.expanded(Path(self.toml_file_name or toml.NAME), name, value, words)
            case list():
                return [self._expanded(name, each) for each in value]
            case dict():
                return {key: self._expanded(name, each) for key, each in value.items()}
        return value

    def _in_toml(self, name: str, reason: str, next_step: str) -> InvalidConfig:
        return InvalidConfig(
            self.toml_file_name or toml.NAME, "tool.alembic", name, reason, next_step
        )

    def _paths(self, name: str) -> list[str] | None:
        if not self._in_ini(name):
            said = self.toml_alembic_config.get(name)
            if said is None or (
                isinstance(said, list) and all(isinstance(each, str) for each in said)
            ):
                return said and [self._expanded(name, each) for each in said]
            raise self._in_toml(name, "it is no list of texts", 'Write it as ["FOLDER"].')
        wanted = (name, "path_separator", "version_path_separator")
        section = {
            key: self._text(self.config_ini_section, key) for key in wanted if self._in_ini(key)
        }
        if len(section) == 1:
            warnings.warn(
                f"{self.config_file_name or 'Config'}, [{self.config_ini_section}]: {name} is "
                "parted at spaces and commas, because no path_separator is there. "
                "Add: path_separator = os",
                DeprecationWarning,
                stacklevel=3,
            )
        try:
            return list(ini.paths(name, section[name], section))
        except ValueError as error:
            raise ConfigurationError(
                f"{self.config_file_name or 'Config'}, [{self.config_ini_section}]: {error}.",
                "Correct it and run the command again.",
            ) from None
