"""What one configuration file says: what the two kinds of file have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from migrate_core.errors import InvalidConfig

HookType = Literal["console_scripts", "exec", "module"]

_TARGETS: Mapping[str, str] = {
    "console_scripts": "entrypoint",
    "exec": "executable",
    "module": "module",
}
"""The key that names what is run, for each type."""


@dataclass(frozen=True, slots=True)
class WriteHook:
    """A program to run on each new migration file; see :class:`migrate_core.settings.Hook`."""

    name: str
    type: HookType
    target: str
    options: str = ""
    cwd: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one section says.

    :param place: file and section, for messages.
    :param values: by key, each of its kind.
    :param hooks: None where the file does not mention any.
    """

    place: str
    values: Mapping[str, Any]
    hooks: tuple[WriteHook, ...] | None


def hook(path: Path, section: str, name: str, said: Mapping[str, str]) -> WriteHook:
    """A hook as its keys describe it.

    :raises InvalidConfig: it has no type, one that there is not, or nothing to run.
    """
    type = said.get("type", "")
    if type not in get_args(HookType):
        raise InvalidConfig(
            str(path),
            section,
            name,
            f"the hook is of type {type!r}" if type else "the hook has no type",
            f"Give it one of: type = {', '.join(get_args(HookType))}",
        )
    target = said.get(_TARGETS[type])
    if not target:
        raise InvalidConfig(
            str(path),
            section,
            name,
            f"the hook does not say what to run, in {_TARGETS[type]}",
            f"Add {_TARGETS[type]} = NAME beside its type.",
        )
    return WriteHook(
        name, cast(HookType, type), target, said.get("options", ""), said.get("cwd") or None
    )


def unreadable(path: Path, error: OSError) -> InvalidConfig:
    """The file is not there, or may not be read."""
    return InvalidConfig(
        str(path),
        "",
        "",
        f"cannot be read: {error.strerror or error}",
        f"Check it with: ls -l {path}; or name another file with -c.",
    )
