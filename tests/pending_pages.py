"""Apps in debug mode for tests of the pending page, and somebody who looks at it.

::

    developing(url, folder)         a Flask app whose one page reads the table "b"
    seen(app, Accept="text/html")   what is answered to a developer at this machine
    pressed(app, page)              what is answered once the page's button is pressed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from flask_migrate_ext import Migrate

ROUTE = "/_migrate/upgrade"
OWN = "http://localhost"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@contextmanager
def developing(
    url: str, folder: Path, *, debug: bool = True, config: dict[str, Any] | None = None, **said: Any
) -> Iterator[Flask]:
    """An app that somebody works on.

    :param said: further arguments of Migrate.
    """
    app = Flask("shop", static_folder=None)
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI=url, **(config or {}))
    app.debug = debug
    db = SQLAlchemy(app)
    Migrate(app, db, directory=folder, **said)

    @app.get("/")
    def index() -> str:
        db.session.execute(sa.text("SELECT id FROM b"))
        return "the app itself"

    @app.errorhandler(404)
    def not_found(_error: object) -> tuple[str, int]:
        return "the app has no such page", 404

    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def seen(app: Flask, path: str = "/", **headers: str) -> TestResponse:
    """What is answered to a browser, or to whatever else the headers say."""
    told = {"Accept": "text/html", **headers}
    return app.test_client().get(path, headers=told)


def fields(page: TestResponse) -> dict[str, str]:
    """What the page's form sends."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page.text)}


def pressed(
    app: Flask,
    page: TestResponse,
    *,
    changes: dict[str, str] | None = None,
    peer: str = "127.0.0.1",
    **headers: str,
) -> TestResponse:
    """What is answered to whoever presses the button of a page.

    :param changes: to what the form sends.
    :param peer: the address of the connection.
    """
    told = {"Accept": "text/html", "Origin": OWN, "Sec-Fetch-Site": "same-origin", **headers}
    return app.test_client().post(
        ROUTE,
        data={**fields(page), **(changes or {})},
        headers={name: value for name, value in told.items() if value},
        environ_base={"REMOTE_ADDR": peer},
        buffered=True,
    )
