"""A run, a comparison or a setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from migrate_core.errors.base import MigrateError


class MigrationFailed(MigrateError):
    """A migration's own body raised.

    :param revision: the one that was running.
    :param applied: revisions of this run that were done before and stay done.
    """

    def __init__(
        self,
        revision: str,
        direction: str,
        path: str,
        line: int | None,
        reason: str,
        applied: Sequence[str],
        state: str,
        next_step: str,
    ) -> None:
        self.revision = revision
        self.direction = direction
        self.path = path
        self.line = line
        self.reason = reason
        self.applied = tuple(applied)
        self.state = state
        place = path if line is None else f"{path}, line {line}"
        super().__init__(
            f"The {direction} of {revision} failed in {place}:\n  {reason}\n{state}", next_step
        )

    def telling(self, next_step: str) -> MigrationFailed:
        """The same error with a next step of whoever knows more."""
        return MigrationFailed(
            self.revision,
            self.direction,
            self.path,
            self.line,
            self.reason,
            self.applied,
            self.state,
            next_step,
        )

    def held_up(self, tries: int, holders: Sequence[str]) -> MigrationFailed:
        """The same error, naming who had what a statement waited for.

        :param tries: how often it was tried.
        """
        by = f"In its way: {'; '.join(holders)}." if holders else "Nobody is in its way any more."
        tried = f" It was tried {tries} times." if tries > 1 else ""
        return MigrationFailed(
            self.revision,
            self.direction,
            self.path,
            self.line,
            f"{self.reason}\n  {by}{tried}",
            self.applied,
            self.state,
            f"Wait until that has ended, or end it. {self.next_step}",
        )


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C, and what could be undone is.

    :param applied: revisions of this run that stay done.
    """

    def __init__(self, applied: Sequence[str], state: str, next_step: str) -> None:
        self.applied = tuple(applied)
        self.problem = f"Interrupted. {state}"
        self.next_step = next_step
        super().__init__(f"{self.problem}\n{self.next_step}")


class NothingRunning(MigrateError, NameError):
    """``op`` or ``context`` was used while no migration runs (a NameError, as documented)."""

    def __init__(self, what: str) -> None:
        self.what = what
        where = ", or an env.py" if what == "context" else ""
        super().__init__(
            f"{what} works only while a migration runs{where}.",
            "Call it from upgrade() or downgrade() in a migration file, and run: flask db upgrade",
        )


class NoModels(MigrateError):
    """The metadata holds no table at all.

    :param database_tables: what is in the database and would have been dropped.
    :param imported: modules that define models and were imported.
    :param not_imported: modules beside the app that seem to define models and were not.
    """

    def __init__(
        self,
        database_tables: Sequence[str] = (),
        imported: Sequence[str] = (),
        not_imported: Sequence[str] = (),
    ) -> None:
        self.database_tables = tuple(database_tables)
        self.imported = tuple(imported)
        self.not_imported = tuple(not_imported)
        count = len(self.database_tables)
        there = (
            f" The database has {count} table{'' if count == 1 else 's'}, and the migration would "
            f"have dropped {'it' if count == 1 else 'them all'} ({_some(self.database_tables)})."
            if self.database_tables
            else ""
        )
        super().__init__(
            f"0 models found.{there} Nothing was written."
            f"{_modules(self.imported, self.not_imported)}",
            _to_import(self.not_imported),
        )

    def knowing(self, imported: Sequence[str], not_imported: Sequence[str]) -> NoModels:
        """The same error, naming the modules."""
        return NoModels(self.database_tables, imported, not_imported)


class NoMetadata(MigrateError):
    """An env.py configures no models, and they were to be compared.

    :param path: the env.py.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path} does not say what the models are, and they are to be compared "
            "(--autogenerate): target_metadata is None.",
            "Set it there, for example: from shop.models import Base; "
            "target_metadata = Base.metadata",
        )


class DotInName(MigrateError):
    """A foreign key points at a name that has a dot, which SQLAlchemy 2.0 cannot tell apart.

    :param table: that has the key.
    :param target: what it points at.
    """

    def __init__(self, table: str, target: str) -> None:
        self.table = table
        self.target = target
        super().__init__(
            f"A foreign key of table {table} points at {target}, where a name has a dot: "
            "SQLAlchemy 2.0 would take what stands before it for a schema.",
            "SQLAlchemy 2.1 can tell them apart: pip install 'SQLAlchemy>=2.1'",
        )


class TooManyDrops(MigrateError):
    """Most of the known tables would be dropped, as where a module of models is not imported.

    :param tables: those that would be dropped.
    :param known: how many tables the history or the models know.
    :param imported: modules that define models and were imported.
    :param not_imported: modules beside the app that seem to define models and were not.
    """

    def __init__(
        self,
        tables: Sequence[str],
        known: int,
        imported: Sequence[str] = (),
        not_imported: Sequence[str] = (),
    ) -> None:
        self.tables = tuple(tables)
        self.known = known
        self.imported = tuple(imported)
        self.not_imported = tuple(not_imported)
        super().__init__(
            f"This would drop {len(self.tables)} of {known} tables ({_some(self.tables)}), because "
            f"no model has them. Nothing was written.{_modules(self.imported, self.not_imported)}",
            f"{_to_import(self.not_imported)} If they are to go: flask db migrate --allow-drops",
        )

    def knowing(self, imported: Sequence[str], not_imported: Sequence[str]) -> TooManyDrops:
        """The same error, naming the modules."""
        return TooManyDrops(self.tables, self.known, imported, not_imported)


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:8])}{', ...' if len(names) > 8 else ''}"


def _modules(imported: Sequence[str], not_imported: Sequence[str]) -> str:
    said = ""
    if imported:
        said += f"\nModels were found in: {_some(imported)}"
    if not_imported:
        said += f"\nNot imported, and seem to define models: {_some(not_imported)}"
    return said


def _to_import(not_imported: Sequence[str]) -> str:
    example = not_imported[0] if not_imported else "yourapp.models"
    return (
        "Import the modules that define them wherever this program starts, below the line that "
        f"makes their db or Base (for example: import {example})."
    )


class OpenQuestion(NamedTuple):
    """A question that the models and the database leave open.

    :param name: the table or column that it is about.
    :param asked: the question in words.
    :param options: the command line option of each answer, and what it comes to.
    """

    name: str
    asked: str
    options: tuple[tuple[str, str], ...]


class AnswersNeeded(MigrateError):
    """Something looks renamed, or rows need a value, and nobody was there to be asked."""

    def __init__(self, questions: Sequence[OpenQuestion]) -> None:
        self.questions = tuple(questions)
        lines = []
        for question in self.questions:
            lines.append(question.asked)
            lines += [f"    {option}\n        {said}" for option, said in question.options]
        count = len(self.questions)
        super().__init__(
            f"{count} question{' is' if count == 1 else 's are'} open, and nothing was written.\n"
            + "\n".join(lines),
            "Answer each with one of its options, for example: flask db migrate "
            + " ".join(question.options[0][0] for question in self.questions),
        )


class NotAnswered(MigrateError):
    """The person who was asked wants to decide later."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name} was left open, and nothing was written.",
            "Ask again when it is decided: flask db migrate",
        )


