"""The rules beside the servers: what is marked makes others wait, and what is not does not."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection, Engine

from migrate_core import ddl, hazards
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropIndexOp,
    MigrateOperation,
)


def statements(op: MigrateOperation, engine: Engine) -> list[Any]:
    return list(ddl.for_dialect(engine.dialect).elements(op))


def is_marked(op: MigrateOperation, engine: Engine) -> bool:
    texts = [str(each.compile(dialect=engine.dialect)) for each in statements(op, engine)]
    ground = hazards.Ground(engine.dialect, frozenset(), in_transaction=True)
    return any(mark.kind == "locking" for mark in hazards.marks([op], texts, ground))


# -- PostgreSQL ------------------------------------------------------------------------------------

OLD_AND_NEW = [
    (sa.String(20), sa.String(40)),
    (sa.String(20), sa.String()),
    (sa.String(20), sa.Text()),
    (sa.Text(), sa.String()),
    (sa.Numeric(8, 2), sa.Numeric(10, 2)),
    (sa.Numeric(8, 2), sa.Numeric()),
    (pg.TIMESTAMP(precision=3), pg.TIMESTAMP(precision=6)),
    (pg.TIMESTAMP(precision=3), pg.TIMESTAMP()),
    (pg.CIDR(), pg.INET()),
    (pg.BIT(5, varying=True), pg.BIT(8, varying=True)),
    (sa.String(40), sa.String(20)),
    (sa.Text(), sa.String(20)),
    (sa.CHAR(5), sa.CHAR(8)),
    (sa.SmallInteger(), sa.Integer()),
    (sa.Integer(), sa.BigInteger()),
    (sa.Integer(), sa.Numeric()),
    (sa.Numeric(8, 2), sa.Numeric(8, 3)),
    (sa.Numeric(), sa.Numeric(8, 2)),
    (sa.Numeric(8, 2), sa.Numeric(6, 2)),
    (sa.Date(), sa.DateTime()),
    (pg.TIMESTAMP(precision=6), pg.TIMESTAMP(precision=3)),
    (pg.BIT(5), pg.BIT(5, varying=True)),
    (sa.REAL(), sa.DOUBLE_PRECISION()),
]


def files(connection: Connection) -> list[Any]:
    """Where the rows and the index of the table are kept: others once they are written anew."""
    text = "SELECT pg_relation_filenode('t'), pg_relation_filenode('ix_c')"
    return list(connection.execute(sa.text(text)).one())


@pytest.mark.parametrize(("old", "new"), OLD_AND_NEW, ids=repr)
def test_another_type_is_marked_where_postgresql_writes_the_rows_anew(
    postgresql_engine: Engine, old: Any, new: Any
) -> None:
    op = AlterColumnOp("t", "c", existing_type=old, modify_type=new)
    with postgresql_engine.begin() as connection:
        sa.Table("t", sa.MetaData(), sa.Column("c", old, index=True)).create(connection)
        connection.execute(sa.text("ALTER INDEX ix_t_c RENAME TO ix_c"))
        before = files(connection)
        for statement in statements(op, postgresql_engine):
            connection.execute(statement)
        assert is_marked(op, postgresql_engine) == (files(connection) != before)


@pytest.mark.parametrize(
    "column",
    [
        sa.Column("n", sa.Integer),
        sa.Column("n", sa.Integer, nullable=False, server_default="1"),
        sa.Column("n", sa.DateTime, server_default=sa.func.now()),
        sa.Column("n", sa.String(20), server_default=sa.text("'random()'")),
        sa.Column("n", sa.DateTime, server_default=sa.text("clock_timestamp()")),
        sa.Column("n", sa.Uuid, server_default=sa.text("gen_random_uuid()")),
        sa.Column("n", sa.Integer, sa.Identity()),
        sa.Column("n", sa.Integer, sa.Computed("c * 2", persisted=True)),
    ],
    ids=lambda column: str(column.server_default and type(column.server_default).__name__),
)
def test_a_new_column_is_marked_where_postgresql_writes_the_rows_anew(
    postgresql_engine: Engine, column: sa.Column[Any]
) -> None:
    op = AddColumnOp("t", column)
    with postgresql_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t AS SELECT 1 AS c"))
        connection.execute(sa.text("CREATE INDEX ix_c ON t (c)"))
        before = files(connection)
        for statement in statements(op, postgresql_engine):
            connection.execute(statement)
        assert is_marked(op, postgresql_engine) == (files(connection)[0] != before[0])


@pytest.mark.parametrize(
    "op",
    [
        CreateIndexOp("ix_d", "t", ["c"]),
        DropIndexOp("ix_c", "t"),
        CreateUniqueConstraintOp("uq_c", "t", ["c"]),
        CreatePrimaryKeyOp("pk_c", "t", ["c"]),
        CreateForeignKeyOp("fk_c", "t", "parent", ["c"], ["id"]),
        CreateCheckConstraintOp("ck_c", "t", "c > 0"),
        AlterColumnOp("t", "c", modify_nullable=False),
    ],
    ids=lambda op: type(op).__name__,
)
def test_what_is_marked_keeps_writers_out_on_postgresql(
    postgresql_engine: Engine, op: MigrateOperation
) -> None:
    assert is_marked(op, postgresql_engine)
    with postgresql_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(sa.text("CREATE TABLE t (c INTEGER)"))
        connection.execute(sa.text("CREATE INDEX ix_c ON t (c)"))
    with postgresql_engine.connect() as connection, connection.begin() as transaction:
        for statement in statements(op, postgresql_engine):
            connection.execute(statement)
        with postgresql_engine.connect() as other:
            other.execute(sa.text("SET lock_timeout = '50ms'"))
            with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
                other.execute(sa.text("INSERT INTO t VALUES (1)"))
        transaction.rollback()


# -- MariaDB ---------------------------------------------------------------------------------------

ENUM = sa.Enum("a", "b", name="kind")
NOT_ONLINE = {1845, 1846}
"""The server's codes for an ALGORITHM or LOCK that a change cannot have."""


