"""What programs are told; the page is made of the same.

::

    pending     {pending, databases: [{name, address, command, upgrade, before, after, half_done,
                 unplanned, steps: [{revision, message, file, operations, marks, unknown}]}],
                 next_step}
    an event    {event, command, name, ...}
    the end     {event: "ended", done, databases: [{command, name, applied, left, outcome, error}],
                 next_step}
    refused     {refused, next_step}

An operation has the keys that ``flask db plan --json`` gives it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from flask_migrate_ext.pending.looking import Behind
from flask_migrate_ext.pending.running import Ended, Queued, Told
from migrate_core.cli.door import WRITTEN_FOR
from migrate_core.cli.plan import plan_value
from migrate_core.errors import MigrateError
from migrate_core.graph import Revision
from migrate_core.runtime.events import (
    Noted,
    Planned,
    StatementFailed,
    StatementFinished,
    StatementStarted,
    StepFinished,
    StepStarted,
    Waiting,
)
from migrate_core.runtime.planning import Plan

Document = dict[str, Any]

AGAIN = "Load the page again: it shows what is pending by now."


def pending(behind: Sequence[Behind]) -> Document:
    """The databases that are behind, and how to bring them forward."""
    databases = [_database(each) for each in behind]
    commands = list(dict.fromkeys(f"flask {each.command} upgrade" for each in behind))
    hindered = [one["half_done"] or one["unplanned"] for one in databases]
    first = "\n".join(each["next_step"] for each in hindered if each)
    return {
        "pending": sum(len(each.pending) for each in behind),
        "databases": databases,
        "next_step": first or f"Apply them: {' && '.join(commands)}",
    }


def digest(behind: Sequence[Behind]) -> str:
    """What a page shows, in one word that comes back with the button."""
    ids = [(one.command, one.name, [each.id for each in one.pending]) for one in behind]
    return sha256(json.dumps(ids).encode()).hexdigest()


def destroys(behind: Sequence[Behind]) -> bool:
    """Whether something of it destroys what cannot be had back, as far as that can be told."""
    plans = (each.plan for each in behind)
    steps = (step for plan in plans if isinstance(plan, Plan) for step in plan.steps)
    return any(mark.kind == "destructive" for step in steps for mark in step.marks)


def _database(behind: Behind) -> Document:
    plan, program = behind.plan, _program(behind)
    said: Document = {
        "command": behind.command,
        "name": behind.name,
        "address": behind.address,
        "upgrade": f"{program} upgrade",
        "before": None,
        "after": None,
        "half_done": None,
        "unplanned": None,
    }
    if isinstance(plan, MigrateError):
        said["unplanned"] = _error(plan, program)
        return {**said, "steps": [_unplanned(each) for each in behind.pending]}
    value = plan_value(plan)
    if plan.half_done is not None:
        said["half_done"] = _error(plan.half_done, program)
    steps = [{**each, "marks": _marks(each["operations"])} for each in value["steps"]]
    return {**said, "before": value["before"], "after": value["after"], "steps": steps}


def _unplanned(revision: Revision) -> Document:
    """A step of which nothing is known but that it is pending."""
    known = {"revision": revision.id, "message": revision.doc}
    return {**known, "file": None, "operations": [], "unknown": None, "marks": []}


def _marks(operations: Sequence[Document]) -> list[Document]:
    """The marks of all operations, each once; what destroys comes first."""
    marks: list[Document] = []
    for operation in operations:
        marks += [mark for mark in operation["marks"] if mark not in marks]
    return sorted(marks, key=lambda mark: mark["kind"] != "destructive")


def _program(behind: Behind) -> str:
    """What is typed before the next command, so that it is about this database."""
    return f"flask {behind.command}" + ("" if behind.alone else f" --bind {behind.name}")


def _error(error: BaseException, program: str) -> Document:
    """An error; one that is not the engine's says its kind, and its text is for the log."""
    if isinstance(error, MigrateError):
        problem, next_step = error.problem, error.next_step
    else:
        problem = f"{type(error).__name__}: the migrations could not be run."
        next_step = "Look into the log of the app, and run in a terminal: flask db upgrade"
    return {
        "type": type(error).__name__,
        "problem": problem.replace(WRITTEN_FOR, program),
        "next_step": next_step.replace(WRITTEN_FOR, program),
    }


# -- the button ------------------------------------------------------------------------------------


def told(one: Told) -> Document | None:
    """An event; None where there is nothing to say."""
    said = _event(one)
    if said is None:
        return None
    command, name = one.database or (None, None)
    return {**said, "command": command, "name": name}


def _event(one: Told) -> Document | None:
    match one.event:
        case Queued():
            return {"event": "waiting", "holder": "somebody who pressed the button before"}
        case Waiting(holder):
            return {"event": "waiting", "holder": holder}
        case Planned(steps):
            return {"event": "planned", "revisions": [step.revision.id for step in steps]}
        case StepStarted(step, number, total):
            counted = {"number": number, "total": total}
            return {"event": "started", "revision": step.revision.id, **counted}
        case StepFinished(step, seconds):
            return {"event": "finished", "revision": step.revision.id, "seconds": seconds}
        case StatementStarted(text):
            return {"event": "statement", "sql": text}
        case StatementFinished(_, seconds):
            return {"event": "statement_finished", "seconds": seconds}
        case StatementFailed(_, reason):
            return {"event": "statement_failed", "reason": reason}
        case Noted(text):
            return {"event": "noted", "text": text}
    return None  # an error comes at the end, with what it left


def ended(databases: Sequence[Ended]) -> Document:
    """What became of each database."""
    each = [_ended(one) for one in databases]
    failed = [one["error"]["next_step"] for one in each if one["error"]]
    is_done = not failed and all(one["left"] == [] for one in each)
    return {
        "event": "ended",
        "done": is_done,
        "databases": each,
        "next_step": "\n".join(dict.fromkeys(failed)) or ("" if is_done else AGAIN),
    }


def _ended(one: Ended) -> Document:
    return {
        "command": one.behind.command,
        "name": one.behind.name,
        "applied": list(one.applied),
        "left": None if one.left is None else list(one.left),
        "outcome": _outcome(one),
        "error": one.error and _error(one.error, _program(one.behind)),
    }


def _outcome(one: Ended) -> str:
    """What became of a database, in a sentence."""
    if one.applied:
        count = len(one.applied)
        ids = f"{', '.join(one.applied[:10])}{', ...' if count > 10 else ''}"
        return f"{count} migration{'' if count == 1 else 's'} applied: {ids}."
    if one.left == ():
        return "Nothing was left to apply: somebody else has done it."
    return "Nothing was applied."


def refused(why: str, next_step: str) -> Document:
    """Why nothing was applied, and what to do."""
    return {"refused": why, "next_step": next_step}
