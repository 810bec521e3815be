"""What a migration file says, in one digest: formatting and comments do not count.

The digest is of the syntax tree. Blank lines, quotes, parentheses, line ends and docstrings leave
it as it is; a name, a value or the order of two statements does not. It is the same on every
supported Python, so what one wrote, another can compare: fields that are empty are left out,
because newer grammars only add those.
"""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from migrate_core.errors import InvalidScript
from migrate_core.scripts import header, loader
from migrate_core.scripts.files import COMPILED


def read(path: Path) -> str | None:
    """The fingerprint of a file; None where there is none: it is byte code, or cannot be read."""
    if path.suffix in COMPILED:
        return None
    try:
        return of(header.syntax(loader.source(path), path))
    except InvalidScript:
        return None


def of(tree: ast.Module) -> str:
    """The fingerprint of a syntax tree: 32 hexadecimal digits."""
    parts: list[str] = []
    _tell(tree, parts)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def _tell(node: ast.AST, parts: list[str]) -> None:
    """The tree, depth first, in words that name each node and its fields."""
    parts.append(type(node).__name__)
    for name in node._fields:
        value = getattr(node, name, None)
        if name == "body" and value and isinstance(node, _DOCUMENTED) and _is_docstring(value[0]):
            value = value[1:]
        if value is None or value == [] or name in _SAYS_NOTHING:
            continue
        parts.append(name)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.AST):
                _tell(item, parts)
            else:
                parts.append(repr(item))
    parts.append(")")


_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SAYS_NOTHING = frozenset({"kind", "type_comment", "ctx"})


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
