"""MySQL's and MariaDB's types and defaults, from the texts of ``information_schema.COLUMNS``.

::

    int(10) unsigned         INTEGER(unsigned=True)      the width is the type's own
    tinyint(1)               TINYINT(display_width=1)    it is not: how BOOL is written
    enum('a','it''s')        ENUM('a', "it's")
    varchar(9)               VARCHAR(9), with the collation where it is not the table's
    longtext, json_valid()   JSON, which MariaDB has under no name of its own
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NULLTYPE, TypeEngine

_TYPE = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>.*)\))?(?P<rest>[^)]*)", re.DOTALL)
_VALUE = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"''|\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}

# Widths that are shown without having been asked for, signed and unsigned.
_OWN_WIDTHS = {
    "tinyint": (4, 3),
    "smallint": (6, 5),
    "mediumint": (9, 8),
    "int": (11, 10),
    "bigint": (20, 20),
}
_NOW = re.compile(r"(?:current_timestamp|now)(?:\(\d*\))?", re.IGNORECASE)


class Types:
    """Types by their text and collation, each made once.

    :param known: SQLAlchemy's types by the server's names.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._made: dict[tuple[str, str | None, str | None], TypeEngine[Any]] = {}

    def __call__(self, text: str, collation: str | None, usual: str | None) -> TypeEngine[Any]:
        """The type that the server writes as ``text``.

        :param usual: the collation that a column of this table has when none was asked for.
        """
        key = (text, collation, usual)
        if key not in self._made:
            self._made[key] = self._make(text, _collated(collation, usual))
        return self._made[key]

    def _make(self, text: str, collated: dict[str, str]) -> TypeEngine[Any]:
        match = _TYPE.fullmatch(text)
        kind = self._known.get(match["name"]) if match else None
        if match is None or kind is None:
            return NULLTYPE
        name, rest = match["name"], match["rest"].split()
        arguments: list[Any] = [
            int(number) for number in re.findall(r"\d+", match["arguments"] or "")
        ]
        keywords: dict[str, Any] = {flag: True for flag in ("unsigned", "zerofill") if flag in rest}
        if name in {"enum", "set"}:
            arguments = [_unescaped(value) for value in _VALUE.findall(match["arguments"] or "")]
            keywords = collated
        elif name in {"datetime", "timestamp", "time"}:
            arguments, keywords = [], {"fsp": arguments[0] if arguments else None}
        elif name in _OWN_WIDTHS or name == "year":
            keywords |= _width(name, arguments, rest)
            arguments = []
        elif issubclass(kind, sa.String):
            keywords = collated
        try:
            made: TypeEngine[Any] = kind(*arguments, **keywords)
        except TypeError:
            return NULLTYPE
        return made


def _collated(collation: str | None, usual: str | None) -> dict[str, str]:
    """Keywords for a collation that is not the table's; a name begins with its character set."""
    if collation is None or collation == usual:
        return {}
    charset = collation.split("_")[0]
    same = usual is not None and usual.split("_")[0] == charset
    return {"collation": collation} if same else {"charset": charset, "collation": collation}


def _width(name: str, arguments: list[int], rest: list[str]) -> dict[str, int]:
    if not arguments or (name == "year" and arguments == [4]):
        return {}
    signed, unsigned = _OWN_WIDTHS.get(name, (0, 0))
    own = unsigned if "unsigned" in rest else signed
    return {} if arguments[0] == own else {"display_width": arguments[0]}


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]) if match[1] else "'", value)


def mariadb_default(text: str | None, extra: str | None) -> str | None:
    """SQL behind DEFAULT. MariaDB (10.2.7 and up) tells it as SQL, and a NULL by that word.

    :param extra: where "on update" stands, if anything does.
    """
    updated = _on_update(extra)
    if text is None or text.upper() == "NULL":
        return f"NULL {updated}" if updated else None
    return f"{text} {updated}".rstrip()


def mysql_default(text: str | None, extra: str | None, type_text: str) -> str | None:
    """SQL behind DEFAULT. MySQL tells literals without quotes, and expressions with theirs escaped.

    An expression other than the current time must stand in parentheses (MySQL manual, "Data Type
    Default Values"); where one is told, ``extra`` says DEFAULT_GENERATED.
    """
    updated = _on_update(extra)
    if text is None:
        return f"NULL {updated}" if updated else None
    if _NOW.fullmatch(text) and type_text.startswith(("datetime", "timestamp")):
        sql = text
    elif extra and "DEFAULT_GENERATED" in extra.upper():
        sql = f"({text})".replace("\\'", "'")
    elif type_text.startswith("bit") and text.startswith("b'"):
        sql = text
    else:
        escaped = text.replace("\\", "\\\\").replace("'", "''")
        sql = f"'{escaped}'"
    return f"{sql} {updated}".rstrip()


def _on_update(extra: str | None) -> str:
    found = re.search(r"on update (\S+)", extra, re.IGNORECASE) if extra else None
    return f"ON UPDATE {found[1]}" if found else ""
