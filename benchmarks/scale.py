"""How large things are: in the full table, and in the quick one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and runs of one table.

    :param runs: that are counted, of each side; ``heavy_runs`` where one takes seconds.
    :param uncounted: runs that are made before, where one is soon done.
    :param again: further counted runs, at most, where a row misses its bound, so that few runs do
        not take a hiccup of the machine for a miss; the median is that of all.
    :param patience: seconds since the first row, after which none of these is begun.
    :param graph: revisions of graphs that are built, in growing order; ``shapes`` what they look
        like.
    :param peer_graph: revisions of the largest that Alembic is given.
    :param files: of a large project, beside one of ``few_files``.
    :param warm: commands on it that are measured.
    :param cold: those that are measured without what is kept of the files: the difference that
        some thousand files make is small beside the start of a process, and takes many runs.
    :param forms: of projects in which the start of a process is measured; see ``rows.start``.
    :param started: commands there.
    :param programs: of the core that are started.
    :param compared: databases on which a schema is compared; ``tables`` of it.
    :param growth: sizes of schemas, in growing order; ``peer_growth`` for Alembic. Making a
        schema takes longer than comparing it.
    :param rows: of the table that is changed, beside one of ``few_rows``.
    :param rebuilt: changes of it that make it anew; ``edited`` those in its stored text.
    :param revisions: of a history that is run, beside one of ``few_revisions``, if of any.
    :param long: revisions of the history whose run is measured by its memory; a short one has
        little beside what each process has.
    :param script: revisions of histories that are written as SQL; ``scripts`` which ones.
    """

    name: str
    runs: int
    heavy_runs: int
    uncounted: int
    again: int
    patience: float
    graph: tuple[int, ...]
    shapes: tuple[str, ...]
    peer_graph: int
    files: int
    few_files: int
    warm: tuple[str, ...]
    cold: tuple[str, ...]
    forms: tuple[str, ...]
    started: tuple[str, ...]
    programs: tuple[str, ...]
    compared: tuple[str, ...]
    tables: int
    growth: tuple[int, ...]
    peer_growth: tuple[int, ...]
    rows: int
    few_rows: int
    rebuilt: tuple[str, ...]
    edited: tuple[str, ...]
    revisions: int
    few_revisions: int | None
    long: int | None
    script: int
    scripts: tuple[str, ...]


FULL = Scale(
    name="full",
    runs=5,
    heavy_runs=5,
    uncounted=1,
    again=0,
    patience=0,
    graph=(100, 1_000, 10_000, 30_000, 100_000),
    shapes=("linear", "bushy"),
    peer_graph=10_000,
    files=5_000,
    few_files=10,
    warm=("heads", "current", "upgrade"),
    cold=("heads", "current", "upgrade"),
    forms=("", "env-"),
    started=("current", "heads", "upgrade"),
    programs=("core", "doors"),
    compared=("sqlite", "postgresql", "mariadb"),
    tables=1_000,
    growth=(50, 300, 1_000, 3_000),
    peer_growth=(50, 300, 1_000, 3_000),
    rows=1_000_000,
    few_rows=10_000,
    rebuilt=("drop-column", "change-default", "add-check"),
    edited=("change-default", "add-check"),
    revisions=1_000,
    few_revisions=100,
    long=10_000,
    script=1_000,
    scripts=("usual", "tables"),
)

QUICK = Scale(
    name="quick",
    runs=3,
    heavy_runs=1,
    uncounted=0,
    again=4,
    patience=65,
    graph=(1_000, 30_000),
    shapes=("linear",),
    peer_graph=0,
    files=2_000,
    few_files=10,
    warm=("upgrade",),
    cold=(),
    forms=("",),
    started=("current", "heads"),
    programs=(),
    compared=("sqlite", "postgresql"),
    tables=1_000,
    growth=(1_000,),
    peer_growth=(1_000,),
    rows=200_000,
    few_rows=2_000,
    rebuilt=("drop-column", "change-default"),
    edited=("change-default",),
    revisions=150,
    few_revisions=None,
    long=None,
    script=1_000,
    scripts=("usual",),
)
