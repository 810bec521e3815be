"""One table's keys, indexes and constraints: renamed, dropped and added.

===================  ==========================================================================
primary key          by its columns; its name where both sides have one
indexes              by name, and by what they do
unique constraints   the same; one without a name by what it does
CHECK, exclusion     the same
foreign keys         by what they do; the name means nothing
===================  ==========================================================================

What is there under another name is renamed, where the database can. On MySQL and MariaDB a foreign
key goes by an index that has its columns first, and gets one of its own name where there is none.
That index stays when the key is dropped, so it is created and dropped beside its key; and a key
whose index changes is dropped before and added after.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate import facts
from migrate_core.autogenerate.columns import counting
from migrate_core.autogenerate.facts import Item, TableFacts, TableKey
from migrate_core.autogenerate.matching import Matched, Names, matched
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
)
from migrate_core.schema import names, versions
from migrate_core.settings import ObjectKind

_KINDS: dict[str, ObjectKind] = {
    "unique": "unique_constraint",
    "index": "index",
    "check": "check_constraint",
    "exclude": "check_constraint",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one table loses and gains, foreign keys apart because tables depend on them."""

    dropped: tuple[MigrateOperation, ...]
    renamed: tuple[MigrateOperation, ...]
    added: tuple[MigrateOperation, ...]
    dropped_keys: tuple[MigrateOperation, ...]
    added_keys: tuple[CreateForeignKeyOp, ...]
    dropped_referred: frozenset[TableKey]
    """Tables that the dropped foreign keys pointed at."""


NOTHING = Found((), (), (), (), (), frozenset())


def compared(
    before: TableFacts,
    after: TableFacts,
    rules: Rules,
    remade: frozenset[str],
    elsewhere: AbstractSet[str | None],
) -> Found:
    """What differs between the two sides of one table.

    :param remade: columns that are dropped and added again, with all that is on them.
    :param elsewhere: names that other tables have, where all share them.
    """
    names = Names(before.names | elsewhere, after.names)
    groups: dict[str, Matched[Any]] = {
        "exclude": matched(before.exclusions, after.exclusions, names),
        "check": matched(before.checks, after.checks, names),
        "index": matched(before.indexes, after.indexes, names),
        "unique": matched(before.uniques, after.uniques, names),
    }
    found = {
        kind: _filtered(_apart(group, kind, remade, rules), kind, rules)
        for kind, group in groups.items()
    }
    fresh = frozenset(after.columns) - frozenset(before.columns)
    found["check"] = found["check"].without_new(lambda item: _comes_with(item, fresh))
    primary = _primary_key(before, after, rules, names)
    gone_keys, new_keys = _foreign_keys(before, after, rules, remade)
    own_dropped: list[MigrateOperation] = []
    own_added: list[MigrateOperation] = []
    if rules.keys_need_index:
        away = _held_back(before, after, found)
        gone_keys, new_keys = [*gone_keys, *away], [*new_keys, *away]
        own_dropped = [_own_index(key, before) for key in gone_keys if _has_own(key, before)]
        own_added = [_own_index(key, after) for key in new_keys if not _led(key, after)]
    off, on = counting(before, after, rules)
    order = ("exclude", "check", "index", "unique")
    return Found(
        dropped=(
            *off,
            *(op.reverse() for op in own_dropped),
            *(create(kind, each).reverse() for kind in order for each in found[kind].gone),
            *(create_primary_key(each).reverse() for each in primary.gone),
        ),
        renamed=tuple(
            _rename(kind, old, new, after)
            for kind, group in [*found.items(), ("primarykey", primary)]
            for old, new in group.renamed
        ),
        added=(
            *(create_primary_key(each) for each in primary.new),
            *(create(kind, each) for kind in reversed(order) for each in found[kind].new),
            *own_added,
            *on,
        ),
        dropped_keys=tuple(create_foreign_key(key.source()).reverse() for key in gone_keys),
        added_keys=tuple(create_foreign_key(key.source()) for key in new_keys),
        dropped_referred=frozenset(key.content.referred for key in gone_keys),
    )


