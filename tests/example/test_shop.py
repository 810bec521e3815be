"""The example shop: its own history, on every database, both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from example_app import create_app
from example_app.models import db
from flask_migrate_ext import check, current, downgrade, history, upgrade

ROOT = Path(__file__).parents[2]

# Who the first orders belong to, after the migration that splits their names.
SPLIT = [
    ("ada@example.com", "Ada", "Lovelace"),
    ("alan@example.com", "Alan Mathison", "Turing"),
    ("sappho@example.com", "", "Sappho"),
]


@pytest.fixture
def shop(database_url: str) -> Iterator[Flask]:
    app = create_app(database_url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def customers() -> list[tuple[str, ...]]:
    query = sa.text("SELECT email, first_name, last_name FROM customers ORDER BY email")
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_the_history_has_a_branch_and_its_merge(shop: Flask) -> None:
    found = history()
    assert len(found) >= 8
    assert any(len(revision.down) == 2 for revision in found)


def test_it_goes_from_empty_to_head_and_then_equals_the_models(shop: Flask) -> None:
    assert len(upgrade().steps) == len(history())
    assert check().described == ()


def test_it_goes_back_to_nothing_and_up_again(shop: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version", "migration_log"]
    assert current() == ()
    upgrade()
    assert check().described == ()


def test_the_data_migration_moves_every_name(shop: Flask) -> None:
    upgrade()
    assert customers() == SPLIT


def test_names_survive_going_back_and_forth(shop: Flask) -> None:
    upgrade()
    downgrade(revision="d4c0de04")
    with db.engine.connect() as connection:
        names = connection.execute(sa.text("SELECT name FROM customers ORDER BY email")).scalars()
        assert list(names) == ["Ada Lovelace", "Alan Mathison Turing", "Sappho"]
    upgrade()
    assert customers() == SPLIT


def test_the_page_lists_the_migrated_orders(shop: Flask) -> None:
    upgrade()
    page = shop.test_client().get("/").get_data(as_text=True)
    assert "Alan Mathison <strong>Turing</strong>" in page
    assert "67.90" in page  # two bread knives and a watering can


def test_the_first_command_migrates_the_shop_and_says_so(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "example_app"],
        cwd=ROOT,
        env={**os.environ, "SHOP_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "The shop is migrated: 10 migrations applied" in done.stdout
    assert "3 customers and 3 orders" in done.stdout
