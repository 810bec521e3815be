"""The text of a new migration file, out of ``script.py.mako``. The one module that knows Mako.

What a template may use, as documented:

====================  ==============================================================
up_revision           str
down_revision         None, str, or a tuple of str for a merge
branch_labels         None or a tuple of str
depends_on            None, str, or a tuple of str
create_date           datetime
message               str, safe inside a docstring of either kind of quotes
imports               str, lines that upgrades and downgrades need
upgrades, downgrades  str, lines of a body; all but the first are indented by four
comma                 filter: "", "a" or "a, b"; write it as ``| comma,n``
config                the Config, where there is one; else None
====================  ==============================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path

from migrate_core.errors import TemplateError


@dataclass(frozen=True, slots=True)
class NewScript:
    """What a new migration file is to say.

    :param down: ids of the parents: none for a first migration, several for a merge.
    :param depends_on: ids or labels.
    :param imports: lines of source.
    :param upgrade: lines of source, not indented; none for ``pass``.
    :param downgrade: the same.
    :param bodies: the same under names of a template's own, such as one for each database.
    :param variables: whatever else a template of the project's own uses.
    """

    id: str
    message: str
    down: tuple[str, ...]
    labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    created: datetime
    imports: tuple[str, ...]
    upgrade: tuple[str, ...]
    downgrade: tuple[str, ...]
    bodies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)


def render(new: NewScript, template: Path | None) -> str:
    """The text of ``new``.

    :param template: the user's own, None for the built-in one.
    :raises TemplateError: it is no template, or an expression in it raises; with the line.
    """
    from mako.template import Template

    try:
        if template is None:
            built_in = resources.files(__package__) / "templates" / "script.py.mako"
            made = Template(text=built_in.read_text("utf-8"))
        else:
            made = Template(filename=str(template))
        text: str = made.render_unicode(**_variables(new))
    except Exception as error:  # whatever the user's own template raises
        raise TemplateError(
            str(template or "script.py.mako"), _line(error), f"{type(error).__name__}: {error}"
        ) from error
    return text


def filled(template: Path, **variables: object) -> str:
    """The text of a template of ``init``.

    :raises TemplateError: it is no template, or an expression in it raises; with the line.
    """
    from mako.template import Template

    try:
        text: str = Template(filename=str(template)).render_unicode(**variables)
    except Exception as error:  # whatever a template of the user's own raises
        raise TemplateError(
            str(template), _line(error), f"{type(error).__name__}: {error}"
        ) from error
    return text


def _variables(new: NewScript) -> dict[str, object]:
    return {
        "up_revision": new.id,
        "down_revision": _scalar(new.down),
        "branch_labels": new.labels or None,
        "depends_on": _scalar(new.depends_on),
        "create_date": new.created,
        "message": _docstring_safe(new.message.strip() or "empty message"),
        "imports": "\n".join(new.imports),
        "upgrades": _indented(new.upgrade),
        "downgrades": _indented(new.downgrade),
        "comma": _comma,
        "config": None,
        **{name: _indented(lines) for name, lines in new.bodies.items()},
        **new.variables,
    }


def _scalar(values: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return values if len(values) > 1 else next(iter(values), None)


def _comma(value: str | Sequence[str] | None) -> str:
    return value if isinstance(value, str) else ", ".join(value or ())


def _indented(lines: tuple[str, ...]) -> str:
    return "\n".join(f"    {line}" if line else "" for line in lines).removeprefix("    ")


def _docstring_safe(message: str) -> str:
    """``message`` so that a docstring around it ends where the template ends it.

    Quotes next to each other or at the end could close it; a control character or half a
    surrogate pair cannot be in a file.
    """
    escaped = message.replace("\\", "\\\\")
    escaped = re.sub(r"""["]{2}|[']{2}|["']\Z""", lambda quotes: _backslashed(quotes[0]), escaped)
    return "".join(
        character.encode("unicode_escape").decode()
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}
        else character
        for character in escaped
    )


def _backslashed(quotes: str) -> str:
    return "".join(f"\\{quote}" for quote in quotes)


def _line(error: Exception) -> int | None:
    """The line of the template that is at fault, counted from 1."""
    from mako.exceptions import CompileException, RichTraceback, SyntaxException

    if isinstance(error, CompileException | SyntaxException):
        return int(error.lineno) or None
    records = RichTraceback(error, error.__traceback__).records
    lines = [record[5] for record in records if record[4] is not None]
    return lines[-1] if lines else None
