"""Operation to elements, as the SQL standard and most databases have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSchema,
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
from migrate_core.ddl.refusals import Refusals
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
    CreateSchemaOp,
    CreateSequenceOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateViewOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropSchemaOp,
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

Constraint = TypeVar("Constraint", bound=sa.Constraint)


class DDL(Refusals):
    """How one dialect does each operation. Holds no connection and sends nothing."""

    others: ClassVar[dict[str, type[DDL]]] = {}
    """Classes of dialects that others defined: it is the documented interface that they are known
    from then on."""

    transactional: ClassVar[bool] = False
    """Whether DDL can be rolled back."""

    alters_by_rebuild: ClassVar[bool] = False
    """Whether a change of an existing table goes through ``batch`` instead of ALTER."""

    materializes: ClassVar[bool] = False
    """Whether it has materialized views."""

    has_schemas: ClassVar[bool] = True
    """Whether a statement makes a schema."""

    script: ClassVar[ScriptStyle] = ScriptStyle()
    """How its statements are written into a file."""

    no_comment: ClassVar[str | None] = None
    """What a comment is set to that is taken away."""

    inlines_references: ClassVar[bool] = True
    """Whether REFERENCES in a column's definition makes a foreign key."""

    index_needs_table: ClassVar[bool] = False
    """Whether an index is dropped from its table, and not from its schema."""

    def __init__(self, dialect: Dialect, naming: NamingSource | None = None) -> None:
        self.dialect = dialect
        self.naming = naming

    def elements(self, op: MigrateOperation) -> Iterator[Element]:
        """The statements that do ``op``, in order.

        :raises UnsupportedOperation: this dialect cannot do it, and nothing was yielded.
        """
        self.refuse_condition(op, type(op))
        match op:
            case CreateTableOp():
                yield from self.create_table(op)
            case DropTableOp():
                yield DropTable(op.to_table(self.naming), if_exists=bool(op.if_exists))
            case RenameTableOp():
                yield RenameTable(op.table_name, op.new_table_name, op.schema)
            case CreateTableCommentOp() | DropTableCommentOp():
                yield from self.change_table_comment(op)
            case AddColumnOp():
                yield from self.add_column(op)
            case AlterColumnOp():
                yield from self.alter_column(op)
            case DropColumnOp():
                yield from self.drop_column(op)
            case CreateIndexOp():
                yield self.create_index(op)
            case DropIndexOp():
                yield self.drop_index(op)
            case AddConstraintOp():
                yield self.add_constraint(op)
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
            case CreateSchemaOp() | DropSchemaOp():
                yield self.namespace(op)
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
        for column in table.columns:
            self.adapt(column)
        for constraint in _sorted(table.constraints):
            self.refuse_constraint(constraint)
        if table.indexes:
            self.refuse_condition(op, CreateIndexOp)
        late = [key for key in table.foreign_key_constraints if self.comes_late(key)]
        for column in table.columns:
            yield from self.before_column(column.type)
        inline = [key for key in table.foreign_key_constraints if key not in late]
        yield self.table(table, inline, if_not_exists=bool(op.if_not_exists))
        for key in _sorted(late):
            yield AddConstraint(key)
        yield from self.comments(table)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield self.index(index, if_not_exists=bool(op.if_not_exists))

    def table(
        self, table: sa.Table, keys: list[sa.ForeignKeyConstraint], *, if_not_exists: bool
    ) -> Element:
        """CREATE TABLE with these of its foreign keys."""
        return CreateTable(table, include_foreign_key_constraints=keys, if_not_exists=if_not_exists)

    def comes_late(self, key: sa.ForeignKeyConstraint) -> bool:
        """Whether a foreign key is added after its table, because the tables form a circle."""
        return bool(key.use_alter)

    def comments(self, table: sa.Table) -> Iterator[Element]:
        """Comments of a new table, where CREATE TABLE does not take them."""
        if not self.dialect.supports_comments or self.dialect.inline_comments:
            return
        if table.comment:
            yield self.table_comment(table)
        for column in table.columns:
            if column.comment:
                yield self.new_comment(column)

    def table_comment(self, table: sa.Table) -> Element:
        """COMMENT ON TABLE."""
        return SetTableComment(table)

    def new_comment(self, column: sa.Column[Any]) -> Element:
        """COMMENT ON COLUMN, of a column that is new."""
        return SetColumnComment(column)

    def change_table_comment(
        self, op: CreateTableCommentOp | DropTableCommentOp
    ) -> Iterator[Element]:
        """Another comment of a table that is there, or none."""
        table = op.to_table(self.naming)
        yield DropTableComment(table) if table.comment is None else SetTableComment(table)

    def adapt(self, column: sa.Column[Any]) -> None:
        """Change what the dialect cannot take of a column that is about to be created.

        :raises UnsupportedOperation: it can take none of it.
        """

    def before_column(self, type_: TypeEngine[Any]) -> Iterator[Element]:
        """What has to be there before a column of that type: nothing, in most databases."""
        yield from ()

    # -- columns ---------------------------------------------------------------------------------

    def add_column(self, op: AddColumnOp) -> Iterator[Element]:
        """ADD COLUMN, then the constraints, comment and indexes that the column declares."""
        column = op.column_on_table(self.naming)
        table = column.table
        assert isinstance(table, sa.Table)
        inline = bool(op.inline_references) and self.inlines_references
        self.adapt(column)
        constraints = list(self.after_column(column, inline_reference=inline))
        for constraint in constraints:
            self.refuse_constraint(constraint)
        yield from self.before_column(column.type)
        yield self.column(op, column, inline_reference=inline)
        for constraint in constraints:
            yield AddConstraint(constraint)
        if column.comment and self.dialect.supports_comments and not self.dialect.inline_comments:
            yield self.new_comment(column)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield self.index(index, if_not_exists=bool(op.if_not_exists))

    def column(self, op: AddColumnOp, column: sa.Column[Any], *, inline_reference: bool) -> Element:
        """ADD COLUMN."""
        return AddColumn(
            op.table_name,
            column,
            op.schema,
            op.if_not_exists,
            inline_reference,
            op.inline_primary_key,
        )

    def after_column(
        self, column: sa.Column[Any], *, inline_reference: bool
    ) -> Iterator[sa.Constraint]:
        """What a new column declares and ADD COLUMN does not say."""
        inline_reference = inline_reference and len(column.foreign_keys) == 1
        for constraint in _sorted(column.table.constraints):
            if isinstance(constraint, sa.PrimaryKeyConstraint) or (
                inline_reference and isinstance(constraint, sa.ForeignKeyConstraint)
            ):
                continue
            if constraint in column.constraints and not versions.is_type_bound(constraint):
                continue
            if versions.applies_to(constraint, self.dialect):
                yield constraint

    def alter_column(self, op: AlterColumnOp) -> Iterator[Element]:
        """The column's properties, between the CHECK of the old type and that of the new one."""
        self.refuse_computed(op)
        yield from self.old_type_checks(op)
        yield from self.properties(op)
        if op.modify_type is not None:
            name = op.modify_name or op.column_name
            for check in self.type_checks(op, name, op.modify_type):
                yield AddConstraint(check)

    def properties(self, op: AlterColumnOp) -> Iterator[Element]:
        """One statement for each: nullability, default, type, comment, then the name."""
        if op.modify_nullable is not None:
            yield self.column_nullable(op)
        if op.modify_server_default is not False:
            yield self.column_default(op)
        if op.modify_type is not None:
            yield from self.column_type(op)
        if op.modify_comment is not False:
            yield from self.column_comment(op)
        if op.modify_name is not None:
            yield ColumnName(op.table_name, op.column_name, op.modify_name, **existing(op))

    def old_type_checks(self, op: AlterColumnOp) -> Iterator[Element]:
        """Drop the CHECK that came with a Boolean or an Enum, which new values may not pass."""
        if op.modify_type is None or op.existing_type is None:
            return
        for check in self.type_checks(op, op.column_name, op.existing_type):
            if versions.plain_name(check.name) is None:
                raise UnsupportedOperation(
                    f"changing the type of {op.table_name}.{op.column_name}",
                    self.dialect.name,
                    "the CHECK of its old type has to go first, and its name is not known",
                    "Give the type in existing_type= the name that the CHECK has.",
                )
            yield DropConstraint(check)

    def type_checks(self, op: AlterColumnOp, name: str, type_: Any) -> list[sa.Constraint]:
        """The CHECKs that a type brings, where this database has need of them."""
        column = build.column_on(
            op.table_name,
            sa.Column(name, to_instance(type_)),
            schema=op.schema,
            convention=convention_of(self.naming),
        )
        return [
            constraint
            for constraint in _sorted(column.table.constraints)
            if versions.is_type_bound(constraint) and versions.applies_to(constraint, self.dialect)
        ]

    def column_nullable(self, op: AlterColumnOp) -> Element:
        """SET or DROP NOT NULL."""
        assert op.modify_nullable is not None
        return ColumnNullable(op.table_name, op.column_name, op.modify_nullable, **existing(op))

    def column_default(self, op: AlterColumnOp) -> Element:
        """SET or DROP DEFAULT; identities have words of their own."""
        new, old = op.modify_server_default, op.existing_server_default
        if isinstance(new, sa.Identity) or isinstance(old, sa.Identity):
            return self.column_identity(op)
        return ColumnDefault(op.table_name, op.column_name, new, **existing(op))

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
            **existing(op),
        )

    def column_type(self, op: AlterColumnOp) -> Iterator[Element]:
        """TYPE."""
        type_ = to_instance(op.modify_type)
        yield ColumnType(op.table_name, op.column_name, type_, **existing(op))

    def column_comment(self, op: AlterColumnOp) -> Iterator[Element]:
        """COMMENT ON COLUMN, where the database has comments."""
        if not self.dialect.supports_comments:
            return
        column = build.column_on(
            op.table_name,
            sa.Column(
                op.column_name, sa.types.NULLTYPE, comment=op.modify_comment or self.no_comment
            ),
            schema=op.schema,
        )
        yield SetColumnComment(column)

    def drop_column(self, op: DropColumnOp) -> Iterator[Element]:
        """DROP COLUMN."""
        column = sa.Column(op.column_name, op.to_column(self.naming).type)
        yield DropColumn(op.table_name, column, op.schema, op.if_exists)

    # -- indexes ---------------------------------------------------------------------------------

    def create_index(self, op: CreateIndexOp) -> Element:
        """CREATE INDEX, of an operation."""
        return self.index(op.to_index(self.naming), if_not_exists=bool(op.if_not_exists))

    def index(self, index: sa.Index, *, if_not_exists: bool) -> Element:
        """CREATE INDEX."""
        return CreateIndex(index, if_not_exists=if_not_exists)

    def drop_index(self, op: DropIndexOp) -> Element:
        """DROP INDEX, whose name has to be known, and in some databases its table."""
        index = op.to_index(self.naming)
        nameless = op.index_name is None and op._reverse is None
        if nameless or (self.index_needs_table and op.table_name is None):
            missing = "index_name" if nameless else "table_name"
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                f"no {missing} says which index is meant",
                f"Give {missing}=.",
            )
        return DropIndex(index, if_exists=bool(op.if_exists))

    # -- constraints, types, data ----------------------------------------------------------------

    def add_constraint(self, op: AddConstraintOp) -> Element:
        """ADD CONSTRAINT."""
        constraint = op.to_constraint(self.naming)
        self.refuse_constraint(constraint)
        return AddConstraint(constraint)

    def drop_constraint(self, op: DropConstraintOp) -> Iterator[Element]:
        """DROP CONSTRAINT, whose name a naming convention may complete as it did on creation."""
        if op.constraint_name is None:
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "a constraint is dropped by its name, and none is given",
                f"Give the name that the database has for it: "
                f"sa.inspect(engine) lists those of {op.table_name}.",
            )
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
                describe(op),
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

    def namespace(self, op: CreateSchemaOp | DropSchemaOp) -> Element:
        """CREATE or DROP SCHEMA."""
        if not self.has_schemas:
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "it has no statement for schemas",
                "Leave it out there: if op.get_context().dialect.name == 'postgresql': ...",
            )
        if isinstance(op, CreateSchemaOp):
            return CreateSchema(op.name, if_not_exists=bool(op.if_not_exists))
        return DropSchema(op.name, if_exists=bool(op.if_exists))

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
                describe(op),
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


