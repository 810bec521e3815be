"""What commands and functions are told: folders, arguments for migrations, the environment."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

import flask_migrate_ext
from flask_migrate_ext import Migrate
from histories import create, history, migration, rows, tables
from migrate_core.errors import ConfigurationError, MultipleHeads
from migrate_core.runtime.requests import Generated
from projects import APP, CUSTOMER, Project, done, refused

TOLD = """
from alembic import context
given = context.get_x_argument(as_dictionary=True)
op.create_table("told", sa.Column("x", sa.String(200)), sa.Column("tag", sa.String(20)))
op.execute(
    sa.table("told", sa.column("x"), sa.column("tag")).insert().values(
        x=repr(context.get_x_argument()) + repr(given), tag=context.get_tag_argument()
    )
)
"""

DOCUMENTED = {
    "branches": "directory verbose",
    "check": "directory",
    "current": "directory verbose",
    "downgrade": "directory revision sql tag x_arg",
    "edit": "directory revision",
    "heads": "directory verbose resolve_dependencies",
    "history": "directory rev_range verbose indicate_current",
    "init": "directory multidb template package",
    "list_templates": "",
    "merge": "directory revisions message branch_label rev_id",
    "migrate": "directory message sql head splice branch_label version_path rev_id x_arg",
    "revision": "directory message autogenerate sql head splice branch_label version_path rev_id",
    "show": "directory revision",
    "stamp": "directory revision sql tag purge",
    "upgrade": "directory revision sql tag x_arg",
}


def made(tmp_path: Path, url: str, **options: Any) -> tuple[Flask, Migrate]:
    """An app with one model, and its Migrate."""
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db = SQLAlchemy(app)

    class Customer(db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)

    migrate = Migrate(app, db, **{"directory": tmp_path / "migrations", **options})
    return app, migrate


@pytest.fixture
def in_context(tmp_path: Path, sqlite_url: str) -> Iterator[Flask]:
    app, _ = made(tmp_path, sqlite_url)
    with app.app_context():
        yield app
        app.extensions["sqlalchemy"].engine.dispose()


# -- arguments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-x", "a=1", "upgrade"), "['a=1']{'a': '1'}"),
        (("upgrade", "-x", "a=1", "-x", "b"), "['a=1', 'b']{'a': '1', 'b': ''}"),
        (("-x", "a=1", "upgrade", "--x-arg", "b=2=3"), "['a=1', 'b=2=3']{'a': '1', 'b': '2=3'}"),
    ],
    ids=["before the command", "after the command", "before and after"],
)
def test_x_reaches_the_migration_once_wherever_it_is_given(
    project: Project, sqlite_engine: sa.Engine, arguments: tuple[str, ...], said: str
) -> None:
    project.app()
    history(project.folder / "migrations", TOLD)
    done(project.flask("db", *arguments, "--tag", "v1"))
    assert rows(sqlite_engine, "SELECT x, tag FROM told") == [(said, "v1")]


def test_the_functions_take_x_and_tag_as_well(
    in_context: Flask, tmp_path: Path, sqlite_engine: sa.Engine
) -> None:
    history(tmp_path / "migrations", TOLD)
    flask_migrate_ext.upgrade(x_arg=["a=1"], tag="v1")
    assert rows(sqlite_engine, "SELECT x, tag FROM told") == [("['a=1']{'a': '1'}", "v1")]


def test_the_environment_gives_folder_and_options(project: Project) -> None:
    project.app()
    said = {"FLASK_DB_DIRECTORY": "steps", "FLASK_DB_MIGRATE_REV_ID": "f1"}
    done(project.flask("db", "migrate", "-m", "first", **said))
    assert (project.folder / "steps" / "versions" / "f1_first.py").is_file()
    assert "1 migration applied" in done(project.flask("db", "upgrade", **said)).stdout


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_function_takes_the_documented_arguments_in_their_order(name: str) -> None:
    parameters = signature(getattr(flask_migrate_ext, name)).parameters.values()
    positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert positional == DOCUMENTED[name].split()


def test_looking_functions_return_revisions(in_context: Flask, tmp_path: Path) -> None:
    history(tmp_path / "migrations", create("a"), create("b"))
    migration(tmp_path / "migrations", "other", down_revision="r1")

    def ids(found: Any) -> list[str]:
        return [each.id for each in found]

    assert set(ids(flask_migrate_ext.heads())) == {"r2", "other"}
    assert ids(flask_migrate_ext.branches()) == ["r1"]
    assert ids(flask_migrate_ext.history(rev_range="r1:r2")) == ["r2", "r1"]
    assert ids(flask_migrate_ext.show(revision="r2")) == ["r2"]
    names = [name for name, _ in flask_migrate_ext.list_templates()]
    assert names == [
        "flask",
        "flask-multidb",
        "generic",
        "multidb",
        "async",
        "pyproject",
        "pyproject_async",
    ]
    with pytest.raises(MultipleHeads):
        flask_migrate_ext.upgrade()
    assert isinstance(flask_migrate_ext.merge(), Generated)
    assert len(flask_migrate_ext.heads()) == 1


# -- what the reference is known for ---------------------------------------------------------------


def test_an_upgrade_and_a_migrate_in_one_process_write_nothing_empty(
    in_context: Flask, tmp_path: Path
) -> None:
    flask_migrate_ext.migrate(message="first")
    flask_migrate_ext.upgrade()
    assert flask_migrate_ext.migrate(message="second") is None
    assert len(list((tmp_path / "migrations" / "versions").glob("*.py"))) == 1


def test_merging_nothing_writes_nothing(project: Project) -> None:
    project.app()
    history(project.folder / "migrations", create("a"))
    assert done(project.flask("db", "merge")).stdout.startswith("Nothing to merge")
    assert len(project.files) == 1


def test_the_merge_function_returns_none_where_there_is_nothing_to_merge(
    in_context: Flask, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("a"))
    assert flask_migrate_ext.merge() is None


def test_a_migration_cannot_be_printed_instead_of_written(in_context: Flask) -> None:
    with pytest.raises(ConfigurationError, match=r"flask db upgrade --sql$"):
        flask_migrate_ext.migrate(sql=True)


@pytest.mark.parametrize("command", ["migrate", "revision"])
def test_a_command_that_writes_a_migration_says_how_to_print_its_sql(
    project: Project, command: str
) -> None:
    project.app()
    run = project.flask("db", command, "--sql")
    assert (run.returncode, run.stdout) == (2, "")
    assert "Write it first, then print it: flask db upgrade --sql" in run.stderr


# -- @migrate.configure ----------------------------------------------------------------------------


def test_configure_functions_get_and_return_the_configuration(
    tmp_path: Path, sqlite_url: str
) -> None:
    app, migrate = made(tmp_path, sqlite_url)

    @migrate.configure
    def elsewhere(config: Any) -> Any:
        config.set_main_option("script_location", str(tmp_path / "steps"))
        return config

    @migrate.configure
    def named(config: Any) -> Any:
        config.set_main_option("file_template", "%%(slug)s-%%(rev)s")
        config.options["version_table"] = "steps_done"
        assert config.get_main_option("script_location") == str(tmp_path / "steps")
        return config

    with app.app_context():
        flask_migrate_ext.migrate(message="first", rev_id="f1")
        flask_migrate_ext.upgrade()
        engine = app.extensions["sqlalchemy"].engine
        assert "steps_done" in tables(engine)
        engine.dispose()
    assert (tmp_path / "steps" / "versions" / "first-f1.py").is_file()


def test_a_configure_function_that_returns_nothing_is_named(project: Project) -> None:
    project.app()
    project.write(
        "app.py",
        APP.format(url=project.url).replace("Migrate(app, db)", "migrate = Migrate(app, db)")
        + "@migrate.configure\ndef forgetful(config):\n    config.options['timezone'] = 'UTC'\n"
        + CUSTOMER,
    )
    said = refused(project.flask("db", "current"))
    assert "app.forgetful, which @migrate.configure decorates, returned None" in said
    assert said.endswith("End it with: return config\n")


def test_a_configure_function_that_fails_is_told_with_its_line(project: Project) -> None:
    project.app()
    project.write(
        "app.py",
        APP.format(url=project.url).replace("Migrate(app, db)", "migrate = Migrate(app, db)")
        + "@migrate.configure\ndef hasty(config):\n    return config.optoins\n"
        + CUSTOMER,
    )
    said = refused(project.flask("db", "current"))
    assert "app.hasty, which @migrate.configure decorates, raised AttributeError: " in said
    line = (project.folder / "app.py").read_text().splitlines().index(
        "    return config.optoins"
    ) + 1
    assert f"({project.folder / 'app.py'}, line {line})" in said
    assert said.endswith("both have set_main_option().\n")


# -- several Migrate -------------------------------------------------------------------------------

TWO = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): ...
class Invoice(Base):
    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)
import sqlalchemy as sa
other = sa.create_engine({other!r})
Migrate(app, directory="billing", command="billing", metadata=Base.metadata, engine=other)
"""