def _apart(group: Matched[Any], kind: str, remade: frozenset[str], rules: Rules) -> Matched[Any]:
    """Renames that the database cannot do, and what is on a column made anew, dropped and added."""
    if kind not in rules.renamed:
        group = group.without_renames()
    return group.without_kept(lambda item: bool(remade) and bool(remade & _columns(item)))


def _filtered(group: Matched[Any], kind: str, rules: Rules) -> Matched[Any]:
    if rules.include_object is None:
        return group
    named = _KINDS[kind]
    return group.filtered(
        lambda item: rules.wants_item(item.source(), item.name, named, reflected=True),
        lambda item, other: rules.wants_item(
            item.source(),
            item.name,
            named,
            reflected=False,
            other=None if other is None else other.source(),
        ),
    )


def _columns(item: Item[Any]) -> frozenset[str]:
    """The columns that a unique constraint or an index names."""
    match item.content:
        case facts.UniqueContent(columns=columns):
            return columns
        case facts.IndexContent(elements=elements):
            return frozenset(element.text for element in elements)
    return frozenset()


def _comes_with(item: facts.Check, fresh: frozenset[str]) -> bool:
    """Whether a CHECK is made with the type of a column that is new."""
    source = item.source()
    return versions.is_type_bound(source) and {c.name for c in source.columns} <= fresh


def _rename(kind: str, old: Item[Any], new: Item[Any], table: TableFacts) -> MigrateOperation:
    schema, name = table.key
    if kind == "index" or isinstance(old.source(), sa.Index):
        return RenameIndexOp(str(old.name), str(new.name), name, schema=schema)
    return RenameConstraintOp(str(old.name), str(new.name), name, kind, schema=schema)


# -- operations ------------------------------------------------------------------------------------


def create(kind: str, item: Item[Any]) -> MigrateOperation:
    """The operation that creates what ``item`` is, always with a name."""
    source = item.source()
    if isinstance(source, sa.Index):
        return create_index(source)
    if kind == "unique":
        return create_unique(source)
    if kind == "check":
        return create_check(source)
    return AddConstraintOp.from_constraint(source)


def create_primary_key(item: facts.PrimaryKey) -> AddConstraintOp:
    """The operation that adds a primary key."""
    return AddConstraintOp.from_constraint(item.source())


def create_index(index: sa.Index) -> CreateIndexOp:
    """The operation that creates an index, with a name of its own where the model gives none."""
    op = CreateIndexOp.from_index(index)
    if op.index_name is None:
        columns = [column for column in op.columns if isinstance(column, str)]
        op.index_name = names.index(op.table_name, columns)
    return op


def create_unique(source: sa.UniqueConstraint) -> CreateUniqueConstraintOp:
    """The operation that adds a unique constraint, always with a name."""
    op = AddConstraintOp.from_constraint(source)
    assert isinstance(op, CreateUniqueConstraintOp)
    if op.constraint_name is None:
        op.constraint_name = names.unique(op.table_name, op.columns)
    return op


def create_check(source: sa.CheckConstraint) -> CreateCheckConstraintOp:
    """The operation that adds a CHECK, always with a name."""
    op = AddConstraintOp.from_constraint(source)
    assert isinstance(op, CreateCheckConstraintOp)
    if op.constraint_name is None:
        text = str(source.sqltext.compile(compile_kwargs={"literal_binds": True}))
        op.constraint_name = names.check(op.table_name, text)
    return op


def create_foreign_key(source: sa.ForeignKeyConstraint) -> CreateForeignKeyOp:
    """The operation that adds a foreign key, always with a name."""
    op = AddConstraintOp.from_constraint(source)
    assert isinstance(op, CreateForeignKeyOp)
    if op.constraint_name is None:
        op.constraint_name = names.foreign_key(op.source_table, op.local_cols, op.referent_table)
    op.kw.pop("use_alter", None)
    return op


