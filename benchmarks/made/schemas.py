"""Models of many tables, the same on every run."""

from __future__ import annotations

import sqlalchemy as sa


def models(tables: int) -> sa.MetaData:
    """``tables`` tables of 12 columns, 2 indexes, a unique constraint and a foreign key each."""
    metadata = sa.MetaData()
    for number in range(tables):
        name = f"item_{number:04}"
        referred = f"item_{max(number - 1, 0):04}"
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("previous_id", sa.ForeignKey(f"{referred}.id", name=f"fk_{name}")),
            sa.Column("code", sa.String(20), nullable=False),
            sa.Column("title", sa.String(200)),
            sa.Column("body", sa.Text),
            sa.Column("amount", sa.Numeric(10, 2), nullable=False),
            sa.Column("count", sa.BigInteger, server_default=sa.text("0")),
            sa.Column("is_active", sa.Boolean, nullable=False),
            sa.Column("created", sa.DateTime, nullable=False),
            sa.Column("day", sa.Date),
            sa.Column("ratio", sa.Float),
            sa.Column("small", sa.SmallInteger),
            sa.UniqueConstraint("code", name=f"uq_{name}_code"),
            sa.Index(f"ix_{name}_title", "title"),
            sa.Index(f"ix_{name}_day_small", "day", "small"),
        )
    return metadata