def existing(op: AlterColumnOp) -> dict[str, Any]:
    """Where the column is, and what is said of it as it is."""
    default = op.existing_server_default
    return {
        "schema": op.schema,
        "existing_type": None if op.existing_type is None else to_instance(op.existing_type),
        "existing_nullable": op.existing_nullable,
        "existing_server_default": None if default is False else default,
        "existing_comment": op.existing_comment,
    }


def _shareable(row: Mapping[str, Any]) -> bool:
    """Whether a row can be the parameters of a statement: SQL expressions cannot."""
    return not any(isinstance(value, sa.ClauseElement) for value in row.values())


def _sorted(constraints: Iterable[Constraint]) -> list[Constraint]:
    """In an order that is the same on every run: they come out of a set."""
    found = list(constraints)
    return found if len(found) < 2 else sorted(found, key=_order)


def _order(constraint: sa.Constraint) -> tuple[str, ...]:
    told = (type(constraint).__name__, str(constraint.name))
    if isinstance(constraint, sa.ForeignKeyConstraint):
        targets = (versions.target_of(element).dotted for element in constraint.elements)
        return (*told, *constraint.column_keys, *targets)
    if isinstance(constraint, sa.CheckConstraint):
        return (*told, str(constraint.sqltext))
    return (*told, *(str(column.name) for column in getattr(constraint, "columns", ())))
