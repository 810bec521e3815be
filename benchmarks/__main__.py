"""Measure this project beside Alembic, Flask-Migrate and the same work done by hand.

Prints each row as it is measured; exit code 1 where one misses its bound.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from benchmarks import machine, plot, report
from benchmarks.made.databases import NoServer, server, version
from benchmarks.measure import Failed, Sample, Side, in_turn
from benchmarks.rows import experiments
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.table import Experiment, Place, Result, Row, result

PEERS = ("alembic", "flask_migrate", "psycopg", "pymysql")
"""Modules of the ``dev`` extra, by which it is known to be installed."""

AT_ONCE = 2
"""Runs that are added to few before they are judged again: one could be a stroke of luck."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of one experiment."""

    experiment: Experiment
    rows: tuple[Row, ...]


class Refused(Exception):
    """The options ask for what is not there; the text says what is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, measure, print and write.

    :param arguments: in the place of those that the process was given.
    """
    options = _options(arguments)
    scale = QUICK if options.quick else FULL
    if options.runs:
        scale = replace(scale, runs=options.runs, heavy_runs=options.runs, again=0)
    try:
        asked = _asked(options.rows, scale)
        if not options.list:
            _check(options, asked)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    if options.list:
        print(report.listed(row for each in asked for row in each.rows))
        return 0
    print(report.heading(), flush=True)
    results: list[Result] = []
    with ExitStack() as running:
        servers = _Servers(running)
        give_up = time.monotonic() + scale.patience
        for each in asked:
            for found in _measured(each, scale, servers, give_up):
                results.append(found)
                print(report.line(found), flush=True)
        told = machine.description(servers.versions())
    print(report.summary(results))
    if options.quick and not options.rows:
        only = [
            name for name in _names(experiments(FULL)) if name not in _names(experiments(QUICK))
        ]
        print(f"In the full table alone: {', '.join(only)}.")
    _write(options, results, told, scale)
    return 1 if any(each.kept is False for each in results) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="a name, or how names begin")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, in two minutes")
    parser.add_argument("--runs", type=_positive, metavar="N", help="counted runs of each side")
    parser.add_argument(
        "--list", action="store_true", help="say what there is, and measure nothing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw growth against size")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="put the table into this file's marked block"
    )
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs: 1, 2, ...")
    return int(text)


def _check(options: argparse.Namespace, asked: Sequence[Asked]) -> None:
    """Whether all is there and can be written, before the minutes that it takes to know what.

    :raises Refused: it can't.
    """
    if missing := [name for name in PEERS if find_spec(name) is None]:
        raise Refused(
            f"What is measured beside this project is not installed: {', '.join(missing)}.\n"
            "Install it with: pip install -e '.[dev]'"
        )
    if options.plot:
        _check_picture(options.plot, asked)
    for file in (options.json, options.plot, options.markdown):
        if file and not file.parent.is_dir():
            raise Refused(f"{file}: there is no folder {file.parent}. Make it, or name another.")
    if options.markdown and (
        not options.markdown.is_file()
        or report.with_block(options.markdown.read_text(), "") is None
    ):
        raise Refused(
            f"{options.markdown}: has no block to put the table into.\n"
            f"Write these two lines into it: {report.BEGINS} and {report.ENDS}"
        )


def _check_picture(file: Path, asked: Sequence[Asked]) -> None:
    if find_spec("matplotlib") is None:
        raise Refused(
            "--plot needs matplotlib, which is not installed.\n"
            "Install it with: pip install -e '.[benchmarks]'"
        )
    if (ending := file.suffix.lstrip(".")) not in (known := plot.formats()):
        raise Refused(
            f"{file}: {ending or 'a name without an ending'} is no format of a picture.\n"
            f"Name a file that ends with one of: {', '.join(sorted(known))}"
        )
    if not any(row.sizes for each in asked for row in each.rows):
        raise Refused(
            "--plot draws growth against size, and none of these rows is about growth.\n"
            "Add one: python -m benchmarks graph-growth-linear --plot growth.svg"
        )


