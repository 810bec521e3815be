"""Scripts in place of a connection: what is in them, and what the databases' clients make of it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from clients import emptied, run_script, scripted
from histories import create, history, migration, opened, rows, tables
from migrate_core import Migrations
from migrate_core.database.reflect import reflect
from migrate_core.errors import (
    InvalidTarget,
    MigrateError,
    MigrationFailed,
    MultipleHeads,
    RangeNotAncestorError,
    TableUnknown,
    UnboundParameter,
    UnknownRevision,
)

NOWHERE = {
    "sqlite": "sqlite:////no/such/folder/x.db",
    "postgresql": "postgresql+psycopg://nobody:secret@no.such.host/x",
    "mariadb": "mariadb+pymysql://nobody:secret@no.such.host/x",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def nowhere(folder: Path, dialect: str = "postgresql", **options: bool) -> Migrations:
    """Migrations of a database that nobody can connect to."""
    return opened(folder, sa.create_engine(NOWHERE[dialect]), **options)


def statements(script: str) -> list[str]:
    """The blocks of a script, without its comments, each in one line."""
    blocks = [block for block in script.split("\n\n") if not block.startswith("--")]
    return [re.sub(r"\s+", " ", block).strip() for block in blocks]


# -- what the clients make of it -------------------------------------------------------------------

SHOP = (
    """
    op.create_table('customer',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('name', sa.String(40), nullable=False, server_default="it's 5% \\\\ :x"),
        sa.Column('best', sa.Integer),
        sa.Column('kind', sa.Enum('a', "b'c", name='kind', create_constraint=True)),
        sa.CheckConstraint("name <> 'a:b'", name='ck_name'),
    )
    op.create_table('sale',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('customer', sa.Integer, nullable=False),
        sa.Column('earlier', sa.Integer),
        sa.Column('price', sa.Numeric(8, 2)),
        sa.ForeignKeyConstraint(['customer'], ['customer.id'], 'fk_customer', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['earlier'], ['sale.id'], name='fk_earlier'),
    )
    op.create_foreign_key('fk_best', 'customer', 'sale', ['best'], ['id'])
    op.create_index('ix_price', 'sale', ['price', 'customer'], unique=True)
    """,
    r"""
    customer = sa.table('customer', sa.column('id', sa.Integer), sa.column('name', sa.String),
        sa.column('kind', sa.Enum('a', "b'c", name='kind')))
    op.bulk_insert(customer, [
        {'id': 1, 'name': "O'Neil \\ 100% :x", 'kind': 'a'},
        {'id': 2, 'name': 'ñ; -- no', 'kind': "b'c"},
        {'id': 3, 'kind': None},
    ])
    op.execute("UPDATE customer SET name = name || 'x' WHERE name LIKE 'O\\:%' ")
    op.execute("INSERT INTO sale (id, customer, price) VALUES (1, 1, 9.50); -- the first")
    op.execute(sa.text("INSERT INTO sale (id, customer, earlier, price) VALUES (2, :c, 1, :p)")
        .bindparams(c=2, p=3))
    """,
    """
    with op.batch_alter_table('customer') as batch:
        batch.add_column(sa.Column('city', sa.String(30), server_default='here', nullable=False))
        batch.alter_column('name', existing_type=sa.String(40), type_=sa.String(60),
            existing_nullable=False, nullable=False)
        batch.create_unique_constraint('uq_city', ['city', 'id'])
    op.add_column('sale', sa.Column('note', sa.String(20)))
    """,
    """
    op.execute('CREATE VIEW cheap AS SELECT id FROM sale WHERE price < 5')
    with op.get_context().autocommit_block():
        op.create_index('ix_name', 'customer', ['name'], postgresql_concurrently=True)
    """,
    """
    with op.batch_alter_table('customer') as batch:
        batch.drop_constraint('fk_best', type_='foreignkey')
        batch.drop_column('best')
    """,
)
"""``||`` is no concatenation on MariaDB: there it changes no row, online and by script alike."""


def picture(engine: Engine) -> dict[str, object]:
    """The schema and the rows, as text that can be compared."""
    with engine.connect() as connection:
        metadata = reflect(connection)
        tables = {table.name: table for table in metadata.tables.values()}
        found: dict[str, object] = {}
        for name, table in sorted(tables.items()):
            created = sa.schema.CreateTable(table).compile(dialect=engine.dialect)
            keys = sorted(str(key.name) for key in table.foreign_key_constraints)
            indexes = sorted(
                (str(i.name), bool(i.unique), str(list(i.columns.keys()))) for i in table.indexes
            )
            found[name] = (re.sub(r"\s+", " ", str(created)), keys, indexes)
            quoted = engine.dialect.identifier_preparer.quote(name)
            found[f"rows of {name}"] = sorted(
                map(repr, connection.execute(sa.text(f"SELECT * FROM {quoted}")))
            )
        found["views"] = sorted(sa.inspect(connection).get_view_names())
    return found


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_script_makes_what_a_connection_makes(
    folder: Path, engine: Engine, tmp_path: Path, per_migration: bool
) -> None:
    history(folder, *SHOP)
    script = opened(folder, scripted(engine), transaction_per_migration=per_migration).upgrade_sql()
    opened(folder, engine, journal=False).upgrade()
    online = picture(engine)
    emptied(engine)
    run_script(engine, script, tmp_path)
    assert picture(engine) == online
    assert opened(folder, engine).status().is_current


def test_a_script_of_a_downgrade_undoes_what_one_of_the_upgrade_did(
    folder: Path, engine: Engine, tmp_path: Path
) -> None:
    history(folder, create("a"), create("b"))
    migrations = opened(folder, scripted(engine))
    run_script(engine, migrations.upgrade_sql(), tmp_path)
    run_script(engine, migrations.downgrade_sql("head:r1"), tmp_path)
    assert tables(engine) == {"a"}
    assert migrations.current() == ("r1",)
    run_script(engine, migrations.downgrade_sql("r1:base"), tmp_path)
    assert tables(engine) == set()
    assert migrations.current() == ()


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_a_script_that_fails_in_the_client_changes_nothing(
    folder: Path, dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(f"{dialect}_engine")
    history(folder, create("a"), "op.execute('INSERT INTO missing VALUES (1)')")
    script = opened(folder, engine).upgrade_sql()
    with pytest.raises(AssertionError, match="missing"):
        run_script(engine, script, tmp_path)
    assert sa.inspect(engine).get_table_names() == []


def test_rows_that_refer_to_a_rebuilt_table_are_kept_where_foreign_keys_are_enforced(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, *SHOP)
    script = nowhere(folder, "sqlite").upgrade_sql()
    database = sqlite3.connect(str(sqlite_engine.url.database))
    database.execute("PRAGMA foreign_keys=ON")
    database.executescript(script)
    database.close()
    assert rows(sqlite_engine, "SELECT count(*) FROM sale") == [(2,)]


# -- what is in it ---------------------------------------------------------------------------------


def test_a_whole_script_reads_like_this(folder: Path) -> None:
    history(folder, create("a"), "op.execute('SELECT 1')")
    assert nowhere(folder).upgrade_sql() == (
        """\
