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

from typing import TYPE_CHECKING

from migrate_core import lazy
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

__getattr__ = lazy.names(
    __name__,
    {
        "bodies": ["Bodies"],
        "fork": ["Fork", "multiple_heads"],
        "loader": ["body", "load"],
        "names": ["new_id", "now"],
        "prepared": ["Prepared"],
        "rebase": ["Rebased"],
        "template": ["NewScript"],
        "writer": ["write"],
    },
)
