"""SQL scripts of an app's migrations, by the functions; the database need not be there."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_migrate_ext import Migrate, downgrade, stamp, upgrade
from histories import create, history


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'shop.db'}"
    db = SQLAlchemy(app)
    Migrate(app, db, directory=tmp_path / "migrations")
    history(tmp_path / "migrations", create("a"), create("b"))
    return app


def test_functions_print_sql_and_run_nothing(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        upgrade(sql=True)
        up = capsys.readouterr().out
        downgrade(revision="head:-1", sql=True)
        down = capsys.readouterr().out
        stamp(revision="r1:head", sql=True)
        stamped = capsys.readouterr().out
    assert "CREATE TABLE a" in up
    assert "DROP TABLE b;" in down
    assert stamped.startswith("-- Stamp from r1 to r2 on sqlite\n")
    assert not (tmp_path / "shop.db").exists()
