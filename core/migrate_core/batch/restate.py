"""All changes of a MySQL or MariaDB table in one ALTER TABLE ... FORCE, which makes it anew.

The server does that itself (MySQL manual, "ALTER TABLE", FORCE and "Performance and Space
Requirements"): what is written meanwhile waits or is taken along, the new table takes the old one's
place at once, and the old one stays where anything fails or the server is killed. Foreign keys in
both directions, triggers, grants, partitions and the next AUTO_INCREMENT value stay, which a copy
made by statements would have to bring back. No algorithm is named: the server takes the one that
keeps writers out the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlalchemy.types import to_instance

from migrate_core.batch.columntext import ColumnText
from migrate_core.ddl import DDL, Element
from migrate_core.ddl.compile import default_text, literal, type_text
from migrate_core.ddl.elements import AddColumn
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    CreateIndexOp,
    CreateTableCommentOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    MigrateOperation,
)
from migrate_core.schema import versions


def restated(
    columns: Mapping[str, str],
    operations: Sequence[MigrateOperation],
    order: Sequence[str],
    ddl: DDL,
    *,
    table: str,
    schema: str | None = None,
) -> str:
    """The statement.

    :param columns: the stored columns in their order, each with what stands behind its name.
    :param order: the columns as they are to be, after the operations.
    :raises UnsupportedOperation: an operation that a batch has not, or cannot do here.
    """
    draft = _Draft(columns, ddl, table, schema)
    for operation in operations:
        draft.apply(operation)
    clauses = [*draft.columns(order), *draft.clauses, "FORCE"]
    return f"ALTER TABLE {draft.here} {', '.join(clauses)}"


class _Draft:
    """The table while operations are put in.

    ``sources`` has the stored name of each column, None for a new one.
    """

    def __init__(
        self, columns: Mapping[str, str], ddl: DDL, table: str, schema: str | None
    ) -> None:
        self.ddl = ddl
        self.compiler = versions.ddl_compiler(ddl.dialect)
        self.table = table
        quote = ddl.dialect.identifier_preparer
        self.here = f"{quote.quote_schema(schema)}." if schema else ""
        self.here = self._raw(self.here + quote.quote(table))
        self.stored = dict(columns)
        self.texts = {name: ColumnText.of(text) for name, text in columns.items()}
        self.sources: dict[str, str | None] = {name: name for name in columns}
        self.clauses: list[str] = []

    def apply(self, operation: MigrateOperation) -> None:
        match operation:
            case AddColumnOp():
                self._add(operation)
            case AlterColumnOp():
                self._alter(operation)
            case DropColumnOp():
                self._drop(operation)
            case (
                AddConstraintOp()
                | DropConstraintOp()
                | CreateIndexOp()
                | DropIndexOp()
                | CreateTableCommentOp()
                | DropTableCommentOp()
            ):
                self.clauses += [self._clause(each) for each in self.ddl.elements(operation)]
            case _:
                raise UnsupportedOperation(
                    f"{type(operation).__name__} inside a batch with recreate='always'",
                    self.ddl.dialect.name,
                    "a batch changes the columns, constraints and indexes of one table",
                    "Call it on op, outside of the batch.",
                )

    # -- columns ---------------------------------------------------------------------------------

    def columns(self, order: Sequence[str]) -> Iterator[str]:
        """ADD and CHANGE, with places only where the order is not what it would be without."""
        kept = [name for name, source in self.sources.items() if source is not None]
        natural = [*kept, *(name for name in self.sources if name not in kept)]
        for place, name in enumerate(order):
            where = ""
            if list(order) != natural:
                where = f" AFTER {self._quoted(order[place - 1])}" if place else " FIRST"
            source, text = self.sources[name], str(self.texts[name])
            if source is None:
                yield f"ADD COLUMN {self._quoted(name)} {text}{where}"
            elif where or name != source or text != str(ColumnText.of(self.stored[source])):
                yield f"CHANGE {self._quoted(source)} {self._quoted(name)} {text}{where}"

    def _add(self, op: AddColumnOp) -> None:
        name = str(op.column.name)
        if op.if_not_exists and name in self.sources:
            return
        for element in self.ddl.elements(op):
            clause = self._clause(element)
            if isinstance(element, AddColumn):
                words = "ADD COLUMN IF NOT EXISTS " if op.if_not_exists else "ADD COLUMN "
                clause = clause.removeprefix(words)
                quoted = self._raw(self.compiler.preparer.quote(name))
                self.texts[name] = ColumnText.of(clause.removeprefix(quoted).strip())
                self.sources[name] = None
            else:
                self.clauses.append(clause)

    def _alter(self, op: AlterColumnOp) -> None:
        text = self.texts[op.column_name]
        self._refuse_default(op, text)
        if op.modify_type is not None:
            text = text.typed(self._raw(type_text(self.compiler, to_instance(op.modify_type))))
        if op.modify_nullable is not None:
            text = text.nullable(op.modify_nullable)
        if op.modify_server_default is not False:
            text = text.having("DEFAULT", self._default(op.modify_server_default))
        if op.modify_comment is not False:
            text = text.having("COMMENT", self._comment(op.modify_comment))
        if "autoincrement" in op.kw:
            said = "AUTO_INCREMENT" if op.kw["autoincrement"] else None
            text = text.having("AUTO_INCREMENT", said)
        self._put(op.column_name, op.modify_name or op.column_name, text)

    def _put(self, old: str, new: str, text: ColumnText) -> None:
        """The column under its name, in its place; others speak of it by that name."""
        self.texts[old] = text
        if new == old:
            return
        names = self._quoted(old), self._quoted(new)
        self.texts = {
            new if name == old else name: each.renamed(*names) for name, each in self.texts.items()
        }
        self.sources = {new if n == old else n: source for n, source in self.sources.items()}

    def _drop(self, op: DropColumnOp) -> None:
        if op.if_exists and op.column_name not in self.sources:
            return
        source = self.sources.pop(op.column_name)
        if source is not None:
            self.clauses.append(f"DROP COLUMN {self._quoted(source)}")

    def _refuse_default(self, op: AlterColumnOp, text: ColumnText) -> None:
        default = op.modify_server_default
        if isinstance(default, sa.Identity):
            self.ddl.column_identity(op)
        if default is False or not (text.generated or isinstance(default, sa.Computed)):
            return
        raise UnsupportedOperation(
            f"Changing the computed expression of {self.table}.{op.column_name}",
            self.ddl.dialect.name,
            "a column cannot become computed, or stop being so",
            "Drop the column and add it again with its new expression.",
        )

    # -- text ------------------------------------------------------------------------------------

    def _clause(self, element: Element) -> str:
        """A statement of its own as a clause of ALTER TABLE."""
        compiled: Any = element
        text = self._raw(str(compiled.compile(dialect=self.ddl.dialect)))
        if isinstance(element, CreateIndex | DropIndex):
            name = self._raw(self.compiler.preparer.format_index(element.element))
            text = text.replace(f"{name} ON {self.here}", name, 1)
            return text.replace("CREATE ", "ADD ", 1) if isinstance(element, CreateIndex) else text
        return text.removeprefix(f"ALTER TABLE {self.here} ")

    def _default(self, default: Any) -> str | None:
        return (
            None
            if default is None
            else f"DEFAULT {self._raw(default_text(self.compiler, default))}"
        )

    def _comment(self, comment: str | None) -> str | None:
        return f"COMMENT {self._raw(literal(self.compiler, comment))}" if comment else None

    def _quoted(self, name: str) -> str:
        return self._raw(self.compiler.preparer.quote_identifier(name))

    def _raw(self, text: str) -> str:
        """As the server is to read it: whoever sends it doubles percent signs for the driver."""
        return versions.unescaped_percents(self.compiler, text)
