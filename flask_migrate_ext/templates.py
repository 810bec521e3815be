"""What ``init`` can write.

==========================  ======================================================================
asked for                   written
==========================  ======================================================================
nothing                     folders: the built-in environment knows the app's databases
``--multidb``               one history for all of them, and what its files look like
``-t flask`` and the like   an env.py as well, which is run from then on, and is the project's own
==========================  ======================================================================
"""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

from flask_migrate_ext.databases import DEFAULT
from flask_migrate_ext.discovery import Found
from migrate_core.errors import ConfigurationError, DirectoryNotWritable
from migrate_core.migrations import Migrations

OF_FLASK = (
    ("flask", "One history, with an env.py: the app's database, as its db knows it."),
    (
        "flask-multidb",
        "One history for all databases, with an env.py: each file has a function for each.",
    ),
)

OF_ENGINE = (
    ("generic", "An env.py that takes one database from migrations/alembic.ini."),
    ("multidb", "An env.py that takes several databases from migrations/alembic.ini."),
    ("async", "As generic, with an asynchronous engine."),
    ("pyproject", "As generic, with the configuration in pyproject.toml."),
    ("pyproject_async", "As pyproject, with an asynchronous engine."),
)

TEMPLATES = OF_FLASK + OF_ENGINE


def make(found: Found, *, shared: bool, template: str | None, package: bool) -> dict[str, Path]:
    """Make the migrations folders; returns the upper one of each database, or one for all.

    :param shared: whether there is to be one history for all, as where there is one already.
    :param template: the name of one with an env.py; None for none.
    :param package: whether each folder gets an ``__init__.py``.
    :raises ConfigurationError: there is no such template, the folder has something already, or a
        database has a name that no function can have.
    :raises DirectoryNotWritable: with the reason.
    """
    if template is not None:
        return {DEFAULT: _with_env_py(found, template, shared=shared, package=package)}
    if not shared and not found.shared:
        return {each.called: _made(found.migrations(each), package=package) for each in found.each}
    if not found.shared:
        _require_room(found)
    folder = _made(replace(found, shared=True).history(), package=package)
    if not found.shared:
        text = resources.files(__package__) / "multidb" / "script.py.mako"
        _write(folder / "script.py.mako", text.read_text("utf-8"))
    return {DEFAULT: folder}


def _with_env_py(found: Found, template: str, *, shared: bool, package: bool) -> Path:
    """A folder with an env.py of its own.

    :param template: the name of one, or with a slash in it the path of one, as documented.
    :param shared: whether several databases were asked for, whatever the template's name says.
    """
    names = [name for name, _ in TEMPLATES]
    own = Path(template).absolute() if set(template) & set("/\\") else None
    if shared and f"{template}-multidb" in names:
        template = f"{template}-multidb"
    if template not in names and not (own and own.is_dir()):
        raise ConfigurationError(
            f"There is no template {template!r}; there are: {', '.join(names)}.",
            "See what they are for: flask db list-templates; a folder of your own is named with a "
            "slash: ./my-template",
        )
    if template == "flask-multidb":
        _require_names(found)
    if any(found.root.glob("*")):
        raise ConfigurationError(
            f"{found.root} is not empty, and a template is for a new folder.",
            "Give another one: flask db -d other-folder init -t " + template,
        )
    if own or template in dict(OF_ENGINE):
        _by_engine(found.root, str(own or template), package=package)
        return found.root
    folder = _made(found.migrations(found.each[0]), package=package)
    for each in (resources.files(__package__) / "projects" / template).iterdir():
        if each.is_file():
            _write(folder / each.name, each.read_text("utf-8"))
    return folder


def _by_engine(root: Path, template: str, *, package: bool) -> None:
    """One of the engine's templates, or one in a folder; its configuration goes into ``root``."""
    from argparse import Namespace

    from migrate_core.api.config import Config
    from migrate_core.command import init

    config = Config(root / "alembic.ini", cmd_opts=Namespace(quiet=True))
    init(config, str(root), template, package)


def _require_names(found: Found) -> None:
    """Let databases pass that functions can be named after."""
    unfit = [each.name for each in found.known if not f"upgrade_{each.name}".isidentifier()]
    if unfit:
        raise ConfigurationError(
            f"The bind {unfit[0]!r} cannot be in the name of a function, such as "
            f"upgrade_{unfit[0]}().",
            "Give each database its own history (flask db init), or the bind another name.",
        )


def _require_room(found: Found) -> None:
    """Let a folder pass that can become the one for all."""
    _require_names(found)
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
