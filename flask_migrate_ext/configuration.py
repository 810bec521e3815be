"""What ``@migrate.configure`` functions get, change and return.

A project that comes from an ini file sets its options by their names there. The ones that mean
something here are translated; others are kept, so that what was set can be read again.

=================================  ==================================================
main option                        becomes
=================================  ==================================================
``script_location``                the folder
``version_locations``              folders of migration files, separated by spaces
``file_template``, ``timezone``,   the option of that name
``output_encoding``
``truncate_slug_length``           the option, a number
``sourceless``,                    the option, ``true`` or anything else
``recursive_version_locations``
=================================  ==================================================
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from typing import Any, TypeVar

from flask_migrate_ext.own import is_own
from migrate_core.errors import ConfigurationError, MigrateError

Said = TypeVar("Said")

_TEXTS = frozenset({"file_template", "timezone", "output_encoding"})
_SWITCHES = frozenset({"sourceless", "recursive_version_locations"})


class Configuration:
    """The configuration of one Migrate, before it is used.

    :param directory: the migrations folder.
    :param options: any of :class:`migrate_core.settings.Settings`.
    """

    def __init__(self, directory: str, options: dict[str, Any]) -> None:
        self.directory = directory
        self.options = options
        self.version_locations: tuple[str, ...] = ()
        self.attributes: dict[str, Any] = {}
        self._main: dict[str, str] = {}

    def set_main_option(self, name: str, value: str) -> None:
        """Set an option by its documented name in an ini file; ``%%`` stands for ``%``.

        :raises ValueError: a number is none.
        """
        self._main[name] = value
        text = value.replace("%%", "%")
        if name == "script_location":
            self.directory = text
        elif name == "version_locations":
            self.version_locations = tuple(text.split())
        elif name == "truncate_slug_length":
            self.options[name] = int(text)
        elif name in _SWITCHES:
            self.options[name] = text == "true"
        elif name in _TEXTS:
            self.options[name] = text

    @property
    def main_options(self) -> dict[str, str]:
        """What was set, by name."""
        return dict(self._main)

    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """What was set under a name."""
        return self._main.get(name, default)


def returned(callback: Callable[[Said], Said], said: Said) -> Said:
    """What a function that ``@migrate.configure`` decorates made of a configuration.

    :raises ConfigurationError: it failed, or returned something else.
    """
    by = f"{callback.__module__}.{callback.__qualname__}, which @migrate.configure decorates,"
    try:
        made = callback(said)
    except MigrateError:
        raise
    except Exception as error:  # whatever the app's own code raises
        own = [frame for frame in extract_tb(error.__traceback__) if is_own(Path(frame.filename))]
        place = "".join(f" ({frame.filename}, line {frame.lineno})" for frame in own[-1:])
        raise ConfigurationError(
            f"{by} raised {type(error).__name__}: {error}{place}",
            "Correct it. It gets Alembic's documented Config where the migrations folder has an "
            "env.py, and a Configuration where it has none; both have set_main_option().",
        ) from error
    return given_by(by, made, type(said))


def given_by(by: str, made: object, kind: type[Said]) -> Said:
    """What a function of the app's returned, which is a configuration.

    :param by: the function, in a message.
    :raises ConfigurationError: it is something else.
    """
    if not isinstance(made, kind):
        raise ConfigurationError(
            f"{by} returned {made!r} and no configuration.", "End it with: return config"
        )
    return made
