"""How alike two names are, from 0 to 1, as a person who renames things would judge.

=====  =====================================================================
1      the same words: ``fullname`` and ``full_name``, ``qty`` and ``quantity``
.92    but for words that say little: ``active`` and ``is_active``
.88    one name is the other and more: ``email`` and ``email_token``
.4     a word in common and another on each side: ``home_phone``, ``work_phone``
       are siblings far more often than one thing
other  how many letters they share, lowered where that is below .85
=====  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

SAME = 1.0
SAME_BUT_LITTLE = 0.92
EXTENDED = 0.88
SIBLINGS = 0.4
ALIKE = 0.85
UNLIKE = 0.7

_LITTLE = frozenset({"a", "at", "by", "has", "id", "in", "is", "of", "on", "the", "to"})

_SHORT = {
    "addr": "address",
    "amt": "amount",
    "avg": "average",
    "cat": "category",
    "cnt": "count",
    "curr": "current",
    "dept": "department",
    "desc": "description",
    "doc": "document",
    "dst": "destination",
    "img": "image",
    "info": "information",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "max": "maximum",
    "min": "minimum",
    "msg": "message",
    "no": "number",
    "num": "number",
    "org": "organization",
    "pct": "percent",
    "pic": "picture",
    "pos": "position",
    "prev": "previous",
    "pwd": "password",
    "qty": "quantity",
    "ref": "reference",
    "src": "source",
    "tel": "telephone",
    "txt": "text",
    "usr": "user",
    "val": "value",
}


def similarity(one: str, other: str) -> float:
    """How alike two names of tables or columns are; see the module."""
    left, right = _words(one), _words(other)
    if "".join(left) == "".join(right):
        return SAME
    pairs, left, right = _paired(left, right)
    left_over = [word for word in (*left, *right) if word not in _LITTLE]
    if pairs and not left_over:
        return SAME_BUT_LITTLE if left or right else SAME
    if pairs and not (left and right):
        return EXTENDED
    if pairs:
        return SIBLINGS
    ratio = _ratio("".join(left), "".join(right))
    return ratio if ratio >= ALIKE else ratio * UNLIKE


def _words(name: str) -> list[str]:
    """``homePhone2`` to home, phone, 2: a number is a word, so that v1 and v2 are not alike."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [_plain(word) for word in re.findall(r"\d+|[^\W\d_]+", parted.lower())]


def _plain(word: str) -> str:
    """The singular, and the long form of what is often shortened."""
    word = _SHORT.get(word, word)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word


def _paired(left: Sequence[str], right: Sequence[str]) -> tuple[int, list[str], list[str]]:
    """How many words have a partner on the other side, and those that have none."""
    alone, free = [], list(right)
    for word in left:
        partner = next((other for other in free if _same(word, other)), None)
        if partner is None:
            alone.append(word)
        else:
            free.remove(partner)
    return len(left) - len(alone), alone, free


def _same(word: str, other: str) -> bool:
    long = min(len(word), len(other)) >= 5
    return word == other or (long and _ratio(word, other) >= ALIKE)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
