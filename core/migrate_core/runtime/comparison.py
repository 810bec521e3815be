"""Models beside one database: read, asked about, compared."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core import autogenerate
from migrate_core.autogenerate import TableKey, views
from migrate_core.database import connect
from migrate_core.database.questions import stored_forms
from migrate_core.database.reflect import read, read_sequences
from migrate_core.database.reflect.renamed import renamed
from migrate_core.database.views import COMPARED, read_views, stored_views
from migrate_core.operations import UpgradeOps
from migrate_core.runtime import hooks
from migrate_core.runtime.events import Noted
from migrate_core.runtime.watch import Watch
from migrate_core.schema import reflected
from migrate_core.schema.renames import Renames
from migrate_core.schema.rows import SequenceRow, TableRow, ViewRow
from migrate_core.schema.views import registered, tables_of
from migrate_core.settings import Settings

SYSTEM_SCHEMAS = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}
)

AS_STORED = Renames()

UNANSWERED = "because the server gave no answer how it would store it"


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a database.

    :param places: the schemas that were looked at.
    """

    places: tuple[str | None, ...]
    tables: tuple[TableRow, ...]
    sequences: tuple[SequenceRow, ...]
    schemas: frozenset[str]
    views: tuple[ViewRow, ...]


def facts_of_models(
    metadata: Sequence[sa.MetaData], settings: Settings, dialect: sa.Dialect
) -> autogenerate.Snapshot:
    """The models that take part, as a dialect would write them. Needs no connection."""
    reader = autogenerate.Reader(
        dialect,
        default_schema=dialect.default_schema_name,
        unique_is_index=autogenerate.Rules.of(settings, dialect.name).unique_is_index,
    )
    return reader.snapshot(metadata, lambda key: _takes_part(settings, key))


