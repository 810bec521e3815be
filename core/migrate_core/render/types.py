"""Types as source: ``sa.String(length=50)``, ``postgresql.JSONB()``, ``myapp.types.Money()``.

===================  =============================================================================
SQLAlchemy's         ``sa.``, or the dialect's module, which is imported; with the arguments that
                     differ from the defaults
an application's     its module, which is imported, or ``user_module_prefix``; by its own ``repr``
                     where it has one, else with the arguments that its constructor names
one that no file     the type that it stores its values as: a class inside a function, or a
could make again     constructor whose arguments the instance does not remember
===================  =============================================================================
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.render.source import Writer
from migrate_core.render.values import value
from migrate_core.schema import versions

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import DOMAIN

DIALECT_MODULE = re.compile(r"sqlalchemy\.dialects\.(\w+)")

_FAMILY = {"mariadb": "mysql"}
"""Dialects whose types are another one's."""

Arguments = dict[str, Any]


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
    dialect = DIALECT_MODULE.match(module)
    if dialect:
        writer.imports.add(f"from sqlalchemy.dialects import {dialect.group(1)}")
        if not type(type_).__repr__.__module__.startswith("sqlalchemy."):
            return f"{dialect.group(1)}.{type_!r}"  # a plugin's, which poses as the dialect's
        return f"{dialect.group(1)}.{_made(type_, writer)}"
    if module.startswith("sqlalchemy."):
        name = type(type_).__name__
        return writer.sa("" if hasattr(sa, name) else "types.") + _made(type_, writer)
    return _of_application(type_, writer)


def _made(type_: TypeEngine[Any], writer: Writer) -> str:
    """The call that makes a type of SQLAlchemy's, without its module."""
    name = type(type_).__name__
    match type_:
        case sa.ARRAY():
            arguments = [rendered(type_.item_type, writer)]
            options: Arguments = {"dimensions": type_.dimensions}
            options["as_tuple"] = type_.as_tuple or None
            options["zero_indexes"] = type_.zero_indexes or None
        case sa.Enum():
            return f"{name}({', '.join(_enum(type_))})"
        case _ if versions.is_domain(type_):
            arguments = [repr(str(type_.name)), rendered(type_.data_type, writer)]
            options = _domain(type_)
        case _:
            arguments = [repr(str(each)) for each in getattr(type_, "values", ())]
            options = _arguments(type_)
    arguments += [
        f"{key}={_argument(each, writer)}" for key, each in options.items() if each is not None
    ]
    return f"{name}({', '.join(arguments)})"


def _enum(type_: sa.Enum) -> list[str]:
    """Its labels, not the Python class they came from: a migration does not import the app."""
    arguments = [repr(str(each)) for each in type_.enums]
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
    for name in ("charset", "collation"):  # MySQL's own
        if getattr(type_, name, None) is not None:
            arguments.append(f"{name}={str(getattr(type_, name))!r}")
    return arguments


def _domain(type_: DOMAIN) -> Arguments:
    """A CHECK and a default as they were given, which is as text."""
    return {
        "schema": type_.schema,
        "collation": type_.collation,
        "default": type_.default,
        "constraint_name": type_.constraint_name,
        "not_null": type_.not_null,
        "check": type_.check,
        "create_type": None if type_.create_type else False,
    }


# -- an application's own --------------------------------------------------------------------------


def _of_application(type_: TypeEngine[Any], writer: Writer) -> str:
    made = _remade(type_, writer)
    if made is None:
        if isinstance(type_, TypeDecorator):
            return rendered(type_.impl_instance, writer)
        made = repr(type_)
    if writer.user_module_prefix is not None:
        return f"{writer.user_module_prefix}{made}"
    module = type(type_).__module__
    writer.imports.add(f"import {module}")
    return f"{module}.{made}"


def _remade(type_: TypeEngine[Any], writer: Writer) -> str | None:
    """The call that makes an application's type again, None where no call is known to."""
    kind = type(type_)
    if "<locals>" in kind.__qualname__:
        return None
    if not kind.__repr__.__module__.startswith("sqlalchemy."):
        text = versions.type_repr(type_)
        return f"{kind.__qualname__}{text.removeprefix(kind.__name__)}"
    try:
        options = _arguments(type_)
        if _written(kind(**options), writer) != _written(type_, writer):
            return None
        arguments = [f"{key}={_argument(each, writer)}" for key, each in options.items()]
    except Exception:  # whatever the application's constructor makes of its arguments
        return None
    return f"{kind.__qualname__}({', '.join(arguments)})"


def _written(type_: TypeEngine[Any], writer: Writer) -> str:
    return str(writer.dialect.type_compiler_instance.process(type_))


# -- arguments -------------------------------------------------------------------------------------


def _arguments(type_: TypeEngine[Any]) -> Arguments:
    """The constructor's arguments that the instance remembers and that are not the defaults."""
    found: Arguments = {}
    for parameter in _parameters(type_):
        name = parameter.name
        held = getattr(type_, name, parameter.default)
        if name in found or name.startswith("_") or _same(held, parameter.default):
            continue
        if parameter.default is inspect.Parameter.empty or _plain(held):
            found[name] = held
    return found


def _parameters(type_: TypeEngine[Any]) -> Iterator[inspect.Parameter]:
    """Those of the constructor, and of the ones it hands its keywords on to."""
    kinds = [kind for kind in type(type_).__mro__ if "__init__" in vars(kind)]
    if isinstance(type_, TypeDecorator):
        kinds = kinds[: kinds.index(TypeDecorator)]
        if inspect.isclass(type(type_).impl):
            kinds += [k for k in type(type_.impl_instance).__mro__ if "__init__" in vars(k)]
    for kind in kinds:
        if kind is object:
            return
        parameters = list(inspect.signature(vars(kind)["__init__"]).parameters.values())[1:]
        yield from (
            each
            for each in parameters
            if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
        )
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            return


def _same(held: Any, default: Any) -> bool:
    """Whether an argument may be left out. A flag that was never set is False or None."""
    if held is inspect.Parameter.empty:
        return True
    if isinstance(held, TypeEngine):
        return repr(held) == "Text()"  # what the types that take one have for a default
    if held is None or held is False:
        return default is None or default is False
    return bool(held == default)


def _plain(held: Any) -> bool:
    return isinstance(held, (str, int, float, bytes, tuple, list, dict, TypeEngine))


def _argument(item: Any, writer: Writer) -> str:
    if isinstance(item, TypeEngine):
        return rendered(item, writer)
    if isinstance(item, TextClause):
        return f"{writer.sa('text')}({item.text!r})"
    return value(item, writer)


def _portable(type_: TypeEngine[Any], writer: Writer) -> TypeEngine[Any]:
    """The generic type that says the same on this dialect, so that other databases know it too.

    Types that were read from a database are the dialect's own; ``as_generic`` may lose something,
    which shows in the text that the dialect writes for them.
    """
    dialect = DIALECT_MODULE.match(type(type_).__module__)
    if not dialect and not type(type_).__name__.isupper():
        return type_
    if dialect and dialect.group(1) not in (writer.dialect.name, _FAMILY.get(writer.dialect.name)):
        return type_  # what another dialect's type says, this one does not write
    if isinstance(type_, (sa.Enum, sa.ARRAY)):
        return type_
    try:
        generic = type_.as_generic()
        return generic if _written(generic, writer) == _written(type_, writer) else type_
    except (NotImplementedError, CompileError):
        return type_
