"""What is told by the text of a statement, where no operation says it.

Only plain spellings are recognised; what is put together inside the database is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate_core.hazards.marks import Ground, Kind, Mark, Table

_NAME = r"((?:[\w$.]|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])+)"
_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
_ROUTINE = re.compile(
    r"CREATE\b[^;(]*\b(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b", re.IGNORECASE
)
_NOISE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CREATES = re.compile(
    rf"CREATE\s+(?:(?:TEMPORARY|TEMP|UNLOGGED)\s+)*TABLE\s+(?!IF\s+NOT\s+EXISTS\b){_NAME}", re.I
)

_Rule = tuple[re.Pattern[str], Kind, str]


def _rules(kind: Kind, *pairs: tuple[str, str]) -> tuple[_Rule, ...]:
    """Patterns that name a table as their first group, and what is said of it."""
    return tuple(
        (re.compile(text.replace("NAME", _NAME).replace(" ", r"\s+"), re.I | re.DOTALL), kind, said)
        for text, said in pairs
    )


_EVERYWHERE = (
    *_rules(
        "destructive",
        (r"DROP TABLE (?:IF EXISTS )?NAME", "drops table {} and its rows"),
        (r"DROP (?:SCHEMA|DATABASE) (?:IF EXISTS )?NAME", "drops {} and all that is in it"),
        (r"ALTER TABLE (?:ONLY )?NAME.*\bDROP COLUMN\b", "drops a column of {} and its values"),
        (r"TRUNCATE (?:TABLE )?(?:ONLY )?NAME", "removes all rows of {}"),
        (r"(?!CREATE\b).*\bDELETE FROM NAME(?!.*\bWHERE\b)", "deletes all rows of {}"),
        (r"(?!CREATE\b).*\bDELETE FROM NAME.*\bWHERE\b", "deletes rows of {}"),
    ),
    *_rules(
        "non-transactional",
        (
            r"(BEGIN|START TRANSACTION|COMMIT|ROLLBACK)"
            r"(?: (?:TRANSACTION|WORK|IMMEDIATE|EXCLUSIVE|DEFERRED))?$",
            "{} begins or ends a transaction by itself: what came before stays if the rest fails",
        ),
    ),
)

_WHOLE_TABLE = (
    r"UPDATE (?:ONLY )?NAME SET\b(?!.*\bWHERE\b)",
    "locks each row of {} until the transaction ends",
)

_POSTGRESQL = _rules(
    "locking",
    (
        r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY\b).*?\bON (?:ONLY )?NAME",
        "writes to {} wait while the index is built",
    ),
    (
        r"DROP INDEX (?!CONCURRENTLY\b)(?:IF EXISTS )?NAME",
        "dropping {} waits for all who use its table, and all others wait behind it",
    ),
    (
        r"ALTER TABLE (?:ONLY )?NAME.*(?:\bSET NOT NULL|\bTYPE\b|\bUNIQUE\b(?! USING)"
        r"|\bPRIMARY KEY\b(?! USING)|\bEXCLUDE\b|\bSET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS))",
        "all who use {} wait while its rows are read or written anew",
    ),
    (
        r"ALTER TABLE (?:ONLY )?NAME.*\bADD\b.*\b(?:CHECK|REFERENCES)\b(?!.*\bNOT VALID)",
        "others wait for {} while all rows are checked",
    ),
    (
        r"ALTER TABLE NAME.*\bDETACH PARTITION\b(?!.*\bCONCURRENTLY)",
        "all who use {} wait behind it",
    ),
    (
        r"(?:REINDEX (?:\([^)]*\) )?\w+|REFRESH MATERIALIZED VIEW|CLUSTER|VACUUM FULL"
        r"|LOCK(?: TABLE)?) (?!CONCURRENTLY\b)(?:ONLY )?NAME",
        "others wait for {} until it is done",
    ),
    _WHOLE_TABLE,
)
_MYSQL = _rules(
    "locking",
    (
        r"ALTER TABLE NAME(?!.*\bALGORITHM\s*=\s*(?:INSTANT|INPLACE|NOCOPY)).*"
        r"\b(?:MODIFY|CHANGE|CONVERT TO|CHECK|REFERENCES|STORED|PERSISTENT|FORCE)\b",
        "writes to {} may have to wait while it is copied",
    ),
    (r"(?:OPTIMIZE TABLE|LOCK TABLES?) NAME", "others wait for {} until it is done"),
    _WHOLE_TABLE,
)

_REFUSED_IN_TRANSACTION = re.compile(
    r"(?:CREATE|DROP|REINDEX)\b.*\bCONCURRENTLY\b|VACUUM\b|(?:CREATE|DROP)\s+DATABASE\b"
    r"|ALTER\s+SYSTEM\b",
    re.I | re.DOTALL,
)


def hazards(text: str, ground: Ground) -> Iterator[Mark]:
    """The marks for a text of one or more statements."""
    rules = _EVERYWHERE + _of_dialect(ground.dialect.name)
    for statement in _statements(text):
        for pattern, kind, said in rules:
            found = pattern.match(statement)
            if found and ground.is_there(*_named(found[1])[::-1]):
                yield Mark(kind, said.format(_plain(found[1])))


def refused_in_transaction(text: str) -> bool:
    """Whether PostgreSQL has to be sent a statement outside of any transaction."""
    return any(_REFUSED_IN_TRANSACTION.match(statement) for statement in _statements(text))


def tables(text: str) -> frozenset[Table]:
    """The tables that a text of statements creates, and does not leave as they are."""
    found = (_CREATES.match(statement) for statement in _statements(text))
    return frozenset(_named(each[1]) for each in found if each)


def changes_schema(text: str) -> bool:
    """Whether one of the statements is DDL."""
    ddl = ("CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME")
    return any(statement.upper().startswith(ddl) for statement in _statements(text))


def _of_dialect(name: str) -> tuple[_Rule, ...]:
    match name:
        case "postgresql":
            return _POSTGRESQL
        case "mysql" | "mariadb":
            return _MYSQL
    return ()


def _statements(text: str) -> list[str]:
    """One by one, without strings and comments; what a routine or a block holds stays in it."""
    bare = _NOISE.sub(lambda noise: "''" if noise[0].startswith("'") else " ", text).strip()
    if _ROUTINE.match(bare):
        return [bare]
    bare = _BODY.sub(lambda body: body[0].replace(";", ","), bare)
    return [part.strip() for part in bare.split(";") if part.strip()]


def _named(name: str) -> Table:
    schema, _, table = _plain(name).rpartition(".")
    return schema or None, table


def _plain(name: str) -> str:
    return re.sub(r'["`\[\]]', "", name)
