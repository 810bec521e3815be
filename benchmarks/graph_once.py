"""One measurement of the graph, in a process of its own: prints seconds and MiB.

The memory is that of the whole process at its peak, the interpreter and the revisions included.
"""

from __future__ import annotations

import gc
import resource
import sys
import time

from benchmarks.histories import bushy, linear
from migrate_core.graph import RevisionGraph, plan


def main(shape: str, size: int) -> None:
    """Build the graph, ask for its heads, and plan from base to them."""
    revisions = linear(size) if shape == "linear" else bushy(size // 50, 50)
    gc.collect()
    started = time.perf_counter()
    graph = RevisionGraph.of(revisions)
    steps = plan.upgrade(graph, (), "heads")
    seconds = time.perf_counter() - started
    assert len(steps) == len(revisions)
    assert len(graph.heads) == 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(seconds)
    print(peak / 1024)


main(sys.argv[1], int(sys.argv[2]))
