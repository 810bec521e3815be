"""Both sides into snapshots: models by ``models``, a database's rows by ``stored``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from migrate_core.autogenerate import meaning
from migrate_core.autogenerate import views as shown
from migrate_core.autogenerate.facts import Options, Snapshot, TableKey
from migrate_core.autogenerate.models import ModelReader, Wanted
from migrate_core.autogenerate.questions import Questions, settled
from migrate_core.autogenerate.stored import StoredReader
from migrate_core.autogenerate.texts import MAY_HOLD_ENUMS, Texts, named_enums
from migrate_core.schema import versions
from migrate_core.schema.rows import SequenceRow, TableRow, ViewRow
from migrate_core.schema.scratch import Answer


class Reader:
    """Makes snapshots as one dialect would write them."""

    def __init__(
        self, dialect: Dialect, *, default_schema: str | None, unique_is_index: bool
    ) -> None:
        self.texts = Texts(dialect, default_schema=default_schema, unique_is_index=unique_is_index)

    def snapshot(self, metadata: Iterable[sa.MetaData], wanted: Wanted) -> Snapshot:
        """The facts of the models, of those tables that are wanted."""
        listed = tuple(metadata)
        reader = ModelReader(self.texts)
        tables = reader.tables(listed, wanted)
        return Snapshot(
            tables,
            self._enums(reader.telling_types),
            self._sequences(listed),
            views=shown.of_models(listed, self.texts),
        )

    def stored(
        self,
        rows: Iterable[TableRow],
        sequences: Iterable[SequenceRow],
        schemas: Iterable[str],
        views: Iterable[ViewRow],
    ) -> Snapshot:
        """The facts of a database that was read."""
        listed = list(rows)
        types = {id(column.type): column.type for row in listed for column in row.columns}
        return Snapshot(
            StoredReader(self.texts, listed).tables(),
            self._enums(types.values()),
            {
                self.texts.key(each.schema, each.name): meaning.counting(each.options)
                for each in sequences
            },
            frozenset(schemas),
            shown.stored(views, self.texts),
        )

    def settled(
        self,
        before: Snapshot,
        after: Snapshot,
        asked: Questions,
        answers: Sequence[Mapping[tuple[str, str], Answer]],
    ) -> Snapshot:
        """``after`` as the server would store it, where it answered."""
        return settled(before, after, asked, answers, StoredReader(self.texts, ()))

    def _enums(self, types: Iterable[TypeEngine[Any]]) -> Mapping[TableKey, tuple[str, ...]]:
        return {
            self.texts.key(enum.schema, str(enum.name)): tuple(enum.enums)
            for type_ in types
            if isinstance(type_, MAY_HOLD_ENUMS)
            for enum in named_enums(type_)
        }

    def _sequences(self, metadata: Iterable[sa.MetaData]) -> Mapping[TableKey, Options]:
        if self.texts.dialect.name != "postgresql":
            return {}
        return {
            self.texts.key(each.schema, each.name): meaning.counting(versions.counting(each))
            for one in metadata
            for each in versions.sequences(one)
        }
