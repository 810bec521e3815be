"""``alembic.util.langhelpers``."""

from migrate_core.api.proxy import ModuleClsProxy
from migrate_core.api.util import (
    asbool,
    dedupe_tuple,
    immutabledict,
    memoized_property,
    not_none,
    rev_id,
    to_list,
    to_tuple,
    unique_list,
)
from migrate_core.autogenerate import DispatchPriority, PriorityDispatcher, PriorityDispatchResult
from migrate_core.render import Dispatcher

__all__ = [
    "DispatchPriority",
    "Dispatcher",
    "ModuleClsProxy",
    "PriorityDispatchResult",
    "PriorityDispatcher",
    "asbool",
    "dedupe_tuple",
    "immutabledict",
    "memoized_property",
    "not_none",
    "rev_id",
    "to_list",
    "to_tuple",
    "unique_list",
]
