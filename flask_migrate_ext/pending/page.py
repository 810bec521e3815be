"""A document as HTML: one response with all that it needs, which loads nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flask_migrate_ext.pending.documents import Document

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page shows.

    :param app: the app's name.
    :param action: where the button leads.
    :param token: that of this process.
    :param shown: what comes back with the button.
    :param destroys: whether something that is shown destroys rows, which has to be agreed to.
    :param back: what was asked for, or where to go on: a path of this app.
    :param pending: the document of what is pending.
    :param ended: that of what became of a press of the button.
    :param refused: that of why there was none.
    """

    app: str
    action: str
    token: str
    shown: str
    destroys: bool
    back: str
    pending: Document
    ended: Document | None = None
    refused: Document | None = None


def written(templates: Environment, sheet: Sheet, nonce: str) -> str:
    """The page.

    :param templates: see :func:`environment`.
    :param nonce: what its style and script are known by, see :func:`policy`.
    :raises jinja2.TemplateError: the template is broken.
    """
    return templates.get_template("page.html").render(sheet=sheet, nonce=nonce)


def policy(nonce: str) -> str:
    """What a browser may do on the page (Content Security Policy Level 3)."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def environment() -> Environment:
    """Not the app's: what an app adds to its own, or changes in it, is not for this page."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["statement"] = _statement
    made.filters["counted"] = _counted
    made.filters["path"] = _path
    return made


def _statement(text: str) -> str:
    return text.strip().rstrip("; \n").replace("\t", "    ") + ";"


def _path(text: str) -> Markup:
    """A path that may be broken where a person would."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_])", text))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
