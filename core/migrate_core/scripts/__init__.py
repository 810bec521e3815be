"""Migration files: found, read without running them, run, and written. No SQLAlchemy in here.

::

    files --------------------------------+
    loader --> plain --> header --> index --> directory --> writer --> a file, whole or not at all
    names, template ------------------------------------------^
"""

from migrate_core.scripts.directory import Directory, History
from migrate_core.scripts.header import Header
from migrate_core.scripts.loader import body, load
from migrate_core.scripts.names import new_id, now
from migrate_core.scripts.template import NewScript
from migrate_core.scripts.writer import write

__all__ = [
    "Directory",
    "Header",
    "History",
    "NewScript",
    "body",
    "load",
    "new_id",
    "now",
    "write",
]
