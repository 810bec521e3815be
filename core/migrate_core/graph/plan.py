"""From where a database stands and where it should be, to the steps between.

::

    upgrade     what the target needs and is not applied; parents first
    downgrade   what was built upon the target, in any branch; children first

                    a <- b <- m     downgrade a      undoes m, c, b    rows: a
                      <- c <-       downgrade b      undoes m          rows: b, c
                                    downgrade b@a    undoes m, b       rows: c

    stamp       the rows rewritten, and nothing run
    between     the revisions of a range, newest first

`heads` are always the rows of the version table. They are checked first: a row that the graph does
not know raises UnknownRevision. All commands here but `between` write, so a prefix of an id needs
`PREFIX_LENGTH` characters. All raise what `resolve` does for a target that leads nowhere.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set

from migrate_core.errors import (
    AmbiguousWalk,
    InvalidTarget,
    MultipleHeads,
    RangeNotAncestorError,
)
from migrate_core.graph.graph import RevisionGraph
from migrate_core.graph.heads import Step, advance
from migrate_core.graph.revision import Revision
from migrate_core.graph.target import (
    PREFIX_LENGTH,
    Named,
    Relative,
    Target,
    branch_of,
    parse,
    resolve,
    walk,
)

# -- upgrade ---------------------------------------------------------------------------------------


def upgrade(graph: RevisionGraph, heads: Collection[str], target: str) -> tuple[Step, ...]:
    """Steps up to a target; none if it is applied already.

    :raises InvalidTarget: the target counts downwards from the present (``-1``).
    """
    rows = graph.ordered(heads)
    parsed = parse(target)
    if isinstance(parsed, Relative) and parsed.start is None and parsed.steps < 0:
        raise InvalidTarget(
            target, f"An upgrade cannot go {target}.", f"To undo: flask db downgrade {target}"
        )
    wanted = resolve(graph, parsed, rows, shortest=PREFIX_LENGTH)
    if set(wanted) <= set(rows):
        return ()  # the usual case, and no reason to walk a long history
    applied = graph.ancestors(rows)
    return tuple(
        Step(revision, up=True) for revision in _needed(graph, wanted) if revision.id not in applied
    )


def _needed(graph: RevisionGraph, wanted: Collection[str]) -> Iterable[Revision]:
    """The wanted revisions and all below them, in the order of the graph."""
    if set(graph.real_heads) <= set(wanted):
        return graph.revisions.values()  # nothing lies anywhere else
    ids = graph.ancestors(wanted)
    return (revision for id, revision in graph.revisions.items() if id in ids)


# -- downgrade -------------------------------------------------------------------------------------


def downgrade(graph: RevisionGraph, heads: Collection[str], target: str) -> tuple[Step, ...]:
    """Steps down to a target, which stays applied.

    With several rows, ``-N`` counts from the one that an upgrade would have reached last, undoes
    its branch only, and warns (UserWarning).

    :raises InvalidTarget: the target is not applied, or counts upwards from the present.
    :raises MultipleHeads: the target stands for several revisions.
    """
    rows = graph.ordered(heads)
    floor, branch = _floor(graph, rows, parse(target))
    applied = graph.ancestors(rows)
    if floor is not None and floor not in applied:
        raise InvalidTarget(
            target,
            f"{floor} is not applied, so there is nothing to downgrade to: "
            f"the database stands at {', '.join(rows) or 'base'}.",
            "See where it stands: flask db current; to apply: flask db upgrade",
        )
    above = graph.bases if floor is None else graph.children(floor)
    roots = [id for id in above if branch is None or id in branch]
    return _undone(graph, applied, graph.descendants(roots) & applied)


def _floor(
    graph: RevisionGraph, rows: tuple[str, ...], target: Target
) -> tuple[str | None, frozenset[str] | None]:
    """What a downgrade stops at (None: base), and the branch it is limited to, if it is."""
    if isinstance(target, Relative) and target.start is None:
        start = _start(graph, rows, target)
        branch = graph.lineage(start) if target.branch is None else _branch(graph, target)
        return walk(graph, start, target, branch), branch
    ids = resolve(graph, target, rows, shortest=PREFIX_LENGTH)
    if len(ids) > 1:
        raise MultipleHeads(ids, str(target))
    return (ids[0] if ids else None), _branch(graph, target)


def _start(graph: RevisionGraph, rows: tuple[str, ...], target: Relative) -> str:
    """The row that ``-N`` or ``branch@-N`` counts from."""
    if target.steps > 0:
        raise InvalidTarget(
            str(target),
            f"A downgrade cannot go '{target}'.",
            f"To apply: flask db upgrade {target}",
        )
    branch = _branch(graph, target)
    found = [id for id in rows if branch is None or id in branch]
    if not found or (branch is not None and len(found) > 1):
        there = f"are several rows: {', '.join(found)}" if found else "is nothing applied"
        raise AmbiguousWalk(
            str(target),
            f"Relative revision '{target}' didn't produce {-target.steps} migrations: there "
            f"{there} to count from.",
            "See where the database stands: flask db current",
        )
    if len(found) > 1:
        warnings.warn(
            f"'{target}' is counted from {found[-1]}, in its branch only, because the database "
            f"stands at several revisions ({', '.join(found)}). "
            f"To choose one, name it: flask db downgrade {found[-1]}@{target}",
            UserWarning,
            stacklevel=4,
        )
    return found[-1]


def _branch(graph: RevisionGraph, target: Target) -> frozenset[str] | None:
    if target.branch is None:
        return None
    return branch_of(graph, target.branch, shortest=PREFIX_LENGTH)


def _undone(graph: RevisionGraph, applied: Set[str], doomed: Set[str]) -> tuple[Step, ...]:
    """Steps down, newest first; a parent gets a row with the last of what was built upon it."""
    upon = Counter(parent for id in applied for parent in graph.parents(id))
    steps = []
    for revision in graph:
        if revision.id not in doomed:
            continue
        parents = graph.parents(revision.id)
        upon.subtract(parents)
        bare = tuple(parent for parent in parents if not upon[parent])
        steps.append(Step(revision, up=False, to=bare))
    return tuple(steps)


# -- stamp -----------------------------------------------------------------------------------------


def stamp(graph: RevisionGraph, heads: Collection[str], targets: Sequence[str]) -> tuple[Step, ...]:
    """Steps that leave rows for the targets, in whatever order these are given.

    A target replaces the rows above and below it and leaves those of other branches. ``base``
    clears all rows and ``branch@base`` those of a branch. Of targets that lie above one another
    the highest gets the row, because it says the same of the lower ones.

    :raises InvalidTarget: a target that counts (``+1``, ``head-1``).
    """
    rows = graph.ordered(heads)
    parsed = [_stampable(text) for text in targets]
    found = {id for target in parsed for id in resolve(graph, target, rows, shortest=PREFIX_LENGTH)}
    wanted = _highest(graph, found)
    steps = [
        Step(graph[id], up=False, stamp=True, instead=(id,))
        for id in reversed(_cleared(graph, rows, parsed))
        if id not in wanted
    ]
    left = tuple(id for id in rows if id not in {step.revision.id for step in steps})
    for id in wanted:
        upward = not any(row in graph.descendants([id]) for row in left if row != id)
        step = Step(graph[id], up=upward, stamp=True, to=(id,))
        after = advance(graph, left, step).applied_to(left)
        if after != left:
            instead = tuple(row for row in left if row not in after)
            steps.append(step._replace(instead=instead))
        left = after
    return tuple(steps)


def _stampable(text: str) -> Named:
    target = parse(text)
    if isinstance(target, Relative):
        raise InvalidTarget(
            text,
            f"Can't locate revision identified by {text!r}: a stamp does not count revisions.",
            "Name the revision where the database really stands: flask db history",
        )
    return target


def _highest(graph: RevisionGraph, ids: Set[str]) -> tuple[str, ...]:
    """Those below no other, in the order of the graph."""
    below = graph.ancestors(parent for id in ids for parent in graph.parents(id))
    return graph.ordered(ids - below)


def _cleared(
    graph: RevisionGraph, rows: tuple[str, ...], targets: Sequence[Named]
) -> tuple[str, ...]:
    bases = [target for target in targets if target.name == "base"]
    branches = [_branch(graph, target) for target in bases]
    return tuple(row for row in rows if any(branch is None or row in branch for branch in branches))


# -- ranges ----------------------------------------------------------------------------------------


def between(
    graph: RevisionGraph, lower: str, upper: str, current: Collection[str] = ()
) -> tuple[Revision, ...]:
    """The revisions of a range, both ends included, newest first.

    ``""`` leaves an end open. ``-N`` as the lower end counts from the upper one, and ``+N`` as the
    upper from the lower, or from ``current`` where the lower end counts as well.

    :raises RangeNotAncestorError: the lower end is not below the upper one.
    """
    rows = graph.ordered(current)
    floor, ceiling = parse(lower or "base"), parse(upper or "heads")
    bottoms: tuple[str | None, ...]
    tops: tuple[str | None, ...]
    match floor, ceiling:
        case Relative(_, None, _), _:
            tops = resolve(graph, ceiling, rows)
            bottoms = _counted(graph, tops, floor)
        case _, Relative(steps, None, _) if steps > 0:
            bottoms = resolve(graph, floor, rows)
            tops = _counted(graph, bottoms or (None,), ceiling)
        case _:
            bottoms, tops = resolve(graph, floor, rows), resolve(graph, ceiling, rows)
    return _range(graph, floor, _ids(bottoms), _ids(tops))


def _counted(
    graph: RevisionGraph, starts: Sequence[str | None], target: Relative
) -> tuple[str | None, ...]:
    branch = None if target.branch is None else branch_of(graph, target.branch)
    inside = [id for id in starts if id is None or branch is None or id in branch]
    return tuple(walk(graph, id, target, branch) for id in inside)


def _ids(ends: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(id for id in ends if id is not None)


def _range(
    graph: RevisionGraph, floor: Target, bottoms: tuple[str, ...], tops: tuple[str, ...]
) -> tuple[Revision, ...]:
    found = graph.ancestors(tops)
    for bottom in bottoms:
        if bottom not in found:
            raise RangeNotAncestorError(bottom, ", ".join(tops))
    if bottoms:
        found &= graph.descendants(bottoms)
    elif floor.branch is not None:
        found &= branch_of(graph, floor.branch)
    return tuple(revision for revision in graph if revision.id in found)
