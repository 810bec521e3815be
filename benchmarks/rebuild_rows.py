"""Changes of a table with a million rows on SQLite, beside the copy that none can do without."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.engine import Engine

from benchmarks.measure import Row
from migrate_core import Migrations

MANY, FEW = 1_000_000, 10_000

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

BATCHES = {
    "rename column": "b.alter_column('note', new_column_name='remark')",
    "drop column": "b.drop_column('flag')",
    "change default": "b.alter_column('note', server_default='y')",
    "add check": "b.create_check_constraint('ck', 'stock < 100000')",
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

OVERWRITE = "PRAGMA secure_delete={}"
"""Whether pages that are no longer used are filled with zeros: OFF in SQLite, ON in Debian's build.

ON makes each page of the dropped table be kept for a rollback and written once more
(https://www.sqlite.org/pragma.html#pragma_secure_delete), which no copy without a DROP has to do.
"""

Work = Callable[[Engine], None]


def rows(runs: int) -> Iterator[Row]:
    """Each change on a fresh copy of the file, in turn with what it is measured beside."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        many, few = (_filled(folder / f"{size}.db", size) for size in (MANY, FEW))
        yield _rename(folder, many, few, runs)
        for change in ("drop column", "change default", "add check"):
            yield _rebuild(folder, many, change, runs)
        for change in ("change default", "add check"):
            yield _edit(folder, many, change, runs)


def _rename(folder: Path, many: Path, few: Path, runs: int) -> Row:
    ours = _ours(folder, "rename column", "auto")
    work = {"few": (few, ours), "many": (many, ours), "theirs": (many, _alembic("rename column"))}
    taken = _in_turn(folder, work, runs, "OFF")
    few_, many_, theirs = (statistics.median(taken[name]) for name in work)
    detail = (
        f"{FEW:,} rows {few_ * 1000:.0f} ms, {MANY:,} rows {many_ * 1000:.0f} ms, "
        f"Alembic {theirs:.2f} s of CPU"
    )
    return Row("rename-column-constant", many_ / few_, "x", 1.25, True, detail)


def _rebuild(folder: Path, many: Path, change: str, runs: int) -> Row:
    work = {
        "bare": (many, _bare(change)),
        "ours": (many, _ours(folder, change, "always")),
        "theirs": (many, _alembic(change)),
    }
    taken = _in_turn(folder, work, runs, "OFF")
    zeros = _in_turn(folder, work, runs, "ON")
    detail = f"{_told(taken)}; with secure_delete=ON {_told(zeros)}, {_ratio(zeros):.2f} x"
    return Row(f"rebuild-{change.replace(' ', '-')}", _ratio(taken), "x", 1.25, True, detail)


def _edit(folder: Path, many: Path, change: str, runs: int) -> Row:
    work = {"bare": (many, _bare(change)), "ours": (many, _ours(folder, change, "edit"))}
    taken = _in_turn(folder, work, runs, "OFF")
    return Row(f"edit-{change.replace(' ', '-')}", _ratio(taken), "x", 0.5, True, f"{_told(taken)}")


def _ratio(taken: Mapping[str, Sequence[float]]) -> float:
    """Ours to the bare copy: the median of those that were measured side by side."""
    pairs = zip(taken["ours"], taken["bare"], strict=True)
    return statistics.median(ours / bare for ours, bare in pairs)


def _told(taken: Mapping[str, Sequence[float]]) -> str:
    names = {"bare": "bare copy", "ours": "ours", "theirs": "Alembic"}
    medians = (f"{names[name]} {statistics.median(each):.2f} s" for name, each in taken.items())
    return ", ".join(medians)


# -- what is measured ------------------------------------------------------------------------------


def _ours(folder: Path, change: str, recreate: str) -> Work:
    """A run of one migration, with all that a run does."""
    scripts = folder / f"{change}-{recreate}"
    (scripts / "versions").mkdir(parents=True)
    text = MIGRATION.format(recreate=recreate, batch=BATCHES[change])
    (scripts / "versions" / "r1_change.py").write_text(text)
    return lambda engine: _upgrade(scripts, engine)


def _upgrade(scripts: Path, engine: Engine) -> None:
    Migrations(scripts, engine=engine, metadata=sa.MetaData()).upgrade()


def _alembic(change: str) -> Work:
    """The same batch, in one transaction, without its commands and its version table."""

    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            b: Any
            with Operations(MigrationContext.configure(connection)).batch_alter_table("item") as b:
                exec(BATCHES[change], {"b": b})
            connection.commit()

    return work


def _bare(change: str) -> Work:
    """The copy into the new table, with its indexes built after it, in one transaction."""
    kept = [column for column in COLUMNS if change != "drop column" or "flag" not in column]
    columns = [column.replace("'x'", "'y'") for column in kept]
    check = ", CONSTRAINT ck CHECK (stock < 100000)" if change == "add check" else ""
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

    return work


# -- files and time --------------------------------------------------------------------------------


def _filled(path: Path, size: int) -> Path:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE item ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
        connection.exec_driver_sql(ROWS.format(size=size))
        for number, listed in enumerate(INDEXES):
            connection.exec_driver_sql(f"CREATE INDEX item_{number} ON item {listed}")
    engine.dispose()
    return path


def _in_turn(
    folder: Path, work: Mapping[str, tuple[Path, Work]], runs: int, overwrite: str
) -> dict[str, list[float]]:
    """Seconds of CPU that each takes, in turn, after one run that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(runs + 1):
        for name, (path, one) in work.items():
            seconds = _seconds(folder, path, one, overwrite)
            if turn:
                taken[name].append(seconds)
    return taken


def _seconds(folder: Path, path: Path, work: Work, overwrite: str) -> float:
    file = folder / "measured.db"
    shutil.copyfile(path, file)
    os.sync()  # what the copy left to be written is not the change's
    engine = sa.create_engine(f"sqlite:///{file}")

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.execute(OVERWRITE.format(overwrite))

    started = time.process_time()
    work(engine)
    seconds = time.process_time() - started
    engine.dispose()
    file.unlink()
    return seconds
