"""What a class of the documented ``DefaultImpl`` overrides, and where that takes part.

::

    ImplApplier             op.drop_column(...)  ->  impl.drop_column(...)
    register_comparators    a comparison         ->  impl.compare_type(...)
    rendering               a type as source     ->  impl.render_type(...)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from migrate_core.database.channel import Channel
from migrate_core.ddl import DDL
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    NamingSource,
    OpContainer,
    RenameTableOp,
)
from migrate_core.runtime.applier import Applier
from migrate_core.schema import versions
from migrate_core.settings import RenderItem

if TYPE_CHECKING:
    from migrate_core import batch
    from migrate_core.api.impl import DefaultImpl
    from migrate_core.autogenerate import Comparators, PriorityDispatchResult

# -- operations through what is overridden ---------------------------------------------------------


class ImplApplier(Applier):
    """Sends operations as ``ddl`` does them, but for those whose method is overridden."""

    def __init__(self, impl: DefaultImpl, ddl: DDL, channel: Channel) -> None:
        super().__init__(ddl, channel)
        self._impl = impl
        names = [name for name in _METHODS.values() if impl.overrides(name)]
        self._overridden = {kind for kind, name in _METHODS.items() if name in names}

    def known(self, op: MigrateOperation) -> Any:
        """Do ``op`` as if nothing were overridden."""
        return super().apply(op)

    def apply(self, op: MigrateOperation) -> Any:
        method = self._method(op)
        if method is None:
            return super().apply(op)
        return _call(op, method, self.ddl)

    def alter(
        self,
        table_name: str,
        ops: Sequence[MigrateOperation],
        *,
        schema: str | None = None,
        options: batch.Options | None = None,
        naming: NamingSource | None = None,
    ) -> None:
        if self.ddl.alters_by_rebuild or not any(map(self._method, ops)):
            super().alter(table_name, ops, schema=schema, options=options, naming=naming)
            return
        for op in ops:
            self.apply(op)

    def _method(self, op: MigrateOperation) -> Callable[..., Any] | None:
        if not self._overridden:
            return None
        kind = next((each for each in self._overridden if isinstance(op, each)), None)
        return None if kind is None else getattr(self._impl, _METHODS[kind])


_METHODS: Mapping[type[MigrateOperation], str] = {
    AddColumnOp: "add_column",
    AlterColumnOp: "alter_column",
    DropColumnOp: "drop_column",
    CreateTableOp: "create_table",
    DropTableOp: "drop_table",
    RenameTableOp: "rename_table",
    CreateTableCommentOp: "create_table_comment",
    DropTableCommentOp: "drop_table_comment",
    AddConstraintOp: "add_constraint",
    DropConstraintOp: "drop_constraint",
    CreateIndexOp: "create_index",
    DropIndexOp: "drop_index",
    BulkInsertOp: "bulk_insert",
    ExecuteSQLOp: "execute",
}


def _call(op: MigrateOperation, method: Callable[..., Any], ddl: DDL) -> Any:
    """Call the method for ``op`` as it is documented; a created table is returned."""
    naming = ddl.naming
    match op:
        case AddColumnOp():
            method(
                op.table_name,
                op.column_on_table(naming),
                schema=op.schema,
                **_said(op, "if_not_exists", "inline_references", "inline_primary_key"),
            )
        case AlterColumnOp():
            method(
                op.table_name,
                op.column_name,
                nullable=op.modify_nullable,
                server_default=op.modify_server_default,
                name=op.modify_name,
                type_=op.modify_type,
                schema=op.schema,
                comment=op.modify_comment,
                existing_comment=op.existing_comment,
                existing_type=op.existing_type,
                existing_server_default=op.existing_server_default,
                existing_nullable=op.existing_nullable,
                **op.kw,
            )
        case DropColumnOp():
            column = op.to_column(naming)
            method(op.table_name, column, schema=op.schema, **_said(op, "if_exists"), **op.kw)
        case CreateTableOp():
            table = op.to_table(naming)
            method(table, **_said(op, "if_not_exists"))
            return table
        case DropTableOp():
            method(op.to_table(naming), **_said(op, "if_exists"))
        case RenameTableOp():
            method(op.table_name, op.new_table_name, schema=op.schema)
        case CreateTableCommentOp() | DropTableCommentOp():
            method(op.to_table(naming))
        case AddConstraintOp():
            method(op.to_constraint(naming))
        case DropConstraintOp():
            method(ddl.constraint_to_drop(op), **_said(op, "if_exists"))
        case CreateIndexOp():
            method(op.to_index(naming), **_said(op, "if_not_exists"))
        case DropIndexOp():
            method(op.to_index(naming), **_said(op, "if_exists"))
        case BulkInsertOp():
            method(op.table, op.rows, multiinsert=op.multiinsert)
        case ExecuteSQLOp():
            method(op.sqltext, execution_options=op.execution_options)
    return None


def _said(op: Any, *names: str) -> dict[str, Any]:
    """The options of ``op`` that were given: an override need not know those that were not."""
    given = {name: getattr(op, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}


# -- comparisons with what is overridden -----------------------------------------------------------


def register_comparators(impl: DefaultImpl, comparators: Comparators) -> None:
    """Let the methods that are overridden take part in a comparison, in place of our own."""
    from migrate_core.autogenerate import DispatchPriority, PriorityDispatchResult

    first = DispatchPriority.LAST + 1  # after what is registered, before what is ours

    if impl.overrides("compare_type"):

        @comparators.dispatch_for("column", priority=first, subgroup="types")
        def compare_type(_context: Any, op: Any, *where: Any) -> PriorityDispatchResult:
            stored, model = where[-2:]
            if impl.compare_type(stored, model):
                op.modify_type, op.existing_type = model.type, stored.type
            return PriorityDispatchResult.STOP

    if impl.overrides("compare_server_default"):

        @comparators.dispatch_for("column", priority=first, subgroup="server_default")
        def compare_server_default(_context: Any, op: Any, *where: Any) -> PriorityDispatchResult:
            stored, model = where[-2:]
            texts = (_default_text(impl.dialect, each) for each in (model, stored))
            if impl.compare_server_default(stored, model, *texts):
                op.modify_server_default = model.server_default
                op.existing_server_default = stored.server_default
            return PriorityDispatchResult.STOP

    if impl.overrides("correct_for_autogen_constraints"):

        @comparators.dispatch_for("table", priority=DispatchPriority.LAST, subgroup="indexes")
        def correct_constraints(_context: Any, changes: OpContainer, *where: Any) -> None:
            tables = where[-2:]
            sets: list[set[Any]] = []
            for table in tables:
                sets += [_uniques(table), set(() if table is None else table.indexes)]
            before = [set(each) for each in sets]
            impl.correct_for_autogen_constraints(*sets)
            kinds = (CreateIndexOp, DropIndexOp, CreateUniqueConstraintOp, DropConstraintOp)
            _leave_out(changes, kinds, before, sets)

    if impl.overrides("correct_for_autogen_foreignkeys"):

        @comparators.dispatch_for("table", priority=DispatchPriority.LAST, subgroup="foreignkeys")
        def correct_keys(_context: Any, changes: OpContainer, *where: Any) -> None:
            sets = [
                set(() if table is None else table.foreign_key_constraints) for table in where[-2:]
            ]
            before = [set(each) for each in sets]
            impl.correct_for_autogen_foreignkeys(*sets)
            _leave_out(changes, (CreateForeignKeyOp, DropConstraintOp), before, sets)


def rendering(impl: DefaultImpl, render_item: RenderItem | None) -> RenderItem | None:
    """``render_item`` with ``render_type`` behind it, where that is overridden."""
    if not impl.overrides("render_type"):
        return render_item

    def render(kind: str, item: Any, context: Any) -> str | Literal[False] | None:
        found = False if render_item is None else render_item(kind, item, context)
        if found is False and kind == "type":
            return impl.render_type(item, context)
        return found

    return render


def _leave_out(
    changes: OpContainer,
    kinds: tuple[type[MigrateOperation], ...],
    before: Iterable[set[Any]],
    after: Iterable[set[Any]],
) -> None:
    """Take the operations out that are about what was taken out of the sets."""
    gone = {each.name for old, new in zip(before, after, strict=True) for each in old - new}
    changes.ops[:] = [op for op in changes.ops if not (isinstance(op, kinds) and _name(op) in gone)]


def _name(op: Any) -> str | None:
    name: str | None = op.index_name if hasattr(op, "index_name") else op.constraint_name
    return name


def _uniques(table: sa.Table | None) -> set[Any]:
    constraints = () if table is None else table.constraints
    return {each for each in constraints if isinstance(each, sa.UniqueConstraint)}


def _default_text(dialect: Dialect, column: sa.Column[Any]) -> str | None:
    text = versions.ddl_compiler(dialect).get_column_default_string(column)
    return None if text is None else str(text)
