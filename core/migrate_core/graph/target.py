"""What a person names: text into a value, then a value into revisions.

::

    parse                                                    resolve
      "ae1027a6" "ae10" "shop"        Named(name)              that revision
      "head" "heads"                  Named(name)              the one head; all real heads
      "base" "current"                Named(name)              nothing; the rows of the database
      "shop@head" "shop@ae10"         Named(name, branch)      the same, within a branch
      "+2"                            Relative(2)              two above the current row
      "-2"                            Relative(-2)             two below each head
      "ae10+2" "head-1" "shop@+1"     Relative(n, start, branch)

    parse_range   "a:b"   "a:"   ":b"

`parse` knows no graph and `resolve` no text. A branch is named by a label or a revision, and means
that revision's lineage by down_revision. A prefix is matched against ids and labels of at least
:data:`PREFIX_LENGTH` characters; commands that write ask for as many characters of the prefix.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from migrate_core.errors import (
    AmbiguousRevision,
    AmbiguousWalk,
    InvalidTarget,
    MultipleHeads,
    UnknownRevision,
)
from migrate_core.graph.graph import RevisionGraph

PREFIX_LENGTH = 4
"""Characters: shorter ids have to be given in full, as do shorter prefixes where it matters."""

FORMS = (
    "Give a revision id, a branch label, head, heads, base, +N, -N, REVISION+N, REVISION-N, "
    "or any of them within a branch: BRANCH@head."
)

_SHAPE = re.compile(r"(?:(?P<branch>[^@]+)@)?(?P<name>[^@]*?)(?P<steps>[+-][0-9]+)?")
_STEPS_AND_MORE = re.compile(r"[+-]|\w+[+-][0-9]")


@dataclass(frozen=True, slots=True)
class Named:
    """A revision, or a keyword, by name; within a branch if one is given."""

    name: str
    branch: str | None = None

    def __str__(self) -> str:
        return f"{self.branch}@{self.name}" if self.branch else self.name


@dataclass(frozen=True, slots=True)
class Relative:
    """So many revisions above (or below: negative) a start, or above or below the present."""

    steps: int
    start: str | None = None
    branch: str | None = None

    def __str__(self) -> str:
        counted = f"{self.start or ''}{self.steps:+d}"
        return f"{self.branch}@{counted}" if self.branch else counted


Target: TypeAlias = Named | Relative


def parse(text: str) -> Target:
    """Read a target.

    :raises InvalidTarget: it is empty, counts zero revisions, goes on after the number, has more
        than one ``@``, or is a range.
    """
    found = _SHAPE.fullmatch(text.strip())
    if ":" in text:
        raise InvalidTarget(text, f"{text!r} is a range, and one end of it is needed.", FORMS)
    if found is None or not (found["name"] or found["steps"]):
        raise InvalidTarget(text, f"{text!r} names no revision.", FORMS)
    name = found["name"]
    if found["steps"] is None:
        if _STEPS_AND_MORE.match(name):
            raise InvalidTarget(text, f"{text!r} is not a number of revisions.", FORMS)
        return Named(name, found["branch"])
    steps = int(found["steps"])
    if steps == 0 or _STEPS_AND_MORE.match(name):
        raise InvalidTarget(text, f"{text!r} counts no revisions.", FORMS)
    return Relative(steps, name or None, found["branch"])


def parse_range(text: str) -> tuple[str, str]:
    """Read ``lower:upper`` and hand back both ends, ``""`` where one is left open.

    :raises InvalidTarget: it has no ``:`` or several, or one of its ends can't be read.
    """
    ends = [end.strip() for end in text.split(":")]
    if len(ends) != 2:
        raise InvalidTarget(
            text, f"{text!r} is not a range.", "Give START:END, or START:, or :END."
        )
    for end in filter(None, ends):
        parse(end)
    return ends[0], ends[1]


def resolve(
    graph: RevisionGraph, target: Target, current: Collection[str] = (), *, shortest: int = 1
) -> tuple[str, ...]:
    """The ids a target stands for, in the order of the graph; none of them for ``base``.

    :param current: the rows of the version table, for ``current`` and ``+N``.
    :param shortest: characters that a prefix must have.
    :raises UnknownRevision: no such revision or label.
    :raises AmbiguousRevision: a prefix of several.
    :raises MultipleHeads: ``head`` where there are several.
    :raises AmbiguousWalk: counting that meets a fork, or has too few revisions to count.
    :raises InvalidTarget: a prefix that is too short, or a revision outside the branch.
    """
    return _Resolver(graph, graph.ordered(current), shortest).ids(target)


def resolve_one(
    graph: RevisionGraph, target: Target, current: Collection[str] = (), *, shortest: int = 1
) -> str:
    """The one id a target stands for; raises what :func:`resolve` does.

    :raises InvalidTarget: it stands for none.
    :raises MultipleHeads: it stands for several.
    """
    ids = resolve(graph, target, current, shortest=shortest)
    if not ids:
        raise InvalidTarget(
            str(target),
            f"'{target}' stands for no revision here, and one is needed.",
            "See what there is: flask db history",
        )
    if len(ids) > 1:
        raise MultipleHeads(ids, str(target), _described(graph, ids))
    return ids[0]


def branch_of(graph: RevisionGraph, name: str, *, shortest: int = 1) -> frozenset[str]:
    """The ids of the branch that a label, an id or a prefix names.

    :raises UnknownRevision, AmbiguousRevision, InvalidTarget: as :func:`resolve`.
    """
    return graph.lineage(_Resolver(graph, (), shortest).identified(name))


def walk(
    graph: RevisionGraph, start: str | None, target: Relative, branch: Set[str] | None = None
) -> str | None:
    """Where a target's steps end, counted by down_revision from ``start``; None is base.

    :param branch: the ids to stay within.
    :raises AmbiguousWalk: at a fork, or beyond the first or last revision.
    """
    at = start
    for _ in range(abs(target.steps)):
        beside: Iterable[str]
        if target.steps > 0:
            beside = graph.bases if at is None else graph.children(at)
        else:
            beside = () if at is None else graph[at].down
        found = [id for id in beside if branch is None or id in branch]
        if len(found) > 1:
            raise AmbiguousWalk(
                str(target),
                f"'{target}' is ambiguous: the way from {at or 'base'} goes on to "
                f"{' and '.join(found)}.",
                "Name the revision instead: flask db history",
            )
        if not found and (at is None or target.steps > 0):
            raise AmbiguousWalk(
                str(target),
                f"Relative revision '{target}' didn't produce {abs(target.steps)} migrations: "
                f"there are fewer {'above' if target.steps > 0 else 'below'} {start or 'base'}.",
                "See how many there are: flask db history",
            )
        at = found[0] if found else None
    return at


@dataclass(frozen=True, slots=True)
class _Resolver:
    graph: RevisionGraph
    current: tuple[str, ...]
    shortest: int

    def ids(self, target: Target) -> tuple[str, ...]:
        match target:
            case Named(name, branch):
                return self.named(name, branch)
            case Relative(steps, None, _) if steps > 0:
                starts: tuple[str | None, ...] = (self.present(target),)
            case Relative(_, None, None):
                starts = self.graph.heads
            case Relative(_, None, branch):
                starts = self.named("heads", branch)
            case Relative(_, start, branch):
                starts = (self.one(self.named(start or "", branch), target),)
        within = self.within(target.branch)
        ends = [walk(self.graph, start, target, within) for start in starts]
        return self.graph.ordered(id for id in ends if id is not None)

    def named(self, name: str, branch: str | None) -> tuple[str, ...]:
        within = self.within(branch)
        match name:
            case "base":
                return ()
            case "current":
                return self.members(self.current, within)
            case "heads":
                return self.graph.real_heads if within is None else self.heads(within)
            case "head":
                heads = self.heads(within)
                if len(heads) > 1:
                    raise MultipleHeads(
                        heads, str(Named(name, branch)), _described(self.graph, heads)
                    )
                return heads
            case _:
                return (self.identified(name, branch),)

    def identified(self, name: str, branch: str | None = None) -> str:
        within = self.within(branch)
        id = name if name in self.graph else self.graph.labels.get(name)
        if id is None:
            return self.prefixed(name, within)
        if within is not None and id not in within:
            raise InvalidTarget(
                f"{branch}@{name}",
                f"Revision {id} is not a member of branch {branch!r}.",
                f"See what is in it: flask db history -r {branch}@base:{branch}@heads",
            )
        return id

    def prefixed(self, prefix: str, within: Set[str] | None) -> str:
        found = {
            name: id
            for name, id in self.names()
            if name.startswith(prefix)
            and len(name) >= PREFIX_LENGTH
            and (within is None or id in within)
        }
        if not found:
            raise UnknownRevision(prefix, self.near(prefix))
        if len(prefix) < self.shortest:
            raise InvalidTarget(
                prefix,
                f"{prefix!r} is too short to stand for a revision in a command that writes.",
                f"Give at least {self.shortest} characters of it.",
            )
        if len(set(found.values())) > 1:
            raise AmbiguousRevision(prefix, tuple(found))
        return next(iter(found.values()))

    def names(self) -> Iterator[tuple[str, str]]:
        """Every id and every label, with the id it stands for."""
        yield from ((id, id) for id in self.graph.revisions)
        yield from self.graph.labels.items()

    def near(self, name: str) -> list[str]:
        # Comparing is slow, and what is mistyped mostly begins as it should.
        like = [known for known, _id in self.names() if known[:1] == name[:1]]
        return get_close_matches(name, like, n=2)

    def within(self, branch: str | None) -> frozenset[str] | None:
        return None if branch is None else self.graph.lineage(self.identified(branch))

    def members(self, ids: tuple[str, ...], within: Set[str] | None) -> tuple[str, ...]:
        return ids if within is None else tuple(id for id in ids if id in within)

    def heads(self, within: Set[str] | None) -> tuple[str, ...]:
        return self.members(self.graph.heads, within)

    def present(self, target: Relative) -> str | None:
        """Where ``+N`` counts from: the row, or in a branch without a row what is applied of it."""
        within = self.within(target.branch)
        rows = self.members(self.current, within)
        if not rows and within is not None:
            applied = within & self.graph.ancestors(self.current)
            below = {parent for id in applied for parent in self.graph.parents(id)}
            rows = self.graph.ordered(applied - below)
        return self.one(rows, target)

    def one(self, ids: tuple[str, ...], target: Relative) -> str | None:
        if len(ids) > 1:
            raise AmbiguousWalk(
                str(target),
                f"'{target}' counts from one revision, and there are several: {', '.join(ids)}.",
                f"Say from which, or in which branch: {ids[0]}{target.steps:+d}, "
                f"or BRANCH@{target.steps:+d}.",
            )
        return ids[0] if ids else None


def _described(graph: RevisionGraph, ids: tuple[str, ...]) -> list[str]:
    return [f"{id}: {graph[id].doc}" if graph[id].doc else id for id in ids]
