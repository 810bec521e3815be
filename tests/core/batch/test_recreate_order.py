"""In which order columns come out of a batch that makes a new table."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core.batch import column_order
from migrate_core.errors import AlreadyExists, NoSuchObject, OperationError, UnsupportedOperation
from migrate_core.operations import AddColumnOp, AlterColumnOp, DropColumnOp, MigrateOperation

COLUMNS = ["id", "a", "b", "c", "d"]


def add(name: str, **kw: Any) -> AddColumnOp:
    return AddColumnOp("t", sa.Column(name, sa.Integer), **kw)


def alter(name: str, new: str | None = None, **kw: Any) -> AlterColumnOp:
    return AlterColumnOp("t", name, modify_name=new, **kw)


ORDERS: dict[str, tuple[list[MigrateOperation], list[tuple[str, ...]], str]] = {
    "nothing": ([], [], "id a b c d"),
    "new ones come last": ([add("x"), add("y")], [], "id a b c d x y"),
    "behind another": ([add("x", insert_after="a")], [], "id a x b c d"),
    "before another": ([add("x", insert_before="id")], [], "x id a b c d"),
    "behind a new one": (
        [add("x", insert_after="a"), add("y", insert_after="x")],
        [],
        "id a x y b c d",
    ),
    "moved": ([alter("a", insert_after="c")], [], "id b c a d"),
    "moved nowhere": ([alter("a", insert_after="a")], [], "id a b c d"),
    "renamed stays": ([alter("a", "x")], [], "id x b c d"),
    "dropped and added": ([DropColumnOp("t", "a"), add("a")], [], "id b c d a"),
    "there already": ([add("a", if_not_exists=True)], [], "id a b c d"),
    "gone already": ([DropColumnOp("t", "x", if_exists=True)], [], "id a b c d"),
    "what waits comes behind what does not": ([], [("c", "a")], "id b c d a"),
    "a chain": ([], [("d", "c", "a")], "id b d c a"),
    "two groups": ([], [("d", "id"), ("c", "a")], "b c d id a"),
    "a group with a new one": ([add("x")], [("x", "id")], "a b c d x id"),
    "a place and a group": ([add("x", insert_after="id")], [("b", "id")], "a b c d id x"),
    "the name before": ([alter("a", "x")], [("c", "a")], "id b c d x"),
    "the name after": ([alter("a", "y"), alter("y", "x")], [("c", "x")], "id b c d x"),
}


@pytest.mark.parametrize("case", ORDERS)
def test_columns_come_in_the_order_that_is_asked_for(case: str) -> None:
    operations, reordering, expected = ORDERS[case]
    assert " ".join(column_order("t", COLUMNS, operations, reordering)) == expected


@pytest.mark.parametrize(
    ("operations", "reordering", "error"),
    [
        ([DropColumnOp("t", "x")], (), NoSuchObject),
        ([alter("x", modify_nullable=True)], (), NoSuchObject),
        ([add("x", insert_after="y")], (), NoSuchObject),
        ([], [("a", "x")], NoSuchObject),
        ([add("a")], (), AlreadyExists),
        ([alter("a", "b")], (), AlreadyExists),
        ([], [("a", "b"), ("b", "a")], UnsupportedOperation),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    operations: list[MigrateOperation],
    reordering: list[tuple[str, ...]],
    error: type[OperationError],
) -> None:
    with pytest.raises(error):
        column_order("t", COLUMNS, operations, reordering)
