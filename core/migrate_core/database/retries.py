"""Which refusals go away by themselves, and how long to wait before trying again.

==============  =======================================  ==============================
refusal         PostgreSQL, MySQL and MariaDB, SQLite    may be tried again
==============  =======================================  ==============================
a lock is held  55P03; 1205; SQLITE_BUSY, SQLITE_LOCKED  the statement, or what was
                                                         rolled back
a conflict      40P01, 40001; 1213; none                 what was rolled back as a whole
anything else                                            never
==============  =======================================  ==============================

Sources: PostgreSQL's manual, appendix A; MySQL's error reference, and MariaDB's; SQLite's list of
result codes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal

from sqlalchemy.exc import DBAPIError

from migrate_core.settings import Settings

Refusal = Literal["lock", "conflict"]

LONGEST_PAUSE = 30.0
WITHOUT_TIMEOUT = 1.0
"""The first pause, in seconds, where the server's own time-out is left as it is."""

_STATES: dict[object, Refusal] = {"55P03": "lock", "40P01": "conflict", "40001": "conflict"}
_NUMBERS: dict[object, Refusal] = {1205: "lock", 1213: "conflict"}
_BUSY, _LOCKED = 5, 6
_TEXTS = {_BUSY: "is locked", 8: "readonly database", 13: "disk is full"}


def refusal(error: BaseException | None, dialect: str) -> Refusal | None:
    """What kind of refusal an error is; None for one that trying again does not help."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    match dialect:
        case "postgresql":
            return _STATES.get(state(error))
        case "mysql" | "mariadb":
            return _NUMBERS.get(next(iter(error.orig.args), None))
        case "sqlite" if is_busy(error.orig):
            return "lock"
    return None


def state(error: DBAPIError) -> str | None:
    """The SQLSTATE of what PostgreSQL said: psycopg 3 and asyncpg, or psycopg2, have it."""
    found = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return found if isinstance(found, str) else None


def is_busy(error: BaseException) -> bool:
    """Whether another connection has SQLite's lock."""
    return sqlite_code(error) in (_BUSY, _LOCKED)


def sqlite_code(error: BaseException) -> int | None:
    """The primary result code of what SQLite said; before Python 3.11 only its text tells."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF  # above it stand the extended codes
    return next((code for code, text in _TEXTS.items() if text in str(error)), None)


def pauses(settings: Settings) -> Iterator[float]:
    """Seconds between one try and the next: others get at least as long as they were kept."""
    pause = settings.statement_lock_timeout or WITHOUT_TIMEOUT
    for _ in range(settings.statement_lock_tries - 1):
        yield min(pause, LONGEST_PAUSE) * random.uniform(0.5, 1.0)
        pause *= 2
