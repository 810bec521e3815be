"""Migrations that are written, and what they would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate_core.database import connect
from migrate_core.errors import (
    CannotRebase,
    NoModels,
    TargetNotUpToDate,
    TooManyDrops,
)
from migrate_core.graph import (
    PREFIX_LENGTH,
    parse,
    plan,
    resolve_one,
)
from migrate_core.migrations.looking import Looking
from migrate_core.migrations.opened import Session, explained
from migrate_core.scripts import History

if TYPE_CHECKING:
    import sqlalchemy as sa

    from migrate_core.drawing.schema import SchemaPicture
    from migrate_core.runtime.comparison import Comparison
    from migrate_core.runtime.gathering import Gathering
    from migrate_core.runtime.requests import Differences, Generated
    from migrate_core.runtime.settling import Ask
    from migrate_core.scripts import Rebased


class Comparing(Looking):
    """Models beside their database."""

    def generate(
        self, message: str | None = None, *, ask: Ask | None = None, **options: Any
    ) -> Generated | None:
        """Write the migration that brings the database to the models; None where nothing differs.

        :param ask: is given the questions that are open, and answers at least one of them;
            without it nobody is asked.
        :param options: any of :class:`~migrate_core.runtime.requests.Generate`; answers given
            there are not asked for.
        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        :raises TooManyDrops: most of the known tables would be dropped.
        :raises AnswersNeeded: something looks renamed, or rows need a value, and nobody was asked.
        :raises InvalidAnswer: an answer is to no question, or cannot be.
        """
        from migrate_core.runtime import generator
        from migrate_core.runtime.requests import Generate
        from migrate_core.runtime.settling import nobody
        from migrate_core.scripts import names

        request = Generate(message=message, **options)
        with self._session() as session, self._naming_modules():
            self._require_current(session)
            comparison = self._comparison(session)
            created = names.now(self.settings.timezone)
            return generator.generate(
                comparison,
                self.directory,
                session.history,
                self.settings,
                request,
                created,
                ask or nobody,
            )

    def gather(self, gathering: Gathering) -> None:
        """Put what differs here into a migration that is for several databases.

        :raises TargetNotUpToDate: migrations are pending.
        :raises MigrateError: see :meth:`~migrate_core.runtime.gathering.Gathering.add`.
        """
        with self._session() as session, self._naming_modules():
            if gathering.request.compare:
                self._require_current(session)
            gathering.add(self._comparison(session), session.history)

    def revision(self, message: str | None = None, **options: Any) -> Generated:
        """Write an empty migration, to be filled by hand. Needs no database."""
        from migrate_core.runtime import generator
        from migrate_core.runtime.requests import Generate
        from migrate_core.scripts import names

        request = Generate(message=message, compare=False, **options)
        history = self.history()
        created = names.now(self.settings.timezone)
        with explained(history), self._surroundings():
            written = generator.generate(
                None, self.directory, history, self.settings, request, created
            )
        assert written is not None
        return written

    def merge(
        self, revisions: Sequence[str] = ("heads",), message: str | None = None, **options: Any
    ) -> Generated:
        """Write an empty migration that follows several heads and joins them.

        :raises InvalidTarget: one of them is not a head; see ``splice``.
        """
        return self.revision(message, head=tuple(revisions), **options)

    def rebase(self, revision: str, onto: str = "head") -> Rebased:
        """Give a revision that is not applied yet another parent, in its file.

        :param onto: the new parent; ``head`` is the one that is not built upon the revision.
        :raises CannotRebase: it is applied to this database, or see
            :func:`~migrate_core.scripts.rebase.rebase`.
        :raises MultipleHeads: ``head``, and several are not built upon the revision.
        """
        from migrate_core.scripts.rebase import rebase

        with self._session() as session:
            history = session.history
            graph = history.graph
            id = resolve_one(graph, parse(revision), shortest=PREFIX_LENGTH)
            if id in graph.ancestors(self._known_rows(session)):
                raise CannotRebase(
                    id,
                    history.headers[id].file,
                    f"it is applied to {self.database}",
                    "Undo it first: flask db downgrade; "
                    "or join the heads: flask db merge heads -m 'merge'",
                )
            return rebase(history, id, _new_parent(history, id, onto))

    def init(self) -> Path:
        """Make the migrations folder; returns it."""
        return self.directory.create()

    def check(self) -> Differences:
        """What the next migration would do; empty, and so false, if nothing.

        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        """
        from migrate_core.runtime import generator

        with self._session() as session, self._naming_modules():
            self._require_current(session)
            return generator.differences(self._comparison(session), session.history)

    def models_picture(self) -> SchemaPicture:
        """The models' tables, to be drawn by :func:`migrate_core.drawing.written`.

        Types are written as the database would have them, which is not connected to.

        :raises NoModels: the metadata holds no table.
        """
        from migrate_core.drawing.schema import of_snapshot
        from migrate_core.runtime.comparison import facts_of_models

        with self._naming_modules():
            found = facts_of_models(self.metadata, self.settings, self.engine.dialect)
            if not found.tables:
                raise NoModels
        return of_snapshot(found, f"Models, with the types of {self.engine.dialect.name}")

    def database_picture(self) -> SchemaPicture:
        """The database's tables, to be drawn in the same way."""
        from migrate_core.drawing.schema import of_snapshot

        with self._session() as session:
            stored, _ = self._comparison(session).facts()
        return of_snapshot(stored, f"Tables of {connect.short_name(self.engine.engine.url)}")

    def changes_picture(self) -> SchemaPicture:
        """What the next migration would add, change and drop, to be drawn in the same way.

        What looks renamed is drawn as dropped and added, as long as nobody has answered.

        :raises TargetNotUpToDate: migrations are pending.
        :raises NoModels: the metadata holds no table.
        """
        from migrate_core.drawing.schema import of_changes
        from migrate_core.runtime import generator

        with self._session() as session, self._naming_modules():
            self._require_current(session)
            comparison = self._comparison(session)
            found = generator.differences(comparison, session.history)
            before, after = comparison.facts()
        name = connect.short_name(self.engine.engine.url)
        title = f"What the next migration changes in {name}"
        asked = [question.asked for question in found.questions]
        return of_changes(before, after, found.operations, asked, title)

    def _require_current(self, session: Session) -> None:
        from migrate_core.scripts import multiple_heads

        history = session.history
        rows = self._known_rows(session)
        pending = plan.upgrade(history.graph, rows, "heads")
        if not pending:
            return
        said = [f"{step.revision.id} {step.revision.doc}".rstrip() for step in pending]
        next_step = ""
        if len(history.graph.heads) > 1:
            next_step = str(multiple_heads(history, history.graph.heads, "head", rows))
        raise TargetNotUpToDate(self.database, said, next_step)

    def _comparison(self, session: Session) -> Comparison:
        """The models beside the database, with views and all."""
        from migrate_core.scripts.created import created_views

        return self._beside(session, self.metadata, created_views(session.history))

    def _beside(
        self,
        session: Session,
        models: Sequence[sa.MetaData],
        made_views: frozenset[str] = frozenset(),
    ) -> Comparison:
        from migrate_core import api
        from migrate_core.runtime.comparison import Comparison

        return Comparison(
            session.connection,
            models,
            self.settings,
            self._watch_comparison,
            api.AutogenContext(api.current()),
            made_views,
        )

    @contextmanager
    def _naming_modules(self) -> Iterator[None]:
        """Where models seem to be missing: which modules were looked at, and which were not."""
        try:
            yield
        except (NoModels, TooManyDrops) as error:
            raise error.knowing(*self._modules()) from error


def _new_parent(history: History, id: str, onto: str) -> str:
    from migrate_core.scripts import multiple_heads

    graph = history.graph
    if onto == "head":
        above = graph.descendants([id])
        others = tuple(head for head in graph.heads if head not in above)
        if len(others) > 1:
            raise multiple_heads(history, others, onto)
        return others[0] if others else next(iter(graph[id].down), id)
    return resolve_one(graph, parse(onto), shortest=PREFIX_LENGTH)
