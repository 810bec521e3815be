"""The history does not hang together, or a name in it means nothing or too much."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.errors.base import MigrateError


class RevisionError(MigrateError):
    """The history does not hang together, or a name in it means nothing or too much."""


class DuplicateRevision(RevisionError):
    """Two files claim the same identifier."""

    def __init__(self, revision: str, places: Sequence[str] = ()) -> None:
        self.revision = revision
        self.places = tuple(places)
        where = f": {' and '.join(self.places)}" if self.places else ""
        super().__init__(
            f"Revision {revision} is present more than once{where}.",
            "Give one of them another 'revision' identifier, or delete the copy.",
        )


class UnknownParent(RevisionError):
    """A revision names a parent or dependency that no file has.

    :param place: the file of ``revision``, where it is known.
    """

    def __init__(
        self, revision: str, parent: str, *, attribute: str = "down_revision", place: str = ""
    ) -> None:
        self.revision = revision
        self.parent = parent
        self.attribute = attribute
        self.place = place
        where = f" ({place})" if place else ""
        super().__init__(
            f"Revision {revision}{where} names {attribute} {parent!r}, "
            "and no migration file has that id.",
            f"Restore the file of {parent} (git log --diff-filter=D -- '*{parent}*'), "
            f"or correct {attribute} in the file of {revision}.",
        )


class DuplicateLabel(RevisionError):
    """Two revisions declare the same branch label.

    :param places: the files of ``revision`` and ``other``, where they are known.
    """

    def __init__(self, label: str, revision: str, other: str, places: Sequence[str] = ()) -> None:
        self.label = label
        self.revision = revision
        self.other = other
        self.places = tuple(places)
        where = f": {' and '.join(self.places)}" if self.places else ""
        super().__init__(
            f"Branch label {label!r} in revision {revision} is already used by revision "
            f"{other}{where}.",
            "Choose another label, or remove it from branch_labels in one of the two files.",
        )


class CycleDetected(RevisionError):
    """Revisions that follow one another in a circle.

    :param places: their files, where they are known.
    """

    kind = "Cycle is"
    attribute = "down_revision"

    def __init__(self, revisions: Sequence[str], places: Sequence[str] = ()) -> None:
        self.revisions = tuple(revisions)
        self.places = tuple(places)
        where = "".join(f"\n  {place}" for place in self.places)
        super().__init__(
            f"{self.kind} detected in revisions ({', '.join(self.revisions)}).{where}",
            f"Correct {self.attribute} in one of their files so that the history has a beginning.",
        )


class LoopDetected(CycleDetected):
    """A revision that is its own parent."""

    kind = "Self-loop is"

    def __init__(self, revision: str | Sequence[str], places: Sequence[str] = ()) -> None:
        super().__init__((revision,) if isinstance(revision, str) else revision, places)


class DependencyCycleDetected(CycleDetected):
    """A circle that goes through ``depends_on``."""

    kind = "Dependency cycle is"
    attribute = "depends_on"


class DependencyLoopDetected(DependencyCycleDetected, LoopDetected):
    """A revision that depends on itself."""

    kind = "Dependency self-loop is"


class MultipleHeads(RevisionError):
    """One head was asked for and the history has several.

    :param descriptions: each head with its message and file, where they are known.
    :param origin: what the heads have in common, as a sentence.
    """

    def __init__(
        self,
        heads: Sequence[str],
        argument: str = "head",
        descriptions: Sequence[str] = (),
        *,
        origin: str = "",
        next_step: str = "",
    ) -> None:
        self.heads = tuple(heads)
        self.argument = argument
        self.origin = origin
        listed = "".join(f"\n  {line}" for line in (descriptions or self.heads))
        super().__init__(
            f"{argument!r} means one revision, and there are {len(self.heads)} heads:{listed}"
            + (f"\n{origin}" if origin else ""),
            next_step
            or "Join them: flask db merge heads -m 'merge'; or name one of them; "
            "or 'heads' for all of them.",
        )


class RangeNotAncestorError(RevisionError):
    """The two ends of a range do not lie on one line."""

    def __init__(self, lower: str | None, upper: str | None) -> None:
        self.lower = lower
        self.upper = upper
        super().__init__(
            f"Revision {lower or 'base'} is not an ancestor of {upper or 'base'}, "
            "so there is no range between them.",
            "See the order with: flask db history",
        )


class ResolutionError(RevisionError):
    """A target that does not lead to a revision."""

    def __init__(self, message: str, argument: str, next_step: str = "") -> None:
        self.argument = argument
        super().__init__(message, next_step)


class UnknownRevision(ResolutionError):
    """No revision, label or unique prefix of that name."""

    def __init__(self, argument: str, near: Sequence[str] = ()) -> None:
        self.near = tuple(near)
        guess = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(
            f"Can't locate revision identified by {argument!r}.{guess}",
            argument,
            "See what there is: flask db history",
        )


class AmbiguousRevision(ResolutionError):
    """A prefix that several revisions or labels share."""

    def __init__(self, argument: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(
            f"Multiple revisions start with {argument!r}: {', '.join(self.candidates[:8])}"
            f"{', ...' if len(self.candidates) > 8 else ''}.",
            argument,
            "Give more characters of the one you mean.",
        )


class InvalidTarget(ResolutionError):
    """Text that is not written like a target, or a target that this command cannot take."""

    def __init__(self, argument: str, problem: str, next_step: str) -> None:
        super().__init__(problem, argument, next_step)


class AmbiguousWalk(ResolutionError):
    """A relative step that meets a fork, or that leaves the history."""

    def __init__(self, argument: str, problem: str, next_step: str) -> None:
        super().__init__(problem, argument, next_step)
