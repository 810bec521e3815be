"""The history as a whole: built and checked once, asked often.

::

    of(revisions)
      _by_id         one revision for an id        DuplicateRevision
      _named         ids and labels -> id          DuplicateLabel
      _joined        parents -> children           UnknownParent, LoopDetected
      _sorted        topological order             CycleDetected, DependencyCycleDetected
      _spread        the labels each revision lies under

          a <- b <- c         down_revision: one branch
                    .
                    .         depends_on: n1 needs c, and each keeps its own branch
                    .
              n0 <- n1

    heads        c, n1        no child by down_revision
    real_heads   n1           no dependent either: what the version table has rows for

Every question costs at most one walk over the graph, with an explicit stack: a history may be
longer than Python's recursion limit. What depends on nothing takes no room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from types import MappingProxyType

from migrate_core.errors import (
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    DuplicateLabel,
    DuplicateRevision,
    LoopDetected,
    UnknownParent,
    UnknownRevision,
)
from migrate_core.graph.revision import Revision

NO_LABELS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class RevisionGraph:
    """All revisions of a project, joined.

    ``revisions`` is topological: parents and dependencies first, ties in the order given.
    ``labels`` leads from every branch label to the id that declares it.
    """

    revisions: MappingProxyType[str, Revision]
    labels: Mapping[str, str]
    bases: tuple[str, ...]
    heads: tuple[str, ...]
    real_heads: tuple[str, ...]
    _links: _Links
    _labels: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, revisions: Iterable[Revision]) -> RevisionGraph:
        """Join revisions into a graph.

        :raises DuplicateRevision: an id that is given twice.
        :raises DuplicateLabel: a branch label that is given twice, or is also an id.
        :raises UnknownParent: a down_revision or depends_on that leads nowhere.
        :raises CycleDetected: revisions in a circle; or one of its subclasses.
        """
        given = _by_id(revisions)
        labels = _labelled(given)
        links = _joined(given, labels)
        ordered = _sorted(given, links)
        heads = tuple(id for id in ordered if id not in links.children)
        return cls(
            revisions=MappingProxyType(ordered),
            labels=MappingProxyType(labels),
            bases=tuple(id for id, revision in ordered.items() if not revision.down),
            heads=heads,
            real_heads=tuple(id for id in heads if id not in links.dependents),
            _links=links,
            _labels=MappingProxyType(_spread(ordered, links) if labels else {}),
        )

    def __getitem__(self, id: str) -> Revision:
        """The revision of a full id.

        :raises UnknownRevision: there is none.
        """
        try:
            return self.revisions[id]
        except KeyError:
            raise UnknownRevision(id) from None

    def __contains__(self, id: object) -> bool:
        return id in self.revisions

    def __len__(self) -> int:
        return len(self.revisions)

    def __iter__(self) -> Iterator[Revision]:
        """Newest first: each revision before what it follows or depends on."""
        return (self.revisions[id] for id in reversed(self.revisions))

    def parents(self, id: str) -> tuple[str, ...]:
        """What must be applied before it: down_revision, then dependencies as full ids."""
        return self._links.parents(self[id])

    def children(self, id: str) -> tuple[str, ...]:
        """What follows it by down_revision."""
        return self._links.children.get(self[id].id, ())

    def dependents(self, id: str) -> tuple[str, ...]:
        """What names it, or its label, in depends_on."""
        return self._links.dependents.get(self[id].id, ())

    def labels_of(self, id: str) -> frozenset[str]:
        """The branch labels it lies under: its own, those of its ancestors (also past merges), and
        those of its descendants up to the next branch point or merge."""
        return self._labels.get(self[id].id, NO_LABELS)

    def is_branch_point(self, id: str) -> bool:
        """Whether several revisions follow it."""
        return len(self.children(id)) > 1

    def is_merge_point(self, id: str) -> bool:
        """Whether it follows several revisions."""
        return len(self[id].down) > 1

    def ancestors(self, ids: Iterable[str]) -> frozenset[str]:
        """The given revisions and everything they need, through dependencies too.

        :raises UnknownRevision: for an id that is not in the graph, as all walks do.
        """
        return self._reached(ids, lambda id: self._links.parents(self.revisions[id]))

    def descendants(self, ids: Iterable[str]) -> frozenset[str]:
        """The given revisions and everything that needs them, through dependencies too."""
        return self._reached(ids, self._links.above)

    def lineage(self, id: str) -> frozenset[str]:
        """The branch a revision is part of: it, its ancestors and its descendants, by
        down_revision only."""
        below = self._reached([id], lambda each: self.revisions[each].down)
        return below | self._reached([id], lambda each: self._links.children.get(each, ()))

    def ordered(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The given ids without repetition, in the order of ``revisions``.

        :raises UnknownRevision: for an id that is not in the graph.
        """
        wanted = {self[id].id for id in ids}
        if len(wanted) < 2:
            return tuple(wanted)
        return tuple(id for id in self.revisions if id in wanted)

    def _reached(
        self, ids: Iterable[str], following: Callable[[str], tuple[str, ...]]
    ) -> frozenset[str]:
        reached = {self[id].id for id in ids}
        waiting = list(reached)
        while waiting:
            for id in following(waiting.pop()):
                if id not in reached:
                    reached.add(id)
                    waiting.append(id)
        return frozenset(reached)


