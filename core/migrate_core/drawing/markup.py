"""Text in XML and HTML: escaped, and as wide as it will be.

Nothing measures a font here. Widths are estimated from above, so that a text stays in its box
whichever font a system has; where it must be exact, the text is monospaced and told its length.
"""

from __future__ import annotations

import re
from html import escape
from importlib import resources
from unicodedata import combining, east_asian_width

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 (section 2.2) does not have, or discourages."""

MONO = 0.62
"""The width of a character of a monospaced font, in font sizes; the usual ones have 0.60."""


def text(value: object) -> str:
    """The value for an element or an attribute."""
    return escape(_CONTROL.sub("\ufffd", str(value)))


def cells(value: str) -> int:
    """How many monospaced characters it is as wide as (Unicode Standard Annex 11)."""
    return sum(
        0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in value
    )


def mono(value: str, size: float) -> float:
    """The width of a monospaced text."""
    return cells(value) * size * MONO


def proportional(value: str, size: float) -> float:
    """The width of a text in a usual sans serif font, at most."""
    return sum(_em(each) for each in value) * size


def _em(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    if character in "iljtfrI.,:;|!'()[] ":
        return 0.38
    return 0.9 if character in "mwMW@%" else 0.7 if character.isupper() else 0.6


def cut(value: str, most: int) -> str:
    """At most so many monospaced characters of it."""
    if cells(value) <= most:
        return value
    kept = 0
    for number, each in enumerate(value):
        kept += cells(each)
        if kept > most - 1:
            return value[:number].rstrip() + "…"
    return value


def asset(name: str) -> str:
    """A style or a script of ours, which goes into the picture itself."""
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")
