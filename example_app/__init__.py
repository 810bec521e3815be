"""A small shop: an app factory, its models, their migrations, and one page that lists orders."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from flask_migrate_ext import Migrate

migrate = Migrate()


def create_app(database_url: str | None = None) -> Flask:
    """The app, on ``SHOP_DATABASE_URL`` or else on a SQLite file beside this package's code."""
    from example_app.models import db
    from example_app.views import pages

    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = (
        database_url
        or os.environ.get("SHOP_DATABASE_URL")
        or f"sqlite:///{Path(__file__).parent / 'shop.db'}"
    )
    db.init_app(app)
    migrate.init_app(app, db)
    app.register_blueprint(pages)
    return app