class InvalidAnswer(MigrateError):
    """An answer to no question, or one that cannot be.

    :param answer: as it is typed.
    """

    def __init__(self, answer: str, reason: str, next_step: str) -> None:
        self.answer = answer
        self.reason = reason
        super().__init__(f"{answer} cannot be: {reason}. Nothing was written.", next_step)


class TargetNotUpToDate(MigrateError):
    """Migrations are pending, and the command needs a database at head."""

    def __init__(self, database: str, pending: Sequence[str], next_step: str = "") -> None:
        self.database = database
        self.pending = tuple(pending)
        count = len(self.pending)
        listed = "".join(f"\n  {line}" for line in self.pending)
        super().__init__(
            f"Target database is not up to date: {count} "
            f"{'migrations are' if count > 1 else 'migration is'} "
            f"not applied to {database}:{listed}",
            next_step or "Apply first: flask db upgrade",
        )


class AutogenerateDiffsDetected(MigrateError):
    """Models and database differ, and the caller asked that they do not.

    :param diffs: the documented tuples, one for each difference.
    :param described: the same in words.
    :param source: the same as code.
    :param questions: what would be asked, in words.
    :param revision_context: the revision as it would have been written, where one was made.
    """

    def __init__(
        self,
        diffs: Sequence[Any],
        described: Sequence[str],
        source: Sequence[str] = (),
        questions: Sequence[str] = (),
        revision_context: Any = None,
    ) -> None:
        self.revision_context = revision_context
        self.diffs = list(diffs)
        self.described = tuple(described)
        self.source = tuple(source)
        self.questions = tuple(questions)
        said = "".join(f"\n  {line}" for line in self.described)
        if self.source:
            lines = "\n".join(self.source).splitlines()  # a plugin's import may be of several
            said += "\nAs code:" + "".join(f"\n  {line}".rstrip() for line in lines)
        if self.questions:
            said += "\nTo be decided:" + "".join(f"\n  {line}" for line in self.questions)
        super().__init__(
            f"The models and the database differ:{said}",
            "Write the migration: flask db migrate -m 'what changed'",
        )


class DatabaseNotAtHead(MigrateError):
    """The database does not stand at all heads of the history, and the caller asked that it does.

    :param current: what it stands at.
    :param heads: what it should stand at.
    """

    def __init__(self, current: Sequence[str], heads: Sequence[str]) -> None:
        self.current = tuple(current)
        self.heads = tuple(heads)
        super().__init__(
            f"Database is not on all head revisions: it stands at "
            f"{', '.join(self.current) or 'base'}, and the history ends at "
            f"{', '.join(self.heads) or 'base'}.",
            "Apply what is missing: flask db upgrade heads",
        )


class CannotAdopt(MigrateError):
    """A database is not recorded to stand at a revision. Nothing was changed.

    :param database: its address, password masked.
    :param differences: in words, where it is not what the revision makes.
    :param sql: the same as statements, where they can be told.
    """

    def __init__(
        self,
        database: str,
        reason: str,
        next_step: str,
        differences: Sequence[str] = (),
        sql: str = "",
    ) -> None:
        self.database = database
        self.reason = reason
        self.differences = tuple(differences)
        self.sql = sql
        said = "".join(f"\n  {line}" for line in self.differences)
        if sql:
            said += "\nIn SQL:" + "".join(f"\n  {line}" for line in sql.splitlines() if line)
        end = ":" if said else "."
        super().__init__(f"{database} was left as it is: {reason}{end}{said}", next_step)


class ConfigurationError(MigrateError):
    """A setting that is missing or cannot be used."""
