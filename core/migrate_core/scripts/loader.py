"""Migration files as text and as modules.

::

    content(path) -> bytes
    source(path) -> text          bytes decoded as Python decodes them (PEP 263)
    compiled(text, path) -> code
    execute(code, path) -> module
    code(path) -> code            of a source file, or of one that is compiled already
    load(path) -> module          the last two in a row
    body(module, path, "upgrade") -> function
    run_env(path)                 an env.py, from its first line to its last

Each module is made anew and never enters ``sys.modules``: two histories may hold files of the same
name. No byte code is kept either, because Python tells a changed file from its byte code by size
and whole seconds, and a migration must be the one that is on the disk.
"""

from __future__ import annotations

import ast
import io
import marshal
import os
import re
import sys
import tokenize
import traceback
from codecs import BOM_UTF8
from collections.abc import Callable
from functools import partial
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Literal, cast

from migrate_core.errors import EnvironmentFailed, InvalidScript
from migrate_core.scripts.files import COMPILED

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # the latter on Windows
_CHUNK = 65_536  # bytes read at once: nearly always the whole file
_NO_NAME = re.compile(r"\W")
_BEFORE_CODE = 16  # bytes: magic number, flags, and what names the source (PEP 552)


def content(path: str | Path) -> bytes:
    """The bytes of a migration file.

    :raises InvalidScript: it can't be opened.
    """
    try:
        # A file object costs as much as all the rest of reading, and a history is many files.
        file = os.open(path, _READ)
        try:
            parts = [os.read(file, _CHUNK)]
            while len(parts[-1]) == _CHUNK:
                parts.append(os.read(file, _CHUNK))
            return b"".join(parts)
        finally:
            os.close(file)
    except OSError as error:
        raise InvalidScript(
            str(path),
            None,
            f"the file cannot be read: {error.strerror}",
            f"Check it with: ls -l {path}",
        ) from error


def source(path: str | Path) -> str:
    """The text of a migration file.

    :raises InvalidScript: it can't be opened, or isn't in the encoding it declares.
    """
    return decoded(content(path), path)


def decoded(data: bytes, path: str | Path) -> str:
    """Python source text: UTF-8 if it has no byte order mark and no ``coding:`` line (PEP 263).

    :raises InvalidScript: the bytes are in no encoding, or in another one.
    """
    try:
        if b"coding" not in data and not data.startswith(BOM_UTF8):
            return data.decode()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(data, path, error) from error
    except SyntaxError as error:
        try:
            data.decode()
        except UnicodeDecodeError as undecodable:
            raise _not_text(data, path, undecodable) from error
        raise InvalidScript(str(path), None, f"{error.msg} (in its coding: line)") from error


