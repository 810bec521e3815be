"""SQLite's SQL as tokens: nothing is lost, so that joining them gives the text again.

====== ==================================================
kind   text
====== ==================================================
space  blanks and line ends
remark ``-- ...`` (without its line end) and ``/* ... */``
word   a keyword or a bare name
quoted ``"name"``, ```name```, ``[name]``
string ``'text'``, ``x'00'``
number ``1``, ``.5e3``, ``0xff``
sign   any other character
====== ==================================================

https://www.sqlite.org/lang_keywords.html, https://www.sqlite.org/lang_comment.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\n\f\r]+)
    | (?P<remark>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>[xX]?'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    | (?P<number>0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL."""

    kind: str
    text: str

    @property
    def blank(self) -> bool:
        """Whether it means nothing to the database."""
        return self.kind in {"space", "remark"}

    @property
    def keyword(self) -> str:
        """In capitals, if it can be a keyword; else empty."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """What it names, quotes removed; empty for what names nothing.

        SQLite takes a string for a name where only a name can stand.
        """
        if self.kind == "word":
            return self.text
        if self.kind in {"quoted", "string"}:
            mark, inner = self.text[-1], self.text[1:-1]
            return inner if mark == "]" else inner.replace(mark * 2, mark)
        return ""


def tokens(sql: str) -> list[Token]:
    """The tokens of ``sql``, in order."""
    return [Token(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(sql)]


def joined(parts: Sequence[Token]) -> str:
    """The text that the tokens came from."""
    return "".join(token.text for token in parts)


def significant(sql: str) -> list[Token]:
    """The tokens of ``sql`` that mean something to the database."""
    return [token for token in tokens(sql) if not token.blank]


def folded(name: str) -> str:
    """``name`` as SQLite compares it: ASCII letters small, all others as they are."""
    return name.encode().lower().decode()


def quoted(name: str) -> str:
    """``name`` in double quotes, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def plain(sql: str) -> str:
    """``sql`` for comparing: no blanks, no outer parentheses, no quotes, small letters."""
    parts = significant(sql)
    while len(parts) > 1 and parts[0].text == "(" and closing(parts, 0) == len(parts) - 1:
        parts = parts[1:-1]
    return " ".join(
        part.text if part.kind == "string" else folded(part.name or part.text) for part in parts
    )


def closing(parts: Sequence[Token], opening: int) -> int:
    """Where the parenthesis at ``opening`` is closed; the end where it is not."""
    for position, depth in depths(parts, opening):
        if depth == 0 and parts[position].text == ")":
            return position
    return len(parts)


def depths(parts: Sequence[Token], start: int = 0) -> Iterator[tuple[int, int]]:
    """Each position from ``start`` with its depth; a parenthesis has that of what is around it."""
    depth = 0
    for position in range(start, len(parts)):
        text = parts[position].text
        if text == ")":
            depth -= 1
        yield position, depth
        if text == "(":
            depth += 1
