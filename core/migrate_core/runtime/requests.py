"""What is asked of a run, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate_core.errors import HalfDone, OpenQuestion
from migrate_core.graph import Revision, Step

if TYPE_CHECKING:
    from migrate_core.autogenerate import Answers
    from migrate_core.operations import MigrateOperation
    from migrate_core.runtime.audit import Change


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Apply what ``target`` needs.

    :param resume: go on with what an earlier run left half done.
    """

    target: str = "head"
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Downgrade:
    """Undo what lies above ``target``.

    :param resume: go on with what an earlier run left half done.
    """

    target: str = "-1"
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """Record that the database stands at ``targets``, without running anything.

    :param purge: forget what was recorded before, whatever it was.
    """

    targets: tuple[str, ...] = ("head",)
    purge: bool = False


@dataclass(frozen=True, slots=True)
class Custom:
    """Run what a function of the caller's says.

    :param steps: from the heads that the database stands at to the steps; asked again where they
        have changed by the time the lock is held.
    :param purge: forget what was recorded before, whatever it was.
    """

    steps: Callable[[tuple[str, ...]], Sequence[Step]]
    purge: bool = False


@dataclass(frozen=True, slots=True)
class Generate:
    """Write a migration file.

    :param compare: fill it with what differs between models and database.
    :param head: the revision that it follows, or several.
    :param splice: whether a revision that has children may be followed too.
    :param rev_id: its identifier, None for a generated one.
    :param rename: what is gone to its new name: ``{"users": "accounts"}`` for a table,
        ``{"users.fullname": "full_name"}`` for a column.
    :param no_rename: what is gone and is to be dropped, by the same names.
    :param fill: new NOT NULL columns to the value of the rows that are there.
    :param server_default: such columns to the default that they are to have.
    :param nullable: such columns as are to take NULL for now.
    :param allow_drops: whether most of the known tables may be dropped.
    """

    message: str | None = None
    compare: bool = True
    head: str | tuple[str, ...] = "head"
    splice: bool = False
    rev_id: str | None = None
    branch_labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    version_path: Path | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    no_rename: Sequence[str] = ()
    fill: Mapping[str, Any] = field(default_factory=dict)
    server_default: Mapping[str, str] = field(default_factory=dict)
    nullable: Sequence[str] = ()
    allow_drops: bool = False

    @property
    def answers(self) -> Answers:
        """What was answered beforehand."""
        from migrate_core.autogenerate import Answers

        return Answers(
            rename=self.rename,
            no_rename=frozenset(self.no_rename),
            fill=self.fill,
            server_default=self.server_default,
            nullable=frozenset(self.nullable),
        )


Request = Upgrade | Downgrade | Stamp | Custom


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    :param database: its address, password masked.
    :param before: the heads it stood at.
    :param after: the heads it stands at.
    :param steps: what was run, in order.
    """

    database: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was found out about a database that no migration made.

    :param database: its address, password masked.
    :param after: the heads it is recorded to stand at.
    :param tried: whether it was compared with what the migrations make, and not with the models.
    """

    database: str
    after: tuple[str, ...]
    tried: bool


@dataclass(frozen=True, slots=True)
class Generated:
    """The migration file that was written.

    :param described: its operations in words.
    :param further: those that a hook had written after it, in order.
    """

    path: Path
    revision: Revision
    operations: tuple[MigrateOperation, ...]
    described: tuple[str, ...]
    further: tuple[Generated, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """What a migration from the database to the models would do; nothing if it is empty.

    :param described: the operations in words.
    :param source: the same as lines of Python.
    :param questions: what would be asked before it is written.
    """

    operations: tuple[MigrateOperation, ...]
    described: tuple[str, ...]
    source: tuple[str, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.operations)


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database stands.

    :param current: the heads it stands at.
    :param heads: the heads of the history.
    :param pending: what is not applied, oldest first.
    :param unknown: heads of the database that no file has.
    :param changes: what was changed in the files since they were applied, as the journal tells.
    :param half_done: what a run that stopped in the middle of a migration left.
    """

    database: str
    current: tuple[str, ...]
    heads: tuple[str, ...]
    pending: tuple[Revision, ...]
    unknown: tuple[str, ...]
    applied: int
    changes: tuple[Change, ...] = ()
    half_done: HalfDone | None = None

    @property
    def is_current(self) -> bool:
        """Whether nothing is pending and nothing is unknown."""
        return not self.pending and not self.unknown
