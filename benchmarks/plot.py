"""Growth against size, as a picture: one panel for each row that has sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.table import Quantity, Result, Spread

UNITS = {Quantity.PEAK: "MiB", Quantity.MORE: "MiB", Quantity.CPU: "seconds of CPU"}


def formats() -> frozenset[str]:
    """What a picture's name may end with, without the dot.

    :raises ImportError: matplotlib, of the extra ``benchmarks``, is not installed.
    """
    from matplotlib.figure import Figure

    return frozenset(Figure().canvas.get_supported_filetypes())


def draw(results: Sequence[Result], file: Path) -> None:
    """Write the picture; its format is what the file's name ends with, one of :func:`formats`."""
    from matplotlib.figure import Figure

    grown = [result for result in results if result.sizes]
    columns = min(len(grown), 3) or 1
    lines = max(math.ceil(len(grown) / columns), 1)
    figure = Figure(figsize=(5 * columns, 4 * lines), layout="constrained")
    for number, result in enumerate(grown, start=1):
        axes = figure.add_subplot(lines, columns, number)
        for label, series in (("ours", result.sizes), ("peer", result.peer_sizes)):
            if series:
                axes.errorbar(*_points(series), label=label, marker="o", capsize=3)
        axes.set(
            title=result.row.name,
            xscale="log",
            yscale="log",
            xlabel="size",
            ylabel=UNITS.get(result.row.quantity, "seconds"),
        )
        axes.legend()
    figure.savefig(file)


def _points(
    series: Mapping[int, Spread],
) -> tuple[list[int], list[float], list[list[float]]]:
    """Sizes, medians, and how far the least and the most are from them."""
    spreads = list(series.values())
    below = [each.median - each.minimum for each in spreads]
    above = [each.maximum - each.median for each in spreads]
    return list(series), [each.median for each in spreads], [below, above]
