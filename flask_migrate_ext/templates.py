"""What ``init`` can write: a folder for one history of each database, or one history for all."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

from flask_migrate_ext.databases import DEFAULT
from flask_migrate_ext.discovery import Found
from migrate_core.errors import ConfigurationError, DirectoryNotWritable
from migrate_core.migrations import Migrations

TEMPLATES = (
    ("flask", "One history for each database of the app."),
    ("flask-multidb", "One history for all databases: each file has a function for each."),
)


def is_multidb(template: str | None) -> bool:
    """Whether a template is the one for several databases in one history.

    :raises ConfigurationError: there is none of that name.
    """
    names = [name for name, _ in TEMPLATES]
    if template is not None and template not in names:
        raise ConfigurationError(
            f"There is no template {template!r}; there are: {', '.join(names)}.",
            "See what they are for: flask db list-templates",
        )
    return template == "flask-multidb"


def make(found: Found, *, shared: bool, package: bool) -> dict[str, Path]:
    """Make the migrations folders; returns the upper one of each database, or one for all.

    :param shared: whether there is to be one history for all, as where there is one already.
    :param package: whether each folder gets an ``__init__.py``.
    :raises ConfigurationError: the folder has the history of one database, or a database has a
        name that no function can have.
    :raises DirectoryNotWritable: with the reason.
    """
    if not shared and not found.shared:
        return {each.called: _made(found.migrations(each), package=package) for each in found.each}
    if not found.shared:
        _require_room(found)
    folder = _made(replace(found, shared=True).history(), package=package)
    if not found.shared:
        text = resources.files(__package__) / "multidb" / "script.py.mako"
        _write(folder / "script.py.mako", text.read_text("utf-8"))
    return {DEFAULT: folder}


def _require_room(found: Found) -> None:
    """Let a folder pass that can become the one for all."""
    unfit = [each.name for each in found.known if not f"upgrade_{each.name}".isidentifier()]
    if unfit:
        raise ConfigurationError(
            f"The bind {unfit[0]!r} cannot be in the name of a function, such as "
            f"upgrade_{unfit[0]}().",
            "Give each database its own history (flask db init), or the bind another name.",
        )
    root = found.root
    if (root / "script.py.mako").exists() or any((root / "versions").glob("*.py")):
        raise ConfigurationError(
            f"{root} holds the history of one database already.",
            "Give the history for all another folder: flask db -d migrations-all init --multidb",
        )


def _made(migrations: Migrations, *, package: bool) -> Path:
    folder = migrations.init()
    for each in (folder, *migrations.directory.locations) if package else ():
        if not (each / "__init__.py").exists():
            _write(each / "__init__.py", "")
    return folder


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DirectoryNotWritable(str(path.parent), error.strerror or str(error)) from error
