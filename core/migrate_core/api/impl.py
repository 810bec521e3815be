"""The documented ``DefaultImpl``: how a dialect does operations, for others to change or add.

::

    class CockroachImpl(PostgresqlImpl):       a dialect that this engine does not know
        __dialect__ = "cockroachdb"            SQL like PostgreSQL's, with what is said here

    class Ours(PostgresqlImpl):                one that it knows
        __dialect__ = "postgresql"
        def drop_column(self, ...): ...        each op.drop_column() comes here

A class is found by its ``__dialect__``; the last one that was defined counts. A method that is not
overridden costs nothing: operations then go straight to ``ddl``. One that is gets what the
operation says, and ``super()`` sends what ``ddl`` makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, TextIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from migrate_core.api.overrides import ImplApplier
from migrate_core.database import versions
from migrate_core.database.channel import Channel
from migrate_core.database.offline import Offline, ScriptTransactions
from migrate_core.ddl import DDL, FAMILIES
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateIndexOp,
    CreateTableCommentOp,
    CreateTableOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    RenameTableOp,
)

_KINDS: Mapping[type[sa.Constraint], str] = {
    sa.PrimaryKeyConstraint: "primary",
    sa.UniqueConstraint: "unique",
    sa.ForeignKeyConstraint: "foreignkey",
    sa.CheckConstraint: "check",
}


class DefaultImpl:
    """How one dialect does operations; see above.

    :param connection: None while a script is written, into ``output_buffer``.
    :param transactional_ddl: what was configured; None for what the class says.
    """

    __dialect__: ClassVar[str] = "default"

    transactional_ddl: bool = False
    command_terminator: str = ";"
    batch_separator: str | None = None
    type_synonyms: ClassVar[tuple[set[str], ...]] = ({"NUMERIC", "DECIMAL"},)

    _defined: ClassVar[dict[str, type[DefaultImpl]]] = {}
    """It is the documented interface that a class is known from its definition on."""

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "__dialect__" in vars(cls):
            DefaultImpl._defined[cls.__dialect__] = cls
            if cls.__module__ != __name__:
                DDL.others[cls.__dialect__] = _family(cls)

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        as_sql: bool,
        transactional_ddl: bool | None,
        output_buffer: TextIO | None,
        context_opts: dict[str, Any],
    ) -> None:
        self.dialect = dialect
        self.connection = connection
        self.as_sql = as_sql
        self.output_buffer = output_buffer
        self.context_opts = context_opts
        if transactional_ddl is not None:
            self.transactional_ddl = transactional_ddl
        self._applier: ImplApplier | None = None

    @classmethod
    def get_by_dialect(cls, dialect: Dialect) -> type[DefaultImpl]:
        """The class for a dialect, by its name; DefaultImpl where there is none."""
        return cls._defined.get(dialect.name, DefaultImpl)

    def applying(self, ddl: DDL, channel: Channel) -> ImplApplier:
        """What sends operations through the methods here that are overridden."""
        self._applier = ImplApplier(self, ddl, channel)
        return self._applier

    @property
    def bind(self) -> Connection | None:
        """The connection; None while a script is written."""
        return self.connection

    def overrides(self, name: str) -> bool:
        """Whether a method is another one than it is here."""
        module: str = getattr(type(self), name).__module__
        return module != __name__

    # -- columns ---------------------------------------------------------------------------------

    def add_column(
        self,
        table_name: str,
        column: sa.Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column with the constraints, the comment and the indexes that it declares."""
        self._do(
            AddColumnOp(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = False,
        name: str | None = None,
        type_: Any = None,
        schema: str | None = None,
        autoincrement: bool | None = None,
        comment: str | Literal[False] | None = False,
        existing_comment: str | None = None,
        existing_type: Any = None,
        existing_server_default: Any = None,
        existing_nullable: bool | None = None,
        existing_autoincrement: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column. False is "untouched" where None means "take it away"."""
        counting = {
            "autoincrement": autoincrement,
            "existing_autoincrement": existing_autoincrement,
        }
        self._do(
            AlterColumnOp(
                table_name,
                column_name,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_nullable=nullable,
                modify_comment=comment,
                modify_server_default=server_default,
                modify_name=name,
                modify_type=type_,
                **{key: value for key, value in counting.items() if value is not None},
                **kw,
            )
        )

    def drop_column(
        self,
        table_name: str,
        column: sa.Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column and its values."""
        self._do(DropColumnOp(table_name, column.name, schema=schema, if_exists=if_exists, **kw))

    def create_column_comment(self, column: sa.Column[Any]) -> None:
        """Give a column the comment that it has in ``column``."""
        table: Any = column.table
        self._do(
            AlterColumnOp(
                table.name,
                column.name,
                schema=table.schema,
                existing_type=column.type,
                existing_nullable=column.nullable,
                modify_comment=column.comment,
            )
        )

    # -- tables ----------------------------------------------------------------------------------

    def create_table(self, table: sa.Table, **kw: Any) -> None:
        """Create a table with its comments and indexes.

        :param kw: ``if_not_exists``.
        """
        self._do(CreateTableOp.from_table(table, **kw))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            self._do(CreateIndexOp.from_index(index))

    def drop_table(self, table: sa.Table, **kw: Any) -> None:
        """Drop a table.

        :param kw: ``if_exists``.
        """
        self._do(DropTableOp(table.name, schema=table.schema, **kw))

    def rename_table(
        self, old_table_name: str, new_table_name: str, schema: str | None = None
    ) -> None:
        """Give a table another name."""
        self._do(RenameTableOp(old_table_name, new_table_name, schema=schema))

    def create_table_comment(self, table: sa.Table) -> None:
        """Give a table the comment that it has in ``table``."""
        self._do(CreateTableCommentOp(table.name, table.comment, schema=table.schema))

    def drop_table_comment(self, table: sa.Table) -> None:
        """Take a table's comment away."""
        self._do(DropTableCommentOp(table.name, schema=table.schema))

    # -- constraints and indexes -----------------------------------------------------------------

    def add_constraint(self, const: Any, **kw: Any) -> None:
        """Add a constraint to the table it belongs to."""
        self._do(AddConstraintOp.from_constraint(const))

    def drop_constraint(self, const: sa.Constraint, **kw: Any) -> None:
        """Drop a constraint from the table it belongs to.

        :param kw: ``if_exists``.
        """
        kind = next((name for cls, name in _KINDS.items() if isinstance(const, cls)), None)
        on: Any = const.table
        name = None if const.name is None else str(const.name)
        self._do(
            DropConstraintOp(name, on.name, kind, schema=on.schema, if_exists=kw.get("if_exists"))
        )

    def create_index(self, index: sa.Index, **kw: Any) -> None:
        """Create an index.

        :param kw: ``if_not_exists``.
        """
        op = CreateIndexOp.from_index(index)
        op.if_not_exists = kw.get("if_not_exists")
        self._do(op)

    def drop_index(self, index: sa.Index, **kw: Any) -> None:
        """Drop an index.

        :param kw: ``if_exists``.
        """
        op = DropIndexOp.from_index(index)
        op.if_exists = kw.get("if_exists")
        self._do(op)

    # -- rows and statements ---------------------------------------------------------------------

    def bulk_insert(
        self,
        table: sa.Table | sa.TableClause,
        rows: list[dict[str, Any]],
        multiinsert: bool = True,
    ) -> None:
        """Insert rows."""
        self._do(BulkInsertOp(table, rows, multiinsert=multiinsert))

    def execute(self, sql: Any, execution_options: dict[str, Any] | None = None) -> None:
        """Run a statement."""
        self._do(ExecuteSQLOp(sql, execution_options=execution_options))

    def static_output(self, text: str) -> None:
        """Write text as it is: into the script, or where scripts would go."""
        if isinstance(channel := self._sending().channel, Offline):
            channel.put(text)
        elif self.output_buffer is not None:
            self.output_buffer.write(f"{text}\n\n")

    # -- a run, and what is around it ------------------------------------------------------------

    def start_migrations(self) -> None:
        """A run begins on this connection, or a script; nothing is done here."""

    def writes(self, transactions: ScriptTransactions) -> None:
        """Have what is overridden write where a script's transactions begin and end."""
        if self.overrides("emit_begin") or self.overrides("emit_commit"):
            transactions.said_by(self.emit_begin, self.emit_commit)

    def emit_begin(self) -> None:
        """Write what begins a transaction, into a script."""
        if isinstance(channel := self._sending().channel, Offline):
            channel.begin()

    def emit_commit(self) -> None:
        """Write what ends it."""
        if isinstance(channel := self._sending().channel, Offline):
            channel.commit()

    def version_table_impl(
        self,
        *,
        version_table: str,
        version_table_schema: str | None,
        version_table_pk: bool,
        **kw: Any,
    ) -> sa.Table:
        """The version table, which has to have a column ``version_num`` for text."""
        return versions.documented(
            version_table=version_table,
            version_table_schema=version_table_schema,
            version_table_pk=version_table_pk,
        )

    def requires_recreate_in_batch(self, batch_op: Any) -> bool:
        """Whether ``batch_alter_table`` has to make a new table of an old one.

        False here: where that is needed on SQLite is decided by the table as it is stored.

        :param batch_op: has the operations in ``collected``.
        """
        return False

    # -- comparing -------------------------------------------------------------------------------

    def compare_type(
        self, inspector_column: sa.Column[Any], metadata_column: sa.Column[Any]
    ) -> bool:
        """Whether two types differ, going by how the dialect writes them."""
        from migrate_core.autogenerate import same_type

        stored, said = (self._type_text(each.type) for each in (inspector_column, metadata_column))
        return not same_type(stored, said)

    def compare_server_default(
        self,
        inspector_column: sa.Column[Any],
        metadata_column: sa.Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Whether two defaults differ, going by their text."""
        return rendered_inspector_default != rendered_metadata_default

    def render_type(self, type_obj: Any, autogen_context: Any) -> str | Literal[False]:
        """A type as Python source; False for what is written otherwise."""
        return False

    def render_ddl_sql_expr(
        self, expr: Any, is_server_default: bool = False, is_index: bool = False, **kw: Any
    ) -> str:
        """An expression as it stands in DDL: with its values in it, and without its table.

        :param is_server_default: whether it is a default; documented, and the same here.
        :param is_index: whether it is part of an index, where all but columns stand in brackets.
        """
        if is_index and not isinstance(expr, sa.Column):
            expr = expr.self_group()
        options = {"literal_binds": True, "include_table": False, **kw}
        return str(expr.compile(dialect=self.dialect, compile_kwargs=options))

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[sa.UniqueConstraint],
        conn_indexes: set[sa.Index],
        metadata_unique_constraints: set[sa.UniqueConstraint],
        metadata_indexes: set[sa.Index],
    ) -> None:
        """Take what is not to be compared out of these sets, which are one table's."""

    def correct_for_autogen_foreignkeys(
        self,
        conn_fks: set[sa.ForeignKeyConstraint],
        metadata_fks: set[sa.ForeignKeyConstraint],
    ) -> None:
        """Take what is not to be compared out of these sets, which are one table's."""

    # -- what is between -------------------------------------------------------------------------

    def _exec(self, construct: Any, execution_options: dict[str, Any] | None = None) -> None:
        """Send a statement or a DDL element of one's own, as dialects of third parties do."""
        self._sending().channel.send(
            sa.text(construct) if isinstance(construct, str) else construct
        )

    def _do(self, op: MigrateOperation) -> None:
        self._sending().known(op)

    def _sending(self) -> ImplApplier:
        assert self._applier is not None, "it belongs to a MigrationContext"
        return self._applier

    def _type_text(self, type_: Any) -> str:
        """The type in upper case, under the first of the names that are one here."""
        text = self.dialect.type_compiler_instance.process(type_).upper()
        name, bracket, arguments = text.partition("(")
        for names in self.type_synonyms:
            if name in names:
                name = min(names)
        return f"{name}{bracket}{arguments}"


class SQLiteImpl(DefaultImpl):
    """SQLite."""

    __dialect__ = "sqlite"
    transactional_ddl = True


class PostgresqlImpl(DefaultImpl):
    """PostgreSQL."""

    __dialect__ = "postgresql"
    transactional_ddl = True
    type_synonyms = (*DefaultImpl.type_synonyms, {"FLOAT", "DOUBLE PRECISION"})


class MySQLImpl(DefaultImpl):
    """MySQL."""

    __dialect__ = "mysql"
    type_synonyms = (*DefaultImpl.type_synonyms, {"BOOL", "TINYINT"}, {"JSON", "LONGTEXT"})


class MariaDBImpl(MySQLImpl):
    """MariaDB."""

    __dialect__ = "mariadb"


class MSSQLImpl(DefaultImpl):
    """SQL Server."""

    __dialect__ = "mssql"
    transactional_ddl = True
    batch_separator = "GO"
    type_synonyms = (*DefaultImpl.type_synonyms, {"VARCHAR", "NVARCHAR"})


class OracleImpl(DefaultImpl):
    """Oracle."""

    __dialect__ = "oracle"
    command_terminator = ""
    batch_separator = "/"
    type_synonyms = (*DefaultImpl.type_synonyms, {"VARCHAR", "VARCHAR2"})


def impl_for(context: Any) -> DefaultImpl:
    """The instance that works for a MigrationContext."""
    return DefaultImpl.get_by_dialect(context.dialect)(
        context.dialect,
        context.connection,
        context.as_sql,
        context.settings.transactional_ddl,
        context.output_buffer,
        context.opts,
    )


def _family(cls: type[DefaultImpl]) -> type[DDL]:
    """The statements of the built-in class that ``cls`` is made of, with what it says itself."""
    kinds = [base for base in cls.__mro__ if issubclass(base, DefaultImpl)]
    own = [base for base in kinds if base.__module__ != __name__]
    built_in = next(base for base in kinds if base not in own)
    family = FAMILIES[built_in.__dialect__]()
    changed: dict[str, Any] = {}
    script = family.script
    if any("transactional_ddl" in vars(base) for base in own):
        changed["transactional"] = cls.transactional_ddl
    if any("command_terminator" in vars(base) for base in own):
        script = replace(script, terminator=cls.command_terminator)
    if any("batch_separator" in vars(base) for base in own):
        script = replace(script, separator=cls.batch_separator)
    changed["script"] = script
    return type(cls.__name__, (family,), changed)


def perform(operations: Any, operation: MigrateOperation) -> Any:
    """Do an operation as it is done where nothing was registered for it.

    What ``alembic.operations.toimpl`` has under the name of each: for plugins that replace an
    implementation and call the one before.
    """
    return operations._perform(operation)
