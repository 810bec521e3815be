"""A revision is given another parent: one literal in its file, and no other byte.

::

    a <- b            a <- b <- c          rebase(history, "c", "b")
      <- c

    bytes -> text -> syntax tree -> where the value of down_revision stands
                                      |
          the history with the new parent holds? -> the bytes around it, kept -> the file, replaced
"""

from __future__ import annotations

import ast
import re
import shutil
import tokenize
import uuid
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from migrate_core.errors import CannotRebase, DirectoryNotWritable
from migrate_core.scripts import header, loader
from migrate_core.scripts.directory import History
from migrate_core.scripts.header import Header

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Rebased:
    """A revision with another parent.

    :param before: its parents as they were, as ``after`` where nothing had to be done.
    """

    path: Path
    revision: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def rebase(history: History, revision: str, onto: str) -> Rebased:
    """Write another ``down_revision`` into the file of a revision.

    :param revision: a full id.
    :param onto: the full id of its new parent.
    :raises CannotRebase: it is a merge, or ``onto`` is built upon it, or the file computes its
        identifiers. Nothing was written.
    :raises RevisionError: the history would not hold together.
    :raises DirectoryNotWritable: with the reason.
    """
    known = history.headers[revision]
    before = known.revision.down
    if before == (onto,):
        return Rebased(known.path, revision, before, before)
    _require_possible(history, known, onto)
    data = loader.content(known.path)
    rewritten = _rewritten(known, data, onto)
    expected = known.revision._replace(down=(onto,))
    if header.parse(loader.decoded(rewritten, known.path), known.path).revision != expected:
        raise _refused(known, "its file says something else than the history that was read")
    History.of(
        each._replace(revision=expected) if each is known else each
        for each in history.headers.values()
    )
    _replace(known.path, data, rewritten)
    return Rebased(known.path, revision, before, (onto,))


def _require_possible(history: History, known: Header, onto: str) -> None:
    revision = known.revision
    if onto == revision.id:
        raise _refused(known, "it cannot follow itself")
    if len(revision.down) > 1:
        raise _refused(
            known,
            f"it joins {' and '.join(revision.down)}, and would lose all but one of them",
            "Delete the file and merge again: flask db merge heads -m 'merge'",
        )
    if known.computed:
        raise _computed(known, onto)
    if onto in history.graph.descendants([revision.id]):
        raise _refused(known, f"{onto} is built upon it")


def _refused(
    known: Header, reason: str, next_step: str = "Name another revision: flask db history"
) -> CannotRebase:
    return CannotRebase(known.revision.id, known.file, reason, next_step)


def _computed(known: Header, onto: str) -> CannotRebase:
    return _refused(
        known,
        "the file computes its identifiers",
        f"Edit it by hand: make its down_revision {onto!r}.",
    )


# -- the bytes -------------------------------------------------------------------------------------


def _rewritten(known: Header, data: bytes, onto: str) -> bytes:
    """``data`` with another value of ``down_revision``."""
    text = loader.decoded(data, known.path)
    value = (header.assigned(header.syntax(text, known.path)) or {}).get("down_revision")
    if value is None:
        raise _computed(known, onto)
    start, end = _span(text, value)
    literal = _spelled(text[start:end], onto)
    encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    first, last = (len(text[:place].encode(encoding)) for place in (start, end))
    # The byte order mark is counted in both places, and the literal has none.
    rewritten = data[:first] + literal.encode(encoding.removesuffix("-sig")) + data[last:]
    if loader.decoded(rewritten, known.path) != text[:start] + literal + text[end:]:
        raise _refused(
            known,
            f"its encoding {encoding} does not let one place be changed alone",
            f"Edit it by hand: make its down_revision {onto!r}.",
        )
    return rewritten


def _spelled(old: str, onto: str) -> str:
    """``onto`` as a literal, in the quotes that the old one had."""
    return f'"{onto}"' if '"' in old else repr(onto)


def _span(text: str, value: ast.expr) -> tuple[int, int]:
    """Where the expression stands in the text, in characters."""
    starts = [line.start() for line in _LINE.finditer(text)]

    def place(line: int, column: int) -> int:
        # The tree counts columns in bytes of UTF-8, whatever the file's encoding.
        start = starts[line - 1]
        return start + len(text[start:].split("\n", 1)[0].encode()[:column].decode())

    assert value.end_lineno is not None
    assert value.end_col_offset is not None
    return (
        place(value.lineno, value.col_offset),
        place(value.end_lineno, value.end_col_offset),
    )


# -- the file --------------------------------------------------------------------------------------


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """Put a whole new file in the place of the one that was read, with the same permissions."""
    target = path.resolve()  # a link stays a link
    temporary = target.with_name(f".#{uuid.uuid4().hex}")
    try:
        try:
            temporary.write_bytes(new)
            shutil.copymode(target, temporary)
            if target.read_bytes() != old:
                raise DirectoryNotWritable(str(path.parent), f"{path} changed meanwhile")
            temporary.replace(target)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DirectoryNotWritable(str(path.parent), error.strerror or str(error)) from error
