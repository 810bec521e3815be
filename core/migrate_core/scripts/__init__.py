"""Migration files: found, read without running them, run, and written. No SQLAlchemy in here.

::

    files --------------------------------+
    loader --> plain --> header --> index --> directory --> writer --> a file, whole or not at all
    loader --> prepared --> bodies    files ready to run, those of a whole history kept
    names, template, hooks -----------------------------------^
                                                 directory --> rebase, fork

What reads a history is imported with this package; what writes or runs files, when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from migrate_core.scripts.directory import Directory, History
from migrate_core.scripts.header import Header

if TYPE_CHECKING:
    from migrate_core.scripts.bodies import Bodies
    from migrate_core.scripts.fork import Fork, multiple_heads
    from migrate_core.scripts.loader import body, load
    from migrate_core.scripts.names import new_id, now
    from migrate_core.scripts.prepared import Prepared
    from migrate_core.scripts.rebase import Rebased
    from migrate_core.scripts.template import NewScript
    from migrate_core.scripts.writer import write

__all__ = [
    "Bodies",
    "Directory",
    "Fork",
    "Header",
    "History",
    "NewScript",
    "Prepared",
    "Rebased",
    "body",
    "load",
    "multiple_heads",
    "new_id",
    "now",
    "write",
]

_PLACES = {
    "Bodies": "bodies",
    "Fork": "fork",
    "multiple_heads": "fork",
    "body": "loader",
    "load": "loader",
    "new_id": "names",
    "now": "names",
    "Prepared": "prepared",
    "Rebased": "rebase",
    "NewScript": "template",
    "write": "writer",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
