"""Types as source: ``sa.String(length=50)``, ``postgresql.JSONB()``, ``myapp.types.Money()``."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.render.source import Writer
from migrate_core.schema import versions

DIALECT_MODULE = re.compile(r"sqlalchemy\.dialects\.(\w+)")


def rendered(type_: TypeEngine[Any], writer: Writer) -> str:
    """The expression that makes the type; its import is added to the writer."""
    own = writer.own("type", type_)
    if isinstance(own, str):
        return own
    base = _base(_portable(type_, writer), writer)
    for dialect, variant in sorted(versions.variants(type_).items()):
        base += f".with_variant({rendered(variant, writer)}, {dialect!r})"
    return base


def _base(type_: TypeEngine[Any], writer: Writer) -> str:
    module = type(type_).__module__
    text = versions.type_repr(type_)
    dialect = DIALECT_MODULE.match(module)
    if dialect:
        return _of_dialect(type_, text, dialect.group(1), writer)
    if module.startswith("sqlalchemy.") and not isinstance(type_, TypeDecorator):
        return _of_sqlalchemy(type_, text, writer)
    if writer.user_module_prefix is not None:
        return f"{writer.user_module_prefix}{text}"
    writer.imports.add(f"import {module}")
    return f"{module}.{text}"


def _of_sqlalchemy(type_: TypeEngine[Any], text: str, writer: Writer) -> str:
    if isinstance(type_, sa.ARRAY):
        return f"sa.{_array(type_, writer)}"
    if isinstance(type_, sa.Enum):
        return f"sa.{_enum(type_)}"
    return f"sa.{text}"


def _of_dialect(type_: TypeEngine[Any], text: str, dialect: str, writer: Writer) -> str:
    writer.imports.add(f"from sqlalchemy.dialects import {dialect}")
    if isinstance(type_, sa.ARRAY):
        return f"{dialect}.{_array(type_, writer)}"
    if isinstance(type_, sa.Enum) and dialect == "postgresql":
        return f"{dialect}.{_enum(type_)}"
    return f"{dialect}.{text}"


def _array(type_: sa.ARRAY[Any], writer: Writer) -> str:
    arguments = [rendered(type_.item_type, writer)]
    if type_.dimensions is not None:
        arguments.append(f"dimensions={type_.dimensions!r}")
    return f"{type(type_).__name__}({', '.join(arguments)})"


def _enum(type_: sa.Enum) -> str:
    """Its labels, not the Python class they came from: a migration does not import the app."""
    arguments = [repr(str(value)) for value in type_.enums]
    if type_.name:
        arguments.append(f"name={str(type_.name)!r}")
    if type_.schema:
        arguments.append(f"schema={str(type_.schema)!r}")
    if not type_.native_enum:
        arguments.append("native_enum=False")
        arguments.append(f"length={type_.length!r}")
    if type_.create_constraint:
        arguments.append("create_constraint=True")
    if getattr(type_, "create_type", True) is False:
        arguments.append("create_type=False")
    return f"{type(type_).__name__}({', '.join(arguments)})"


def _portable(type_: TypeEngine[Any], writer: Writer) -> TypeEngine[Any]:
    """The generic type that says the same on this dialect, so that other databases know it too.

    Types that were read from a database are the dialect's own; ``as_generic`` may lose something,
    which shows in the text that the dialect writes for them.
    """
    module = type(type_).__module__
    if not DIALECT_MODULE.match(module) and not type(type_).__name__.isupper():
        return type_
    if isinstance(type_, (sa.Enum, sa.ARRAY)):
        return type_
    write = writer.dialect.type_compiler_instance.process
    try:
        generic = type_.as_generic()
        return generic if write(generic) == write(type_) else type_
    except (NotImplementedError, CompileError):
        return type_
