"""What the ``upgrade()`` of a file calls, read without running it.

::

    op.create_table("orders", ...)                  add table orders
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("note")                   drop column orders.note
    op.create_index(name, "orders")                 add index ? on orders

Each call is told once, wherever it stands: in a loop it may be made often, and under a condition
never. A name that is computed is told as ``?``. What other functions call is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from migrate_core.errors import InvalidScript
from migrate_core.scripts import loader
from migrate_core.scripts.directory import History
from migrate_core.scripts.files import COMPILED
from migrate_core.scripts.header import Header, syntax

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "create_table": "add table {0}",
        "drop_table": "drop table {0}",
        "rename_table": "rename table {0} to {1}",
        "create_table_comment": "change comment of table {0}",
        "drop_table_comment": "change comment of table {0}",
        "add_column": "add column {0}.{column}",
        "drop_column": "drop column {0}.{1}",
        "alter_column": "change column {0}.{1}",
        "create_index": "add index {0} on {1}",
        "drop_index": "drop index {0}",
        "create_primary_key": "add primary key {0} on {1}",
        "create_foreign_key": "add foreign key {0} on {1}",
        "create_unique_constraint": "add unique constraint {0} on {1}",
        "create_check_constraint": "add check constraint {0} on {1}",
        "create_exclude_constraint": "add exclusion constraint {0} on {1}",
        "drop_constraint": "drop constraint {0} on {1}",
        "execute": "run SQL",
        "bulk_insert": "insert rows",
        "get_bind": "",
        "get_context": "",
        "batch_alter_table": "",
        "f": "",
    }
)
"""By the directive: what is said of it; nothing where it changes nothing by itself."""

_NAME_FIRST = frozenset(
    name for name, words in _WORDS.items() if words.endswith((" on {1}", "index {0}"))
)
"""The directives that have the table second, and in a batch not at all."""

_FIRST = frozenset({"table_name", "old_table_name", "index_name", "constraint_name"})
_SECOND = frozenset({"column_name", "new_table_name", "source_table"})
"""What the first two arguments of the directives are called."""


def calls(history: History) -> Mapping[str, tuple[str, ...]]:
    """By revision, what its ``upgrade()`` calls, in words; nothing where that cannot be read."""
    return {id: tuple(dict.fromkeys(_of(header))) for id, header in history.headers.items()}


def _of(header: Header) -> Iterator[str]:
    if header.file.endswith(COMPILED):
        return
    try:
        tree = syntax(_upgrade(loader.source(header.file)), header.path)
    except InvalidScript:
        return  # whoever runs the file is told
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith("upgrade"):
            yield from _told(function.body, {"op": None})


def _upgrade(text: str) -> str:
    """The text from ``def upgrade`` on, up to ``def downgrade`` where that is written after it: a
    syntax tree of it costs less than half."""
    start = max(text.find("\ndef upgrade"), 0)
    end = text.find("\ndef downgrade", start)
    return text[start:] if end < 0 or not start else text[start:end]


def _told(body: list[ast.stmt], tables: Mapping[str, str | None]) -> Iterator[str]:
    """The calls on ``op`` and on what ``batch_alter_table`` gave, in the order they are written.

    :param tables: by name, the table that its calls are about; None for ``op`` itself.
    """
    for statement in body:
        inside = dict(tables)
        if isinstance(statement, ast.With):
            for item in statement.items:
                call = item.context_expr
                if _method(call, tables) == "batch_alter_table" and isinstance(call, ast.Call):
                    name = item.optional_vars
                    if isinstance(name, ast.Name):
                        inside[name.id] = _text(call, 0, _FIRST)
        nested = [
            part
            for field in ("body", "orelse", "finalbody")
            for part in getattr(statement, field, [])
        ]
        nested += [part for each in getattr(statement, "handlers", []) for part in each.body]
        if nested:
            yield from _told(nested, inside)
        else:
            for call, method in _calls(statement, tables):
                yield from _words(method, call, tables)


def _calls(statement: ast.stmt, tables: Mapping[str, str | None]) -> Iterator[tuple[ast.Call, str]]:
    """The directives that a statement calls: usually it is one, and nothing else."""
    only = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(only, ast.Call) and (method := _method(only, tables)):
        yield only, method
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and (method := _method(node, tables)):
            yield node, method


def _method(node: ast.AST, tables: Mapping[str, str | None]) -> str:
    """Which directive is called; empty where it is none."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in tables:
            return node.func.attr
    return ""


def _words(method: str, call: ast.Call, tables: Mapping[str, str | None]) -> Iterator[str]:
    said = _WORDS.get(method, f"{method.replace('_', ' ')} {{0}}")
    owner = getattr(getattr(call.func, "value", None), "id", "")
    table = tables.get(owner)
    if method in _NAME_FIRST:
        first = _text(call, 0, _FIRST - {"table_name"})
        named = [first, table or _text(call, 1, _SECOND | {"table_name"})]
    elif table is not None:
        named = [table, _text(call, 0, _SECOND)]
    else:
        named = [_text(call, 0, _FIRST), _text(call, 1, _SECOND)]
    position = 0 if table is not None else 1
    column = call.args[position] if position < len(call.args) else None
    if said:
        words = said.format(*named, column=_text(column, 0, frozenset({"name"})))
        yield words.removesuffix(" ?") if method not in _WORDS else words


def _text(call: ast.AST | None, position: int, keywords: frozenset[str]) -> str:
    """The text that a call is given, by its place or by one of these names; ``?`` where it is
    computed, or not given."""
    if not isinstance(call, ast.Call):
        return "?"
    named = (each.value for each in call.keywords if each.arg in keywords)
    given = call.args[position] if position < len(call.args) else next(named, None)
    if isinstance(given, ast.Call) and getattr(given.func, "attr", "") == "f":
        given = given.args[0] if given.args else None
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return "?"
