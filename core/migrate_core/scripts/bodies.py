"""The byte code of migration files, kept for commands that run a whole history again.

::

    Bodies.below(root)  -> what an earlier command compiled; empty where nothing can be believed
      .code(path)          byte code from there, or from the compiler
      .save()              if anything was compiled: a new cache file in place of the old

    <root>/__pycache__/bodies.<python>.marshal
      migrate_core bodies 1 <digest of the rest>
      {path: (digest of the source, byte code)}

Each source is read, and its byte code believed for these very bytes only: the migration that runs
is the one on the disk. Compiled files beside the sources would be taken for migrations where
sourceless ones count.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
from pathlib import Path
from types import CodeType

from migrate_core.scripts import loader
from migrate_core.scripts.files import COMPILED
from migrate_core.scripts.index import FEW, read_cache, write_cache

FORMAT = b"migrate_core bodies 1 " + importlib.util.MAGIC_NUMBER.hex().encode()
"""Begins the cache; a number for each way in which it is written, and what Python it is for."""


class Bodies:
    """The byte code of one project's migrations, as far as it is known.

    :param cache: the file it is kept in; what is in it is empty where it can't be believed.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        payload = read_cache(cache, FORMAT)
        self._known: dict[str, tuple[bytes, bytes]] = marshal.loads(payload) if payload else {}
        self._seen: dict[str, tuple[bytes, bytes]] = {}
        self._fresh = False

    @classmethod
    def below(cls, root: Path) -> Bodies:
        """The byte code of the project at ``root``."""
        derived = Path(importlib.util.cache_from_source(str(root / "bodies.py")))
        return cls(derived.with_suffix(".marshal"))

    def code(self, path: Path) -> CodeType:
        """The byte code of a migration file.

        :raises InvalidScript: see :func:`~migrate_core.scripts.loader.code`.
        """
        if path.suffix in COMPILED:
            return loader.code(path)
        file = str(path)
        data = loader.content(file)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        known = self._known.get(file)
        if known is not None and known[0] == digest:
            self._seen[file] = known
            code: CodeType = marshal.loads(known[1])
            return code
        code = loader.compiled(loader.decoded(data, path), path)
        self._seen[file] = digest, marshal.dumps(code)
        self._fresh = True
        return code

    def save(self) -> None:
        """Keep what was compiled for the next command; where that can't be, do without."""
        if self._fresh and len(self._seen) >= FEW:
            there = {file: kept for file, kept in self._known.items() if Path(file).exists()}
            write_cache(self._cache, FORMAT, marshal.dumps(there | self._seen))
