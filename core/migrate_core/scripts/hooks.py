"""What is run on a new migration file: formatters and the like, each a process of its own; or a
function that a project registered.

::

    run(hooks, path)                     one after the other, up to the first that fails

    arguments(hook, path) -> [program, argument, ...]
      console_scripts   this Python, calling the entry point
      exec              the executable
      module            this Python -m module
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from migrate_core.errors import HookFailed, MigrateError
from migrate_core.settings import Hook

FILE = "REVISION_SCRIPT_FILENAME"
"""Stands for the file in a hook's options."""

TARGETS: Mapping[str, str] = MappingProxyType(
    {"console_scripts": "entrypoint", "exec": "executable", "module": "module"}
)
"""The key that names what is run, for each type."""

_CALL = "import sys; from {module} import {root}; sys.argv[0] = {name!r}; sys.exit({attribute}())"


def run(hooks: Iterable[Hook], path: Path) -> None:
    """Run the hooks on a file.

    :raises HookFailed: one can't be started, or its exit code is not 0.
    """
    for hook in hooks:
        if hook.call is not None:
            _called(hook.call, hook, path)
            continue
        try:
            done = subprocess.run(
                arguments(hook, path),
                cwd=hook.cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            reason = f"{error.filename or hook.target}: {error.strerror}"
            raise HookFailed(hook.name, str(path), reason) from error
        if done.returncode:
            said = f"\n{done.stdout.rstrip()}" if done.stdout.strip() else ""
            raise HookFailed(hook.name, str(path), f"exit code {done.returncode}{said}")


def _called(call: Callable[[str], object], hook: Hook, path: Path) -> None:
    try:
        call(str(path))
    except MigrateError:
        raise
    except Exception as error:  # whatever a project's own function raises
        reason = f"{type(error).__name__}: {error}"
        raise HookFailed(hook.name, str(path), reason) from error


def arguments(hook: Hook, path: Path) -> list[str]:
    """What a hook's process is started with.

    :raises HookFailed: no installed package has the entry point, or the options can't be split.
    """
    try:
        options = shlex.split(hook.options, posix=os.name == "posix")
    except ValueError as error:
        reason = f"its options {hook.options!r} cannot be split: {error}"
        raise HookFailed(hook.name, str(path), reason) from error
    if not any(FILE in option for option in options):
        options = [FILE, *options]
    return [*_program(hook, path), *(option.replace(FILE, str(path)) for option in options)]


def _program(hook: Hook, path: Path) -> list[str]:
    match hook.type:
        case "exec":
            return [hook.target]
        case "module":
            return [sys.executable, "-m", hook.target]
        case "console_scripts":
            return [sys.executable, "-c", _call(hook, path)]
    raise HookFailed(hook.name, str(path), f"there is no hook type {hook.type!r}")


def _call(hook: Hook, path: Path) -> str:
    found = entry_points(group="console_scripts", name=hook.target)
    if not found:
        reason = f"no installed package has the console script {hook.target!r}"
        raise HookFailed(hook.name, str(path), reason)
    (entry, *_) = found
    return _CALL.format(
        module=entry.module,
        root=entry.attr.partition(".")[0],
        attribute=entry.attr,
        name=hook.target,
    )
