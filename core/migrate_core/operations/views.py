"""Views: created, replaced, dropped. Their definition is a SELECT, as text or as a construct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.expression import Selectable

from migrate_core.operations.base import Invoker, MigrateOperation

Definition = str | TextClause | Selectable
"""What a view shows; text is sent as it is written."""


class CreateViewOp(MigrateOperation):
    """Create a view.

    :param columns: names for its columns, where they are not those of the SELECT.
    :param materialized: whether its rows are stored (PostgreSQL, Oracle).
    """

    def __init__(
        self,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        materialized: bool = False,
    ) -> None:
        self.name = name
        self.definition = definition
        self.schema = schema
        self.columns = tuple(columns or ())
        self.materialized = materialized

    def reverse(self) -> DropViewOp:
        return DropViewOp(
            self.name, schema=self.schema, materialized=self.materialized, _reverse=self
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_view", self.schema, self.name, self.definition)

    @classmethod
    def create_view(
        cls,
        operations: Invoker,
        /,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        materialized: bool = False,
    ) -> None:
        """Create a view of a SELECT, given as text or as a construct."""
        operations.invoke(
            cls(name, definition, schema=schema, columns=columns, materialized=materialized)
        )


class ReplaceViewOp(MigrateOperation):
    """Give a view another definition.

    :param existing_definition: the one it has, for the reverse.
    """

    def __init__(
        self,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        existing_definition: Definition | None = None,
        _reverse: MigrateOperation | None = None,
    ) -> None:
        self.name = name
        self.definition = definition
        self.schema = schema
        self.columns = tuple(columns or ())
        self.existing_definition = existing_definition
        self._reverse = _reverse

    def reverse(self) -> MigrateOperation:
        """What gives the view its former definition.

        :raises ValueError: it is not known.
        """
        if self._reverse is not None:
            return self._reverse
        if self.existing_definition is None:
            raise ValueError(f"what view {self.name} showed before is not known: cannot reverse")
        return ReplaceViewOp(
            self.name,
            self.existing_definition,
            schema=self.schema,
            columns=self.columns,
            existing_definition=self.definition,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("modify_view", self.schema, self.name, self.definition)

    @classmethod
    def replace_view(
        cls,
        operations: Invoker,
        /,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        existing_definition: Definition | None = None,
    ) -> None:
        """Give a view another definition; PostgreSQL lets its columns only grow in number."""
        operations.invoke(
            cls(
                name,
                definition,
                schema=schema,
                columns=columns,
                existing_definition=existing_definition,
            )
        )


class DropViewOp(MigrateOperation):
    """Drop a view."""

    def __init__(
        self,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        materialized: bool = False,
        _reverse: CreateViewOp | None = None,
    ) -> None:
        self.name = name
        self.schema = schema
        self.if_exists = if_exists
        self.materialized = materialized
        self._reverse = _reverse

    def reverse(self) -> CreateViewOp:
        """The operation that creates the view again.

        :raises ValueError: what it showed is not known.
        """
        if self._reverse is None:
            raise ValueError(f"what view {self.name} showed is not known: cannot reverse")
        return self._reverse

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_view", self.schema, self.name)

    @classmethod
    def drop_view(
        cls,
        operations: Invoker,
        /,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        materialized: bool = False,
    ) -> None:
        """Drop a view."""
        operations.invoke(cls(name, schema=schema, if_exists=if_exists, materialized=materialized))
