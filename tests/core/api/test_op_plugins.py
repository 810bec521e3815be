"""Operations of plugins, literals, rows, and coroutines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from histories import Run, history, opened, rows
from migrate_core.api import BatchOperations, Operations
from migrate_core.errors import MigrationFailed
from migrate_core.operations import AddColumnOp, CreateIndexOp, MigrateOperation

# -- operations of plugins -------------------------------------------------------------------------


@Operations.register_operation("count_rows")
@Operations.register_operation("count_twice", "twice")
class CountRows(MigrateOperation):
    """What a project would put into a module of its own."""

    def __init__(self, table: str) -> None:
        self.table = table

    @classmethod
    def count_rows(cls, operations: Operations, table: str) -> Any:
        return operations.invoke(cls(table))

    @classmethod
    def twice(cls, operations: Operations, table: str) -> Any:
        return 2 * operations.invoke(cls(table))


@Operations.implementation_for(CountRows)
def _count(operations: Operations, operation: CountRows) -> int:
    found: int = operations.get_bind().scalar(sa.text(f"SELECT count(*) FROM {operation.table}"))
    return found


@Operations.register_operation("add_owned", "add_column")
@BatchOperations.register_operation("add_owned", "batch_add_column")
class Owned(AddColumnOp):
    """Two directives that are the documented ones, with a class of one's own."""

    def __init__(self, table_name: str, column: sa.Column[Any], **kw: Any) -> None:
        column.name = f"own_{column.name}"
        super().__init__(table_name, column, **kw)


class Noisy(CreateIndexOp):
    """A kind of operation that the engine knows, done in another way."""


@Operations.implementation_for(Noisy)
def _noisy(operations: Operations, operation: Noisy) -> None:
    operations.execute(f"CREATE INDEX noisy_{operation.index_name} ON {operation.table_name} (id)")


def test_an_operation_of_ones_own_is_called_like_the_others(run: Run) -> None:
    run(
        """
        op.bulk_insert(
            sa.table("t", sa.column("id"), sa.column("p_id")),
            [{"id": 3, "p_id": op.count_rows("t")}, {"id": 4, "p_id": op.count_twice("p")}],
        )
        """
    )
    assert rows(run.engine, "SELECT p_id FROM t WHERE id > 2 ORDER BY id") == [(2,), (2,)]


def test_directives_of_a_derived_class_are_the_class_methods_of_the_known_one(run: Run) -> None:
    found = run(
        """
        op.add_owned("t", sa.Column("x", sa.Integer))
        with op.batch_alter_table("t") as batch_op:
            batch_op.add_owned(sa.Column("y", sa.Integer))
        """
    )
    assert {"own_x", "own_y"} < {column["name"] for column in found.get_columns("t")}


def test_a_class_derived_from_a_known_one_may_be_done_in_another_way(run: Run) -> None:
    found = run(
        f"""
        import sys
        op.invoke(sys.modules[{__name__!r}].Noisy("ix", "t", ["name"]))
        """
    )
    assert [index["name"] for index in found.get_indexes("t")] == ["noisy_ix"]


def test_a_second_implementation_has_to_say_that_it_replaces() -> None:
    with pytest.raises(ValueError, match=r"CountRows has an implementation.*replace=True"):
        Operations.implementation_for(CountRows)(_count)


def test_the_engines_own_implementation_has_to_be_replaced_on_purpose() -> None:
    with pytest.raises(ValueError, match="CreateIndexOp has an implementation"):
        Operations.implementation_for(CreateIndexOp)(_noisy)


def test_an_operation_that_nothing_does_says_how_one_is_registered(run: Run) -> None:
    with pytest.raises(MigrationFailed, match="no implementation is known") as refused:
        run(
            """
            from migrate_core.operations import MigrateOperation
            op.invoke(MigrateOperation())
            """
        )
    assert "implementation_for" in refused.value.next_step


# -- literals and rows -----------------------------------------------------------------------------


def test_an_inline_literal_is_the_value(run: Run) -> None:
    run(
        """
        t = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String))
        op.execute(
            t.update().where(t.c.id == op.inline_literal(1)).values(
                name=op.inline_literal("it's 100% \\\\ :x")
            )
        )
        op.execute(t.update().where(t.c.id == 2).values(name=op.inline_literal(None)))
        """
    )
    assert rows(run.engine, "SELECT name FROM t ORDER BY id") == [("it's 100% \\ :x",), (None,)]


def test_rows_keep_the_columns_that_only_some_of_them_have(run: Run) -> None:
    run(
        """
        t = sa.table("t", sa.column("id"), sa.column("name"), sa.column("p_id"))
        op.bulk_insert(
            t,
            [
                {"id": 3},
                {"id": 4, "name": "four"},
                {"id": 5, "name": sa.func.upper("five"), "p_id": 1},
            ],
        )
        op.bulk_insert(t, [{"id": 6}, {"id": 7, "name": "seven"}], multiinsert=False)
        """
    )
    assert rows(run.engine, "SELECT id, name, p_id FROM t WHERE id > 2 ORDER BY id") == [
        (3, None, None),
        (4, "four", None),
        (5, "FIVE", 1),
        (6, None, None),
        (7, "seven", None),
    ]


def test_rows_that_are_no_list_of_dictionaries_are_refused(run: Run) -> None:
    with pytest.raises(MigrationFailed, match="list of dictionaries"):
        run("op.bulk_insert(sa.table('t', sa.column('id')), {'id': 3})")


# -- coroutines ------------------------------------------------------------------------------------

FILL = """
async def fill(connection, name):
    await connection.execute(sa.text("UPDATE t SET name = :name"), {"name": name})
    return 7
number = op.run_async(fill, "async")
op.bulk_insert(sa.table("t", sa.column("id")), [{"id": number}])
"""


def test_a_coroutine_runs_on_the_connection_of_an_async_engine(
    tmp_path: Path, postgresql_url: str
) -> None:
    history(
        tmp_path,
        """
        op.create_table("t", sa.Column("id", sa.Integer), sa.Column("name", sa.Text))
        op.bulk_insert(sa.table("t", sa.column("id")), [{"id": 1}])
        """,
        FILL,
    )

    def upgrade(connection: Connection) -> list[Any]:
        opened(tmp_path, connection).upgrade()
        found = connection.execute(sa.text("SELECT id, name FROM t ORDER BY id"))
        return [tuple(row) for row in found]

    async def main() -> list[Any]:
        engine = create_async_engine(make_url(postgresql_url))
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(upgrade)
        finally:
            await engine.dispose()

    assert asyncio.run(main()) == [(1, "async"), (7, None)]


def test_a_coroutine_is_refused_on_an_engine_that_is_not_async(run: Run) -> None:
    with pytest.raises(MigrationFailed, match="run_async needs an async engine"):
        run(FILL)
