"""What a migration file says about itself, read without running it.

::

    read(path) -> Header          from a file
    parse(text, path) -> Header   from text that is to become one

    text -> syntax tree -> top-level assignments of the four identifiers -> Revision
                 |
                 +-- one of them computed, imported, or assigned under a condition:
                     the text is executed instead, and the module is asked
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from migrate_core.errors import InvalidScript
from migrate_core.graph import Revision
from migrate_core.scripts import loader, names

IDENTIFIERS = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})


@dataclass(frozen=True, slots=True)
class Header:
    """A migration file without its body.

    :param created: what the docstring says after ``Create Date:``, as it is written.
    """

    path: Path
    revision: Revision
    created: str | None


class _Value(NamedTuple):
    value: object
    line: int | None


def read(path: Path) -> Header:
    """The header of a file.

    :raises InvalidScript: the file can't be read, isn't Python, or lacks an identifier.
    """
    return parse(loader.source(path), path)


def parse(text: str, path: Path) -> Header:
    """The header of ``text``, as if it stood in ``path``.

    :raises InvalidScript: it isn't Python, or lacks an identifier, or one is of the wrong kind.
    """
    if not text.strip():
        raise InvalidScript(
            str(path), None, "the file is empty", "Restore it from version control, or delete it."
        )
    tree = _tree(text, path)
    found = _assigned(tree)
    if found is None:
        found = _executed(text, path)
    doc = (ast.get_docstring(tree) or "").strip()
    created = re.search(r"^Create Date:[ \t]*(\S.*)$", doc, re.MULTILINE)
    revision = Revision(
        id=_revision(found, path),
        down=_down(found, path),
        depends_on=_texts("depends_on", found, path),
        labels=_texts("branch_labels", found, path),
        doc=re.split(r"\n[ \t]*\n", doc, maxsplit=1)[0],
    )
    return Header(path, revision, created[1].rstrip() if created else None)


def _tree(text: str, path: Path) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # "\d" and the like: Python says so when the body runs, not each time a file is listed
            warnings.simplefilter("ignore")
            return ast.parse(text, str(path))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise loader.not_python(error, path) from error


# -- where the identifiers come from ---------------------------------------------------------------


def _assigned(tree: ast.Module) -> dict[str, _Value] | None:
    """The identifiers assigned as literals; None where reading can't tell their values."""
    expressions: dict[str, ast.expr] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                expressions[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                expressions[name] = value
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case _ if any(_binds(node) for node in ast.walk(statement)):
                return None
    try:
        return {
            name: _Value(ast.literal_eval(value), value.lineno)
            for name, value in expressions.items()
            if name in IDENTIFIERS
        }
    except (ValueError, TypeError):
        return None


def _binds(node: ast.AST) -> bool:
    """Whether the node may give one of the identifiers a value."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name in IDENTIFIERS
        case ast.alias(name=name, asname=asname):
            return name == "*" or (asname or name) in IDENTIFIERS
    return False


def _executed(text: str, path: Path) -> dict[str, _Value]:
    module = vars(loader.execute(text, path))
    return {name: _Value(module[name], None) for name in IDENTIFIERS if name in module}


# -- their kinds -----------------------------------------------------------------------------------


def _revision(found: Mapping[str, _Value], path: Path) -> str:
    if "revision" not in found:
        raise InvalidScript(
            str(path),
            None,
            "it has no 'revision' identifier",
            f"Add one: revision = '{names.new_id()}'; "
            "or move the file elsewhere if it is no migration.",
        )
    value, line = found["revision"]
    if not isinstance(value, str):
        raise _wrong_kind("revision", value, line, path, "a string")
    if reason := names.fault(value):
        raise InvalidScript(str(path), line, f"revision {value!r} cannot be an id: {reason}")
    return value


def _down(found: Mapping[str, _Value], path: Path) -> tuple[str, ...]:
    if "down_revision" not in found:
        raise InvalidScript(
            str(path),
            None,
            "it has no 'down_revision' identifier",
            "Add the id of the migration before it, or for the first one: down_revision = None",
        )
    return _texts("down_revision", found, path)


def _texts(name: str, found: Mapping[str, _Value], path: Path) -> tuple[str, ...]:
    """None, one string or several, as a tuple without repetitions; a set in sorted order."""
    value, line = found.get(name, _Value(None, None))
    match value:
        case None:
            items: list[object] = []
        case str():
            items = [value]
        case tuple() | list():
            items = list(value)
        case set() | frozenset():
            items = sorted(value, key=str)
        case _:
            raise _wrong_kind(name, value, line, path)
    texts = [item for item in items if isinstance(item, str) and item]
    if len(texts) < len(items):
        raise _wrong_kind(name, value, line, path)
    return tuple(dict.fromkeys(texts))


def _wrong_kind(
    name: str,
    value: object,
    line: int | None,
    path: Path,
    kinds: str = "None, a string or a tuple of strings",
) -> InvalidScript:
    return InvalidScript(str(path), line, f"{name} is {value!r}, and can be {kinds}")
