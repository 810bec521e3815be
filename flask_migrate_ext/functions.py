"""The commands as functions of the current app: for deploy hooks, tests and scripts.

Each needs an application context, returns a value, and raises a typed error; none exits the process
or touches the app's logging, and none prints, unless it is asked for SQL (``sql=True``).

An app with several databases gets a dict of values by their names, ``default`` being the one
without a bind, unless ``bind`` names one. Where some of them fail, the others are done
nevertheless, and :class:`~flask_migrate_ext.errors.DatabasesFailed` has both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flask_migrate_ext.config import GATE_KEY

if TYPE_CHECKING:
    from flask_migrate_ext.discovery import Found
    from migrate_core.database.journal import Entry
    from migrate_core.drawing import Format
    from migrate_core.graph import Revision
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.planning import Plan
    from migrate_core.runtime.recovery import Decision
    from migrate_core.runtime.requests import Adopted, Differences, Generated, Outcome, Status
    from migrate_core.scripts import Rebased

T = TypeVar("T")

XArguments = str | Sequence[str] | None


# -- writing ---------------------------------------------------------------------------------------


def init(
    directory: str | None = None,
    multidb: bool = False,
    template: str | None = None,
    package: bool = False,
    *,
    bind: str | None = None,
) -> Path | dict[str, Path]:
    """Make the migrations folder; returns it.

    :param multidb: make it one history for all databases.
    :param template: the name of one of :func:`list_templates`, for a folder with an env.py; or the
        path of one, with a slash in it.
    :param package: put an ``__init__.py`` into it, for a project that is installed.
    :raises ConfigurationError: there is no such template, or something is in the folder already.
    """
    from flask_migrate_ext import templates

    found = _found(directory, bind)
    made = templates.make(found, shared=multidb, template=template, package=package)
    return made if len(made) > 1 else next(iter(made.values()))


def list_templates() -> tuple[tuple[str, str], ...]:
    """The templates of :func:`init`: the name of each, and what it is for."""
    from flask_migrate_ext import templates

    return templates.TEMPLATES


def revision(
    directory: str | None = None,
    message: str | None = None,
    autogenerate: bool = False,
    sql: bool = False,
    head: str = "head",
    splice: bool = False,
    branch_label: str | Sequence[str] | None = None,
    version_path: str | Path | None = None,
    rev_id: str | None = None,
    *,
    bind: str | None = None,
    **options: Any,
) -> Generated | dict[str, Generated | None] | None:
    """Write an empty migration, or with ``autogenerate`` one of what differs, as :func:`migrate`.

    :raises ConfigurationError: ``sql``: what is written is a file; or each of several databases has
        its own history, and none was named.
    """
    _refuse_sql(sql)
    if autogenerate:
        given = (head, splice, branch_label, version_path, rev_id)
        return migrate(directory, message, False, *given, bind=bind, **options)
    placed = _placed(head, splice, branch_label, version_path, rev_id)
    return _one(_found(directory, bind)).revision(message, **placed, **options)


def migrate(
    directory: str | None = None,
    message: str | None = None,
    sql: bool = False,
    head: str = "head",
    splice: bool = False,
    branch_label: str | Sequence[str] | None = None,
    version_path: str | Path | None = None,
    rev_id: str | None = None,
    x_arg: XArguments = None,
    *,
    bind: str | None = None,
    **options: Any,
) -> Generated | dict[str, Generated | None] | None:
    """Write the migration that brings the database to the models; None where nothing differs.

    :param options: any more of :class:`~migrate_core.runtime.requests.Generate`.
    """
    _refuse_sql(sql)
    placed = _placed(head, splice, branch_label, version_path, rev_id)
    found = _found(directory, bind)

    def written(migrations: Migrations) -> Generated | None:
        given = migrations.having(x_arguments=_listed(x_arg))
        return given.generate(message, **placed, **options)

    if found.shared and (env := found.running()):
        return env.write_for_all(message, placed, x_arguments=_listed(x_arg))
    if found.shared:
        return written(found.history())
    return _each(found, written, autogenerate=True, x_arguments=_listed(x_arg))


def merge(
    directory: str | None = None,
    revisions: str | Sequence[str] = "",
    message: str | None = None,
    branch_label: str | Sequence[str] | None = None,
    rev_id: str | None = None,
    *,
    bind: str | None = None,
) -> Generated | None:
    """Write a migration that joins several heads, all where none is named.

    None where none is named and there is one head or none: there is nothing to join.
    """
    migrations = _one(_found(directory, bind))
    named = _listed(revisions)
    if not named and len(migrations.heads()) < 2:
        return None
    labels = _listed(branch_label)
    return migrations.merge(named or ("heads",), message, branch_labels=labels, rev_id=rev_id)


def rebase(
    revision: str, onto: str = "head", directory: str | None = None, *, bind: str | None = None
) -> Rebased | dict[str, Rebased]:
    """Give a revision that is not applied yet another parent, in its file."""
    found = _found(directory, bind)
    if found.shared:  # which asks all databases before it writes
        return found.history().rebase(revision, onto)
    return _on_only(found, lambda migrations: migrations.rebase(revision, onto))


def edit(
    directory: str | None = None, revision: str = "current", *, bind: str | None = None
) -> tuple[Path, ...]:
    """Open the files of a revision in ``$EDITOR``; returns them."""
    from migrate_core.cli.history import open_file

    def named(migrations: Migrations) -> tuple[Path, ...]:
        headers = migrations.history().headers
        return tuple(headers[each.id].path for each in migrations.show(revision))

    found = _found(directory, bind)
    env = found.running() if "current" in revision else None
    if env is None:
        paths = named(_one(found))
    else:
        answers = env.answers(named).values()
        paths = tuple(dict.fromkeys(path for each in answers for path in each))
    for path in paths:
        open_file(path)
    return paths


# -- running ---------------------------------------------------------------------------------------


def upgrade(
    directory: str | None = None,
    revision: str = "head",
    sql: bool = False,
    tag: str | None = None,
    x_arg: XArguments = None,
    *,
    bind: str | None = None,
    resume: bool = False,
) -> Outcome | dict[str, Outcome | None] | None:
    """Apply migrations up to ``revision``. Safe to be called by several processes at once.

    :param sql: print the SQL instead, of a range ``START:END`` or from the beginning.
    :param tag: given to the migrations.
    :param x_arg: ``name=value`` or several, given to the migrations.
    :param resume: go on with what an earlier run left half done.
    """

    def run(migrations: Migrations) -> Outcome | None:
        given = migrations.having(tag=tag, x_arguments=_listed(x_arg))
        if sql:
            print(given.upgrade_sql(revision), end="")
            return None
        return given.upgrade(revision, resume=resume)

    found = _found(directory, bind)
    if sql and (env := found.running()):
        env.script("upgrade", revision, tag=tag, x_arguments=_listed(x_arg))
        return None
    return _each(found, run, target=revision, tag=tag, x_arguments=_listed(x_arg))


def downgrade(
    directory: str | None = None,
    revision: str = "-1",
    sql: bool = False,
    tag: str | None = None,
    x_arg: XArguments = None,
    *,
    bind: str | None = None,
    resume: bool = False,
) -> Outcome | dict[str, Outcome | None] | None:
    """Undo migrations down to ``revision``; the parameters are those of :func:`upgrade`.

    :param sql: print the SQL instead, of a range ``START:END``; ``-1`` is ``head:-1`` there.
    """
    if sql:
        from migrate_core.runtime.scripting import downgrade_ends

        revision = downgrade_ends(revision)

    def run(migrations: Migrations) -> Outcome | None:
        given = migrations.having(tag=tag, x_arguments=_listed(x_arg))
        if sql:
            print(given.downgrade_sql(revision), end="")
            return None
        return given.downgrade(revision, resume=resume)

    found = _found(directory, bind)
    if sql and (env := found.running()):
        env.script("downgrade", revision, tag=tag, x_arguments=_listed(x_arg))
        return None
    return _each(found, run, target=revision, tag=tag, x_arguments=_listed(x_arg))


def stamp(
    directory: str | None = None,
    revision: str | Sequence[str] = "head",
    sql: bool = False,
    tag: str | None = None,
    purge: bool = False,
    *,
    bind: str | None = None,
) -> Outcome | dict[str, Outcome | None] | None:
    """Record that the database stands at ``revision``; runs nothing.

    :param sql: print the SQL instead.
    :param tag: means nothing, because no migration is run.
    :param purge: forget what was recorded before.
    """

    def run(migrations: Migrations) -> Outcome | None:
        if sql:
            print(migrations.stamp_sql(*_listed(revision)), end="")
            return None
        return migrations.stamp(*_listed(revision), purge=purge)

    found = _found(directory, bind)
    if sql and (env := found.running()):
        env.script("stamp", _listed(revision), tag=tag)
        return None
    return _each(found, run, target=_listed(revision), tag=tag)


def redo(
    directory: str | None = None,
    steps: int = 1,
    x_arg: XArguments = None,
    *,
    bind: str | None = None,
) -> tuple[Outcome, ...] | dict[str, tuple[Outcome, ...]]:
    """Undo the last migrations and apply them again; what undid them, then what applied them.

    Rows in what the downgrade drops are lost.

    :param steps: how many.
    :raises BindNeeded: there are several databases, and none was named.
    """
    found, given = _found(directory, bind), _listed(x_arg)
    if env := found.running():
        return env.each(lambda migrations: migrations.redo(steps), x_arguments=given)
    return _only(found).having(x_arguments=given).redo(steps)


def adopt(
    directory: str | None = None,
    revision: str = "head",
    scratch: str | None = None,
    *,
    bind: str | None = None,
) -> Adopted | dict[str, Adopted]:
    """Record that a database which no migration made stands at ``revision``; runs nothing on it.

    :param scratch: the URL of an empty database of the same kind, on which the migrations are
        tried. On SQLite one in memory is taken; on a server without one the models are compared.
    :raises CannotAdopt: it differs from what the migrations make, or has a revision already.
    :raises BindNeeded: ``scratch``, and there are several databases and none was named.
    """
    found = _found(directory, bind)
    if scratch is not None and found.environment is None:
        return _only(found).adopt(revision, scratch=scratch)
    return _each(found, lambda migrations: migrations.adopt(revision, scratch=scratch))


def resolve(
    revision: str, decision: Decision, directory: str | None = None, *, bind: str | None = None
) -> Entry | dict[str, Entry]:
    """Record what became of a migration that is half done, where it cannot be looked up.

    :param decision: ``done`` or ``retry`` if the statement that was interrupted took effect or did
        not; ``undone`` if nothing is left of the whole migration.
    """
    found = _found(directory, bind)
    if env := found.running():
        return env.each(lambda migrations: migrations.resolve(revision, decision))
    return _only(found).resolve(revision, decision)


# -- looking ---------------------------------------------------------------------------------------


def plan(
    directory: str | None = None, revision: str = "head", *, bind: str | None = None
) -> Plan | dict[str, Plan]:
    """What ``upgrade()`` would do now. Changes nothing."""
    return _each(_found(directory, bind), lambda migrations: migrations.plan(revision))


def status(directory: str | None = None, *, bind: str | None = None) -> Status | dict[str, Status]:
    """Where the database stands, and what is pending."""
    return _each(_found(directory, bind), lambda migrations: migrations.status())


def check(
    directory: str | None = None, *, bind: str | None = None
) -> Differences | dict[str, Differences]:
    """What the next migration would do; false if nothing."""
    return _each(_found(directory, bind), lambda migrations: migrations.check())


def log(
    directory: str | None = None, limit: int | None = None, *, bind: str | None = None
) -> tuple[Entry, ...] | dict[str, tuple[Entry, ...]]:
    """What was applied, undone and stamped, and what failed; newest first."""
    return _each(_found(directory, bind), lambda migrations: migrations.log(limit))


def current(
    directory: str | None = None, verbose: bool = False, *, bind: str | None = None
) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
    """The revisions that the database stands at.

    :param verbose: means nothing for a value, here and below.
    """
    return _each(_found(directory, bind), lambda migrations: migrations.current())


def heads(
    directory: str | None = None,
    verbose: bool = False,
    resolve_dependencies: bool = False,
    *,
    bind: str | None = None,
) -> tuple[Revision, ...] | dict[str, tuple[Revision, ...]]:
    """The newest revisions of the history.

    :param resolve_dependencies: leave out what another branch depends on.
    """

    def found(migrations: Migrations) -> tuple[Revision, ...]:
        graph = migrations.history().graph
        return tuple(
            graph[id] for id in (graph.real_heads if resolve_dependencies else graph.heads)
        )

    return _each_history(_found(directory, bind), found)


def history(
    directory: str | None = None,
    rev_range: str | None = None,
    verbose: bool = False,
    indicate_current: bool = False,
    *,
    bind: str | None = None,
) -> tuple[Revision, ...] | dict[str, tuple[Revision, ...]]:
    """All revisions, or those of a range ``START:END``, newest first.

    :param indicate_current: means nothing for a value; see :func:`current`.
    """

    def found(migrations: Migrations) -> tuple[Revision, ...]:
        return migrations.between(rev_range) if rev_range else tuple(migrations.history().graph)

    return _each_history(_found(directory, bind), found, rev_range)


def branches(
    directory: str | None = None, verbose: bool = False, *, bind: str | None = None
) -> tuple[Revision, ...] | dict[str, tuple[Revision, ...]]:
    """The revisions that several others follow."""

    def found(migrations: Migrations) -> tuple[Revision, ...]:
        graph = migrations.history().graph
        return tuple(each for each in graph if graph.is_branch_point(each.id))

    return _each_history(_found(directory, bind), found)


def show(
    directory: str | None = None, revision: str | Sequence[str] = "head", *, bind: str | None = None
) -> tuple[Revision, ...] | dict[str, tuple[Revision, ...]]:
    """The revisions that a name stands for."""
    targets = _listed(revision)
    found = _found(directory, bind)
    return _each_history(found, lambda migrations: migrations.show(*targets), *targets)


def graph(
    directory: str | None = None,
    format: Format = "svg",
    *,
    applied: bool = True,
    bind: str | None = None,
) -> str | dict[str, str]:
    """The history as a picture, in one text.

    :param applied: mark what is applied; without it no database is asked.
    """
    from migrate_core.drawing import written

    def drawn(migrations: Migrations) -> str:
        standing = migrations.current() if applied else None
        return written(migrations.history_picture(standing), format)

    found = _found(directory, bind)
    return _each(found, drawn) if applied else _each_history(found, drawn)


def schema(
    directory: str | None = None,
    format: Format = "svg",
    source: Literal["models", "database", "diff"] = "models",
    *,
    bind: str | None = None,
) -> str | dict[str, str]:
    """The tables as a picture, in one text.

    :param source: ``diff`` marks what the next migration would add, change and drop.
    :raises LayoutMissing: the format is svg or html, and the extra ``pictures`` is not installed.
    """
    from migrate_core.drawing import written

    def drawn(migrations: Migrations) -> str:
        match source:
            case "models":
                return written(migrations.models_picture(), format)
            case "database":
                return written(migrations.database_picture(), format)
        return written(migrations.changes_picture(), format)

    return _each(_found(directory, bind), drawn)


def bind_names() -> tuple[str, ...]:
    """The names of the app's databases as migration files have them: the default one's is empty.

    For a template that writes a function for each.
    """
    return tuple(each.name for each in _found(None, None).each)


# -- on which databases ----------------------------------------------------------------------------


def _found(directory: str | None, bind: str | None) -> Found:
    from flask_migrate_ext.discovery import of_current_app

    return of_current_app(directory, bind=bind)


def _each(found: Found, act: Callable[[Migrations], T], **said: Any) -> T | dict[str, T]:
    """What ``act`` answers for the only database, or for each of several.

    :param said: what an env.py may ask for.
    :raises DatabasesFailed: it failed for one of several.
    """
    try:
        return _answers(found, act, said)
    finally:
        found.app.extensions[GATE_KEY].forget()  # a downgrade, or what else act may have been


def _answers(
    found: Found, act: Callable[[Migrations], T], said: dict[str, Any]
) -> T | dict[str, T]:
    from flask_migrate_ext.errors import DatabasesFailed
    from migrate_core.errors import MigrateError

    if env := found.running():
        return env.each(act, **said)
    if len(found.each) == 1:
        return act(found.migrations(found.each[0]))
    done: dict[str, T] = {}
    failed: dict[str, MigrateError] = {}
    for database in found.each:
        try:
            done[database.called] = act(found.migrations(database))
        except MigrateError as error:
            failed[database.called] = error
    if failed:
        raise DatabasesFailed(done, failed)
    return done


def _each_history(
    found: Found, act: Callable[[Migrations], T], *names: str | None
) -> T | dict[str, T]:
    """What ``act`` answers of files, unless one of the names is where a database stands."""
    if found.environment is None and found.shared:
        return act(found.history())
    if found.environment is not None and "current" not in str(names):
        return act(found.migrations(found.each[0]))
    return _each(found, act)


def _one(found: Found) -> Migrations:
    """The only history.

    :raises BindNeeded: there are several.
    """
    return found.history() if found.shared else _only(found)


def _on_only(found: Found, act: Callable[[Migrations], T]) -> T | dict[str, T]:
    """What ``act`` answers for the only database, or for each that an env.py configures.

    :raises BindNeeded: there are several, and no env.py.
    """
    if env := found.running():
        return env.each(act)
    return act(_one(found))


def _only(found: Found) -> Migrations:
    from flask_migrate_ext.errors import BindNeeded

    if len(found.each) > 1:
        raise BindNeeded(found.names)
    return found.migrations(found.each[0])


# -- arguments -------------------------------------------------------------------------------------


def _placed(
    head: str,
    splice: bool,
    branch_label: str | Sequence[str] | None,
    version_path: str | Path | None,
    rev_id: str | None,
) -> dict[str, Any]:
    return {
        "head": head,
        "splice": splice,
        "branch_labels": _listed(branch_label),
        "version_path": None if version_path is None else Path(version_path),
        "rev_id": rev_id,
    }


def _listed(given: str | Sequence[str] | None) -> tuple[str, ...]:
    return tuple(filter(None, (given,))) if isinstance(given, str) else tuple(given or ())


def _refuse_sql(sql: bool) -> None:
    from migrate_core.errors import ConfigurationError

    if sql:
        raise ConfigurationError(
            "sql=True prints what would be run, and a migration is written without running any.",
            "Write it first, then print it: upgrade(sql=True), or flask db upgrade --sql",
        )
