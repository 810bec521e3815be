"""How one dialect writes what is compared, and which facts it has at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.autogenerate import facts, meaning
from migrate_core.autogenerate.facts import TableKey
from migrate_core.errors import ConfigurationError
from migrate_core.schema import versions
from migrate_core.schema.type_texts import TypeTexts
from migrate_core.schema.views import Registered


class Texts:
    """The words of one dialect.

    :param unique_is_index: whether a unique constraint and a unique index are one thing there.
    """

    def __init__(
        self, dialect: Dialect, *, default_schema: str | None, unique_is_index: bool
    ) -> None:
        self.dialect = dialect
        self.default_schema = default_schema
        self.unique_is_index = unique_is_index
        self.is_mysql = dialect.name in ("mysql", "mariadb")
        self.prefixes = ("mysql_", "mariadb_") if self.is_mysql else (f"{dialect.name}_",)
        self.tells_counting = self.is_mysql or dialect.name == "postgresql"
        self.has_identity = bool(dialect.supports_identity_columns)
        self.stores_computed = dialect.name == "postgresql"
        self._has_comments = bool(dialect.supports_comments)
        self._compiler = versions.ddl_compiler(dialect)
        self._types = TypeTexts(dialect)

    def key(self, schema: str | None, name: str) -> TableKey:
        """The default schema, named or not, is one schema."""
        return (None if schema == self.default_schema else schema, name)

    def type(self, type_: TypeEngine[Any]) -> str:
        """A type, empty where the dialect cannot write it."""
        try:
            return self._types(type_)
        except CompileError:
            return ""

    def default(self, column: sa.Column[Any]) -> str | None:
        """What stands behind DEFAULT."""
        text = self._compiler.get_column_default_string(column)
        return None if text is None else versions.unescaped_percents(self._compiler, str(text))

    def sql(self, expression: Any) -> str:
        """An expression on one table, its values written out."""
        text = self._compiler.sql_compiler.process(
            expression, include_table=False, literal_binds=True
        )
        return meaning.condensed(versions.unescaped_percents(self._compiler, str(text)))

    def definition(self, said: Registered) -> str:
        """A view's SELECT: text as it is given, a construct with its values written out.

        :raises ConfigurationError: a parameter without a value, or with one that SQL cannot write.
        """
        definition = said.definition
        if isinstance(definition, str):
            return definition.strip().rstrip(";")
        open_ = [f":{each.key}" for each in _parameters(definition) if each.required]
        if open_:  # they would be compiled as NULL
            raise _unwritable(said, f"{', '.join(open_)} has no value")
        try:
            compiled = definition.compile(
                dialect=self.dialect, compile_kwargs={"literal_binds": True}
            )
        except CompileError as error:
            raise _unwritable(said, str(error)) from error
        return versions.unescaped_percents(compiled, str(compiled))

    def exclusion(self, constraint: Any) -> str:
        """An exclusion constraint without its name."""
        text = str(self._compiler.process(constraint))
        return meaning.condensed(text[text.index("EXCLUDE") :])

    def key_name(self, name: str | None) -> str | None:
        """The name of a primary key; MySQL keeps none."""
        return None if self.is_mysql else name

    def comment(self, said: str | None) -> str | None:
        """A comment; none where it is empty or the database has none."""
        return (said or None) if self._has_comments else None

    def match(self, said: str | None) -> str | None:
        """The MATCH of a foreign key; MySQL and SQLite take it and pay it no attention."""
        return said if self.dialect.name == "postgresql" else None

    def settled_uniques(
        self, uniques: list[facts.Unique], indexes: list[facts.Index]
    ) -> tuple[list[facts.Unique], list[facts.Index]]:
        """Unique indexes among the constraints, where the two are one thing."""
        if not self.unique_is_index:
            return uniques, indexes
        plain = [each for each in indexes if _is_plain_unique(each.content)]
        as_unique = [facts.Item(each.name, _as_unique(each.content), each.source) for each in plain]
        rest = [each for each in indexes if not _is_plain_unique(each.content)]
        return uniques + as_unique, rest

    @staticmethod
    def rank(item: facts.Item[Any]) -> Any:
        return (item.name or "", str(item.content) if item.name is None else "")

    @staticmethod
    def unique_rank(item: facts.Unique) -> Any:
        return (item.name or "", sorted(item.content.columns))

    @staticmethod
    def key_rank(item: facts.ForeignKey) -> Any:
        return (item.content.pairs, item.content.referred[1], item.name or "")


def _parameters(definition: sa.ClauseElement) -> Iterator[sa.BindParameter[Any]]:
    return (each for each in visitors.iterate(definition) if isinstance(each, sa.BindParameter))


def _unwritable(said: Registered, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"View {said.name} cannot be written as SQL: {reason}.",
        "Give its definition as text, or with values that SQL has literals for, and run: "
        "flask db check",
    )


def _as_unique(content: facts.IndexContent) -> facts.UniqueContent:
    return facts.UniqueContent(frozenset(element.text for element in content.elements))


def _is_plain_unique(content: facts.IndexContent) -> bool:
    return (
        content.unique
        and not content.options
        and content.where is None
        and all(e.is_column and not e.descending for e in content.elements)
    )


MAY_HOLD_ENUMS = (sa.Enum, sa.ARRAY, TypeDecorator)


def named_enums(type_: TypeEngine[Any]) -> Iterator[sa.Enum]:
    """The named native enums that a type is, or holds."""
    if isinstance(type_, TypeDecorator):
        yield from named_enums(type_.impl_instance)
    elif isinstance(type_, sa.ARRAY):
        yield from named_enums(type_.item_type)
    elif isinstance(type_, sa.Enum) and type_.native_enum and type_.name:
        yield type_
