"""The graph alone: growth and memory, no files."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.measure import Row, exponent, fresh

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


def rows(runs: int) -> Iterator[Row]:
    """Linear and bushy histories of growing size."""
    for shape in ("linear", "bushy"):
        taken = {
            size: [fresh("benchmarks.graph_once", shape, size) for _ in range(runs)]
            for size in SIZES
        }
        seconds = [statistics.median(run[0] for run in taken[size]) for size in SIZES]
        yield Row(
            f"graph-growth-{shape}",
            exponent(SIZES, seconds),
            "exponent",
            1.1,
            True,
            f"1,000 in {seconds[0] * 1000:.1f} ms, 100,000 in {seconds[-1] * 1000:.0f} ms",
        )
        if shape == "linear":
            mebibytes = max(run[1] for run in taken[SIZES[-1]])
            yield Row(
                "graph-memory-100000", mebibytes, "MiB", 200, True, "peak of the whole process"
            )
