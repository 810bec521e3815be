"""Projects on a disk: apps, their configuration, and a history that is applied."""

from __future__ import annotations

import compileall
import shutil
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from benchmarks.made.histories import write_files
from benchmarks.measure import ROOT, Program

BIN = Path(sys.executable).parent
SOURCES = (Path("flask_migrate_ext"), Path("core", "migrate_core"))
EITHER = {"flask_migrate_ext", "flask_migrate"}

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

INI = """\
[alembic]
script_location = {folder}/environment
version_locations = {folder}/migrations/versions
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
"""The least that ``alembic`` needs."""


def app(project: Path, revisions: int, extension: str = "") -> None:
    """An app with that many migrations; ``extension`` is the package whose Migrate it has."""
    write_files(project / "migrations", revisions)
    imported = f"from {extension} import Migrate\n" if extension else ""
    registered = "migrate = Migrate(app, db)" if extension else ""
    text = APP.format(database=project / "app.db", imported=imported, registered=registered)
    (project / "app.py").write_text(text)


def for_alembic(project: Path) -> None:
    """An ini file, an env.py beside the migrations, byte code of these; all recorded as applied."""
    (project / "alembic.ini").write_text(INI.format(folder=project))
    (project / "environment").mkdir()
    (project / "environment" / "env.py").write_text(ENV)
    alembic(project, "stamp", "head").sample()


def as_flask_migrate_has_it(project: Path) -> None:
    """The env.py and the ini file that ``flask db init`` of Flask-Migrate writes."""
    found = find_spec("flask_migrate")
    assert found is not None
    assert found.submodule_search_locations
    template = Path(found.submodule_search_locations[0]) / "templates" / "flask"
    for source, name in (("env.py", "env.py"), ("alembic.ini.mako", "alembic.ini")):
        text = (template / source).read_text()
        (project / "migrations" / name).write_text(text.replace("${script_location}", "migrations"))


def forget_headers(project: Path) -> None:
    """Remove what this project keeps of the files' headers, and leave the byte code."""
    for cache in (project / "migrations" / "__pycache__").glob("headers.*.json"):
        cache.unlink()


def flask(project: Path, *arguments: str) -> Program:
    """``flask`` as it is installed here."""
    return Program(
        [str(BIN / "flask"), *arguments], project, {"FLASK_APP": "app", "FLASK_SKIP_DOTENV": "1"}
    )


def alembic(project: Path, *arguments: str) -> Program:
    """``alembic`` as it is installed here."""
    return Program([str(BIN / "alembic"), *arguments], project, {})


def module(project: Path, installed: Path, name: str, *arguments: str) -> Program:
    """``python -m name`` where only what is in ``installed`` is installed."""
    return Program(
        [sys.executable, "-S", "-m", name, *arguments],
        project,
        {
            "PYTHONPATH": str(installed),
            "FLASK_APP": "app",
            "FLASK_SKIP_DOTENV": "1",
            "NO_COLOR": "1",
        },
    )


def install(folder: Path, extension: str = "") -> Path:
    """Link what is installed here, of the two extensions only the one that is named.

    Flask loads the plugins of its command line with each command, so that being installed costs
    something as well.
    """
    folder.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        name = entry.name.partition("-")[0].lower()
        if name not in EITHER - {extension} and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    if extension == "flask_migrate_ext":
        for source in SOURCES:
            copy = folder / source.name
            if not copy.exists():  # an editable installation is none to be linked
                shutil.copytree(ROOT / source, copy)
                compileall.compile_dir(copy, quiet=2)  # as pip does
    return folder
