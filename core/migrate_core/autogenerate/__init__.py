"""Models and database compared: facts in, operations out, no connection anywhere."""

from migrate_core.autogenerate.answers import (
    Answers,
    Question,
    RenameQuestion,
    RequiredQuestion,
)
from migrate_core.autogenerate.diff import diff
from migrate_core.autogenerate.facts import Snapshot, TableKey
from migrate_core.autogenerate.order import trimmed
from migrate_core.autogenerate.questions import settled, to_ask
from migrate_core.autogenerate.rules import Rules
from migrate_core.autogenerate.snapshot import Reader

__all__ = [
    "Answers",
    "Question",
    "Reader",
    "RenameQuestion",
    "RequiredQuestion",
    "Rules",
    "Snapshot",
    "TableKey",
    "diff",
    "settled",
    "to_ask",
    "trimmed",
]
