"""One migration file for all databases that an env.py configures, one after the other.

::

    Gathering(request)
        .add(comparison)      the first database: [MigrationScript], for the project's hook
        .add(comparison)      the second: the same script, with one more upgrade and downgrade
        .write()              after the last: files

What looks renamed is told and not asked: the documented programs have no answer to give. It is
written as they do, one dropped and one added, and a hint in the model answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from migrate_core import autogenerate
from migrate_core.operations import DowngradeOps, MigrationScript, UpgradeOps, leaves
from migrate_core.runtime import generator, logs, settling
from migrate_core.runtime.comparison import Comparison
from migrate_core.runtime.events import Noted
from migrate_core.runtime.requests import Generate, Generated
from migrate_core.scripts import Directory, History
from migrate_core.settings import ProcessRevisionDirectives, Settings


class Gathering:
    """What is to be written when the last database was looked at.

    :param request: how the migration is named and where it stands.
    :param directive: what may change it, before the project's own ``process_revision_directives``.
    :ivar scripts: the migrations to be written; a hook may have made it none, or several.
    """

    def __init__(
        self, request: Generate, directive: ProcessRevisionDirectives | None = None
    ) -> None:
        self.request = request
        self.scripts: list[MigrationScript] = []
        self._directive = directive
        self._settings = Settings()
        self._comparison: Comparison | None = None

    def add(self, comparison: Comparison, history: History) -> None:
        """Compare one database with its models, and let hooks have their way.

        :raises NoModels: there is no model, and tables that would be dropped.
        :raises InvalidAnswer: a hint in the models cannot be.
        """
        upgrade = self._upgrade(comparison, history) if self.request.compare else UpgradeOps()
        downgrade = upgrade.reverse_into(DowngradeOps())
        self._take(generator.both_ways(upgrade, downgrade, comparison))
        self._comparison, self._settings = comparison, comparison.settings
        context = comparison.context.migration_context
        rows = context.get_current_heads()
        for hook in (self._directive, self._settings.process_revision_directives):
            if hook is not None:
                hook(context, rows, self.scripts)

    def _upgrade(self, comparison: Comparison, history: History) -> UpgradeOps:
        if not comparison.models and not comparison.columns:
            return UpgradeOps()
        begun = settling.start(comparison, history)
        found = settling.look(comparison, begun, autogenerate.Answers())
        logs.detected(leaves(found.plain))
        for question in found.questions:
            comparison.watch(
                Noted(
                    f"{question.asked} It is written as it was found: look at the file before it "
                    f"runs. A model says a rename with info={{{settling.HINT!r}: 'old_name'}}"
                )
            )
        return found.plain

    def _take(self, made: MigrationScript) -> None:
        if not self.scripts:
            self.scripts.append(generator.requested(made, self.request))
            return
        self.scripts[-1].upgrade_ops_list.extend(made.upgrade_ops_list)
        self.scripts[-1].downgrade_ops_list.extend(made.downgrade_ops_list)

    def write(
        self,
        directory: Directory,
        created: datetime,
        file_options: Mapping[str, Any],
        reading: Callable[[], History],
    ) -> list[Generated]:
        """Write the files, each of which follows the one before unless it says otherwise.

        :param file_options: of :class:`~migrate_core.settings.Settings`, about files.
        :param reading: reads the history.
        :raises MigrateError: see :func:`migrate_core.runtime.generator.generate`.
        """
        if self._comparison is None and not self.scripts:
            empty = MigrationScript(None, UpgradeOps(), DowngradeOps())
            self.scripts.append(generator.requested(empty, self.request))
        settings = replace(self._settings, **file_options)
        written: list[Generated] = []
        imports = set() if self._comparison is None else self._comparison.context.imports
        before = frozenset(imports)
        for script in self.scripts:
            imports.intersection_update(before)  # without those of the file before
            if written:
                script.head = script.head or written[-1].revision.id
            written.append(
                generator.written(
                    script, self._comparison, directory, reading(), settings, self.request, created
                )
            )
        return written
