"""What the text of a CREATE statement says and no pragma tells: names of constraints, CHECKs, keys.

::

    CREATE TABLE name ( definition, definition, ... ) tail
    └──── head ─────┘   └───────── body ──────────┘   WITHOUT ROWID, STRICT
    CREATE INDEX n ON t ( element, element, ... ) tail
                                                  WHERE condition

SQLite keeps the text as it was given and has checked it, so a reader of its grammar
(https://www.sqlite.org/lang_createtable.html) needs no error handling. Texts are cut out of it
unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from migrate_core.schema.rows import CheckRow, ComputedRow, ForeignKeyRow, KeyRow

_TOKEN = re.compile(
    r"""(?:\s+|--[^\n]*|/\*.*?(?:\*/|\Z))*
        (?: ([\w$\x80-\U0010ffff]+)
          | ("(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] | '(?:[^']|'')*')
          | (.) )""",
    re.VERBOSE | re.DOTALL,
)


class Piece(NamedTuple):
    """A token, or a group in parentheses as one piece.

    :param key: a bare word in upper case, "(" for a group, else the empty string.
    """

    key: str
    text: str
    start: int
    end: int


class Outline(NamedTuple):
    """A statement cut at its first parentheses, which are cut at their commas."""

    head: list[Piece]
    body: list[list[Piece]]
    tail: list[Piece]


def outline(sql: str) -> Outline:
    """The statement's pieces; groups inside the body stay whole."""
    found = Outline([], [[]], [])
    depth = opened = 0
    into = found.head
    for match in _TOKEN.finditer(sql):
        word, quoted, mark = match.groups()
        if mark is None:
            if depth <= 1:
                key, text = ("", quoted) if word is None else (word.upper(), word)
                into.append(Piece(key, text, match.end() - len(text), match.end()))
        elif mark == "(":
            depth += 1
            if depth == 1 and into is found.head:
                into = found.body[0]
            elif depth == 2:
                opened = match.end() - 1
        elif mark == ")":
            depth -= 1
            if depth == 0:
                into = found.tail
            elif depth == 1:
                into.append(Piece("(", sql[opened : match.end()], opened, match.end()))
        elif mark == "," and depth == 1 and into is not found.tail:
            into = []
            found.body.append(into)
        elif depth <= 1:
            into.append(Piece("", mark, match.end() - 1, match.end()))
    return found


def unquoted(text: str) -> str:
    """An identifier without its quotes, of any of SQLite's four kinds."""
    if text[0] == "[":
        return text[1:-1]
    if text[0] in "\"`'":
        return text[1:-1].replace(text[0] * 2, text[0])
    return text


# -- tables ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class ColumnText:
    """What a column's definition adds to what the pragma tells."""

    collation: str | None = None
    computed: ComputedRow | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class TableText:
    """What a table's text adds. Names of columns are spelled as each clause spells them."""

    columns: dict[str, ColumnText] = field(default_factory=dict)
    primary_key: KeyRow | None = None
    uniques: list[KeyRow] = field(default_factory=list)
    checks: list[CheckRow] = field(default_factory=list)
    foreign_keys: list[ForeignKeyRow] = field(default_factory=list)
    autoincrement: bool = False
    with_rowid: bool = True
    strict: bool = False


# Without one of these words a column's definition says nothing that the pragma does not tell.
_TELLING = frozenset(
    (
        "AS",
        "CHECK",
        "COLLATE",
        "CONFLICT",
        "CONSTRAINT",
        "FOREIGN",
        "PRIMARY",
        "REFERENCES",
        "UNIQUE",
    )
)
# A plain statement: no quotes, comments or parentheses within a definition, but for arguments.
_PLAIN = re.compile(
    r"[^'\"`\[(]*"
    r"\((?P<body>[^'\"`\[()/-]*(?:\([\w ,]*\)[^'\"`\[()/-]*)*)\)"
    r"(?P<tail>[\w\s,]*)"
)
_USUAL = re.compile(
    r"\s*(?:CONSTRAINT (\w+) )?(?:(PRIMARY KEY|UNIQUE) \(([\w, ]+)\)"
    r"|FOREIGN KEY ?\(([\w, ]+)\) REFERENCES (\w+) \(([\w, ]+)\))\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r",(?![^(]*\))")


def table_text(sql: str) -> TableText:
    """What the text of a CREATE TABLE says."""
    found = TableText()
    cut = _telling_parts(sql, found)
    for pieces in filter(None, cut.body):
        clause = _Clause(pieces)
        if clause.key in {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}:
            _table_constraints(clause, found)
        else:
            _column(clause, found)
    words = [piece.key for piece in cut.tail]
    found.with_rowid = "WITHOUT" not in words
    found.strict = "STRICT" in words
    return found


def _telling_parts(sql: str, found: TableText) -> Outline:
    """The outline, without what is quickly read: the usual way of writing definitions."""
    plain = _PLAIN.fullmatch(sql)
    if plain is None:
        return outline(sql)
    told = [
        part
        for part in _COMMA.split(plain["body"])
        if not _TELLING.isdisjoint(part.upper().replace("(", " (").split())
        and not _read_usual(part, found)
    ]
    tail = [Piece(word, word, 0, 0) for word in plain["tail"].upper().replace(",", " ").split()]
    return outline(f"({','.join(told)}){plain['tail']}") if told else Outline([], [], tail)


def _read_usual(definition: str, found: TableText) -> bool:
    """Put a constraint that is written in the usual way into ``found``."""
    match = _USUAL.fullmatch(definition)
    if match is None:
        return False
    name, kind, columns, local, referred, remote = match.groups()
    if kind is None:
        found.foreign_keys.append(
            ForeignKeyRow(name, _listed(local), None, referred, _listed(remote))
        )
    elif kind[0] in "Pp":
        found.primary_key = KeyRow(name, _listed(columns))
    else:
        found.uniques.append(KeyRow(name, _listed(columns)))
    return True


def _listed(columns: str) -> tuple[str, ...]:
    return tuple(column.strip() for column in columns.split(","))


class _Clause:
    """A position in the pieces of one definition."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._at = 0

    @property
    def key(self) -> str | None:
        """The key of the piece at hand, None behind the last one."""
        return self._pieces[self._at].key if self._at < len(self._pieces) else None

    def take(self) -> str:
        """The text of the piece at hand, which is then behind."""
        piece = self._pieces[self._at]
        self._at += 1
        return piece.text

    def took(self, *keys: str) -> bool:
        """Whether these keys come next; if so they are behind."""
        at = self._at
        if tuple(piece.key for piece in self._pieces[at : at + len(keys)]) != keys:
            return False
        self._at += len(keys)
        return True

    def name(self) -> str:
        return unquoted(self.take())

    def inside(self) -> str:
        """The text between the parentheses at hand."""
        return self.take()[1:-1].strip()

    def names(self) -> tuple[str, ...]:
        """The columns in the parentheses at hand, without collation and order."""
        return tuple(unquoted(element[0].text) for element in outline(self.take()).body)

    def conflict(self) -> dict[str, Any]:
        """The ON CONFLICT clause, if it comes next, as SQLAlchemy's option."""
        return {"sqlite_on_conflict": self.take().upper()} if self.took("ON", "CONFLICT") else {}


def _table_constraints(clause: _Clause, found: TableText) -> None:
    name: str | None = None
    while clause.key is not None:
        if clause.took("CONSTRAINT"):
            name = clause.name()
            continue
        if clause.took("PRIMARY", "KEY"):
            columns = clause.names()
            found.primary_key = KeyRow(name, columns, options=clause.conflict())
        elif clause.took("UNIQUE"):
            columns = clause.names()
            found.uniques.append(KeyRow(name, columns, options=clause.conflict()))
        elif clause.took("CHECK"):
            found.checks.append(CheckRow(name, clause.inside()))
            clause.conflict()
        elif clause.took("FOREIGN", "KEY"):
            columns = clause.names()
            clause.took("REFERENCES")
            found.foreign_keys.append(_references(clause, name, columns))
        else:
            clause.take()
        name = None


def _column(clause: _Clause, found: TableText) -> None:
    column = clause.name()
    text = found.columns[column.lower()] = ColumnText()
    name: str | None = None
    while (key := clause.key) is not None:
        clause.take()
        match key:
            case "CONSTRAINT":
                name = clause.name()
                continue
            case "PRIMARY":
                clause.took("KEY")
                _ = clause.took("ASC") or clause.took("DESC")
                found.primary_key = KeyRow(name, (column,), options=clause.conflict())
                found.autoincrement = clause.took("AUTOINCREMENT")
            case "NOT":
                clause.took("NULL")
                text.options = {
                    f"{option}_not_null": value for option, value in clause.conflict().items()
                }
            case "UNIQUE":
                found.uniques.append(KeyRow(name, (column,), options=clause.conflict()))
            case "CHECK":
                found.checks.append(CheckRow(name, clause.inside()))
            case "COLLATE":
                text.collation = clause.name()
            case "REFERENCES":
                found.foreign_keys.append(_references(clause, name, (column,)))
            case "AS":
                text.computed = ComputedRow(clause.inside(), clause.took("STORED"))
            case "DEFAULT":
                clause.take()
            case _:
                continue
        name = None


def _references(clause: _Clause, name: str | None, columns: tuple[str, ...]) -> ForeignKeyRow:
    """The rest of a foreign key, from the name of the table it refers to."""
    table = clause.name()
    referred = clause.names() if clause.key == "(" else ()
    actions: dict[str, Any] = {}
    timing: Mapping[str, Any] = {}
    while True:
        if clause.took("ON", "DELETE"):
            actions["ondelete"] = _action(clause)
        elif clause.took("ON", "UPDATE"):
            actions["onupdate"] = _action(clause)
        elif clause.took("MATCH"):
            actions["match"] = clause.take().upper()
        elif clause.took("NOT", "DEFERRABLE"):
            _initially(clause)
        elif clause.took("DEFERRABLE"):
            timing = {"deferrable": True, "initially": _initially(clause)}
        else:
            break
    said = {key: value for key, value in actions.items() if value not in {"NO ACTION", "SIMPLE"}}
    return ForeignKeyRow(name, columns, None, table, referred, **said, **timing)


def _action(clause: _Clause) -> str:
    first = clause.take().upper()
    return f"{first} {clause.take().upper()}" if first in {"SET", "NO"} else first


def _initially(clause: _Clause) -> str | None:
    return clause.take().upper() if clause.took("INITIALLY") else None
