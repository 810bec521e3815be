"""The history beside the journal: what was changed in the files since they were applied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from migrate_core.graph import RevisionGraph

if TYPE_CHECKING:
    from migrate_core.database.journal import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a file after it was applied.

    ============  ==========================================================
    ``edited``    it says something else now
    ``missing``   no file has the revision any more
    ``inserted``  it stands below a revision that was applied without it
    ============  ==========================================================

    :param entry: the row that tells when; for one that is inserted, of the revision above it.
    """

    kind: Literal["edited", "missing", "inserted"]
    revision: str
    entry: Entry


def changes(
    entries: Iterable[Entry],
    graph: RevisionGraph,
    heads: Collection[str],
    fingerprint: Callable[[str], str | None],
) -> Iterator[Change]:
    """What was changed, in the order of the history, what is missing last.

    :param entries: newest first. Those before a stamp tell nothing of what is missing: a stamp
        says anew where the database stands.
    :param heads: the rows of the version table that the graph knows.
    :param fingerprint: of the file of a revision, None where there is none.
    """
    applied, missing = _applied(entries, graph)
    below = graph.ancestors(heads)
    for revision in graph.revisions.values():
        entry = applied.get(revision.id)
        if revision.id not in below:
            continue
        if entry is None:
            above = (applied.get(child) for child in graph.children(revision.id))
            newer = [each for each in above if each and revision.id not in each.parents]
            yield from (Change("inserted", revision.id, each) for each in newer[:1])
        elif entry.fingerprint and entry.fingerprint != fingerprint(revision.id):
            yield Change("edited", revision.id, entry)
    yield from (Change("missing", entry.revision, entry) for entry in missing)


def _applied(
    entries: Iterable[Entry], graph: RevisionGraph
) -> tuple[dict[str, Entry], list[Entry]]:
    """The row of each revision that was upgraded last, and those of them that no file has."""
    applied: dict[str, Entry] = {}
    missing: list[Entry] = []
    seen: set[str] = set()
    stamped = False
    for entry in entries:
        if entry.direction == "stamp":
            stamped = True
        elif entry.result == "done" and entry.revision not in seen:
            seen.add(entry.revision)
            if entry.direction == "upgrade":
                applied[entry.revision] = entry
                if entry.revision not in graph and not stamped:
                    missing.append(entry)
    return applied, missing
