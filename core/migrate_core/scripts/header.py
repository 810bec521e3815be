"""What a migration file says about itself, read without running it.

::

    read(path) -> Header          from a file
    parse(text, path) -> Header   from text that is to become one

    text -> plain -> Revision
              |
              +-- not as a template writes it:
                  syntax tree -> top-level assignments of the four identifiers -> Revision
                      |
                      +-- one of them computed, imported, or assigned under a condition:
                          the text is executed instead, and the module is asked

What stands below the header is not judged here: a migration with a syntax error in its body can be
listed, and is refused before the run that needs it.
"""

from __future__ import annotations

import ast
import inspect
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from migrate_core.errors import InvalidScript
from migrate_core.graph import Revision
from migrate_core.scripts import loader, names
from migrate_core.scripts.files import COMPILED

IDENTIFIERS = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})


class Header(NamedTuple):
    """A migration file without its body.

    :param file: its path, as text: a history has thousands, and few are asked for.
    :param created: what the docstring says after ``Create Date:``, as it is written.
    :param computed: the file had to be executed, so another day it may say something else.
    :param speaks_of_views: whether its text has the word, in whatever sense; a compiled file has
        no text.
    """

    file: str
    revision: Revision
    created: str | None
    computed: bool = False
    speaks_of_views: bool = False

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)


class _Value(NamedTuple):
    value: object
    line: int | None


def read(path: str | Path) -> Header:
    """The header of a file.

    :raises InvalidScript: the file can't be read, isn't Python, or lacks an identifier.
    """
    file = os.fspath(path)
    if file.endswith(COMPILED):
        return of_module(loader.load(Path(file)), Path(file))
    return _of_text(loader.source(file), file)


def parse(text: str, path: Path) -> Header:
    """The header of ``text``, as if it stood in ``path``.

    :raises InvalidScript: it isn't Python, or lacks an identifier, or one is of the wrong kind.
    """
    return _of_text(text, str(path))


def _of_text(text: str, file: str) -> Header:
    from migrate_core.scripts import plain  # whose pattern takes long to compile; most are kept

    views = "view" in text.lower()
    if (read_plainly := plain.read(text)) is not None:
        return Header(file, *read_plainly, speaks_of_views=views)
    return _from_syntax(text, Path(file))._replace(speaks_of_views=views)


def _from_syntax(text: str, path: Path) -> Header:
    if not text.strip():
        raise InvalidScript(
            str(path), None, "the file is empty", "Restore it from version control, or delete it."
        )
    tree = syntax(text, path)
    found = _literals(tree)
    if found is None:
        return of_module(loader.execute(loader.compiled(text, path), path), path)
    return _made(found, ast.get_docstring(tree), path)


def of_module(module: ModuleType, path: Path) -> Header:
    """The header of a migration that was executed.

    :raises InvalidScript: an identifier is missing, or of the wrong kind.
    """
    values = vars(module)
    found = {name: _Value(values[name], None) for name in IDENTIFIERS if name in values}
    doc = inspect.cleandoc(module.__doc__) if module.__doc__ else None
    return _made(found, doc, path)._replace(computed=True)


def _made(found: Mapping[str, _Value], docstring: str | None, path: Path) -> Header:
    from migrate_core.scripts import plain

    doc, created = plain.described(docstring or "")
    revision = Revision(
        id=_revision(found, path),
        down=_down(found, path),
        depends_on=_texts("depends_on", found, path),
        labels=_texts("branch_labels", found, path),
        doc=doc,
    )
    return Header(str(path), revision, created)


def syntax(text: str, path: Path) -> ast.Module:
    """The syntax tree of ``text``, as if it stood in ``path``.

    :raises InvalidScript: it isn't Python.
    """
    try:
        with warnings.catch_warnings():
            # "\d" and the like: Python says so when the body runs, not each time a file is listed
            warnings.simplefilter("ignore")
            return ast.parse(text, str(path))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise loader.not_python(error, path) from error


# -- where the identifiers come from ---------------------------------------------------------------


def docstring(text: str, path: Path) -> str:
    """The whole docstring of ``text``; empty where it has none.

    :raises InvalidScript: it isn't Python.
    """
    return (ast.get_docstring(syntax(text, path), clean=False) or "").strip()


def assigned(tree: ast.Module) -> dict[str, ast.expr] | None:
    """What the identifiers are assigned; None where a statement may give them other values."""
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
    return {name: value for name, value in expressions.items() if name in IDENTIFIERS}


def _literals(tree: ast.Module) -> dict[str, _Value] | None:
    """The identifiers assigned as literals; None where reading can't tell their values."""
    expressions = assigned(tree)
    if expressions is None:
        return None
    try:
        return {
            name: _Value(ast.literal_eval(value), value.lineno)
            for name, value in expressions.items()
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
