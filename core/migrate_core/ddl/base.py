"""Operation to elements, as the SQL standard and most databases have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)
from sqlalchemy.sql.expression import Executable
from sqlalchemy.types import TypeEngine, to_instance

from migrate_core.ddl.elements import (
    AddColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    DropColumn,
    Element,
    IdentityColumnDefault,
    RenameTable,
    Rows,
)
from migrate_core.ddl.objects import (
    AlterSequence,
    CreateView,
    DropView,
    RenameConstraint,
    RenameIndex,
    ValidateConstraint,
    ViewKind,
)
from migrate_core.ddl.script import ScriptStyle
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    AlterEnumOp,
    AlterSequenceOp,
    BulkInsertOp,
    CreateEnumOp,
    CreateIndexOp,
    CreateSequenceOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateViewOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropSequenceOp,
    DropTableCommentOp,
    DropTableOp,
    DropViewOp,
    ExecuteSQLOp,
    MigrateOperation,
    NamingSource,
    OpContainer,
    RenameConstraintOp,
    RenameIndexOp,
    RenameTableOp,
    ReplaceViewOp,
    ValidateConstraintOp,
    describe,
)
from migrate_core.operations.base import convention_of
from migrate_core.schema import build, versions


class DDL:
    """How one dialect does each operation. Holds no connection and sends nothing."""

    transactional: ClassVar[bool] = False
    """Whether DDL can be rolled back."""

    alters_by_rebuild: ClassVar[bool] = False
    """Whether a change of an existing table goes through ``batch`` instead of ALTER."""

    materializes: ClassVar[bool] = False
    """Whether it has materialized views."""

    script: ClassVar[ScriptStyle] = ScriptStyle()
    """How its statements are written into a file."""

    def __init__(self, dialect: Dialect, naming: NamingSource | None = None) -> None:
        self.dialect = dialect
        self.naming = naming

    def elements(self, op: MigrateOperation) -> Iterator[Element]:
        """The statements that do ``op``, in order.

        :raises UnsupportedOperation: this dialect cannot do it, and nothing was yielded.
        """
        match op:
            case CreateTableOp():
                yield from self.create_table(op)
            case DropTableOp():
                yield DropTable(op.to_table(self.naming), if_exists=bool(op.if_exists))
            case RenameTableOp():
                yield RenameTable(op.table_name, op.new_table_name, op.schema)
            case CreateTableCommentOp():
                yield SetTableComment(op.to_table(self.naming))
            case DropTableCommentOp():
                yield DropTableComment(op.to_table(self.naming))
            case AddColumnOp():
                yield from self.add_column(op)
            case AlterColumnOp():
                yield from self.alter_column(op)
            case DropColumnOp():
                column = sa.Column(op.column_name, op.to_column(self.naming).type)
                yield DropColumn(op.table_name, column, op.schema, op.if_exists)
            case CreateIndexOp():
                yield CreateIndex(op.to_index(self.naming), if_not_exists=bool(op.if_not_exists))
            case DropIndexOp():
                yield DropIndex(op.to_index(self.naming), if_exists=bool(op.if_exists))
            case AddConstraintOp():
                yield AddConstraint(op.to_constraint(self.naming))
            case DropConstraintOp():
                yield from self.drop_constraint(op)
            case RenameConstraintOp():
                yield from self.rename_constraint(op)
            case RenameIndexOp():
                yield from self.rename_index(op)
            case ValidateConstraintOp():
                yield from self.validate_constraint(op)
            case CreateEnumOp() | AlterEnumOp() | DropEnumOp():
                yield from self.named_type(op)
            case CreateSequenceOp() | AlterSequenceOp() | DropSequenceOp():
                yield from self.sequence(op)
            case CreateViewOp() | ReplaceViewOp() | DropViewOp():
                yield from self.view(op)
            case ExecuteSQLOp():
                yield self.execute(op)
            case BulkInsertOp():
                yield from self.insert(op)
            case OpContainer():
                for inner in op.ops:
                    yield from self.elements(inner)
            case _:
                raise UnsupportedOperation(
                    type(op).__name__,
                    self.dialect.name,
                    "no implementation is known",
                    "Register one with Operations.implementation_for(...).",
                )

    # -- tables ----------------------------------------------------------------------------------

    def create_table(self, op: CreateTableOp) -> Iterator[Element]:
        """CREATE TABLE, then what it cannot hold: late foreign keys, comments, indexes."""
        table = op.to_table(self.naming)
        late = [key for key in table.foreign_key_constraints if self.comes_late(key)]
        inline = [key for key in table.foreign_key_constraints if key not in late]
        for column in table.columns:
            self.adapt(column)
            yield from self.before_column(column.type)
        yield CreateTable(
            table,
            include_foreign_key_constraints=inline,
            if_not_exists=bool(op.if_not_exists),
        )
        for key in sorted(late, key=lambda key: str(key.name)):
            yield AddConstraint(key)
        yield from self.table_comments(table)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield CreateIndex(index, if_not_exists=bool(op.if_not_exists))

    def comes_late(self, key: sa.ForeignKeyConstraint) -> bool:
        """Whether a foreign key is added after its table, because the tables form a circle."""
        return bool(key.use_alter)

    def table_comments(self, table: sa.Table) -> Iterator[Element]:
        """Comments, where CREATE TABLE does not take them."""
        if not self.dialect.supports_comments or self.dialect.inline_comments:
            return
        if table.comment:
            yield SetTableComment(table)
        for column in table.columns:
            if column.comment:
                yield SetColumnComment(column)

    def adapt(self, column: sa.Column[Any]) -> None:
        """Change what the dialect cannot take of a column that is about to be created."""

    def before_column(self, type_: TypeEngine[Any]) -> Iterator[Element]:
        """What has to be there before a column of that type: nothing, in most databases."""
        yield from ()

    # -- columns ---------------------------------------------------------------------------------

    def add_column(self, op: AddColumnOp) -> Iterator[Element]:
        """ADD COLUMN, then the constraints, comment and indexes that the column declares."""
        column = op.column_on_table(self.naming)
        table = column.table
        assert isinstance(table, sa.Table)
        self.adapt(column)
        yield from self.before_column(column.type)
        yield AddColumn(
            op.table_name,
            column,
            op.schema,
            op.if_not_exists,
            op.inline_references,
            op.inline_primary_key,
        )
        inline_reference = op.inline_references and len(column.foreign_keys) == 1
        for constraint in _sorted(table.constraints):
            if isinstance(constraint, sa.PrimaryKeyConstraint) or (
                inline_reference and isinstance(constraint, sa.ForeignKeyConstraint)
            ):
                continue
            if constraint in column.constraints and not versions.is_type_bound(constraint):
                continue
            if versions.applies_to(constraint, self.dialect):
                yield AddConstraint(constraint)
        if column.comment and self.dialect.supports_comments and not self.dialect.inline_comments:
            yield SetColumnComment(column)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield CreateIndex(index, if_not_exists=bool(op.if_not_exists))

    def alter_column(self, op: AlterColumnOp) -> Iterator[Element]:
        """One statement for each property: nullability, default, type, comment, then the name."""
        self.refuse_computed(op)
        if op.modify_nullable is not None:
            yield self.column_nullable(op)
        if op.modify_server_default is not False:
            yield self.column_default(op)
        if op.modify_type is not None:
            yield from self.column_type(op)
        if op.modify_comment is not False:
            yield from self.column_comment(op)
        if op.modify_name is not None:
            yield ColumnName(op.table_name, op.column_name, op.modify_name, op.schema)

    def refuse_computed(self, op: AlterColumnOp) -> None:
        """No database turns a plain column into a computed one, or back."""
        if isinstance(op.modify_server_default, sa.Computed) or isinstance(
            op.existing_server_default, sa.Computed
        ):
            if op.modify_server_default is False:
                return
            raise UnsupportedOperation(
                f"changing the computed expression of {op.table_name}.{op.column_name}",
                self.dialect.name,
                "a column cannot become computed, or stop being so",
                "Drop the column and add it again with its new expression.",
            )

    def column_nullable(self, op: AlterColumnOp) -> Element:
        """SET or DROP NOT NULL."""
        assert op.modify_nullable is not None
        return ColumnNullable(op.table_name, op.column_name, op.modify_nullable, op.schema)

    def column_default(self, op: AlterColumnOp) -> Element:
        """SET or DROP DEFAULT; identities have words of their own."""
        new, old = op.modify_server_default, op.existing_server_default
        if isinstance(new, sa.Identity) or isinstance(old, sa.Identity):
            return self.column_identity(op)
        return ColumnDefault(op.table_name, op.column_name, new, op.schema)

    def column_identity(self, op: AlterColumnOp) -> Element:
        """ADD, SET or DROP IDENTITY."""
        new, old = op.modify_server_default, op.existing_server_default
        if not self.dialect.supports_identity_columns:
            raise UnsupportedOperation(
                f"changing the identity of {op.table_name}.{op.column_name}",
                self.dialect.name,
                "it has no identity columns",
                "Leave this change out for this database.",
            )
        return IdentityColumnDefault(
            op.table_name,
            op.column_name,
            new if isinstance(new, sa.Identity) else None,
            old if isinstance(old, sa.Identity) else None,
            op.schema,
        )

    def column_type(self, op: AlterColumnOp) -> Iterator[Element]:
        """TYPE."""
        yield ColumnType(op.table_name, op.column_name, to_instance(op.modify_type), op.schema)

    def column_comment(self, op: AlterColumnOp) -> Iterator[Element]:
        """COMMENT ON COLUMN, where the database has comments."""
        if not self.dialect.supports_comments:
            return
        column = build.column_on(
            op.table_name,
            sa.Column(op.column_name, sa.types.NULLTYPE, comment=op.modify_comment or None),
            schema=op.schema,
        )
        yield SetColumnComment(column)

    # -- constraints, types, data ----------------------------------------------------------------

    def drop_constraint(self, op: DropConstraintOp) -> Iterator[Element]:
        """DROP CONSTRAINT, whose name a naming convention may complete as it did on creation."""
        yield DropConstraint(self.constraint_to_drop(op), if_exists=bool(op.if_exists))

    def constraint_to_drop(self, op: DropConstraintOp) -> sa.Constraint:
        """A constraint of that name and kind on a stub of its table."""
        kinds: dict[str | None, type[sa.Constraint]] = {
            "check": sa.CheckConstraint,
            "unique": sa.UniqueConstraint,
            "primary": sa.PrimaryKeyConstraint,
            "primarykey": sa.PrimaryKeyConstraint,
            "foreignkey": sa.ForeignKeyConstraint,
            "exclude": sa.Constraint,
            None: sa.Constraint,
        }
        if op.constraint_type not in kinds:
            known = ", ".join(sorted(kind for kind in kinds if kind))
            raise TypeError(f"type_ must be one of {known}, not {op.constraint_type!r}")
        on = build.stub(op.table_name, schema=op.schema, convention=convention_of(self.naming))
        kind = kinds[op.constraint_type]
        if kind is sa.CheckConstraint:
            constraint: sa.Constraint = sa.CheckConstraint("", name=op.constraint_name)
        elif kind is sa.ForeignKeyConstraint:
            constraint = sa.ForeignKeyConstraint([], [], name=op.constraint_name)
        else:
            constraint = kind(name=op.constraint_name)
        on.append_constraint(constraint)
        return constraint

    def rename_constraint(self, op: RenameConstraintOp) -> Iterator[Element]:
        """RENAME CONSTRAINT."""
        yield RenameConstraint(op.table_name, op.constraint_name, op.new_constraint_name, op.schema)

    def rename_index(self, op: RenameIndexOp) -> Iterator[Element]:
        """RENAME of an index."""
        yield RenameIndex(op.index_name, op.new_index_name, op.table_name, op.schema)

    def validate_constraint(self, op: ValidateConstraintOp) -> Iterator[Element]:
        """VALIDATE; nothing where a constraint is never added without a look at the rows."""
        yield ValidateConstraint(op.table_name, op.constraint_name, op.schema)

    # -- beside the tables -----------------------------------------------------------------------

    def named_type(self, op: CreateEnumOp | AlterEnumOp | DropEnumOp) -> Iterator[Element]:
        """Most databases have no types beside their tables: nothing to do."""
        yield from ()

    def sequence(
        self, op: CreateSequenceOp | AlterSequenceOp | DropSequenceOp
    ) -> Iterator[Element]:
        """CREATE, ALTER or DROP SEQUENCE, where the database has them."""
        if not self.dialect.supports_sequences:
            raise UnsupportedOperation(
                describe(op).capitalize(),
                self.dialect.name,
                "it has no sequences",
                "Leave it out for this database: if op.get_context().dialect.name == ...",
            )
        match op:
            case CreateSequenceOp():
                yield CreateSequence(op.to_sequence(), if_not_exists=bool(op.if_not_exists))
            case AlterSequenceOp():
                yield AlterSequence(op.name, op.options, op.restart, op.schema)
            case DropSequenceOp():
                gone = sa.Sequence(op.name, schema=op.schema, metadata=sa.MetaData())
                yield DropSequence(gone, if_exists=bool(op.if_exists))

    def view(self, op: CreateViewOp | ReplaceViewOp | DropViewOp) -> Iterator[Element]:
        """CREATE, CREATE OR REPLACE, or DROP VIEW."""
        match op:
            case CreateViewOp():
                verb = f"CREATE {self.view_kind(op)}"
                yield CreateView(op.name, op.definition, op.columns, op.schema, verb)
            case ReplaceViewOp():
                verb = "CREATE OR REPLACE VIEW"
                yield CreateView(op.name, op.definition, op.columns, op.schema, verb)
            case DropViewOp():
                yield DropView(op.name, op.schema, op.if_exists, self.view_kind(op))

    def view_kind(self, op: CreateViewOp | DropViewOp) -> ViewKind:
        """VIEW; MATERIALIZED where the database has it."""
        if not op.materialized:
            return "VIEW"
        if not self.materializes:
            raise UnsupportedOperation(
                describe(op).capitalize(),
                self.dialect.name,
                "it has no materialized views",
                "Leave materialized out, or create a table and fill it.",
            )
        return "MATERIALIZED VIEW"

    def insert(self, op: BulkInsertOp) -> Iterator[Element]:
        """One INSERT for rows of the same columns; one for each where it may not be shared."""
        for _, group in groupby(op.rows, key=lambda row: (_shareable(row), frozenset(row))):
            rows = list(group)
            if op.multiinsert and _shareable(rows[0]):
                yield Rows(sa.insert(op.table), rows)
            else:
                yield from (sa.insert(op.table).values(**row) for row in rows)

    def execute(self, op: ExecuteSQLOp) -> Executable:
        """The statement, text with its ``:name`` parameters as SQLAlchemy reads them."""
        statement = sa.text(op.sqltext) if isinstance(op.sqltext, str) else op.sqltext
        if op.execution_options:
            return statement.execution_options(**op.execution_options)
        return statement


def _shareable(row: Mapping[str, Any]) -> bool:
    """Whether a row can be the parameters of a statement: SQL expressions cannot."""
    return not any(isinstance(value, sa.ClauseElement) for value in row.values())


def _sorted(constraints: Any) -> list[sa.Constraint]:
    return sorted(constraints, key=lambda c: (type(c).__name__, str(c.name)))
