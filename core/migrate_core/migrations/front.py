"""A program's one object."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from migrate_core.database import connect
from migrate_core.graph import PREFIX_LENGTH, parse, resolve
from migrate_core.migrations.comparing import Comparing
from migrate_core.migrations.running import Running
from migrate_core.runtime.watch import ignore

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Engine

    from migrate_core.runtime.requests import Adopted


class Migrations(Running, Comparing):
    """The migrations of one database.

    :param directory: the migrations folder, which need not exist yet; or ``package:folder``.
    :param engine: where the database is; or a connection, which stays open and, where it is in a
        transaction, stays uncommitted.
    :param metadata: the models, in one MetaData or several.
    :param watch: is told what a run does, as it does it.
    :param version_locations: folders of migration files, when not ``versions`` alone.
    :param modules: tells which modules define models and were imported, and which seem to and were
        not; asked where models seem to be missing.
    :param surroundings: what migration files run in, such as :func:`migrate_core.alias.active`,
        for files that say ``from alembic import op``.
    :param options: any of :class:`~migrate_core.settings.Settings`.
    :raises ConfigurationError: an option that is not known.
    """

    def adopt(self, target: str = "head", *, scratch: str | None = None) -> Adopted:
        """Record that a database stands at ``target``, which no migration made and which has what
        the migrations make. Nothing else is changed, and no row is looked at.

        On SQLite the migrations are tried in memory. Elsewhere they are tried on ``scratch``;
        without one the database is compared with the models, and ``target`` has to be the head.

        It is compared and recorded while the migration lock is held.

        :param scratch: the URL of an empty database of the same kind, which is written to, and
            empty again afterwards.
        :raises CannotAdopt: it has a revision, or no tables, or differs, or the migrations do not
            run on an empty database.
        :raises ConfigurationError: ``scratch`` is of another kind, or not empty.
        """
        from migrate_core.database import trial
        from migrate_core.runtime import adoption, generator
        from migrate_core.runtime.requests import Adopted, Stamp

        adoption.require_unversioned(self.database, self.current())
        graph = self.history().graph
        adoption.require_history(self.database, graph.heads)
        ids = resolve(graph, parse(target), shortest=PREFIX_LENGTH)
        adoption.require_revision(self.database, target, ids)
        with self._session() as session:
            adoption.require_tables(self.database, self._comparison(session).columns)
        with trial.scratch(self.engine.engine, scratch) as place:
            made = None if place is None else self._made_on(place, ids)
        if made is None:
            adoption.require_head(self.database, ids, graph.heads)
        tried = made is not None

        def require_equal() -> None:
            adoption.require_unversioned(self.database, session.executor.heads())
            models = self._comparison(session)
            comparison = models if made is None else self._beside(session, made)
            found = generator.differences(comparison, session.history)
            unmade = comparison.columns.keys() & models.models.keys() - comparison.models.keys()
            dialect = self.engine.dialect
            adoption.require_equal(self.database, ids, found, unmade, dialect, tried=tried)

        with self._session(connect.connected) as session, self._naming_modules():
            outcome = session.executor.run(Stamp(ids), require_equal)
        return Adopted(self.database, outcome.after, tried)

    def _made_on(self, place: Engine, ids: Sequence[str]) -> tuple[sa.MetaData, ...]:
        """What the migrations make of an empty database, read back."""
        from migrate_core.runtime import adoption

        trying = copy(self)
        trying.engine, trying.watch, trying._context = place, ignore, None
        trying.settings = replace(self.settings, journal=False)
        with adoption.telling_failures(self.database):
            for id in ids:
                trying.upgrade(id)
        with trying._session() as session:
            return (trying._beside(session, self.metadata).read_back(),)
