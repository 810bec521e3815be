"""What a process costs from its start to its end, in a project without an env.py and in one with.

Each side runs where only one of the two extensions is installed, or neither.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import table
from benchmarks.made import projects
from benchmarks.measure import Program, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

READING = ("current", "heads")
"""Commands that are measured beside one that does nothing."""

FORMS = {"": "ours", "env-": "env"}
"""What a row's name has of a project's form, and which project that is."""

EXTENSIONS = {
    "bare": "",
    "ours": "flask_migrate_ext",
    "env": "flask_migrate_ext",
    "theirs": "flask_migrate",
}
FLASK_MIGRATE = ("env", "theirs")
"""The projects that have what ``flask db init`` of Flask-Migrate writes."""

PROGRAMS = {
    "core": ("migrate_core", "--url", "sqlite:///app.db", "current"),
    "doors": ("migrate_core.alembic", "current"),
    "alembic": ("alembic", "current"),
}


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """Commands of ``flask``, and those of the core's own programs."""
    rows = (
        _registered(),
        *(_above(form, command) for form in scale.forms for command in READING),
        *(_beside(form, command) for form in scale.forms for command in scale.started),
    )

    @contextmanager
    def flask(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        yield _flask_sides(place.folder, scale.few_files, needed)

    @contextmanager
    def programs(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        yield _program_sides(place.folder, scale.few_files, needed)

    return Experiment(rows, flask), Experiment(tuple(map(_program, scale.programs)), programs)


# -- rows ------------------------------------------------------------------------------------------


def _registered() -> Row:
    return Row(
        "start-registered",
        "a flask command that does nothing, in an app that registers the extension; "
        "floor: in one that does not, with neither installed",
        table.at_most(1.05),
        Quantity.CPU,
        table.above_floor,
        Term("ours nothing"),
        Term("theirs nothing"),
        Term("bare nothing"),
    )


def _above(form: str, command: str) -> Row:
    return Row(
        f"start-{form}{command}",
        f"flask db {command}{_told(form)}; floor: a command that does nothing, in the same app",
        table.at_most(1.15),
        Quantity.CPU,
        table.above_floor,
        Term(f"{FORMS[form]} {command}"),
        Term(f"theirs {command}"),
        Term(f"{FORMS[form]} nothing"),
    )


def _beside(form: str, command: str) -> Row:
    idle = ", nothing to do" if command == "upgrade" else ""
    return Row(
        f"start-{form}{command}-beside-flask-migrate",
        f"flask db {command}{idle}{_told(form)}",
        table.at_least(1),
        Quantity.CPU,
        table.times_faster,
        Term(f"{FORMS[form]} {command}"),
        Term(f"theirs {command}"),
        Term(f"{FORMS[form]} nothing"),
    )


def _told(form: str) -> str:
    return ", with Flask-Migrate's env.py" if form else ", without an env.py"


def _program(side: str) -> Row:
    names = {
        "core": ("start-migrate-core", "migrate-core current, without an env.py"),
        "doors": ("start-doors", "python -m migrate_core.alembic current, with an env.py"),
    }
    name, what = names[side]
    return Row(
        name,
        what,
        table.at_least(1),
        Quantity.CPU,
        table.times_faster,
        Term(side),
        Term("alembic"),
    )


# -- sides -----------------------------------------------------------------------------------------


def _flask_sides(folder: Path, revisions: int, needed: frozenset[str]) -> Mapping[str, Side]:
    installed = {
        extension: projects.install(folder / f"installed-{extension}", extension)
        for extension in sorted(set(EXTENSIONS.values()))
    }
    made: dict[str, Path] = {}
    for name in sorted({each.split()[0] for each in needed}):
        made[name] = folder / name
        projects.app(made[name], revisions, EXTENSIONS[name])
        if name in FLASK_MIGRATE:
            projects.as_flask_migrate_has_it(made[name])

    def side(name: str) -> Program:
        project, command = name.split()
        words = ("nothing",) if command == "nothing" else ("db", command)
        return projects.module(made[project], installed[EXTENSIONS[project]], "flask", *words)

    for name in made:
        if EXTENSIONS[name]:
            side(f"{name} upgrade").sample()
    return {name: side(name) for name in needed}


def _program_sides(folder: Path, revisions: int, needed: frozenset[str]) -> Mapping[str, Side]:
    installed = projects.install(folder / "installed", "flask_migrate_ext")
    plain, alembics = folder / "plain", folder / "alembic"
    for project in (plain, alembics):
        projects.app(project, revisions)
    projects.for_alembic(alembics)
    shutil.copy(alembics / "app.db", plain / "app.db")
    return {
        name: projects.module(plain if name == "core" else alembics, installed, *PROGRAMS[name])
        for name in needed
    }
