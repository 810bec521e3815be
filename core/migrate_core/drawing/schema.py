"""A schema as a picture: tables with their columns, what refers to what, and what would change.

::

    Snapshot of the models, or of the database   -> of_snapshot
    both, and the next migration's operations    -> of_changes     + added   - dropped   ~ changed
      -> SchemaPicture -> text of a format         schema_svg, schema_page, mermaid_schema, ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from migrate_core.autogenerate.facts import ColumnFacts, ForeignKey, Snapshot, TableFacts, TableKey
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateForeignKeyOp,
    CreateTableOp,
    DropColumnOp,
    DropTableOp,
    MigrateOperation,
    RenameTableOp,
    describe,
)

Sign = Literal["", "+", "-", "~"]

SIGNS: Mapping[Sign, str] = {"+": "added", "-": "dropped", "~": "changed"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    :param detail: its type, and whether it may be null; both of them where they change.
    :param tags: ``PK``, ``FK``, ``UQ``.
    :param change: what the migration does to it, in words.
    """

    name: str
    detail: str
    tags: tuple[str, ...]
    sign: Sign = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A change of something that is no column: a key, an index, a view."""

    sign: Sign
    text: str

    def within(self, table: str) -> str:
        """It, written where the table need not be named."""
        return f"{self.sign} {self.text.removesuffix(f' on {table}')}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    :param notes: what changes beside its columns.
    """

    key: TableKey
    columns: tuple[Column, ...]
    sign: Sign = ""
    notes: tuple[Note, ...] = ()
    comment: str = ""

    @property
    def name(self) -> str:
        """With its schema, where that is not the default one."""
        schema, name = self.key
        return f"{schema}.{name}" if schema else name


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key.

    :param pairs: its own and the referred columns.
    :param optional: whether it may be null.
    :param single: whether each row is referred to once at most.
    """

    table: TableKey
    referred: TableKey
    pairs: tuple[tuple[str, str], ...]
    name: str
    optional: bool = False
    single: bool = False
    sign: Sign = ""

    @property
    def said(self) -> str:
        """It in words."""
        pairs = ", ".join(f"{own} = {other}" for own, other in self.pairs)
        called = f"{self.name}: " if self.name else ""
        return f"{called}{self.table[1]} refers to {self.referred[1]} ({pairs})"


@dataclass(frozen=True, slots=True)
class SchemaPicture:
    """A schema, to be written in some format.

    :param title: what it shows.
    :param notes: what changes and belongs to no table.
    :param questions: what only a person can answer, as whether something was renamed.
    :param differs: whether it shows changes; then what has no sign stays as it is.
    """

    title: str
    tables: tuple[Table, ...]
    references: tuple[Reference, ...]
    notes: tuple[Note, ...] = ()
    questions: tuple[str, ...] = ()
    differs: bool = False

    @property
    def summary(self) -> str:
        """What it shows, in one line."""
        count = len(self.tables)
        said = [f"{count} table{'' if count == 1 else 's'}"]
        if self.differs:
            signs = [sign for sign, _ in self.changes]
            said += [f"{signs.count(sign)} {word}" for sign, word in SIGNS.items() if sign in signs]
            said += [] if signs else ["no difference"]
            said += [f"open: {question}" for question in self.questions]
        return " · ".join(said)

    @property
    def changes(self) -> Iterator[tuple[Sign, str]]:
        """Each change once: what is added or dropped with its table is not told by itself."""
        for table in self.tables:
            if table.sign in ("+", "-"):
                yield table.sign, table.name
                continue
            told = {note.text for note in table.notes}
            for column in table.columns:
                if column.sign and column.change not in told:
                    said = column.change if column.sign == "~" else f"{table.name}.{column.name}"
                    yield column.sign, said
            yield from ((note.sign, note.text) for note in table.notes)
        yield from ((note.sign, note.text) for note in self.notes)


def of_snapshot(snapshot: Snapshot, title: str) -> SchemaPicture:
    """The picture of one side."""
    tables = tuple(_table(table) for table in snapshot.tables.values())
    references = tuple(_references(snapshot.tables.values()))
    return SchemaPicture(title, tables, references)


def of_changes(
    before: Snapshot,
    after: Snapshot,
    operations: Sequence[MigrateOperation],
    questions: Sequence[str],
    title: str,
) -> SchemaPicture:
    """The picture of what a migration does.

    :param before: the database.
    :param after: the models.
    :param operations: what the migration does, one by one.
    :param questions: what is open; until it is answered, all is as the operations have it.
    """
    changes = _Changes(before, after)
    for op in operations:
        changes.take(op)
    return replace(changes.picture(title), questions=tuple(questions))


class _Changes:
    """Operations put where they belong, one after the other."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self._before = before
        self._tables = {key: _table(table) for key, table in after.tables.items()}
        self._references = list(_references(after.tables.values()))
        self._renamed: dict[TableKey, TableKey] = {}
        self._notes: list[Note] = []

    def picture(self, title: str) -> SchemaPicture:
        """What they come to."""
        tables = tuple(self._tables.values())
        known = frozenset(self._tables)
        references = tuple(each for each in self._references if each.table in known)
        return SchemaPicture(title, tables, references, tuple(self._notes), differs=True)

    def take(self, op: MigrateOperation) -> None:
        """Sign what one operation is about."""
        match op:
            case CreateTableOp() if (key := self._key(op.schema, op.table_name)) in self._tables:
                self._tables[key] = replace(self._tables[key], sign="+")
                self._sign_references(key, "+")
            case DropTableOp() if (op.schema, op.table_name) in self._before.tables:
                gone = self._before.tables[op.schema, op.table_name]
                self._tables[gone.key] = replace(_table(gone), sign="-")
                self._references += [replace(each, sign="-") for each in _references([gone])]
            case RenameTableOp():
                key = self._key(op.schema, op.new_table_name)
                self._renamed[key] = (op.schema, op.table_name)
                self._note(key, op)
            case AddColumnOp():
                self._column(self._key(op.schema, op.table_name), op.column.name, "+", op)
            case AlterColumnOp():
                name, key = op.modify_name or op.column_name, self._key(op.schema, op.table_name)
                self._column(key, name, "~", op)
                if op.modify_name:  # the column is drawn under its new name alone
                    self._note(key, op)
            case DropColumnOp():
                self._dropped(self._key(op.schema, op.table_name), op)
            case _:
                self._beside(op)

    def _key(self, schema: str | None, name: str) -> TableKey:
        return (schema, name) if (schema, name) in self._tables else (None, name)

    def _column(self, key: TableKey, name: str, sign: Sign, op: MigrateOperation) -> None:
        table = self._tables.get(key)
        if table is None or all(each.name != name for each in table.columns):
            self._notes.append(Note(sign, describe(op)))
            return
        stored = self._stored(key)
        was = op.column_name if isinstance(op, AlterColumnOp) else name
        old = stored.columns.get(was) if stored else None

        def signed(column: Column) -> Column:
            detail = column.detail
            if sign == "~" and old is not None and _detail(old) != detail:
                detail = f"{_detail(old)} → {detail}"
            return replace(column, detail=detail, sign=sign, change=describe(op))

        columns = tuple(signed(each) if each.name == name else each for each in table.columns)
        self._tables[key] = replace(table, columns=columns, sign=table.sign or "~")

    def _dropped(self, key: TableKey, op: DropColumnOp) -> None:
        table, stored = self._tables.get(key), self._stored(key)
        found = stored.columns.get(op.column_name) if stored else None
        if table is None or stored is None or found is None:
            self._notes.append(Note("-", describe(op)))
            return
        gone = replace(_column(found, stored), sign="-", change=describe(op))
        self._tables[key] = replace(table, columns=(*table.columns, gone), sign=table.sign or "~")

    def _beside(self, op: MigrateOperation) -> None:
        """An operation that is about no column."""
        name = getattr(op, "table_name", None)
        if not isinstance(name, str):
            self._notes.append(Note(_sign(op), describe(op)))
            return
        key = self._key(getattr(op, "schema", None), name)
        if isinstance(op, CreateForeignKeyOp):
            self._sign_references(key, "+", frozenset(op.local_cols))
        elif getattr(op, "constraint_type", None) == "foreignkey" and _sign(op) == "-":
            stored = self._stored(key)
            self._references += [
                replace(each, sign="-", table=key)
                for each in _references([stored] if stored else [])
                if each.name == getattr(op, "constraint_name", None)
            ]
        self._note(key, op)

    def _note(self, key: TableKey, op: MigrateOperation) -> None:
        table, note = self._tables.get(key), Note(_sign(op), describe(op))
        if table is None:
            self._notes.append(note)
        elif table.sign not in ("+", "-"):  # where its parts come and go with it
            self._tables[key] = replace(table, notes=(*table.notes, note), sign="~")

    def _stored(self, key: TableKey) -> TableFacts | None:
        return self._before.tables.get(self._renamed.get(key, key))

    def _sign_references(
        self, key: TableKey, sign: Sign, columns: frozenset[str] | None = None
    ) -> None:
        for number, each in enumerate(self._references):
            own = frozenset(pair[0] for pair in each.pairs)
            if each.table == key and (columns is None or own == columns) and not each.sign:
                self._references[number] = replace(each, sign=sign)


