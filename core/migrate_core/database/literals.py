"""Values as SQL literals, for a file that the database's own client reads.

SQLAlchemy's literal processors write most of them. What they get wrong or lack is written here:

=====================  ==========================================================================
JSON                   as text, of the engine's own serializer
bytes                  as hexadecimal digits, each database in its own form
arrays                 with a cast, which an empty one needs, and items that are written here too
interval (PostgreSQL)  days and seconds apart, as drivers send them: a day is not always 24 hours
time zones (MySQL)     left out, as the driver leaves them out
NaN and infinities     where the database has them
types of one's own     as their ``process_bind_param`` sends them
any other type         as what its ``bind_processor`` makes of the value
carriage return, NUL   never as themselves: clients change line ends and stop at NUL
=====================  ==========================================================================
"""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.errors import NoLiteral, UnboundParameter
from migrate_core.schema import versions

LONGEST_SHOWN = 60  # characters of a value in a message


def script_dialect(dialect: Dialect) -> Dialect:
    """The dialect as it writes for a file: literals as above, and no percent sign doubled."""
    written: Dialect = versions.script_dialect(dialect, LiteralCompiler)
    return written


class LiteralCompiler(SQLCompiler):
    """Goes before a dialect's own compiler. Give it ``literal_binds``."""

    def render_literal_bindparam(self, bindparam: Any, *args: Any, **kw: Any) -> str:
        """
        :raises UnboundParameter: it has no value, for which SQLAlchemy would write NULL.
        """
        given = args or "render_literal_value" in kw or bindparam.key in versions.given_later(self)
        if not given:
            if bindparam.required:
                raise UnboundParameter([bindparam.key], str(self.statement))
            if bindparam.effective_value is None and not bindparam.expanding:
                return self.render_literal_value(None, bindparam.type)
        written: Any = super()
        return str(written.render_literal_bindparam(bindparam, *args, **kw))

    def render_literal_value(self, value: Any, type_: TypeEngine[Any]) -> str:
        """
        :raises NoLiteral: there is no way to write it.
        """
        return self._unbroken(self._literal(value, type_))

    def _literal(self, value: Any, type_: TypeEngine[Any]) -> str:
        own = type_.dialect_impl(self.dialect)
        if isinstance(own, TypeDecorator):
            return self._decorated(value, own)
        if isinstance(own, sa.JSON):
            return self._json(value, own)
        if value is None and not type_.should_evaluate_none:
            return "NULL"
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if isinstance(own, sa.ARRAY) and self.dialect.name == "postgresql":
            return f"{self._array(value, own.item_type)}::{self._type(own)}"
        if isinstance(value, timedelta) and self.dialect.name == "postgresql":
            return f"'{value.days} days {value.seconds}.{value.microseconds:06} seconds'::INTERVAL"
        if isinstance(value, (float, Decimal)) and not math.isfinite(value):
            return self._infinite(value, type_)
        if isinstance(value, (datetime, time)) and self.dialect.name in ("mysql", "mariadb"):
            value = value.replace(tzinfo=None)
        try:
            return super().render_literal_value(value, type_)
        except CompileError:
            return self._bound(value, own)

    def _decorated(self, value: Any, type_: TypeDecorator[Any]) -> str:
        """A type of the user's own; one with a ``bind_processor`` of its own knows best."""
        kind = type(type_)
        if kind.process_bind_param is not TypeDecorator.process_bind_param:
            return self._literal(type_.process_bind_param(value, self.dialect), type_.impl_instance)
        if kind.bind_processor is not TypeDecorator.bind_processor:
            return self._bound(value, type_)
        return self._literal(value, type_.impl_instance)

    def _bound(self, value: Any, type_: TypeEngine[Any]) -> str:
        """What the driver would be given, by its Python type."""
        try:
            process = type_.bind_processor(self.dialect)
            sent = process(value) if process else value
            if isinstance(sent, (bytes, bytearray, memoryview)):
                return self._bytes(bytes(sent))
            return super().render_literal_value(sent, sa.literal(sent).type)
        except (CompileError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            shown = repr(value)
            if len(shown) > LONGEST_SHOWN:
                shown = f"{shown[:LONGEST_SHOWN]}..."
            raise NoLiteral(shown, self._type(type_), self.dialect.name) from error

    def _bytes(self, value: bytes) -> str:
        """PostgreSQL manual 8.4.1; the others: their manuals on hexadecimal literals."""
        match self.dialect.name:
            case "postgresql":
                return f"'\\x{value.hex()}'::BYTEA"
            case "mssql":
                return f"0x{value.hex()}"
            case "oracle":
                return f"hextoraw('{value.hex()}')"
        return f"x'{value.hex()}'"

    def _json(self, value: Any, type_: sa.JSON) -> str:
        """The text that the engine's serializer makes, not the object some drivers are given."""
        plain: Any = sa.JSON
        return self._literal(plain.bind_processor(type_, self.dialect)(value), sa.String())

    def _array(self, value: Any, item: TypeEngine[Any]) -> str:
        """``ARRAY[...]``; an array of arrays is a sequence of sequences."""
        if isinstance(value, (list, tuple)):
            return f"ARRAY[{', '.join(self._array(each, item) for each in value)}]"
        return self._literal(value, item)

    def _infinite(self, value: float | Decimal, type_: TypeEngine[Any]) -> str:
        """PostgreSQL manual 8.1.3; SQLite reads what is too large for a double as infinite."""
        match self.dialect.name:
            case "postgresql":
                return f"'{float(value)}'"
            case "sqlite" if math.isnan(value):
                return "NULL"
            case "sqlite":
                return "9e999" if value > 0 else "-9e999"
        raise NoLiteral(str(value), self._type(type_), self.dialect.name)

    def _unbroken(self, literal: str) -> str:
        if "\r" not in literal and "\0" not in literal:
            return literal
        match self.dialect.name:
            case "mysql" | "mariadb":  # manual 11.1.1, "String Literals"
                return literal.replace("\r", "\\r").replace("\0", "\\0")
            case "sqlite":
                joined = literal.replace("\r", "'||char(13)||'").replace("\0", "'||char(0)||'")
                return f"({joined})"
        return literal

    def _type(self, type_: TypeEngine[Any]) -> str:
        return str(self.dialect.type_compiler_instance.process(type_))
