"""Plain Python values as source: what stands in rows, options and types."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import uuid
from typing import Any

from sqlalchemy.sql.elements import conv, quoted_name

from migrate_core.errors import UnsupportedOperation
from migrate_core.render.source import Writer


def value(item: Any, writer: Writer) -> str:
    """The expression that makes an equal value; a member of an enum becomes its name, a string.

    :raises UnsupportedOperation: no expression is known for this class.
    """
    match item:
        case enum.Enum():
            return repr(item.name)
        case None | bool() | bytes():
            return repr(item)
        case str():
            return repr(str(item))
        case int():
            return repr(int(item))
        case float():
            return repr(float(item)) if math.isfinite(item) else f"float({str(float(item))!r})"
        case decimal.Decimal():
            return _of_module("decimal", f"Decimal({str(item)!r})", writer)
        case uuid.UUID():
            return _of_module("uuid", f"UUID({str(item)!r})", writer)
        case datetime.date() | datetime.time() | datetime.timedelta():
            return _moment(item, writer)
        case list() | tuple() | set() | frozenset() | dict():
            return _collection(item, writer)
    raise UnsupportedOperation(
        f"a value of {type(item).__module__}.{type(item).__qualname__}",
        "Python source",
        "how it is written is not known",
        "Write this operation into the migration by hand.",
    )


def identifier(name: str | None, writer: Writer) -> str:
    """A name in the schema; one that a convention made is marked as final, so are its quotes."""
    if isinstance(name, conv):
        return f"{writer.op('f')}({str(name)!r})"
    if isinstance(name, quoted_name) and name.quote is not None:
        return f"{writer.sa('quoted_name')}({str(name)!r}, {name.quote!r})"
    return repr(None if name is None else str(name))


def identifiers(names: Any, writer: Writer) -> str:
    """Names of columns, as a list."""
    return f"[{', '.join(identifier(name, writer) for name in names)}]"


def _of_module(module: str, text: str, writer: Writer) -> str:
    writer.imports.add(f"import {module}")
    return f"{module}.{text}"


def _moment(item: Any, writer: Writer) -> str:
    """By ``repr``, which names its module; a zone of the standard library likewise."""
    writer.imports.add("import datetime")
    zone = getattr(item, "tzinfo", None)
    if zone is not None and type(zone).__module__.startswith("zoneinfo"):
        writer.imports.add("import zoneinfo")
    return repr(item)


def _collection(item: Any, writer: Writer) -> str:
    if isinstance(item, dict):
        pairs = (f"{value(key, writer)}: {value(each, writer)}" for key, each in item.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(item, (set, frozenset)):
        inner = ", ".join(sorted(value(each, writer) for each in item))
        return f"{type(item).__name__}([{inner}])"
    inner = ", ".join(value(each, writer) for each in item)
    if isinstance(item, list):
        return f"[{inner}]"
    return f"({inner},)" if len(item) == 1 else f"({inner})"
