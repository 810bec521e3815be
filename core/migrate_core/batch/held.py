"""The constraints that a table holds, wherever they are written, and which one is meant.

``UNIQUE (a)`` among the table's constraints and ``UNIQUE`` at the column ``a`` are the same
constraint: both are found by their name, or by what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from migrate_core.batch.sqltext import Clause, ColumnDef, ConstraintDef, first_list, same_name
from migrate_core.batch.tokens import Token, closing, folded, joined, plain, significant, tokens

_KINDS = {"PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY", "REFERENCES", "NOT NULL"}


@dataclass(frozen=True, slots=True)
class Held:
    """One constraint.

    :param says: what it says, in a form that can be compared: kind, then columns, referred table
        and columns, or condition.
    :param columns: the columns it lists, as written; none for a CHECK.
    :param clause: where it is written; the very object in the table's text.
    """

    kind: str
    name: str | None
    says: tuple[object, ...]
    columns: tuple[str, ...]
    clause: Clause


def held(columns: Iterable[ColumnDef], constraints: Iterable[ConstraintDef]) -> Iterator[Held]:
    """All constraints of a table."""
    for column in columns:
        for clause in column.clauses:
            if clause.kind in _KINDS:
                yield of(clause, column.name)
    for constraint in constraints:
        yield of(constraint.clause)


def of(clause: Clause, column: str | None = None) -> Held:
    """What a clause holds.

    :param column: the column it is written at; None for one of the table's constraints.
    """
    columns = (column,) if column is not None else first_list(clause.text)
    kind = "FOREIGN KEY" if clause.kind == "REFERENCES" else clause.kind
    key = tuple(folded(name) for name in columns)
    match kind:
        case "CHECK":
            columns = ()
            says: tuple[object, ...] = (kind, plain(condition(clause.text)))
        case "PRIMARY KEY":
            says = (kind,)  # a table has one
        case "UNIQUE":
            says = (kind, frozenset(key))
        case "FOREIGN KEY":
            other, remote = referred(clause.text)
            says = (kind, key, folded(other), tuple(map(folded, remote)))
        case _:
            says = (kind, key)
    return Held(kind, clause.name, says, columns, clause)


def condition(text: str) -> str:
    """What is in the parentheses of a CHECK."""
    parts = tokens(text)
    start = next(i for i, part in enumerate(parts) if part.text == "(")
    return joined(parts[start + 1 : closing(parts, start)]).strip()


def reference(text: str) -> str:
    """A foreign key of the table from REFERENCES on, as it is written at a column."""
    parts = tokens(text)
    start = next(i for i, part in enumerate(parts) if part.keyword == "REFERENCES")
    return joined(parts[start:])


def without_name(text: str) -> str:
    """A constraint without CONSTRAINT and its name."""
    parts = tokens(text)
    meaning = [i for i, part in enumerate(parts) if not part.blank]
    named = parts[meaning[0]].keyword == "CONSTRAINT"
    return joined(parts[meaning[2] :]) if named else text


def named(all_held: Sequence[Held], name: str | None) -> list[Held]:
    """The constraints of that name."""
    return [one for one in all_held if name is not None and one.name and same_name(one.name, name)]


def referred(text: str) -> tuple[str, tuple[str, ...]]:
    """The referred table and columns, as written; no columns where the text lists none."""
    parts = significant(reference(text))
    listed: tuple[Token, ...] = tuple(parts[2:])
    columns = first_list(joined(listed)) if listed and listed[0].text == "(" else ()
    return parts[1].name, columns
