"""Where a project's and its plugins' functions take part in making a migration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from migrate_core.autogenerate import (
    Comparators,
    Dispatch,
    DispatchPriority,
    PriorityDispatchResult,
    Snapshot,
    left_out,
    with_distinct_names,
    without,
)
from migrate_core.operations import MigrationScript, UpgradeOps
from migrate_core.render import Renderers
from migrate_core.schema import versions
from migrate_core.settings import (
    CompareServerDefault,
    CompareType,
    IncludeObject,
    ObjectKind,
    RenderItem,
    Settings,
)


class AutogenContext(Protocol):
    """What hooks get as their context, as far as it is needed here."""

    migration_context: Any
    imports: set[str]

    @property
    def comparators(self) -> Comparators: ...

    @property
    def renderers(self) -> Renderers: ...

    @property
    def render_item(self) -> RenderItem | None: ...


def remembering(settings: Settings) -> Settings:
    """``settings`` whose ``include_object`` is asked once about each object, as documented."""
    if settings.include_object is None:
        return settings
    return replace(settings, include_object=_Remembered(settings.include_object))


def compared(
    upgrade: UpgradeOps,
    before: Snapshot,
    after: Snapshot,
    settings: Settings,
    dialect: Dialect,
    context: AutogenContext,
) -> UpgradeOps:
    """``upgrade`` as the registered comparators and the configured functions leave it.

    :param settings: those that the comparison was made with: tables that they leave out are not
        compared here either.
    """
    comparators = context.comparators.copy()
    without(upgrade, left_out(settings.autogenerate_plugins, comparators.packages))
    if callable(settings.compare_type):
        _register_types(comparators, settings.compare_type)
    if callable(settings.compare_server_default):
        _register_defaults(comparators, settings.compare_server_default, dialect)
    if comparators.empty:  # no Table is built for nobody to see
        with_distinct_names(upgrade, before)
        return upgrade
    pairs = {
        key: pair
        for key, pair in _pairs(before, after).items()
        if _included(key[1], pair, settings)
    }
    include = settings.include_object

    def wants(stored: sa.Column[Any], model: sa.Column[Any]) -> bool:
        return include is None or include(model, model.name, "column", False, stored)

    schemas = dict.fromkeys(schema for schema, _name in [(None, ""), *pairs])
    Dispatch(comparators, context, dialect.name, upgrade, wants).run(pairs, tuple(schemas))
    with_distinct_names(upgrade, before)
    return upgrade


def directives(
    script: MigrationScript, settings: Settings, revision: tuple[str, ...], context: AutogenContext
) -> list[MigrationScript]:
    """The migrations to be written, after ``process_revision_directives`` had its way."""
    scripts = [script]
    if settings.process_revision_directives is not None:
        settings.process_revision_directives(context.migration_context, revision, scripts)
    return scripts


Pair = tuple["sa.Table | None", "sa.Table | None"]


def _pairs(before: Snapshot, after: Snapshot) -> Mapping[tuple[str | None, str], Pair]:
    keys = sorted({*before.tables, *after.tables}, key=lambda key: (key[0] or "", key[1]))
    return {
        key: (
            before.tables[key].source if key in before.tables else None,
            after.tables[key].source if key in after.tables else None,
        )
        for key in keys
    }


def _included(name: str, pair: Pair, settings: Settings) -> bool:
    include = settings.include_object
    if include is None:
        return True
    stored, model = pair
    if model is None:
        return include(stored, name, "table", True, None)
    return include(model, name, "table", False, stored)


def _register_types(comparators: Comparators, compare: CompareType) -> None:
    @comparators.dispatch_for("column", priority=DispatchPriority.FIRST, subgroup="types")
    def compare_type(context: Any, op: Any, *where: Any) -> PriorityDispatchResult:
        stored, model = where[-2:]
        differs = compare(context.migration_context, stored, model, stored.type, model.type)
        if differs is None:
            return PriorityDispatchResult.CONTINUE
        if differs:
            op.modify_type, op.existing_type = model.type, stored.type
        return PriorityDispatchResult.STOP


def _register_defaults(
    comparators: Comparators, compare: CompareServerDefault, dialect: Dialect
) -> None:
    compiler = versions.ddl_compiler(dialect)

    def written(column: sa.Column[Any]) -> str | None:
        plain = column.computed is None and column.identity is None
        text = compiler.get_column_default_string(column) if plain else None
        return None if text is None else str(text)

    @comparators.dispatch_for("column", priority=DispatchPriority.FIRST, subgroup="server_default")
    def compare_server_default(context: Any, op: Any, *where: Any) -> PriorityDispatchResult:
        stored, model = where[-2:]
        if stored.server_default is None and model.server_default is None:
            return PriorityDispatchResult.CONTINUE
        differs = compare(
            context.migration_context,
            stored,
            model,
            written(stored),
            model.server_default,
            written(model),
        )
        if differs is None:
            return PriorityDispatchResult.CONTINUE
        if differs:
            op.modify_server_default = model.server_default
            op.existing_server_default = stored.server_default
        return PriorityDispatchResult.STOP


@dataclass(slots=True)
class _Remembered:
    """Answers of ``include_object`` during one comparison, by the object and its side.

    The object is kept with its answer, so that no other one comes to have its identity.
    """

    include: IncludeObject
    answers: dict[tuple[int, ObjectKind, bool], tuple[Any, bool]] = field(default_factory=dict)

    def __call__(
        self, source: Any, name: str | None, kind: ObjectKind, reflected: bool, other: Any
    ) -> bool:
        key = (id(source), kind, reflected)
        if key not in self.answers:
            wanted = bool(self.include(source, name, kind, reflected, other))
            self.answers[key] = (source, wanted)
        return self.answers[key][1]
