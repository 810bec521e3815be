"""Models and database compared: facts in, operations out, no connection anywhere."""

from migrate_core.autogenerate.diff import diff, unalterable
from migrate_core.autogenerate.facts import Snapshot, TableKey
from migrate_core.autogenerate.order import trimmed
from migrate_core.autogenerate.questions import to_ask, unanswered
from migrate_core.autogenerate.rules import Rules
from migrate_core.autogenerate.snapshot import Reader

__all__ = [
    "Reader",
    "Rules",
    "Snapshot",
    "TableKey",
    "diff",
    "to_ask",
    "trimmed",
    "unalterable",
    "unanswered",
]
