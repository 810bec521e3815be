"""Expressions without the parentheses that a server puts around all of it."""

from __future__ import annotations

import re

_QUOTED_OR_PARENTHESIS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[()]""")


def unwrapped(expression: str) -> str:
    """``expression`` without the pair of parentheses around it, if one encloses all of it.

    One with a backslash stays as it is: whether that escapes a quote depends on the server.
    """
    if "\\" in expression:
        return expression
    while expression.startswith("(") and _closes_at(expression) == len(expression):
        expression = expression[1:-1].strip()
    return expression


def _closes_at(expression: str) -> int:
    """Where the first parenthesis is closed: the offset behind it."""
    depth = 0
    for match in _QUOTED_OR_PARENTHESIS.finditer(expression):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end()
    return -1
