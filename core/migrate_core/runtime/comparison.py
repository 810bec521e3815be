"""Models beside one database: read, asked about, compared."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core import autogenerate
from migrate_core.autogenerate import TableKey
from migrate_core.database import connect
from migrate_core.database.questions import stored_forms
from migrate_core.database.reflect import read, read_sequences
from migrate_core.database.reflect.renamed import renamed
from migrate_core.operations import UpgradeOps
from migrate_core.runtime import hooks
from migrate_core.runtime.events import Noted, Watch
from migrate_core.schema import reflected
from migrate_core.schema.renames import Renames
from migrate_core.schema.rows import SequenceRow, TableRow
from migrate_core.settings import Settings

SYSTEM_SCHEMAS = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}
)

AS_STORED = Renames()

UNANSWERED = "because the server gave no answer how it would store it"


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a database."""

    tables: tuple[TableRow, ...]
    sequences: tuple[SequenceRow, ...]
    schemas: frozenset[str]


class Comparison:
    """The models beside one database, on one connection."""

    def __init__(
        self,
        connection: Connection,
        metadata: Sequence[sa.MetaData],
        settings: Settings,
        watch: Watch,
        context: hooks.AutogenContext,
    ) -> None:
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

        self._found: _Read | None = None
        self._noted: set[str] = set()

    @cached_property
    def models(self) -> Mapping[TableKey, sa.Table]:
        """The models' tables that take part."""
        tables = {
            self._reader.texts.key(table.schema, table.name): table
            for metadata in self.metadata
            for table in metadata.tables.values()
        }
        return {key: table for key, table in tables.items() if self._wanted(key)}

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
        rows = [row for row in self._read().tables if (row.schema, row.name) not in without]
        before = self._reader.stored(
            renamed(rows, renames) if renames else rows,
            self._read().sequences,
            self._read().schemas,
        )
        if self.settings.include_name is not None:
            before, after = autogenerate.shown(before, after, self.settings.include_name)
        asked = autogenerate.to_ask(before, after)
        answers = stored_forms(self.connection, asked.scratches)
        if silent := list(autogenerate.unanswered(asked, answers)):
            self._note(f"Compared by text, {UNANSWERED}: {', '.join(silent)}")
        after = self._reader.settled(before, after, asked, answers)
        for text in autogenerate.unalterable(before, after, self.rules):
            self._note(text)
        found = autogenerate.diff(before, after, self.rules)
        dialect = self.connection.dialect
        return hooks.compared(found, before, after, self.settings, dialect, self.context)

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
                    read(self.connection, schemas, self._wants),
                    tuple(read_sequences(self.connection, schemas)),
                    self._named_schemas(schemas),
                )
        return self._found

    def _wants(self, name: str, schema: str | None) -> bool:
        return self._wanted((schema, name))

    def _schemas(self) -> tuple[str | None, ...]:
        """The default one and those of the models; with ``include_schemas`` all there are."""
        schemas: dict[str | None, None] = {None: None}
        schemas.update(dict.fromkeys(schema for schema, _name in self.models))
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
        """Whether a table takes part: the tool's own never, others as ``include_name`` says."""
        schema, name = key
        settings = self.settings
        own = (settings.version_table, settings.journal_table)
        if schema == settings.version_table_schema and name in own:
            return False
        include = settings.include_name
        if include is None:
            return True
        if schema is not None and not include(schema, "schema", {}):
            return False
        return include(name, "table", {"schema_name": schema})


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
