"""``python -m benchmarks.compare_once SIDE URL TABLES WHAT``: one comparison in this process.

Prints the time in seconds, or the peak memory that it needs above its models, in
MiB, as Python counts it.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import sqlalchemy as sa

from benchmarks.compare_rows import ours, theirs
from benchmarks.schemas import models


def main(side: str, url: str, tables: int, what: str) -> None:
    """Compare once, on a connection that knows its server."""
    compare = {"ours": ours, "theirs": theirs}[side]
    metadata = models(tables)
    with sa.create_engine(url).connect() as connection:
        sa.inspect(connection).get_table_names()
        if what == "memory":
            tracemalloc.start()
        start = time.perf_counter()
        compare(connection, metadata)
        seconds = time.perf_counter() - start
    print(tracemalloc.get_traced_memory()[1] / 2**20 if what == "memory" else seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
