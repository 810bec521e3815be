"""Commands on projects of 10 and of 5,000 files: ours warm and cold, and Alembic's."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.histories import write_files
from benchmarks.measure import Process, Row, in_turn

MANY, FEW = 5_000, 10

APP = """\
from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///{database}"
db = SQLAlchemy(app)
migrate = Migrate(app, db)
"""

INI = """\
[alembic]
script_location = {folder}/migrations
path_separator = os
sqlalchemy.url = sqlite:///{folder}/app.db
"""

ENV = """\
from alembic import context
from sqlalchemy import engine_from_config

engine = engine_from_config(context.config.get_section("alembic"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

BIN = Path(sys.executable).parent


def rows(runs: int) -> Iterator[Row]:
    """Warm commands beside themselves on few files; cold ones beside Alembic."""
    with tempfile.TemporaryDirectory() as temporary:
        few, many = (_project(Path(temporary), size) for size in (FEW, MANY))
        for command in ("heads", "current", "upgrade"):
            yield _warm(command, few, many, runs)
        for command in ("heads", "current", "upgrade"):
            yield _cold(command, few, many, runs)


def _warm(command: str, few: Path, many: Path, runs: int) -> Row:
    taken = in_turn({"few": _ours(few, command), "many": _ours(many, command)}, runs)
    ratios = [m / f for m, f in zip(taken["many"], taken["few"], strict=True)]
    small, large = (statistics.median(taken[name]) for name in ("few", "many"))
    detail = f"{FEW} files {small * 1000:.0f} ms, {MANY} files {large * 1000:.0f} ms of CPU"
    return Row(f"{command}-warm", statistics.median(ratios), "x", 1.15, True, detail)


def _cold(command: str, few: Path, many: Path, runs: int) -> Row:
    """Time above the same process on no history to speak of, ours without a cache."""
    taken = in_turn(
        {
            "our few": _ours(few, command, cold=True),
            "our many": _ours(many, command, cold=True),
            "their few": _alembic(few, command),
            "their many": _alembic(many, command),
        },
        runs,
    )
    middle = {name: statistics.median(each) for name, each in taken.items()}
    ours = middle["our many"] - middle["our few"]
    theirs = middle["their many"] - middle["their few"]
    detail = f"above {FEW} files: ours {ours * 1000:.0f} ms, Alembic {theirs * 1000:.0f} ms of CPU"
    return Row(f"{command}-cold-beside-alembic", theirs / ours, "x", 5, False, detail)


def _ours(project: Path, command: str, *, cold: bool = False) -> Process:
    return Process(
        [str(BIN / "flask"), "db", command],
        project,
        {"FLASK_APP": "app", "FLASK_SKIP_DOTENV": "1"},
        (lambda: _forget(project)) if cold else None,
    )


def _forget(project: Path) -> None:
    """Remove the cache of headers, and leave the byte code."""
    for cache in (project / "migrations" / "__pycache__").glob("headers.*.json"):
        cache.unlink()


def _alembic(project: Path, command: str) -> Process:
    target = ["head"] if command == "upgrade" else []
    return Process([str(BIN / "alembic"), command, *target], project, {})


def _project(temporary: Path, size: int) -> Path:
    """An app with ``size`` migrations, all of them recorded as applied, byte code compiled."""
    project = temporary / f"project{size}"
    write_files(project / "migrations", size)
    (project / "app.py").write_text(APP.format(database=project / "app.db"))
    (project / "alembic.ini").write_text(INI.format(folder=project))
    (project / "migrations" / "env.py").write_text(ENV)
    _alembic(project, "heads").cpu_seconds()
    Process([str(BIN / "alembic"), "stamp", "head"], project, {}).cpu_seconds()
    _forget(project)
    shutil.rmtree(project / "migrations" / "__pycache__", ignore_errors=True)
    return project
