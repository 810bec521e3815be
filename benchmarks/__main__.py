"""``python -m benchmarks [--runs N] [GROUP ...]``: exit code 1 where a row misses its bound."""

from __future__ import annotations

import argparse
import platform
import sys

import sqlalchemy

from benchmarks import (
    command_rows,
    compare_rows,
    graph_rows,
    offline_rows,
    rebuild_rows,
    runs_rows,
    start_rows,
)

GROUPS = {
    "graph": graph_rows.rows,
    "commands": command_rows.rows,
    "compare": compare_rows.rows,
    "offline": offline_rows.rows,
    "rebuild": rebuild_rows.rows,
    "runs": runs_rows.rows,
    "start": start_rows.rows,
}


def main() -> int:
    """Print each row as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], help="default: all")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each (default: 5)")
    asked = parser.parse_args()
    versions = f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
    print(f"{versions}; medians of {asked.runs} runs")
    missed = 0
    for group in asked.groups or GROUPS:
        for row in GROUPS[group](asked.runs):
            print(row, flush=True)
            missed += not row.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
