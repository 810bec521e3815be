"""What to do about a migration that an earlier run left half done. Decides; does nothing.

::

    the journal's row          looked up             ->  carried out     goes on with
    ---------------------------------------------------------------------------------
    stopped                    -                         as written      what follows
    running, between two       -                         as written      what follows
    running, in a statement    it took effect            one more        what follows
                               it did not                as written      that statement
                               nobody can tell           Undecided
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Literal

from migrate_core.database.journal import Entry, Pending, Sent, Trail
from migrate_core.errors import HalfDone, NothingToResolve, Undecided
from migrate_core.scripts import Header

Decision = Literal["done", "retry", "undone"]
"""What somebody says of the statement that was interrupted, or of all that was done."""


def half_done(unfinished: Iterable[Entry], applied: Set[str]) -> Entry | None:
    """The migration that has to be seen to before anything runs.

    One that the version table says is ended, because somebody finished it and stamped, is none.

    :param applied: all that the version table stands for.
    """
    for entry in unfinished:
        if (entry.revision in applied) == (entry.direction == "downgrade"):
            return entry
    return None


def standing(
    entries: Iterable[Entry], applied: Set[str], headers: Mapping[str, Header]
) -> HalfDone | None:
    """What a run would be stopped by.

    :param entries: all there are, newest first.
    """
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.direction != "stamp":
            last.setdefault(entry.revision, entry)
    open_ones = [each for each in last.values() if each.result in ("running", "stopped")]
    found = half_done(open_ones, applied)
    if found is None:
        return None
    header = headers.get(found.revision)
    return refusal(found, header.file if header else None)


def refusal(entry: Entry, path: str | None) -> HalfDone:
    """The error that stops a run."""
    trail = entry.trail or Trail()
    return HalfDone(
        entry.revision,
        entry.direction,
        path,
        len(trail.done),
        trail.now.text if trail.now else None,
        entry.error,
    )


def known_of(revision: str, entries: Iterable[Entry]) -> str:
    """What is recorded of a revision, in a sentence; empty where nothing is.

    :param entries: newest first.
    """
    for entry in entries:
        if entry.revision == revision and entry.result == "done":
            done = {"upgrade": "applied", "downgrade": "undone", "stamp": "stamped"}
            by = f" by {entry.user}" if entry.user else ""
            on = f" on {entry.host}" if entry.host else ""
            commit = f", from commit {entry.commit[:12]}" if entry.commit else ""
            below = f", after {', '.join(entry.parents)}" if entry.parents else ""
            when = entry.started.strftime("%Y-%m-%d %H:%M:%S UTC")
            return f"It was {done[entry.direction]} at {when}{by}{on}{commit}{below}."
    return ""


def interrupted(entry: Entry) -> Pending | None:
    """The statement of which it has to be looked up whether it took effect."""
    trail = entry.trail or Trail()
    return trail.now if entry.result == "running" else None


def carried_out(entry: Entry, took_effect: bool | None) -> tuple[Sent, ...]:
    """The statements that are not to be sent again.

    :param took_effect: whether the interrupted one did; None if nobody can tell.
    :raises Undecided: there is one, and nobody can.
    """
    done = (entry.trail or Trail()).done
    now = interrupted(entry)
    if now is None:
        return done
    if took_effect is None:
        raise Undecided(entry.revision, entry.direction, len(done) + 1, now.text)
    return (*done, Sent(now.digest, -1)) if took_effect else done


def resolved(entry: Entry | None, revision: str, decision: Decision) -> Entry:
    """The row that records a decision.

    :param entry: the last row of the revision.
    :raises NothingToResolve: it is not half done, or no statement is open.
    """
    if entry is None or entry.result not in ("running", "stopped"):
        raise NothingToResolve(revision, "is not half done")
    if decision == "undone":
        return replace(entry, id=None, result="undone", trail=None, error=None)
    if interrupted(entry) is None:
        raise NothingToResolve(
            revision, "was not interrupted in a statement: what was done and what not is known"
        )
    done = carried_out(entry, decision == "done")
    return replace(entry, id=None, result="stopped", trail=Trail(done), session=None)


def persisted(written: Trail, done: tuple[Sent, ...]) -> tuple[Sent, ...]:
    """What stays of a step that failed, and whose transaction is rolled back.

    A mark is written in the transaction that it tells of. So the last mark that is there says what
    was committed; of what followed it, only the statement that it announced can have been, if that
    ended well: it committed by itself, and took the mark along.

    :param written: the mark as the database has it now.
    :param done: all that ended well.
    """
    count = len(written.done)
    announced = written.now is not None and len(done) > count
    return (*written.done, done[count]) if announced else written.done
