"""Commands that change the database, or write the SQL that would."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.api.config import Config
from migrate_core.api.environment import Configured, EnvironmentContext
from migrate_core.api.revision import RevisionId
from migrate_core.api.script import ScriptDirectory
from migrate_core.command.environment import on_each
from migrate_core.errors import ConfigurationError, InvalidTarget
from migrate_core.graph import parse_range


def upgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Apply what a revision needs and is not applied yet.

    :param revision: the target; with ``sql`` also START:END, where START is where the database
        stands.
    :param sql: write the statements to ``Config.output_buffer`` instead.
    :param tag: whatever env.py is to know, in ``context.get_tag_argument()``.
    :raises MigrateError: see :meth:`migrate_core.migrations.Migrations.upgrade`.
    """
    script = ScriptDirectory.from_config(config)
    start, end = _ends(revision, "upgrade", sql=sql)
    on_each(
        config,
        script,
        lambda found: found.upgrade_sql(revision) if sql else found.upgrade(revision),
        as_sql=sql,
        starting_rev=start,
        destination_rev=end,
        tag=tag,
    )


def downgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Undo what lies above a revision.

    :param revision: the target, which stays applied; with ``sql`` START:END.
    :param sql: as in :func:`upgrade`.
    :param tag: as in :func:`upgrade`.
    :raises MigrateError: see :meth:`migrate_core.migrations.Migrations.downgrade`.
    """
    script = ScriptDirectory.from_config(config)
    if sql and ":" not in revision:
        raise InvalidTarget(
            revision,
            "downgrade with --sql requires <fromrev>:<torev>: no database says where it starts.",
            f"Name both: flask db downgrade --sql START:{revision}",
        )
    start, end = _ends(revision, "downgrade", sql=sql)
    on_each(
        config,
        script,
        lambda found: found.downgrade_sql(revision) if sql else found.downgrade(revision),
        as_sql=sql,
        starting_rev=start,
        destination_rev=end,
        tag=tag,
    )


def _ends(revision: str, command: str, *, sql: bool) -> tuple[str | None, str]:
    """Where a run starts, if that is said, and where it leads."""
    if ":" not in revision:
        return None, revision
    if not sql:
        raise InvalidTarget(
            revision,
            f"Range revision not allowed: {revision!r} is one, and the database itself says where "
            "it stands.",
            f"Give the end alone: flask db {command} {revision.rpartition(':')[2]}; "
            "or write SQL: --sql",
        )
    start, end = parse_range(revision)
    return start or None, end


def stamp(
    config: Config,
    revision: RevisionId,
    sql: bool = False,
    tag: str | None = None,
    purge: bool = False,
) -> None:
    """Record that the database stands at revisions, without running anything.

    :param revision: one or several; with ``sql`` each may be START:END, with one START.
    :param sql: as in :func:`upgrade`.
    :param tag: as in :func:`upgrade`.
    :param purge: forget what was recorded before, even what no file has.
    :raises MigrateError: see :meth:`migrate_core.migrations.Migrations.stamp`.
    """
    script = ScriptDirectory.from_config(config)
    given: Sequence[str | None] = (
        (revision,) if isinstance(revision, str) else tuple(revision or ())
    )
    targets = [each or "base" for each in given] or ["base"]
    if sql and purge:
        raise ConfigurationError(
            "stamp writes SQL (--sql), and --purge deletes what only a database knows.",
            "Leave out one of the two.",
        )
    starts, ends = set(), []
    for each in targets:
        start, end = _ends(each, "stamp", sql=sql)
        starts.add(start)
        ends.append(end)
    if len(starts) > 1:
        raise InvalidTarget(
            " ".join(targets),
            "Stamp operation with --sql only supports a single starting revision at a time.",
            "Give the same START: to all of them.",
        )
    on_each(
        config,
        script,
        lambda found: found.stamp_sql(*targets) if sql else found.stamp(*targets, purge=purge),
        as_sql=sql,
        starting_rev=starts.pop(),
        destination_rev=ends[0] if len(ends) == 1 else tuple(ends),
        tag=tag,
        purge=purge,
    )


def ensure_version(config: Config, sql: bool = False) -> None:
    """Make the version table, unless it is there.

    :param sql: as in :func:`upgrade`.
    """
    script = ScriptDirectory.from_config(config)

    def make(found: Configured) -> None:
        found.context._ensure_version_table()

    with EnvironmentContext(config, script, work=make, as_sql=sql):
        script.run_env()
