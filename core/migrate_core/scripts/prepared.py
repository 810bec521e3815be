"""Migration files, compiled before the first step of the run that they are for.

::

    prepare(data, file) -> Prepared  a file that is not Python is refused here
    prepared.module() -> module      the very file that was looked at, run

A file is parsed once, for its byte code and for its fingerprint. Byte code is kept in the form of
compiled files (``marshal``), a few times smaller than the code itself: a run of thousands of
revisions holds all of it.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from migrate_core.scripts import fingerprint, header, loader
from migrate_core.scripts.files import COMPILED


@dataclass(frozen=True, slots=True)
class Prepared:
    """A migration file that is ready to run.

    :param file: its path, as text: a history has thousands.
    :param code: its byte code, marshalled.
    :param fingerprint: what it says, in one digest; None of a compiled file.
    """

    file: str
    code: bytes
    fingerprint: str | None

    def module(self) -> ModuleType:
        """The migration's module.

        :raises InvalidScript: it raises while it is imported.
        """
        return loader.execute(marshal.loads(self.code), self.file)


def prepare(data: bytes, file: str) -> Prepared:
    """Compile a migration file.

    :param data: what is in it.
    :raises InvalidScript: it is not Python, or byte code that is not for this one.
    """
    path = Path(file)
    if path.suffix in COMPILED:
        return Prepared(file, marshal.dumps(loader.code(path)), None)
    tree = header.syntax(loader.decoded(data, path), path)
    return Prepared(file, marshal.dumps(loader.compiled(tree, path)), fingerprint.of(tree))
