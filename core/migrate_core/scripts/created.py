"""Which tables and views the files of a history make: the others belong to somebody else.

A table is the history's where one of its files

- calls ``create_table("name", ...)``, or ``rename_table(..., "name")``, or
- runs ``CREATE TABLE name`` as SQL, or
- makes tables in a way that names none (a computed name, ``create_all()``, ``.create()``), and has
  the name as a string anywhere.

A file that computes the name from parts is not understood, nor is one that is compiled; a table
that only they make counts as somebody else's, which keeps it.

A view is the history's where one of its files calls ``create_view("name", ...)`` or
``replace_view``. One that is made by SQL is somebody else's: where views were written by hand
before they could be registered, none of them is meant to go.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from migrate_core.errors import InvalidScript
from migrate_core.scripts import header, loader
from migrate_core.scripts.directory import History
from migrate_core.scripts.files import COMPILED

_IN_SQL = re.compile(
    r"\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?((?:[\w.]|[\"`\[][^\"`\]]+[\"`\]])+)",
    re.IGNORECASE,
)
_VIEW_NAMED_BY = frozenset({"create_view", "replace_view"})
_NAMED_BY = {"create_table": 0, "rename_table": 1}
"""The directives that give a table its name, and which argument is the name."""
_ANY = frozenset({"create", "create_all"})


def created(history: History, names: Collection[str]) -> frozenset[str]:
    """Those of the tables that the history's files make, by name without schema.

    Only files in which such a name stands are parsed.
    """
    found: set[str] = set()
    for each in history.headers.values():
        missing = [name for name in names if name not in found]
        if not missing:
            break
        if each.file.endswith(COMPILED):
            continue
        text = loader.source(each.file)
        if any(name in text for name in missing):
            found |= _made(text, each) & set(missing)
    return frozenset(found)


def _made(text: str, file: header.Header) -> set[str]:
    try:
        tree = header.syntax(text, file.path)
    except InvalidScript:
        return set()  # whoever runs the file is told
    made: set[str] = set()
    unclear = False
    for call in _calls(tree):
        method = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if method in _NAMED_BY:
            name = _named(call, _NAMED_BY[method], "new_table_name")
            unclear = unclear or name is None
            made |= {name} if name is not None else set()
        unclear = unclear or method in _ANY
    strings = _strings(tree)
    for string in strings:
        made |= {_last(found) for found in _IN_SQL.findall(string)}
    return made | strings if unclear else made


def created_views(history: History) -> frozenset[str]:
    """The views that the history's files make, by name without schema.

    Only files that speak of views are opened.
    """
    found: set[str] = set()
    for each in history.headers.values():
        if each.speaks_of_views:
            found |= _made_views(loader.source(each.file), each)
    return frozenset(found)


def _made_views(text: str, file: header.Header) -> set[str]:
    try:
        tree = header.syntax(text, file.path)
    except InvalidScript:
        return set()  # whoever runs the file is told
    return {
        name
        for call in _calls(tree)
        if getattr(call.func, "attr", "") in _VIEW_NAMED_BY
        and (name := _named(call, 0, "name")) is not None
    }


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _named(call: ast.Call, position: int, keyword: str) -> str | None:
    """The literal name that a call gives, None for a computed one."""
    keywords = {each.arg: each.value for each in call.keywords}
    given = call.args[position] if position < len(call.args) else keywords.get(keyword)
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return None


def _strings(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _last(name: str) -> str:
    """The name without its schema and its quotes."""
    return name.rpartition(".")[2].strip('"`[]')
