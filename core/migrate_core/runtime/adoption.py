"""Whether a database that no migration made is what a history makes; decided from what was read.

===================  =========================================  ==================================
compared with        where                                      what it shows
===================  =========================================  ==================================
what the files make  on a scratch database, to any revision     that it stands at that revision
the models           no scratch database, at the head only      the same, if the files make what
                                                                the models say
===================  =========================================  ==================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.engine import Dialect

from migrate_core import ddl
from migrate_core.autogenerate import TableKey
from migrate_core.database.offline import Offline
from migrate_core.errors import CannotAdopt, MigrationFailed, OperationError
from migrate_core.operations import MigrateOperation, RenameConstraintOp, RenameIndexOp
from migrate_core.runtime.applier import Applier
from migrate_core.runtime.requests import Differences

BY_SCRATCH = (
    "Name an empty database of the same kind, on which the migrations are tried: "
    "flask db adopt --scratch URL"
)


NOT_EQUAL = (
    "Name the revision that it stands at (flask db history shows them): flask db adopt REVISION; "
    "or look at what it would need, run it by hand, and then: flask db adopt"
)

ONLY_NAMES = (
    "Only names differ, which the database made up and migrations will refer to. Give it theirs: "
    "run this in its client, no row is touched; then: flask db adopt"
)


def require_unversioned(database: str, rows: Sequence[str]) -> None:
    """Let a database pass that has no revision recorded.

    :raises CannotAdopt: it has one.
    """
    if rows:
        raise CannotAdopt(
            database,
            f"it is recorded to stand at {', '.join(rows)}",
            "See what is pending: flask db status; to record something else: flask db stamp",
        )


def require_tables(database: str, tables: Collection[TableKey]) -> None:
    """Let a database pass that holds something; so it is not its own scratch database either.

    :raises CannotAdopt: it is empty.
    """
    if not tables:
        raise CannotAdopt(
            database, "it holds no tables", "Have the migrations make them: flask db upgrade"
        )


def require_history(database: str, heads: Collection[str]) -> None:
    """Let a history pass that has migrations.

    :raises CannotAdopt: it has none. What is written beside this database would make nothing.
    """
    if not heads:
        raise CannotAdopt(
            database,
            "there are no migrations yet",
            "Have the app use an empty database for once, and write the first one there: "
            "flask db migrate -m 'initial'; then, on this database again: flask db adopt",
        )


def require_revision(database: str, target: str, ids: Collection[str]) -> None:
    """Let a target pass that a database can stand at.

    :raises CannotAdopt: it stands for no revision.
    """
    if not ids:
        raise CannotAdopt(
            database,
            f"'{target}' stands for no revision",
            "See what there is: flask db history",
        )


def require_head(database: str, ids: Collection[str], heads: Collection[str]) -> None:
    """Let a target pass that the models may be the same as: all heads.

    :raises CannotAdopt: it is an older one.
    """
    if set(ids) != set(heads):
        raise CannotAdopt(
            database, f"what {', '.join(ids)} makes cannot be told from the models", BY_SCRATCH
        )


@contextmanager
def telling_failures(database: str) -> Iterator[None]:
    """Say of a migration that fails where it did: not on the database that is asked about.

    :raises CannotAdopt: one failed.
    """
    try:
        yield
    except MigrationFailed as error:
        place = error.path if error.line is None else f"{error.path}, line {error.line}"
        raise CannotAdopt(
            database,
            f"the migrations do not run on an empty database; {error.revision} failed",
            "Correct the migration, then: flask db adopt",
            [f"{place}: {error.reason}"],
        ) from error


def require_equal(
    database: str,
    ids: Sequence[str],
    found: Differences,
    unmade: Collection[TableKey],
    dialect: Dialect,
    *,
    tried: bool,
) -> None:
    """Let a database pass in which nothing is to be done.

    :param found: what would have to be done.
    :param unmade: tables that the database and the models have and no migration makes.
    :param tried: whether it was compared with what the files make.
    :raises CannotAdopt: it differs.
    """
    if found:
        other = "what the migrations make" if tried else "the models"
        raise CannotAdopt(
            database,
            f"it differs from {other} at {', '.join(ids)}; to be equal it would need",
            ONLY_NAMES if _are_renames(found.operations) else NOT_EQUAL,
            found.described,
            _statements(found.operations, dialect),
        )
    if unmade:
        names = sorted(f"{schema}.{name}" if schema else name for schema, name in unmade)
        raise CannotAdopt(
            database,
            "it has tables that no migration makes, although the models have them",
            "Write the migration that makes them, against an empty database: flask db migrate; "
            "then: flask db adopt",
            names,
        )


def _are_renames(operations: Sequence[MigrateOperation]) -> bool:
    return all(isinstance(each, RenameConstraintOp | RenameIndexOp) for each in operations)


def _statements(operations: Sequence[MigrateOperation], dialect: Dialect) -> str:
    """Operations as SQL; nothing where a table has to be read for it, as on SQLite."""
    rules = ddl.for_dialect(dialect)
    channel = Offline(dialect, rules.script, complete=False)
    try:
        for operation in operations:
            Applier(rules, channel).apply(operation)
    except OperationError:
        return ""
    return channel.text()
