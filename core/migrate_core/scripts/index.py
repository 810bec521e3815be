"""The headers of files that did not change since they were read.

::

    Index.below(root)  -> what an earlier command read; empty where nothing can be believed
      .headers(location, files)    a header from the index, or from the file
      .save()                      if anything changed: a new cache file in place of the old

    <root>/__pycache__/headers.<python>.json
      migrate_core headers 2 <digest of the rest>
      {location: [names, sizes, modified, changed, ids, downs, ...]}

The place is the one that Python keeps derived files in, ignored by version control everywhere and
moved by ``PYTHONPYCACHEPREFIX`` (PEP 3147, ``sys.pycache_prefix``). It may be missing or
read-only: then each command reads the files.

A row is believed for a file of the same location, name, size, and times of modification and change;
the last catches a file that was replaced by one of the same size with its time set back. A file
that changed a moment ago is not indexed: within one tick of the file system's clock it could change
again and keep its stamp. Nor is one that had to be executed to be read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from migrate_core.graph import Revision
from migrate_core.scripts import header
from migrate_core.scripts.files import Stamp
from migrate_core.scripts.header import Header

FORMAT = b"migrate_core headers 2"
"""Begins the cache; a number for each way in which headers are read and written."""

FEW = 32
"""Files: reading fewer takes no time that anybody notices, and leaves no cache behind."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file system gives a change another time (FAT: two seconds)."""

_Ids: TypeAlias = "str | list[str] | None"
_Row: TypeAlias = "tuple[int, int, int, str, _Ids, _Ids, _Ids, str, str | None, bool]"


class Index:
    """The headers of one project, as far as they are known.

    :param cache: the file they are kept in; what is in it is empty where it can't be believed.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._known = _read(cache)
        self._seen: dict[str, dict[str, Header]] = {}
        self._stamps: dict[str, Mapping[str, Stamp | None]] = {}
        self._fresh = False
        self._now = time.time_ns()

    @classmethod
    def below(cls, root: Path) -> Index:
        """The index of the project at ``root``."""
        derived = Path(importlib.util.cache_from_source(str(root / "headers.py")))
        return cls(derived.with_suffix(".json"))

    def headers(self, location: Path, files: Mapping[str, Stamp | None]) -> list[Header]:
        """The headers of files in a location.

        :raises InvalidScript: one can't be read.
        """
        real = os.path.realpath(location)
        known = self._known.get(real, {})
        seen = self._seen.setdefault(real, {})
        self._stamps[real] = files
        folder = f"{location}{os.sep}"
        answer = []
        for name, stamp in files.items():
            row = known.get(name)
            if row is not None and row[:3] == stamp:
                seen[name] = found = _header(folder + name, row)
            else:
                found = header.read(folder + name)
                if stamp and not found.computed and self._now - max(stamp[1:]) > SETTLED:
                    seen[name] = found
                    self._fresh = True
            answer.append(found)
        return answer

    def save(self) -> None:
        """Keep what was read for the next command; where that can't be, do without."""
        count = sum(map(len, self._seen.values()))
        if count < FEW or not (self._fresh or count < sum(map(len, self._known.values()))):
            return
        columns = {
            location: _columns(seen, self._stamps[location])
            for location, seen in self._seen.items()
            if seen
        }
        write_cache(self._cache, FORMAT, json.dumps(columns).encode())


def _header(file: str, row: _Row) -> Header:
    _size, _modified, _changed, id, down, needs, labels, doc, created, views = row
    needed, named = _ids(needs) if needs else (), _ids(labels) if labels else ()
    return Header(file, Revision(id, _ids(down), needed, named, doc), created, False, views)


def _columns(
    seen: Mapping[str, Header], stamps: Mapping[str, Stamp | None]
) -> list[Sequence[object]]:
    """Names, and each field of a row for all of them: few long lists are read faster."""
    kept = [stamp for name in seen if (stamp := stamps[name])]
    headers = list(seen.values())
    revisions = [each.revision for each in headers]
    return [
        list(seen),
        *zip(*kept, strict=True),
        [each.id for each in revisions],
        [_stored(each.down) for each in revisions],
        [_stored(each.depends_on) for each in revisions],
        [_stored(each.labels) for each in revisions],
        [each.doc for each in revisions],
        [each.created for each in headers],
        [each.speaks_of_views for each in headers],
    ]


def _ids(stored: _Ids) -> tuple[str, ...]:
    if stored is None:
        return ()
    return (stored,) if isinstance(stored, str) else tuple(stored)


def _stored(ids: Sequence[str]) -> _Ids:
    if len(ids) > 1:
        return list(ids)
    return ids[0] if ids else None


# -- the cache file --------------------------------------------------------------------------------


def _read(cache: Path) -> dict[str, dict[str, _Row]]:
    """The rows by location and name; none of a file that is not whole, or not from here."""
    payload = read_cache(cache, FORMAT)
    if not payload:
        return {}
    return {
        location: dict(zip(names, zip(*columns, strict=True), strict=True))
        for location, (names, *columns) in json.loads(payload).items()
    }


def read_cache(cache: Path, format: bytes) -> bytes:
    """What was written there; nothing of a file that is not whole, or of another format."""
    try:
        data = cache.read_bytes()
    except OSError:
        return b""
    head, _, payload = data.partition(b"\n")
    return payload if head == _head(format, payload) else b""


def write_cache(cache: Path, format: bytes, payload: bytes) -> None:
    """Put a whole file in the place of the old one; where that can't be, leave it."""
    temporary = cache.with_name(f"{cache.name}.{uuid.uuid4().hex}")
    with suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(_head(format, payload) + b"\n" + payload)
            temporary.replace(cache)
        finally:
            temporary.unlink(missing_ok=True)


def _head(format: bytes, payload: bytes) -> bytes:
    return format + b" " + hashlib.blake2b(payload, digest_size=16).hexdigest().encode()
