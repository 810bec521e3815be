"""``adopt``: a database that no migration made, and where it is found to stand."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

import mounted
from histories import execute, history, migration, opened, tables
from migrate_core.database import locks
from migrate_core.errors import CannotAdopt, ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Event, Waiting
from migrate_core.settings import Settings

R1 = """
op.create_table(
    "customer",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)
op.create_index("ix_customer_email", "customer", ["email"], unique=True)
"""
R2 = """
op.create_table(
    "invoice",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Integer, sa.ForeignKey("customer.id"), nullable=False),
    sa.Column("total", sa.Numeric(10, 2), server_default="0", nullable=False),
    sa.CheckConstraint("total >= 0", name="ck_total"),
)
"""


def models(invoices: bool = True) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "customer",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("email", sa.String(80), nullable=False, unique=True, index=True),
    )
    if invoices:
        sa.Table(
            "invoice",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("customer_id", sa.ForeignKey("customer.id"), nullable=False),
            sa.Column("total", sa.Numeric(10, 2), server_default="0", nullable=False),
            sa.CheckConstraint("total >= 0", name="ck_total"),
        )
    return metadata


@pytest.fixture
def migrations(tmp_path: Path, engine: Engine) -> Migrations:
    """r1 <- r2, which make what the models say; nothing is applied."""
    history(tmp_path / "m", R1, R2)
    return opened(tmp_path / "m", engine, models())


def schema(engine: Engine) -> dict[str, list[str]]:
    inspector = sa.inspect(engine)
    return {
        name: [column["name"] for column in inspector.get_columns(name)] for name in tables(engine)
    }


def test_a_database_of_create_all_is_found_at_the_head(
    migrations: Migrations, engine: Engine, scratch_url: str
) -> None:
    models().create_all(engine)
    before = schema(engine)
    adopted = migrations.adopt(scratch=scratch_url)
    assert (adopted.after, adopted.tried) == (("r2",), True)
    assert schema(engine) == before
    assert [(entry.direction, entry.revision) for entry in migrations.log()] == [("stamp", "r2")]
    assert migrations.status().is_current


def test_an_older_database_is_found_where_it_stands_and_goes_on_from_there(
    migrations: Migrations, engine: Engine, scratch_url: str
) -> None:
    models(invoices=False).create_all(engine)
    assert migrations.adopt("r1", scratch=scratch_url).after == ("r1",)
    assert migrations.upgrade().after == ("r2",)
    assert not migrations.check()


def test_a_database_that_differs_is_left_as_it_is_and_told(
    migrations: Migrations, engine: Engine, scratch_url: str
) -> None:
    models(invoices=False).create_all(engine)
    execute(engine, "ALTER TABLE customer ADD COLUMN age INTEGER")
    with pytest.raises(CannotAdopt) as caught:
        migrations.adopt(scratch=scratch_url)
    said = str(caught.value)
    assert "differs from what the migrations make at r2" in said
    assert "add table invoice" in said
    assert "age" in said
    assert set(sa.inspect(engine).get_table_names()) == {"customer"}


def test_without_a_scratch_database_only_sqlite_can_try(
    migrations: Migrations, engine: Engine
) -> None:
    models().create_all(engine)
    assert migrations.adopt().tried == (engine.dialect.name == "sqlite")
    assert migrations.current() == ("r2",)


def test_an_older_revision_is_not_told_by_the_models(
    tmp_path: Path, postgresql_engine: Engine
) -> None:
    history(tmp_path / "m", R1, R2)
    models(invoices=False).create_all(postgresql_engine)
    result = mounted.run(opened(tmp_path / "m", postgresql_engine, models()), "adopt", "r1")
    assert result.exit_code == 1
    assert result.stderr.endswith("on which the migrations are tried: shop adopt --scratch URL\n")


def test_a_difference_is_told_as_sql_that_makes_it_equal(
    tmp_path: Path, engine: Engine, scratch_url: str
) -> None:
    history(tmp_path / "m", R1)
    migrations = opened(tmp_path / "m", engine, models(invoices=False))
    models(invoices=False).create_all(engine)
    on = " ON customer" if engine.dialect.name == "mysql" else ""
    execute(engine, f"DROP INDEX ix_customer_email{on}")
    with pytest.raises(CannotAdopt) as caught:
        migrations.adopt(scratch=scratch_url)
    assert "In SQL:" in str(caught.value)
    execute(engine, *filter(str.strip, caught.value.sql.split(";\n")))
    assert migrations.adopt().after == ("r1",)
    assert not migrations.check()


def test_models_that_differ_are_told(tmp_path: Path, postgresql_engine: Engine) -> None:
    history(tmp_path / "m", R1, R2)
    models(invoices=False).create_all(postgresql_engine)
    with pytest.raises(CannotAdopt, match="differs from the models at r2"):
        opened(tmp_path / "m", postgresql_engine, models()).adopt()


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_engine: Engine) -> Migrations:
    history(tmp_path / "m", R1, R2)
    return opened(tmp_path / "m", sqlite_engine, models())


def test_what_was_not_compared_is_said(on_sqlite: Migrations, sqlite_engine: Engine) -> None:
    models().create_all(sqlite_engine)
    result = mounted.run(on_sqlite, "adopt")
    assert result.stdout == "The database is recorded to stand at r2.\n"
    assert "Rows were not compared" in result.stderr


def test_somebody_elses_table_is_left_alone(on_sqlite: Migrations, sqlite_engine: Engine) -> None:
    models().create_all(sqlite_engine)
    execute(sqlite_engine, "CREATE TABLE theirs (id INTEGER)")
    assert on_sqlite.adopt().after == ("r2",)
    assert "theirs" in tables(sqlite_engine)


def test_a_view_that_a_migration_made_is_not_compared(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    view = "CREATE VIEW emails AS SELECT email FROM customer"
    history(tmp_path / "m", R1, f"op.execute({view!r})")
    models(invoices=False).create_all(sqlite_engine)
    execute(sqlite_engine, view.replace("email FROM", "id FROM"))
    migrations = opened(tmp_path / "m", sqlite_engine, models(invoices=False))
    assert migrations.adopt().after == ("r2",)


def test_a_table_of_the_models_that_no_migration_makes_is_in_the_way(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    more = models()
    sa.Table("parcel", more, sa.Column("id", sa.Integer, primary_key=True))
    more.create_all(sqlite_engine)
    history(tmp_path / "m", R1, R2)
    with pytest.raises(CannotAdopt) as caught:
        opened(tmp_path / "m", sqlite_engine, more).adopt()
    assert caught.value.differences == ("parcel",)


def test_a_branched_history_is_adopted_at_all_its_heads(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    migration(tmp_path / "m", "r1", R1)
    migration(tmp_path / "m", "r2", R2, down_revision="r1")
    migration(tmp_path / "m", "r3", down_revision="r1")
    models().create_all(sqlite_engine)
    migrations = opened(tmp_path / "m", sqlite_engine, models())
    assert set(migrations.adopt("heads").after) == {"r2", "r3"}


def test_a_database_with_a_revision_is_not_adopted(on_sqlite: Migrations) -> None:
    on_sqlite.upgrade("r1")
    result = mounted.run(on_sqlite, "adopt")
    assert result.exit_code == 1
    assert "it is recorded to stand at r1" in result.stderr
    assert "shop status" in result.stderr


@pytest.mark.parametrize(
    ("target", "said"), [("base", "'base' stands for no revision"), ("zzzz", "zzzz")]
)
def test_a_target_has_to_be_a_revision(on_sqlite: Migrations, target: str, said: str) -> None:
    result = mounted.run(on_sqlite, "adopt", target)
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "cannot be used: ArgumentError"),
        ("postgresql+psycopg://u:s3cr3t@127.0.0.1:1/x", "of another kind than sqlite:///"),
    ],
)
def test_a_scratch_database_of_another_kind_is_refused(
    on_sqlite: Migrations, sqlite_engine: Engine, url: str, said: str
) -> None:
    models().create_all(sqlite_engine)
    result = mounted.run(on_sqlite, "adopt", "--scratch", url)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "s3cr3t" not in result.stderr


def test_an_empty_database_is_not_tried_on_itself(
    migrations: Migrations, engine: Engine, database_url: str
) -> None:
    with pytest.raises(CannotAdopt, match="it holds no tables"):
        migrations.adopt(scratch=database_url)
    assert sa.inspect(engine).get_table_names() == []


def test_the_database_itself_is_no_scratch_database(
    on_sqlite: Migrations, sqlite_engine: Engine, sqlite_url: str
) -> None:
    models().create_all(sqlite_engine)
    with pytest.raises(ConfigurationError, match="is not empty: it has customer, invoice"):
        on_sqlite.adopt(scratch=sqlite_url)


def test_it_is_compared_after_the_lock_was_waited_for(
    tmp_path: Path, postgresql_engine: Engine
) -> None:
    history(tmp_path / "m", R1, R2)
    models().create_all(postgresql_engine)
    with ExitStack() as another:
        lock = another.enter_context(postgresql_engine.connect())
        another.enter_context(locks.held(lock, Settings(), print))

        def altered(event: Event) -> None:
            if isinstance(event, Waiting):
                execute(postgresql_engine, "ALTER TABLE customer ADD COLUMN age INTEGER")
                another.close()

        migrations = Migrations(
            tmp_path / "m", engine=postgresql_engine, metadata=models(), watch=altered
        )
        with pytest.raises(CannotAdopt, match=r"drop column customer\.age"):
            migrations.adopt()
    assert migrations.current() == ()


MORE = {
    "sqlite": [
        "CREATE VIEW emails AS SELECT email FROM customer",
        "CREATE VIRTUAL TABLE words USING fts5(word)",
    ],
    "postgresql": [
        "CREATE VIEW emails AS SELECT email FROM customer",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE TYPE span AS RANGE (subtype = float8)",
        "CREATE TABLE counted (id INTEGER GENERATED ALWAYS AS IDENTITY)",
        "CREATE SCHEMA archive",
        "CREATE TABLE archive.old (id INTEGER)",
        "CREATE FUNCTION one() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
    ],
    "mysql": [
        "CREATE VIEW emails AS SELECT email FROM customer",
        "CREATE FUNCTION one() RETURNS INTEGER RETURN 1",
    ],
}


@pytest.mark.parametrize("body", ["pass", "raise RuntimeError('no')"])
def test_the_scratch_database_is_empty_again(
    tmp_path: Path, engine: Engine, scratch_url: str, body: str
) -> None:
    more = "".join(f"op.execute({statement!r})\n" for statement in MORE[engine.dialect.name])
    history(tmp_path / "m", R1, R2, more, body)
    models().create_all(engine)
    scratch = sa.create_engine(scratch_url, poolclass=NullPool)
    kept = "CREATE VIEW kept AS SELECT 1 AS one"
    execute(scratch, kept)
    with suppress(CannotAdopt):
        opened(tmp_path / "m", engine, models()).adopt(scratch=scratch_url)
    found = sa.inspect(scratch)
    assert (found.get_table_names(), found.get_view_names()) == ([], ["kept"])
    execute(scratch, "DROP VIEW kept", *MORE[engine.dialect.name][1:])  # none of it is there


def test_migrations_that_fail_on_an_empty_database_are_told(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    history(tmp_path / "m", "op.drop_table('customer')")
    models().create_all(sqlite_engine)
    with pytest.raises(CannotAdopt) as caught:
        opened(tmp_path / "m", sqlite_engine, models()).adopt()
    assert "the migrations do not run on an empty database" in str(caught.value)
    assert "r1_.py, line" in str(caught.value)
    assert tables(sqlite_engine) == {"customer", "invoice"}
