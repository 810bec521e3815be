"""A PostgreSQL table as its catalogue tells it: the statements that would make it again.

::

    Relation
    ├── RelationColumn
    ├── OwnedSequence
    └── Obstacle            what could not be made again
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """One column.

    :param sql: its name, type and all that stands at a column in CREATE TABLE.
    :param generated: whether its values are computed, so that none are copied.
    """

    name: str
    sql: str
    generated: bool


@dataclass(frozen=True, slots=True)
class OwnedSequence:
    """A sequence that belongs to a column.

    :param sql: its name with its schema, quoted.
    :param identity: whether the column is an identity, whose sequence is made and dropped with it.
    """

    schema: str
    name: str
    sql: str
    column: str
    identity: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What hangs on the table and would be lost with it.

    :param what: in PostgreSQL's own words.
    :param next_step: what the user can do about it.
    """

    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, and the statements that make again what hangs on it, each under the table's name.

    :param sql: the table's name with its schema, quoted.
    :param create: CREATE TABLE up to the opening parenthesis.
    :param storage: what stands behind the closing one.
    :param checks: constraints that stand inside.
    :param row_security: whether the table has row security, so that a copy might miss rows.
    :param settings: what has to be set before rows come in.
    :param detach: drops the foreign keys that other tables have to this one.
    :param attach: everything that follows the rows, in order.
    :param obstacles: what neither of them makes again.
    """

    schema: str
    name: str
    sql: str
    create: str
    storage: str
    columns: tuple[RelationColumn, ...]
    checks: tuple[str, ...]
    row_security: bool
    sequences: tuple[OwnedSequence, ...]
    settings: tuple[str, ...]
    detach: tuple[str, ...]
    attach: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
