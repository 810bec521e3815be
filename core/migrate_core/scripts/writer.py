"""Validate, then write: a migration file that is there is a migration file that works.

::

    names checked -> history read -> rendered -> compiled -> header read from the text
        -> the same as asked? -> does the history hold with it? -> folders, file -> read back

Up to the last arrow nothing is touched; what fails there is taken back.
"""

from __future__ import annotations

import os
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path

from migrate_core.errors import (
    ConfigurationError,
    DirectoryNotWritable,
    InvalidRevisionId,
    InvalidScript,
    TemplateError,
)
from migrate_core.graph import Revision
from migrate_core.scripts import header, loader
from migrate_core.scripts.directory import Directory, History
from migrate_core.scripts.files import is_script
from migrate_core.scripts.header import Header
from migrate_core.scripts.names import check_id, check_label, file_name
from migrate_core.scripts.template import NewScript, render


def write(
    directory: Directory,
    new: NewScript,
    *,
    file_template: str = "%(rev)s_%(slug)s",
    slug_length: int = 40,
    location: Path | None = None,
) -> Header:
    """Make the file of ``new``, and the folders above it that are missing.

    :param file_template: see :func:`~migrate_core.scripts.names.file_name`.
    :param slug_length: longest message in the file name, in characters.
    :param location: one of the directory's; None for that of the first parent, or the only one.
    :returns: the header as it was read back from the file.
    :raises InvalidRevisionId: the id can't be one, or another file has it.
    :raises InvalidLabel: a label can't be one.
    :raises RevisionError: the history would not hold together.
    :raises InvalidScript: the code asked for is not Python, or the file is already there.
    :raises TemplateError: the user's template makes something else than was asked for.
    :raises ConfigurationError: ``file_template`` or ``location`` can't be used.
    :raises DirectoryNotWritable: with the reason.
    """
    check_id(new.id)
    for label in new.labels:
        check_label(label)
    history = directory.history()
    if there := history.headers.get(new.id):
        raise InvalidRevisionId(new.id, f"{there.path} has it already")
    name = file_name(file_template, new.id, new.message, new.created, slug_length)
    if not is_script(name):
        raise ConfigurationError(
            f"file_template {file_template!r} makes {name!r}, which is not read as a migration.",
            "Begin it with a letter, a digit or a token.",
        )
    path = _folder(directory, history, new, location) / name
    text = render(new, directory.template)
    expected = _verified(text, path, new, directory.template)
    History.of([*history.headers.values(), expected])
    _put(path, text, expected)
    return expected


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
            return history.headers[parent].path.parent
    raise ConfigurationError(
        f"There are several version locations, and no parent to stand beside: {listed}.",
        "Name one of them: --version-path",
    )


# -- before anything is touched --------------------------------------------------------------------


def _verified(text: str, path: Path, new: NewScript, template: Path | None) -> Header:
    """The header that ``text`` will have, which is the one asked for."""
    try:
        made = _header(text, path)
    except InvalidScript as error:
        if template is None:
            raise InvalidScript(
                str(path),
                error.line,
                f"the code made for it cannot be used: {error.reason}",
                "Nothing was written. Look at what the environment adds to migrations "
                "(render_item, process_revision_directives).",
            ) from error
        _verified(render(new, None), path, new, None)  # raises where the template is not at fault
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


def _header(text: str, path: Path) -> Header:
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InvalidScript(str(path), line, "a character cannot be written as UTF-8") from error
    if loader.decoded(data, path) != text:
        raise InvalidScript(
            str(path), 1, "it declares another encoding than UTF-8, which files are written in"
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


def _put(path: Path, text: str, expected: Header) -> None:
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
            temporary.write_bytes(text.encode())
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
