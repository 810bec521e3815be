"""Results for people (a table), for programs (JSON) and for the documentation (one block)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.table import Quantity, Result, Row, Spread

HEADINGS = ("", "row", "ours", "peer", "floor", "figure (least to most)", "bound")
WIDTHS = (4, 40, 9, 9, 9, 25, 15)
MARKS = {True: "ok", False: "MISS", None: "----"}
BEGINS, ENDS = "<!-- table: begins -->", "<!-- table: ends -->"


# -- for people ------------------------------------------------------------------------------------


def heading() -> str:
    """The first line of the table."""
    return _line(HEADINGS)


def line(result: Result) -> str:
    """One row; where it was not measured, why."""
    if result.figure is None:
        return f"{_line((MARKS[result.kept], result.row.name))} not measured: {result.reason}"
    return _line((MARKS[result.kept], result.row.name, *_cells(result)))


def summary(results: Sequence[Result]) -> str:
    """How many rows keep their bounds; which miss them, and what to run next."""
    counts = {mark: sum(each.kept is mark for each in results) for mark in MARKS}
    said = [f"{counts[True]} of {len(results)} rows keep their bounds."]
    if missed := [each.row.name for each in results if each.kept is False]:
        said.append(
            f"{len(missed)} miss{'es its' if len(missed) == 1 else ' their'} bound: "
            f"{', '.join(missed)}.\nOne again, with more runs: "
            f"python -m benchmarks {missed[0]} --runs 9"
        )
    if counts[None]:
        said.append(
            f"{counts[None]} {'was' if counts[None] == 1 else 'were'} not measured, "
            "and not counted as kept."
        )
    return "\n".join(said)


def listed(rows: Iterable[Row]) -> str:
    """Each row's name, its bound, and what it measures."""
    return "\n".join(f"{row.name:<40} {row.bound!s:<15} {row.what}" for row in rows)


def _line(cells: Sequence[str]) -> str:
    left = ("<", "<", ">", ">", ">", ">", "<")
    pairs = zip(cells, left, WIDTHS, strict=False)
    return " ".join(f"{cell:{side}{width}}" for cell, side, width in pairs).rstrip()


def _cells(result: Result) -> tuple[str, str, str, str, str]:
    assert result.figure is not None
    quantity, figure = result.row.quantity, result.figure
    spread = f"{figure.median:.2f} ({figure.minimum:.2f} to {figure.maximum:.2f})"
    terms = (_value(each, quantity) for each in (result.ours, result.peer, result.floor))
    ours, peer, floor = terms
    return ours, peer, floor, spread, str(result.row.bound)


def _value(spread: Spread | None, quantity: Quantity) -> str:
    if spread is None:
        return "-"
    value = spread.median
    match quantity:
        case Quantity.SECONDS | Quantity.CPU:
            return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.{_digits(value)}f} ms"
        case Quantity.PEAK | Quantity.MORE:
            return f"{value:.0f} MiB"
        case _:
            return f"{value:.0f}"


def _digits(seconds: float) -> int:
    return 0 if seconds >= 0.01 else 1


# -- for programs ----------------------------------------------------------------------------------


def document(results: Sequence[Result], machine: Mapping[str, str], scale: str) -> dict[str, Any]:
    """All there is; the keys are described in docs/performance.md."""
    return {
        "machine": dict(machine),
        "scale": scale,
        "rows": [_entry(result) for result in results],
    }


def _entry(result: Result) -> dict[str, Any]:
    row = result.row
    return {
        "name": row.name,
        "what": row.what,
        "quantity": row.quantity.value,
        "kept": result.kept,
        "not_measured": result.reason,
        "bound": {
            "at_most" if row.bound.at_most else "at_least": row.bound.limit,
            "unit": row.bound.unit,
        },
        "runs": result.runs,
        "figure": _spread(result.figure),
        "ours": _spread(result.ours),
        "peer": _spread(result.peer),
        "floor": _spread(result.floor),
        "sizes": {
            "ours": {str(size): _spread(each) for size, each in result.sizes.items()},
            "peer": {str(size): _spread(each) for size, each in result.peer_sizes.items()},
        },
    }


def _spread(spread: Spread | None) -> dict[str, float] | None:
    if spread is None:
        return None
    return {"median": spread.median, "minimum": spread.minimum, "maximum": spread.maximum}


# -- for the documentation -------------------------------------------------------------------------


def block(results: Sequence[Result], machine: Mapping[str, str], scale: str) -> str:
    """The marked block of docs/performance.md: the machine, and the table."""
    runs = sorted({each.runs for each in results if each.runs})
    told = " or ".join(map(str, runs))
    lines = [
        BEGINS,
        "",
        f"The {scale} table. Counted runs of each side: {told}.",
        "",
        "| machine | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in machine.items()),
        "",
        f"| {' | '.join(HEADINGS[1:])} | kept |",
        "|---|---:|---:|---:|---:|---|---|",
    ]
    for result in results:
        if result.figure is None:
            lines.append(f"| {result.row.name} | | | | not measured: {result.reason} | | |")
        else:
            kept = "yes" if result.kept else "**no**"
            lines.append(f"| {result.row.name} | {' | '.join(_cells(result))} | {kept} |")
    return "\n".join((*lines, "", ENDS, ""))


def with_block(text: str, new: str) -> str | None:
    """This text with the block in the place of its own; ``None`` where it has none."""
    before, found, rest = text.partition(BEGINS)
    _, ended, after = rest.partition(f"{ENDS}\n")
    return f"{before}{new}{after}" if found and ended else None
