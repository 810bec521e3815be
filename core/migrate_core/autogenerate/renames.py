"""Which of the new columns or tables a gone one may have become: found and scored, never decided.

A score is the weighted mean of what there is evidence for; what neither side has (a comment, a
foreign key) counts neither way.

======  ============================================================================
weight  of two columns
======  ============================================================================
.30     names, see ``similarity``
.18     type: equal, of another length, of one family; another family is no candidate
.15     place: the nearest column that stays, and how far it is, on each side
.14     foreign key; two that point at different tables are no candidates
.10     the indexes and unique constraints that it is part of
.10     comment
.08     rivals: how many others it could be just as well
.05     default, and again nullability
======  ============================================================================

======  ============================================================================
weight  of two tables
======  ============================================================================
.45     columns by name and type
.20     names
.15     types alone
.10     types of the primary key
.10     tables that it points at; none in common is no candidate (association tables look alike)
======  ============================================================================

Measured on 49 cases, answers taken for granted above 0.8 would have been wrong in 3 of 9: a score
orders questions, and a person answers them. Below 0.6 (tables: 0.5) nothing is asked, unless a gone
column and a new one of the same type are each the only one that the other could be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from migrate_core.autogenerate.similarity import SAME_BUT_LITTLE, similarity
from migrate_core.schema import versions

LIKELY = 0.8
LIKELY_LEAD = 0.12
LIKELY_NAME = 0.6
POSSIBLE = 0.6
POSSIBLE_TABLE = 0.5
"""Lower: all rows are at stake, and a question about a table is seldom."""

Spelling: TypeAlias = "Callable[[TypeEngine[Any]], str]"
"""A type as the database's dialect writes it."""

AnyColumn: TypeAlias = "sa.Column[Any]"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new column or table that a gone one may have become.

    :param definition: the column with its type, or the table's name.
    :param likely: whether it is good and no other comes near.
    :param reasons: what speaks for it, in words.
    """

    name: str
    definition: str
    score: float
    likely: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was looked at.

    :param value: from 0, against, to 1, for.
    :param said: in words, empty where it speaks for nothing.
    """

    weight: float
    value: float
    said: str = ""


Found: TypeAlias = "Mapping[tuple[str, str], Sequence[Evidence]]"
"""The evidence of each pair that could be one thing. That of the names comes first."""


def of_columns(
    stored: sa.Table, model: sa.Table, gone: Sequence[str], new: Sequence[str], spelled: Spelling
) -> dict[str, tuple[Candidate, ...]]:
    """The candidates of each gone column of a table, best first; none for one that has none.

    :param stored: the table as it is in the database.
    :param model: the table as the models have it.
    """
    before, after = _by_name(stored), _by_name(model)
    pairs = [
        (old, name) for old in gone for name in new if _may_be(before[old], after[name], spelled)
    ]
    found = {
        (old, name): [
            *_columns_alike(before[old], after[name], spelled),
            _place(old, name, list(before), list(after)),
            *_memberships(before[old], after[name]),
            _rivals((old, name), pairs),
        ]
        for old, name in pairs
    }
    only = {pair for pair in pairs if _is_only(pair, pairs, before, after, spelled)}
    return _ranked(found, POSSIBLE, lambda name: definition(after[name], spelled), only)


def of_tables(
    gone: Sequence[sa.Table], new: Sequence[sa.Table], spelled: Spelling
) -> dict[str, tuple[Candidate, ...]]:
    """The candidates of each gone table of one schema, best first."""
    found = {
        (old.name, table.name): _tables_alike(old, table, spelled)
        for old in gone
        for table in new
        if not (_targets(old) and _targets(table) and not _targets(old) & _targets(table))
    }
    return _ranked(found, POSSIBLE_TABLE, lambda name: name)


def definition(column: AnyColumn, spelled: Spelling) -> str:
    """``full_name VARCHAR(100) NOT NULL``."""
    null = "NULL" if column.nullable else "NOT NULL"
    return " ".join(part for part in (column.name, spelled(column.type), null) if part)


