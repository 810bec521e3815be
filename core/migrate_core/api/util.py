"""The documented helpers that env.py files, plugins and write hooks use."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO, TypeVar

import sqlalchemy as sa
from sqlalchemy.util import (
    EMPTY_DICT,
    asbool,
    immutabledict,
    memoized_property,
    to_list,
    unique_list,
)

from migrate_core.schema import versions
from migrate_core.scripts import loader, names

__all__ = [
    "EMPTY_DICT",
    "asbool",
    "coerce_resource_to_filename",
    "dedupe_tuple",
    "err",
    "format_as_comma",
    "immutabledict",
    "load_python_file",
    "memoized_property",
    "msg",
    "not_none",
    "obfuscate_url_pw",
    "pyc_file_from_path",
    "rev_id",
    "sqla_2_1",
    "status",
    "template_to_file",
    "to_list",
    "to_tuple",
    "unique_list",
    "warn",
    "warn_deprecated",
    "write_outstream",
]

Value = TypeVar("Value")

sqla_2_1 = versions.at_least(2, 1)

rev_id = names.new_id


def to_tuple(x: Any, default: tuple[Any, ...] | None = None) -> tuple[Any, ...] | None:
    """What is in ``x``; a string and whatever is no collection by itself, ``default`` for None."""
    if x is None:
        return default
    if isinstance(x, str) or not isinstance(x, Iterable):
        return (x,)
    return tuple(x)


def dedupe_tuple(tup: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, where it stood first."""
    return tuple(dict.fromkeys(tup))


def not_none(value: Value | None) -> Value:
    """``value``, which the caller knows to be there."""
    assert value is not None
    return value


def format_as_comma(value: str | Iterable[str] | None) -> str:
    """Names as one text; None is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)


# -- files ---------------------------------------------------------------------------------------


def coerce_resource_to_filename(fname_or_resource: str) -> Path:
    """A path as it is, and ``package:folder`` as the folder inside of that package."""
    if Path(fname_or_resource).is_absolute() or ":" not in fname_or_resource:
        return Path(fname_or_resource)
    package, *parts = fname_or_resource.split(":")
    return Path(str(files(package).joinpath(*parts)))


def load_python_file(dir_: str | os.PathLike[str], filename: str | os.PathLike[str]) -> ModuleType:
    """Run a Python file; the module does not enter ``sys.modules``.

    :raises InvalidScript: it cannot be read or compiled.
    """
    return loader.load(Path(dir_) / filename)


def pyc_file_from_path(path: str | os.PathLike[str]) -> Path | None:
    """The byte code that stands for a source file, None where there is none."""
    source = Path(path)
    beside = (source.with_suffix(suffix) for suffix in (".pyc", ".pyo"))
    return next((each for each in (Path(cache_from_source(path)), *beside) if each.exists()), None)


def template_to_file(
    template_file: str | os.PathLike[str],
    dest: str | os.PathLike[str],
    output_encoding: str,
    *,
    append_with_newlines: bool = False,
    **kw: Any,
) -> None:
    """Write what a Mako template makes of ``kw``.

    :param append_with_newlines: whether it goes to the end of the file, after two newlines.
    """
    from mako.template import Template

    text = Template(filename=os.fspath(template_file)).render_unicode(**kw)
    with Path(dest).open("a" if append_with_newlines else "w", encoding=output_encoding) as file:
        file.write(f"\n\n{text}" if append_with_newlines else text)


# -- messages ------------------------------------------------------------------------------------


def write_outstream(stream: TextIO, *text: str | bytes, quiet: bool = False) -> None:
    """Write to a stream what it can hold; what it cannot is replaced. A closed pipe is no error."""
    if quiet:
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    for each in text:
        line = each.decode(encoding, "replace") if isinstance(each, bytes) else each
        try:
            stream.write(line.encode(encoding, "replace").decode(encoding))
        except OSError:
            return


def msg(msg: str, newline: bool = True, flush: bool = False, quiet: bool = False) -> None:
    """Say something on the terminal."""
    write_outstream(sys.stdout, f"  {msg}", "\n" if newline else "", quiet=quiet)
    if flush and not quiet:
        sys.stdout.flush()


@contextmanager
def status(status_msg: str, newline: bool = False, quiet: bool = False) -> Iterator[None]:
    """Say what is being done, and then whether it was."""
    msg(f"{status_msg} ...", newline, flush=True, quiet=quiet)
    try:
        yield
    except BaseException:
        write_outstream(sys.stdout, "  FAILED\n", quiet=quiet)
        raise
    write_outstream(sys.stdout, "  done\n", quiet=quiet)


def err(message: str, quiet: bool = False) -> None:
    """Say what failed, and end the process with the documented exit code."""
    msg(f"FAILED: {message}", quiet=quiet)
    sys.exit(-1)


def warn(msg: str, stacklevel: int = 2) -> None:
    """Warn about something that works, but hardly as it is meant."""
    warnings.warn(msg, UserWarning, stacklevel=stacklevel)


def warn_deprecated(msg: str, stacklevel: int = 2) -> None:
    """Warn about something that there is a newer way for."""
    warnings.warn(msg, DeprecationWarning, stacklevel=stacklevel)


def obfuscate_url_pw(input_url: str) -> str:
    """A database URL that can be shown: its password is three asterisks."""
    return sa.make_url(input_url).render_as_string(hide_password=True)
