"""The 25 mistakes newcomers make most: what they see says what is wrong and what repairs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, migration, rows, tables
from projects import APP, CUSTOMER, Project, Run, done, next_step, refused

FACTORY = """
def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = {url!r}
    db = SQLAlchemy(app)
    return app
"""

TOP = """\
from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy
"""

NICK = "    nick = db.Column(db.String(20), nullable=False)\n"


@pytest.fixture
def begun(project: Project) -> Project:
    """An app with one model, whose first migration is applied."""
    project.app()
    return applied(project)


@pytest.fixture
def begun_anywhere(project_anywhere: Project) -> Project:
    project_anywhere.app()
    return applied(project_anywhere)


def applied(project: Project) -> Project:
    """The project, after what its models need was written and applied."""
    done(migrated(project, "first", "--rev-id", "f1"))
    done(project.flask("db", "upgrade"))
    return project


def migrated(project: Project, message: str, *options: str) -> Run:
    return project.flask("db", "migrate", "-m", message, *options)


def insert(engine: Engine, email: str = "ada@example.com") -> None:
    execute(engine, f"INSERT INTO customer (id, email) VALUES (1, '{email}')")


# -- models that nobody looks at -------------------------------------------------------------------


def test_01_models_that_are_never_imported(project: Project) -> None:
    project.write("shop/__init__.py", APP.format(url=project.url))
    project.write("shop/models.py", "from shop import db\n" + CUSTOMER)
    said = refused(project.flask("db", "migrate", app="shop"))
    assert "0 models found" in said
    assert "Not imported, and seem to define models: shop.models" in said
    assert "import shop.models" in next_step(said)


def test_02_the_same_where_all_tables_would_be_dropped(begun: Project) -> None:
    begun.app(models="")
    begun.write("models.py", "from app import db\n" + CUSTOMER)
    said = refused(migrated(begun, "second"))
    assert "the migration would have dropped it (customer). Nothing was written." in said
    assert "import models" in next_step(said)
    assert len(begun.files) == 1


def test_14_two_dbs_and_a_base_of_its_own(project: Project) -> None:
    project.app(
        CUSTOMER
        + "other = SQLAlchemy()\n"
        + CUSTOMER.replace("Customer", "Order").replace("db.Model", "other.Model")
        + "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n"
        + "class Base(DeclarativeBase): ...\n"
        + "class Invoice(Base):\n    __tablename__ = 'invoice'\n"
        + "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    run = done(migrated(project, "first"))
    assert "does not have them: app.Invoice, app.Order" in run.stderr
    assert "Migrate(app, db, metadata=[db.metadata, Base.metadata])" in run.stderr
    assert "invoice" not in run.stdout


# -- tables that no migration made -----------------------------------------------------------------


def test_03_create_all_before_the_first_migration(project: Project) -> None:
    project.app(CUSTOMER + "with app.app_context():\n    db.create_all()\n")
    run = done(migrated(project, "first"))
    assert "no migration made them" in run.stderr
    assert "app.py, line 14, calls create_all(): take that out." in run.stderr
    assert next_step(run.stderr).endswith("flask db adopt")


def test_03_create_all_beside_migrations(project_anywhere: Project) -> None:
    project = project_anywhere
    project.app()
    done(migrated(project, "first", "--rev-id", "f1"))
    project.app(CUSTOMER + "with app.app_context():\n    db.create_all()\n")
    said = refused(project.flask("db", "upgrade"))
    assert "app.py, line 14, calls create_all(): take that out." in said
    assert next_step(said).endswith(
        "Have it compared with the migrations, and recorded: flask db adopt"
    )
    project.app()
    done(project.flask("db", "adopt"))
    done(project.flask("db", "check"))


def test_18_the_version_table_was_deleted(begun: Project, sqlite_engine: Engine) -> None:
    execute(sqlite_engine, "DROP TABLE alembic_version")
    said = refused(begun.flask("db", "upgrade"))
    assert next_step(said).endswith("flask db adopt")
    done(begun.flask("db", "adopt"))
    done(begun.flask("db", "check"))


def test_21_tables_of_others_are_left_alone(begun: Project, sqlite_engine: Engine) -> None:
    execute(sqlite_engine, "CREATE TABLE spatial_ref_sys (srid INTEGER)")
    assert done(migrated(begun, "second")).stdout.startswith("No changes")
    assert tables(sqlite_engine) >= {"customer", "spatial_ref_sys"}


# -- the way a migration goes ----------------------------------------------------------------------


def test_04_and_07_migrate_only_writes_and_a_second_one_says_what_to_apply(
    project: Project,
) -> None:
    project.app()
    first = done(migrated(project, "first", "--rev-id", "f1"))
    assert next_step(first.stderr) == "It is not applied yet. Next: flask db upgrade"
    said = refused(migrated(project, "second"), code=3)
    assert "1 migration is not applied" in said
    assert "f1 first" in said
    assert next_step(said) == "Apply first: flask db upgrade"


def test_05_migration_files_that_were_deleted(begun: Project) -> None:
    begun.files[0].unlink()
    said = refused(begun.flask("db", "upgrade"))
    assert "stands at revision f1 (alembic_version), and no migration file has that id" in said
    assert "git log --all -- '*f1*'" in next_step(said)
    assert "flask db stamp --purge REVISION" in next_step(said)


def test_16_and_17_every_command_names_its_database_and_finds_the_folder(
    begun: Project, sqlite_url: str
) -> None:
    elsewhere = begun.folder / "elsewhere"
    elsewhere.mkdir()
    app = str(begun.folder / "app.py")
    run = done(begun.run(elsewhere, "db", "upgrade", app=app))
    assert f"Database: {sqlite_url}" in run.stderr
    assert "Nothing to do: the database stands at f1." in run.stdout
    Project(begun.folder, "sqlite:///relative.db", begun.run).app()
    assert "relative.db (new file)" in done(begun.flask("db", "current")).stderr


def test_25_two_migrations_on_one_parent(begun: Project) -> None:
    folder = begun.folder / "migrations"
    migration(folder, "mine", *create("a"), down_revision="f1")
    migration(folder, "yours", *create("b"), down_revision="f1")
    said = refused(begun.flask("db", "upgrade"))
    assert "mine" in said
    assert "yours" in said
    assert "flask db merge heads" in said
    done(begun.flask("db", "merge", "-m", "both"))
    done(begun.flask("db", "upgrade"))


# -- an app that is not there ----------------------------------------------------------------------


def test_06_an_app_that_does_not_load_or_has_no_migrate(project: Project) -> None:
    said = refused(project.flask("db", "upgrade", app="nosuchmod"))
    assert next_step(said).startswith("Name it: flask --app yourmodule db")
    project.write("app.py", "import nosuchmod\n")
    said = refused(project.flask("db", "upgrade"))
    assert "ModuleNotFoundError: No module named 'nosuchmod'" in said
    project.write("app.py", "from flask import Flask\napp = Flask(__name__)\n")
    assert "Migrate(app, db)" in next_step(refused(project.flask("db", "upgrade")))


def test_13_an_app_and_models_that_import_each_other(project: Project) -> None:
    project.write("shop/__init__.py", "from shop.models import Customer\ndb = None\n")
    project.write("shop/models.py", "from shop import db\n")
    said = refused(project.flask("db", "upgrade", app="shop"))
    assert "They import each other: shop/__init__.py -> models.py -> shop/__init__.py." in said
    assert next_step(said).endswith("from extensions import db")


def test_15_migrate_made_under_main_or_without_a_db(project: Project) -> None:
    text = FACTORY.format(url=project.url)
    under_main = text + "if __name__ == '__main__':\n    Migrate(create_app())\n"
    project.write("app.py", TOP + under_main)
    assert "has no Migrate." in refused(project.flask("db", "upgrade"))
    project.write("app.py", TOP + "app = Flask(__name__)\nMigrate(app)\n")
    said = refused(project.flask("db", "upgrade"))
    assert "Migrate was given no db" in said
    assert next_step(said) == "Call db.init_app(app), or give it: Migrate(app, db)"


def test_24_an_app_that_asks_its_database_while_it_is_imported(
    project_anywhere: Project,
) -> None:
    project = project_anywhere
    project.app(CUSTOMER + "with app.app_context():\n    db.session.query(Customer).all()\n")
    said = refused(project.flask("db", "upgrade"))
    assert f"({project.folder / 'app.py'}, line 14)" in said
    assert "asks its database while it is imported" in said
    assert next_step(said).endswith("then: flask db upgrade")


# -- what changes in a model -----------------------------------------------------------------------


def test_08_and_09_a_required_column_for_rows_that_are_there(
    begun_anywhere: Project, engine: Engine
) -> None:
    begun = begun_anywhere
    insert(engine)
    begun.app(CUSTOMER + NICK.replace("nullable", "default='none', nullable"))
    said = refused(migrated(begun, "nicks"), code=4)
    assert "--fill customer.nick=none" in said
    assert len(begun.files) == 1
    done(migrated(begun, "nicks", "--fill", "customer.nick=none"))
    done(begun.flask("db", "upgrade"))
    assert rows(engine, "SELECT nick FROM customer") == [("none",)]


def test_10_a_renamed_column_is_asked_and_keeps_its_values(
    begun_anywhere: Project, engine: Engine
) -> None:
    begun = begun_anywhere
    insert(engine)
    begun.app(CUSTOMER.replace("email", "email_address"))
    said = refused(migrated(begun, "renamed"), code=4)
    option = "customer.email=email_address"
    assert f"--rename {option}" in next_step(said)
    done(migrated(begun, "renamed", "--rename", option))
    done(begun.flask("db", "upgrade"))
    assert rows(engine, "SELECT email_address FROM customer") == [("ada@example.com",)]


def test_11_and_12_sqlite_alters_a_table_and_names_a_foreign_key(
    begun: Project, sqlite_engine: Engine
) -> None:
    insert(sqlite_engine)
    text = CUSTOMER.replace("80", "90") + (
        "    parent_id = db.Column(db.Integer, db.ForeignKey('customer.id'))\n"
    )
    project = begun
    project.write(
        "app.py",
        APP.format(url=project.url).replace("(app, db)", "(app, db, render_as_batch=False)") + text,
    )
    done(migrated(project, "changed"))
    done(project.flask("db", "upgrade"))
    done(project.flask("db", "check"))
    done(project.flask("db", "downgrade"))
    assert rows(sqlite_engine, "SELECT email FROM customer") == [("ada@example.com",)]


def test_19_a_member_added_to_an_enum(
    project: Project, postgresql_url: str, postgresql_engine: Engine
) -> None:
    project = Project(project.folder, postgresql_url, project.run)
    kind = "    kind = db.Column(db.Enum({}, name='kind'), nullable=False)\n"
    project.app(CUSTOMER + kind.format("'a', 'b'"))
    applied(project)
    project.app(CUSTOMER + kind.format("'a', 'b', 'c'"))
    done(migrated(project, "kinds"))
    done(project.flask("db", "upgrade"))
    execute(postgresql_engine, "INSERT INTO customer (id, email, kind) VALUES (1, 'x', 'c')")


def test_20_a_type_of_ones_own_is_imported_by_the_file(project: Project) -> None:
    project.write(
        "money.py",
        "import sqlalchemy as sa\n"
        "class Money(sa.types.TypeDecorator):\n    impl = sa.Numeric\n    cache_ok = True\n",
    )
    project.app("import money\n" + CUSTOMER + "    price = db.Column(money.Money(10, 2))\n")
    applied(project)
    done(project.flask("db", "check"))


# -- the database's address, and who else is in it -------------------------------------------------

PASSWORD = "p@ss w%rd 100%/:"


def test_22_a_password_with_percent_at_and_spaces(
    project: Project, mariadb_url: str, mariadb_engine: Engine
) -> None:
    database = sa.make_url(mariadb_url).database
    user = f"{database}"[-20:]
    quoted = PASSWORD.replace("%", "%%")
    with mariadb_engine.begin() as connection:
        send = connection.exec_driver_sql
        send(f"CREATE USER '{user}'@'%%' IDENTIFIED BY '{quoted}'", ())
        send(f"GRANT ALL ON `{database}`.* TO '{user}'@'%%'", ())
    try:
        url = sa.make_url(mariadb_url).set(username=user, password=PASSWORD)
        typed = url.render_as_string(hide_password=False)
        project = Project(project.folder, typed, project.run)
        project.app()
        run = done(migrated(project, "first"))
        upgraded = done(project.flask("db", "upgrade"))
        log = done(project.flask("db", "log"))
    finally:
        with mariadb_engine.begin() as connection:
            connection.exec_driver_sql(f"DROP USER '{user}'@'%%'", ())
    said = "".join(each.stdout + each.stderr for each in (run, upgraded, log))
    assert f"{user}:***@" in said
    assert "p@ss" not in said
    assert "p%40ss" not in said
    assert "customer" in tables(mariadb_engine)


def test_23_a_session_that_was_left_open(
    project: Project, postgresql_url: str, postgresql_engine: Engine
) -> None:
    project = Project(project.folder, postgresql_url, project.run)
    project.app()
    history(
        project.folder / "migrations",
        create("held"),
        "op.add_column('held', sa.Column('x', sa.Integer))",
    )
    done(project.flask("db", "upgrade", "r1"))
    flask = Path(sys.executable).with_name("flask")
    with postgresql_engine.connect() as left_open:
        left_open.execute(sa.text("SET application_name = 'flask shell'"))
        left_open.execute(sa.text("SELECT * FROM held"))
        with subprocess.Popen(
            [str(flask), "db", "upgrade"],
            cwd=project.folder,
            env=os.environ | {"FLASK_APP": "app", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            line = next((line for line in process.stderr if "flask shell" in line), "")
            left_open.rollback()
            assert process.wait(timeout=60) == 0
    assert "flask shell" in line
    assert "x" in {each["name"] for each in sa.inspect(postgresql_engine).get_columns("held")}
