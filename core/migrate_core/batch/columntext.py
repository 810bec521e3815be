"""A MySQL or MariaDB column as its server writes it, in parts that are exchanged one by one.

::

    varchar(20)  CHARACTER SET utf8mb4  COLLATE utf8mb4_bin  NOT NULL  DEFAULT 'a'  COMMENT 'b'
    type         part                   part                 part      part         part

What nobody asks to change stays as text (MySQL manual, "CREATE TABLE"; MariaDB documentation,
"CREATE TABLE", "Column Definitions"): ON UPDATE, INVISIBLE, CHECK, versioned comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"""'(?:[^'\\]|''|\\.)*' | `(?:[^`]|``)*` | "(?:[^"\\]|""|\\.)*" | [()] | \w+ | .""",
    re.DOTALL | re.VERBOSE,
)
_PART = re.compile(
    r"CHARACTER\ SET|COLLATE|GENERATED\ ALWAYS|NOT\ NULL|NULL|DEFAULT(?:\ NULL\b)?|ON\ UPDATE"
    r"|AUTO_INCREMENT|COMMENT|CHECK|INVISIBLE|COLUMN_FORMAT|STORAGE|/\*!.*?\*/",
    re.VERBOSE,
)
_EXPRESSIONS = ("GENERATED", "CHECK", "DEFAULT")
_OF_THE_TYPE = ("CHARACTER SET", "COLLATE")


@dataclass(frozen=True, slots=True)
class ColumnText:
    """The parts, the type first; each but that begins with its keyword."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> ColumnText:
        """The text behind a column's name."""
        starts = [0, *_starts(text), len(text)]
        return cls(tuple(text[a:b].strip() for a, b in pairwise(starts) if a < b))

    def __str__(self) -> str:
        """The text; MariaDB takes a CHECK at the end only."""
        return " ".join(sorted(self.parts, key=lambda part: part.startswith("CHECK")))

    @property
    def generated(self) -> bool:
        """Whether the column is computed."""
        return any(part.startswith("GENERATED") for part in self.parts)

    def typed(self, type_: str) -> ColumnText:
        """Another type, with the character set and collation that it says itself."""
        return ColumnText((type_, *self._without(*_OF_THE_TYPE)[1:]))

    def having(self, keyword: str, part: str | None) -> ColumnText:
        """``part`` in the place of what begins with ``keyword``, nothing for None."""
        kept = self._without(keyword)
        return ColumnText(kept if part is None else (*kept, part))

    def nullable(self, nullable: bool) -> ColumnText:
        """NULL or NOT NULL said; no DEFAULT NULL where there can be none."""
        kept = ColumnText(self._without("NULL", "NOT NULL"))
        if nullable:
            return kept.having("NULL", "NULL")
        return ColumnText((*(p for p in kept.parts if p != "DEFAULT NULL"), "NOT NULL"))

    def renamed(self, old: str, new: str) -> ColumnText:
        """What is computed or checked speaks of a column's new name; both names are quoted."""
        return ColumnText(
            tuple(
                "".join(new if token == old else token for token in _TOKEN.findall(part))
                if part.startswith(_EXPRESSIONS)
                else part
                for part in self.parts
            )
        )

    def _without(self, *keywords: str) -> tuple[str, ...]:
        return tuple(
            part
            for place, part in enumerate(self.parts)
            if place == 0 or not part.startswith(keywords)
        )


def _starts(text: str) -> Iterator[int]:
    """Where the parts behind the type begin: keywords outside of quotes and parentheses."""
    depth, at = 0, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None  # the last alternative takes any character
        part = _PART.match(text, at) if depth == 0 and (at == 0 or text[at - 1] in " )") else None
        if part is not None and at > 0:
            yield at
            at = part.end()
            continue
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        at = token.end()