class Comparison:
    """The models beside one database, on one connection."""

    def __init__(
        self,
        connection: Connection,
        metadata: Sequence[sa.MetaData],
        settings: Settings,
        watch: Watch,
        context: hooks.AutogenContext,
        made_views: frozenset[str] = frozenset(),
    ) -> None:
        """
        :param made_views: the names of views that the history made: what is not registered, and
            not among them, is not even read.
        """
        self.connection = connection
        self.metadata = tuple(metadata)
        self.settings = settings = hooks.remembering(settings)
        self.watch = watch
        self.context = context
        self.rules = autogenerate.Rules.of(settings, connection.dialect.name)
        self._reader = autogenerate.Reader(
            connection.dialect,
            default_schema=connection.dialect.default_schema_name,
            unique_is_index=self.rules.unique_is_index,
        )

        self._made_views = made_views
        self._may_commit = not connection.in_transaction()
        self._found: _Read | None = None
        self._noted: set[str] = set()

    @cached_property
    def models(self) -> Mapping[TableKey, sa.Table]:
        """The models' tables that take part."""
        tables = {
            self._reader.texts.key(table.schema, table.name): table
            for metadata in self.metadata
            for table in tables_of(metadata)
        }
        return {key: table for key, table in tables.items() if self._wanted(key)}

    @cached_property
    def _views(self) -> frozenset[TableKey]:
        """The registered views."""
        return frozenset(
            self._reader.texts.key(view.schema, view.name)
            for metadata in self.metadata
            for view in registered(metadata)
        )

    @cached_property
    def columns(self) -> Mapping[TableKey, frozenset[str]]:
        """The columns of each table in the database, as far as it takes part."""
        return {
            (row.schema, row.name): frozenset(column.name for column in row.columns)
            for row in self._read().tables
        }

    @property
    def asks_for_values(self) -> bool:
        """Whether a new NOT NULL column is asked about: not where a hook may rewrite it."""
        return self.settings.process_revision_directives is None

    def stored(self, keys: Collection[TableKey], renames: Renames) -> Mapping[TableKey, sa.Table]:
        """These tables of the database, under their new names."""
        wanted = [
            row for row in self._read().tables if renames.table((row.schema, row.name)) in set(keys)
        ]
        tables = reflected.metadata(renamed(wanted, renames)).tables.values()
        return {(table.schema, table.name): table for table in tables}

    def read_back(self) -> sa.MetaData:
        """All that the database has and takes part, as models would say it."""
        return reflected.metadata(
            # no model says the index that a server makes for a foreign key by itself
            row._replace(indexes=tuple(each for each in row.indexes if not each.implicit))
            for row in self._read().tables
        )

    def facts(self) -> tuple[autogenerate.Snapshot, autogenerate.Snapshot]:
        """The database and the models, as they are read: nothing is asked, and nothing compared."""
        found = self._read()
        with _uncollected():
            stored = self._reader.stored(found.tables, found.sequences, found.schemas, found.views)
            return stored, self._reader.snapshot(self.metadata, self._wanted)

    def upgrade_ops(
        self, renames: Renames = AS_STORED, without: frozenset[TableKey] = frozenset()
    ) -> UpgradeOps:
        """What turns the database into the models; what could not be asked is told as an event.

        :param renames: what is compared under another name; the operations begin after that.
        :param without: stored tables that do not take part.
        """
        with connect.reading(self.connection), _uncollected():
            return self._compared(renames, without)

    def _compared(self, renames: Renames, without: frozenset[TableKey]) -> UpgradeOps:
        after = self._reader.snapshot(self.metadata, self._wanted)
        found = self._read()
        rows = [row for row in found.tables if (row.schema, row.name) not in without]
        before = self._reader.stored(
            renamed(rows, renames) if renames else rows,
            found.sequences,
            found.schemas,
            found.views,
        )
        if self.settings.include_name is not None:
            before, after = autogenerate.shown(before, after, self.settings.include_name)
        asked = autogenerate.to_ask(before, after)
        answers = stored_forms(self.connection, asked.scratches)
        if silent := list(autogenerate.unanswered(asked, answers)):
            self._note(f"Compared by text, {UNANSWERED}: {', '.join(silent)}")
        after = self._reader.settled(before, after, asked, answers)
        after = self._with_stored_views(before, after)
        for text in autogenerate.unalterable(before, after, self.rules):
            self._note(text)
        upgrade = autogenerate.diff(before, after, self.rules)
        for text in views.lost(before, upgrade.ops):
            self._note(text)
        dialect = self.connection.dialect
        return hooks.compared(upgrade, before, after, self.settings, dialect, self.context)

    def _with_stored_views(
        self, before: autogenerate.Snapshot, after: autogenerate.Snapshot
    ) -> autogenerate.Snapshot:
        """``after`` with its views as the server would store them, where they take part."""
        dialect = self.connection.dialect.name
        if after.views and dialect not in COMPARED:
            self._note(f"Views are not compared on {dialect}: {_listed(after.views)}")
            return replace(after, views={})
        places = self._read().places
        shown = {key: view for key, view in after.views.items() if key[0] in places}
        after = replace(after, views=shown)
        asked = views.to_ask(before, after)
        if not asked:
            return after
        answers = stored_views(self.connection, list(asked.values()), may_commit=self._may_commit)
        if answers is None:
            self._note(f"Compared by text, {UNANSWERED}: {_listed(asked)}")
            return after
        return views.settled(after, dict(zip(asked, answers, strict=True)))

    def _note(self, text: str) -> None:
        """Say something once, however often the two are compared."""
        if text not in self._noted:
            self._noted.add(text)
            self.watch(Noted(text))

    def _read(self) -> _Read:
        """The database, read once."""
        if self._found is None:
            schemas = self._schemas()
            with connect.reading(self.connection), _uncollected():
                self._found = _Read(
                    schemas,
                    read(self.connection, schemas, self._wants),
                    tuple(read_sequences(self.connection, schemas)),
                    self._named_schemas(schemas),
                    tuple(row for schema in schemas for row in self._read_views(schema)),
                )
        return self._found

    def _read_views(self, schema: str | None) -> Sequence[ViewRow]:
        names = self._made_views | {name for each, name in self._views if each == schema}
        return read_views(self.connection, schema, names)

    def _wants(self, name: str, schema: str | None) -> bool:
        return self._wanted((schema, name))

    def _schemas(self) -> tuple[str | None, ...]:
        """The default one and those of the models; with ``include_schemas`` all there are."""
        schemas: dict[str | None, None] = {None: None}
        schemas.update(dict.fromkeys(schema for schema, _name in (*self.models, *self._views)))
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

    def _named_schemas(self, schemas: Sequence[str | None]) -> frozenset[str]:
        """Those that are there; asked only where the models name one."""
        if not any(schemas):
            return frozenset()
        return frozenset(sa.inspect(self.connection).get_schema_names())

    def _wanted(self, key: TableKey) -> bool:
        return _takes_part(self.settings, key)


def _takes_part(settings: Settings, key: TableKey) -> bool:
    """Whether a table does: the tool's own never, others as ``include_name`` says."""
    schema, name = key
    own = (settings.version_table, settings.journal_table)
    if schema == settings.version_table_schema and name in own:
        return False
    include = settings.include_name
    if include is None:
        return True
    if schema is not None and not include(schema, "schema", {}):
        return False
    return include(name, "table", {"schema_name": schema})


def _listed(keys: Iterable[TableKey]) -> str:
    return ", ".join(f"view {name}" for _schema, name in keys)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's cyclic collector off: it would walk all models again for each few rows read.

    What is read lives until it is compared: there is nothing to collect, and it is half the time.
    What is left of it then counts as old, or all of it would be walked at the next allocation.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # Not every Python has it, and what somebody has frozen would be thawed with the rest.
        if hasattr(gc, "freeze") and gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()
        gc.enable()
