"""The documented RevisionContext: a revision on its way from a comparison to its files.

::

    made = RevisionContext(config, script, {"message": "users", "head": "head"})
    made.run_autogenerate(rev, context)     from the fn= of an EnvironmentContext, for each database
    list(made.generate_scripts())           the files are there
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from migrate_core.api.autogenerate import AutogenContext
from migrate_core.api.config import Config
from migrate_core.api.context import MigrationContext
from migrate_core.api.revision import RevisionId, texts
from migrate_core.api.script import Script, ScriptDirectory
from migrate_core.database import connect
from migrate_core.errors import TargetNotUpToDate
from migrate_core.graph import plan
from migrate_core.operations import MigrationScript
from migrate_core.runtime import logs
from migrate_core.runtime.comparison import Comparison
from migrate_core.runtime.gathering import Gathering
from migrate_core.runtime.requests import Generate
from migrate_core.runtime.watch import ignore
from migrate_core.scripts import names
from migrate_core.settings import ProcessRevisionDirectives


class RevisionContext:
    """One revision that is being made, of what differs in one database or in several.

    :param command_args: what ``alembic revision`` takes: ``message``, ``head``, ``splice``,
        ``branch_label``, ``version_path``, ``rev_id``, ``depends_on``; others are left alone.
    :param process_revision_directives: may change what is written, before that of env.py.
    :ivar template_args: what the template of a new file may use besides.
    :ivar gathering: the engine's own form of it.
    """

    def __init__(
        self,
        config: Config | None,
        script_directory: ScriptDirectory,
        command_args: dict[str, Any],
        process_revision_directives: ProcessRevisionDirectives | None = None,
    ) -> None:
        self.config = config
        self.script_directory = script_directory
        self.command_args = command_args
        self.process_revision_directives = process_revision_directives
        self.template_args: dict[str, Any] = {"config": config}
        self.gathering = Gathering(_request(command_args), process_revision_directives)

    @property
    def generated_revisions(self) -> list[MigrationScript]:
        """The migrations that are to be written; hooks may make it none, or several."""
        return self.gathering.scripts

    def run_autogenerate(self, rev: RevisionId, migration_context: MigrationContext) -> None:
        """Put what differs between the models and a database into it.

        :param rev: where the database stands.
        :raises TargetNotUpToDate: migrations are pending.
        """
        self._require_current(rev, migration_context)
        self._run(migration_context, compare=True)

    def run_no_autogenerate(
        self, rev: RevisionId, migration_context: MigrationContext
    ) -> None:  # documented
        """Let the hooks of a database's env.py have their way, and compare nothing."""
        if not migration_context.as_sql:
            self._run(migration_context, compare=False)

    def generate_scripts(self) -> Iterator[Script | None]:
        """Write the files, each of which follows the one before unless it says otherwise.

        :raises MigrateError: see :func:`migrate_core.runtime.generator.generate`.
        """
        script = self.script_directory
        written = self.gathering.write(
            script.directory,
            names.now(script.timezone),
            {**script.options, "template_args": self.template_args},
            script.directory.history,
        )
        headers = script.directory.history().headers
        for each in written:
            made = Script.of(headers[each.revision.id])
            script.revision_map.add_revision(made, _replace=True)
            yield made

    def _run(self, context: MigrationContext, *, compare: bool) -> None:
        self.gathering.request = replace(self.gathering.request, compare=compare)
        comparison = Comparison(
            context.bind,
            context.metadata,
            context.settings,
            logs.logged(ignore, logs.COMPARE),
            AutogenContext(context),
        )
        self.gathering.add(comparison, self.script_directory.directory.history())

    def _require_current(self, rev: RevisionId, context: MigrationContext) -> None:
        pending = plan.upgrade(self.script_directory.revision_map.graph, texts(rev), "heads")
        if pending:
            said = [f"{step.revision.id} {step.revision.doc}".rstrip() for step in pending]
            raise TargetNotUpToDate(connect.name(context.bind.engine.url), said)


def _request(given: Mapping[str, Any]) -> Generate:
    head = given.get("head") or "head"
    path = given.get("version_path")
    return Generate(
        message=given.get("message"),
        compare=False,
        head=head if isinstance(head, str) else tuple(each or "base" for each in head),
        splice=bool(given.get("splice")),
        rev_id=given.get("rev_id"),
        branch_labels=texts(given.get("branch_label")),
        depends_on=texts(given.get("depends_on")),
        version_path=None if path is None else Path(path),
    )
