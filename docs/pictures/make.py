"""Draws the example shop, for the documentation: ``python docs/pictures/make.py``.

::

    history.svg    where the shop's database stands in the middle of its history
    schema.svg     its models
    changes.svg    what a migration would do after some of them were changed
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from example_app.models import db
from migrate_core import Migrations, alias
from migrate_core.drawing import written

HERE = Path(__file__).parent
SHOP = HERE.parent.parent / "example_app"
HALFWAY = "f6c0de06"


def pictures() -> Mapping[str, str]:
    """Each picture by the name of its file."""
    with tempfile.TemporaryDirectory() as folder:
        # Away from the checkout, whose authors are no part of the example.
        files = shutil.copytree(SHOP / "migrations", Path(folder, "migrations"))
        engine = sa.create_engine(f"sqlite:///{folder}/shop.db")
        shop = Migrations(files, engine=engine, metadata=db.metadata, surroundings=alias.active)
        shop.upgrade(HALFWAY)
        made = {
            "history.svg": written(shop.history_picture(shop.current()), "svg"),
            "schema.svg": written(shop.models_picture(), "svg"),
        }
        shop.upgrade()
        shop.metadata = (_changed(),)
        made["changes.svg"] = written(shop.changes_picture(), "svg")
        engine.dispose()
    return made


def _changed() -> sa.MetaData:
    """The shop's models with addresses, and without notes."""
    models = sa.MetaData(naming_convention=db.metadata.naming_convention)
    for table in db.metadata.sorted_tables:
        if table.name != "orders":
            table.to_metadata(models)
    sa.Table(
        "orders",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "customer_id",
            sa.ForeignKey("customers.id", name="fk_orders_customer", ondelete="CASCADE"),
            index=True,
            nullable=False,
        ),
        sa.Column("status", sa.String(7), server_default="new", nullable=False),
        sa.Column("placed_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("address_id", sa.ForeignKey("addresses.id")),
    )
    sa.Table(
        "addresses",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
    )
    models.tables["customers"].c.email.type = sa.String(320)
    return models


if __name__ == "__main__":
    for name, text in pictures().items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
