"""Which columns a piece of SQL names, and the same piece with some of them renamed.

==========================  ========================================================
text                        a bare name is a column
==========================  ========================================================
constraint of a table       inside parentheses, but for what another table lists
index, from its list on     anywhere
trigger, view               where the statement also names the table; ``NEW.x``, ``OLD.x``
                            and ``UPDATE OF x`` in the table's own triggers
==========================  ========================================================

A trigger or view that names the column of another table without saying whose it is counts as
naming this one: a change is refused once too often rather than once too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from migrate_core.batch.tokens import (
    Token,
    closing,
    depths,
    folded,
    joined,
    significant,
    tokens,
)
from migrate_core.schema.stored import StoredObject

_NO_ALIAS = re.compile(
    "AS|ON|USING|WHERE|JOIN|LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL|GROUP|ORDER|LIMIT|HAVING|SET|"
    "VALUES|SELECT|DEFAULT|UNION|INTERSECT|EXCEPT|WINDOW|INDEXED|NOT|BEGIN|END|FOR|WHEN"
)


def in_constraint(text: str, table: str) -> frozenset[str]:
    """The words, folded, of a constraint or clause of ``table`` that can be names of columns."""
    parts = tokens(text)
    return frozenset(folded(parts[i].name) for i in _columns(parts, table))


def in_index(sql: str) -> frozenset[str]:
    """The same of a CREATE INDEX statement, its condition included."""
    return in_constraint(f"({_index_list(sql)[1]})", "")


def renamed(text: str, table: str, names: Mapping[str, str]) -> str:
    """A constraint of ``table`` with columns renamed.

    :param names: old name, folded, to new name as it is to be written.
    """
    parts = tokens(text)
    for i in _columns(parts, table):
        new = names.get(folded(parts[i].name))
        if new is not None:
            parts[i] = Token("quoted", new)
    return joined(parts)


def renamed_index(sql: str, names: Mapping[str, str]) -> str:
    """A CREATE INDEX statement with columns renamed."""
    head, listed = _index_list(sql)
    return head + renamed(f"({listed})", "", names)[1:-1]


def index_called(sql: str, written: str) -> str:
    """A CREATE INDEX statement with another name, given as it is to be written."""
    parts = tokens(sql)
    on = next(i for i, part in enumerate(parts) if part.keyword == "ON")
    place = max(i for i in range(on) if not parts[i].blank)
    return joined([*parts[:place], Token("quoted", written), *parts[place + 1 :]])


def unqualified(text: str, table: str) -> str:
    """A constraint of ``table`` without the table's name before its columns, which says nothing."""
    parts = tokens(text)
    kept: list[Token] = []
    skip = -1
    for i, part in enumerate(parts):
        if i <= skip:
            continue
        following = parts[i + 1].text if i + 1 < len(parts) else ""
        if following == "." and part.name and folded(part.name) == folded(table):
            skip = i + 1
            continue
        kept.append(part)
    return joined(kept)


def passes_on(view: StoredObject) -> bool:
    """Whether a view shows columns without naming them (``*``)."""
    parts = significant(view.sql)
    return any(
        part.text == "*" and (before.text in {",", "."} or before.keyword in _BEFORE_STAR)
        for before, part in pairwise(parts)
    )


_BEFORE_STAR = frozenset({"SELECT", "DISTINCT", "ALL"})


def needs(item: StoredObject, column: str, relations: frozenset[str], table: str) -> bool:
    """Whether a view or trigger names ``column`` of one of ``relations``.

    :param relations: the table and the views that show its columns, folded.
    :param table: the table that the column belongs to.
    """
    parts = significant(item.sql)
    own = False
    if item.kind == "trigger":
        on = next(i for i, part in enumerate(parts) if part.keyword == "ON")
        own = folded(parts[on + 1].name) == folded(table)
        if own and folded(column) in {folded(part.name) for part in _update_of(parts[:on])}:
            return True
        parts = parts[on + 2 :]
    else:
        parts = parts[next(i for i, part in enumerate(parts) if part.keyword == "AS") + 1 :]
    known = _aliases(parts, relations) | ({"new", "old"} if own else set())
    named = any(folded(part.name) in relations for part in parts if part.name)
    return any(
        qualifier in known if qualifier else named for qualifier in _qualifiers(parts, column)
    )


def _update_of(header: list[Token]) -> list[Token]:
    of = next((i for i, part in enumerate(header) if part.keyword == "OF"), len(header))
    return [part for part in header[of + 1 :] if part.name]


def _aliases(parts: Sequence[Token], relations: frozenset[str]) -> set[str]:
    """The names under which a statement speaks of the relations, their own included."""
    found = set(relations)
    for i, part in enumerate(parts):
        if not part.name or folded(part.name) not in relations:
            continue
        rest = list(parts[i + 1 : i + 3])
        if rest and rest[0].keyword == "AS":
            rest = rest[1:]
        if rest and rest[0].name and not _NO_ALIAS.fullmatch(rest[0].keyword):
            found.add(folded(rest[0].name))
    return found


def _qualifiers(parts: Sequence[Token], column: str) -> Iterator[str]:
    """For each place where a column of that name may be meant: the qualifier, or an empty text."""
    for i, part in enumerate(parts):
        if not _is_name(part) or folded(part.name) != folded(column):
            continue
        following = parts[i + 1].text if i + 1 < len(parts) else ""
        before = parts[i - 1] if i else Token("space", "")
        if following in {"(", "."} or before.keyword == "AS":
            continue
        yield folded(parts[i - 2].name) if before.text == "." and i > 1 else ""


def _columns(parts: Sequence[Token], table: str) -> Iterator[int]:
    """The positions of column names in a constraint of ``table``."""
    meaning = [i for i, _ in depths(parts) if not parts[i].blank]
    inner = {i for i, depth in depths(parts) if depth > 0}
    foreign = _listed_elsewhere(parts, meaning, table)
    for order, i in enumerate(meaning):
        before = parts[meaning[order - 1]] if order else Token("space", "")
        following = parts[meaning[order + 1]].text if order + 1 < len(meaning) else ""
        if i not in inner or i in foreign or not _is_name(parts[i]):
            continue
        if following in {"(", "."} or before.keyword in {"COLLATE", "AS"}:
            continue
        yield i


def _listed_elsewhere(parts: Sequence[Token], meaning: list[int], table: str) -> set[int]:
    """The positions inside ``REFERENCES other (...)``: columns of another table."""
    positions: set[int] = set()
    for order, i in enumerate(meaning[:-2]):
        if parts[i].keyword != "REFERENCES":
            continue
        referred, after = parts[meaning[order + 1]], meaning[order + 2]
        if parts[after].text == "(" and folded(referred.name) != folded(table):
            positions.update(range(after, closing(parts, after)))
    return positions


def _index_list(sql: str) -> tuple[str, str]:
    """A CREATE INDEX statement up to its table, and from its list of columns on."""
    parts = tokens(sql)
    on = next(i for i, part in enumerate(parts) if part.keyword == "ON")
    start = next(i for i in range(on, len(parts)) if parts[i].text == "(")
    return joined(parts[:start]), joined(parts[start:])


def _is_name(part: Token) -> bool:
    return part.kind in {"word", "quoted"}
