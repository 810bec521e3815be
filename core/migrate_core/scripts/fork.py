"""Several heads, as two people make them who each add a revision to the same parent.

::

    a <- b            fork(history, heads, applied)
      <- c <- d         .lines     each head with its message and file
                        .origin    "Both follow a: add users."
                        .moved     ("c", "b"): c, the first of its branch, is not applied here
                        .solution  the commands: merge; or rebase c --onto b

`multiple_heads` says the same as an error.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from migrate_core.errors import MultipleHeads
from migrate_core.graph import RevisionGraph
from migrate_core.scripts.directory import History


@dataclass(frozen=True, slots=True)
class Fork:
    """Where branches part, and how they can be brought together.

    :param parent: the newest revision that all of them are built upon.
    :param moved: the revision that could follow another head, and that head.
    """

    heads: tuple[str, ...]
    parent: str | None
    moved: tuple[str, str] | None
    lines: tuple[str, ...]
    origin: str

    @property
    def solution(self) -> str:
        """What to type."""
        merge = "Join them: flask db merge heads -m 'merge'"
        if self.moved is None:
            return merge
        revision, onto = self.moved
        return (
            f"{merge}; or, if {revision} is not applied anywhere else, "
            f"put it after the other: flask db rebase {revision} --onto {onto}"
        )


def multiple_heads(
    history: History, heads: Sequence[str], argument: str, applied: Collection[str] = ()
) -> MultipleHeads:
    """The error where one head was asked for; arguments as of :func:`fork`.

    :param argument: what was asked for.
    """
    found = fork(history, heads, applied)
    return MultipleHeads(
        heads,
        argument,
        found.lines,
        origin=found.origin,
        next_step=f"{found.solution}; or name one of them, or 'heads' for all of them.",
    )


def fork(history: History, heads: Sequence[str], applied: Collection[str] = ()) -> Fork:
    """Where the heads part.

    :param heads: full ids, at least two.
    :param applied: the rows of the database, as far as the history knows them.
    """
    graph = history.graph
    below = [graph.lineage(head) for head in heads]
    common = frozenset.intersection(*below)
    parent = next((each.id for each in graph if each.id in common), None)
    return Fork(
        heads=tuple(heads),
        parent=parent,
        moved=_moved(graph, heads, common, graph.ancestors(applied)),
        lines=tuple(described(history, head) for head in heads),
        origin=_origin(graph, heads, parent),
    )


def described(history: History, id: str) -> str:
    """A revision with its message and file, in one line."""
    said = " ".join(history.graph[id].doc.split())
    return f"{id}{f': {said}' if said else ''} ({history.headers[id].file})"


def _origin(graph: RevisionGraph, heads: Sequence[str], parent: str | None) -> str:
    who = "Both" if len(heads) == 2 else "All"
    if parent is None:
        return "They have no revision in common."
    said = " ".join(graph[parent].doc.split())
    return f"{who} are built upon {parent}{f': {said}' if said else ''}."


def _moved(
    graph: RevisionGraph, heads: Sequence[str], common: frozenset[str], applied: frozenset[str]
) -> tuple[str, str] | None:
    """The first revision of a branch of which nothing is applied, and the other branch's head."""
    if len(heads) != 2 or not common:
        return None
    for head, other in ((heads[1], heads[0]), (heads[0], heads[1])):
        own = graph.lineage(head) - common
        first = [id for id in own if not own.intersection(graph[id].down)]
        if len(first) == 1 and len(graph[first[0]].down) == 1 and first[0] not in applied:
            return first[0], other
    return None
