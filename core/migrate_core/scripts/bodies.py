"""Prepared migration files, kept for commands that run a whole history again.

::

    Bodies.below(root)  -> what an earlier command prepared; empty where nothing can be believed
      .prepared(file)      from there, or by the compiler
      .save()              if anything was compiled: a new cache file in place of the old

    <root>/__pycache__/bodies.<python>.marshal
      migrate_core bodies 2 <digest of the rest>
      {path: (digest of the source, byte code, fingerprint)}

Each source is read, and what is kept of it believed for these very bytes only: the migration that
runs is the one on the disk. Compiled files beside the sources would be taken for migrations where
sourceless ones count.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
from pathlib import Path

from migrate_core.scripts import loader
from migrate_core.scripts.files import COMPILED
from migrate_core.scripts.index import FEW, read_cache, write_cache
from migrate_core.scripts.prepared import Prepared, prepare

FORMAT = b"migrate_core bodies 2 " + importlib.util.MAGIC_NUMBER.hex().encode()
"""Begins the cache; a number for each way in which it is written, and what Python it is for."""

Kept = tuple[bytes, bytes, "str | None"]
"""The digest of a source, its byte code, and its fingerprint."""


class Bodies:
    """One project's migrations, as far as they are prepared.

    :param cache: the file they are kept in, which counts as empty where it can't be believed; None
        to keep them for one run.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        payload = b"" if cache is None else read_cache(cache, FORMAT)
        self._known: dict[str, Kept] = marshal.loads(payload) if payload else {}
        self._seen: dict[str, Kept] = {}
        self._fresh = False

    @classmethod
    def below(cls, root: Path | None) -> Bodies:
        """Those of the project at ``root``."""
        if root is None:
            return cls(None)
        derived = Path(importlib.util.cache_from_source(str(root / "bodies.py")))
        return cls(derived.with_suffix(".marshal"))

    def prepared(self, file: str) -> Prepared:
        """A migration file, ready to run.

        :raises InvalidScript: it can't be read, or is not Python.
        """
        data = loader.content(file)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        known = self._known.get(file)
        if known is not None and known[0] == digest:
            self._seen[file] = known
            return Prepared(file, known[1], known[2])
        made = prepare(data, file)
        if not file.endswith(COMPILED):
            self._seen[file] = digest, made.code, made.fingerprint
            self._fresh = True
        return made

    def save(self) -> None:
        """Keep what was compiled for the next command; where that can't be, do without."""
        if self._cache is not None and self._fresh and len(self._seen) >= FEW:
            there = {file: kept for file, kept in self._known.items() if Path(file).exists()}
            write_cache(self._cache, FORMAT, marshal.dumps(there | self._seen))
