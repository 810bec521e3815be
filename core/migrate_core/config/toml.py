"""``pyproject.toml``: ``[tool.migrate_core]`` or ``[tool.alembic]``, and the hooks in it.

In texts ``%(here)s`` stands for the folder that the file is in, and ``%%`` for one percent sign, as
documented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from migrate_core.config import keys
from migrate_core.config.found import Found, WriteHook, hook, unreadable
from migrate_core.errors import InvalidConfig

NAME = "pyproject.toml"
"""A file of this name is TOML, and any other is an ini file."""

OWN = "migrate_core"
TABLES = (OWN, "alembic")

_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\)s|(?P<escaped>%)|)")
_OURS = re.compile(rb"^\s*\[+\s*tool\s*\.\s*(?:migrate_core|alembic)\b", re.MULTILINE)


def read(path: Path) -> Found | None:
    """What the file says; None where it has no table of ours.

    :raises InvalidConfig: the file can't be read, or says what cannot be.
    """
    tool = _parsed(path).get("tool", {})
    name = next((each for each in TABLES if each in tool), None)
    if name is None:
        return None
    return _Table(path, f"tool.{name}").found(tool[name], strict=name == OWN)


def table(path: Path, name: str = "alembic") -> Mapping[str, Any]:
    """The table ``[tool.NAME]`` as it is written; empty where there is none.

    :raises InvalidConfig: the file can't be read, or has something else under that name.
    """
    said = _parsed(path).get("tool", {}).get(name, {})
    if not isinstance(said, dict):
        raise _Table(path, f"tool.{name}").error("", "it is no table", f"Write [tool.{name}].")
    return said


def expanded(path: Path, key: str, text: str, words: Mapping[str, str]) -> str:
    """A text of ``[tool.alembic]`` with what ``%(here)s`` and ``%%`` stand for.

    :param words: more that ``%(name)s`` may stand for.
    :raises InvalidConfig: it stands for nothing.
    """
    return _Table(path, "tool.alembic", words).text(key, text)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if _OURS.search(data) is None:  # not ours to judge, nor to spend time on
        return {}
    try:
        parsed: dict[str, Any] = _reader(path).loads(data.decode("utf-8"))
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are
        place = re.search(r"line \d+", str(error))
        raise InvalidConfig(
            str(path),
            "",
            "",
            f"it is no TOML{f' ({place[0]})' if place else ''}",
            "Correct the file and run the command again.",
        ) from None  # its text may repeat a value
    return parsed


def _reader(path: Path) -> Any:
    """The module that reads TOML: Python's own from 3.11 on."""
    for name in ("tomllib", "tomli"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise InvalidConfig(
        str(path),
        "",
        "",
        "Python 3.10 cannot read TOML by itself",
        "Install a reader: pip install 'flask-migrate-ext[toml]'; or use an ini file.",
    )


class _Table:
    """One table of the file."""

    def __init__(
        self, path: Path, name: str, words: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.path = path
        self.name = name
        self._words = {**words, "here": path.resolve().parent.as_posix()}

    def found(self, said: Any, *, strict: bool) -> Found:
        """What the table says.

        :param strict: whether a key that is not known is refused.
        """
        if not isinstance(said, dict):
            raise self.error("", "it is no table", f"Write it as [{self.name}].")
        flat = _flat(said)
        if strict:
            for key in keys.unknown(flat, {keys.HOOKS}):
                raise self.error(key, "there is no such key", keys.near(key))
        values: dict[str, Any] = {}
        for key, value in flat.items():
            if key.startswith(keys.ENGINE):
                values[key] = self.text(key, value if isinstance(value, str) else str(value))
            elif key in keys.KEYS:
                values[key] = self._value(key, value)
        return Found(f"{self.path} [{self.name}]", values, self._hooks(said.get(keys.HOOKS)))

    def _value(self, key: str, value: Any) -> Any:
        try:
            read = keys.of_value(keys.KEYS[key], value)
        except ValueError as error:
            raise self.error(key, str(error), "Correct it and run the command again.") from None
        match read:
            case str():
                return self.text(key, read)
            case tuple():
                return tuple(self.text(key, each) for each in read)
        return read

    def text(self, key: str, text: str) -> str:
        """``text`` with what ``%(name)s`` stands for."""

        def replaced(match: re.Match[str]) -> str:
            if match["escaped"]:
                return "%"
            if match["name"] not in self._words:
                raise self.error(
                    key,
                    "what follows a % does not stand for anything",
                    "Write a percent sign as %%; %(here)s is the folder of the file.",
                )
            return self._words[match["name"]]

        return _PERCENT.sub(replaced, text)

    def _hooks(self, said: Any) -> tuple[WriteHook, ...] | None:
        if said is None:
            return None
        if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
            raise self.error(
                keys.HOOKS,
                "it is no list of tables",
                f"Write each as [[{self.name}.{keys.HOOKS}]].",
            )
        found = []
        for each in said:
            texts = {key: self.text(key, str(value)) for key, value in each.items()}
            section = f"{self.name}.{keys.HOOKS}"
            found.append(hook(self.path, section, texts.get("name", ""), texts))
        return tuple(found)

    def error(self, key: str, reason: str, next_step: str) -> InvalidConfig:
        return InvalidConfig(str(self.path), self.name, key, reason, next_step)


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """The keys, with ``sqlalchemy.url = ...`` as one: to TOML it is a table within."""
    within = said.get(keys.ENGINE.rstrip("."))
    inner = within if isinstance(within, dict) else {}
    flat = {key: value for key, value in said.items() if value is not inner}
    return {**flat, **{f"{keys.ENGINE}{key}": value for key, value in inner.items()}}