@dataclass(frozen=True, slots=True)
class _Links:
    """Who is next to whom. Revisions with no neighbour of a kind are left out of its mapping."""

    children: dict[str, tuple[str, ...]]
    dependencies: dict[str, tuple[str, ...]]
    dependents: dict[str, tuple[str, ...]]

    def parents(self, revision: Revision) -> tuple[str, ...]:
        needed = self.dependencies.get(revision.id)
        return revision.down if needed is None else revision.down + needed

    def above(self, id: str) -> tuple[str, ...]:
        children = self.children.get(id, ())
        return children + self.dependents[id] if id in self.dependents else children


def _by_id(revisions: Iterable[Revision]) -> dict[str, Revision]:
    given: dict[str, Revision] = {}
    for number, revision in enumerate(revisions, 1):
        given.setdefault(revision.id, revision if len(revision.down) < 2 else _plain(revision))
        if len(given) < number:
            raise DuplicateRevision(revision.id)
    return given


def _plain(revision: Revision) -> Revision:
    """A revision that follows several; a parent that is written twice makes no merge."""
    return revision._replace(down=tuple(dict.fromkeys(revision.down)))


def _labelled(given: Mapping[str, Revision]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for revision in given.values():
        for label in revision.labels:
            if label in labels or label in given:
                raise DuplicateLabel(label, revision.id, labels.get(label, label))
            labels[label] = revision.id
    return labels


def _joined(given: Mapping[str, Revision], labels: Mapping[str, str]) -> _Links:
    children = _Neighbours()
    dependencies: dict[str, tuple[str, ...]] = {}
    dependents = _Neighbours()
    for id, revision in given.items():
        for parent in revision.down:
            if parent == id:
                raise LoopDetected([id])
            if parent not in given:
                raise UnknownParent(id, parent)
            children.add(parent, id)
        if not revision.depends_on:
            continue
        named = dict.fromkeys(_dependency(id, name, given, labels) for name in revision.depends_on)
        needed = tuple(dependency for dependency in named if dependency not in revision.down)
        if needed:
            dependencies[id] = needed
        for dependency in needed:
            dependents.add(dependency, id)
    return _Links(children.settled(), dependencies, dependents.settled())


class _Neighbours:
    """Tuples of neighbours by id, while they are being collected.

    Nearly every revision has one neighbour of a kind. A tuple that never grows costs the garbage
    collector nothing; those that do grow are lists meanwhile.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, ...]] = {}
        self._several: dict[str, list[str]] = {}

    def add(self, id: str, neighbour: str) -> None:
        only = (neighbour,)
        first = self._found.setdefault(id, only)
        if first is not only:
            self._several.setdefault(id, [*first]).append(neighbour)

    def settled(self) -> dict[str, tuple[str, ...]]:
        self._found.update((id, tuple(each)) for id, each in self._several.items())
        return self._found


def _dependency(
    id: str, name: str, given: Mapping[str, Revision], labels: Mapping[str, str]
) -> str:
    found = name if name in given else labels.get(name)
    if found is None:
        raise UnknownParent(id, name, attribute="depends_on")
    if found == id:
        raise DependencyLoopDetected([id])
    return found


def _sorted(given: dict[str, Revision], links: _Links) -> dict[str, Revision]:
    """Kahn's algorithm; among the revisions that could come next, the one given first comes.

    So what is given in such an order, as files are whose names begin with a date, keeps it. By
    number, not by id: in a long history each look into a dictionary waits for memory.
    """
    numbered = list(given.values())
    place = {id: number for number, id in enumerate(given)}
    if all(
        place[below] < at
        for at, revision in enumerate(numbered)
        for below in links.parents(revision)
    ):
        return given
    ready = [at for at, revision in enumerate(numbered) if not links.parents(revision)]
    heapify(ready)
    missing: dict[int, int] = {}  # of those that wait for several
    ordered: dict[str, Revision] = {}
    while ready:
        revision = numbered[heappop(ready)]
        ordered[revision.id] = revision
        for above in links.above(revision.id):
            at = place[above]
            left = missing.get(at) or len(links.parents(numbered[at]))
            if left > 1:
                missing[at] = left - 1
            else:
                heappush(ready, at)
    if len(ordered) < len(given):
        raise _cycle([revision for id, revision in given.items() if id not in ordered], links)
    return ordered


def _cycle(left: list[Revision], links: _Links) -> CycleDetected:
    """One circle among revisions of which each waits for another, lowest first."""
    waiting = {revision.id: revision for revision in left}
    path: dict[str, None] = {}
    id = left[0].id
    while id not in path:
        path[id] = None
        id = next(parent for parent in links.parents(waiting[id]) if parent in waiting)
    walked = list(path)
    circle = walked[walked.index(id) :][::-1]
    plain = all(
        below in waiting[above].down
        for below, above in zip(circle, circle[1:] + circle[:1], strict=True)
    )
    return CycleDetected(circle) if plain else DependencyCycleDetected(circle)


def _spread(ordered: Mapping[str, Revision], links: _Links) -> dict[str, frozenset[str]]:
    labels: dict[str, frozenset[str]] = {}
    for id, revision in ordered.items():
        # A revision that adds nothing shares the set of its parent.
        found = labels.get(revision.down[0], NO_LABELS) if revision.down else NO_LABELS
        for parent in revision.down[1:]:
            found |= labels.get(parent, NO_LABELS)
        if revision.labels:
            found |= frozenset(revision.labels)
        if found:
            labels[id] = found
    for revision in ordered.values():
        own = frozenset(revision.labels)
        at = revision
        while own and len(links.above(at.id)) < 2 and len(at.down) < 2:
            labels[at.id] = labels.get(at.id, NO_LABELS) | own
            if not at.down:
                break
            at = ordered[at.down[0]]
    return labels
