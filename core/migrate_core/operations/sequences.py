"""Sequences: created, changed, dropped."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from migrate_core.operations.base import Invoker, MigrateOperation

OPTIONS = frozenset(
    {
        "start",
        "increment",
        "minvalue",
        "maxvalue",
        "nominvalue",
        "nomaxvalue",
        "cycle",
        "cache",
        "order",
        "data_type",
    }
)
"""What SQLAlchemy's Sequence takes of a database's own options."""


class CreateSequenceOp(MigrateOperation):
    """Create a sequence.

    :param options: those of :data:`OPTIONS`, with SQLAlchemy's meaning.
    :raises TypeError: another option.
    """

    def __init__(
        self,
        name: str,
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        **options: Any,
    ) -> None:
        self.name = name
        self.schema = schema
        self.if_not_exists = if_not_exists
        self.options = _known(options)

    @classmethod
    def from_sequence(cls, sequence: sa.Sequence) -> CreateSequenceOp:
        """The operation that creates ``sequence``."""
        options = {name: getattr(sequence, name) for name in sorted(OPTIONS)}
        given = {name: value for name, value in options.items() if value is not None}
        return cls(sequence.name, schema=sequence.schema, **given)

    def to_sequence(self) -> sa.Sequence:
        """The sequence, in a MetaData of its own."""
        return sa.Sequence(self.name, schema=self.schema, metadata=sa.MetaData(), **self.options)

    def reverse(self) -> DropSequenceOp:
        return DropSequenceOp(self.name, schema=self.schema, _reverse=self)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_sequence", self.schema, self.name, dict(self.options))

    @classmethod
    def create_sequence(
        cls,
        operations: Invoker,
        /,
        name: str,
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        **options: Any,
    ) -> None:
        """Create a sequence; ``options`` are those of SQLAlchemy's Sequence, such as ``start``."""
        operations.invoke(cls(name, schema=schema, if_not_exists=if_not_exists, **options))


class AlterSequenceOp(MigrateOperation):
    """Change options of a sequence; those not given stay.

    :param restart: the next value it gives.
    :param existing: the options as they are, for the reverse.
    :param options: those of :data:`OPTIONS`.
    :raises TypeError: another option, or none at all.
    """

    def __init__(
        self,
        name: str,
        *,
        schema: str | None = None,
        restart: int | None = None,
        existing: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if not options and restart is None:
            raise TypeError(f"alter_sequence({name!r}): nothing to change is given")
        self.name = name
        self.schema = schema
        self.restart = restart
        self.existing = _known(existing or {})
        self.options = _known(options)

    def reverse(self) -> AlterSequenceOp:
        """The operation that gives the sequence its former options.

        :raises ValueError: one of them is not known, or a restart is to be undone.
        """
        unknown = sorted(set(self.options) - set(self.existing))
        if unknown or self.restart is not None:
            what = ", ".join(unknown) or "its position"
            raise ValueError(f"{what} of sequence {self.name} is not known: cannot reverse")
        return AlterSequenceOp(
            self.name, schema=self.schema, existing=self.options, **self.existing
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("modify_sequence", self.schema, self.name, dict(self.existing), dict(self.options))

    @classmethod
    def alter_sequence(
        cls,
        operations: Invoker,
        /,
        name: str,
        *,
        schema: str | None = None,
        restart: int | None = None,
        existing: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """Change options of a sequence; ``restart`` is the next value it gives."""
        operations.invoke(cls(name, schema=schema, restart=restart, existing=existing, **options))


class DropSequenceOp(MigrateOperation):
    """Drop a sequence."""

    def __init__(
        self,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateSequenceOp | None = None,
    ) -> None:
        self.name = name
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse

    def reverse(self) -> CreateSequenceOp:
        """The operation that creates the sequence again.

        :raises ValueError: its options are not known.
        """
        if self._reverse is None:
            raise ValueError(f"the options of sequence {self.name} are not known: cannot reverse")
        return self._reverse

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_sequence", self.schema, self.name)

    @classmethod
    def drop_sequence(
        cls,
        operations: Invoker,
        /,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a sequence."""
        operations.invoke(cls(name, schema=schema, if_exists=if_exists))


def _known(options: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(options) - OPTIONS)
    if unknown:
        raise TypeError(
            f"a sequence has no option {', '.join(unknown)}; it has {', '.join(sorted(OPTIONS))}"
        )
    return dict(options)
