"""Migration files as text and as modules.

::

    source(path) -> text          bytes decoded as Python decodes them (PEP 263)
    compiled(text, path) -> code
    execute(text, path) -> module
    load(path) -> module          the three in a row
    body(module, path, "upgrade") -> function

Each module is made anew and never enters ``sys.modules``: two histories may hold files of the same
name. No byte code is kept either, because Python tells a changed file from its byte code by size
and whole seconds, and a migration must be the one that is on the disk.
"""

from __future__ import annotations

import io
import re
import tokenize
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Literal

from migrate_core.errors import InvalidScript


def source(path: Path) -> str:
    """The text of a migration file.

    :raises InvalidScript: it can't be opened, or isn't in the encoding it declares.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidScript(
            str(path),
            None,
            f"the file cannot be read: {error.strerror}",
            f"Check it with: ls -l {path}",
        ) from error
    return decoded(data, path)


def decoded(data: bytes, path: Path) -> str:
    """Python source text: UTF-8 if it has no byte order mark and no ``coding:`` line (PEP 263).

    :raises InvalidScript: the bytes are in no encoding, or in another one.
    """
    try:
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


def compiled(text: str, path: Path) -> CodeType:
    """The byte code of ``text``, as if it stood in ``path``.

    :raises InvalidScript: it is not Python.
    """
    try:
        return compile(text, str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise not_python(error, path) from error


def execute(text: str, path: Path) -> ModuleType:
    """Run ``text`` as the module of ``path``.

    :raises InvalidScript: it is not Python, or it raises; the line is the deepest one of this file.
    """
    code = compiled(text, path)
    module = ModuleType(re.sub(r"\W", "_", path.stem), None)
    module.__file__ = str(path)
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(path)
        ]
        reason = f"importing it raised {type(error).__name__}: {error}"
        raise InvalidScript(str(path), lines[-1] if lines else None, reason) from error
    return module


def load(path: Path) -> ModuleType:
    """The migration's module, run from its file.

    :raises InvalidScript: see :func:`source` and :func:`execute`.
    """
    return execute(source(path), path)


def body(
    module: ModuleType, path: Path, direction: Literal["upgrade", "downgrade"]
) -> Callable[..., Any]:
    """The function of a loaded migration that takes the database one step up or down.

    :raises InvalidScript: there is none.
    """
    function: Callable[..., Any] | None = getattr(module, direction, None)
    if not callable(function):
        raise InvalidScript(
            str(path),
            None,
            f"it has no {direction}() function",
            f"Add one: def {direction}() -> None:",
        )
    return function


def not_python(error: Exception, path: Path) -> InvalidScript:
    """What the compiler said, as a typed error."""
    if not isinstance(error, SyntaxError):
        return InvalidScript(str(path), None, f"it is not Python: {error}")
    text = f": {error.text.strip()}" if error.text and error.text.strip() else ""
    return InvalidScript(str(path), error.lineno or None, f"{error.msg}{text}")


def _not_text(data: bytes, path: Path, error: UnicodeDecodeError) -> InvalidScript:
    return InvalidScript(
        str(path),
        data.count(b"\n", 0, error.start) + 1,
        f"byte 0x{data[error.start]:02x} is not {error.encoding}",
        "Save the file as UTF-8, or declare its encoding in the first line: # coding: latin-1",
    )
