"""Times of whole processes, taken in turn so that a machine's drift meets both sides alike."""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A command to time.

    :param before: run before each time, not timed: removes a cache, say.
    """

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    before: Callable[[], None] | None = None

    def cpu_seconds(self) -> float:
        """User and system time of one run, its children's included."""
        if self.before is not None:
            self.before()
        child = subprocess.Popen(
            list(self.command),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert child.stdout is not None
        output = child.stdout.read()
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{self.command} failed:\n{output.decode()}")
        return usage.ru_utime + usage.ru_stime


def in_turn(processes: Mapping[str, Process], runs: int) -> dict[str, list[float]]:
    """CPU seconds of each, ``runs`` times in turn, after one run that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in processes}
    for turn in range(runs + 1):
        for name, process in processes.items():
            seconds = process.cpu_seconds()
            if turn:
                taken[name].append(seconds)
    return taken


def fresh(module: str, *arguments: object) -> list[float]:
    """The numbers that ``python -m module arguments`` prints, one to a line, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(line) for line in done.stdout.split()]


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The fitted exponent of growth: 1 is linear, 2 is quadratic."""
    xs, ys = [math.log(size) for size in sizes], [math.log(each) for each in seconds]
    return statistics.linear_regression(xs, ys).slope


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, and what it has to reach."""

    name: str
    figure: float
    unit: str
    bound: float
    at_most: bool
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the bound is kept."""
        return self.figure <= self.bound if self.at_most else self.figure >= self.bound

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        mark = "ok  " if self.holds else "MISS"
        return (
            f"{mark} {self.name:<44} {self.figure:8.2f} {sign} {self.bound:g} {self.unit:<8}"
            f" {self.detail}"
        )
