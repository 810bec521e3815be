"""Which files are read, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrate_core.config import ini, keys, toml
from migrate_core.config.found import Found, WriteHook
from migrate_core.errors import ConfigurationError, InvalidConfig

INI_NAMES = ("migrate.ini", "alembic.ini")
"""What an ini file is called that nobody named; the first that is there is read."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was configured.

    :param places: files and sections that were read, for messages.
    :param script_location: the migrations folder, or ``package:folder``.
    :param version_locations: folders of migration files, where there are several.
    :param prepend_sys_path: where models are imported from first.
    :param metadata: the models, as ``package.module:name``.
    :param engine: what SQLAlchemy's ``engine_from_config()`` takes, by keys ``sqlalchemy.url`` and
        so on. It may hold a password.
    :param options: of :class:`~migrate_core.settings.Settings`, by name.
    :param hooks: what is run on each new migration file.
    """

    places: tuple[str, ...] = ()
    script_location: str | None = None
    version_locations: tuple[str, ...] = ()
    prepend_sys_path: tuple[str, ...] = ()
    metadata: str | None = None
    engine: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    hooks: tuple[WriteHook, ...] = ()


def read(files: Sequence[Path], section: str | None = None) -> Configuration:
    """What the configuration files say. An ini file goes before ``pyproject.toml``, key by key.

    :param files: those that were named, one ini file and one ``pyproject.toml`` at most; what is
        not named is looked for in the working directory.
    :param section: of the ini file; by default ``migrate_core`` or ``alembic``.
    :raises InvalidConfig: one can't be read, or says what cannot be.
    :raises ConfigurationError: two of one kind were named, or a section and no file.
    """
    ini_file, toml_file = found_files(files)
    if section is not None and ini_file is None:
        raise ConfigurationError(
            f"The section [{section}] is of an ini file, and there is none here.",
            "Name the file with -c, or leave -n out.",
        )
    found_toml = None if toml_file is None else toml.read(toml_file)
    found_ini = None if ini_file is None else ini.read(ini_file, section)
    if toml_file is not None and toml_file in files and found_toml is None:
        raise _without_ours(toml_file, f"[tool.{toml.OWN}]")
    if ini_file is not None and ini_file in files and found_ini is None:
        raise _without_ours(ini_file, f"[{ini.OWN}]")
    return _together(found_toml, found_ini)


def found_files(files: Sequence[Path]) -> tuple[Path | None, Path | None]:
    """The ini file and the ``pyproject.toml``: those that were named, or those that are here.

    :raises ConfigurationError: two of one kind were named.
    """
    tomls = [file for file in files if file.name == toml.NAME]
    inis = [file for file in files if file.name != toml.NAME]
    for named in (tomls, inis):
        if len(named) > 1:
            raise ConfigurationError(
                f"Two configuration files of one kind were named: {named[0]} and {named[1]}.",
                "Give one -c for an ini file, and one for a pyproject.toml.",
            )
    return _there(inis, INI_NAMES), _there(tomls, (toml.NAME,))


def _there(named: Sequence[Path], names: Sequence[str]) -> Path | None:
    if named:
        return named[0]
    return next((Path(name) for name in names if Path(name).is_file()), None)


def _without_ours(file: Path, section: str) -> InvalidConfig:
    return InvalidConfig(
        str(file), "", "", "it says nothing about migrations", f"Add a section {section} to it."
    )


def _together(*found: Found | None) -> Configuration:
    """What all say; the last one goes before those ahead of it."""
    each_found = [each for each in found if each is not None]
    values: dict[str, Any] = {}
    hooks: tuple[WriteHook, ...] = ()
    for each in each_found:
        values.update(each.values)
        hooks = hooks if each.hooks is None else each.hooks
    return Configuration(
        places=tuple(each.place for each in reversed(each_found)),
        **{key: values[key] for key in keys.PLACES if key in values},
        engine={key: values[key] for key in values if key.startswith(keys.ENGINE)},
        options={key: values[key] for key in values if key in keys.OPTIONS},
        hooks=hooks,
    )