@pytest.mark.parametrize(
    "op",
    [
        AlterColumnOp("t", "s", existing_type=sa.String(20), modify_type=sa.String(63)),
        AlterColumnOp("t", "s", existing_type=sa.String(20), modify_type=sa.String(64)),
        AlterColumnOp("t", "s", existing_type=sa.String(20), modify_type=sa.String(10)),
        AlterColumnOp("t", "s", existing_type=sa.String(20), modify_type=sa.Text()),
        AlterColumnOp("t", "n", existing_type=sa.Integer(), modify_type=sa.BigInteger()),
        AlterColumnOp("t", "n", existing_type=sa.Integer(), modify_nullable=False),
        AlterColumnOp("t", "n", existing_type=sa.Integer(), modify_name="m"),
        AlterColumnOp("t", "e", existing_type=ENUM, modify_type=sa.Enum("a", "b", "c")),
        AlterColumnOp("t", "e", existing_type=ENUM, modify_type=sa.Enum("b", "a")),
        AlterColumnOp("t", "e", existing_type=ENUM, modify_type=sa.Enum("c", "a", "b")),
        AddColumnOp("t", sa.Column("x", sa.Integer)),
        AddColumnOp("t", sa.Column("x", sa.Integer, server_default="1", nullable=False)),
        AddColumnOp("t", sa.Column("x", mysql.DATETIME(), server_default=sa.func.now())),
        AddColumnOp("t", sa.Column("x", sa.String(36), server_default=sa.text("(uuid())"))),
        AddColumnOp("t", sa.Column("x", sa.Integer, sa.Computed("n * 2", persisted=True))),
        AddColumnOp("t", sa.Column("x", sa.Integer, sa.Computed("n * 2", persisted=False))),
        DropColumnOp("t", "s"),
        CreateForeignKeyOp("fk_n", "t", "parent", ["n"], ["id"]),
        CreateCheckConstraintOp("ck_n", "t", "n > 0"),
        CreateUniqueConstraintOp("uq_n", "t", ["n"]),
    ],
    ids=lambda op: type(op).__name__,
)
def test_what_is_marked_is_what_mariadb_does_not_do_beside_writers(
    mariadb_engine: Engine, op: MigrateOperation
) -> None:
    table = "CREATE TABLE t (n INTEGER, s VARCHAR(20), e ENUM('a', 'b'))"
    refused = is_refused_online(op, table, mariadb_engine)
    assert is_marked(op, mariadb_engine) == refused


@pytest.mark.parametrize(
    ("old", "new"), [(31, 64), (32, 63), (32, 64), (63, 64), (64, 300), (64, 63)]
)
def test_a_varchar_of_another_length_is_marked_where_mariadb_copies_the_table(
    mariadb_engine: Engine, old: int, new: int
) -> None:
    op = AlterColumnOp("t", "s", existing_type=sa.String(old), modify_type=sa.String(new))
    table = f"CREATE TABLE t (n INTEGER, s VARCHAR({old}), e INTEGER)"
    refused = is_refused_online(op, table, mariadb_engine)
    assert is_marked(op, mariadb_engine) == refused


def is_refused_online(op: MigrateOperation, table: str, engine: Engine) -> bool:
    """Whether the server says that it cannot do this while others write."""
    *_, statement = statements(op, engine)
    online = f"{statement.compile(dialect=engine.dialect)}, ALGORITHM=INPLACE, LOCK=NONE"
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(f"{table} DEFAULT CHARACTER SET utf8mb4")
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1, 's', 1)")
        try:
            connection.exec_driver_sql(online)
        except sa.exc.DBAPIError as error:
            if error.orig is None or error.orig.args[0] not in NOT_ONLINE:
                raise
            return True
    return False
