"""What a new migration is called: its identifier, its file, the time it is made.

::

    new_id()  now()                          the two edges: chance and the clock
    check_id(id)  check_label(label)         raise where the name could not be used
    fault(name)                              why a target could not say the name, or None
    slug(message)  file_name(template, ...)  text for a file system
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from migrate_core.errors import ConfigurationError, InvalidLabel, InvalidRevisionId

MAX_ID = 32
"""Characters in the ``version_num`` column of the version table, a VARCHAR(32)."""

_RESERVED = frozenset({"head", "heads", "base", "current"})
_OPERATORS = frozenset("@-+:")  # what a target is put together with: shop@head-2, a:b
_DEFAULT_SLUG_LENGTH = 40


def new_id() -> str:
    """Twelve hexadecimal digits that no other migration has."""
    return uuid.uuid4().hex[-12:]


def now(zone: str | None = None) -> datetime:
    """The time.

    :param zone: a name such as ``Europe/Berlin``, in any case ``UTC``, whose offset it then has;
        None for the local time, which has none, as documented.
    :raises ConfigurationError: there is no such zone.
    """
    return datetime.now() if zone is None else datetime.now(_zone(zone))


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    for spelled in (name, name.upper()):
        # A folder of zones ("Europe") is found as a file that can't be read.
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(spelled)
    raise ConfigurationError(
        f"Can't locate timezone: {name}.",
        "Name one of the IANA database, such as Europe/Berlin or UTC "
        "(where the system has none: pip install tzdata).",
    )


def fault(name: str) -> str | None:
    """Why no target such as ``shop@head-2`` could mean ``name``; None where one can."""
    if not name:
        return "it is empty"
    if operators := _OPERATORS.intersection(name):
        return (
            f"{_listed(operators)} {'have' if len(operators) > 1 else 'has'} a meaning in targets"
        )
    if name in _RESERVED:
        return "that word means a place in the history"
    return None


def check_id(revision: str, longest: int = MAX_ID) -> None:
    """Let an identifier for a new file pass.

    :param longest: the most characters that it may have.
    :raises InvalidRevisionId: it could not be named, or stored, or be part of a file name.
    """
    if reason := fault(revision) or _unwritable(revision):
        raise InvalidRevisionId(revision, reason)
    if len(revision) > longest:
        raise InvalidRevisionId(
            revision, f"it has {len(revision)} characters, and the version table holds {MAX_ID}"
        )


def check_label(label: str) -> None:
    """Let a branch label for a new file pass.

    :raises InvalidLabel: it could not be named in a target.
    """
    if reason := fault(label) or _unwritable(label):
        raise InvalidLabel(label, reason)


def slug(message: str, length: int = _DEFAULT_SLUG_LENGTH) -> str:
    """``message`` as part of a file name: its words in lower case, joined by ``_``.

    :param length: longest answer in characters before words are left out, 0 for 40. Where some
        are, the answer ends with ``_``.
    """
    limit = length or _DEFAULT_SLUG_LENGTH
    words = "_".join(re.findall(r"\w+", message)).lower()
    if len(words) <= limit:
        return words
    kept = words[:limit]
    if words[limit] != "_":
        kept = kept.rpartition("_")[0] or kept
    return f"{kept}_"


def file_name(template: str, revision: str, message: str, created: datetime, length: int) -> str:
    """The path of a new file below its location, ``.py`` included.

    :param template: as documented for ``file_template``: ``%``-formatting with the tokens
        rev, slug (text), epoch, year, month, day, hour, minute, second (numbers).
    :param length: longest slug, see :func:`slug`.
    :raises ConfigurationError: the template has another token, or is no format, or leads elsewhere.
    """
    tokens = {
        "rev": revision,
        "slug": slug(message, length),
        "epoch": int(created.timestamp()),
        "year": created.year,
        "month": created.month,
        "day": created.day,
        "hour": created.hour,
        "minute": created.minute,
        "second": created.second,
    }
    try:
        name = template % tokens
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"file_template {template!r} cannot be filled in: {error}.",
            "Use the tokens " + ", ".join(f"%({token})s" for token in tokens) + ".",
        ) from error
    if "\\" in name or not {"..", "/", "__pycache__"}.isdisjoint(PurePosixPath(name).parts):
        raise ConfigurationError(
            f"file_template {template!r} leads out of the version location.",
            "Give a path below it, with / between the folders.",
        )
    return f"{name}.py"


def _unwritable(name: str) -> str | None:
    others = set(re.findall(r"[^\w.]", name))
    return f"it contains {_listed(others)}" if others else None


def _listed(characters: set[str] | frozenset[str]) -> str:
    return " ".join(repr(character) for character in sorted(characters))
