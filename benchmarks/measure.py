"""Samples of work, each in a fresh process, in turn: a machine's drift meets all sides alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took.

    :param seconds: elapsed.
    :param cpu: seconds, user and system.
    :param peak: MiB, the most that the process had, interpreter and modules included.
    :param more: MiB, by how much the peak is above what the process had before the work.
    :param statements: sent through SQLAlchemy.
    :param answers: that came over a delayed line; 0 where there is none.
    """

    seconds: float
    cpu: float
    peak: float = 0.0
    more: float = 0.0
    statements: int = 0
    answers: int = 0


class Side(Protocol):
    """One thing that can be run again and again."""

    def sample(self) -> Sample:
        """Run it once, in a fresh process."""
        ...


class Failed(Exception):
    """What was to be measured did not work; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of ``benchmarks.sides``: ``"graph:ours"``, with arguments for it."""

    name: str
    arguments: tuple[str | int, ...] = ()

    def sample(self) -> Sample:
        """What the function's work took, without what it prepares.

        :raises Failed: it raised; the text has its traceback.
        """
        command = [sys.executable, "-m", "benchmarks.once", self.name, json.dumps(self.arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=_environment({}), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"{self.name}{self.arguments} failed:\n{done.stderr}")
        return Sample(**json.loads(done.stdout.splitlines()[-1]))


@dataclass(frozen=True, slots=True)
class Program:
    """A whole command, from its start to its end.

    :param before: run before each time, not measured: removes a cache, say.
    """

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    before: Callable[[], None] | None = None

    def sample(self) -> Sample:
        """What the process and its children took.

        :raises Failed: its exit code is not 0; the text has its output.
        """
        if self.before is not None:
            self.before()
        started = time.perf_counter()
        child = subprocess.Popen(
            list(self.command),
            cwd=self.folder,
            env=_environment(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert child.stdout is not None
        with child.stdout:
            output = child.stdout.read()
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise Failed(f"{' '.join(self.command)} failed:\n{output.decode()}")
        return Sample(seconds, usage.ru_utime + usage.ru_stime)


def in_turn(sides: Mapping[str, Side], runs: int, uncounted: int) -> dict[str, list[Sample]]:
    """Samples of each side, ``runs`` of them after ``uncounted`` ones.

    :raises Failed: one of them did not work.
    """
    taken: dict[str, list[Sample]] = {name: [] for name in sides}
    for turn in range(-uncounted, runs):
        for name, side in sides.items():
            sample = side.sample()
            if turn >= 0:
                taken[name].append(sample)
    return taken


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's, but that byte code is kept: compiling is no side's work."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(given)
