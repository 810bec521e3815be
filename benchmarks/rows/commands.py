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


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """One experiment: making the projects takes longer than most of the rows."""
    rows = (*(_warm(c, scale) for c in scale.warm), *(_cold(c, scale) for c in scale.cold))

    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        made = {"many": place.folder / "many", "few": place.folder / "few"}
        for size, project in made.items():
            projects.app(
                project, scale.files if size == "many" else scale.few_files, "flask_migrate_ext"
            )
            if any(name.endswith("alembic") for name in needed):
                projects.for_alembic(project)
            else:
                projects.flask(project, "db", "stamp", "head").sample()
        for project in made.values():  # keeps the headers, of files that have settled by now
            projects.flask(project, "db", "heads").sample()
        yield {name: _side(name, made) for name in needed}

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
        f"flask db {command}, {scale.files:,} files, byte code there but no headers kept: "
        f"what it takes above {scale.few_files} files",
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
