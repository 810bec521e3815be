"""Compares models with a database, and writes the migration file that makes them equal."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core import autogenerate, render
from migrate_core.autogenerate import TableKey
from migrate_core.database.questions import stored_forms
from migrate_core.database.reflect import read, read_sequences
from migrate_core.errors import InvalidTarget, NoModels
from migrate_core.graph import PREFIX_LENGTH, RevisionGraph, target
from migrate_core.operations import DowngradeOps, MigrationScript, UpgradeOps, describe, leaves
from migrate_core.runtime.events import Noted, Watch
from migrate_core.runtime.requests import Differences, Generate, Generated
from migrate_core.scripts import Directory, Header, History, NewScript, names, writer
from migrate_core.settings import Settings

SYSTEM_SCHEMAS = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}
)

UNANSWERED = "because the server gave no answer how it would store it"


class Comparison:
    """The models beside one database, on one connection."""

    def __init__(
        self,
        connection: Connection,
        metadata: Sequence[sa.MetaData],
        settings: Settings,
        watch: Watch,
    ) -> None:
        self.connection = connection
        self.metadata = tuple(metadata)
        self.settings = settings
        self.watch = watch
        self.rules = autogenerate.Rules.of(settings, connection.dialect.name)
        self._reader = autogenerate.Reader(
            connection.dialect,
            default_schema=connection.dialect.default_schema_name,
            unique_is_index=self.rules.unique_is_index,
        )

    def upgrade_ops(self) -> UpgradeOps:
        """What turns the database into the models; what could not be asked is told as an event.

        :raises NoModels: the metadata holds no table.
        """
        owned = not self.connection.in_transaction()
        try:
            with _uncollected():
                return self._compared()
        finally:
            if owned:
                self.connection.rollback()

    def _compared(self) -> UpgradeOps:
        after = self._reader.snapshot(self.metadata, self._wanted)
        schemas = self._schemas(after)
        rows = read(self.connection, schemas, lambda name, schema: self._wanted((schema, name)))
        sequences = read_sequences(self.connection, schemas)
        before = self._reader.stored(rows, sequences)
        if not after.tables:
            raise NoModels([name for _schema, name in before.tables])
        asked = autogenerate.to_ask(before, after)
        answers = stored_forms(self.connection, asked.scratches)
        if silent := list(autogenerate.unanswered(asked, answers)):
            self.watch(Noted(f"Compared by text, {UNANSWERED}: {', '.join(silent)}"))
        after = self._reader.settled(before, after, asked, answers)
        for text in autogenerate.unalterable(before, after, self.rules):
            self.watch(Noted(text))
        return autogenerate.diff(before, after, self.rules)

    def _schemas(self, after: autogenerate.Snapshot) -> tuple[str | None, ...]:
        """The default one and those of the models; with ``include_schemas`` all there are."""
        schemas: dict[str | None, None] = {None: None}
        schemas.update(dict.fromkeys(schema for schema, _name in after.tables))
        if self.settings.include_schemas:
            default = self.connection.dialect.default_schema_name
            schemas.update(
                dict.fromkeys(
                    None if name == default else name
                    for name in sa.inspect(self.connection).get_schema_names()
                    if name not in SYSTEM_SCHEMAS
                )
            )
        include = self.settings.include_name
        return tuple(each for each in schemas if include is None or include(each, "schema", {}))

    def _wanted(self, key: TableKey) -> bool:
        """Whether a table takes part: the version table never, others as ``include_name`` says."""
        schema, name = key
        settings = self.settings
        if (schema, name) == (settings.version_table_schema, settings.version_table):
            return False
        if settings.include_name is None:
            return True
        return settings.include_name(name, "table", {"schema_name": schema})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's cyclic collector off: it would walk all models again for each few rows read.

    What is read lives until it is compared: there is nothing to collect, and it is half the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def differences(comparison: Comparison) -> Differences:
    """What differs, as operations and in words."""
    upgrade = comparison.upgrade_ops()
    upgrade.ops[:] = autogenerate.trimmed(upgrade.ops)
    found = tuple(leaves(upgrade))
    return Differences(found, tuple(describe(op) for op in found))


def generate(
    comparison: Comparison | None,
    directory: Directory,
    history: History,
    settings: Settings,
    request: Generate,
    created: datetime,
) -> Generated | None:
    """Write one migration file, or nothing where nothing differs.

    :param comparison: None for an empty migration.
    :param created: when, with its time zone.
    :raises MultipleHeads: the history has several heads and none was chosen.
    :raises ScriptError: the file cannot be written; nothing is left behind.
    """
    parents = parents_of(history, request)
    request = replace(request, depends_on=dependencies_of(history.graph, request.depends_on))
    upgrade = UpgradeOps()
    if comparison is not None:
        upgrade = comparison.upgrade_ops()
        if upgrade.is_empty():
            return None
    downgrade = upgrade.reverse_into(DowngradeOps())
    for direction in (upgrade, downgrade):
        direction.ops[:] = autogenerate.trimmed(direction.ops)
    script = MigrationScript(
        request.rev_id or names.new_id(), upgrade, downgrade, message=request.message
    )
    header = _write(script, parents, comparison, directory, settings, request, created)
    found = tuple(leaves(upgrade))
    return Generated(header.path, header.revision, found, tuple(describe(op) for op in found))


def _write(
    script: MigrationScript,
    parents: tuple[str, ...],
    comparison: Comparison | None,
    directory: Directory,
    settings: Settings,
    request: Generate,
    created: datetime,
) -> Header:
    up = down = render.Source(())
    if comparison is not None:
        up = render.body(script.upgrade_ops.ops, _renderer(comparison, settings))
        down = render.body(script.downgrade_ops.ops, _renderer(comparison, settings))
    assert script.rev_id is not None
    new = NewScript(
        id=script.rev_id,
        message=script.message or "",
        down=parents,
        labels=request.branch_labels,
        depends_on=request.depends_on,
        created=created,
        imports=tuple(sorted({*up.imports, *down.imports, *script.imports})),
        upgrade=up.lines,
        downgrade=down.lines,
    )
    return writer.write(
        directory,
        new,
        file_template=settings.file_template,
        slug_length=settings.truncate_slug_length,
        location=request.version_path,
        encoding=settings.output_encoding,
        hooks=settings.hooks,
    )


def _renderer(comparison: Comparison, settings: Settings) -> render.Writer:
    return render.Writer(
        dialect=comparison.connection.dialect,
        user_module_prefix=settings.user_module_prefix,
        render_item=settings.render_item,
        render_as_batch=settings.render_as_batch,
    )


def parents_of(history: History, request: Generate) -> tuple[str, ...]:
    """What the new revision follows.

    :raises MultipleHeads: ``head`` was asked for and there are several.
    :raises InvalidTarget: a revision that has children, without ``splice``.
    """
    graph = history.graph
    asked = (request.head,) if isinstance(request.head, str) else request.head
    parents = tuple(
        dict.fromkeys(
            parent
            for text in asked
            for parent in target.resolve(graph, target.parse(text), shortest=PREFIX_LENGTH)
        )
    )
    inner = [parent for parent in parents if parent not in graph.heads]
    if inner and not request.splice:
        raise InvalidTarget(
            inner[0],
            f"Revision {inner[0]} is not a head: it is followed by "
            f"{', '.join(graph.children(inner[0]))}.",
            "Follow a head (flask db heads), or add --splice to begin a branch there.",
        )
    return parents


def dependencies_of(graph: RevisionGraph, names: Sequence[str]) -> tuple[str, ...]:
    """What ``depends_on`` is to say: labels as they are, anything else as full ids.

    :raises RevisionError: a name that stands for no revision, or for several.
    """
    return tuple(
        name
        if name in graph.labels
        else target.resolve_one(graph, target.parse(name), shortest=PREFIX_LENGTH)
        for name in names
    )
