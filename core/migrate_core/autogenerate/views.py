"""Registered views: dropped before all tables' changes, created and replaced after them.

========================================  =======================================================
new                                       created, in the order of registration
gone                                      dropped, those that use others first
other SELECT, nothing it needs changes    replaced, which keeps what was granted on it; on
                                          PostgreSQL where the columns it had stay
other SELECT, anything else               dropped, and created again
the same, but a column that it shows is   dropped, and created again
dropped, or on PostgreSQL gets another
type
uses one that is dropped                  dropped, and created again
========================================  =======================================================

What a view uses is told by the names in its stored text: one that means something else moves a view
that could have stayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from migrate_core.autogenerate import meaning
from migrate_core.autogenerate.enums import Changes
from migrate_core.autogenerate.facts import Snapshot, TableKey, ViewContent, ViewFacts
from migrate_core.autogenerate.rules import Rules
from migrate_core.autogenerate.texts import Texts
from migrate_core.operations import (
    AlterColumnOp,
    CreateViewOp,
    DropColumnOp,
    DropTableOp,
    DropViewOp,
    MigrateOperation,
    OpContainer,
    ReplaceViewOp,
    leaves,
)
from migrate_core.schema.rows import ViewRow
from migrate_core.schema.views import registered

# -- facts -----------------------------------------------------------------------------------------


def of_models(metadata: Iterable[sa.MetaData], texts: Texts) -> dict[TableKey, ViewFacts]:
    """What is registered, in that order."""
    found = {}
    for each in metadata:
        for said in registered(each):
            key = texts.key(said.schema, said.name)
            row = ViewRow(
                said.name, key[0], texts.definition(said), said.columns, said.materialized
            )
            found[key] = _facts(row)
    return found


def stored(rows: Iterable[ViewRow], texts: Texts) -> dict[TableKey, ViewFacts]:
    """What was read, in the order of the names."""
    found = {texts.key(row.schema, row.name): row for row in rows}
    ranked = sorted(found, key=lambda key: (key[0] or "", key[1]))
    return {key: _facts(found[key]) for key in ranked}


def _facts(row: ViewRow) -> ViewFacts:
    content = ViewContent(meaning.flattened(row.definition), row.columns, row.materialized)
    return ViewFacts(content, row, row.shape)


def to_ask(before: Snapshot, after: Snapshot) -> dict[TableKey, ViewRow]:
    """The views that differ in text."""
    return {
        key: view.row
        for key, view in after.views.items()
        if key in before.views and before.views[key].content != view.content
    }


def settled(after: Snapshot, answers: Mapping[TableKey, ViewRow | None]) -> Snapshot:
    """``after`` with the views as the server would store them, where it answered."""
    told = {
        key: _answered(after.views[key], answer)
        for key, answer in answers.items()
        if answer is not None
    }
    return replace(after, views={**after.views, **told})


def _answered(view: ViewFacts, answer: ViewRow) -> ViewFacts:
    told = _facts(answer._replace(materialized=view.row.materialized))
    return replace(told, row=view.row)


# -- differences -----------------------------------------------------------------------------------


def compared(
    before: Snapshot, after: Snapshot, rules: Rules, ops: Sequence[MigrateOperation]
) -> Changes:
    """What happens to views.

    :param ops: what happens to everything else.
    """
    if not before.views and not after.views:
        return Changes((), ())
    moved = _moved(before, after, rules, ops)
    return Changes(
        tuple(_create(before.views[key].row).reverse() for key in moved),
        tuple(_made(before, after, moved)),
    )


def lost(before: Snapshot, ops: Sequence[MigrateOperation]) -> Iterator[str]:
    """In words, what views lose that are replaced or made again, because no operation says it."""
    made = {(op.schema, op.name) for op in ops if isinstance(op, CreateViewOp)}
    replaced = {(op.schema, op.name) for op in ops if isinstance(op, ReplaceViewOp)}
    for key, view in before.views.items():
        loses = view.row.options if key in {*made, *replaced} else ()
        if key in made:
            loses += view.row.attached
        if loses:
            yield (
                f"View {key[1]} is made anew and loses: {', '.join(loses)}. Add it to the file "
                "behind the view: op.execute(...)."
            )


def _made(
    before: Snapshot, after: Snapshot, moved: Iterable[TableKey]
) -> Iterator[MigrateOperation]:
    """Views created and replaced, in the order of registration."""
    for key, view in after.views.items():
        if key not in before.views or key in moved:
            yield _create(view.row)
        elif before.views[key].content != view.content:
            yield _replace(before.views[key], view)


def _create(row: ViewRow) -> CreateViewOp:
    return CreateViewOp(
        row.name,
        row.definition,
        schema=row.schema,
        columns=row.columns,
        materialized=row.materialized,
    )


def _replace(old: ViewFacts, new: ViewFacts) -> ReplaceViewOp:
    """Back again by another replacing; where columns have to go for that, by a view made anew."""
    back: MigrateOperation = ReplaceViewOp(
        old.row.name, old.row.definition, schema=old.row.schema, columns=old.row.columns
    )
    if old.shape != new.shape:
        back = OpContainer([DropViewOp(old.row.name, schema=old.row.schema), _create(old.row)])
    row = new.row
    return ReplaceViewOp(
        row.name, row.definition, schema=row.schema, columns=row.columns, _reverse=back
    )


def _moved(
    before: Snapshot, after: Snapshot, rules: Rules, ops: Sequence[MigrateOperation]
) -> list[TableKey]:
    """The stored views that are dropped, those that use others first."""
    changing = list(_changing(ops, rules))
    gone = [(op.table_name, None) for op in leaves(OpContainer(ops)) if isinstance(op, DropTableOp)]
    moved = set()
    for key, view in before.views.items():
        new = after.views.get(key)
        if new is None:
            moved.add(key)
        elif view.content == new.content:
            if _uses(view, changing):
                moved.add(key)
        elif not _is_replaceable(key, before, new, rules) or _uses(view, [*changing, *gone]):
            moved.add(key)
    return _users_first(before.views, moved)


def _changing(ops: Sequence[MigrateOperation], rules: Rules) -> Iterator[tuple[str, str | None]]:
    """Table and name of the columns that cannot go, or change, while a view shows them."""
    for op in leaves(OpContainer(ops)):
        match op:
            case DropColumnOp():
                yield op.table_name, op.column_name
            case AlterColumnOp() if op.modify_type is not None and rules.views_hold_types:
                yield op.table_name, op.column_name


def _is_replaceable(key: TableKey, before: Snapshot, new: ViewFacts, rules: Rules) -> bool:
    """Whether the server takes the new SELECT in place of the old one, and will take it back."""
    old = before.views[key]
    if not rules.replaces_views or old.shape is None or new.shape is None:
        return False
    if old.content.materialized or new.content.materialized:
        return False
    if old.shape == new.shape:
        return True
    others = [view for other, view in before.views.items() if other != key]
    return new.shape[: len(old.shape)] == old.shape and not any(
        _uses(view, [(key[1], None)]) for view in others
    )


def _uses(view: ViewFacts, names: Iterable[tuple[str, str | None]]) -> bool:
    """Whether the view's text has one of the tables, and its column where one is said."""
    text = view.row.definition
    return any(
        _has(text, table) and (column is None or _has(text, column)) for table, column in names
    )


def _has(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text, re.IGNORECASE) is not None


def _users_first(views: Mapping[TableKey, ViewFacts], moved: set[TableKey]) -> list[TableKey]:
    """The views that are moved and all that use one of them, each before those that it uses."""
    users = {
        key: [other for other in views if other != key and _uses(views[other], [(key[1], None)])]
        for key in views
    }
    ranked: dict[TableKey, None] = {}

    def visit(key: TableKey, above: frozenset[TableKey]) -> None:
        for user in users[key]:
            if user not in above and user not in ranked:
                visit(user, above | {key})
        ranked.setdefault(key)

    for key in views:
        if key in moved:
            visit(key, frozenset({key}))
    return list(ranked)