def compiled(text: str | ast.Module, path: Path) -> CodeType:
    """The byte code of ``text``, or of its syntax tree, as if it stood in ``path``.

    :raises InvalidScript: it is not Python.
    """
    try:
        return compile(text, str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise not_python(error, path) from error


def code(path: Path) -> CodeType:
    """The byte code of a migration file, which has a source or is byte code itself.

    :raises InvalidScript: see :func:`source` and :func:`compiled`; or the byte code is not for
        this Python.
    """
    if path.suffix not in COMPILED:
        return compiled(source(path), path)
    data = content(path)
    if data[:4] != MAGIC_NUMBER:
        raise InvalidScript(
            str(path),
            None,
            "it is not compiled by this version of Python",
            f"Compile it again: {sys.executable} -m compileall -b {path.parent}; "
            "or restore the source.",
        )
    try:
        loaded = marshal.loads(data[_BEFORE_CODE:])
    except (EOFError, ValueError, TypeError) as error:
        raise InvalidScript(str(path), None, f"the compiled file is damaged: {error}") from error
    return cast(CodeType, loaded)


def execute(code: CodeType, path: str | Path) -> ModuleType:
    """Run byte code as the module of ``path``.

    :raises InvalidScript: it raises; the line is the deepest one of this file.
    """
    # As long as it takes to make a Path of it, the module runs.
    stem, _ = os.path.splitext(os.path.basename(path))  # noqa: PTH119, PTH122
    module = _module(_NO_NAME.sub("_", stem), path)
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        reason = f"importing it raised {type(error).__name__}: {error}"
        raise InvalidScript(str(path), _line(error, path), reason) from error
    return module


def run_env(path: Path) -> None:
    """Run an env.py as the module ``env_py``, anew each time; what it raises comes through.

    :raises InvalidScript: it is not Python.
    """
    exec(code(path), _module("env_py", path).__dict__)


def failed_in(path: Path, error: Exception) -> EnvironmentFailed:
    """What an env.py raised, as a message for people."""
    said = _said(error)
    next_step = ""
    if hasattr(error, "orig"):  # a driver's own, as SQLAlchemy passes it on
        next_step = f"Check the database that {path} connects to, and how."
    if isinstance(error, KeyError) and error.args == ("url",):  # SQLAlchemy's engine_from_config()
        said, next_step = "no database is named", "Write sqlalchemy.url = ... in its configuration."
    reason = f"{type(error).__name__}: {said}".rstrip(": ")
    if (before := _handled(error, path)) is not None:
        reason += (
            f"\n  raised while it handled what line {_line(before, path)} had raised: "
            f"{type(before).__name__}: {_said(before)}"
        )
    return EnvironmentFailed(str(path), _line(error, path), reason, next_step)


def _said(error: BaseException) -> str:
    """The first line of an error's text, and what a server hints at."""
    lines = [" ".join(line.split()) for line in str(error).splitlines() if line.strip()]
    return " ".join([*lines[:1], *(line for line in lines[1:] if line.startswith("HINT:"))])


def _handled(error: BaseException, path: Path) -> BaseException | None:
    """The first error that a file was in the middle of handling, on another line of it."""
    first, each = None, error.__cause__ or error.__context__
    while each is not None:
        if _line(each, path) not in (None, _line(error, path)):
            first = each
        each = each.__cause__ or each.__context__
    return first


def _module(name: str, path: str | Path) -> ModuleType:
    module = ModuleType(name, None)
    module.__file__ = str(path)
    return module


def _line(error: BaseException, path: str | Path) -> int | None:
    """The last line of a file that was running, counted from 1."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return lines[-1] if lines else None


def load(path: Path) -> ModuleType:
    """The migration's module, run from its file.

    :raises InvalidScript: see :func:`code` and :func:`execute`.
    """
    return execute(code(path), path)


def body(
    module: ModuleType,
    path: str | Path,
    direction: Literal["upgrade", "downgrade"],
    engine_name: str = "",
) -> Callable[[], Any]:
    """The function of a loaded migration that takes the database one step up or down.

    One that takes a name is for several databases, and gives each to a function of its own:
    ``upgrade_users()``. Where it has some and none for this database, which was added later, there
    is nothing to do; nor is there for any but the default one in a file that knows one only.

    :param engine_name: which database it is, of a history for several.
    :raises InvalidScript: there is none.
    """
    function = function_of(module, path, direction)
    if not _takes_name(function):
        return _nothing if engine_name else function
    of_each = {name for name in vars(module) if name.startswith(f"{direction}_")}
    if of_each and f"{direction}_{engine_name}" not in of_each:
        return _nothing
    return partial(function, engine_name)


def function_of(
    module: ModuleType, path: str | Path, direction: Literal["upgrade", "downgrade"]
) -> Callable[..., Any]:
    """The function of that name.

    :raises InvalidScript: there is none.
    """
    function = getattr(module, direction, None)
    if not callable(function):
        raise InvalidScript(
            str(path),
            None,
            f"it has no {direction}() function",
            f"Add one: def {direction}() -> None:",
        )
    return cast("Callable[..., Any]", function)


def _takes_name(function: Callable[..., Any]) -> bool:
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and code.co_argcount > len(function.__defaults__ or ())


def _nothing() -> None:
    """A migration that has nothing for this database."""


def not_python(error: Exception, path: Path) -> InvalidScript:
    """What the compiler said, as a typed error."""
    if not isinstance(error, SyntaxError):
        return InvalidScript(str(path), None, f"it is not Python: {error}")
    text = f": {error.text.strip()}" if error.text and error.text.strip() else ""
    return InvalidScript(str(path), error.lineno or None, f"{error.msg}{text}")


def _not_text(data: bytes, path: str | Path, error: UnicodeDecodeError) -> InvalidScript:
    return InvalidScript(
        str(path),
        data.count(b"\n", 0, error.start) + 1,
        f"byte 0x{data[error.start]:02x} is not {error.encoding}",
        "Save the file as UTF-8, or declare its encoding in the first line: # coding: latin-1",
    )
