"""Columns in a batch: add, alter, drop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import to_instance

from migrate_core.batch import constraints, mentions
from migrate_core.batch.draft import Column, Draft
from migrate_core.batch.held import named, of, reference
from migrate_core.batch.sqltext import ColumnDef, parse_constraint
from migrate_core.batch.tokens import folded, plain, quoted, significant
from migrate_core.batch.writer import Writer, is_literal_default
from migrate_core.errors import ColumnInUse, UnsupportedOperation
from migrate_core.operations import AddColumnOp, AlterColumnOp, DropColumnOp
from migrate_core.schema import build, versions

_RENAME_SINCE = (3, 26)  # 3.25 renames too, but not in views and triggers without fault
_DROP_SINCE = (3, 35, 5)  # https://www.sqlite.org/changes.html: 3.35.0 to 3.35.4 can corrupt

# -- add -----------------------------------------------------------------------------------------


def add(draft: Draft, writer: Writer, op: AddColumnOp) -> None:
    """Add a column with its constraints and indexes."""
    name = str(op.column.name)
    if op.if_not_exists and draft.find(name) is not None:
        return
    draft.refuse_column(name)
    column = op.column_on_table(writer.naming)
    table = column.table
    assert isinstance(table, sa.Table)
    text = writer.column(column)
    own = [(c, writer.constraint(c)) for c in _own_constraints(column, table, writer)]
    place = {key: op.kw.get(key) for key in ("insert_before", "insert_after")}
    draft.obstruct(" and ".join(_add_obstacles(text, own, any(place.values()))))
    draft.native.append(f"ALTER TABLE {draft.here} ADD COLUMN {_inline(text, own)}")

    text_name = draft.free_text_name(name)
    if text_name != name:
        text = replace(text, written=quoted(text_name))
    draft.insert(Column(name, text, None), place["insert_before"], place["insert_after"])
    draft.put(draft.column(name), _in_text(draft, draft.column(name)))
    for constraint, sql in own:
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            constraints.refuse_primary_key(draft)
        draft.add_constraint(draft.in_text(sql))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        constraints.add_index(draft, writer, index)


def _own_constraints(
    column: sa.Column[Any], table: sa.Table, writer: Writer
) -> Iterator[sa.Constraint]:
    """What the column declares and does not stand at the column itself."""
    for constraint in sorted(table.constraints, key=lambda c: (type(c).__name__, str(c.name))):
        if isinstance(constraint, sa.PrimaryKeyConstraint) and not constraint.columns:
            continue
        if constraint in column.constraints and not versions.is_type_bound(constraint):
            continue
        if versions.applies_to(constraint, writer.dialect):
            yield constraint


def _add_obstacles(
    text: ColumnDef, own: list[tuple[sa.Constraint, str]], placed: bool
) -> Iterator[str]:
    """Why ALTER TABLE ADD COLUMN cannot do it (https://www.sqlite.org/lang_altertable.html)."""
    default, generated = text.find("DEFAULT"), text.find("GENERATED")
    no_value = default is None or plain(default.text) == "default null"
    keys = [c for c, _ in own if isinstance(c, sa.ForeignKeyConstraint)]
    if placed:
        yield "a place for a new column"
    if any(isinstance(c, (sa.PrimaryKeyConstraint, sa.UniqueConstraint)) for c, _ in own):
        yield "a key on a new column"
    if default is not None and not is_literal_default(default.text):
        yield "an expression as a new column's default"
    if text.find("NOT NULL") is not None and no_value and generated is None:
        yield "a new NOT NULL column without a default"
    if generated is not None and "STORED" in {t.keyword for t in significant(generated.text)}:
        yield "a new column that is computed and stored"
    if any(key.name for key in keys) or len(keys) > 1 or (keys and not no_value):
        yield "a new column with a foreign key that has a name or with a default"


def _inline(text: ColumnDef, own: list[tuple[sa.Constraint, str]]) -> str:
    """The column with its constraints at its side, for ADD COLUMN."""
    written = [text.body.strip()]
    for constraint, sql in own:
        is_key = isinstance(constraint, sa.ForeignKeyConstraint)
        written.append(reference(sql) if is_key else sql)
    return " ".join(written)


def _in_text(draft: Draft, column: Column) -> Column:
    """A new column whose own clauses speak in the names of the text."""
    clauses = tuple(replace(c, text=draft.in_text(c.text)) for c in column.text.clauses)
    return replace(column, text=replace(column.text, clauses=clauses))


# -- alter ---------------------------------------------------------------------------------------


def alter(draft: Draft, writer: Writer, op: AlterColumnOp) -> None:
    """Change a column's type, default, nullability, place and name, in that order."""
    column = draft.column(op.column_name)
    _refuse_computed(column, op)
    text = column.text
    if op.modify_type is not None:
        text = _retyped(writer, text, op)
    if op.modify_nullable is not None:
        text = text.without("NULL", "NOT NULL") if op.modify_nullable else _mandatory(text)
    if op.modify_server_default is None:
        text = text.without("DEFAULT")
    elif op.modify_server_default is not False:
        default = writer.default(op.modify_server_default)
        text = text if default is None else text.having("DEFAULT", default)
    if text != column.text:
        draft.obstruct("a change of a column's type, default or nullability")
        draft.put(column, replace(column, text=text))
    if op.modify_type is not None:
        _exchange_checks(draft, writer, op)
    _move(draft, op)
    if op.modify_name is not None and op.modify_name != op.column_name:
        _rename(draft, writer, op.column_name, op.modify_name)


def _refuse_computed(column: Column, op: AlterColumnOp) -> None:
    computed = column.generated or isinstance(op.modify_server_default, sa.Computed)
    if computed and op.modify_server_default is not False:
        raise UnsupportedOperation(
            f"Changing the computed expression of {op.table_name}.{op.column_name}",
            "sqlite",
            "a column cannot become computed, or stop being so",
            "Drop the column and add it again with its new expression.",
        )


def _retyped(writer: Writer, text: ColumnDef, op: AlterColumnOp) -> ColumnDef:
    new = writer.type(op.modify_type)
    key = text.find("PRIMARY KEY")
    if key and "AUTOINCREMENT" in key.text.upper() and new.type.text.upper() != "INTEGER":
        raise UnsupportedOperation(
            f"Changing the type of {op.table_name}.{op.column_name}",
            "sqlite",
            "AUTOINCREMENT works on an INTEGER PRIMARY KEY only",
            "Keep the type Integer, for example with BigInteger().with_variant(Integer, 'sqlite').",
        )
    if plain(new.type.text) != plain(text.type.text):
        text = text.typed(new.type.text)
    collation = new.find("COLLATE")
    return text if collation is None else text.having("COLLATE", collation.text)


def _mandatory(text: ColumnDef) -> ColumnDef:
    text = text.without("NULL")
    return text if text.find("NOT NULL") else text.having("NOT NULL", "NOT NULL")


def _exchange_checks(draft: Draft, writer: Writer, op: AlterColumnOp) -> None:
    """A CHECK that came with the old type goes, that of the new one comes."""
    old = _type_checks(writer, op, op.existing_type) if op.existing_type is not None else []
    new = _type_checks(writer, op, op.modify_type)
    for name, sql in old:
        alike = of(parse_constraint(draft.in_text(sql)).clause).says
        for one in draft.held():
            if one in named(draft.held(), name) or (name is None and one.says == alike):
                draft.remove_constraint(one)
                draft.obstruct("a CHECK that comes with a column's type")
    for _, sql in new:
        draft.add_constraint(draft.in_text(sql))
        draft.obstruct("a CHECK that comes with a column's type")


def _type_checks(writer: Writer, op: AlterColumnOp, type_: Any) -> list[tuple[str | None, str]]:
    convention = writer.naming.naming_convention if writer.naming is not None else None
    column = build.column_on(
        op.table_name,
        sa.Column(op.column_name, to_instance(type_)),
        schema=op.schema,
        convention=convention,
    )
    return writer.type_checks(column)


def _move(draft: Draft, op: AlterColumnOp) -> None:
    before, after = op.kw.get("insert_before"), op.kw.get("insert_after")
    if before is None and after is None:
        return
    draft.obstruct("another place for a column")
    column = draft.column(op.column_name)
    draft.columns.remove(column)
    draft.insert(column, before, after)


def _rename(draft: Draft, writer: Writer, old: str, new: str) -> None:
    column = draft.column(old)
    if folded(old) != folded(new):
        draft.refuse_column(new)
    if draft.table.sqlite_version < _RENAME_SINCE:
        raise UnsupportedOperation(
            f"Renaming {draft.table.name}.{old}",
            "sqlite",
            "it can rename a column since version 3.26",
            "Use a newer SQLite, or add a column and copy the values.",
        )
    draft.put(column, replace(column, name=new))
    draft.native.append(rename_statement(draft, writer, old, new))


def rename_statement(draft: Draft, writer: Writer, old: str, new: str) -> str:
    """RENAME COLUMN."""
    return f"ALTER TABLE {draft.here} RENAME COLUMN {quoted(old)} TO {writer.name(new)}"


# -- drop ----------------------------------------------------------------------------------------


def drop(draft: Draft, op: DropColumnOp) -> None:
    """Drop a column with what is on this column alone.

    :raises ColumnInUse: something else uses it.
    """
    if op.if_exists and draft.find(op.column_name) is None:
        return
    column = draft.column(op.column_name)
    if len(draft.columns) == 1:
        raise UnsupportedOperation(
            f"Dropping {draft.table.name}.{column.name}",
            "sqlite",
            "it is the last column of its table",
            f"Drop the table: op.drop_table({draft.table.name!r}).",
        )
    _refuse_outside_uses(draft, column)
    _refuse_column_uses(draft, column)
    if any(column.text.find(kind) for kind in ("PRIMARY KEY", "UNIQUE", "REFERENCES")):
        draft.obstruct("dropping a column that is a key")
    if draft.table.sqlite_version < _DROP_SINCE:
        draft.obstruct("dropping a column in this version of SQLite")
    _drop_constraints_on(draft, column)
    _drop_indexes_on(draft, column)
    draft.columns.remove(column)
    draft.native.append(f"ALTER TABLE {draft.here} DROP COLUMN {quoted(column.name)}")


def _refuse_outside_uses(draft: Draft, column: Column) -> None:
    """Views, triggers, and the foreign keys of other tables."""
    if column.source is None:
        return
    table, name = draft.table, column.source.name
    relations = _showing(draft)
    for item in (*table.triggers, *table.others):
        if mentions.needs(item, name, relations, table.name):
            raise ColumnInUse(
                table.name,
                column.name,
                item.kind,
                item.name,
                f"Drop the {item.kind} before, and create it again after without the column: "
                f'op.execute("DROP {item.kind.upper()} {item.name}")',
            )
    key = [c for one in draft.held() if one.kind == "PRIMARY KEY" for c in one.columns]
    for referrer in table.referrers:
        referred = [referrer.column] if referrer.column is not None else key
        if folded(referrer.table) != folded(table.name) and folded(name) in map(folded, referred):
            raise ColumnInUse(
                table.name,
                column.name,
                "foreign key",
                f"of table {referrer.table}",
                f"Drop that foreign key before, in a batch of table {referrer.table}.",
            )


def _showing(draft: Draft) -> frozenset[str]:
    """The table, and the views that show its columns without naming them; folded."""
    shown = {folded(draft.table.name)}
    views = [item for item in draft.table.others if item.kind == "view"]
    while True:
        more = {
            folded(view.name)
            for view in views
            if mentions.passes_on(view)
            and any(folded(token.name) in shown for token in significant(view.sql) if token.name)
        } - shown
        if not more:
            return frozenset(shown)
        shown |= more


def _refuse_column_uses(draft: Draft, column: Column) -> None:
    """What stands at other columns."""
    name = folded(column.text.name)
    for other in draft.columns:
        for clause in other.text.clauses:
            if other is column or name not in draft.named_in(clause.text):
                continue
            generated = clause.kind == "GENERATED"
            raise ColumnInUse(
                draft.table.name,
                column.name,
                "computed column" if generated else "a constraint of column",
                other.name,
                f"Drop it first in the same batch: batch_op.drop_column({other.name!r})"
                if generated
                else f"Drop that constraint first in the same batch: {clause.text}",
            )


def _drop_constraints_on(draft: Draft, column: Column) -> None:
    name = folded(column.text.name)
    for constraint in list(draft.constraints):
        one = of(constraint.clause)
        used = draft.named_in(constraint.clause.text)
        own = frozenset(map(folded, one.columns)) or used
        if name not in used:
            continue
        if own != {name}:
            raise ColumnInUse(
                draft.table.name,
                column.name,
                "constraint",
                one.name or constraint.clause.text,
                "Drop it first in the same batch: "
                f"batch_op.drop_constraint({one.name!r}, type_={constraints.TYPE_OF[one.kind]!r})",
            )
        draft.remove_constraint(one)
        draft.obstruct("dropping a column that a constraint is on")


def _drop_indexes_on(draft: Draft, column: Column) -> None:
    name = folded(column.text.name)
    for index in list(draft.indexes):
        used = draft.named_in_index(index.sql)
        if name not in used:
            continue
        if used != {name}:
            raise ColumnInUse(
                draft.table.name,
                column.name,
                "index",
                index.name,
                f"Drop it first in the same batch: batch_op.drop_index({index.name!r})",
            )
        constraints.remove_index(draft, index)
