"""What only the server knows: what to ask it, and what its answers change.

The same type, default, condition or expression has many spellings, and a database stores its own.
Where the two sides differ in text, the server is asked how it would store the model's form, and
like is compared with like.

======================  =========================================================================
types and defaults      each distinct form once, whatever the number of columns that have it; a
                        default both under the model's type and under the stored one
computed, CHECK,        one scratch table for each table that has some, with the stored columns
index, exclusion
======================  =========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate import facts
from migrate_core.autogenerate.facts import ColumnFacts, Snapshot, TableFacts, TableKey
from migrate_core.autogenerate.stored import StoredReader
from migrate_core.autogenerate.texts import named_enums
from migrate_core.operations import CreateExcludeConstraintOp, CreateIndexOp
from migrate_core.schema.rows import CheckRow, ColumnRow, ExclusionRow, IndexRow
from migrate_core.schema.scratch import Answer, Scratch

Form = tuple[str, str | None, facts.Options | None]
"""A type, a default and an identity, as the dialect writes them."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked about, and where it came from.

    :param scratches: the first, where any form is asked about, holds the forms; then one a table.
    :param forms: the name of each form's column in the first scratch table.
    :param unlike: the columns that differ in text, of each table that is there before and after.
    :param tables: the tables that the other scratch tables stand for.
    :param subjects: in words, what each item of each scratch table is.
    """

    scratches: tuple[Scratch, ...] = ()
    forms: Mapping[Form, str] = field(default_factory=dict)
    unlike: Mapping[TableKey, Sequence[str]] = field(default_factory=dict)
    tables: tuple[TableKey, ...] = ()
    subjects: tuple[Mapping[tuple[str, str], str], ...] = ()


def to_ask(before: Snapshot, after: Snapshot) -> Questions:
    """What differs in text between tables that both sides have."""
    forms: dict[Form, str] = {}
    columns: dict[str, sa.Column[Any]] = {}
    subjects: dict[tuple[str, str], str] = {}
    unlike: dict[TableKey, Sequence[str]] = {}
    tables: list[tuple[TableKey, Scratch, dict[tuple[str, str], str]]] = []
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is None:
            continue
        names = _unlike(stored, table)
        if not names and not any(_askable(table)):
            continue
        unlike[key] = names
        for form, column in _forms(stored, table, names, forms):
            name = forms[form] = f"c{len(forms)}"
            columns[name] = column
            subjects["columns", name] = f"column {key[1]}.{column.name}"
        scratch, words = _of_table(stored, table, before, names)
        if scratch.asked:
            tables.append((key, scratch, words))
    first = [(Scratch(columns=columns), subjects)] if columns else []
    return Questions(
        (*(scratch for scratch, _ in first), *(scratch for _, scratch, _ in tables)),
        forms,
        unlike,
        tuple(key for key, _, _ in tables),
        (*(words for _, words in first), *(words for _, _, words in tables)),
    )


def settled(
    before: Snapshot,
    after: Snapshot,
    asked: Questions,
    answers: Sequence[Mapping[tuple[str, str], Answer]],
    reader: StoredReader,
) -> Snapshot:
    """``after`` with what was asked about as the server would store it, where it answered."""
    if not asked.scratches:
        return after
    first = answers[0] if asked.forms else {}
    stored_forms = {
        form: reader.column(row, in_key=False)
        for form, name in asked.forms.items()
        if isinstance(row := first.get(("columns", name)), ColumnRow)
    }
    of_tables = dict(zip(asked.tables, answers[1 if asked.forms else 0 :], strict=True))
    return replace(
        after,
        tables={
            key: _settled(
                before.tables[key], table, asked.unlike[key], stored_forms, of_tables, reader
            )
            if key in asked.unlike
            else table
            for key, table in after.tables.items()
        },
    )


def unanswered(
    asked: Questions, answers: Sequence[Mapping[tuple[str, str], Answer]]
) -> Iterator[str]:
    """In words, what is compared by its text because the server gave no answer."""
    for scratch, words, found in zip(asked.scratches, asked.subjects, answers, strict=True):
        yield from (words[each] for each in scratch.asked if each not in found)


def _unlike(stored: TableFacts, table: TableFacts) -> Sequence[str]:
    if stored.columns == table.columns:
        return ()
    return [
        name
        for name, column in table.columns.items()
        if (old := stored.columns.get(name)) is not None and old != column
    ]


# -- types and defaults ----------------------------------------------------------------------------


def _forms(
    stored: TableFacts, table: TableFacts, unlike: Sequence[str], known: Collection[Form]
) -> Iterator[tuple[Form, sa.Column[Any]]]:
    """Forms that are not known yet, each with a column that has it."""
    for name in unlike:
        old, column = stored.columns[name], table.columns[name]
        if column.computed is not None:
            continue
        form = _form(column)
        if form == _form(old) or not column.type:
            continue
        if form not in known:
            yield form, table.column(name)
        if column.default is not None and column.type != old.type:
            beneath = (old.type, column.default, None)
            if beneath not in known:
                default = _default_of(table.column(name))
                yield beneath, sa.Column(name, stored.column(name).type, server_default=default)


def _form(column: ColumnFacts) -> Form:
    return (column.type, column.default, column.identity)


def _default_of(source: sa.Column[Any]) -> Any:
    default = source.server_default
    return default.arg if isinstance(default, sa.DefaultClause) else None


def _settled_column(
    old: ColumnFacts, column: ColumnFacts, forms: Mapping[Form, ColumnFacts]
) -> ColumnFacts:
    answer = forms.get(_form(column))
    if answer is None:
        return column
    default = answer.default
    if default != old.default and column.default is not None:
        other = forms.get((old.type, column.default, None))
        if other is not None and other.default == old.default:
            default = old.default
    return column._replace(type=answer.type, default=default, identity=answer.identity)


# -- what belongs to one table ---------------------------------------------------------------------


def _of_table(
    stored: TableFacts, table: TableFacts, before: Snapshot, unlike: Sequence[str]
) -> tuple[Scratch, dict[tuple[str, str], str]]:
    words: dict[tuple[str, str], str] = {}
    computed: dict[str, sa.Column[Any]] = {}
    for name in unlike:
        written = table.columns[name].computed
        if written is None or written == stored.columns[name].computed:
            continue
        computed[name] = table.column(name)
        words["columns", name] = f"column {table.key[1]}.{name}"
    items: dict[str, dict[str, Any]] = {"checks": {}, "indexes": {}, "exclusions": {}}
    there = {
        kind: {each.content for each in getattr(stored, kind)} for kind, _, _ in _askable(table)
    }
    for kind, place, item in _askable(table):
        if there[kind] and item.content not in there[kind]:
            items[kind][f"k{kind[0]}{place}"] = _ASK[kind](item)
            words[kind, f"k{kind[0]}{place}"] = f"{item.name or kind} of {table.key[1]}"
    if not computed and not any(items.values()):
        return Scratch(), words
    return Scratch(tuple(_helpers(stored, table, before, computed)), computed, **items), words


def _askable(table: TableFacts) -> Iterator[tuple[str, int, facts.Item[Any]]]:
    """What holds SQL, by its kind and place; indexes on plain columns are told as they are said."""
    for place, check in enumerate(table.checks):
        yield "checks", place, check
    for place, index in enumerate(table.indexes):
        content = index.content
        plain = content.where is None and not content.options
        if not (plain and all(element.is_column for element in content.elements)):
            yield "indexes", place, index
    for place, exclusion in enumerate(table.exclusions):
        yield "exclusions", place, exclusion


def _ask_check(item: facts.Check) -> Any:
    return item.source().sqltext


def _ask_index(item: facts.Index) -> tuple[list[Any], dict[str, Any]]:
    op = CreateIndexOp.from_index(item.source())
    keywords = {
        name: value
        for name, value in op.kw.items()
        if not name.endswith(("_concurrently", "_tablespace"))
    }
    return list(op.columns), {"unique": op.unique, **keywords}


def _ask_excl(item: facts.Exclusion) -> tuple[list[Any], dict[str, Any]]:
    op = CreateExcludeConstraintOp.from_constraint(item.source())
    assert isinstance(op, CreateExcludeConstraintOp)
    return list(op.elements), {"where": op.where, **op.kw}


_ASK: Mapping[str, Callable[[Any], Any]] = {
    "checks": _ask_check,
    "indexes": _ask_index,
    "exclusions": _ask_excl,
}


def _helpers(
    stored: TableFacts, table: TableFacts, before: Snapshot, computed: Mapping[str, Any]
) -> Iterator[sa.Column[Any]]:
    """Columns as they are stored: what is stored beside them is written in their terms."""
    for name in table.columns:
        if name in computed:
            continue
        source = stored.column(name) if name in stored.columns else table.column(name)
        made = all((e.schema, str(e.name)) in before.enums for e in named_enums(source.type))
        yield sa.Column(name, source.type if made else sa.Text())


def _settled(
    old: TableFacts,
    table: TableFacts,
    unlike: Sequence[str],
    forms: Mapping[Form, ColumnFacts],
    answered: Mapping[TableKey, Mapping[tuple[str, str], Answer]],
    reader: StoredReader,
) -> TableFacts:
    answers = answered.get(table.key, {})
    columns = dict(table.columns)
    for name in unlike:
        row = answers.get(("columns", name))
        if isinstance(row, ColumnRow):
            told = reader.column(row, in_key=False)
            columns[name] = columns[name]._replace(type=told.type, computed=told.computed)
        else:
            columns[name] = _settled_column(old.columns[name], columns[name], forms)
    if not answers:
        return replace(table, columns=columns)
    return replace(
        table,
        columns=columns,
        checks=_settled_items("checks", table.checks, answers, reader),
        indexes=_settled_items("indexes", table.indexes, answers, reader),
        exclusions=_settled_items("exclusions", table.exclusions, answers, reader),
    )


def _settled_items(
    kind: str,
    items: tuple[facts.Item[Any], ...],
    answers: Mapping[tuple[str, str], Answer],
    reader: StoredReader,
) -> tuple[facts.Item[Any], ...]:
    found = []
    for place, item in enumerate(items):
        match answers.get((kind, f"k{kind[0]}{place}")):
            case CheckRow() as row:
                found.append(item._replace(content=reader.check(row)))
            case IndexRow() as row:
                found.append(item._replace(content=reader.index(row)))
            case ExclusionRow() as row:
                found.append(item._replace(content=reader.exclusion(row)))
            case _:
                found.append(item)
    return tuple(found)
