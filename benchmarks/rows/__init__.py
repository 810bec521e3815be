"""The rows, by what they are about; each module gives the experiments that they are made of."""

from __future__ import annotations

from benchmarks.rows import commands, compare, graph, offline, rebuild, runs, start
from benchmarks.scale import Scale
from benchmarks.table import Experiment

GROUPS = (graph, commands, start, offline, runs, rebuild, compare)


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """All of them, in the order of the table."""
    return tuple(each for group in GROUPS for each in group.experiments(scale))