def _asked(names: Sequence[str], scale: Scale) -> list[Asked]:
    """The rows that are named, or begin so; all of them where none is.

    :raises Refused: a name is none, nor the beginning of one.
    """
    found = experiments(scale)
    known = _names(found)
    for name in names:
        if not any(each.startswith(name) for each in known):
            if any(each.startswith(name) for each in _names(experiments(FULL))):
                raise Refused(f"{name} is in the full table alone. Ask for it without --quick.")
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise Refused(
                f"There is no row {name}, and none begins so.{hint}\n"
                "All of them: python -m benchmarks --list"
            )
    chosen = []
    for each in found:
        rows = tuple(row for row in each.rows if not names or _chosen(row.name, names, known))
        if rows:
            chosen.append(Asked(each, rows))
    return chosen


def _names(found: Sequence[Experiment]) -> list[str]:
    return [row.name for each in found for row in each.rows]


def _chosen(row: str, names: Sequence[str], known: Sequence[str]) -> bool:
    """A name that is a row's is that row alone; any other, all rows that begin so."""
    return any(row == name or (name not in known and row.startswith(name)) for name in names)


class _Servers:
    """Servers, each looked for when it is first needed."""

    def __init__(self, running: ExitStack) -> None:
        self._running = running
        self._found: dict[str, str] = {}
        self._missing: dict[str, str] = {}

    def url(self, product: str) -> str:
        """The administrator's URL.

        :raises NoServer: there is none.
        """
        if product in self._missing:
            raise NoServer(self._missing[product])
        if product not in self._found:
            try:
                self._found[product] = server(product, self._running)
            except NoServer as error:
                self._missing[product] = str(error)
                raise
        return self._found[product]

    def versions(self) -> dict[str, str]:
        """What those that were found say they are."""
        return {product: version(url) for product, url in self._found.items()}


def _measured(asked: Asked, scale: Scale, servers: _Servers, give_up: float) -> Iterator[Result]:
    """A result for each row; where it can't be had, the reason.

    :param give_up: when no run of a row that misses its bound is begun any more.
    """
    needed = dict.fromkeys(side for row in asked.rows for side in row.sides())
    product = asked.experiment.product
    try:
        url = servers.url(product) if product else ""
        with (
            tempfile.TemporaryDirectory() as folder,
            asked.experiment.sides(Place(Path(folder), url), frozenset(needed)) as sides,
        ):
            samples = _sampled(asked, {name: sides[name] for name in needed}, scale, give_up)
    except NoServer as error:
        yield from (Result(row, reason=f"{product}: {error}") for row in asked.rows)
        return
    except Failed as error:
        print(error, file=sys.stderr)
        yield from (Result(row, reason="failed, as said above", failed=True) for row in asked.rows)
        return
    yield from (result(row, samples) for row in asked.rows)


def _sampled(
    asked: Asked, sides: Mapping[str, Side], scale: Scale, give_up: float
) -> Mapping[str, Sequence[Sample]]:
    """The runs of each side."""
    heavy = asked.experiment.heavy
    runs = scale.heavy_runs if heavy else scale.runs
    samples = in_turn(sides, runs, 0 if heavy else scale.uncounted)
    for _ in range(0, scale.again, AT_ONCE):
        if time.monotonic() > give_up or all(result(row, samples).kept for row in asked.rows):
            break
        further = in_turn(sides, AT_ONCE, 0)
        samples = {name: [*samples[name], *further[name]] for name in sides}
    return samples


def _write(
    options: argparse.Namespace, results: Sequence[Result], told: dict[str, str], scale: Scale
) -> None:
    if options.json:
        document = report.document(results, told, scale.name)
        options.json.write_text(json.dumps(document, indent=2) + "\n")
    if options.markdown:
        block = report.block(results, told, scale.name)
        written = report.with_block(options.markdown.read_text(), block)
        assert written is not None
        options.markdown.write_text(written)
    if options.plot:
        plot.draw(results, options.plot)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        sys.exit(130)
