"""Models of many tables, the same on every run, and databases that hold them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

DATABASES = ("sqlite", "postgresql", "mariadb")

_SERVERS = {
    "postgresql": ("TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1/postgres"),
    "mariadb": ("TEST_MARIADB_URL", "mariadb+pymysql://root@127.0.0.1/"),
}


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


@contextmanager
def database(kind: str, tables: int) -> Iterator[sa.Engine]:
    """A database of that kind with :func:`models` in it, dropped at the end."""
    name = f"benchmark_{os.getpid()}_{tables}"
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            url = sa.make_url(f"sqlite:///{Path(folder) / name}")
        else:
            variable, local = _SERVERS[kind]
            server = sa.make_url(os.environ.get(variable, local))
            url = server.set(database=name)
            _send(server, f"CREATE DATABASE {name}")
        try:
            engine = sa.create_engine(url, poolclass=NullPool)
            # Each statement by itself: PostgreSQL has no room for the locks of thousands of tables.
            alone = engine.execution_options(isolation_level="AUTOCOMMIT")
            models(tables).create_all(alone)
            if kind == "postgresql":
                with alone.connect() as connection:
                    connection.exec_driver_sql("ANALYZE")
            yield engine
        finally:
            if kind != "sqlite":
                _send(server, f"DROP DATABASE {name}")


def _send(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
