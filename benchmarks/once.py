"""``python -m benchmarks.once MODULE:FUNCTION ARGUMENTS``: runs one side, and prints its sample."""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Sample

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Timed:
    """What a side hands over when all is prepared.

    :param work: what is measured.
    :param answers: how many came over its line so far.
    """

    work: Callable[[], object]
    answers: Callable[[], int] = lambda: 0


def main() -> None:
    """Prepare, measure, print."""
    module, _, function = sys.argv[1].partition(":")
    found = getattr(importlib.import_module(f"benchmarks.sides.{module}"), function)
    prepared: AbstractContextManager[Timed] = found(*json.loads(sys.argv[2]))
    with prepared as timed:
        sample = _measured(timed)
    print(json.dumps(asdict(sample)))


def _measured(timed: Timed) -> Sample:
    statements = _statements()
    gc.collect()
    before, had = _memory()
    _forget_peak()
    answers, cpu = timed.answers(), time.process_time()
    started = time.perf_counter()
    timed.work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak, _ = _memory()
    more = max(peak - had, 0.0)
    return Sample(seconds, cpu, max(peak, before), more, len(statements), timed.answers() - answers)


def _statements() -> list[None]:
    """Grows by one with each statement from now on; without SQLAlchemy, there are none."""
    sent: list[None] = []
    if "sqlalchemy" in sys.modules:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "before_cursor_execute", lambda *_: sent.append(None))
    return sent


def _memory() -> tuple[float, float]:
    """The peak, and what there is now, in MiB.

    ``ru_maxrss`` begins at what the process had that started this one (Linux: it survives
    execve(2)), so the kernel's own peak of this program is read where it tells one (proc(5)).
    """
    if STATUS.exists():
        lines = (line.split() for line in STATUS.read_text().splitlines())
        kibibytes = {words[0]: words[1] for words in lines if len(words) == 3}
        return int(kibibytes["VmHWM:"]) / 1024, int(kibibytes["VmRSS:"]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mebibytes = peak / (2**20 if sys.platform == "darwin" else 2**10)
    return mebibytes, mebibytes


def _forget_peak() -> None:
    """Let the kernel's peak begin anew, where it can (proc(5): ``clear_refs``)."""
    with suppress(OSError):
        CLEAR.write_text("5")


if __name__ == "__main__":
    main()
