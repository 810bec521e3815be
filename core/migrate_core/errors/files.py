"""A migration file, or the folder it lives in."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.errors.base import MigrateError


class ScriptError(MigrateError):
    """A migration file, or the folder it lives in."""


class DirectoryMissing(ScriptError):
    """There is no migrations folder where one was expected."""

    def __init__(self, directory: str, next_step: str = "") -> None:
        self.directory = directory
        super().__init__(
            f"There is no migrations folder {directory}.",
            next_step
            or "Make the first migration, which also makes the folder: "
            "flask db migrate -m 'initial'; or name another folder with -d.",
        )


class EnvironmentMissing(ScriptError):
    """A folder of migrations has no env.py, and a command was to run it."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"There is no {path}, which says what database the migrations are for.",
            "Make one beside it (alembic init NEWFOLDER) and move its env.py here; or run the "
            "migrations without one: migrate-core --url URL --metadata MODULE:NAME upgrade",
        )


class FolderInUse(ScriptError):
    """A new folder of migrations is to be made where something else is."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        super().__init__(
            f"Directory {directory} already exists and is not empty.",
            "Name a folder that is not there yet: alembic init FOLDER",
        )


class UnknownTemplate(ScriptError):
    """There is no template of that name."""

    def __init__(self, path: str, names: Sequence[str]) -> None:
        self.path = path
        self.names = tuple(names)
        super().__init__(f"No such template {path!r}.", f"Name one of: {', '.join(self.names)}")


class EditorMissing(ScriptError):
    """A file was to be edited, and nothing says in what."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"No editor was found for {path}: there is no terminal, and no EDITOR is set.",
            "Edit that file; or name an editor in the environment: EDITOR=nano",
        )


class EditorFailed(ScriptError):
    """An editor could not be started, or failed."""

    def __init__(self, editor: str, path: str, reason: str) -> None:
        self.editor = editor
        self.path = path
        self.reason = reason
        super().__init__(
            f"Error executing editor ({editor}) on {path}: {reason}.",
            "Name another one in the environment: EDITOR=nano",
        )


class DirectoryNotReadable(ScriptError):
    """Something is there under the folder's name, and no files can be listed in it."""

    def __init__(self, directory: str, reason: str) -> None:
        self.directory = directory
        self.reason = reason
        super().__init__(
            f"Cannot read the migrations folder {directory}: {reason}.",
            f"Check it with: ls -ld {directory}; or name another folder with -d.",
        )


class DirectoryNotWritable(ScriptError):
    """The folder is there, or should be, and cannot be written to."""

    def __init__(self, directory: str, reason: str) -> None:
        self.directory = directory
        self.reason = reason
        super().__init__(
            f"Cannot write to {directory}: {reason}.",
            f"Check it with: ls -ld {directory}; or name another folder with -d.",
        )


class InvalidScript(ScriptError):
    """A migration file that cannot be read.

    :param path: the file.
    :param line: counted from 1, or None where the file as a whole is at fault.
    """

    def __init__(self, path: str, line: int | None, reason: str, next_step: str = "") -> None:
        self.path = path
        self.line = line
        self.reason = reason
        place = path if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}", next_step or "Correct the file and run the command again."
        )


class InvalidRevisionId(ScriptError):
    """An identifier that cannot name a revision."""

    def __init__(self, revision: str, reason: str) -> None:
        self.revision = revision
        self.reason = reason
        super().__init__(
            f"{revision!r} cannot be a revision id: {reason}.",
            "Leave --rev-id out for a generated one, "
            "or use letters, digits, '_' and '.' (at most 32 characters).",
        )


class InvalidLabel(ScriptError):
    """A name that cannot be a branch label."""

    def __init__(self, label: str, reason: str) -> None:
        self.label = label
        self.reason = reason
        super().__init__(
            f"{label!r} cannot be a branch label: {reason}.",
            "Choose another --branch-label, of letters, digits, '_' and '.'.",
        )


class TemplateError(ScriptError):
    """``script.py.mako`` does not render, or renders something that is not a migration."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        place = path if line is None else f"{path}, line {line}"
        super().__init__(
            f"The template {place} does not make a migration file: {reason}",
            "Correct the template, or delete it to use the built-in one. Nothing was written.",
        )


class HookFailed(ScriptError):
    """A program that is run on new migration files failed, or left something else.

    :param path: the file, which is written and stays.
    """

    def __init__(self, hook: str, path: str, reason: str) -> None:
        self.hook = hook
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} is written and stays, but the hook {hook!r} failed: {reason}",
            "Correct the hook or the file, and run the hook on it by hand; "
            "or delete the file and run the command again.",
        )


class CannotRebase(ScriptError):
    """A revision cannot be given another parent. Nothing was written.

    :param path: its file.
    """

    def __init__(self, revision: str, path: str, reason: str, next_step: str) -> None:
        self.revision = revision
        self.path = path
        self.reason = reason
        super().__init__(f"Revision {revision} ({path}) is not rebased: {reason}.", next_step)
