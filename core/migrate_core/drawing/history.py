"""A history as a picture: rows with their strands, what is known of each, long runs folded.

::

    graph, what is told of each revision, where the database stands
      -> rows(graph)                            lanes
      -> Node for each: applied, pending, or not known
      -> HistoryPicture(entries)                a Node, or a Fold of many in one line
      -> text of a format                       terminal, history_svg, history_page, mermaid, dot
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from migrate_core.drawing.lanes import Row, rows
from migrate_core.graph import Revision, RevisionGraph

LONG = 6
"""How many revisions that only follow each other are folded; fewer are shown."""

ENDS = 2
"""How many of them stay in sight at each end."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a revision beside its place.

    :param created: as its file says it.
    :param author: who added the file, as git says it; empty where that is not known.
    :param operations: what its ``upgrade()`` calls, in words.
    """

    file: str = ""
    created: str = ""
    author: str = ""
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A revision in its row.

    :param applied: None where that is not known.
    :param current: whether the database stands here.
    """

    row: Row
    told: Told
    head: bool
    current: bool
    applied: bool | None

    @property
    def revision(self) -> Revision:
        """What it is about."""
        return self.row.revision

    @property
    def subject(self) -> str:
        """The message's first line."""
        return next(iter(self.revision.doc.splitlines()), "")

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """What is written beside it: a kind, and its text."""
        labels = tuple(("label", label) for label in self.revision.labels)
        marks = (
            ("head", "head", self.head),
            ("current", "database", self.current),
            ("pending", "pending", self.applied is False),
        )
        return labels + tuple((kind, text) for kind, text, holds in marks if holds)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """All that is known of it, each by its name."""
        state = {True: "yes", False: "no, it is pending", None: ""}[self.applied]
        facts = (
            ("Applied", state),
            ("Created", self.told.created),
            ("Author", self.told.author),
            ("Follows", ", ".join(self.revision.down)),
            ("Depends on", ", ".join(self.revision.depends_on)),
            ("Branch", ", ".join(self.revision.labels)),
            ("File", self.told.file),
        )
        return tuple((name, value) for name, value in facts if value)


@dataclass(frozen=True, slots=True)
class Fold:
    """Revisions that only follow each other, newest first."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class HistoryPicture:
    """A history, to be written in some format.

    :param entries: newest first.
    :param edges: a revision, one that it needs, and whether that is a dependency and no parent.
    :param heads: how many there are.
    :param unknown: where the database stands and no file has that id; None where the database was
        not asked.
    """

    entries: tuple[Node | Fold, ...]
    edges: tuple[tuple[str, str, bool], ...]
    heads: int
    unknown: tuple[str, ...] | None

    @property
    def nodes(self) -> Iterator[Node]:
        """All revisions, newest first."""
        for entry in self.entries:
            yield from entry.nodes if isinstance(entry, Fold) else (entry,)

    @property
    def width(self) -> int:
        """How many slots there are."""
        return max((node.row.width for node in self.nodes), default=1)

    @property
    def summary(self) -> str:
        """What it shows, in one line."""
        nodes = tuple(self.nodes)
        said = [_counted(len(nodes), "revision"), _counted(self.heads, "head")]
        pending = sum(node.applied is False for node in nodes)
        if self.unknown is None:
            said.append("the database was not asked what is applied")
        elif self.unknown:
            ids = ", ".join(self.unknown)
            said.append(f"the database stands at {ids}, which no file has")
        else:
            said.append(f"{pending} pending" if pending else "all applied")
        return " · ".join(said) if nodes else "There are no migrations yet."


def picture(
    graph: RevisionGraph,
    told: Mapping[str, Told],
    standing: Collection[str] | None,
    only: Collection[str] | None = None,
) -> HistoryPicture:
    """The picture of a history.

    :param told: by revision; of those that are missing nothing is told.
    :param standing: the rows of the version table; None where the database was not asked.
    :param only: the ids to show, None for all.
    """
    known = [row for row in standing or () if row in graph]
    applied = graph.ancestors(known)
    unknown = None if standing is None else tuple(row for row in standing if row not in graph)

    def is_applied(id: str) -> bool | None:
        if id in applied:
            return True
        return None if standing is None or unknown else False

    heads = frozenset(graph.heads)
    nodes = [
        Node(
            row,
            told.get(row.revision.id, Told()),
            row.revision.id in heads,
            row.revision.id in known,
            is_applied(row.revision.id),
        )
        for row in rows(graph, only)
    ]
    edges = tuple(
        (id, below, number >= len(graph[id].down))
        for id in (node.revision.id for node in nodes)
        for number, below in enumerate(graph.parents(id))
    )
    return HistoryPicture(tuple(_folded(nodes)), edges, sum(node.head for node in nodes), unknown)


def _folded(nodes: Iterable[Node]) -> Iterator[Node | Fold]:
    """The same, with the middle of each long run in one."""
    for (plain, _, _), group in groupby(nodes, _kind):
        run = tuple(group)
        if not plain or len(run) < LONG + 2 * ENDS:
            yield from run
            continue
        yield from run[:ENDS]
        yield Fold(run[ENDS:-ENDS])
        yield from run[-ENDS:]


def _kind(node: Node) -> tuple[bool, int, bool | None]:
    """What all revisions of a run have in common; the first says whether it may be one."""
    row = node.row
    only = len(row.above) == len(row.below) == 1 and row.above == row.below
    unmarked = not (node.head or node.current or node.revision.labels)
    return only and unmarked, row.slot, node.applied


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