def _ranked(
    found: Found,
    least: float,
    defined: Callable[[str], str],
    always: AbstractSet[tuple[str, str]] = frozenset(),
) -> dict[str, tuple[Candidate, ...]]:
    """The candidates, best first.

    :param least: the score below which a pair is none.
    :param always: pairs that are asked about with any score.
    """
    scores = {
        pair: sum(each.weight * each.value for each in evidence)
        / sum(each.weight for each in evidence)
        for pair, evidence in found.items()
    }
    ranked: dict[str, list[Candidate]] = {}
    for pair, score in sorted(scores.items(), key=lambda scored: (-scored[1], scored[0])):
        if score < least and pair not in always:
            continue
        evidence = found[pair]
        rival = max((scores[o] for o in scores if o != pair and set(o) & set(pair)), default=0.0)
        likely = (
            score >= LIKELY and score - rival >= LIKELY_LEAD and evidence[0].value >= LIKELY_NAME
        )
        reasons = tuple(each.said for each in evidence if each.said)
        ranked.setdefault(pair[0], []).append(
            Candidate(pair[1], defined(pair[1]), round(score, 2), likely, reasons)
        )
    return {old: tuple(candidates) for old, candidates in ranked.items()}


def _names(old: str, new: str, weight: float) -> Evidence:
    value = similarity(old, new)
    said = "same words" if value >= SAME_BUT_LITTLE else "similar name" * (value >= LIKELY_NAME)
    return Evidence(weight, value, said)


# -- columns ---------------------------------------------------------------------------------------


def _by_name(table: sa.Table) -> dict[str, AnyColumn]:
    return {column.name: column for column in table.columns}


def _may_be(old: AnyColumn, new: AnyColumn, spelled: Spelling) -> bool:
    """Whether they can be one column at all."""
    elsewhere = _referred(old) and _referred(new) and _referred(old) != _referred(new)
    return (
        _family(old.type, spelled) == _family(new.type, spelled)
        and old.primary_key == new.primary_key
        and (old.computed is None) == (new.computed is None)
        and not elsewhere
    )


def _columns_alike(old: AnyColumn, new: AnyColumn, spelled: Spelling) -> list[Evidence]:
    """Names, type, foreign key, comment, default, nullability; what neither has is left out."""
    alike = [_names(old.name, new.name, 0.30), _types(old, new, spelled)]
    if _referred(old) or _referred(new):
        same = _referred(old) == _referred(new)
        alike.append(Evidence(0.14, 1.0 if same else 0.1, "same foreign key" * same))
    if old.comment or new.comment:
        same = old.comment == new.comment
        alike.append(Evidence(0.10, 1.0 if same else 0.2, "same comment" * same))
    if _default(old) or _default(new):
        alike.append(Evidence(0.05, float(_default(old) == _default(new))))
    alike.append(Evidence(0.05, 1.0 if old.nullable == new.nullable else 0.3))
    return alike


def _types(old: AnyColumn, new: AnyColumn, spelled: Spelling) -> Evidence:
    before, after = spelled(old.type), spelled(new.type)
    if before == after:
        return Evidence(0.18, 1.0, "same type")
    same = re.sub(r"\(.*?\)", "", before) == re.sub(r"\(.*?\)", "", after)
    return Evidence(0.18, 0.75 if same else 0.6, "similar type")


_FAMILIES = (
    ("boolean", r"BOOL|TINYINT\(1\)"),
    ("time", r"DATE|TIMESTAMP"),
    ("number", r"(BIG|SMALL|MEDIUM|TINY)?INT|(BIG|SMALL)?SERIAL|NUM|DEC|FLOAT|DOUBLE|REAL"),
    ("text", r"N?(VAR)?CHAR|(TINY|MEDIUM|LONG)?TEXT|N?CLOB|JSON|ENUM|SET"),
    ("bytes", r"(TINY|MEDIUM|LONG)?BLOB|BYTEA|(VAR)?BINARY"),
)


def _family(type_: TypeEngine[Any], spelled: Spelling) -> str:
    """What kind of values it holds, by how it is written: each side has classes of its own."""
    if isinstance(type_, sa.Enum):
        return "text"
    text = spelled(type_).upper()
    return next(
        (name for name, words in _FAMILIES if re.match(words, text)), text.partition("(")[0]
    )


def _referred(column: AnyColumn) -> frozenset[str]:
    """The tables that it points at; without their schema, which may be named or not."""
    return frozenset(versions.target_of(key).table for key in column.foreign_keys)


