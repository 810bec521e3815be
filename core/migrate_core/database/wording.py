"""What a statement does to what is stored, by its first words.

=============  =====================================================  =========================
kind           begins with                                            can it be left out
=============  =====================================================  =========================
``read``       SELECT, SHOW, VALUES, EXPLAIN; WITH that only reads    no: who sent it reads it
``session``    SET, USE, LOCK, SAVEPOINT, ...                         no: it ends with the
                                                                      session
``temporary``  CREATE TEMPORARY TABLE                                 no, for the same reason
``commit``     COMMIT, END                                            no
``data``       INSERT, UPDATE, DELETE, REPLACE, MERGE, ...            where it was done
``other``      all else, DDL above all                                where it was done
=============  =====================================================  =========================
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["read", "session", "temporary", "commit", "data", "other"]

_BEFORE = re.compile(r"(?:\s|\(|;|--[^\n]*\n|#[^\n]*\n|/\*(?!!).*?\*/)*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_INTO = re.compile(r"\bINTO\s+(?!@)", re.IGNORECASE)
_TEMPORARY = re.compile(r"\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP", re.IGNORECASE)

_FIRST: dict[str, Kind] = {
    **dict.fromkeys(("SELECT", "SHOW", "VALUES", "EXPLAIN", "DESCRIBE", "DESC", "TABLE"), "read"),
    **dict.fromkeys(("SET", "RESET", "USE", "LOCK", "UNLOCK", "PRAGMA", "SAVEPOINT"), "session"),
    **dict.fromkeys(("RELEASE", "ROLLBACK", "BEGIN", "START", "DISCARD", "LISTEN"), "session"),
    **dict.fromkeys(("PREPARE", "DEALLOCATE", "DECLARE", "FETCH", "CLOSE", "UNLISTEN"), "session"),
    **dict.fromkeys(("COMMIT", "END"), "commit"),
    **dict.fromkeys(("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "COPY", "LOAD"), "data"),
}


def kind_of(text: str) -> Kind:
    """What the statement does."""
    begins = _BEFORE.match(text)
    found = _WORD.match(text, begins.end() if begins else 0)
    if found is None:
        return "other"
    word = found.group().upper()
    if word == "WITH":
        return "data" if _WRITES.search(text) else "read"
    if word == "CREATE" and _TEMPORARY.match(text, found.end()):
        return "temporary"
    kind = _FIRST.get(word, "other")
    # SELECT ... INTO makes a table or a file, unless it is into a variable.
    return "other" if kind == "read" and _INTO.search(text) else kind
