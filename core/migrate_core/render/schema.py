"""Columns, defaults and constraints as source."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement, ColumnElement, TextClause, conv
from sqlalchemy.sql.functions import FunctionElement

from migrate_core.render.source import Call, Writer, call, keywords
from migrate_core.render.types import rendered as type_source
from migrate_core.schema import versions


def name(text: str | None) -> str:
    """A constraint's or index's name; one that a convention made is marked as final."""
    if isinstance(text, conv):
        return f"op.f({str(text)!r})"
    return repr(None if text is None else str(text))


def column(source: sa.Column[Any], writer: Writer) -> str | Call | None:
    """``sa.Column(...)``, None where the project leaves it out."""
    own = writer.own("column", source)
    if own is None or isinstance(own, str):
        return own
    arguments: list[str | Call] = [repr(str(source.name)), type_source(source.type, writer)]
    arguments += generated(source)
    if source.server_default is not None and source.computed is None and source.identity is None:
        arguments.append(f"server_default={default(source.server_default, writer)}")
    if source.autoincrement not in ("auto", "ignore_fk"):
        arguments.append(f"autoincrement={source.autoincrement!r}")
    arguments.append(f"nullable={bool(source.nullable)!r}")
    arguments += keywords(comment=source.comment)
    return call("sa.Column", arguments)


def generated(source: sa.Column[Any]) -> list[Call]:
    """``sa.Computed(...)`` or ``sa.Identity(...)``, where the column has one."""
    if source.computed is not None:
        arguments = [repr(expression(source.computed.sqltext))]
        arguments += keywords(persisted=source.computed.persisted)
        return [call("sa.Computed", arguments)]
    if source.identity is not None:
        identity = source.identity
        options = keywords(
            always=identity.always or None,
            start=identity.start,
            increment=identity.increment,
            minvalue=identity.minvalue,
            maxvalue=identity.maxvalue,
            nominvalue=identity.nominvalue,
            nomaxvalue=identity.nomaxvalue,
            cycle=identity.cycle,
            cache=identity.cache,
        )
        return [call("sa.Identity", options)]
    return []


def default(value: Any, writer: Writer) -> str:
    """A server default: a literal, a portable function, or SQL text."""
    own = writer.own("server_default", value)
    if isinstance(own, str):
        return own
    argument = value.arg if isinstance(value, sa.DefaultClause) else value
    if isinstance(argument, str):
        return repr(str(argument))
    if isinstance(argument, TextClause):
        return f"sa.text({argument.text!r})"
    if isinstance(argument, FunctionElement) and not list(argument.clauses):
        return f"sa.func.{argument.name}()"
    if isinstance(argument, (sa.True_, sa.False_)):
        return "sa.true()" if isinstance(argument, sa.True_) else "sa.false()"
    return f"sa.text({expression(argument, writer)!r})"


def expression(clause: Any, writer: Writer | None = None) -> str:
    """A SQL expression as text, values written into it, columns without their table."""
    if isinstance(clause, TextClause):
        return clause.text
    if not isinstance(clause, ClauseElement):
        return str(clause)
    options: dict[str, Any] = {"literal_binds": True, "include_table": False}
    try:
        compiled = clause.compile(
            dialect=writer.dialect if writer else None, compile_kwargs=options
        )
    except CompileError:
        compiled = clause.compile(compile_kwargs=options)
    text = str(compiled)
    return versions.unescaped_percents(compiled, text)


def constraint(source: sa.Constraint, writer: Writer) -> Call | None:
    """A constraint inside ``create_table``, None where it comes with something else."""
    match source:
        case sa.PrimaryKeyConstraint():
            if not source.columns:
                return None
            arguments = [repr(str(c.name)) for c in source.columns]
            return call("sa.PrimaryKeyConstraint", [*arguments, *_named(source)])
        case sa.ForeignKeyConstraint():
            return _foreign_key(source)
        case sa.UniqueConstraint():
            arguments = [repr(str(c.name)) for c in source.columns]
            options = [*_named(source), *_timing(source), *dialect_options(source, writer)]
            return call("sa.UniqueConstraint", [*arguments, *options])
        case sa.CheckConstraint():
            text = expression(source.sqltext, writer)
            return call("sa.CheckConstraint", [repr(text), *_named(source), *_timing(source)])
    return None


def _foreign_key(source: sa.ForeignKeyConstraint) -> Call:
    local = [
        element.parent.name if element.parent is not None else key
        for element, key in zip(source.elements, source.column_keys, strict=True)
    ]
    remote = [
        f"{e.target_fullname.rpartition('.')[0]}.{versions.referred_column(e)}"
        for e in source.elements
    ]
    options = keywords(onupdate=source.onupdate, ondelete=source.ondelete, match=source.match)
    return call(
        "sa.ForeignKeyConstraint",
        [
            repr([str(c) for c in local]),
            repr(remote),
            *_named(source),
            *options,
            *_timing(source),
        ],
    )


def dialect_options(source: Any, writer: Writer) -> list[str]:
    """``postgresql_where=...`` and the like, those that are set."""
    return [
        f"{key}={option(value, writer)}"
        for key, value in sorted(source.dialect_kwargs.items())
        if value not in (None, (), [], {}, False)
    ]


def option(value: Any, writer: Writer) -> str:
    """A dialect option's value."""
    if isinstance(value, ColumnElement | TextClause):
        return f"sa.text({expression(value, writer)!r})"
    if isinstance(value, (list, tuple)):
        names = [v.name if isinstance(v, sa.Column) else v for v in value]
        return repr(names)
    return repr(value)


def _named(source: sa.Constraint) -> list[str]:
    plain = versions.plain_name(source.name)
    return [] if plain is None else [f"name={name(plain)}"]


def _timing(source: sa.Constraint) -> list[str]:
    return keywords(deferrable=source.deferrable, initially=source.initially)
