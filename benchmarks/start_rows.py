"""What the extension adds to the start of a process: beside the app without it, and Flask-Migrate.

Flask loads the plugins of its command line with each command, so that being installed costs
something as well. Each side therefore runs in an environment of its own: links to what is
installed here, with this project, with Flask-Migrate, or with neither. Each project is as the
extension makes it: with an env.py for Flask-Migrate, and without one for this project.
"""

from __future__ import annotations

import compileall
import shutil
import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.histories import write_files
from benchmarks.measure import Process, Row, in_turn

SOURCES = (Path("flask_migrate_ext"), Path("core", "migrate_core"))
FEW = 10

APP = """\
import click
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
{imported}
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///{database}"
db = SQLAlchemy(app)
{registered}


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.cli.command("nothing")
def nothing():
    click.echo("done")
"""

ENV = """\
from alembic import context
from flask import current_app

with current_app.extensions["migrate"].db.engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def rows(runs: int) -> Iterator[Row]:
    """``current`` beside a command that does nothing; that command beside an app without us."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        bare = _project(root, "bare", "")
        ours = _project(root, "ours", "flask_migrate_ext")
        theirs = _project(root, "theirs", "flask_migrate")
        for project in (ours, theirs):
            _command(project, "db", "stamp", "head").cpu_seconds()
        yield _beside(
            "current-beside-nothing",
            1.15,
            {
                "nothing": _command(ours, "nothing"),
                "current": _command(ours, "db", "current"),
                "their nothing": _command(theirs, "nothing"),
                "their current": _command(theirs, "db", "current"),
            },
            runs,
        )
        yield _beside(
            "registered-beside-without",
            1.05,
            {
                "without": _command(bare, "nothing"),
                "registered": _command(ours, "nothing"),
                "without again": _command(bare, "nothing"),
                "theirs registered": _command(theirs, "nothing"),
            },
            runs,
        )


def _beside(name: str, bound: float, sides: Mapping[str, Process], runs: int) -> Row:
    """Two pairs, ours and theirs, each a ratio of what was measured next to each other."""
    taken = in_turn(sides, runs)
    below, above, their_below, their_above = taken.values()
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    theirs = [a / b for a, b in zip(their_above, their_below, strict=True)]
    middle = {side: statistics.median(each) for side, each in taken.items()}
    told = ", ".join(f"{side} {seconds * 1000:.0f} ms" for side, seconds in middle.items())
    detail = f"of CPU: {told}; Flask-Migrate {statistics.median(theirs):.2f} x"
    return Row(name, statistics.median(ratios), "x", bound, True, detail)


def _command(project: Path, *arguments: str) -> Process:
    return Process(
        [sys.executable, "-S", "-m", "flask", *arguments],
        project,
        {
            "PYTHONPATH": str(project / "installed"),
            "FLASK_APP": "app",
            "FLASK_SKIP_DOTENV": "1",
            "NO_COLOR": "1",
        },
    )


def _project(root: Path, name: str, extension: str) -> Path:
    """An app with ``FEW`` migrations, and its environment; ``extension`` has its Migrate."""
    project = root / name
    write_files(project / "migrations", FEW)
    if extension == "flask_migrate":  # which does not do without
        (project / "migrations" / "env.py").write_text(ENV)
        (project / "migrations" / "alembic.ini").write_text("[alembic]\n")
    imported = f"from {extension} import Migrate\n" if extension else ""
    registered = "migrate = Migrate(app, db)" if extension else ""
    text = APP.format(database=project / "app.db", imported=imported, registered=registered)
    (project / "app.py").write_text(text)
    _install(project / "installed", extension)
    return project


def _install(folder: Path, extension: str) -> None:
    """Link what is installed here, of the two extensions only the one that is wanted."""
    folder.mkdir()
    either = {"flask_migrate_ext", "flask_migrate"}
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        name = entry.name.partition("-")[0].lower()
        if name not in either - {extension} and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    if extension == "flask_migrate_ext":
        for source in SOURCES:
            copy = folder / source.name
            if not copy.exists():  # an editable installation is none to be linked
                shutil.copytree(Path(__file__).parents[1] / source, copy)
                compileall.compile_dir(copy, quiet=2)  # as pip does
