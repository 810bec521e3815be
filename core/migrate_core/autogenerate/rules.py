"""The questions a comparison asks of its surroundings: a frozen record of what was configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrate_core.settings import IncludeObject, ObjectKind, Settings


@dataclass(frozen=True, slots=True)
class Rules:
    """How two snapshots are compared on one dialect.

    :param unique_is_index: whether a unique constraint and a unique index are one thing, as in
        MySQL and MariaDB.
    :param keys_need_index: whether an index that a foreign key goes by cannot be dropped before
        it, as in MySQL and MariaDB.
    """

    compare_type: bool
    compare_server_default: bool
    unique_is_index: bool
    keys_need_index: bool
    include_object: IncludeObject | None

    @classmethod
    def of(cls, settings: Settings, dialect_name: str) -> Rules:
        """The rules that the settings make on a dialect."""
        mysql = dialect_name in ("mysql", "mariadb")
        return cls(
            compare_type=settings.compare_type is not False,
            compare_server_default=settings.compare_server_default is not False,
            unique_is_index=mysql,
            keys_need_index=mysql,
            include_object=settings.include_object,
        )

    def wants(self, source: Any, name: str | None, kind: ObjectKind, other: Any = None) -> bool:
        """Whether a model's object takes part; ``other`` is the stored one beside it."""
        include = self.include_object
        return include is None or include(source, name, kind, False, other)

    def wants_gone(self, source: Any, name: str | None, kind: ObjectKind) -> bool:
        """Whether a stored object that no model has takes part."""
        include = self.include_object
        return include is None or include(source, name, kind, True, None)
