"""What a run of many migrations keeps, beyond its end and between its steps."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, history, opened, rows, tables


def of_many(folder: Path) -> None:
    """More migrations than it takes for their byte code to be kept."""
    history(folder, *(create(f"t{number}") for number in range(1, 41)))


def test_an_edited_file_of_the_same_size_and_time_runs_as_it_is_now(tmp_path: Path) -> None:
    of_many(tmp_path)
    opened(tmp_path, sa.create_engine(f"sqlite:///{tmp_path}/one.db")).upgrade()
    file = tmp_path / "versions" / "r7_.py"
    before = file.stat()
    file.write_text(file.read_text().replace("'t7'", "'x7'"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    engine = sa.create_engine(f"sqlite:///{tmp_path}/two.db")
    opened(tmp_path, engine).upgrade()

    assert "x7" in tables(engine)
    assert "t7" not in tables(engine)


def test_the_journal_has_the_same_fingerprints_from_files_that_were_kept(tmp_path: Path) -> None:
    of_many(tmp_path)
    asked = "SELECT revision, fingerprint FROM migration_log ORDER BY id"
    found = []
    for name in ("one", "two"):
        engine = sa.create_engine(f"sqlite:///{tmp_path}/{name}.db")
        opened(tmp_path, engine).upgrade()
        found.append(rows(engine, asked))

    assert found[0] == found[1]
    assert all(fingerprint for _, fingerprint in found[1])


def test_the_end_of_a_step_is_in_both_tables(tmp_path: Path, mariadb_engine: Engine) -> None:
    history(tmp_path, create("one"), create("two"))

    opened(tmp_path, mariadb_engine).upgrade()

    assert rows(mariadb_engine, "SELECT version_num FROM alembic_version") == [("r2",)]
    assert rows(
        mariadb_engine, "SELECT revision, result, trail, session FROM migration_log ORDER BY id"
    ) == [("r1", "done", None, None), ("r2", "done", None, None)]