# -- keys ------------------------------------------------------------------------------------------


def _primary_key(before: TableFacts, after: TableFacts, rules: Rules, names: Names) -> Matched[Any]:
    old, new = before.primary_key, after.primary_key
    if old is None or new is None or old.content != new.content:
        return Matched(
            gone=() if old is None else (old,), new=() if new is None else (new,), kept=()
        )
    if new.name is None or old.name is None or old.name == new.name:
        return Matched((), (), ())
    if "primarykey" in rules.renamed and names.free(old.name, new.name):
        return Matched((), (), (), renamed=((old, new),))
    return Matched((old,), (new,), ())


def _foreign_keys(
    before: TableFacts, after: TableFacts, rules: Rules, remade: frozenset[str]
) -> tuple[list[facts.ForeignKey], list[facts.ForeignKey]]:
    if not remade and [k.content for k in before.foreign_keys] == [
        k.content for k in after.foreign_keys
    ]:
        return [], []
    kept = {key.content for key in before.foreign_keys}
    wanted = {key.content for key in after.foreign_keys}
    kind: ObjectKind = "foreign_key_constraint"

    def moves(key: facts.ForeignKey) -> bool:
        return bool(remade & {local for local, _ in key.content.pairs})

    gone = [
        key
        for key in before.foreign_keys
        if (key.content not in wanted or moves(key))
        and rules.wants_item(key.source(), key.name, kind, reflected=True)
    ]
    new = [
        key
        for key in after.foreign_keys
        if (key.content not in kept or moves(key))
        and rules.wants_item(key.source(), key.name, kind, reflected=False)
    ]
    return gone, new


# -- InnoDB, "FOREIGN KEY Constraints": an index whose first columns are those of the key ----------


def _held_back(
    before: TableFacts, after: TableFacts, found: dict[str, Matched[Any]]
) -> list[facts.ForeignKey]:
    """Foreign keys that stay while the only index they go by changes: they have to be away."""
    changing = [
        _in_order(each)
        for kind in ("index", "unique")
        for each in (*found[kind].gone, *found[kind].new)
    ]
    if not changing:
        return []
    lasting = [_in_order(each) for kind in ("index", "unique") for each in found[kind].kept]
    lasting += [_in_order(old) for kind in ("index", "unique") for old, _ in found[kind].renamed]
    if before.primary_key is not None and after.primary_key is not None:
        lasting.append(before.primary_key.content.columns)
    wanted = {key.content for key in after.foreign_keys}
    return [
        key
        for key in before.foreign_keys
        if key.content in wanted
        and _leads(_local(key), changing)
        and not _leads(_local(key), lasting)
    ]


def _has_own(key: facts.ForeignKey, table: TableFacts) -> bool:
    """Whether the server made an index for the key; what a model says has none."""
    return _local(key) in table.implied.values()


def _led(key: facts.ForeignKey, table: TableFacts) -> bool:
    """Whether a model has an index that the key can go by."""
    items: list[Item[Any]] = [*table.indexes, *table.uniques]
    there = [_in_order(each) for each in items]
    if table.primary_key is not None:
        there.append(table.primary_key.content.columns)
    return _leads(_local(key), there)


def _own_index(key: facts.ForeignKey, table: TableFacts) -> CreateIndexOp:
    """The operation that creates the index that the server makes for a key, under its name."""
    op = create_foreign_key(key.source())
    local = list(_local(key))
    named = next((name for name, over in table.implied.items() if list(over) == local), None)
    return CreateIndexOp(named or op.constraint_name, table.key[1], local, schema=table.key[0])


def _local(key: facts.ForeignKey) -> tuple[str, ...]:
    source = key.source()
    return tuple(element.parent.name for element in source.elements)


def _in_order(item: Item[Any]) -> tuple[str, ...]:
    return tuple(column.name for column in item.source().columns)


def _leads(local: Sequence[str], indexes: Sequence[tuple[str, ...]]) -> bool:
    return any(columns[: len(local)] == tuple(local) for columns in indexes)
