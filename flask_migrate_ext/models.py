"""Which modules define models: those that were imported, and those beside the app that were not.

Asked where models seem to be missing; files are parsed and not run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from flask import Flask

from flask_migrate_ext.own import INSTALLED, is_own

ELSEWHERE = INSTALLED | {"node_modules", "migrations", "tests"}
"""Folders below an app that hold no models of its own."""

ENOUGH = 2000
"""How many files are looked at: an app in a folder with much else in it is to fail soon, too."""


def modules(app: Flask, database: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modules whose models were imported, and those that seem to define some and were not."""
    return _imported(database), _not_imported(Path(app.root_path))


def declared() -> tuple[sa.MetaData, ...]:
    """What the models of the app's own modules are in."""
    return tuple(dict.fromkeys(model.metadata for model in _models()))


def elsewhere(known: Iterable[sa.MetaData]) -> tuple[str, ...]:
    """The imported models that are in none of these, by module and name."""
    seen = set(map(id, known))
    return tuple(
        sorted(
            {
                f"{model.__module__}.{model.__qualname__}"
                for model in _models()
                if id(model.metadata) not in seen
            }
        )
    )


def own_files() -> Iterator[Path]:
    """The files of the imported modules that belong to neither Python nor an installed package."""
    return (Path(module.__file__) for module in _own_modules() if module.__file__)


def _own_modules() -> Iterator[ModuleType]:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and is_own(Path(file)):
            yield module


def _models() -> Iterator[Any]:
    """The mapped classes of the app's own modules."""
    for module in _own_modules():
        for value in list(vars(module).values()):
            if not isinstance(value, type) or value.__module__ != module.__name__:
                continue
            if isinstance(getattr(value, "__table__", None), sa.Table):
                yield value


def _imported(database: Any) -> tuple[str, ...]:
    registry = getattr(getattr(database, "Model", None), "registry", None)
    mappers = () if registry is None else registry.mappers
    return tuple(sorted({mapper.class_.__module__ for mapper in mappers}))


def _not_imported(root: Path) -> tuple[str, ...]:
    top = root
    while (top.parent / "__init__.py").is_file():
        top = top.parent
    base = top.parent if (top / "__init__.py").is_file() else top
    loaded = {
        Path(file).resolve()
        for module in list(sys.modules.values())
        if (file := getattr(module, "__file__", None)) is not None
    }
    found = []
    for number, path in enumerate(_files(top)):
        if number >= ENOUGH:
            break
        if path.resolve() not in loaded and _defines_models(path):
            parts = path.relative_to(base).with_suffix("").parts
            found.append(".".join(parts).removesuffix(".__init__"))
    return tuple(sorted(found))


def _files(folder: Path) -> Iterator[Path]:
    """Python files, without those of other people: a virtual environment says so itself."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.suffix == ".py":
            yield entry
        elif (
            entry.is_dir()
            and entry.name not in ELSEWHERE
            and not entry.name.startswith((".", "__"))
            and not (entry / "pyvenv.cfg").exists()
        ):
            yield from _files(entry)


def _defines_models(path: Path) -> bool:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return False
    return any(_is_model(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _is_model(node: ast.ClassDef) -> bool:
    """``class X(db.Model)``, or a class that names its table."""
    if any(isinstance(base, ast.Attribute) and base.attr == "Model" for base in node.bases):
        return True
    targets = [
        target
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (
            statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        )
    ]
    return any(
        isinstance(target, ast.Name) and target.id in ("__tablename__", "__table__")
        for target in targets
    )
