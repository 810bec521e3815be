"""Validate, then write: a migration file that is there is a migration file that works.

::

    names checked -> history read -> rendered -> compiled -> header read from the text
        -> the same as asked? -> does the history hold with it? -> folders, file -> read back
        -> hooks -> read again

Up to the folders nothing is touched, and what fails there is taken back; what the hooks do is
theirs, and the file stays.
"""

from __future__ import annotations

import codecs
import os
import re
import uuid
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath

from migrate_core.errors import (
    ConfigurationError,
    DirectoryNotWritable,
    HookFailed,
    InvalidRevisionId,
    InvalidScript,
    TemplateError,
)
from migrate_core.graph import Revision
from migrate_core.scripts import header, loader
from migrate_core.scripts.directory import Directory, History
from migrate_core.scripts.files import is_script
from migrate_core.scripts.header import Header
from migrate_core.scripts.hooks import run
from migrate_core.scripts.names import MAX_ID, check_id, check_label, file_name
from migrate_core.scripts.template import NewScript, render
from migrate_core.settings import Hook

_DECLARATION = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263


def write(
    directory: Directory,
    new: NewScript,
    *,
    file_template: str = "%(rev)s_%(slug)s",
    slug_length: int = 40,
    location: Path | None = None,
    encoding: str = "utf-8",
    hooks: Sequence[Hook] = (),
) -> Header:
    """Make the file of ``new``, and the folders above it that are missing.

    :param file_template: see :func:`~migrate_core.scripts.names.file_name`.
    :param slug_length: longest message in the file name, in characters.
    :param location: one of the directory's; None for that of the first parent, or the only one.
    :param encoding: of the file, which declares it where it is not UTF-8.
    :param hooks: what is run on the file when it is there.
    :returns: the header as it was read back from the file.
    :raises InvalidRevisionId: the id can't be one, or another file has it.
    :raises InvalidLabel: a label can't be one.
    :raises RevisionError: the history would not hold together.
    :raises InvalidScript: the code asked for is not Python, or the file is already there.
    :raises TemplateError: the user's template makes something else than was asked for.
    :raises ConfigurationError: ``file_template``, ``location`` or ``encoding`` can't be used.
    :raises DirectoryNotWritable: with the reason.
    :raises HookFailed: the file is there, and a hook did not do its work on it.
    """
    history = directory.history()
    # A history that has longer ones is that of a project that made its version table wider.
    wider = any(len(id) > MAX_ID for id in history.headers)
    check_id(new.id, longest=len(new.id) if wider else MAX_ID)
    for label in new.labels:
        check_label(label)
    if there := history.headers.get(new.id):
        raise InvalidRevisionId(new.id, f"{there.path} has it already")
    path = _folder(directory, history, new, location) / _name(
        directory, file_name(file_template, new.id, new.message, new.created, slug_length)
    )
    text, data = _encoded(render(new, directory.template), encoding, path)
    expected = _verified(text, data, path, new, directory.template)
    History.of([*history.headers.values(), expected])
    _put(path, data, expected)
    return _hooked(hooks, expected)


def _name(directory: Directory, name: str) -> str:
    """``name``, which the directory will find again."""
    if not is_script(PurePosixPath(name).name):
        raise ConfigurationError(
            f"file_template makes {name!r}, which is not read as a migration.",
            "Begin it with a letter, a digit or a token.",
        )
    if "/" in name and not directory.recursive:
        raise ConfigurationError(
            f"file_template makes {name!r}, and folders below a version location are not read.",
            "Set recursive_version_locations, or take the / out of file_template.",
        )
    return name


def _hooked(hooks: Sequence[Hook], written: Header) -> Header:
    """The header as the hooks leave it, which says of the revision what was written."""
    if not hooks:
        return written
    run(hooks, written.path)
    names = ", ".join(hook.name for hook in hooks)
    try:
        found = header.read(written.file)
    except InvalidScript as error:
        reason = f"it left a file that cannot be read: {error.problem}"
        raise HookFailed(names, written.file, reason) from error
    if found.revision._replace(doc="") != written.revision._replace(doc=""):
        raise HookFailed(names, written.file, "it changed the identifiers")
    return found


