"""What a hook is told of a step: the documented MigrationInfo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrate_core.graph import HeadChange, RevisionGraph, Step


class MigrationInfo:
    """One step as ``on_version_apply`` sees it, after the version table says so.

    :param revision_map: the documented view of the history.
    :param is_upgrade: whether it goes up.
    :param is_stamp: whether it is recorded, and nothing is run.
    :param up_revisions: the upper end, one or several.
    :param down_revisions: the lower end, none, one or several.
    """

    up_revision_id: str | None

    def __init__(
        self,
        revision_map: Any,
        is_upgrade: bool,
        is_stamp: bool,
        up_revisions: str | tuple[str, ...],
        down_revisions: str | tuple[str, ...],
    ) -> None:
        self.revision_map = revision_map
        self.is_upgrade = is_upgrade
        self.is_stamp = is_stamp
        self.up_revision_ids = _listed(up_revisions)
        self.down_revision_ids = _listed(down_revisions)
        self.up_revision_id = self.up_revision_ids[0] if self.up_revision_ids else None

    @classmethod
    def of(
        cls, revision_map: Any, graph: RevisionGraph, step: Step, change: HeadChange
    ) -> MigrationInfo:
        """What is to be told of a step that changed the version table so."""
        if not step.stamp:
            id = step.revision.id
            return cls(revision_map, step.up, False, id, tuple(graph.parents(id)))
        before = (*change.delete, *(old for old, _ in change.update))
        after = (step.revision.id,) if step.up else step.to
        up, down = (after, before) if step.up else (before, after)
        return cls(revision_map, step.up, True, up, down)

    @property
    def is_migration(self) -> bool:
        """Whether a migration was run."""
        return not self.is_stamp

    @property
    def source_revision_ids(self) -> tuple[str, ...]:
        """Where it came from."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """Where it went."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    @property
    def up_revision(self) -> Any:
        """The upper end; None where there is none."""
        return None if self.up_revision_id is None else self._revision(self.up_revision_id)

    @property
    def up_revisions(self) -> tuple[Any, ...]:
        """The upper ends."""
        return self._revisions(self.up_revision_ids)

    @property
    def down_revisions(self) -> tuple[Any, ...]:
        """The lower ends."""
        return self._revisions(self.down_revision_ids)

    @property
    def source_revisions(self) -> tuple[Any, ...]:
        """Where it came from."""
        return self._revisions(self.source_revision_ids)

    @property
    def destination_revisions(self) -> tuple[Any, ...]:
        """Where it went."""
        return self._revisions(self.destination_revision_ids)

    def _revisions(self, ids: Sequence[str]) -> tuple[Any, ...]:
        return tuple(map(self._revision, ids))

    def _revision(self, id: str) -> Any:
        return self.revision_map.get_revision(id)


def _listed(ids: str | Sequence[str] | None) -> tuple[str, ...]:
    return (ids,) if isinstance(ids, str) else tuple(ids or ())
