"""The pending page's place before an app: requests in, answers out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Request, Response

from flask_migrate_ext.extension import READY
from flask_migrate_ext.pending import documents, page
from flask_migrate_ext.pending.askers import DOCUMENT, EVENTS, PAGE, Asker, Wanted
from flask_migrate_ext.pending.documents import Document
from flask_migrate_ext.pending.looking import Behind, Looks
from flask_migrate_ext.pending.running import Button
from migrate_core.errors import MigrateError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

ROUTE = "/_migrate/upgrade"
"""Where the button leads. It is there for POST, in debug mode, and from this machine alone."""

LONGEST_FORM = 100_000
"""Bytes."""

HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

IN_A_TERMINAL = "Open the page again and press the button there; or in a terminal: flask db upgrade"


class PendingPage:
    """Answers in place of an app that is in debug mode, while migrations are pending.

    :param wsgi_app: the app itself, as PEP 3333 has it.
    """

    def __init__(self, app: Flask, wsgi_app: WSGIApplication) -> None:
        self._app = app
        self._wsgi_app = wsgi_app
        self._looks = Looks(app)
        self._button = Button(app)
        self._token = token_urlsafe(32)
        self._templates = page.environment()

    def forget(self) -> None:
        """Ask the databases again at the next request."""
        self._looks.forget()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let the app answer it."""
        if _is_button(environ) or not self._looks.are_current():
            answer: WSGIApplication = self._instead(environ) or self._wsgi_app
            return answer(environ, start_response)
        try:
            return self._wsgi_app(environ, start_response)
        except DBAPIError:
            # A column is missing, perhaps: another process may have gone back meanwhile.
            self._looks.forget()
            instead = self._instead(environ)
            if instead is None:
                raise
            return instead(environ, start_response)

    def _instead(self, environ: WSGIEnvironment) -> Response | None:
        """What is answered instead of the app; None where the app is to answer."""
        asker = Asker.of(environ)
        if not asker.is_here(self._hosts()):
            return None
        if _is_button(environ):
            return self._pressed(environ, asker)
        if asker.wants not in (PAGE, DOCUMENT) or self._is_let_through(environ):
            return None
        behind = self._looks.behind()
        return self._answer(environ, asker.wants, behind, status=503) if behind else None

    def _hosts(self) -> list[str]:
        """The names that the app's developer gave this machine."""
        config = self._app.config
        server_name = (config.get("SERVER_NAME") or "").partition(":")[0]
        return [*filter(None, [server_name]), *(config.get("TRUSTED_HOSTS") or ())]

    def _is_let_through(self, environ: WSGIEnvironment) -> bool:
        """Whether it is for a file, or for the readiness route, which say what they say."""
        adapter = self._app.url_map.bind("")
        try:
            endpoint, _ = adapter.match(environ.get("PATH_INFO"), environ["REQUEST_METHOD"])
        except HTTPException:
            return False
        return endpoint in (READY, "static") or str(endpoint).endswith(".static")

    # -- the button --------------------------------------------------------------------------------

    def _pressed(self, environ: WSGIEnvironment, asker: Asker) -> Response:
        form = _form(environ)
        why = asker.why_not(form.get("token", ""), self._token)
        if why is not None:
            return self._refused(environ, asker, why, IN_A_TERMINAL, 403)
        try:
            behind = self._looks.look()
        except MigrateError as error:
            return self._refused(environ, asker, error.problem, error.next_step, 503)
        if behind and form.get("shown") != documents.digest(behind):
            why = "Other migrations are pending than this page showed."
            next_step = "Look at what is pending now, and press the button again."
            return self._refused(environ, asker, why, next_step, 409, behind)
        if documents.destroys(behind) and "agreed" not in form:
            why = "Something of it destroys rows, and that was not agreed to."
            next_step = "Tick the box above the button, and press it again."
            return self._refused(environ, asker, why, next_step, 409, behind)
        lines = self._lines(behind)
        if asker.wants == EVENTS:
            return Response(map(_line, lines), mimetype=EVENTS, headers=HEADERS)
        *_, said = lines
        left = self._looks.behind()
        status = 200 if said["done"] else 500
        return self._answer(
            environ, asker.wants, left, status=status, ended=said, back=form.get("back")
        )

    def _lines(self, behind: Sequence[Behind]) -> Iterator[Document]:
        """What happens, as documents; the end is the last."""
        try:
            for one in self._button.press(behind) if behind else [()]:
                if isinstance(one, tuple):
                    yield documents.ended(one)
                elif (said := documents.told(one)) is not None:
                    yield said
        finally:
            self._looks.forget()

    def _refused(
        self,
        environ: WSGIEnvironment,
        asker: Asker,
        why: str,
        next_step: str,
        status: int,
        behind: Sequence[Behind] | None = None,
    ) -> Response:
        said = documents.refused(f"{why}\nNothing was applied.", next_step)
        if asker.wants == PAGE:
            behind = self._looks.behind() if behind is None else behind
        return self._answer(environ, asker.wants, behind or (), status=status, refused=said)

    # -- answers -----------------------------------------------------------------------------------

    def _answer(
        self,
        environ: WSGIEnvironment,
        wants: Wanted | None,
        behind: Sequence[Behind],
        *,
        status: int,
        ended: Document | None = None,
        refused: Document | None = None,
        back: str | None = None,
    ) -> Response:
        """A page or a document.

        :param behind: what is pending now.
        :param ended: what became of a press of the button.
        :param refused: why there was none.
        :param back: where whoever pressed it came from.
        """
        pending = documents.pending(behind)
        document = ended or refused or pending
        if wants != PAGE:
            return _document(document, status)
        request = Request(environ)
        sheet = page.Sheet(
            app=self._app.name,
            action=f"{request.root_path}{ROUTE}",
            token=self._token,
            shown=documents.digest(behind),
            destroys=documents.destroys(behind),
            back=_back(request, back),
            pending=pending,
            ended=ended,
            refused=refused,
        )
        nonce = token_urlsafe(16)
        try:
            text = page.written(self._templates, sheet, nonce)
        except Exception:
            self._app.logger.exception("The pending page is broken; this is what it would say")
            return _document(document, status)
        headers = {**HEADERS, "Content-Security-Policy": page.policy(nonce)}
        return Response(text, status, headers, mimetype=PAGE)


def _is_button(environ: WSGIEnvironment) -> bool:
    return environ.get("PATH_INFO") == ROUTE and environ["REQUEST_METHOD"] == "POST"


def _form(environ: WSGIEnvironment) -> dict[str, str]:
    """What came with the button; nothing where it is no form, or too long for one of ours."""
    request = Request(environ)
    request.max_content_length = LONGEST_FORM
    try:
        return request.form.to_dict()
    except HTTPException:
        return {}


def _back(request: Request, given: str | None) -> str:
    """Where to go on: to what was asked for, or where somebody came from; always in this app."""
    asked = urlsplit(iri_to_uri(request.url))._replace(scheme="", netloc="").geturl()
    path = asked if request.method == "GET" else given
    is_here = path is not None and path.startswith("/") and path[1:2] not in ("/", "\\")
    return path if path is not None and is_here else f"{request.root_path}/"


def _document(document: Document, status: int) -> Response:
    return Response(json.dumps(document, indent=2), status, HEADERS, mimetype=DOCUMENT)


def _line(document: Document) -> str:
    return json.dumps(document) + "\n"
