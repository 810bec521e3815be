"""Which strand of a history runs where, row by row, newest first.

::

    slot 0   1
         o          above ()      below (0)
         | o        above ()      below (1)      passing (0)
         o |        above (0)     below (0)      passing (1)
         o-'        above (0, 1)  below (0)      both strands lead here

A strand waits for one revision and keeps its slot until that one's row; a slot that is free again
is given to the next strand. Branches are not woven into each other: what follows a revision in the
rows is a parent of it wherever one is ready, as ``git log --topo-order`` has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from migrate_core.graph import Revision, RevisionGraph


@dataclass(frozen=True, slots=True)
class Strand:
    """A line from a revision down to one that it needs.

    :param depends: whether it is a dependency, and not a parent.
    """

    slot: int
    depends: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A revision in its slot, and the strands at its height.

    :param above: those that end here, coming from newer revisions.
    :param below: those that begin here; one in the slot of a passing strand runs on with that.
    :param passing: those that lead elsewhere.
    """

    revision: Revision
    slot: int
    above: tuple[Strand, ...]
    below: tuple[Strand, ...]
    passing: tuple[Strand, ...]

    @property
    def width(self) -> int:
        """How many slots it needs."""
        strands = (*self.above, *self.below, *self.passing)
        return 1 + max((self.slot, *(each.slot for each in strands)))

    @property
    def leaving(self) -> tuple[Strand, ...]:
        """The strands below it, one for each slot, from left to right."""
        slots = {each.slot: each for each in (*self.below, *self.passing)}
        return tuple(slots[slot] for slot in sorted(slots))


def rows(graph: RevisionGraph, only: Collection[str] | None = None) -> tuple[Row, ...]:
    """A row for each revision, newest first.

    :param only: the ids to show, None for all; strands to others are left out.
    """
    shown = graph.revisions.keys() if only is None else frozenset(only)
    slots = _Slots()
    return tuple(slots.row(graph, id, shown) for id in _ordered(graph, shown))


def _ordered(graph: RevisionGraph, shown: Collection[str]) -> Iterator[str]:
    """The ids, each before all that it needs, and a parent right after its child where it can."""
    waiting = {
        id: sum(above in shown for above in (*graph.children(id), *graph.dependents(id)))
        for id in graph.revisions
        if id in shown
    }
    ready = [id for id, number in waiting.items() if not number]
    while ready:
        id = ready.pop()
        yield id
        for below in reversed(graph.parents(id)):
            if below in waiting:
                waiting[below] -= 1
                if not waiting[below]:
                    ready.append(below)


@dataclass(slots=True)
class _Slots:
    """Which revision each slot waits for, while the rows are made."""

    waits: list[tuple[str, bool] | None] = field(default_factory=list)
    ended: int | None = None
    """The slot that the row before left empty: a new strand there would look like its going on."""

    def row(self, graph: RevisionGraph, id: str, shown: Collection[str]) -> Row:
        above = tuple(
            Strand(slot, wait[1]) for slot, wait in enumerate(self.waits) if wait and wait[0] == id
        )
        # Its own branch goes straight down; a dependency joins from the side.
        own = min(above, key=lambda each: (each.depends, each.slot), default=None)
        slot = self._free() if own is None else own.slot
        for each in above:
            self.waits[each.slot] = None
        passing = tuple(Strand(at, wait[1]) for at, wait in enumerate(self.waits) if wait)
        self._take(slot)
        below = []
        revision = graph[id]
        parents = [each for each in revision.down if each in shown]
        needed = [each for each in graph.parents(id)[len(revision.down) :] if each in shown]
        for number, parent in enumerate(parents):
            below.append(self._leading(parent, depends=False, at=None if number else slot))
        for dependency in needed:
            below.append(self._leading(dependency, depends=True, at=None if below else slot))
        self.ended = None if below else slot
        if not below:
            self.waits[slot] = None
        while self.waits and self.waits[-1] is None:
            self.waits.pop()
        return Row(revision, slot, above, tuple(below), passing)

    def _leading(self, id: str, *, depends: bool, at: int | None) -> Strand:
        """A strand to ``id``: in this slot, in one that leads there, or in a free one."""
        wait = (id, depends)
        if at is None:
            at = self.waits.index(wait) if wait in self.waits else self._free()
        self._take(at)
        self.waits[at] = wait
        return Strand(at, depends)

    def _free(self) -> int:
        at = 0
        while at == self.ended or (at < len(self.waits) and self.waits[at] is not None):
            at += 1
        return at

    def _take(self, slot: int) -> None:
        """Keep others out of a slot."""
        self.waits.extend([None] * (slot + 1 - len(self.waits)))
        if self.waits[slot] is None:
            self.waits[slot] = ("", False)
