"""The documented ``Revision`` and ``RevisionMap``: a history for whoever walks through it.

Views on :class:`~migrate_core.graph.RevisionGraph`, which knows and checks everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from migrate_core.errors import (
    DuplicateRevision,
    InvalidRevisionId,
    MultipleHeads,
    RangeNotAncestorError,
)
from migrate_core.graph import (
    Named,
    Relative,
    RevisionGraph,
    branch_of,
    parse,
    plan,
    resolve,
    resolve_one,
)
from migrate_core.graph import Revision as Node
from migrate_core.graph.target import walk
from migrate_core.scripts import names

_T = TypeVar("_T")

RevisionId: TypeAlias = "str | Collection[str | None] | None"
"""A target, several, or None for ``base``."""


def texts(names: RevisionId) -> tuple[str, ...]:
    """The targets as a tuple, ``base`` as nothing."""
    several = (names,) if isinstance(names, str) else tuple(names or ())
    return tuple(each for each in several if each is not None and each != "base")


def tuple_rev_as_scalar(rev: Sequence[_T] | None) -> _T | Sequence[_T] | None:
    """None for none, the one of a single one, or all of several."""
    if not rev:
        return None
    return rev[0] if len(rev) == 1 else rev


def is_revision(rev: Any) -> Revision:
    """``rev``, which is a revision.

    :raises TypeError: it is something else.
    """
    if not isinstance(rev, Revision):
        raise TypeError(f"{rev!r} is no Revision")
    return rev


class Revision:
    """One revision, and what is next to it.

    :param down_revision: None, an id, or several for a merge.
    :param dependencies: what has to be applied first: ids or branch labels.
    :param branch_labels: the names that its branch goes by.
    :raises InvalidRevisionId: the id has a character that targets are put together with.

    ``nextrev`` has the ids that follow it, and ``branch_labels`` those of its whole branch, once it
    is part of a :class:`RevisionMap`.
    """

    nextrev: frozenset[str] = frozenset()
    is_effective_head: bool = False

    def __init__(
        self,
        revision: str,
        down_revision: str | Collection[str] | None,
        dependencies: str | Collection[str] | None = None,
        branch_labels: str | Collection[str] | None = None,
    ) -> None:
        self.verify_rev_id(revision)
        self._describe(
            Node(
                revision,
                down=texts(down_revision),
                depends_on=texts(dependencies),
                labels=texts(branch_labels),
            )
        )

    def _describe(self, node: Node) -> None:
        self.node = node
        self.revision = node.id
        self.down_revision = tuple_rev_as_scalar(node.down)
        self.dependencies = tuple_rev_as_scalar(node.depends_on)
        self.branch_labels = set(node.labels)

    @classmethod
    def verify_rev_id(cls, revision: str) -> None:
        """Let an id pass that a target can name.

        :raises InvalidRevisionId: it can't.
        """
        if reason := names.fault(revision):
            raise InvalidRevisionId(revision, reason)

    def add_nextrev(self, revision: Revision) -> None:
        """Note that ``revision`` follows this one."""
        self.nextrev |= {revision.revision}

    @property
    def is_head(self) -> bool:
        """Whether no revision follows it."""
        return not self.nextrev

    @property
    def is_base(self) -> bool:
        """Whether it follows none."""
        return not self.node.down

    @property
    def is_branch_point(self) -> bool:
        """Whether several follow it."""
        return len(self.nextrev) > 1

    @property
    def is_merge_point(self) -> bool:
        """Whether it follows several."""
        return len(self.node.down) > 1

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.revision!r}, {self.down_revision!r})"


class RevisionMap:
    """A history.

    :param generator: makes its revisions, when the first question is asked.
    """

    def __init__(self, generator: Callable[[], Iterable[Revision]]) -> None:
        self._generator = generator
        self._revisions: dict[str, Revision] = {}
        self._graph: RevisionGraph | None = None

    @property
    def graph(self) -> RevisionGraph:
        """The engine's own form of it.

        :raises RevisionError: the revisions make no history together.
        """
        if self._graph is None:
            self._graph = self._joined(self._generator())
        return self._graph

    def _joined(self, revisions: Iterable[Revision]) -> RevisionGraph:
        found = tuple(revisions)
        graph = RevisionGraph.of(each.node for each in found)
        self._revisions = {each.revision: each for each in found}
        for id, revision in self._revisions.items():
            revision.nextrev = frozenset(graph.children(id))
            revision.branch_labels = set(graph.labels_of(id))
            revision.is_effective_head = revision.is_head and bool(graph.dependents(id))
        return graph

    def add_revision(self, revision: Revision, _replace: bool = False) -> None:
        """Take one more into the history.

        :param _replace: whether it may stand for one of the same id.
        :raises RevisionError: the history would not hold together.
        """
        if revision.revision in self.graph and not _replace:
            raise DuplicateRevision(revision.revision)
        self._graph = self._joined({**self._revisions, revision.revision: revision}.values())

    # -- questions -------------------------------------------------------------------------------

    @property
    def heads(self) -> tuple[str, ...]:
        """What no revision follows."""
        return self.graph.heads

    @property
    def bases(self) -> tuple[str, ...]:
        """What follows no revision."""
        return self.graph.bases

    def get_revision(self, id_: RevisionId) -> Revision | None:
        """The one revision that a target stands for; None for ``base``.

        :raises ResolutionError: it leads nowhere.
        :raises MultipleHeads: it stands for several.
        """
        wanted = texts(id_)
        if not wanted:
            return None
        if len(wanted) > 1:
            raise MultipleHeads(wanted, ", ".join(wanted))
        return self._of(wanted[0] if wanted[0] in self.graph else self._one(wanted[0]))

    def _one(self, text: str) -> str:
        return resolve_one(self.graph, parse(text))

    def get_revisions(self, id_: RevisionId) -> tuple[Revision | None, ...]:
        """The revisions that targets stand for; none for ``base``. Raises as
        :meth:`get_revision`."""
        return tuple(self._of(id) for id in self.ids(id_))

    def ids(self, id_: RevisionId, current: Collection[str] = ()) -> tuple[str, ...]:
        """The ids that targets stand for.

        :param current: the rows of the version table, for ``current`` and ``+N``.
        """
        graph = self.graph
        found = (
            (text,) if text in graph else resolve(graph, parse(text), current)
            for text in texts(id_)
        )
        return tuple(dict.fromkeys(id for each in found for id in each))

    def _of(self, id: str) -> Revision:
        return self._revisions[self.graph[id].id]

    def get_current_head(self, branch_label: str | None = None) -> str | None:
        """The one head, of a branch if one is named; None where there is none.

        :raises MultipleHeads: there are several.
        """
        found = resolve(self.graph, Named("head", branch_label))
        return found[0] if found else None

    def filter_for_lineage(
        self,
        targets: Iterable[_T],
        check_against: str | None,
        include_dependencies: bool = False,
    ) -> tuple[_T, ...]:
        """Those of the targets that are in the branch of ``check_against``.

        :param include_dependencies: whether what it needs, or is needed by, counts as well.
        """
        given = tuple(targets)
        if not check_against:
            return given
        graph = self.graph
        beside = branch_of(graph, check_against)
        if include_dependencies:
            id = self._one(check_against)
            beside = graph.ancestors([id]) | graph.descendants([id])
        return tuple(each for each in given if _named(each, self) in beside)

    def iterate_revisions(
        self,
        upper: RevisionId,
        lower: RevisionId,
        implicit_base: bool = False,
        inclusive: bool = False,
        assert_relative_length: bool = True,
        select_for_downgrade: bool = False,
    ) -> Iterator[Revision]:
        """The revisions from ``upper`` down to ``lower``, newest first.

        :param implicit_base: ``lower`` is where a database stands: what ``upper`` needs besides is
            among them, down to base. Without, they all follow ``lower``, by down_revision.
        :param inclusive: whether ``lower`` is among them.
        :param assert_relative_length: without effect: an end that counts more revisions than there
            are is refused in any case.
        :param select_for_downgrade: those that a downgrade from ``upper`` to ``lower`` undoes.
        :raises RangeNotAncestorError: ``lower`` is not below ``upper``.
        """
        graph = self.graph
        if select_for_downgrade:
            rows = self.ids(upper)
            target = lower if isinstance(lower, str) else ", ".join(texts(lower)) or "base"
            for step in plan.downgrade(graph, rows, target):
                yield self._of(step.revision.id)
            return
        bottoms, tops = self._ends(lower, upper)
        reached = graph.ancestors(tops)
        for bottom in bottoms:
            if bottom not in reached and not implicit_base:
                raise RangeNotAncestorError(bottom, ", ".join(tops))
        wanted = reached - graph.ancestors(bottoms)
        if bottoms and not implicit_base:
            wanted &= frozenset().union(*map(graph.lineage, bottoms))
        if isinstance(lower, str) and lower.endswith("@base"):
            wanted &= branch_of(graph, lower.removesuffix("@base"))
        if inclusive:
            wanted |= reached.intersection(bottoms)
        for node in graph:
            if node.id in wanted:
                yield self._of(node.id)

    def _ends(
        self, lower: RevisionId, upper: RevisionId
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of both ends, of which one may count from the other."""
        graph = self.graph
        if isinstance(upper, str) and upper not in graph:
            above = parse(upper)
            if isinstance(above, Relative) and above.start is None and above.steps > 0:
                bottoms = self.ids(lower)
                return bottoms, resolve(graph, above, bottoms)
        tops = self.ids(upper)
        if isinstance(lower, str) and lower not in graph:
            below = parse(lower)
            if isinstance(below, Relative) and below.start is None:
                walked = (walk(graph, top, below, None) for top in tops)
                return tuple(id for id in walked if id is not None), tops
        return self.ids(lower), tops


def _named(each: Any, among: RevisionMap) -> str | None:
    if isinstance(each, Revision):
        return each.revision
    return among._one(each) if isinstance(each, str) else None
