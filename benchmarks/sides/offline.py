"""An upgrade script, base to head, written for PostgreSQL without a database.

One is written before the clock starts, so that what a process pays once, byte code included, is
paid on both sides.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.once import Timed

URL = "postgresql+psycopg://user@host/database"


@contextmanager
def ours(folder: str) -> Iterator[Timed]:
    """By ``Migrations``."""
    import sqlalchemy as sa

    from migrate_core import Migrations, alias

    engine = sa.create_engine(URL)
    yield _again(
        lambda: Migrations(
            folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
        ).upgrade_sql()
    )


@contextmanager
def peer(folder: str) -> Iterator[Timed]:
    """By Alembic's own command."""
    from alembic import command
    from alembic.config import Config

    def written() -> str:
        output = io.StringIO()
        config = Config(output_buffer=output)
        config.set_main_option("script_location", folder)
        config.set_main_option("path_separator", "os")
        config.set_main_option("sqlalchemy.url", URL)
        command.upgrade(config, "head", sql=True)
        return output.getvalue()

    yield _again(written)


def _again(write: Callable[[], str]) -> Timed:
    script = write()
    assert "CREATE TABLE" in script
    return Timed(write)
