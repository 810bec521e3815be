"""The main job in an app made from scratch: models, migrate, upgrade, other models, and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, rows, tables
from projects import Project, done, next_step, refused

BEFORE = """
class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(80), nullable=False)
    nick = db.Column(db.String(20))
    visits = db.Column(db.Integer)
    fax = db.Column(db.String(30))
"""

AFTER = """
class Customer(db.Model):
    __table_args__ = (db.UniqueConstraint("email", name="uq_customer_email"),)
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), nullable=False)
    nick = db.Column(db.String(20), nullable=False, index=True)
    visits = db.Column(db.BigInteger)
    joined = db.Column(db.DateTime)
    active = db.Column(db.Boolean, nullable=False, server_default=db.true())


class Order(db.Model):
    __tablename__ = "orders"
    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.ForeignKey("customer.id"), nullable=False, index=True)
    reference = db.Column(db.String(40), nullable=False, unique=True)
    total = db.Column(db.Numeric(10, 2), nullable=False, server_default="0")
"""

ROWS = (
    "INSERT INTO customer (id, email, nick, visits, fax) "
    "VALUES (1, 'ada@example.com', 'ada', 7, '1815'), (2, 'alan@example.com', 'prof', NULL, NULL)"
)
KEPT = [(1, "ada@example.com", "ada", 7), (2, "alan@example.com", "prof", None)]


@pytest.fixture
def grown(project_anywhere: Project, engine: Engine) -> Project:
    """A project whose first models are in the database, with rows; its models then changed."""
    project_anywhere.app(BEFORE)
    done(project_anywhere.flask("db", "migrate", "-m", "customers"))
    done(project_anywhere.flask("db", "upgrade"))
    execute(engine, ROWS)
    project_anywhere.app(AFTER)
    return project_anywhere


def columns(engine: Engine, table: str) -> dict[str, bool]:
    """The columns of a table, and whether each takes NULL."""
    return {each["name"]: each["nullable"] for each in sa.inspect(engine).get_columns(table)}


def kept_rows(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT id, email, nick, visits FROM customer ORDER BY id")


def test_the_first_migration_and_upgrade_need_no_set_up_and_say_what_they_did(
    project_anywhere: Project, engine: Engine
) -> None:
    project_anywhere.app(BEFORE)

    written = done(project_anywhere.flask("db", "migrate", "-m", "add customers"))
    (path,) = project_anywhere.files
    assert path.name.endswith("_add_customers.py")
    assert written.stdout == (
        f"Wrote {path.relative_to(project_anywhere.folder)}\n  add table customer\n"
    )
    assert written.stderr.startswith("Database: ")
    assert next_step(written.stderr) == "It is not applied yet. Next: flask db upgrade"
    assert tables(engine) == set()

    applied = done(project_anywhere.flask("db", "upgrade"))
    revision = path.name.partition("_")[0]
    assert applied.stdout == f"1 migration applied. The database stands at {revision}.\n"
    assert f"Running upgrade <base> -> {revision}, add customers" in applied.stderr
    assert columns(engine, "customer") == {
        "id": False,
        "email": False,
        "nick": True,
        "visits": True,
        "fax": True,
    }


def test_changed_models_reach_the_database_and_its_rows_stay(
    grown: Project, engine: Engine
) -> None:
    done(grown.flask("db", "migrate", "-m", "orders"))
    done(grown.flask("db", "upgrade"))
    assert kept_rows(engine) == KEPT
    assert columns(engine, "customer") == {
        "id": False,
        "email": False,
        "nick": False,
        "visits": True,
        "joined": True,
        "active": False,
    }
    execute(
        engine,
        "INSERT INTO orders (id, customer_id, reference, total) VALUES (5, 1, 'A-1', 12.50)",
        "UPDATE customer SET visits = 9876543210, joined = '1843-10-18 10:00:00' WHERE id = 1",
    )
    assert rows(engine, "SELECT visits, active FROM customer WHERE id = 1") == [(9876543210, 1)]
    with pytest.raises(sa.exc.IntegrityError):
        execute(engine, "INSERT INTO customer (email, nick) VALUES ('ada@example.com', 'twin')")


def test_a_downgrade_and_an_upgrade_lead_back_to_the_same_rows(
    grown: Project, engine: Engine
) -> None:
    done(grown.flask("db", "migrate", "-m", "orders"))
    done(grown.flask("db", "upgrade"))

    undone = done(grown.flask("db", "downgrade"))
    assert undone.stdout.startswith("1 migration undone. The database stands at ")
    assert tables(engine) == {"customer"}
    assert kept_rows(engine) == KEPT
    assert list(columns(engine, "customer")) == ["id", "email", "nick", "visits", "fax"]

    done(grown.flask("db", "upgrade"))
    assert tables(engine) == {"customer", "orders"}
    assert kept_rows(engine) == KEPT
    assert done(grown.flask("db", "check")).stdout == (
        "No difference: the models and the database are equal.\n"
    )


def test_check_fails_before_the_migration_is_written_and_until_it_is_applied(
    grown: Project,
) -> None:
    different = refused(grown.flask("db", "check"), 3)
    assert "drop column customer.fax" in different
    assert "add table orders" in different
    assert next_step(different) == "Write the migration: flask db migrate -m 'what changed'"

    done(grown.flask("db", "migrate", "-m", "orders"))
    pending = refused(grown.flask("db", "check"), 3)
    assert "1 migration is not applied" in pending
    assert next_step(pending) == "Apply first: flask db upgrade"


def test_a_second_migrate_writes_nothing_and_says_so(project_anywhere: Project) -> None:
    project_anywhere.app(AFTER)
    done(project_anywhere.flask("db", "migrate", "-m", "all"))

    early = refused(project_anywhere.flask("db", "migrate", "-m", "again"), 3)
    assert next_step(early) == "Apply first: flask db upgrade"

    done(project_anywhere.flask("db", "upgrade"))
    again = done(project_anywhere.flask("db", "migrate", "-m", "again"))
    assert again.stdout == "No changes: 2 model tables and the database are equal.\n"
    assert len(project_anywhere.files) == 1
    assert done(project_anywhere.flask("db", "upgrade")).stdout.startswith("Nothing to do: ")


def test_values_of_a_data_migration_written_by_hand_are_there_after_it(
    grown: Project, engine: Engine
) -> None:
    done(grown.flask("db", "migrate", "-m", "orders"))
    (path,) = (path for path in grown.files if path.name.endswith("_orders.py"))
    text = path.read_text(encoding="utf-8")
    body, downgrade, rest = text.partition("\n\ndef downgrade()")
    moved = (
        '    op.execute("INSERT INTO orders (id, customer_id, reference, total)'
        " SELECT id, id, 'first', 1.25 FROM customer WHERE id = 1\")\n"
    )
    path.write_text(body + moved + downgrade + rest, encoding="utf-8")
    done(grown.flask("db", "upgrade"))
    assert rows(engine, "SELECT customer_id, reference, total FROM orders") == [
        (1, "first", Decimal("1.25"))
    ]


def test_every_command_that_reads_says_where_the_database_stands(project: Project) -> None:
    project.app()
    done(project.flask("db", "migrate", "-m", "customers", "--rev-id", "c1"))
    done(project.flask("db", "upgrade"))
    assert done(project.flask("db", "current")).stdout == "c1 (head), customers\n"
    assert done(project.flask("db", "history", "-i")).stdout == (
        "<base> -> c1 (head) (current), customers\n"
    )
    assert done(project.flask("db", "heads")).stdout == (
        "c1 (head), customers  migrations/versions/c1_customers.py\n"
    )
    status = done(project.flask("db", "status")).stdout
    assert "Stands at: c1\n" in status
    assert "History:   1 migration applied, 0 pending\n" in status


def test_before_the_first_migration_every_command_names_it_as_the_next_step(
    project: Project,
) -> None:
    project.app()
    for command in ("init", "current", "heads", "history", "status", "upgrade"):
        run = done(project.flask("db", command))
        assert next_step(run.stderr) == 'Next: flask db migrate -m "initial"', command


def test_an_empty_migration_is_written_to_be_filled_by_hand(project: Project) -> None:
    project.app()
    done(project.flask("db", "revision", "-m", "first", "--rev-id", "a1"))
    written = done(project.flask("db", "revision", "-m", "by hand", "--rev-id", "b0b"))
    assert written.stdout == "Wrote migrations/versions/b0b_by_hand.py\n"
    assert written.stderr == "Fill in its upgrade() and downgrade(). Next: flask db upgrade\n"
    text = project.files[-1].read_text(encoding="utf-8")
    assert text.startswith('"""by hand\n\nRevision ID: b0b\nRevises: a1\n')
