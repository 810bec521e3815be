"""Constraints without a name get one that nothing else has, and that every database takes."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import opened

LONG = "a_rather_long_name_of_a_column_that_says_all"


def shop(metadata: sa.MetaData) -> sa.Table:
    """Names of which each pair would be made alike, or be cut alike."""
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "a_b",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("c", sa.Integer, unique=True),
    )
    return sa.Table(
        "a",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("b", sa.Integer, sa.ForeignKey("p.id")),
        sa.Column("c", sa.Integer),
        sa.Column("b_c", sa.Integer, sa.ForeignKey("p.id")),
        sa.Column(f"{LONG}_1", sa.Integer, unique=True),
        sa.Column(f"{LONG}_2", sa.Integer, unique=True),
        sa.UniqueConstraint("b", "c"),
        sa.UniqueConstraint("b_c"),
        sa.CheckConstraint("b > 0"),
        sa.CheckConstraint("c > 0"),
        sa.CheckConstraint("c > 0"),
        sa.CheckConstraint("c > 0"),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def names(engine: Engine) -> list[str]:
    """Of all constraints but primary keys, in the whole database."""
    inspector = sa.inspect(engine)
    return [
        str(found["name"])
        for table in ("a", "a_b")
        for kind in ("unique_constraints", "foreign_keys", "check_constraints")
        for found in getattr(inspector, f"get_{kind}")(table)
    ]


def test_names_made_for_one_migration_are_all_different(folder: Path, engine: Engine) -> None:
    metadata = sa.MetaData()
    shop(metadata)
    migrations = opened(folder, engine, metadata)
    migrations.generate("all")
    migrations.upgrade()
    found = names(engine)
    assert len(found) == len(set(found)) == 11
    assert all(len(name.encode()) <= 63 for name in found)
    assert not migrations.check()
    assert migrations.downgrade().after == ()


def test_a_name_that_is_in_the_database_is_not_taken_again(folder: Path, engine: Engine) -> None:
    before, after = sa.MetaData(), sa.MetaData()
    for metadata in (before, after):
        sa.Table(
            "a_b",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("c", sa.Integer),
            sa.UniqueConstraint("c", name="uq_a_b_c"),
        )
    before.create_all(engine)
    sa.Table(
        "a",
        after,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("b_c", sa.Integer, unique=True),
    )
    migrations = opened(folder, engine, after)
    migrations.generate("a")
    migrations.upgrade()
    assert len(set(names(engine))) == 2
    assert not migrations.check()
