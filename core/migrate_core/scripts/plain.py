"""The header of a file that looks as a template writes it, without a syntax tree.

::

    \"\"\"docstring, without a backslash\"\"\"     one pattern for all above the first function:
    import ...                               each line one of these kinds, and no other;
    # comment                                else `read` says None, and the syntax tree
    revision: str = "1f0c"                   is asked instead
    down_revision = None | "a" | ("a", "b")

    def upgrade(): ...                       not looked at, but for the names of identifiers

A syntax tree costs some thirty times as much, and a history is read as a whole. Whatever could
make a difference between the two readings is left to the tree.
"""

from __future__ import annotations

import inspect
import re
import unicodedata

from migrate_core.graph import Revision
from migrate_core.scripts import names

_TEXT = r"""(?:'[\w. ]+'|"[\w. ]+")"""
_VALUE = rf"(None | {_TEXT} | \( {_TEXT} (?: ,\s*{_TEXT} )* ,? \) )"
_IS = r"(?: :[\w\[\], .|]+ )? [ ]*=[ ]*"
_OTHER = r"(?!.*(?:revision|branch_labels|depends_on))"
_HEAD = re.compile(
    rf'''
    (?: [ ]*(?:\#.*)?\n )*
    (?: """ ( [^"\\]* (?: "{{1,2}} [^"\\]+ )* ) """ [ ]*\n )?
    (?: (?: import[ ] {_OTHER} [\w., ]+
        |   from[ ] [\w.]+ [ ]import[ ] {_OTHER} [\w., ]+
        |   revision {_IS} ({_TEXT}) [ ]*
        |   down_revision {_IS} {_VALUE} [ ]*
        |   branch_labels {_IS} {_VALUE} [ ]*
        |   depends_on {_IS} {_VALUE} [ ]*
        |   [ ]*
        ) (?:\#.*)?\n
    )*
    (?= (?: def | async[ ]def | class )[ ] | @ | \Z )
    ''',
    re.VERBOSE | re.ASCII,
)
_STAR = re.compile(r"import[\s\\]*\*")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CREATED = re.compile(r"^Create Date:[ \t]*(\S.*)$", re.MULTILINE)


def read(text: str) -> tuple[Revision, str | None] | None:
    """The revision and what stands after ``Create Date:``; None where that needs a syntax tree."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    head = _HEAD.match(text)
    if head is None or "\r" in text or _may_bind(text[head.end() :]):
        return None
    docstring, id, down, labels, depends_on = head.groups()
    if id is None or down is None or names.fault(id[1:-1]):
        return None
    if docstring and ("\n " in docstring or "\t" in docstring):
        docstring = inspect.cleandoc(docstring)
    doc, created = described(docstring or "")
    return Revision(id[1:-1], _texts(down), _texts(depends_on), _texts(labels), doc), created


def described(docstring: str) -> tuple[str, str | None]:
    """A docstring's first paragraph, and what stands after ``Create Date:``."""
    cleaned = docstring.strip()
    created = _CREATED.search(cleaned)
    return _PARAGRAPH.split(cleaned, maxsplit=1)[0], created[1].rstrip() if created else None


def _may_bind(rest: str) -> bool:
    """Whether the text may give one of the identifiers a value."""
    if not rest.isascii():
        rest = unicodedata.normalize("NFKC", rest)  # as Python reads names (PEP 3131)
    return (
        "revision" in rest
        or "branch_labels" in rest
        or "depends_on" in rest
        or ("import" in rest and _STAR.search(rest) is not None)
    )


def _texts(literal: str | None) -> tuple[str, ...]:
    if literal is None or literal == "None":
        return ()
    if literal[0] != "(":
        return (literal[1:-1],)
    items = (item.strip() for item in literal[1:-1].split(","))
    return tuple(dict.fromkeys(item[1:-1] for item in items if item))
