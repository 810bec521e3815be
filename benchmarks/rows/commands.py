"""Commands on a project of many files: beside one of few, and beside Alembic's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import table
from benchmarks.made import projects
from benchmarks.measure import Program, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

COMMANDS = ("heads", "current", "upgrade")


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """One experiment: making the projects takes longer than most of the rows."""
    rows = (*(_warm(c, scale) for c in COMMANDS), *(_cold(c, scale) for c in COMMANDS))

    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        many = _project(place.folder / "many", scale.files)
        few = _project(place.folder / "few", scale.few_files)
        for command in COMMANDS:  # keeps the headers
            for project in (few, many):
                projects.flask(project, "db", command).sample()
        yield {name: _side(name, {"few": few, "many": many}) for name in needed}

    return (Experiment(rows, sides),)


def _warm(command: str, scale: Scale) -> Row:
    return Row(
        f"commands-{command}-warm",
        f"flask db {command}, nothing to do, {scale.files:,} files; floor: {scale.few_files} files",
        table.at_most(1.15),
        Quantity.CPU,
        table.above_floor,
        Term(f"{command} many warm"),
        None,
        Term(f"{command} few warm"),
    )


def _cold(command: str, scale: Scale) -> Row:
    return Row(
        f"commands-{command}-cold",
        f"the same, headers not kept and byte code there, above the same on {scale.few_files} "
        f"files; Alembic's likewise",
        table.at_least(5),
        Quantity.CPU,
        table.times_faster,
        Term(f"{command} many cold", f"{command} few cold"),
        Term(f"{command} many alembic", f"{command} few alembic"),
    )


def _side(name: str, made: Mapping[str, Path]) -> Program:
    command, size, how = name.split()
    project = made[size]
    if how == "alembic":
        return projects.alembic(project, command, *(["head"] if command == "upgrade" else []))
    program = projects.flask(project, "db", command)
    if how == "warm":
        return program
    return replace(program, before=lambda: projects.forget_headers(project))


def _project(folder: Path, size: int) -> Path:
    projects.app(folder, size, "flask_migrate_ext")
    projects.for_alembic(folder)
    return folder
