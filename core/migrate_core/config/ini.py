"""An ini file: one section, and the hooks beside it.

``%(name)s`` stands for another key of the section or of ``[DEFAULT]``, ``%(here)s`` for the folder
that the file is in, ``%%`` for one percent sign (configparser's basic interpolation).
"""

from __future__ import annotations

import configparser
import locale
import os
from collections.abc import Callable, Mapping
from configparser import ConfigParser
from pathlib import Path
from types import MappingProxyType
from typing import Any

from migrate_core.config import keys
from migrate_core.config.found import Found, WriteHook, hook, unreadable
from migrate_core.errors import InvalidConfig

OWN = "migrate_core"
SECTIONS = (OWN, "alembic")

_SEPARATORS: Mapping[str, str] = MappingProxyType(
    {"os": os.pathsep, "space": r"\s+", "newline": r"\n", ":": ":", ";": ";"}
)

_UNSAID: Mapping[str, str] = MappingProxyType(
    {"version_locations": r"[,\s]+", "prepend_sys_path": r"[,:\s]+"}
)
"""What parts a key's paths where no separator is named, as documented."""

_SEPARATOR_KEYS = ("path_separator", "version_path_separator")


def read(path: Path, section: str | None) -> Found | None:
    """What a section says; None where the file has none of ours.

    :param section: its name; by default ``migrate_core`` or ``alembic``.
    :raises InvalidConfig: the file can't be read, has no such section, or says what cannot be.
    """
    parser = parsed(path)
    name = section or next((each for each in SECTIONS if parser.has_section(each)), None)
    if name is None:
        return None
    if not parser.has_section(name):
        there = ", ".join(parser.sections()) or "none"
        raise InvalidConfig(
            str(path),
            name,
            "",
            "there is no such section",
            f"Name one that there is with -n. The file has: {there}.",
        )
    if name == OWN:
        _require_known(parser, path)
    said = _texts(parser, path, name, _is_read)
    values: dict[str, Any] = {}
    for key, text in said.items():
        if key.startswith(keys.ENGINE):
            values[key] = text
        elif key in keys.KEYS and text:
            values[key] = _value(path, name, key, text, said)
    return Found(f"{path} [{name}]", values, _hooks(parser, path))


def parsed(path: Path, words: Mapping[str, str] = MappingProxyType({})) -> ConfigParser:
    """The file as it is written.

    :param words: more that ``%(name)s`` may stand for.
    :raises InvalidConfig: it can't be read, or is no ini file.
    """
    here = path.resolve().parent.as_posix().replace("%", "%%")
    parser = ConfigParser({**words, "here": here})
    try:
        parser.read_string(_decoded(path.read_bytes()), source=str(path))
    except OSError as error:
        raise unreadable(path, error) from error
    except configparser.Error as error:
        raise _malformed(path, error) from None  # its text repeats the line
    return parser


def _decoded(data: bytes) -> str:
    """UTF-8, or else what the machine writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(locale.getpreferredencoding(False), "replace")


def _malformed(path: Path, error: configparser.Error) -> InvalidConfig:
    line: int | None = getattr(error, "lineno", None)
    section, key = "", ""
    match error:
        case configparser.DuplicateOptionError():
            section, key, reason = error.section, error.option, "it is there twice"
        case configparser.DuplicateSectionError():
            section, reason = error.section, "the section is there twice"
        case configparser.MissingSectionHeaderError():
            reason = "something stands before the first [section]"
        case configparser.ParsingError():
            line = error.errors[0][0]
            reason = "this is neither a section nor a key with its value"
        case _:
            reason = "it is no ini file"
    if line is not None:
        reason += f" (line {line})"
    return InvalidConfig(
        str(path), section, key, reason, "Correct the file and run the command again."
    )


def _is_read(key: str) -> bool:
    """Whether a key is looked at: what only an env.py reads may be written in its own way."""
    return key in keys.KEYS or key.startswith(keys.ENGINE) or key in _SEPARATOR_KEYS


def _texts(
    parser: ConfigParser, path: Path, section: str, wanted: Callable[[str], bool]
) -> dict[str, str]:
    """The keys of a section that are wanted, with what ``%(name)s`` stands for."""
    found = {}
    for key in filter(wanted, parser[section]):
        try:
            found[key] = parser.get(section, key)
        except configparser.InterpolationError:
            raise InvalidConfig(
                str(path),
                section,
                key,
                "what follows a % does not stand for anything",
                "Write a percent sign as %%; %(name)s is a key of the section or of [DEFAULT].",
            ) from None  # its text repeats the value
    return found


def _require_known(parser: ConfigParser, path: Path) -> None:
    for key in keys.unknown(parser[OWN], {*parser.defaults(), *_SEPARATOR_KEYS}):
        raise InvalidConfig(str(path), OWN, key, "there is no such key", keys.near(key))


def _value(path: Path, section: str, key: str, text: str, said: Mapping[str, str]) -> Any:
    try:
        return keys.of_text(keys.KEYS[key], text, _separator(key, said))
    except ValueError as error:
        raise InvalidConfig(
            str(path), section, key, str(error), "Correct it and run the command again."
        ) from None


def paths(key: str, text: str, said: Mapping[str, str]) -> tuple[str, ...]:
    """The paths of a key.

    :param said: the section, which may name what parts them.
    :raises ValueError: what it names is none of the documented separators.
    """
    return keys.parts(text, _separator(key, said))


def _separator(key: str, said: Mapping[str, str]) -> str:
    """The pattern that parts a key's paths.

    :raises ValueError: the separator is none of the documented ones.
    """
    name = said.get("path_separator")
    if name is None and key == "version_locations":
        name = said.get("version_path_separator")
    if name is None:
        return _UNSAID.get(key, "")
    if name not in _SEPARATORS:
        raise ValueError(f"path_separator has to be one of {', '.join(_SEPARATORS)}")
    return _SEPARATORS[name]


def _hooks(parser: ConfigParser, path: Path) -> tuple[WriteHook, ...] | None:
    """The hooks of ``[post_write_hooks]``, which may be there and name none."""
    if not parser.has_section(keys.HOOKS):
        return None
    names = _texts(parser, path, keys.HOOKS, "hooks".__eq__).get("hooks", "")
    return tuple(_hook(parser, path, name) for name in keys.parts(names, r"[,\s]+"))


def _hook(parser: ConfigParser, path: Path, name: str) -> WriteHook:
    begins = f"{name.lower()}."
    said = _texts(parser, path, keys.HOOKS, lambda key: key.startswith(begins))
    own = {key.removeprefix(begins): text for key, text in said.items()}
    return hook(path, keys.HOOKS, name, own)
