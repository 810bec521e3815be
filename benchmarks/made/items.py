"""A SQLite file with one table of as many rows as are wanted, the same on every run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

COLUMNS = (
    "id INTEGER NOT NULL",
    "name VARCHAR(40) NOT NULL",
    "email VARCHAR(80)",
    "price NUMERIC(10, 2)",
    "stock INTEGER",
    "made DATETIME",
    "note TEXT DEFAULT 'x'",
    "flag BOOLEAN",
)

ROWS = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})
INSERT INTO item SELECT i, 'name ' || i, 'user' || ((i * 7919) % {size}) || '@example.org',
i * 0.25, (i * 104729) % 1000, '2024-01-01 00:00:00', 'some note of ' || i, i % 2 FROM n
"""

INDEXES = ("(email)", "(stock)")


def filled(path: Path, size: int) -> Path:
    """The file ``path``, made with ``size`` rows in its table ``item``."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE item ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
        connection.execute(ROWS.format(size=size))
        for number, listed in enumerate(INDEXES):
            connection.execute(f"CREATE INDEX item_{number} ON item {listed}")
        connection.commit()
    return path