-- Upgrade from base to r2 on postgresql
-- Run it with: psql -v ON_ERROR_STOP=1 -f FILE DATABASE

BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade <base> -> r1, message of r1

CREATE TABLE a (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('r1');

-- Running upgrade r1 -> r2, message of r2

SELECT 1;

UPDATE alembic_version SET version_num='r2' WHERE alembic_version.version_num = 'r1';

COMMIT;
"""  # noqa: W291  # SQLAlchemy writes those spaces
    )


def test_each_migration_has_a_transaction_where_that_is_asked_for(folder: Path) -> None:
    history(folder, create("a"), create("b"))
    script = nowhere(folder, transaction_per_migration=True).upgrade_sql()
    shape = [s if s in ("BEGIN;", "COMMIT;") else s.split()[0] for s in statements(script)]
    one = ["BEGIN;", "CREATE", "COMMIT;"]
    step = ["BEGIN;", "CREATE", "INSERT", "COMMIT;"]
    assert shape == [*one, *step, *(s.replace("INSERT", "UPDATE") for s in step)]


def test_an_autocommit_block_is_outside_of_the_transaction(folder: Path) -> None:
    history(folder, "with op.get_context().autocommit_block():\n    op.execute('VACUUM')")
    script = statements(nowhere(folder).upgrade_sql())
    at = script.index("VACUUM;")
    assert script[at - 1 : at + 2] == ["COMMIT;", "VACUUM;", "BEGIN;"]
    assert script[0], script[-1] == ("BEGIN;", "COMMIT;")


def test_a_database_without_transactional_ddl_gets_no_transaction(folder: Path) -> None:
    history(folder, "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')")
    script = nowhere(folder, "mariadb").upgrade_sql()
    assert "BEGIN" not in script
    assert "COMMIT" not in script


def test_the_version_table_is_made_only_where_the_script_starts_at_base(folder: Path) -> None:
    history(folder, create("a"), create("b"))
    migrations = nowhere(folder)
    assert "CREATE TABLE alembic_version" in migrations.upgrade_sql("base:head")
    assert "alembic_version (" not in migrations.upgrade_sql("r1:head")
    assert statements(migrations.upgrade_sql("r1:"))[1].startswith("CREATE TABLE b")


def test_the_version_table_is_never_dropped(folder: Path) -> None:
    history(folder, create("a"), create("b"))
    assert statements(nowhere(folder).downgrade_sql("head:base"))[-2:] == [
        "DELETE FROM alembic_version WHERE alembic_version.version_num = 'r1';",
        "COMMIT;",
    ]


@pytest.mark.parametrize(
    ("target", "runs"),
    [("r1:+1", ["r2"]), ("r1:r3", ["r2", "r3"]), (":r1", ["r1"]), ("-2:head", ["r2", "r3"])],
)
def test_a_range_may_be_written_in_several_ways(folder: Path, target: str, runs: list[str]) -> None:
    history(folder, "pass", "pass", "pass")
    script = nowhere(folder).upgrade_sql(target)
    assert re.findall("-- Running upgrade .* -> (r.),", script) == runs


def test_a_range_with_nothing_in_it_has_no_statement(folder: Path) -> None:
    history(folder, create("a"))
    script = nowhere(folder).upgrade_sql("r1:head")
    assert script == "-- Upgrade from r1 to r1 on postgresql: nothing to do\n"


def fork(folder: Path) -> None:
    migration(folder, "a000")
    migration(folder, "b000", down_revision="a000")
    migration(folder, "c000", down_revision="a000")


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["b000"], ["INSERT INTO alembic_version (version_num) VALUES ('b000');"]),
        (
            ["a000:b000", "a000:c000"],
            [
                "UPDATE alembic_version SET version_num='b000' "
                "WHERE alembic_version.version_num = 'a000';",
                "INSERT INTO alembic_version (version_num) VALUES ('c000');",
            ],
        ),
        (
            ["b000:base"],
            ["DELETE FROM alembic_version WHERE alembic_version.version_num = 'b000';"],
        ),
    ],
)
def test_a_stamp_writes_rows_only(folder: Path, targets: list[str], expected: list[str]) -> None:
    fork(folder)
    script = statements(nowhere(folder).stamp_sql(*targets))
    assert [each for each in script[1:-1] if not each.startswith("CREATE")] == expected
    assert script[1].startswith("CREATE TABLE alembic_version") == (targets == ["b000"])


def test_a_merge_and_its_undoing_are_scripts_too(folder: Path) -> None:
    fork(folder)
    migration(folder, "d000", down_revision=("b000", "c000"))
    up = statements(nowhere(folder).upgrade_sql())[-3:-1]
    assert up == [
        "DELETE FROM alembic_version WHERE alembic_version.version_num = 'c000';",
        "UPDATE alembic_version SET version_num='d000' WHERE alembic_version.version_num = 'b000';",
    ]
    assert statements(nowhere(folder).downgrade_sql("d000:b000"))[1:-1] == [
        "UPDATE alembic_version SET version_num='b000' WHERE alembic_version.version_num = 'd000';",
        "INSERT INTO alembic_version (version_num) VALUES ('c000');",
    ]


@pytest.mark.parametrize("dialect", list(NOWHERE))
def test_text_is_what_a_connection_would_send(folder: Path, dialect: str) -> None:
    history(folder, r"""op.execute("SELECT '\\:x', 5 % 3, '%(y)s', 'tab\t';  ")""")
    assert "SELECT ':x', 5 % 3, '%(y)s', 'tab\t';\n\n" in nowhere(folder, dialect).upgrade_sql()


def test_a_comment_at_the_end_of_a_statement_does_not_swallow_its_end(folder: Path) -> None:
    history(folder, "op.execute('SELECT 1 -- one')")
    assert "SELECT 1 -- one\n;\n" in nowhere(folder).upgrade_sql()


def test_names_with_a_percent_sign_keep_one(folder: Path) -> None:
    history(folder, "op.create_table('a%b', sa.Column('c%', sa.Integer, server_default='5%'))")
    script = nowhere(folder).upgrade_sql()
    assert 'CREATE TABLE "a%b"' in script
    assert "\"c%\" INTEGER DEFAULT '5%'" in script


# -- what a script cannot do -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "targets", "error", "said"),
    [
        ("downgrade_sql", ["-1"], InvalidTarget, "Give START:END, for example head:-1"),
        ("downgrade_sql", ["base"], InvalidTarget, "'base' does not say where"),
        ("downgrade_sql", [":base"], InvalidTarget, "does not say where the database stands"),
        ("downgrade_sql", ["r1:r2"], RangeNotAncestorError, "r2 is not an ancestor of r1"),
        ("downgrade_sql", ["r2:current"], InvalidTarget, "'current' depends on where"),
        ("upgrade_sql", ["r2:r1"], RangeNotAncestorError, "r2 is not an ancestor of r1"),
        ("upgrade_sql", ["zzzz:r1"], UnknownRevision, "'zzzz'"),
        ("upgrade_sql", ["r1:zzzz"], UnknownRevision, "'zzzz'"),
        ("upgrade_sql", ["current:head"], InvalidTarget, "'current' depends on where"),
        ("upgrade_sql", ["current+1"], InvalidTarget, "'current+1' depends on where"),
        ("upgrade_sql", ["+1"], InvalidTarget, "Give base:+1, or REVISION:+1"),
        ("upgrade_sql", ["+1:head"], InvalidTarget, "'+1' depends on where"),
        ("upgrade_sql", ["a:b:c"], InvalidTarget, "is not a range"),
        ("stamp_sql", ["r1:r2", "base:r2"], InvalidTarget, "several: base, r1"),
        ("stamp_sql", ["r1", "r1:r2"], InvalidTarget, "several: base, r1"),
        ("stamp_sql", ["+1"], InvalidTarget, "a stamp does not count revisions"),
    ],
)
def test_a_target_that_a_script_cannot_have_is_refused(
    folder: Path, command: str, targets: list[str], error: type[MigrateError], said: str
) -> None:
    history(folder, "pass", "pass")
    with pytest.raises(error) as caught:
        getattr(nowhere(folder), command)(*targets)
    assert said in str(caught.value)


def test_several_heads_are_told_as_for_a_connection(folder: Path) -> None:
    fork(folder)
    with pytest.raises(MultipleHeads, match="flask db merge heads"):
        nowhere(folder).upgrade_sql()


@pytest.mark.parametrize(
    "body",
    [
        "op.get_bind().execute(sa.text('SELECT 1')).scalar()",
        "sa.inspect(op.get_bind()).get_table_names()",
        "op.get_context().get_current_heads()",
        "sa.MetaData().create_all(op.get_bind())",
    ],
)
def test_a_migration_that_asks_the_database_is_told_with_its_line(folder: Path, body: str) -> None:
    history(folder, create("a"), f"op.execute('SELECT 1')\n{body}")
    with pytest.raises(MigrationFailed) as caught:
        nowhere(folder).upgrade_sql()
    failed = caught.value
    assert (failed.revision, Path(failed.path).name, failed.line) == ("r2", "r2_.py", 12)
    assert "a script is being written, and there is no connection to ask" in failed.reason
    assert failed.next_step.startswith("Run it without --sql")
    assert failed.state == "No script was written."


def test_a_migration_can_leave_out_what_needs_a_connection(folder: Path) -> None:
    history(
        folder,
        "assert op.get_bind() is None\nif not op.get_context().as_sql:\n    raise RuntimeError",
    )
    assert "r1" in nowhere(folder).upgrade_sql()


def test_a_parameter_without_a_value_is_an_error_online_and_in_scripts(
    folder: Path, engine: Engine
) -> None:
    history(folder, """op.execute("SELECT ':x' || :y")""")
    for run in (opened(folder, engine).upgrade, opened(folder, scripted(engine)).upgrade_sql):
        with pytest.raises(MigrationFailed) as caught:
            run()
        assert isinstance(caught.value.__cause__, UnboundParameter)
        assert "has no value in: SELECT" in caught.value.reason
        assert r"write \:x" in caught.value.next_step


# -- SQLite, which has to know a table to change it ------------------------------------------------

ADD_UNIQUE = """
with op.batch_alter_table('a') as batch:
    batch.create_unique_constraint('uq', ['id'])
"""


def test_a_table_that_the_script_did_not_make_is_not_changed_blindly(folder: Path) -> None:
    history(folder, create("a"), ADD_UNIQUE)
    with pytest.raises(MigrationFailed) as caught:
        nowhere(folder, "sqlite").upgrade_sql("r1:head")
    assert isinstance(caught.value.__cause__, TableUnknown)
    assert "this script does not start where it was made" in caught.value.reason
    assert "base:REVISION" in caught.value.next_step
    assert "copy_from=" in caught.value.next_step


def test_a_statement_that_only_the_real_database_knows_stops_what_needs_a_table(
    folder: Path, tmp_path: Path
) -> None:
    history(folder, create("a"), "op.execute('SELECT own_function(1)')", create("b"))
    migrations = nowhere(folder, "sqlite")
    assert "own_function" in migrations.upgrade_sql()
    migration(folder, "r4", ADD_UNIQUE, down_revision="r3")
    with pytest.raises(MigrationFailed) as caught:
        migrations.upgrade_sql()
    assert "no such function: own_function" in caught.value.reason
    assert "SELECT own_function(1)" in caught.value.reason


def test_writing_a_script_touches_no_file(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    history(folder, create("a"), f"op.execute(\"ATTACH '{other}' AS other\")", ADD_UNIQUE)
    with pytest.raises(MigrationFailed, match="not authorized"):
        nowhere(folder, "sqlite").upgrade_sql()
    assert not other.exists()


def test_rows_in_the_way_of_a_change_are_found_before_the_script_is_run(folder: Path) -> None:
    history(
        folder,
        "op.create_table('a', sa.Column('id', sa.Integer))",
        "op.execute('INSERT INTO a VALUES (1), (1)')",
        ADD_UNIQUE,
    )
    with pytest.raises(MigrationFailed, match="cannot become unique"):
        nowhere(folder, "sqlite").upgrade_sql()
