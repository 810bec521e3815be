"""The documented functions of autogenerate, and what hooks get as their context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.default import DefaultDialect

from migrate_core import alias, render
from migrate_core.api.context import MigrationContext
from migrate_core.api.overrides import register_comparators, rendering
from migrate_core.autogenerate import Comparators, plugins
from migrate_core.errors import ConfigurationError
from migrate_core.operations import (
    CreateTableOp,
    DowngradeOps,
    MigrateOperation,
    MigrationScript,
    UpgradeOps,
)
from migrate_core.runtime import generator
from migrate_core.runtime.comparison import Comparison
from migrate_core.runtime.watch import ignore
from migrate_core.settings import ObjectKind, RenderItem


class AutogenContext:
    """What comparators, renderers and ``render_item`` get: the comparison that is going on."""

    comparators: Comparators = Comparators()
    """What plugins registered. It is the documented interface that it belongs to the program; one
    comparison has, besides, the plugins that are asked for and what the dialect's class says."""

    renderers: ClassVar[render.Renderers] = render.Renderers()
    """The same for what writes operations."""

    def __init__(
        self,
        migration_context: MigrationContext,
        metadata: sa.MetaData | Sequence[sa.MetaData] | None = None,
        opts: dict[str, Any] | None = None,
        autogenerate: bool = True,
    ) -> None:
        """
        :param opts: options of ``context.configure()`` that take the place of its own.
        :param autogenerate: whether models are compared; False where source is written alone.
        """
        self.migration_context = migration_context
        self.metadata = _one_or_all(migration_context.metadata) if metadata is None else metadata
        self.imports: set[str] = set()
        self._opts = {} if opts is None else opts
        self.comparators = type(self).comparators.copy()
        if autogenerate:
            patterns = self.opts["autogenerate_plugins"]
            with alias.active():
                plugins.load_installed()
            plugins.Plugin.populate_autogenerate_priority_dispatch(self.comparators, patterns)
            register_comparators(migration_context.impl, self.comparators)

    @property
    def connection(self) -> Connection:
        """The connection that is compared with."""
        return self.migration_context.bind

    @property
    def dialect(self) -> Dialect:
        """Its dialect."""
        return self.migration_context.dialect

    @property
    def opts(self) -> dict[str, Any]:
        """What was configured, by name."""
        settings = self.migration_context.settings
        known = {name: getattr(settings, name) for name in type(settings).__dataclass_fields__}
        return {**known, **self.migration_context.opts, **self._opts}

    @property
    def render_item(self) -> RenderItem | None:
        """What is asked first how something is written; None where nothing is."""
        return rendering(self.migration_context.impl, self.migration_context.settings.render_item)

    @property
    def inspector(self) -> sa.Inspector:
        """An inspector on the connection."""
        return sa.inspect(self.connection)

    @property
    def sorted_tables(self) -> list[sa.Table]:
        """The models' tables, those that others refer to first."""
        return [table for each in self._all_metadata() for table in each.sorted_tables]

    @property
    def table_key_to_table(self) -> dict[str, sa.Table]:
        """The models' tables by ``schema.name``."""
        return {key: table for each in self._all_metadata() for key, table in each.tables.items()}

    def run_name_filters(
        self, name: str | None, type_: ObjectKind, parent_names: dict[str, str | None]
    ) -> bool:
        """Whether ``include_name`` lets an object of the database take part."""
        include = self.migration_context.settings.include_name
        return include is None or include(name, type_, parent_names)

    def run_object_filters(
        self, object_: Any, name: str | None, type_: ObjectKind, reflected: bool, compare_to: Any
    ) -> bool:
        """Whether ``include_object`` lets an object take part."""
        include = self.migration_context.settings.include_object
        return include is None or include(object_, name, type_, reflected, compare_to)

    run_filters = run_object_filters

    def _all_metadata(self) -> tuple[sa.MetaData, ...]:
        return _listed(self.metadata)


def compare_metadata(
    context: MigrationContext, metadata: sa.MetaData | Sequence[sa.MetaData]
) -> Any:
    """What differs between the database and the models, as the documented tuples.

    :raises ConfigurationError: the context has no connection.
    """
    script = produce_migrations(context, metadata)
    return script.upgrade_ops.as_diffs()


def produce_migrations(
    context: MigrationContext, metadata: sa.MetaData | Sequence[sa.MetaData]
) -> MigrationScript:
    """The migration that brings the database to the models. Nothing is written.

    :raises ConfigurationError: the context has no connection.
    """
    if context.as_sql:
        raise ConfigurationError(
            "Models are compared with a database, and a script is written without one.",
            "Leave out --sql, or give the context a connection.",
        )
    return generator.produced(
        Comparison(
            context.bind,
            _listed(metadata),
            context.settings,
            ignore,
            AutogenContext(context, metadata),
        )
    )


def render_python_code(
    up_or_down_op: UpgradeOps | DowngradeOps,
    sqlalchemy_module_prefix: str = "sa.",
    alembic_module_prefix: str = "op.",
    render_as_batch: bool = False,
    imports: Iterable[str] = (),
    render_item: RenderItem | None = None,
    migration_context: MigrationContext | None = None,
    user_module_prefix: str | None = None,
) -> str:
    """The body of one direction as a template takes it: all lines but the first are indented.

    :param imports: a set gains the imports that the code needs.
    :param migration_context: whose dialect expressions are written for.
    """
    gained = imports if isinstance(imports, set) else set(imports)
    context = None
    if migration_context is not None:
        context = AutogenContext(migration_context, autogenerate=False)
        context.imports = gained
        render_item = rendering(migration_context.impl, render_item)
    writer = render.Writer(
        dialect=DefaultDialect() if migration_context is None else migration_context.dialect,
        sqlalchemy_module_prefix=sqlalchemy_module_prefix,
        alembic_module_prefix=alembic_module_prefix,
        user_module_prefix=user_module_prefix,
        render_item=render_item,
        render_as_batch=render_as_batch,
        renderers=AutogenContext.renderers,
        context=context,
        imports=gained,
    )
    lines = render.body(up_or_down_op.ops, writer).lines or ("pass",)
    return "\n".join(f"    {line}" if line else "" for line in lines).removeprefix("    ")


def render_op_text(autogen_context: AutogenContext, op: MigrateOperation) -> str:
    """One operation as text."""
    return render.statement(op, generator.renderer(autogen_context))


def render_built_in(autogen_context: AutogenContext, op: MigrateOperation) -> str:
    """One operation as text, whatever was registered for its class.

    What a renderer of a plugin calls for the text that it then changes. A class that has a
    ``to_table()`` of its own is written as that says.
    """
    writer = generator.renderer(autogen_context)
    if isinstance(op, CreateTableOp) and type(op).to_table is not CreateTableOp.to_table:
        op = CreateTableOp.from_table(op.to_table())
    return render.statement(op, replace(writer, renderers=render.Renderers()))


def render_body(op_container: UpgradeOps | DowngradeOps, autogen_context: AutogenContext) -> str:
    """The body of one direction, which is not indented."""
    body = render.body(op_container.ops, generator.renderer(autogen_context))
    return "\n".join(body.lines or ("pass",))


def _one_or_all(metadata: tuple[sa.MetaData, ...]) -> sa.MetaData | tuple[sa.MetaData, ...]:
    """As an env.py gives it, and comparators expect it."""
    return metadata[0] if len(metadata) == 1 else metadata


def _listed(metadata: sa.MetaData | Sequence[sa.MetaData]) -> tuple[sa.MetaData, ...]:
    return (metadata,) if isinstance(metadata, sa.MetaData) else tuple(metadata)
