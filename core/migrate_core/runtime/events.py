"""What a run tells whoever watches: progress lines, logs and tests see the same stream.

::

    Waiting?  Planned  (StepStarted  (StatementStarted  StatementFinished | StatementFailed)*
    StepFinished)*  Failed?            with Noted between any two
"""

from __future__ import annotations

from dataclasses import dataclass

from migrate_core.graph import Step


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another process holds the migration lock."""

    holder: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The lock is held, and these steps will run."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepStarted:
    """Step ``number`` of ``total`` begins, both counted from 1."""

    step: Step
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class StatementStarted:
    """A migration sends a statement; values that are parameters are not in its text."""

    text: str


@dataclass(frozen=True, slots=True)
class StatementFinished:
    """The database has done it.

    :param seconds: how long it took.
    """

    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StatementFailed:
    """The database refused it. The migration may catch the error and go on.

    :param reason: what the driver said, without the password.
    """

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step ended. Where the run is one transaction, it is not committed yet.

    :param seconds: how long it took.
    """

    step: Step
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ends with this error, which is raised next; an interrupt is one too."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that is no statement, such as a comparison that was left out."""

    text: str


Event = (
    Waiting
    | Planned
    | StepStarted
    | StatementStarted
    | StatementFinished
    | StatementFailed
    | StepFinished
    | Failed
    | Noted
)


def step_line(step: Step) -> str:
    """``Running upgrade a -> b, message``."""
    verb = "stamp" if step.stamp else "upgrade" if step.up else "downgrade"
    return f"Running {verb} {step_ends(step)}, {step.revision.doc}".rstrip(", ")


def step_ends(step: Step) -> str:
    """``a -> b``, in the direction in which the step goes."""
    if step.stamp:
        return f"{', '.join(step.instead) or '<base>'} -> {', '.join(step.to) or '<base>'}"
    below, above = ", ".join(step.revision.down) or "<base>", step.revision.id
    return f"{below} -> {above}" if step.up else f"{above} -> {below}"
