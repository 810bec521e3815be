"""A table while the operations of one batch are done to it, one after the other, as text.

A renamed column keeps its old name in the text: SQLite itself renames it at the very end, which
also renames it in indexes, triggers, views and the foreign keys of other tables. So a column has
two names here: ``name``, by which the operations know it, and that in its ``text``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from migrate_core.batch import mentions, sqltext
from migrate_core.batch.held import Held, held
from migrate_core.batch.sqltext import Clause, ColumnDef, ConstraintDef, TableText, same_name
from migrate_core.batch.tokens import folded, quoted, significant
from migrate_core.errors import AlreadyExists, NoSuchObject, UnsupportedOperation
from migrate_core.schema.stored import StoredObject, StoredTable


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table as it will be.

    :param source: the column in the table as it is; None for a new column.
    """

    name: str
    text: ColumnDef
    source: ColumnDef | None

    @property
    def generated(self) -> bool:
        """Whether its values are computed."""
        return self.text.find("GENERATED") is not None


class Draft:
    """The state of one batch.

    ``native`` are the statements that do it in place; where one operation cannot be done so,
    ``obstacle`` says which, and ``native`` is of no use. ``beside`` are the pairs, earlier and
    later, of columns that were put beside each other.
    """

    def __init__(self, table: StoredTable, source: TableText) -> None:
        self.table = table
        self.source = source
        self.columns = [Column(c.name, c, c) for c in self.source.columns]
        self.constraints = list(self.source.constraints)
        self.indexes = list(table.indexes)
        self.ending = self.source.ending
        self.native: list[str] = []
        self.obstacle: str | None = None
        self.beside: set[tuple[str, str]] = set()

    # -- what is there ---------------------------------------------------------------------------

    @property
    def here(self) -> str:
        """The table's name in SQL."""
        return self.qualified(self.table.name)

    @property
    def prefix(self) -> str:
        """What stands in SQL before a name of the table's schema; nothing for the main one."""
        return f"{quoted(self.table.schema)}." if self.table.schema else ""

    def qualified(self, name: str) -> str:
        """A name of the table's schema in SQL."""
        return f"{self.prefix}{quoted(name)}"

    def find(self, name: str) -> Column | None:
        """The column that is now called that."""
        return next((column for column in self.columns if same_name(column.name, name)), None)

    def column(self, name: str) -> Column:
        """The column that is now called that.

        :raises NoSuchObject: there is none.
        """
        found = self.find(name)
        if found is None:
            known = [column.name for column in self.columns]
            raise NoSuchObject("column", name, self.table.name, known)
        return found

    def held(self) -> list[Held]:
        """All constraints, in the names of the text."""
        return list(held([column.text for column in self.columns], self.constraints))

    @property
    def text_names(self) -> dict[str, str]:
        """How the text writes each column, by its folded name of now, where the names differ."""
        return {
            folded(column.name): column.text.written
            for column in self.columns
            if column.name != column.text.name
        }

    @property
    def new_columns(self) -> frozenset[str]:
        """The columns, folded, that the table as it is does not have."""
        return frozenset(folded(c.text.name) for c in self.columns if c.source is None)

    def named_in(self, constraint: str) -> frozenset[str]:
        """The columns, folded, that a constraint or clause names."""
        return mentions.in_constraint(constraint, self.table.name) & self._text_columns

    def named_in_index(self, sql: str) -> frozenset[str]:
        """The columns, folded, that a CREATE INDEX statement names."""
        return mentions.in_index(sql) & self._text_columns

    @property
    def _text_columns(self) -> frozenset[str]:
        return frozenset(folded(column.text.name) for column in self.columns)

    def in_text(self, constraint: str) -> str:
        """A constraint that was written in the names of now, in those of the text."""
        names = self.text_names
        return mentions.renamed(constraint, self.table.name, names) if names else constraint

    @property
    def without_rowid(self) -> bool:
        """Whether the table as it will be has no rowids."""
        return "ROWID" in {token.keyword for token in significant(self.ending)}

    # -- changes ---------------------------------------------------------------------------------

    def obstruct(self, reason: str) -> None:
        """Note why the batch cannot be done in place; the first reason stays."""
        self.obstacle = self.obstacle or reason

    def put(self, old: Column, new: Column) -> None:
        """Put a column in the place of another."""
        self.columns = [new if column is old else column for column in self.columns]

    def insert(self, column: Column, before: str | None, after: str | None) -> None:
        """Put a column beside another one, or at the end.

        Several that are put after the same column come in the order in which they are put there.
        """
        place = len(self.columns)
        if before is not None:
            place = self.columns.index(self.column(before))
            self.beside.add((column.name, self.column(before).name))
        elif after is not None:
            other = self.column(after)
            place = self.columns.index(other) + 1
            while place < len(self.columns) and self._stands_behind(other, self.columns[place]):
                place += 1
            self.beside.add((other.name, column.name))
        self.columns.insert(place, column)

    def _stands_behind(self, one: Column, other: Column) -> bool:
        return (one.name, other.name) in self.beside

    def free_text_name(self, name: str) -> str:
        """``name``, or one like it where the text has another column of that name."""
        used = {folded(column.text.name) for column in self.columns}
        return unused(name, used)

    def refuse_column(self, name: str) -> None:
        """
        :raises AlreadyExists: there is a column of that name.
        """
        if self.find(name) is not None:
            raise AlreadyExists("column", name, self.table.name)

    def add_constraint(self, text: str) -> ConstraintDef:
        """Add a constraint to the table; its text is in the names of the text."""
        constraint = sqltext.parse_constraint(text)
        name = constraint.clause.name
        if name and any(one.name and same_name(one.name, name) for one in self.held()):
            raise AlreadyExists("constraint", name, self.table.name)
        self.constraints.append(constraint)
        return constraint

    def remove_constraint(self, one: Held) -> None:
        """Take a constraint away, wherever it is written."""
        self.constraints = [c for c in self.constraints if c.clause is not one.clause]
        for column in self.columns:
            kept = tuple(c for c in column.text.clauses if c is not one.clause)
            if len(kept) != len(column.text.clauses):
                self.put(column, replace(column, text=replace(column.text, clauses=kept)))

    def replace_constraint(self, old: Clause, new: Clause) -> None:
        """Put a constraint's clause in the place of another, wherever it is written."""
        self.constraints = [
            replace(c, clause=new) if c.clause is old else c for c in self.constraints
        ]
        for column in self.columns:
            clauses = tuple(new if c is old else c for c in column.text.clauses)
            if clauses != column.text.clauses:
                self.put(column, replace(column, text=replace(column.text, clauses=clauses)))

    def find_index(self, name: str) -> StoredObject | None:
        """The index of that name."""
        return next((index for index in self.indexes if same_name(index.name, name)), None)

    # -- the outcome -----------------------------------------------------------------------------

    def stored(self, item: ConstraintDef | StoredObject) -> bool:
        """Whether it is in the database as it is, and not of this batch."""
        return any(item is one for one in (*self.source.constraints, *self.table.indexes))

    def create(self, name: str) -> str:
        """The CREATE TABLE statement of the table as it will be, under another name."""
        # A check may say table.column, and while it is made the table has another name.
        text = replace(self._text, before="", written="")
        return (
            self.source.before
            + self.qualified(name)
            + mentions.unqualified(text.sql, self.table.name)
        )

    @property
    def definition(self) -> str:
        """The CREATE TABLE statement of the table as it will be, under its own name."""
        return self._text.sql

    @property
    def _text(self) -> TableText:
        blanks = _blanks(self.source.columns[-1].lead) or " "
        return replace(
            self.source,
            ending=self.ending,
            columns=tuple(_placed(column, blanks) for column in self.columns),
            constraints=tuple(
                replace(c, comma=True)
                if self.stored(c)
                else replace(c, clause=replace(c.clause, lead=blanks))
                for c in self.constraints
            ),
        )


def _placed(column: Column, blanks: str) -> ColumnDef:
    """A column's text as an item of the list, a new one on a line as the others are."""
    return replace(
        column.text, comma=True, lead=column.text.lead if column.source is not None else blanks
    )


def unused(name: str, used: set[str]) -> str:
    """``name``, with a number where it is in ``used`` (folded names)."""
    candidate, number = name, 1
    while folded(candidate) in used:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _blanks(lead: str) -> str:
    """The line end and indentation of a lead, without its comments."""
    stripped = lead.rstrip()
    return lead[len(stripped) :] if stripped else lead


def readable(table: StoredTable) -> TableText:
    """The text of a table, if it says what the database says.

    :raises UnsupportedOperation: a virtual table, or text that is not understood.
    """
    try:
        text = sqltext.parse(table.sql)
    except sqltext.UnreadableSQL:
        text = None
    if text is None or tuple(column.name for column in text.columns) != table.columns:
        raise UnsupportedOperation(
            f"Changing table {table.name!r}",
            "sqlite",
            "its stored definition is not a plain CREATE TABLE with columns",
            "Change it with statements of your own: op.execute(...).",
        )
    return text
