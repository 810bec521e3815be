"""The names and signatures that Alembic documents, beside those that the doors have.

``documented_names.json`` holds the facts: each module or class with its names, and the signature of
what can be called, without ``self``. A call that is written as documented has to mean the same,
so parameters come under their names, in their order, of their kind and with their default; further
ones have a default of their own. What is missing or different is listed below with its reason; a
row that is none any more fails.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

import migrate_core.alembic

FACTS = json.loads(Path(__file__).with_name("documented_names.json").read_text(encoding="utf-8"))
NAMES: dict[str, dict[str, str | None]] = FACTS["names"]

EMPTY = ("immutabledict({})", "mappingproxy({})", "[]", "()", "set()", "None")
"""Defaults that say that nothing was given."""

# -- what differs, and why -------------------------------------------------------------------------

ENGINE = "the version table is written with the journal; on_version_apply hooks see each step"
BULK = "hands over what Inspector reflects; the database is read in bulk, and no such rows are made"
SERVER_SAYS = "normalises by text, and answers with private classes; the server is asked instead"
OWN_BATCH = "prepares a reflected table to be copied; here a table is rebuilt from its stored text"
ENGINE_MAKES = "the engine alone makes it; a compiler of a third party reads its attributes"
PASSED_ON = "the reference hands its arguments on; these are the ones that they go to"
ONE_NAME = "one method for all dialects, called by position"
NO_KIND = "no use of it is known but Alembic's own; a plugin's constraint is its own operation"
READS = "it is set on each instance, so that the class does not have it"

DIFFERENCES: dict[tuple[str, str], str] = {
    ("alembic.config.Config", "attributes"): READS,
    ("alembic.operations.BatchOperations", "batch_alter_table"): (
        "inside of a batch there is no other one"
    ),
    **{
        ("alembic.runtime.migration.HeadMaintainer", member): ENGINE
        for member in NAMES["alembic.runtime.migration.HeadMaintainer"]
    },
    **{
        (path, "register_add_constraint"): NO_KIND
        for path, names in NAMES.items()
        if "register_add_constraint" in names
    },
    ("alembic.operations.ops.CreateExcludeConstraintOp", "__init__"): (
        "what it was made of is not an argument"
    ),
    **{
        (path, name): reason
        for path, names in NAMES.items()
        if path.startswith("alembic.ddl.") and path.endswith("Impl")
        for name, reason in {
            "adjust_reflected_dialect_options": BULK,
            "autogen_column_reflect": BULK,
            "compare_check_constraint": SERVER_SAYS,
            "compare_indexes": SERVER_SAYS,
            "compare_unique_constraint": SERVER_SAYS,
            "cast_for_batch_migrate": OWN_BATCH,
            "prep_table_for_batch": OWN_BATCH,
        }.items()
        if name in names
    },
    **{
        (f"alembic.ddl.{name}", "correct_for_autogen_constraints"): ONE_NAME
        for name in ("sqlite.SQLiteImpl", "postgresql.PostgresqlImpl", "mysql.MySQLImpl")
    },
    ("alembic.ddl.postgresql.PostgresqlImpl", "render_type"): ONE_NAME,
    ("alembic.ddl.mssql.MSSQLImpl", "__init__"): PASSED_ON,
    ("alembic.ddl.mssql.MSSQLImpl", "bulk_insert"): PASSED_ON,
    ("alembic.ddl.oracle.OracleImpl", "__init__"): PASSED_ON,
    ("alembic.ddl.base.IdentityColumnDefault", "__init__"): ENGINE_MAKES,
    ("alembic.script.revision.RevisionError", "__init__"): (
        "a text, and what to do next; RevisionError(text) is as documented"
    ),
}

# -- the rows --------------------------------------------------------------------------------------

ROWS = [pytest.param(path, name, id=f"{path}.{name}") for path in NAMES for name in NAMES[path]]


def owner(path: str) -> Any:
    """The module or the class of a documented path."""
    found: Any = migrate_core.alembic
    parts = path.split(".")[1:]
    for count, part in enumerate(parts, 1):
        found = getattr(found, part, None) or importlib.import_module(
            ".".join([migrate_core.alembic.__name__, *parts[:count]])
        )
    return found


def parameters(path: str, name: str) -> list[inspect.Parameter]:
    """What a name is called with, without ``self``."""
    of = owner(path)
    found = list(inspect.signature(getattr(of, name)).parameters.values())
    bound = not inspect.isclass(of) or isinstance(
        inspect.getattr_static(of, name), (classmethod, staticmethod)
    )
    return found if bound else found[1:]


def split(signature: str) -> list[str]:
    """The parameters of a written signature."""
    inner = signature[1:-1]
    return [part.strip() for part in re.split(r",(?![^(\[{]*[)\]}])", inner) if part.strip()]


def fault(ours: list[inspect.Parameter], documented: str) -> str | None:
    """Why a call as documented would not mean the same; None where it does."""
    by_name = {each.name: each for each in ours}
    positions = [each.name for each in ours if by_position(each)]
    parts = split(documented)
    after_star = next((at for at, part in enumerate(parts) if part.startswith("*")), len(parts))
    for at, part in enumerate(parts):
        name, equals, default = part.partition("=")
        if name == "*":
            continue
        if name.strip("*") not in by_name:
            return f"{name} is missing"
        if at < after_star and positions[at : at + 1] != [name]:
            return f"{name} is not at position {at}"
        if equals and not same_default(by_name[name].default, default):
            return f"{name} is {by_name[name].default!r} where it is left out"
    known = {part.partition("=")[0].strip("*") for part in parts}
    for each in ours:
        optional = each.default is not each.empty
        optional |= each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        if each.name not in known and not optional:
            return f"{each.name} would have to be given"
    return None


def by_position(parameter: inspect.Parameter) -> bool:
    """Whether it counts as a position; what an operation is handed to is never named in a call."""
    only = parameter.kind is parameter.POSITIONAL_ONLY and parameter.name == "operations"
    return only or parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def same_default(ours: Any, documented: str) -> bool:
    if documented.startswith("<_io."):
        return hasattr(ours, "write")
    return repr(ours) == documented or (repr(ours) in EMPTY and documented in EMPTY)


def difference(path: str, name: str) -> str | None:
    """What is wrong with a name; None where it is as documented."""
    try:
        of = owner(path)
    except ImportError as error:
        return str(error)
    if not hasattr(of, name):
        return "missing"
    documented = NAMES[path][name]
    return None if documented is None else fault(parameters(path, name), documented)


@pytest.mark.parametrize(("path", "name"), ROWS)
def test_a_name_is_called_as_alembic_documents_it(path: str, name: str) -> None:
    found = difference(path, name)
    if (path, name) in DIFFERENCES:
        assert found is not None, f"no longer differs: {DIFFERENCES[path, name]}"
    else:
        assert found is None


def test_the_version_is_the_one_whose_interface_this_is() -> None:
    assert migrate_core.alembic.__version__ == FACTS["alembic"]
