"""How large things are: in the full table, and in the quick one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and runs of one table.

    :param runs: that are counted, of each side.
    :param uncounted: that are made before.
    :param graph: revisions of graphs that are built, in growing order.
    :param peer_graph: the largest of those that Alembic is given.
    :param files: of a large project, beside one of ``few_files``.
    :param tables: of the schema that is compared.
    :param growth: sizes of schemas, in growing order.
    :param rows: of the table that is changed, beside one of ``few_rows``.
    :param revisions: of a history that is run, beside one of ``few_revisions``.
    :param long: revisions of the history whose run is measured by its memory.
    """

    name: str
    runs: int
    uncounted: int
    graph: tuple[int, ...]
    peer_graph: int
    files: int
    few_files: int
    tables: int
    growth: tuple[int, ...]
    rows: int
    few_rows: int
    revisions: int
    few_revisions: int
    long: int


FULL = Scale(
    name="full",
    runs=5,
    uncounted=1,
    graph=(100, 1_000, 10_000, 30_000, 100_000),
    peer_graph=10_000,
    files=5_000,
    few_files=10,
    tables=1_000,
    growth=(50, 300, 1_000, 3_000),
    rows=1_000_000,
    few_rows=10_000,
    revisions=1_000,
    few_revisions=100,
    long=10_000,
)

QUICK = Scale(
    name="quick",
    runs=2,
    uncounted=0,
    graph=(1_000, 10_000, 100_000),
    peer_graph=1_000,
    files=2_000,
    few_files=10,
    tables=1_000,
    growth=(250, 1_000),
    rows=100_000,
    few_rows=1_000,
    revisions=300,
    few_revisions=50,
    long=3_000,
)
