"""One change of a SQLite table, on a copy of its file.

The change is made to a table of few rows before, so that what a process pays once is paid by then.

Pages that are no longer used are not filled with zeros, as SQLite itself has it and Debian's build
has not: with ``secure_delete=ON`` each page of the dropped table is kept for a rollback and written
once more (https://www.sqlite.org/pragma.html#pragma_secure_delete), which no copy without a DROP
has to do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.made.items import COLUMNS, INDEXES
from benchmarks.once import Timed

BATCHES = {
    "rename-column": "b.alter_column('note', new_column_name='remark')",
    "drop-column": "b.drop_column('flag')",
    "change-default": "b.alter_column('note', server_default='y')",
    "add-check": "b.create_check_constraint('ck', 'stock < 100000')",
}

MIGRATION = '''"""A change"""
from migrate_core import op
import sqlalchemy as sa

revision = "r1"
down_revision = None


def upgrade():
    with op.batch_alter_table("item", recreate="{recreate}") as b:
        {batch}
'''

Work = Callable[[Engine], None]


@contextmanager
def ours(file: str, few: str, change: str, recreate: str) -> Iterator[Timed]:
    """A run of one migration, with all that a run does."""
    from migrate_core import Migrations

    with tempfile.TemporaryDirectory() as temporary:
        versions = Path(temporary) / "versions"
        versions.mkdir()
        text = MIGRATION.format(recreate=recreate, batch=BATCHES[change])
        (versions / "r1_change.py").write_text(text)

        def work(engine: Engine) -> None:
            Migrations(temporary, engine=engine, metadata=sa.MetaData()).upgrade()

        with _on_copies(work, file, few) as timed:
            yield timed


@contextmanager
def peer(file: str, few: str, change: str) -> Iterator[Timed]:
    """Alembic's batch, in one transaction, without its commands and its version table."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            b: Any
            with Operations(MigrationContext.configure(connection)).batch_alter_table("item") as b:
                exec(BATCHES[change], {"b": b})
            connection.commit()

    with _on_copies(work, file, few) as timed:
        yield timed


@contextmanager
def floor(file: str, few: str, change: str) -> Iterator[Timed]:
    """The copy into the new table, with its indexes built after it, in one transaction."""
    kept = [column for column in COLUMNS if change != "drop-column" or "flag" not in column]
    columns = [column.replace("'x'", "'y'") for column in kept]
    check = ", CONSTRAINT ck CHECK (stock < 100000)" if change == "add-check" else ""
    names = ", ".join(column.split()[0] for column in columns)
    statements = (
        "BEGIN IMMEDIATE",
        f"CREATE TABLE new ({', '.join(columns)}, PRIMARY KEY (id){check})",
        f"INSERT INTO new ({names}) SELECT {names} FROM item",
        *(f"CREATE INDEX new_{n} ON new {listed}" for n, listed in enumerate(INDEXES)),
        "COMMIT",
    )

    def work(engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    with _on_copies(work, file, few) as timed:
        yield timed


@contextmanager
def _on_copies(work: Work, file: str, few: str) -> Iterator[Timed]:
    with tempfile.TemporaryDirectory() as temporary:
        engines = [_copied(path, Path(temporary) / f"{n}.db") for n, path in enumerate((few, file))]
        os.sync()  # what the copies left to be written is not the change's
        work(engines[0])
        yield Timed(lambda: work(engines[1]))
        for engine in engines:
            engine.dispose()


def _copied(source: str, target: Path) -> Engine:
    shutil.copyfile(source, target)
    engine = sa.create_engine(f"sqlite:///{target}")

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    return engine
