"""The documented steps of a run: views on the engine's, for a program that says what is to be run.

::

    def fn(rev, context):                          from the heads that a database stands at
        return script._upgrade_revs("head", rev)   to a list of RevisionStep
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from migrate_core.api.information import MigrationInfo
from migrate_core.api.revision import RevisionId, RevisionMap, texts
from migrate_core.graph import HeadChange, RevisionGraph, Step, advance

if TYPE_CHECKING:
    from migrate_core.api.script import Script

Heads = Collection[str]
Ids = tuple[str, ...]


class MigrationStep:
    """One movement of a run: which revisions it is between, and what it does to the version table.

    :param ends: where it comes from, and where it goes.
    :param plain: the same without what is only depended on.
    """

    def __init__(
        self, revision_map: Any, is_upgrade: bool, ends: tuple[Ids, Ids], plain: tuple[Ids, Ids]
    ) -> None:
        self.revision_map = revision_map
        self.is_upgrade = is_upgrade
        self._ends = ends
        self._plain = plain

    @classmethod
    def upgrade_from_script(cls, revision_map: RevisionMap, script: Script) -> RevisionStep:
        """The step that applies a revision."""
        return RevisionStep(revision_map, script, True)

    @classmethod
    def downgrade_from_script(cls, revision_map: RevisionMap, script: Script) -> RevisionStep:
        """The step that undoes one."""
        return RevisionStep(revision_map, script, False)

    def at(self, heads: Heads) -> Step:
        """The engine's own form of it, for a database that stands at ``heads``."""
        raise NotImplementedError

    # -- what it is ------------------------------------------------------------------------------

    @property
    def is_downgrade(self) -> bool:
        """Whether it goes down."""
        return not self.is_upgrade

    @property
    def name(self) -> str:
        """What is run: ``upgrade``, ``downgrade`` or ``stamp_revision``."""
        return "upgrade" if self.is_upgrade else "downgrade"

    @property
    def short_log(self) -> str:
        """``upgrade a -> b``."""
        return f"{self.name} {' -> '.join(map(', '.join, self._plain))}"

    @property
    def from_revisions(self) -> Ids:
        """Where it comes from."""
        return self._ends[0]

    @property
    def to_revisions(self) -> Ids:
        """Where it goes."""
        return self._ends[1]

    @property
    def from_revisions_no_deps(self) -> Ids:
        """Where it comes from, without what is only depended on."""
        return self._plain[0]

    @property
    def to_revisions_no_deps(self) -> Ids:
        """Where it goes, without what is only depended on."""
        return self._plain[1]

    @property
    def info(self) -> MigrationInfo:
        """The same as ``on_version_apply`` is told it."""
        below, above = self._ends if self.is_upgrade else reversed(self._ends)
        stamp = isinstance(self, StampStep)
        return MigrationInfo(self.revision_map, self.is_upgrade, stamp, above, below)

    # -- what it does to the version table, whose rows are `heads` before it ---------------------

    def change(self, heads: Heads) -> HeadChange:
        """The rows that are deleted, updated and inserted."""
        return advance(self.revision_map.graph, heads, self.at(heads))

    def should_create_branch(self, heads: Heads) -> bool:
        """Whether it only adds a row."""
        change = self.change(heads)
        return bool(change.insert) and not (change.delete or change.update)

    def should_delete_branch(self, heads: Heads) -> bool:
        """Whether it only takes rows away."""
        change = self.change(heads)
        return bool(change.delete) and not (change.insert or change.update)

    def should_merge_branches(self, heads: Heads) -> bool:
        """Whether it makes one row of several."""
        change = self.change(heads)
        return bool(change.delete and change.update)

    def should_unmerge_branches(self, heads: Heads) -> bool:
        """Whether it makes several rows of one."""
        change = self.change(heads)
        return bool(change.insert and change.update)

    def merge_branch_idents(self, heads: Heads) -> tuple[list[str], str, str]:
        """The rows that go, and the one that changes: from what, to what."""
        change = self.change(heads)
        return (list(change.delete), *change.update[0])

    def unmerge_branch_idents(self, heads: Heads) -> tuple[str, str, Ids]:
        """The row that changes, from what, to what; and those that are added."""
        change = self.change(heads)
        return (*change.update[0], change.insert)

    def update_version_num(self, heads: Heads) -> tuple[str, str]:
        """The row that changes: from what, to what."""
        return self.change(heads).update[0]

    @property
    def insert_version_num(self) -> str:
        """The row that it adds, if it adds one."""
        return self.to_revisions[0]

    @property
    def delete_version_num(self) -> str:
        """The row that it takes away, if it takes one."""
        return self.from_revisions[0]


class RevisionStep(MigrationStep):
    """A revision that is applied or undone."""

    def __init__(self, revision_map: RevisionMap, revision: Script, is_upgrade: bool) -> None:
        id: Ids = (revision.revision,)
        below = tuple(revision_map.graph.parents(revision.revision))
        down = revision.node.down
        if is_upgrade:
            super().__init__(revision_map, True, (below, id), (down, id))
        else:
            super().__init__(revision_map, False, (id, below), (id, down))
        self.revision = revision
        self._planned: Step | None = None

    @classmethod
    def of(cls, revision_map: RevisionMap, step: Step) -> RevisionStep:
        """The view on a step that was planned."""
        script: Any = revision_map.get_revision(step.revision.id)
        made = cls(revision_map, script, step.up)
        made._planned = step
        return made

    def at(self, heads: Heads) -> Step:
        if self._planned is not None:
            return self._planned
        graph, id = self.revision_map.graph, self.revision.revision
        to = () if self.is_upgrade else _bared(graph, graph.ancestors(heads), id)
        return Step(graph[id], up=self.is_upgrade, to=to)

    @property
    def doc(self) -> str:
        """The revision's message."""
        return self.revision.doc

    @property
    def migration_fn(self) -> Callable[..., Any]:
        """The function of the file, which is executed."""
        function: Callable[..., Any] = getattr(self.revision.module, self.name)
        return function


class StampStep(MigrationStep):
    """What a database is recorded to stand at, without anything being run.

    :param from_: the rows that it replaces.
    :param to_: what has a row in their place.
    :param branch_move: documented, and known by the rows here.
    :param revision_map: the history.
    """

    doc = None

    def __init__(
        self,
        from_: RevisionId,
        to_: RevisionId,
        is_upgrade: bool,
        branch_move: bool,  # documented
        revision_map: RevisionMap | None = None,
    ) -> None:
        ends = (texts(from_), texts(to_))
        super().__init__(revision_map, is_upgrade, ends, ends)

    @classmethod
    def of(cls, revision_map: RevisionMap, step: Step) -> StampStep:
        """The view on a step that was planned."""
        return cls(step.instead, step.to, step.up, True, revision_map)

    def at(self, heads: Heads) -> Step:
        instead, to = self._ends
        revision = self.revision_map.graph[(to or instead)[0]]
        return Step(revision, up=self.is_upgrade, stamp=True, to=to, instead=instead)

    def stamp_revision(self, **kw: Any) -> None:
        """What is run for it: nothing."""

    migration_fn = stamp_revision

    @property
    def name(self) -> str:
        return "stamp_revision"


def _bared(graph: RevisionGraph, applied: Collection[str], id: str) -> Ids:
    """The parents of ``id`` that nothing else which is applied is built upon."""
    upon = {parent for each in applied if each != id for parent in graph.parents(each)}
    return tuple(parent for parent in graph.parents(id) if parent not in upon)
