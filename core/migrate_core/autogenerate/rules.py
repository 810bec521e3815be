"""The questions a comparison asks of its surroundings: a frozen record of what was configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrate_core.autogenerate.facts import TableFacts
from migrate_core.settings import IncludeObject, ObjectKind, Settings


@dataclass(frozen=True, slots=True)
class Rules:
    """How two snapshots are compared on one dialect.

    :param unique_is_index: whether a unique constraint and a unique index are one thing, as in
        MySQL and MariaDB.
    :param keys_need_index: whether an index that a foreign key goes by cannot be dropped before
        it, as in MySQL and MariaDB.
    :param named_types: whether enum types stand beside the tables that use them.
    :param renamed: kinds of constraint that can be given another name; ``index`` among them.
    :param shared_names: whether the tables of a schema share the names of their indexes.
    :param creates_schemas: whether a schema that tables need is made with them, and goes when they
        do: not in MySQL and MariaDB, where it is a database, and goes with all that is in it.
    :param alters_counting: whether AUTO_INCREMENT can be given and taken.
    :param replaces_views: whether a view can get another SELECT and keep what was granted on it.
    :param views_hold_types: whether a column keeps its type while a view shows it (PostgreSQL).
    """

    compare_type: bool
    compare_server_default: bool
    unique_is_index: bool
    keys_need_index: bool
    include_object: IncludeObject | None
    named_types: bool = False
    renamed: frozenset[str] = frozenset()
    shared_names: bool = False
    creates_schemas: bool = False
    alters_counting: bool = False
    replaces_views: bool = False
    views_hold_types: bool = False

    @classmethod
    def of(cls, settings: Settings, dialect_name: str) -> Rules:
        """The rules that the settings make on a dialect."""
        mysql = dialect_name in ("mysql", "mariadb")
        kinds = {"index", "unique"} if mysql else set()
        if dialect_name in ("postgresql", "sqlite"):
            kinds = {"index", "unique", "primarykey", "check", "exclude"}
        return cls(
            compare_type=settings.compare_type is not False,
            compare_server_default=settings.compare_server_default is not False,
            unique_is_index=mysql,
            keys_need_index=mysql,
            include_object=settings.include_object,
            named_types=dialect_name == "postgresql",
            renamed=frozenset(kinds),
            shared_names=not mysql,
            creates_schemas=dialect_name in ("postgresql", "mssql"),
            alters_counting=mysql,
            replaces_views=mysql or dialect_name == "postgresql",
            views_hold_types=dialect_name == "postgresql",
        )

    def wants(
        self, table: TableFacts, name: str | None, kind: ObjectKind, other: TableFacts | None = None
    ) -> bool:
        """Whether a model's table or column takes part; ``other`` is the stored table beside it."""
        if self.include_object is None:
            return True
        stored = None if other is None else _object(other, name, kind)
        return self.include_object(_object(table, name, kind), name, kind, False, stored)

    def wants_gone(self, table: TableFacts, name: str | None, kind: ObjectKind) -> bool:
        """Whether a stored table or column that no model has takes part."""
        if self.include_object is None:
            return True
        return self.include_object(_object(table, name, kind), name, kind, True, None)

    def wants_item(
        self, source: Any, name: str | None, kind: ObjectKind, *, reflected: bool, other: Any = None
    ) -> bool:
        """Whether a constraint or an index takes part."""
        include = self.include_object
        return include is None or include(source, name, kind, reflected, other)


def _object(table: TableFacts, name: str | None, kind: ObjectKind) -> Any:
    return table.column(str(name)) if kind == "column" else table.source
