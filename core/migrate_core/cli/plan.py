"""The dry run: what an upgrade or a downgrade would do, for people and for programs."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import aside, counted, shown
from migrate_core.cli.documents import AS_JSON, say_document
from migrate_core.cli.door import command
from migrate_core.cli.opening import (
    DIRECTORY,
    X_ARGUMENTS,
    in_this_program,
    next_command,
    on_database,
    opened,
)

if TYPE_CHECKING:
    from migrate_core.hazards import Mark
    from migrate_core.runtime.planning import Plan, PlannedOperation, PlannedStep

PLAN = click.option(
    "--plan", "planned", is_flag=True, help="Show what it would do, and change nothing."
)


@command("plan", "plan 1f0c --json")
@DIRECTORY
@AS_JSON
@X_ARGUMENTS
@click.argument("target", default="head")
def plan(directory: str | None, target: str, as_json: bool) -> None:
    """Show what an upgrade to TARGET (default: head) would do. Changes nothing.

    Migrations are run without a database: what one would send is shown until it reads something.
    Marked is what destroys rows (!), what others wait for (~), and what is not undone if the rest
    fails (=).
    """
    migrations = on_database(opened(directory))
    found = rehearsed(migrations.plan, target)
    if as_json:
        say_document(plan_value(found))
    else:
        say_plan(found, "upgrade", target)


def rehearsed(asked: Callable[[str], Plan], target: str) -> Plan:
    """The plan; what migrations print meanwhile is no part of the result."""
    with redirect_stdout(sys.stderr):
        return asked(target)


def say_plan(found: Plan, command: str, target: str) -> None:
    """The plan in words, and the command that carries it out."""
    if not found.steps:
        click.echo(f"Nothing to do: the database stands at {_heads(found.before)}.")
        return
    for step in found.steps:
        click.echo("\n".join(_step_lines(step)) + "\n")
    steps = counted(len(found.steps), "migration")
    click.echo(f"{steps}, from {_heads(found.before)} to {_heads(found.after)}{_counts(found)}")
    if found.half_done is not None:
        aside(f"It would stop before that. {in_this_program(str(found.half_done))}")
        return
    aside(f"Nothing was changed. {next_command(f'{command} {shlex.quote(target)}')}")


def plan_value(found: Plan) -> dict[str, Any]:
    """The plan for programs: where it begins and ends, its steps, and how many marks there are.

    ``half_done`` is the revision that would stop the run before its first step.
    """
    steps = [
        {
            "revision": each.step.revision.id,
            "message": each.step.revision.doc,
            "direction": "upgrade" if each.step.up else "downgrade",
            "file": shown(each.path),
            "operations": [_operation_json(operation) for operation in each.operations],
            "unknown": each.unknown,
        }
        for each in found.steps
    ]
    return {
        "database": found.database,
        "before": list(found.before),
        "after": list(found.after),
        "half_done": found.half_done and found.half_done.revision,
        "steps": steps,
        "marks": dict(_marked(found)),
    }


def _operation_json(operation: PlannedOperation) -> dict[str, Any]:
    return {
        "described": list(operation.described),
        "sql": list(operation.statements),
        "marks": [
            {"kind": mark.kind, "reason": mark.reason, "instead": mark.instead}
            for mark in operation.marks
        ],
    }


def _step_lines(step: PlannedStep) -> Iterator[str]:
    from migrate_core.runtime.events import step_ends

    yield f"{step_ends(step.step)}, {step.step.revision.doc}".rstrip(", ")
    yield f"  {shown(step.path)}"
    for operation in step.operations:
        for mark in operation.marks:
            yield from _mark_lines(mark)
        for statement in operation.statements:
            yield indent(statement.rstrip("; \n") + ";", "    ")
    if step.unknown is not None:
        rest = "The rest" if step.operations else "What it does"
        yield f"  ? {rest} cannot be known: {step.unknown}"
    elif not step.operations:
        yield "    nothing"


def _mark_lines(mark: Mark) -> Iterator[str]:
    sign = {"destructive": "!", "locking": "~", "non-transactional": "="}[mark.kind]
    yield f"  {sign} {mark.kind}: {mark.reason}"
    if mark.instead:
        yield f"    instead: {mark.instead}"


def _marked(found: Plan) -> Counter[str]:
    """How many operations carry a mark of each kind."""
    kinds = Counter({"destructive": 0, "locking": 0, "non-transactional": 0})
    for step in found.steps:
        for operation in step.operations:
            kinds.update({mark.kind for mark in operation.marks})
    return kinds


def _counts(found: Plan) -> str:
    kinds = [f"{number} {kind}" for kind, number in _marked(found).items() if number]
    unknown = sum(step.unknown is not None for step in found.steps)
    if unknown:
        kinds.append(f"{unknown} not wholly known")
    return f" ({', '.join(kinds)})" if kinds else ""


def _heads(heads: tuple[str, ...]) -> str:
    return ", ".join(heads) or "base"
