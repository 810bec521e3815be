"""`recreate="always"` on MariaDB: the server makes the new table, so that nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql
from sqlalchemy.engine import Engine

from histories import history, opened, rows
from migrate_core.batch import Options
from migrate_core.database.channel import Online
from migrate_core.ddl import DDL
from migrate_core.errors import (
    MigrateError,
    MigrationFailed,
    NoSuchObject,
    OperationError,
    UnsupportedOperation,
)
from migrate_core.operations import BulkInsertOp
from migrate_core.runtime.applier import Applier

SCHEMA = (
    "CREATE TABLE p (id int PRIMARY KEY)",
    """CREATE TABLE `T%` (
      id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
      a varchar(20) COLLATE utf8mb4_bin DEFAULT 'x, NOT NULL :y' COMMENT 'it''s 100% (',
      b int NOT NULL CHECK (b > 0),
      c int GENERATED ALWAYS AS (b * 2) STORED,
      d timestamp NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
      p_id int,
      parent int,
      j json,
      e enum('a', 'COMMENT') DEFAULT 'a',
      h int INVISIBLE DEFAULT (b + 1),
      UNIQUE KEY uq (a),
      KEY ixd (b DESC, a(3)),
      CONSTRAINT fkp FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE,
      CONSTRAINT fks FOREIGN KEY (parent) REFERENCES `T%` (id) ON DELETE CASCADE,
      CONSTRAINT ck CHECK (b < 100)
    ) COMMENT='tt' AUTO_INCREMENT=50 ROW_FORMAT=DYNAMIC""",
    "CREATE TABLE ch (t_id int, CONSTRAINT fk_ch FOREIGN KEY (t_id) REFERENCES `T%` (id) "
    "ON DELETE CASCADE)",
    "INSERT INTO p VALUES (1)",
    "INSERT INTO `T%` (a, b, p_id, j, parent) "
    "VALUES ('q', 1, 1, '{}', 50), ('r', 2, NULL, NULL, 50)",
    "INSERT INTO ch VALUES (50), (NULL)",
    "CREATE TRIGGER tr BEFORE INSERT ON `T%` FOR EACH ROW SET NEW.b = NEW.b + 1",
    "CREATE VIEW v AS SELECT id FROM `T%`",
)


class Database:
    """Runs migrations on a database that has everything, and tells what it has."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))

    def upgrade(self, body: str, **settings: Any) -> None:
        history(self.folder, body)
        opened(self.folder, self.engine, journal=False, **settings).upgrade()

    def created(self, table: str = "T%") -> list[str]:
        """The lines of its CREATE TABLE."""
        text: str = rows(self.engine, f"SHOW CREATE TABLE `{table}`")[0][1]
        return [line.strip().rstrip(",") for line in text.splitlines()]

    def columns(self) -> list[str]:
        return [match[1] for line in self.created() if (match := re.match("`([^`]+)`", line))]

    def everything(self) -> list[object]:
        """All but the order of columns."""
        names = ", ".join(f"`{name}`" for name in sorted(self.columns()))
        return [
            sorted(self.created()),
            self.created("ch"),
            rows(self.engine, "SHOW TRIGGERS"),
            [table for table in rows(self.engine, "SHOW TABLES") if table != ("alembic_version",)],
            rows(self.engine, "SELECT * FROM ch ORDER BY 1"),
            rows(self.engine, "SELECT * FROM v ORDER BY 1"),
            rows(self.engine, f"SELECT {names} FROM `T%` ORDER BY id"),
        ]


@pytest.fixture
def db(tmp_path: Path, mariadb_engine: Engine) -> Database:
    found = Database(tmp_path / "migrations", mariadb_engine)
    found.run(*SCHEMA)
    return found


RECREATE = "with op.batch_alter_table('T%', recreate='always'{}) as batch:\n    {}"


def test_everything_stays_and_columns_come_in_another_order(db: Database) -> None:
    before = db.everything()
    db.upgrade(RECREATE.format(", partial_reordering=[('b', 'id'), ('h', 'a')]", "pass"))
    assert db.columns() == ["b", "c", "d", "p_id", "parent", "j", "e", "h", "id", "a"]
    assert db.everything() == before


def test_rows_go_on_where_they_were(db: Database) -> None:
    db.upgrade(RECREATE.format("", "pass"))
    db.run("INSERT INTO `T%` (b) VALUES (5)", "DELETE FROM `T%` WHERE id = 50")
    assert rows(db.engine, "SELECT id, b, c, h FROM `T%`") == [(52, 6, 12, 6)]
    assert rows(db.engine, "SELECT t_id FROM ch") == [(None,)]