def test_two_migrates_have_their_own_command_folder_and_database(
    project: Project, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    project.app(CUSTOMER + TWO.format(other=other))
    for command in ("db", "billing"):
        done(project.flask(command, "migrate", "-m", "first", "--rev-id", command))
        done(project.flask(command, "upgrade"))
    assert (project.folder / "billing" / "versions" / "billing_first.py").is_file()
    assert (project.folder / "migrations" / "versions" / "db_first.py").is_file()
    for url, table in ((project.url, "customer"), (other, "invoice")):
        engine = sa.create_engine(url)
        assert table in tables(engine)
        assert len(tables(engine) & {"customer", "invoice"}) == 1
        engine.dispose()


def test_a_migrate_with_an_engine_of_its_own_has_nothing_to_do_with_the_binds(
    project: Project, tmp_path: Path
) -> None:
    users, other = (f"sqlite:///{tmp_path / name}.db" for name in ("users", "other"))
    text = APP.format(url=project.url).replace(
        "db = SQLAlchemy(app)",
        f"app.config['SQLALCHEMY_BINDS'] = {{'users': {users!r}}}\ndb = SQLAlchemy(app)",
    )
    bound = "class User(db.Model):\n    __bind_key__ = 'users'\n"
    key = "    id = db.Column(db.Integer, primary_key=True)\n"
    project.write("app.py", text + CUSTOMER + bound + key + TWO.format(other=other))
    made = done(project.flask("billing", "init"))
    assert made.stdout == "Migrations folder: billing\n"
    assert made.stderr == 'Next: flask billing migrate -m "initial"\n'
    written = done(project.flask("billing", "migrate", "-m", "first")).stdout
    assert "add table invoice" in written
    assert "[" not in written
    assert "[users]" in done(project.flask("db", "migrate", "-m", "first")).stdout


def test_two_migrates_with_one_command_are_refused(project: Project) -> None:
    project.app(CUSTOMER + "Migrate(app, db, directory='other')\n")
    said = refused(project.flask("db", "current"))
    assert "this app has a Migrate with command='db' already" in said
    assert "Migrate(app, db, directory='other', command='db2')" in said