def _default(column: AnyColumn) -> str:
    """The server default without what each database adds to it."""
    if not isinstance(column.server_default, sa.DefaultClause):
        return ""
    text = str(getattr(column.server_default.arg, "text", column.server_default.arg))
    return re.sub(r"::[\w ]+|[()'\"]", "", text).lower()


def _place(old: str, new: str, before: Sequence[str], after: Sequence[str]) -> Evidence:
    """Half for each side on which the nearest column that stays, and how far it is, agree."""
    value = sum(
        _side(_neighbour(old, names, after), _neighbour(new, others, before))
        for names, others in ((before, after), (before[::-1], after[::-1]))
    )
    return Evidence(0.15, value, "same place" * (value >= 0.6))


def _neighbour(name: str, among: Sequence[str], other: Sequence[str]) -> tuple[str, int] | None:
    """The nearest column before it that the other side has as well, and how far it is."""
    ahead = among[: among.index(name)][::-1]
    return next(((each, far) for far, each in enumerate(ahead) if each in other), None)


def _side(one: tuple[str, int] | None, other: tuple[str, int] | None) -> float:
    if one is None or other is None:
        return 0.15 if one is other else 0.0
    if one == other:
        return 0.5
    return 0.25 if one[0] == other[0] else 0.0


def _memberships(old: AnyColumn, new: AnyColumn) -> list[Evidence]:
    before, after = _member_of(old), _member_of(new)
    if not (before or after):
        return []
    value = _jaccard(before, after)
    return [Evidence(0.10, value, "same indexes" * (value == 1.0))]


def _member_of(column: AnyColumn) -> frozenset[tuple[bool, frozenset[str]]]:
    """Whether unique, and the other columns, of each index and unique constraint."""
    table = column.table
    groups = [
        (bool(index.unique), index.columns)
        for index in table.indexes
        if not index.info.get("implicit")
    ]
    groups += [
        (True, each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)
    ]
    return frozenset(
        (unique, frozenset(each.name for each in columns if each is not column))
        for unique, columns in groups
        if any(each is column for each in columns)
    )


def _is_only(
    pair: tuple[str, str],
    pairs: Sequence[tuple[str, str]],
    before: Mapping[str, AnyColumn],
    after: Mapping[str, AnyColumn],
    spelled: Spelling,
) -> bool:
    """Whether each is the only one that the other could be, and of the same type.

    Then names tell nothing: ``name`` becomes ``title``, and a column would be lost unasked.
    """
    old, new = pair
    alone = all(other == pair or not set(other) & set(pair) for other in pairs)
    return alone and spelled(before[old].type) == spelled(after[new].type)


def _rivals(pair: tuple[str, str], pairs: Sequence[tuple[str, str]]) -> Evidence:
    number = max(sum(other[side] == pair[side] for other in pairs) for side in (0, 1))
    return Evidence(0.08, 1 / number, "no other" * (number == 1))


# -- tables ----------------------------------------------------------------------------------------


def _tables_alike(old: sa.Table, new: sa.Table, spelled: Spelling) -> list[Evidence]:
    before, after = _typed(old, spelled), _typed(new, spelled)
    columns = _jaccard(set(before), set(after))
    types = _shared([kind for _, kind in before], [kind for _, kind in after])
    keys = [[_family(column.type, spelled) for column in table.primary_key] for table in (old, new)]
    said = "same columns" if columns == 1 else "most columns the same" * (columns >= 0.5)
    alike = [
        _names(old.name, new.name, 0.20),
        Evidence(0.45, columns, said),
        Evidence(0.15, types),
        Evidence(0.10, float(keys[0] == keys[1])),
    ]
    if _targets(old) or _targets(new):
        alike.append(Evidence(0.10, _jaccard(_targets(old), _targets(new))))
    return alike


def _typed(table: sa.Table, spelled: Spelling) -> list[tuple[str, str]]:
    return [(column.name, _family(column.type, spelled)) for column in table.columns]


def _targets(table: sa.Table) -> frozenset[str]:
    """The other tables that it points at."""
    found = frozenset[str]().union(*(_referred(column) for column in table.columns))
    return found - {table.name}


def _jaccard(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _shared(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of two multisets is common to both."""
    common = sum((Counter(one) & Counter(other)).values())
    return common / max(len(one), len(other), 1)