def test_all_changes_are_made_in_one_statement(db: Database) -> None:
    sent: list[str] = []
    sa.event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: sent.append(statement),
    )
    db.upgrade(
        RECREATE.format(
            "",
            """
    batch.alter_column('b', new_column_name='bb', type_=sa.BigInteger)
    batch.alter_column('a', nullable=False, server_default="it's 5%", comment="it's :5%")
    batch.alter_column('d', comment='day')
    batch.alter_column('h', server_default=None)
    batch.add_column(sa.Column('x', sa.String(5), server_default='x%', index=True),
                     insert_after='id')
    batch.add_column(sa.Column('f', sa.Integer, sa.ForeignKey('p.id', name='fkf')))
    batch.drop_column('e')
    batch.drop_index('ixd')
    batch.drop_constraint('fks', type_='foreignkey')
    batch.create_unique_constraint('uqx', ['x', 'id'])
    batch.create_check_constraint('ck2', "p_id > 0")
    batch.create_table_comment('100%')
    """.strip(),
        )
    )
    created = db.created()
    assert db.columns() == ["id", "x", "a", "bb", "c", "d", "p_id", "parent", "j", "h", "f"]
    assert set(created) >= {
        "`x` varchar(5) DEFAULT 'x%'",
        "`a` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s 5%' "
        "COMMENT 'it''s :5%'",
        "`bb` bigint(20) NOT NULL CHECK (`bb` > 0)",
        "`c` int(11) GENERATED ALWAYS AS (`bb` * 2) STORED",
        "`d` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp() "
        "COMMENT 'day'",
        "`h` int(11) INVISIBLE DEFAULT NULL",
        "UNIQUE KEY `uqx` (`x`,`id`)",
        "KEY `ix_T%_x` (`x`)",
        "CONSTRAINT `fkf` FOREIGN KEY (`f`) REFERENCES `p` (`id`)",
        "CONSTRAINT `ck` CHECK (`bb` < 100)",
        "CONSTRAINT `ck2` CHECK (`p_id` > 0)",
    }
    assert not any("CONSTRAINT `fks`" in line or "ixd" in line for line in created)
    assert created[-1].endswith("COMMENT='100%'")
    assert len([statement for statement in sent if statement.startswith("ALTER")]) == 1
    assert rows(db.engine, "SELECT bb, c, x FROM `T%` ORDER BY id") == [(1, 2, "x%"), (2, 4, "x%")]


def test_a_failure_leaves_the_old_table(db: Database) -> None:
    before = db.created(), db.everything()
    body = "batch.drop_column('j')\n    batch.create_check_constraint('ck2', 'b > 1')"
    with pytest.raises(MigrationFailed, match="ck2"):
        db.upgrade(RECREATE.format(", partial_reordering=[('b', 'id')]", body))
    assert (db.created(), db.everything()) == before


def test_nobody_writes_while_rows_are_on_their_way(db: Database) -> None:
    with db.engine.begin() as other:
        other.exec_driver_sql("INSERT INTO `T%%` (b) VALUES (1)")
        with pytest.raises(MigrationFailed, match="Lock wait timeout"):
            db.upgrade(
                RECREATE.format("", "pass"), statement_lock_timeout=1, statement_lock_tries=1
            )
    assert len(rows(db.engine, "SELECT id FROM `T%`")) == 3


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("with op.batch_alter_table('x', recreate='always'): pass", NoSuchObject),
        ("with op.batch_alter_table('v', recreate='always'): pass", NoSuchObject),
        (RECREATE.format("", "batch.drop_column('x')"), NoSuchObject),
        (RECREATE.format("", "batch.alter_column('c', server_default='1')"), UnsupportedOperation),
        (
            RECREATE.format("", "batch.alter_column('id', server_default=sa.Identity())"),
            UnsupportedOperation,
        ),
        (
            "with op.batch_alter_table('T%') as batch:\n"
            "    batch.add_column(sa.Column('x', sa.Integer), insert_after='id')",
            UnsupportedOperation,
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    db: Database, body: str, error: type[OperationError]
) -> None:
    before = db.created()
    with pytest.raises(MigrationFailed) as caught:
        db.upgrade(body)
    assert isinstance(caught.value.__cause__, error)
    assert db.created() == before


def test_rows_are_not_for_a_batch(db: Database) -> None:
    with db.engine.connect() as connection, pytest.raises(MigrateError, match="BulkInsertOp"):
        Applier(DDL(connection.dialect), Online(connection)).alter(
            "T%", [BulkInsertOp(sa.table("T%"), [])], options=Options(recreate="always")
        )


@pytest.mark.parametrize(
    "options",
    ["recreate='edit'", "table_args=[sa.CheckConstraint('b > 1')]", "table_kwargs={'x': 1}"],
)
def test_what_is_said_of_a_text_that_is_edited_is_for_sqlite(db: Database, options: str) -> None:
    before = db.created()
    with pytest.raises(MigrationFailed, match="state the change as an operation"):
        db.upgrade(f"with op.batch_alter_table('T%', {options}): pass")
    assert db.created() == before


def test_a_database_that_is_not_known_to_copy_a_table_says_so(mariadb_engine: Engine) -> None:
    with mariadb_engine.connect() as connection:
        applier = Applier(DDL(mssql.dialect()), Online(connection))
        with pytest.raises(UnsupportedOperation, match="Leave recreate out") as caught:
            applier.alter("t", [], options=Options(recreate="always"))
    assert caught.value.dialect == "mssql"
