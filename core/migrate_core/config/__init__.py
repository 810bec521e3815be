"""Configuration files as values: an ini file, ``pyproject.toml``, or both.

::

    read(files, section) -> Configuration
        keys.py      the keys there are, and what each may say
        ini.py       [migrate_core] or [alembic]                      -> Found
        toml.py      [tool.migrate_core] or [tool.alembic]            -> Found
        found.py     what one file says
        reading.py   which files; what the ini says goes before what the toml says, key by key
"""

from migrate_core.config.found import WriteHook
from migrate_core.config.reading import Configuration, found_files, read

__all__ = ["Configuration", "WriteHook", "found_files", "read"]
