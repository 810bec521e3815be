"""A PostgreSQL table as the statements that move its rows into a new one, columns in a new order.

::

    FKs of others off   old aside   CREATE   settings   INSERT ... SELECT   sequences   DROP old
    keys   indexes   FKs   triggers   policies   comments   grants   ANALYZE

The new table has the real name from the start, and what is made by name (keys, indexes, triggers)
comes after the old table is gone: so the server's own statements hold as they are, and each index
is built once, over all rows. A sequence of a SERIAL column is handed over; that of an identity is
part of its table (manual, "CREATE SEQUENCE", OWNED BY), so a new one goes on from its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrate_core.errors import CannotRecreate
from migrate_core.schema import names
from migrate_core.schema.relation import Relation, RelationColumn


@dataclass(frozen=True, slots=True)
class Recreation:
    """A new table in the place of the old one.

    Whoever runs it holds the table locked, and sends the statements inside one transaction.
    """

    table: str
    statements: tuple[str, ...]


def refuse(relation: Relation) -> None:
    """Nothing may be lost with the old table.

    :raises CannotRecreate: what hangs on it cannot be made again.
    """
    if relation.obstacles:
        steps = dict.fromkeys(obstacle.next_step for obstacle in relation.obstacles)
        raise CannotRecreate(
            relation.name, [obstacle.what for obstacle in relation.obstacles], "\n".join(steps)
        )


def lock(relation: Relation) -> str:
    """The statement that keeps everybody else out until the transaction ends."""
    return f"LOCK TABLE {relation.sql} IN ACCESS EXCLUSIVE MODE"


def recreation(relation: Relation, order: Sequence[str]) -> Recreation:
    """The statements for the whole table.

    :param order: its columns, each once.
    :raises CannotRecreate: what hangs on it cannot be made again.
    """
    refuse(relation)
    old = _aside(relation.schema, relation.name)
    copied = [_quoted(column.name) for column in _in_order(relation, order) if not column.generated]
    statements = (
        *relation.detach,
        *_set_aside(relation),
        _create(relation, order),
        *relation.settings,
        f"INSERT INTO {relation.sql} ({', '.join(copied)}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(copied)} FROM {old}",
        *_sequences(relation),
        f"DROP TABLE {old}",
        *relation.attach,
        f"ANALYZE {relation.sql}",
    )
    return Recreation(relation.name, statements)


def _create(relation: Relation, order: Sequence[str]) -> str:
    inside = [*(column.sql for column in _in_order(relation, order)), *relation.checks]
    return f"{relation.create} ({', '.join(inside)}){relation.storage}"


def _in_order(relation: Relation, order: Sequence[str]) -> list[RelationColumn]:
    by_name = {column.name: column for column in relation.columns}
    return [by_name[name] for name in order]


def _set_aside(relation: Relation) -> Iterator[str]:
    """Free the names that the new table and its identities need; let the copy see all rows."""
    yield (f"ALTER TABLE {relation.sql} RENAME TO {_quoted(_aside_name(relation.name))}")
    for sequence in relation.sequences:
        if sequence.identity:
            aside = _quoted(_aside_name(sequence.name))
            yield f"ALTER SEQUENCE {sequence.sql} RENAME TO {aside}"
    if relation.row_security:
        old = _aside(relation.schema, relation.name)
        yield f"ALTER TABLE {old} DISABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {old} NO FORCE ROW LEVEL SECURITY"


def _sequences(relation: Relation) -> Iterator[str]:
    """Values for identities; SERIAL's own sequences change hands before the old table goes."""
    for sequence in relation.sequences:
        if sequence.identity:
            text = sequence.sql.replace("'", "''")
            old = _aside(sequence.schema, sequence.name)
            yield f"SELECT setval('{text}', last_value, is_called) FROM {old}"
        else:
            column = _quoted(sequence.column)
            yield f"ALTER SEQUENCE {sequence.sql} OWNED BY {relation.sql}.{column}"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _aside(schema: str, name: str) -> str:
    return f"{_quoted(schema)}.{_quoted(_aside_name(name))}"


def _aside_name(name: str) -> str:
    return names.fitted(f"_migrate_old_{name}")
