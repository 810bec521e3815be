"""What a step does to the version table, which has one row for each real head of what is applied.

::

                       before        after         delete   update     insert
    first of a base    -             a                                 a
    the usual          a             b                      a -> b
    second of a fork   b             b, c                              c
    merge              b, c          m             c        b -> m
    merge, undone      m             b, c                   m -> b     c
    base, undone       a             -             a

A dependency that something applied needs has no row; undoing what needs it gives it one again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from migrate_core.graph.graph import RevisionGraph
from migrate_core.graph.revision import Revision


class Step(NamedTuple):
    """One movement: a revision applied, undone, or only recorded.

    :param stamp: the version table changes, and no migration runs.
    :param to: what has a row after a step down in place of the revision's own. A step up needs
        none: it ends at its revision.
    :param instead: the rows that a stamp replaces, which may be anywhere in the history.
    """

    revision: Revision
    up: bool
    stamp: bool = False
    to: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


class HeadChange(NamedTuple):
    """What to write: rows to delete, pairs (old, new) to update, rows to insert; in that order."""

    delete: tuple[str, ...] = ()
    update: tuple[tuple[str, str], ...] = ()
    insert: tuple[str, ...] = ()

    def applied_to(self, heads: Collection[str]) -> tuple[str, ...]:
        """The rows afterwards."""
        renamed = dict(self.update)
        kept = (renamed.get(id, id) for id in heads if id not in self.delete)
        return (*kept, *self.insert)


def advance(graph: RevisionGraph, heads: Collection[str], step: Step) -> HeadChange:
    """What a step does to the rows.

    :param heads: the rows when the step is taken: those its plan was made for, changed by the steps
        before it.
    """
    ends = (step.revision.id,) if step.up else step.to
    old = [id for id in _replaced(graph, heads, step, ends) if id not in ends]
    new = [id for id in ends if id not in heads]
    both = min(len(old), len(new))
    return HeadChange(
        delete=tuple(old[both:]),
        update=tuple(zip(old[:both], new[:both], strict=True)),
        insert=tuple(new[both:]),
    )


def _replaced(
    graph: RevisionGraph, heads: Collection[str], step: Step, ends: tuple[str, ...]
) -> tuple[str, ...]:
    """The rows that make way, in an order that depends on the graph alone."""
    if step.stamp and ends:
        related = graph.ancestors(ends) | graph.descendants(ends)
        return graph.ordered(related.intersection(heads))
    covered = graph.parents(step.revision.id) if step.up else (step.revision.id,)
    return tuple(id for id in covered if id in heads)
