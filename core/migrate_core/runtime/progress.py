"""How far a run is."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate_core.graph import Step


@dataclass(slots=True)
class Progress:
    """Where a run began, where it is, and what it did.

    :param kept: what of it is committed.
    :param safe: where a failure leaves the database.
    :param next: where the step that runs leads.
    :param total: how many steps there are, with those that attempts before this one kept.
    :param splits: how often migrations had committed before the step that runs.
    """

    before: tuple[str, ...]
    heads: tuple[str, ...]
    safe: tuple[str, ...]
    next: tuple[str, ...]
    running: Step | None = None
    done: list[Step] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    total: int = 0
    splits: int = 0

    @classmethod
    def at(cls, heads: tuple[str, ...]) -> Progress:
        """A run that did nothing yet."""
        return cls(heads, heads, heads, heads)

    def starts(self, step: Step, leads_to: tuple[str, ...]) -> None:
        """``step`` begins."""
        self.running = step
        self.next = leads_to

    def finished(self) -> None:
        """What ran is done, if something did."""
        if self.running is not None:
            self.done.append(self.running)
            self.running = None
        self.heads = self.next

    def keep(self) -> None:
        """All that was done is committed."""
        self.kept += [step.revision.id for step in self.done[len(self.kept) :]]
        self.safe = self.heads

    def begin(self, rows: tuple[str, ...], heads: tuple[str, ...], steps: int) -> None:
        """Go on from what is committed, which is all that an attempt before left.

        :param rows: what the version table holds.
        :param heads: those that are not to be forgotten.
        """
        self.running = None
        self.done[:] = [step for step in self.done if step.revision.id in self.kept]
        self.total = len(self.done) + steps
        self.heads = self.next = heads
        self.safe = rows
        if not self.done:
            self.before = rows
