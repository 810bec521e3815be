"""Columns, defaults and constraints as source."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement, TextClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine, to_instance

from migrate_core.render.source import Call, Writer, call, keywords
from migrate_core.render.types import rendered as type_source
from migrate_core.render.values import identifier, identifiers, value
from migrate_core.schema import versions

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

Rendered = str | Call | None
"""Source; None for what the project leaves out."""


def column(source: sa.Column[Any], writer: Writer, *, inline: bool = False) -> Rendered:
    """``sa.Column(...)``.

    :param inline: with the keys and flags that the column itself declares, which are not written
        where the table's constraints and indexes are operations or items of their own.
    """
    own = writer.own("column", source)
    if own is None or isinstance(own, str):
        return own
    arguments: list[str | Call] = [
        identifier(source.name, writer),
        type_source(source.type, writer),
        *generated(source, writer),
    ]
    if inline:
        arguments += _keys_in(source, writer)
    arguments += [_check(each, writer) for each in versions.checks_in(source)]
    if source.server_default is not None and source.computed is None and source.identity is None:
        arguments += _option("server_default", default(source.server_default, writer))
    if source.autoincrement not in ("auto", "ignore_fk"):
        arguments.append(f"autoincrement={source.autoincrement!r}")
    if inline and source.primary_key:
        arguments.append("primary_key=True")
    arguments.append(f"nullable={bool(source.nullable)!r}")
    if inline:
        arguments += keywords(unique=source.unique or None, index=source.index or None)
    arguments += keywords(comment=_plain(source.comment), system=source.system or None)
    return call(writer.sa("Column"), [*arguments, *options(source.dialect_kwargs, writer)])


def _keys_in(source: sa.Column[Any], writer: Writer) -> list[Call]:
    """Foreign keys that stand in the column."""
    found = []
    for key in sorted(source.foreign_keys, key=lambda key: versions.target_of(key).dotted):
        target = versions.referred(key).spelled
        said = keywords(onupdate=key.onupdate, ondelete=key.ondelete, match=key.match)
        said += [*_named(key, writer), *_timing(key), *options(key.dialect_kwargs, writer)]
        found.append(call(writer.sa("ForeignKey"), [repr(target), *said]))
    return found


def generated(source: sa.Column[Any], writer: Writer) -> list[Call]:
    """``sa.Computed(...)``, ``sa.Identity(...)`` or ``sa.Sequence(...)``, if the column has one."""
    found = []
    if source.computed is not None:
        arguments = [repr(expression(source.computed.sqltext, writer))]
        arguments += keywords(persisted=source.computed.persisted)
        found.append(call(writer.sa("Computed"), arguments))
    if source.identity is not None:
        said = [*keywords(always=source.identity.always or None), *_numbering(source.identity)]
        said += options(versions.dialect_options(source.identity), writer)
        found.append(call(writer.sa("Identity"), said))
    if isinstance(source.default, sa.Sequence):
        sequence = source.default
        said = [identifier(sequence.name, writer), *keywords(schema=_plain(sequence.schema))]
        if sequence.data_type is not None:
            said.append(f"data_type={type_source(to_instance(sequence.data_type), writer)}")
        said += [*_numbering(sequence), *keywords(optional=sequence.optional or None)]
        said += options(versions.dialect_options(sequence), writer)
        found.append(call(writer.sa("Sequence"), said))
    return found


_NUMBERING = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)


def _numbering(source: sa.Identity | sa.Sequence) -> list[str]:
    return keywords(**{name: getattr(source, name) for name in _NUMBERING})


# -- expressions -----------------------------------------------------------------------------------


def default(source: Any, writer: Writer) -> str | None:
    """A server default: a literal, a portable function, or SQL text; None to leave it out."""
    own = writer.own("server_default", source)
    if own is None or isinstance(own, str):
        return own
    argument = source.arg if isinstance(source, sa.DefaultClause) else source
    if isinstance(argument, str):
        return repr(str(argument))
    if isinstance(argument, FunctionElement) and _is_bare(argument):
        return f"{writer.sa('func')}.{argument.name}()"
    if isinstance(argument, (sa.True_, sa.False_)):
        return f"{writer.sa('true' if isinstance(argument, sa.True_) else 'false')}()"
    return text(argument, writer)


def _is_bare(function: FunctionElement[Any]) -> bool:
    """Whether ``sa.func.<name>()`` says all of it: each dialect then writes it in its own way."""
    name = str(getattr(function, "name", ""))
    plain = name.isidentifier() and not iskeyword(name) and not name.startswith("_")
    return plain and not list(function.clauses) and not getattr(function, "packagenames", ())


def text(clause: Any, writer: Writer) -> str:
    """``sa.text(...)`` that compiles to the same SQL."""
    return f"{writer.sa('text')}({expression(clause, writer)!r})"


def expression(clause: Any, writer: Writer) -> str:
    """A SQL expression as the text that ``sa.text()`` takes: colons of its own are escaped."""
    if isinstance(clause, str):
        return str(clause)
    if not isinstance(clause, TextClause):
        return versions.verbatim(sql(clause, writer)).text
    given = any(not bind.required for bind in clause._bindparams.values())
    return versions.verbatim(sql(clause, writer)).text if given else clause.text


def sql(clause: ClauseElement, writer: Writer) -> str:
    """The SQL itself, values written into it, columns without their table."""
    said: dict[str, Any] = {"literal_binds": True, "include_table": False}
    try:
        compiled = clause.compile(dialect=writer.dialect, compile_kwargs=said)
    except CompileError:
        compiled = clause.compile(compile_kwargs=said)
    return versions.unescaped_percents(compiled, str(compiled))


# -- constraints -----------------------------------------------------------------------------------

_KINDS: tuple[tuple[type[sa.Constraint], str], ...] = (
    (sa.PrimaryKeyConstraint, "primary_key"),
    (sa.ForeignKeyConstraint, "foreign_key"),
    (sa.UniqueConstraint, "unique"),
    (sa.CheckConstraint, "check"),
)
"""What ``render_item`` calls them, as documented."""


def constraint(source: sa.Constraint, writer: Writer) -> Rendered:
    """A constraint inside ``create_table``."""
    exclusion = "exclude" if versions.is_exclusion(source) else ""
    kind = next((name for of, name in _KINDS if isinstance(source, of)), exclusion)
    own = writer.own(kind, source)
    if own is None or isinstance(own, str):
        return own
    match source:
        case sa.PrimaryKeyConstraint() if not columns_of(source):
            return None
        case sa.PrimaryKeyConstraint() | sa.UniqueConstraint():
            name = "PrimaryKeyConstraint" if kind == "primary_key" else "UniqueConstraint"
            arguments = [identifier(each, writer) for each in columns_of(source)]
        case sa.ForeignKeyConstraint():
            name, arguments = "ForeignKeyConstraint", _foreign_key(source, writer)
        case sa.CheckConstraint():
            return _check(source, writer)
        case _ if versions.is_exclusion(source):
            return _exclusion(source, writer)
        case _:
            return None
    said = [*_named(source, writer), *_timing(source), *options(source.dialect_kwargs, writer)]
    return call(writer.sa(name), [*arguments, *said])


def columns_of(source: sa.PrimaryKeyConstraint | sa.UniqueConstraint) -> list[str]:
    """Names of its columns, also where it does not belong to a table yet."""
    attached = [column.name for column in source.columns]
    return attached or [
        each if isinstance(each, str) else each.name for each in versions.pending_columns(source)
    ]


def _foreign_key(source: sa.ForeignKeyConstraint, writer: Writer) -> list[str]:
    local = [
        element.parent.name if element.parent is not None else key
        for element, key in zip(source.elements, source.column_keys, strict=True)
    ]
    remote = [versions.referred(element).spelled for element in source.elements]
    said = keywords(onupdate=source.onupdate, ondelete=source.ondelete, match=source.match)
    return [identifiers(local, writer), repr(remote), *said]


def _check(source: sa.CheckConstraint, writer: Writer) -> Call:
    said = [repr(expression(source.sqltext, writer)), *_named(source, writer), *_timing(source)]
    return call(writer.sa("CheckConstraint"), [*said, *options(source.dialect_kwargs, writer)])


def _exclusion(source: ExcludeConstraint, writer: Writer) -> Call:
    writer.imports.add("from sqlalchemy.dialects import postgresql")
    arguments = elements(versions.exclusion_elements(source), writer, columns=writer.sa("column"))
    if source.where is not None:
        arguments.append(f"where={text(source.where, writer)}")
    arguments += keywords(using=source.using, ops=dict(source.ops) or None)
    arguments += [*_named(source, writer), *_timing(source)]
    return call("postgresql.ExcludeConstraint", arguments)


def elements(pairs: Any, writer: Writer, *, columns: str = "") -> list[str]:
    """Pairs of what an exclusion constraint compares and the operator it compares with.

    :param columns: the function that a column's name is given to; none where a name will do.
    """
    said = []
    for element, operator in pairs:
        if isinstance(element, str):
            name = identifier(element, writer)
            said.append(f"({f'{columns}({name})' if columns else name}, {operator!r})")
        else:
            said.append(f"({text(element, writer)}, {operator!r})")
    return said


# -- options ---------------------------------------------------------------------------------------


def options(given: Mapping[str, Any], writer: Writer) -> list[str]:
    """``postgresql_where=...`` and the like, those that are set.

    SQLAlchemy reads MySQL's ``mysql_default charset`` under a name that is no keyword, and takes it
    under one that is.
    """
    return [
        f"{key.replace(' ', '_')}={option(each, writer)}"
        for key, each in sorted(given.items())
        if each is not None and each is not False and not _is_empty(each)
    ]


def option(given: Any, writer: Writer) -> str:
    """A dialect option's value."""
    match given:
        case sa.Column():
            return identifier(given.name, writer)
        case ClauseElement():
            return text(given, writer)
        case TypeEngine() | type():
            return type_source(to_instance(given), writer)
        case list() | tuple():
            return f"[{', '.join(option(each, writer) for each in given)}]"
        case dict():
            pairs = (f"{key!r}: {option(each, writer)}" for key, each in given.items())
            return f"{{{', '.join(pairs)}}}"
    return value(given, writer)


def _is_empty(given: Any) -> bool:
    return isinstance(given, (tuple, list, dict)) and not given


def _option(key: str, source: str | None) -> list[str]:
    return [] if source is None else [f"{key}={source}"]


def _plain(text: str | None) -> str | None:
    return None if text is None else str(text)


def _named(source: sa.Constraint | sa.ForeignKey, writer: Writer) -> list[str]:
    plain = versions.plain_name(source.name)
    return [] if plain is None else [f"name={identifier(plain, writer)}"]


def _timing(source: sa.Constraint | sa.ForeignKey) -> list[str]:
    return keywords(deferrable=source.deferrable, initially=source.initially)
