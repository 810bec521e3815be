"""What is asked of ``import alembic`` and is not there."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.errors.base import MigrateError


class NotDocumented(MigrateError, ImportError):
    """A file imports a name of Alembic's that its documentation does not have (an ImportError).

    :param asked: the whole name, such as ``alembic.util.compat``.
    :param instead: what serves the same end; None where nothing is known to.
    """

    def __init__(self, asked: str, instead: str | None) -> None:
        self.asked = asked
        self.instead = instead
        use = f"Use {instead}" if instead else "Use a name that Alembic's documentation has"
        super().__init__(
            f"{asked} was never part of Alembic's documented interface, and it is not here.",
            f"{use}; or copy the few lines that are needed into the file that imports it.",
        )
        self.name = asked


class BoundToAlembic(MigrateError, UserWarning):
    """Modules that extend Alembic, and were imported before the migrations' files ran.

    They hold Alembic's own classes, so that what they register is not found by this engine.

    :param modules: their names.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = tuple(modules)
        package = modules[0].partition(".")[0]
        was, extends = ("was", "extends") if len(modules) == 1 else ("were", "extend")
        super().__init__(
            f"{', '.join(modules)} {was} imported with Alembic, which is installed as well, and so "
            f"{extends} Alembic and not what runs the migrations now.",
            f"Import {package} in env.py or in the migration files alone; or let the program begin "
            "with: from migrate_core import alias; alias.install()",
        )