def _sign(op: MigrateOperation) -> Sign:
    first = describe(op).partition(" ")[0]
    return "+" if first == "add" else "-" if first == "drop" else "~"


def _table(facts: TableFacts) -> Table:
    columns = tuple(_column(each, facts) for each in facts.columns.values())
    return Table(facts.key, columns, comment=facts.comment or "")


def _column(facts: ColumnFacts, table: TableFacts) -> Column:
    primary = table.primary_key
    unique = {each.content.columns for each in table.uniques}
    unique |= {
        frozenset(element.text for element in each.content.elements)
        for each in table.indexes
        if each.content.unique and each.content.where is None
    }
    tags = (
        ("PK", primary is not None and facts.name in primary.content.columns),
        (
            "FK",
            any(facts.name == own for key in table.foreign_keys for own, _ in key.content.pairs),
        ),
        ("UQ", frozenset([facts.name]) in unique),
    )
    return Column(facts.name, _detail(facts), tuple(tag for tag, holds in tags if holds))


def _detail(facts: ColumnFacts) -> str:
    return f"{facts.type or '?'}{' null' if facts.nullable else ''}"


def _references(tables: Iterable[TableFacts]) -> Iterator[Reference]:
    for table in tables:
        for key in table.foreign_keys:
            yield _reference(table, key)


def _reference(table: TableFacts, key: ForeignKey) -> Reference:
    content = key.content
    own = frozenset(pair[0] for pair in content.pairs)
    primary = table.primary_key
    unique = {each.content.columns for each in table.uniques}
    unique |= {frozenset(primary.content.columns)} if primary else set()
    optional = any(table.columns[name].nullable for name in own if name in table.columns)
    return Reference(
        table.key, content.referred, content.pairs, key.name or "", optional, own in unique
    )
