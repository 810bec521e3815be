"""Whether a statement took effect, looked up before it is sent and after."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute
from migrate_core import ddl
from migrate_core.database.probe import took_effect
from migrate_core.ddl.effects import Effect, effect
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableOp,
    MigrateOperation,
    RenameTableOp,
)

THERE = (
    "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY)",
    "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, n INTEGER, old INTEGER, parent INTEGER,"
    " CONSTRAINT uq_old UNIQUE (old))",
    "CREATE INDEX ix_n ON item (n)",
)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    execute(engine, *THERE)
    return engine


@pytest.mark.parametrize(
    "op",
    [
        CreateTableOp("new", [sa.Column("id", sa.Integer), sa.Column("n", sa.Integer)]),
        DropTableOp("item"),
        RenameTableOp("item", "thing"),
        AddColumnOp("item", sa.Column("more", sa.Integer)),
        DropColumnOp("item", "n"),
        AlterColumnOp(
            "item", "n", modify_name="m", existing_type=sa.Integer(), existing_nullable=True
        ),
        CreateIndexOp("ix_new", "item", ["parent"]),
        DropIndexOp("ix_n", table_name="item"),
        CreateUniqueConstraintOp("uq_n", "item", ["n"]),
        DropConstraintOp("uq_old", "item", type_="unique"),
        CreateForeignKeyOp("fk", "item", "parent", ["parent"], ["id"]),
    ],
    ids=lambda op: type(op).__name__,
)
def test_an_operation_is_found_undone_and_then_done(server: Engine, op: MigrateOperation) -> None:
    with server.begin() as connection:
        for element in ddl.for_dialect(connection.dialect).elements(op):
            changes = effect(element)
            assert changes is not None
            assert took_effect(connection, changes) is False
            connection.execute(element)
            assert took_effect(connection, changes) is True


def test_another_table_of_the_same_name_is_not_taken_for_it(server: Engine) -> None:
    made = Effect("table", "item", columns=("id", "name"))
    with server.connect() as connection:
        assert took_effect(connection, made) is None


def test_a_column_of_a_table_that_is_gone_tells_nothing(server: Engine) -> None:
    with server.connect() as connection:
        assert took_effect(connection, Effect("column", "n", "nowhere")) is None


def test_text_that_a_person_wrote_has_no_effect_to_look_for() -> None:
    assert effect(sa.text("CREATE TABLE a (id INTEGER)")) is None
    assert effect(None) is None


def test_an_index_that_a_failed_build_left_is_not_there(postgresql_engine: Engine) -> None:
    execute(postgresql_engine, *THERE, "INSERT INTO item VALUES (1, 1), (2, 1)")
    with postgresql_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY ix_u ON item (n)")
        assert took_effect(connection, Effect("index", "ix_u", "item")) is False
