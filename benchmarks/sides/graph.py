"""A history's graph, built, asked for its heads, and walked from base to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.made.histories import Node, nodes
from benchmarks.once import Timed


@contextmanager
def ours(shape: str, size: int) -> Iterator[Timed]:
    """By ``migrate_core.graph``."""
    from migrate_core.graph import Revision, RevisionGraph, plan

    revisions = [Revision(node.id, node.down) for node in nodes(shape, size)]

    def work() -> None:
        graph = RevisionGraph.of(revisions)
        steps = plan.upgrade(graph, (), "heads")
        assert (len(steps), len(graph.heads)) == (len(revisions), 1)

    yield Timed(work)


@contextmanager
def peer(shape: str, size: int) -> Iterator[Timed]:
    """By Alembic's map of revisions."""
    from alembic.script.revision import Revision, RevisionMap

    revisions = [Revision(node.id, node.down or None) for node in nodes(shape, size)]

    def work() -> None:
        found = RevisionMap(lambda: revisions)
        steps = list(found.iterate_revisions("heads", "base"))
        assert (len(steps), len(found.heads)) == (len(revisions), 1)

    yield Timed(work)


@contextmanager
def floor(shape: str, size: int) -> Iterator[Timed]:
    """By the standard library's topological order."""
    from graphlib import TopologicalSorter

    history: list[Node] = nodes(shape, size)

    def work() -> None:
        order = list(TopologicalSorter({node.id: node.down for node in history}).static_order())
        heads = {node.id for node in history}.difference(*(node.down for node in history))
        assert (len(order), len(heads)) == (len(history), 1)

    yield Timed(work)
