"""``python -m benchmarks``, as somebody runs it who wants to see the figures for themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks import table
from benchmarks.measure import Sample, Side
from benchmarks.scale import QUICK, Scale
from benchmarks.table import Experiment, Place, Quantity, Row, Term

ROOT = Path(__file__).parents[1]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Taking:
    """A side that takes so many seconds, by its own account: the next each time."""

    seconds: list[float]

    def sample(self) -> Sample:
        now = self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return Sample(now, now)


def beside(peer: float, *ours: float) -> Experiment:
    row = Row(
        "made-up",
        "two numbers",
        table.at_least(2),
        Quantity.SECONDS,
        table.times_faster,
        Term("ours"),
        Term("peer"),
    )

    @contextmanager
    def sides(_: Place, needed: frozenset[str]) -> Iterator[Mapping[str, Side]]:
        yield {"ours": Taking(list(ours)), "peer": Taking([peer])}

    return Experiment((row,), sides)


def test_one_row_runs_alone_and_is_written_for_programs_and_into_the_documentation(
    tmp_path: Path,
) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("Before.\n<!-- table: begins -->\nold\n<!-- table: ends -->\nAfter.\n")
    done = run(
        *("--quick", "--runs", "1", "graph-memory-linear"),
        *("--json", str(figures), "--markdown", str(page)),
    )
    assert done.returncode == 0, done.stderr
    assert "ok   graph-memory-linear" in done.stdout
    assert "1 of 1 rows keep their bounds." in done.stdout
    written = json.loads(figures.read_text())
    assert written.keys() == {"machine", "scale", "rows"}
    (row,) = written["rows"]
    assert row.keys() == {
        *("name", "what", "quantity", "kept", "not_measured", "bound", "runs"),
        *("figure", "ours", "peer", "floor", "sizes"),
    }
    assert row["bound"] == {"at_most": 200, "unit": "MiB"}
    assert row["figure"].keys() == {"median", "minimum", "maximum"}
    before, line, after = page.read_text().partition("| graph-memory-linear |")
    assert before.startswith("Before.\n<!-- table: begins -->\n")
    assert line
    assert after.endswith("<!-- table: ends -->\nAfter.\n")
    assert "old" not in before + after


def test_the_list_says_of_each_row_what_it_has_to_reach() -> None:
    done = run("--list", "start-registered", "compare-sqlite")
    assert done.returncode == 0
    first, *others = done.stdout.splitlines()
    assert first.split()[:4] == ["start-registered", "<=", "1.05", "x"]
    assert [line.split()[0] for line in others] == [
        f"compare-sqlite-{what}" for what in ("beside-alembic", "above-floor", "growth", "memory")
    ]


def test_a_name_that_no_row_has_is_refused_with_those_that_look_like_it() -> None:
    done = run("comands-heads-warm")
    assert done.returncode == 2
    assert "There is no row comands-heads-warm" in done.stderr
    assert "Did you mean commands-heads-warm" in done.stderr


def test_a_row_whose_server_is_not_there_says_so_and_is_not_counted_as_kept() -> None:
    nobody = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"
    done = run("run-postgresql-statements", TEST_POSTGRESQL_URL=nobody)
    assert done.returncode == 0, done.stderr
    assert "---- run-postgresql-statements" in done.stdout
    assert "not measured: PostgreSQL: TEST_POSTGRESQL_URL is set" in done.stdout
    assert "0 of 1 rows keep their bounds." in done.stdout
    assert "secret" not in done.stdout


@pytest.mark.parametrize(
    ("peer", "code", "mark"), [(5.0, 0, "ok   made-up"), (3.0, 1, "MISS made-up")]
)
def test_a_row_that_misses_its_bound_is_marked_and_gives_exit_code_1(
    peer: float,
    code: int,
    mark: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def only(_: Scale) -> tuple[Experiment, ...]:
        return (beside(peer, 2.0),)

    monkeypatch.setattr(program, "experiments", only)
    assert program.main(["made-up"]) == code
    assert mark in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ours", "code", "line"),
    [
        ([2.0, 2.0, 2.0, 9.0], 0, "ok   made-up"),
        ([9.0, 9.0, 2.0, 2.0], 0, "ok   made-up"),
        ([9.0, 9.0, 9.0, 2.0], 0, "ok   made-up"),
        ([9.0, 9.0, 9.0, 9.0, 2.0], 1, "MISS made-up"),
    ],
)
def test_a_row_that_misses_in_few_runs_is_run_again_and_judged_by_the_median_of_all(
    ours: list[float],
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def only(_: Scale) -> tuple[Experiment, ...]:
        return (beside(5.0, *ours),)

    monkeypatch.setattr(program, "experiments", only)
    assert program.main(["--quick", "made-up"]) == code
    assert line in capsys.readouterr().out


def test_no_row_is_run_again_when_the_two_minutes_of_quick_are_nearly_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def only(_: Scale) -> tuple[Experiment, ...]:
        return (beside(5.0, 9.0, 9.0, 9.0, 2.0),)

    monkeypatch.setattr(program, "experiments", only)
    monkeypatch.setattr(program, "QUICK", replace(QUICK, patience=-1))
    assert program.main(["--quick", "made-up"]) == 1
    assert "MISS made-up" in capsys.readouterr().out
