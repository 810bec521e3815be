"""What ``init`` can write: a folder for one history of each database, or one history for all."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

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


def make(migrations: Migrations, *, package: bool) -> Path:
    """Make the folders of one history; returns the upper one.

    :param package: whether each gets an ``__init__.py``.
    :raises DirectoryNotWritable: with the reason.
    """
    made = migrations.init()
    for folder in (made, *migrations.directory.locations) if package else ():
        if not (folder / "__init__.py").exists():
            _write(folder / "__init__.py", "")
    return made


def make_shared(found: Found, *, package: bool) -> Path:
    """Make the folders of one history for all databases, and the template that says so.

    :raises ConfigurationError: migrations are there already, or another template is.
    """
    template = found.root / "script.py.mako"
    if not found.shared:
        if template.exists() or any((found.root / "versions").glob("*.py")):
            raise ConfigurationError(
                f"{found.root} holds the history of one database already.",
                "Give the history for all another folder: "
                "flask db -d migrations-all init --multidb",
            )
        text = resources.files(__package__) / "multidb" / "script.py.mako"
        made = make(replace(found, shared=True).history(), package=package)
        _write(template, text.read_text("utf-8"))
        return made
    return make(found.history(), package=package)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DirectoryNotWritable(str(path.parent), error.strerror or str(error)) from error
