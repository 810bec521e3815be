"""What only a person knows about a change: the questions, and their answers as a frozen record.

Names are as a person types them: ``users``, ``users.fullname``, ``sales.users.fullname``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from migrate_core.autogenerate.renames import Candidate
from migrate_core.schema.renames import Key


@dataclass(frozen=True, slots=True)
class Answers:
    """What was decided, by name.

    :param rename: what is gone to its new name, without its table.
    :param no_rename: what is gone and to be dropped.
    :param fill: a new NOT NULL column to the value of the rows that are there.
    :param server_default: such a column to the default that it is to have.
    :param nullable: such columns as are to take NULL for now.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    no_rename: frozenset[str] = frozenset()
    fill: Mapping[str, Any] = field(default_factory=dict)
    server_default: Mapping[str, str] = field(default_factory=dict)
    nullable: frozenset[str] = frozenset()

    def __or__(self, other: Answers) -> Answers:
        return Answers(
            {**self.rename, **other.rename},
            self.no_rename | other.no_rename,
            {**self.fill, **other.fill},
            {**self.server_default, **other.server_default},
            self.nullable | other.nullable,
        )

    @property
    def required(self) -> frozenset[str]:
        """The new NOT NULL columns that they are about."""
        return frozenset({*self.fill, *self.server_default, *self.nullable})

    @property
    def flags(self) -> dict[str, str]:
        """Each answer's name and the option that gives it."""
        given = [
            *(("rename", name, f"{name}={new}") for name, new in self.rename.items()),
            *(("no-rename", name, name) for name in self.no_rename),
            *(("fill", name, f"{name}={value}") for name, value in self.fill.items()),
            *(
                ("server-default", name, f"{name}={sql}")
                for name, sql in self.server_default.items()
            ),
            *(("nullable", name, name) for name in self.nullable),
        ]
        return {name: _option(option, text) for option, name, text in given}


@dataclass(frozen=True, slots=True)
class RenameQuestion:
    """Something is gone and something like it is new.

    :param name: what is gone.
    :param table: the table that is gone or has lost a column, as it is called now.
    :param column: the column's name in the database, None where the table itself is gone.
    :param definition: it with its type.
    :param candidates: what it may have become, best first.
    :param rows: how many rows the table has, None where nobody counted.
    :param values: in how many of them the column has a value.
    """

    name: str
    table: Key
    column: str | None
    definition: str
    candidates: tuple[Candidate, ...]
    rows: int | None = None
    values: int | None = None

    @property
    def lost(self) -> str:
        """What dropping it destroys, in words."""
        if self.rows is None:
            return "its values" if self.column else "its rows"
        if self.column is None:
            return "nothing, it has no rows" if self.rows == 0 else _counted(self.rows, "row")
        if not self.values:
            return "nothing, no row has a value"
        return _counted(self.values, "value")

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The option of each answer, and what it comes to."""
        renames = [
            (_option("rename", f"{self.name}={each.name}"), said(each)) for each in self.candidates
        ]
        return (
            *renames,
            (_option("no-rename", self.name), f"drop it (destroys {self.lost})"),
        )

    @property
    def asked(self) -> str:
        """The question in words."""
        kind = "table" if self.column is None else "column"
        where = "" if self.column is None else f" of table {self.table[1]}"
        return f"{self.name}: {kind} {self.definition}{where} is gone. Was it renamed?"


@dataclass(frozen=True, slots=True)
class RequiredQuestion:
    """A new NOT NULL column without a default, in a table that has rows.

    :param suggestion: the scalar default that the model gives it, as text; None for none.
    """

    name: str
    definition: str
    suggestion: str | None = None

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The option of each answer, and what it comes to."""
        value = "VALUE" if self.suggestion is None else self.suggestion
        return (
            (
                _option("fill", f"{self.name}={value}"),
                "the rows that are there get this value, and no others",
            ),
            (
                _option("server-default", f"{self.name}={value}"),
                "these rows and those to come; say so in the model, too",
            ),
            (_option("nullable", self.name), "it takes NULL until a later migration"),
        )

    @property
    def asked(self) -> str:
        """The question in words."""
        return (
            f"{self.name}: column {self.definition} is new and has no default, and the table has "
            "rows. What do they get?"
        )


Question: TypeAlias = RenameQuestion | RequiredQuestion


def said(candidate: Candidate) -> str:
    """``full_name VARCHAR(100) NULL [likely 0.97: same words, same type]``."""
    grade = "likely" if candidate.likely else "possible"
    reasons = f": {', '.join(candidate.reasons)}" if candidate.reasons else ""
    return f"renamed to {candidate.definition} [{grade} {candidate.score:.2f}{reasons}]"


def table_name(key: Key) -> str:
    """A table as a person types it."""
    return f"{key[0]}.{key[1]}" if key[0] else key[1]


def column_name(key: Key, column: str) -> str:
    """A column as a person types it."""
    return f"{table_name(key)}.{column}"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _option(name: str, text: str) -> str:
    return f"--{name} {shlex.quote(text)}"