def _folder(directory: Directory, history: History, new: NewScript, location: Path | None) -> Path:
    """The location that the file goes to."""
    listed = ", ".join(map(str, directory.locations))
    if location is not None:
        for known in directory.locations:
            if os.path.realpath(known) == os.path.realpath(location):
                return known
        raise ConfigurationError(
            f"{location} is not one of the version locations: {listed}.",
            "Name one of them, or add it to version_locations.",
        )
    if len(directory.locations) == 1:
        return directory.locations[0]
    for parent in new.down:
        if parent in history.headers:
            above = history.headers[parent].path.parents
            beside = [each for each in directory.locations if each in above]
            return max(beside, key=lambda each: len(each.parts))
    raise ConfigurationError(
        f"There are several version locations, and no parent to stand beside: {listed}.",
        "Name one of them: --version-path",
    )


# -- before anything is touched --------------------------------------------------------------------


def _encoded(text: str, encoding: str, path: Path) -> tuple[str, bytes]:
    """The text, with the line that declares its encoding where Python needs one, and its bytes."""
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:
        raise ConfigurationError(
            f"output_encoding {encoding!r} is no encoding that Python knows.",
            "Leave it out for UTF-8.",
        ) from error
    declared = any(_DECLARATION.match(line) for line in text.split("\n", 2)[:2])
    if not codec.startswith("utf-8") and not declared:
        text = f"# -*- coding: {codec} -*-\n{text}"
    try:
        return text, text.encode(codec)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InvalidScript(
            str(path),
            line,
            f"the character {text[error.start]!r} cannot be written in {codec}",
            "Nothing was written. Set output_encoding to utf-8, or use another message.",
        ) from error


def _verified(text: str, data: bytes, path: Path, new: NewScript, template: Path | None) -> Header:
    """The header that the file will have, which is the one asked for."""
    try:
        made = _header(text, data, path)
    except InvalidScript as error:
        if template is None:
            raise InvalidScript(
                str(path),
                error.line,
                f"the code made for it cannot be used: {error.reason}",
                "Nothing was written. Look at what the environment adds to migrations "
                "(render_item, process_revision_directives).",
            ) from error
        plain = render(new, None)
        _verified(plain, plain.encode(), path, new, None)  # raises unless the template is at fault
        place = "" if error.line is None else f" in line {error.line} of what it made"
        raise TemplateError(str(template), None, f"{error.reason}{place}") from error
    for attribute, wanted, found in _asked(new, made.revision):
        if wanted != found:
            raise TemplateError(
                str(template or "script.py.mako"),
                None,
                f"it made {attribute} {found!r} where {wanted!r} was asked for",
            )
    return made


def _header(text: str, data: bytes, path: Path) -> Header:
    if loader.decoded(data, path) != text:
        raise InvalidScript(
            str(path), 1, "it declares another encoding than output_encoding, or one without bytes"
        )
    loader.compiled(text, path)
    return header.parse(text, path)


def _asked(new: NewScript, made: Revision) -> tuple[tuple[str, object, object], ...]:
    return (
        ("revision", new.id, made.id),
        ("down_revision", new.down, made.down),
        ("branch_labels", new.labels, made.labels),
        ("depends_on", new.depends_on, made.depends_on),
    )


# -- writing ---------------------------------------------------------------------------------------


def _put(path: Path, data: bytes, expected: Header) -> None:
    """Create the file whole, or leave everything as it was.

    The empty file that takes the name first is what keeps another process from being overwritten:
    a rename alone would replace its file.
    """
    temporary = path.with_name(f".#{uuid.uuid4().hex}")
    try:
        with ExitStack() as undo:
            for folder in [each for each in reversed(path.parents) if not each.exists()]:
                folder.mkdir(exist_ok=True)
                undo.callback(_remove_if_empty, folder)
            undo.callback(temporary.unlink, missing_ok=True)
            temporary.write_bytes(data)
            _take(path)
            undo.callback(path.unlink, missing_ok=True)
            temporary.replace(path)
            if header.read(path) != expected:
                raise DirectoryNotWritable(str(path.parent), "a file changed while it was written")
            undo.pop_all()
    except OSError as error:
        raise DirectoryNotWritable(str(path.parent), error.strerror or str(error)) from error


def _take(path: Path) -> None:
    try:
        path.open("xb").close()
    except FileExistsError as error:
        raise InvalidScript(
            str(path),
            None,
            "the file is already there, and is not overwritten",
            "Move it away, or use another message or --rev-id.",
        ) from error


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
