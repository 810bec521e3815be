"""Commands that make a project's folder of migrations, from a template."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

from migrate_core.api import util
from migrate_core.api.config import Config
from migrate_core.config import toml
from migrate_core.errors import DirectoryNotWritable, FolderInUse, UnknownTemplate
from migrate_core.scripts.template import filled

INI = "alembic.ini.mako"
TOML = "pyproject.toml.mako"


def list_templates(config: Config) -> None:
    """Show the templates of ``init``, by name."""
    config.print_stdout("Available templates:\n")
    for template in _templates(config):
        readme = template / "README"
        said = readme.read_text("utf-8").strip().splitlines() if readme.is_file() else []
        config.print_stdout("%s - %s", template.name, said[0] if said else "")
    config.print_stdout("\nTemplates are used via the 'init' command, e.g.:")
    config.print_stdout("\n  alembic init --template generic ./scripts")


def _templates(config: Config) -> list[Path]:
    folder = Path(config.get_template_directory())
    return sorted(
        each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(("_", "."))
    )


def init(config: Config, directory: str, template: str = "generic", package: bool = False) -> None:
    """Make a folder of migrations and its configuration.

    :param directory: the folder, which is empty or not there.
    :param template: the name of one of :func:`list_templates`, or the path of another.
    :param package: whether the folders are to be Python packages.
    :raises FolderInUse: there is something in the folder.
    :raises UnknownTemplate: there is no such template.
    :raises DirectoryNotWritable: with the reason.
    """
    folder = Path(directory)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(str(folder))
    source = Path(config.get_template_directory(), template)
    if not source.is_dir():
        raise UnknownTemplate(str(source), [each.name for each in _templates(config)])
    ini = Path(config.config_file_name or "alembic.ini")
    toml_file = Path(config.toml_file_name or toml.NAME)
    # All is rendered before anything is made.
    new: list[tuple[Path, str]] = []
    for file in sorted(each for each in source.iterdir() if each.is_file()):
        if file.name == INI:
            new.append((ini, filled(file, script_location=_seen_from(ini, folder))))
        elif file.name == TOML:
            new.append((toml_file, filled(file, script_location=_seen_from(toml_file, folder))))
        else:
            new.append((folder / file.name, file.read_text("utf-8")))
    versions = folder / "versions"
    if package:
        new += [(each / "__init__.py", "") for each in (folder, versions)]
    try:
        for each in (folder, versions):
            with util.status(f"Creating directory {each.absolute()}", **config.messaging_opts):
                each.mkdir(parents=True, exist_ok=True)
        for path, text in new:
            _place(path, text, toml_file, config)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DirectoryNotWritable(str(error.filename or folder), reason) from error
    said = [f"'{path.absolute()}'" for path, _ in new if path in (ini, toml_file)]
    util.msg(
        "Please edit configuration/connection/logging settings in "
        f"{' and '.join(said) or folder.absolute()} before proceeding.",
        **config.messaging_opts,
    )


def _seen_from(file: Path, folder: Path) -> str:
    """The folder as a configuration file names it."""
    if folder.is_absolute():
        return folder.as_posix().replace("%", "%%")
    relative = os.path.relpath(folder.absolute(), file.absolute().parent)
    return f"%(here)s/{PurePath(relative).as_posix().replace('%', '%%')}"


def _place(path: Path, text: str, toml_file: Path, config: Config) -> None:
    """Write a file, and say so; a configuration that is there is left as it is."""
    if path == toml_file and path.exists() and not toml.table(path):
        with (
            util.status(f"Appending to {path.absolute()}", **config.messaging_opts),
            path.open("a", encoding="utf-8") as file,
        ):
            file.write(f"\n\n{text}")
    elif path.exists():
        has = "already has a [tool.alembic] section" if path == toml_file else "already exists"
        util.msg(f"File {path.absolute()} {has}, skipping", **config.messaging_opts)
    else:
        with util.status(f"Generating {path.absolute()}", **config.messaging_opts):
            path.write_text(text, encoding="utf-8")
