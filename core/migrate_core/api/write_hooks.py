"""Python functions that are run on new migration files, beside programs.

::

    @write_hooks.register("spaces")
    def spaces(path, options): ...            [post_write_hooks]
                                              hooks = spaces
                                              spaces.type = spaces
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from migrate_core.errors import HookFailed
from migrate_core.scripts import hooks
from migrate_core.settings import Hook, HookType

REVISION_SCRIPT_TOKEN = hooks.FILE

WriteHook: TypeAlias = "Callable[[str, dict[str, Any]], object]"

# Documented as one for the process: what an env.py or a plugin registers, later files are given to.
_registered: dict[str, WriteHook] = {}


def register(name: str) -> Callable[[WriteHook], WriteHook]:
    """Let the decorated function be a type of hook.

    :param name: its ``type`` in the configuration. The function is called with the path of each new
        file, and with what the configuration says of the hook.
    """

    def decorated(function: WriteHook) -> WriteHook:
        _registered[name] = function
        return function

    return decorated


def call(type: str, path: str, *, name: str, options: Mapping[str, Any]) -> None:
    """Run a hook of some type on a file.

    :raises HookFailed: there is no such type, or the hook did not do its work.
    """
    if type in _registered:
        _registered[type](path, dict(options))
        return
    key = hooks.TARGETS.get(type)
    if key is None:
        known = ", ".join([*hooks.TARGETS, *_registered])
        raise HookFailed(name, path, f"there is no hook type {type!r}; there are: {known}")
    if not options.get(key):
        raise HookFailed(name, path, f"it does not say what to run, in {name}.{key}")
    hook = Hook(
        name,
        cast(HookType, type),
        options[key],
        options.get("options", ""),
        options.get("cwd") or None,
    )
    hooks.run([hook], Path(path))


def console_scripts(
    path: str,
    options: dict[str, Any],
    ignore_output: bool = False,
    verify_version: tuple[int, ...] | None = None,
) -> None:
    """Run the entry point that ``options`` names on the file.

    :param ignore_output: without effect: what it says is shown where it fails.
    :param verify_version: without effect.
    """
    _run("console_scripts", path, options)


def exec_(path: str, options: dict[str, Any], ignore_output: bool = False) -> None:
    """Run the executable that ``options`` names on the file; see :func:`console_scripts`."""
    _run("exec", path, options)


def module(path: str, options: dict[str, Any], ignore_output: bool = False) -> None:
    """Run the module that ``options`` names on the file; see :func:`console_scripts`."""
    _run("module", path, options)


def _run(type: str, path: str, options: Mapping[str, Any]) -> None:
    call(type, path, name=options.get("_hook_name", type), options=options)
