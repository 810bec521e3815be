"""Migration files of one run, read and compiled before its first step.

::

    prepare(path) -> Prepared        a file that is not Python is refused here
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

    :param code: its byte code, marshalled.
    :param fingerprint: what it says, in one digest; None of a compiled file.
    """

    path: Path
    code: bytes
    fingerprint: str | None

    def module(self) -> ModuleType:
        """The migration's module.

        :raises InvalidScript: it raises while it is imported.
        """
        return loader.execute(marshal.loads(self.code), self.path)


def prepare(path: Path) -> Prepared:
    """Read and compile a file.

    :raises InvalidScript: it can't be read, or is not Python.
    """
    if path.suffix in COMPILED:
        return Prepared(path, marshal.dumps(loader.code(path)), None)
    tree = header.syntax(loader.source(path), path)
    code = loader.compiled(tree, path)
    return Prepared(path, marshal.dumps(code), fingerprint.of(tree))
