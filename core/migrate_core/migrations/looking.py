"""Where a database stands, and what its history is."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from migrate_core.database import connect
from migrate_core.graph import (
    Named,
    Relative,
    Revision,
    RevisionGraph,
    parse,
    parse_range,
    plan,
    resolve,
)
from migrate_core.migrations.opened import Opened, Session
from migrate_core.runtime import logs
from migrate_core.scripts import History

if TYPE_CHECKING:
    import sqlalchemy as sa

    from migrate_core.database.journal import Entry
    from migrate_core.drawing.history import HistoryPicture
    from migrate_core.runtime.requests import Status


class Looking(Opened):
    """Answers, and changes nothing."""

    def status(self) -> Status:
        """Where the database stands, beside the history."""
        from migrate_core.runtime import audit, recovery
        from migrate_core.runtime.requests import Status
        from migrate_core.scripts import fingerprint

        with self._session() as session:
            graph = session.history.graph
            current = session.executor.heads()
            unknown = tuple(head for head in current if head not in graph.revisions)
            known = [head for head in current if head in graph.revisions]
            pending = tuple(step.revision for step in plan.upgrade(graph, known, "heads"))
            entries = session.executor.recorder.read()
            headers = session.history.headers
            return Status(
                database=self.database,
                current=current,
                heads=graph.heads,
                pending=pending,
                unknown=unknown,
                applied=len(graph.revisions) - len(pending),
                changes=tuple(
                    audit.changes(
                        entries, graph, known, lambda id: fingerprint.read(headers[id].path)
                    )
                ),
                half_done=recovery.standing(entries, graph.ancestors(known), headers),
            )

    def log(self, limit: int | None = None) -> tuple[Entry, ...]:
        """What the journal has, newest first; nothing where there is none. Reads no file.

        :param limit: the most entries to read.
        """
        with self._executor(History.of(())) as runner:
            return runner.recorder.read(limit)

    def remove_log(self) -> bool:
        """Drop the journal's table; whether there was one. The next run makes it again, unless the
        option ``journal`` is off.

        :raises JournalUnusable: the table of that name is something else.
        """
        with self._executor(History.of(())) as runner:
            return runner.remove_journal()

    def current(self) -> tuple[str, ...]:
        """The heads the database stands at; none where nothing was applied. Reads no file."""
        from migrate_core.database.versions import VersionTable

        with connect.looking(self.engine) as connection, connect.reading(connection):
            if self._context is None:  # which has said so
                _say_opened(connection.dialect)
            return VersionTable(connection, self.settings).heads()

    def heads(self) -> tuple[Revision, ...]:
        """The heads of the history. Needs no database."""
        graph = self.history().graph
        return tuple(graph.revisions[head] for head in graph.heads)

    def show(self, *targets: str) -> tuple[Revision, ...]:
        """The revisions that targets stand for. Needs a database for ``current`` and ``+N`` only.

        :raises ResolutionError: one leads nowhere.
        """
        graph = self.history().graph
        rows = self._rows_for(graph, *targets)
        found = [id for each in targets for id in resolve(graph, parse(each), rows)]
        return tuple(graph[id] for id in dict.fromkeys(found))

    def between(self, ends: str) -> tuple[Revision, ...]:
        """The revisions of a range ``a:b``, newest first. Needs a database as :meth:`show` does.

        :raises InvalidTarget: it is written wrongly.
        :raises RangeNotAncestorError: ``a`` is not below ``b``.
        """
        graph = self.history().graph
        lower, upper = parse_range(ends)
        return plan.between(graph, lower, upper, self._rows_for(graph, lower, upper))

    def history_picture(self, standing: Collection[str] | None = None) -> HistoryPicture:
        """The history, to be drawn by :func:`migrate_core.drawing.written`. Needs no database.

        The files are read for what they call, and Git is asked who added them, if it answers soon.

        :param standing: where the database stands, as :meth:`current` has it; None leaves open what
            is applied.
        """
        from migrate_core.drawing.history import Told, picture
        from migrate_core.scripts.authors import authors
        from migrate_core.scripts.calls import calls

        history = self.history()
        by, does = authors(history), calls(history)
        told = {
            id: Told(header.path.name, header.created or "", by.get(id, ""), does[id])
            for id, header in history.headers.items()
        }
        return picture(history.graph, told, standing)

    def _rows_for(self, graph: RevisionGraph, *targets: str) -> tuple[str, ...]:
        """The rows, where one of the targets is counted from them."""
        if not any(each and _counts_from_rows(each) for each in targets):
            return ()
        with self._executor(self.history()) as runner:
            return runner.known_heads()

    def _known_rows(self, session: Session) -> tuple[str, ...]:
        return session.executor.known_heads()


def _say_opened(dialect: sa.Dialect) -> None:
    """Log which database is worked on, where somebody hears it."""
    if logs.are_heard():
        from migrate_core.database import scopes

        logs.opened(dialect.name, transactional=scopes.undoes_ddl(dialect))


def _counts_from_rows(target: str) -> bool:
    match parse(target):
        case Named(name):
            return name == "current"
        case Relative(steps, start):
            return start == "current" or (start is None and steps > 0)
