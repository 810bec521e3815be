"""Models and database compared: facts in, operations out, no connection anywhere."""

from migrate_core.autogenerate.answers import (
    Answers,
    Question,
    RenameQuestion,
    RequiredQuestion,
)
from migrate_core.autogenerate.casts import with_casts
from migrate_core.autogenerate.columns import same_type
from migrate_core.autogenerate.diff import diff, unalterable
from migrate_core.autogenerate.dispatch import (
    Comparators,
    Dispatch,
    DispatchPriority,
    PriorityDispatcher,
    PriorityDispatchResult,
)
from migrate_core.autogenerate.distinct import with_distinct_names
from migrate_core.autogenerate.facts import Snapshot, TableKey
from migrate_core.autogenerate.hidden import shown
from migrate_core.autogenerate.order import trimmed
from migrate_core.autogenerate.plugins import left_out, without
from migrate_core.autogenerate.questions import to_ask, unanswered
from migrate_core.autogenerate.rewrite import Directives, Rewriter
from migrate_core.autogenerate.rules import Rules
from migrate_core.autogenerate.snapshot import Reader

__all__ = [
    "Answers",
    "Comparators",
    "Directives",
    "Dispatch",
    "DispatchPriority",
    "PriorityDispatchResult",
    "PriorityDispatcher",
    "Question",
    "Reader",
    "RenameQuestion",
    "RequiredQuestion",
    "Rewriter",
    "Rules",
    "Snapshot",
    "TableKey",
    "diff",
    "left_out",
    "same_type",
    "shown",
    "to_ask",
    "trimmed",
    "unalterable",
    "unanswered",
    "with_casts",
    "with_distinct_names",
    "without",
]
