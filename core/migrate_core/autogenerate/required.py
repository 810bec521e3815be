"""NOT NULL columns for tables that have rows: what the rows get, as operations.

::

    one-off value     add_column(..., nullable=False, server_default=value)
                      alter_column(..., server_default=None)
    server default    add_column(..., nullable=False, server_default=default)
    nullable first    add_column(..., nullable=True)

A one-off value is a default that is taken away again. To fill rows through a constant default is
what a database does fastest: PostgreSQL (11 and newer), MySQL, MariaDB and SQLite write it down
once and touch no row, where an UPDATE, in batches or not, would write each of them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.autogenerate.answers import Answers, column_name
from migrate_core.errors import InvalidAnswer
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    MigrateOperation,
    ModifyTableOps,
    OpContainer,
    leaves,
)
from migrate_core.schema import versions


def required(container: OpContainer) -> list[AddColumnOp]:
    """The columns that are added and that rows which are there would have no value for."""
    return [op for op in leaves(container) if isinstance(op, AddColumnOp) and _is_required(op)]


def suggestion(column: sa.Column[Any]) -> str | None:
    """The scalar default that the model gives to new rows, as a person would type it."""
    default = column.default
    if default is None or not default.is_scalar:
        return None
    value = getattr(default, "arg", None)
    return str(getattr(value, "name", value))


def answered(
    ops: Sequence[MigrateOperation], answers: Answers, dialect: Dialect
) -> list[MigrateOperation]:
    """The operations with each required column as it was decided.

    :raises InvalidAnswer: a value that the column's type does not take.
    """
    return [each for op in ops for each in _answered(op, answers, dialect)]


def _is_required(op: AddColumnOp) -> bool:
    column = op.column
    return (
        not column.nullable
        and column.server_default is None
        and column.computed is None
        and column.identity is None
        and not column.primary_key
    )


def _answered(
    op: MigrateOperation, answers: Answers, dialect: Dialect
) -> Iterator[MigrateOperation]:
    if not isinstance(op, ModifyTableOps):
        yield op
        return
    changed: list[MigrateOperation] = []
    afterwards: list[MigrateOperation] = []
    for inner in op.ops:
        name = _name(inner)
        if not isinstance(inner, AddColumnOp) or name not in answers.required:
            changed.append(inner)
            continue
        column = versions.copied(inner.column)
        if name in answers.nullable:
            column.nullable = True
        else:
            column.server_default = _default(name, inner.column, answers, dialect)
        if name in answers.fill:
            afterwards.append(_without_default(inner, column))
        changed.append(AddColumnOp(inner.table_name, column, schema=inner.schema, **inner.kw))
    yield ModifyTableOps(op.table_name, changed, schema=op.schema)
    if afterwards:
        yield ModifyTableOps(op.table_name, afterwards, schema=op.schema)


def _name(op: MigrateOperation) -> str:
    if not isinstance(op, AddColumnOp):
        return ""
    return column_name((op.schema, op.table_name), op.column.name)


def _without_default(op: AddColumnOp, column: sa.Column[Any]) -> AlterColumnOp:
    return AlterColumnOp(
        op.table_name,
        column.name,
        schema=op.schema,
        existing_type=column.type,
        existing_nullable=False,
        existing_server_default=column.server_default,
        existing_comment=column.comment,
        modify_server_default=None,
    )


# -- values, as text and as SQL --------------------------------------------------------------------


def _default(
    name: str, column: sa.Column[Any], answers: Answers, dialect: Dialect
) -> sa.DefaultClause:
    """The default that fills the rows: a text for a column of text, for others SQL."""
    text = isinstance(_stored_type(column.type), sa.String)
    if name in answers.server_default:
        sql = answers.server_default[name]
        return sa.DefaultClause(_unquoted(sql) if text else versions.verbatim(sql))
    value = answers.fill[name]
    if text and not isinstance(column.type, sa.Enum):
        return sa.DefaultClause(_unquoted(value) if isinstance(value, str) else str(value))
    return sa.DefaultClause(versions.verbatim(_literal(name, value, column, dialect)))


def _literal(name: str, value: Any, column: sa.Column[Any], dialect: Dialect) -> str:
    type_ = _stored_type(column.type)
    try:
        if isinstance(value, str):
            value = _value(_unquoted(value), type_)
        compiled = sa.literal(value, type_).compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
    except (ValueError, ArithmeticError, LookupError, NotImplementedError, CompileError) as error:
        raise InvalidAnswer(
            f"--fill {name}={value}",
            f"{name} is {type_!r}, which does not take {value!r}",
            f"Give a value that it takes: flask db migrate --fill {name}=VALUE",
        ) from error
    return versions.unescaped_percents(compiled, str(compiled))


def _stored_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """What a user's own type is stored as."""
    return type_.impl_instance if isinstance(type_, TypeDecorator) else type_


def _value(text: str, type_: TypeEngine[Any]) -> Any:
    """What a person typed, as a value of the type.

    :raises ValueError: or another of what the conversions raise: it is none.
    """
    if isinstance(type_, sa.Enum):
        if text not in type_.enums:
            raise ValueError(text)
        return text if type_.enum_class is None else type_.enum_class[text]
    kind = type_.python_type
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    if kind in (date, datetime, time):
        return kind.fromisoformat(text)
    if kind in (dict, list):
        return json.loads(text)
    if kind is bytes:
        return text.encode()
    if kind in (int, float, Decimal, uuid.UUID):
        return kind(text)
    return text


def _unquoted(text: str) -> str:
    """``''`` and ``'it''s'`` as SQL means them: how an empty text is typed."""
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
