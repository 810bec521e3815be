"""Changes of a large table on SQLite, beside the copy that none can do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import table
from benchmarks.made.items import filled
from benchmarks.measure import Function, Side
from benchmarks.scale import Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """One experiment: all changes are of the same table."""
    rows = (
        _rename(scale),
        *(_rebuild(c, scale) for c in scale.rebuilt),
        *(_edit(c, scale) for c in scale.edited),
    )

    @contextmanager
    def sides(place: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        made = {
            "many": filled(place.folder / "many.db", scale.rows),
            "few": filled(place.folder / "few.db", scale.few_rows),
        }
        yield {name: _side(name, made) for name in needed}

    return (Experiment(rows, sides, heavy=True),)


def _rename(scale: Scale) -> Row:
    return Row(
        "rebuild-rename-column",
        f"rename a column of a table of {scale.rows:,} rows; floor: ours on {scale.few_rows:,}",
        table.at_most(1.25),
        Quantity.CPU,
        table.above_floor,
        Term("auto rename-column many"),
        Term("peer rename-column many"),
        Term("auto rename-column few"),
    )


def _rebuild(change: str, scale: Scale) -> Row:
    return Row(
        f"rebuild-{change}",
        f"{change.replace('-', ' ')}, table made anew, {scale.rows:,} rows; "
        "floor: INSERT INTO ... SELECT, then its indexes",
        table.at_most(1.25),
        Quantity.CPU,
        table.above_floor,
        Term(f"always {change} many"),
        Term(f"peer {change} many"),
        Term(f"floor {change} many"),
    )


def _edit(change: str, scale: Scale) -> Row:
    return Row(
        f"edit-{change}",
        f'{change.replace("-", " ")} in the stored text, recreate="edit", {scale.rows:,} rows; '
        "floor: INSERT INTO ... SELECT, then its indexes",
        table.at_most(0.5),
        Quantity.CPU,
        table.above_floor,
        Term(f"edit {change} many"),
        Term(f"peer {change} many"),
        Term(f"floor {change} many"),
    )


def _side(name: str, made: Mapping[str, Path]) -> Side:
    who, change, size = name.split()
    files = (str(made[size]), str(made["few"]))
    if who in ("peer", "floor"):
        return Function(f"rebuild:{who}", (*files, change))
    return Function("rebuild:ours", (*files, change, who))
