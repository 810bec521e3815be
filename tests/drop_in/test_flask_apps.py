"""Apps that subclass or patch Flask-Migrate's Migrate, and env.py files as people edit them.

Each app is as it was for Flask-Migrate, but for its one import. Its env.py is the template's with
the lines changed that people change.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy

from flask_migrate_ext import Config, Migrate, command, current, downgrade, migrate, upgrade
from flask_migrate_ext import check as check_models
from histories import create, migration, rows, tables
from migrate_core.alembic.script import ScriptDirectory
from migrate_core.errors import ConfigurationError

# The template asks in the way of Flask-SQLAlchemy 2 first.
pytestmark = pytest.mark.filterwarnings("ignore:'get_engine' is deprecated:DeprecationWarning")

Shop = Callable[..., tuple[Flask, SQLAlchemy]]

CONFIGURE = """\
            connection=connection,
            target_metadata=get_metadata(),
            **conf_args
"""


@pytest.fixture
def shop(here: Path, sqlite_url: str) -> Shop:
    """An app with one model."""

    def made(url: str = sqlite_url, **settings: Any) -> tuple[Flask, SQLAlchemy]:
        app = Flask("shop", root_path=str(here))
        engines = {"SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": sa.NullPool}}
        app.config.from_mapping({"SQLALCHEMY_DATABASE_URI": url, **engines, **settings})
        db = SQLAlchemy(app)

        class Customer(db.Model):  # type: ignore[name-defined, misc]
            id = sa.Column(sa.Integer, primary_key=True)

        return app, db

    return made


def begun(folder: Path, *edits: tuple[str, str], template: str = "flask") -> None:
    """The migrations folder that Flask-Migrate makes, with lines of its env.py changed.

    It leaves the logging alone, which is that of all tests here.
    """
    with as_file(files("flask_migrate") / "templates" / template) as kept:
        shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "alembic.ini.mako").rename(folder / "alembic.ini")
    (folder / "versions").mkdir()
    env = folder / "env.py"
    text = env.read_text(encoding="utf-8")
    for old, new in (("fileConfig(config.config_file_name)\n", ""), *edits):
        assert old in text
        text = text.replace(old, new)
    env.write_text(text, encoding="utf-8")


def configured(*lines: str) -> tuple[str, str]:
    """An edit: more arguments of `context.configure()`."""
    more = "".join(f"            {line},\n" for line in lines)
    return CONFIGURE, CONFIGURE.replace("            **conf", f"{more}            **conf")


def names(db: SQLAlchemy, table: str = "alembic_version", schema: str | None = None) -> list[str]:
    inspector = sa.inspect(db.engine)
    return [column["name"] for column in inspector.get_columns(table, schema=schema)]


# -- subclasses ------------------------------------------------------------------------------------


class OwnMigrate(Migrate):
    """What apps override: where the folder is, what env.py is told, and options."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        self.asked: list[Any] = []
        super().__init__(*args, **kw)

    def init_app(self, app: Flask, db: Any = None, *args: Any, **kw: Any) -> None:
        kw.setdefault("directory", "moved")
        super().init_app(app, db, *args, **kw)

    def get_config(self, directory: Any = None, x_arg: Any = None, opts: Any = None) -> Any:
        config = super().get_config(directory, x_arg, opts)
        config.attributes["told"] = "subclassed"
        return config

    def call_configure_callbacks(self, config: Any) -> Any:
        self.asked.append(type(config).__name__)
        return super().call_configure_callbacks(config)


def test_what_a_subclass_overrides_takes_part(here: Path, shop: Shop) -> None:
    begun(
        here / "moved",
        (
            "config = context.config\n",
            "config = context.config\nTOLD = config.attributes['told']\n",
        ),
        configured("version_table=TOLD.replace(' ', '_')"),
    )
    app, db = shop()
    own = OwnMigrate(app, db)

    @own.configure
    def longer(config: Any) -> Any:
        config.set_main_option("file_template", "%%(rev)s")
        return config

    with app.app_context():
        migrate(message="first", rev_id="f1")
        upgrade()
        assert (here / "moved" / "versions" / "f1.py").is_file()
        assert rows(db.engine, "SELECT * FROM subclassed") == [("f1",)]
    assert set(own.asked) == {"Config"}


def test_a_subclass_without_an_env_py_has_its_callbacks_called(here: Path, shop: Shop) -> None:
    app, db = shop()
    own = OwnMigrate(app, db)

    @own.configure
    def named(config: Any) -> Any:
        config.set_main_option("file_template", "%%(rev)s")
        return config

    with app.app_context():
        migrate(message="first", rev_id="f1")
    assert (here / "moved" / "versions" / "f1.py").is_file()
    assert own.asked == ["Configuration"]


class ForgetfulMigrate(Migrate):
    def get_config(self, directory: Any = None, x_arg: Any = None, opts: Any = None) -> Any:
        super().get_config(directory, x_arg, opts)


def test_a_subclass_that_returns_no_configuration_is_told(here: Path, shop: Shop) -> None:
    begun(here / "migrations")
    app, db = shop()
    ForgetfulMigrate(app, db)
    with app.app_context(), pytest.raises(ConfigurationError) as told:
        upgrade()
    assert "ForgetfulMigrate.get_config() returned None and no configuration" in str(told.value)
    assert told.value.next_step == "End it with: return config"


# -- programs --------------------------------------------------------------------------------------


def test_a_program_drives_the_documented_commands_with_the_apps_configuration(
    here: Path, shop: Shop
) -> None:
    begun(here / "migrations")
    app, db = shop()
    Migrate(app, db)
    with app.app_context():
        config = current_app.extensions["migrate"].migrate.get_config(None, x_arg="a=1")
        assert isinstance(config, Config)
        assert config.cmd_opts.x == ["a=1"]
        command.revision(config, "first", autogenerate=True, rev_id="f1")
        command.upgrade(config, "head")
        assert ScriptDirectory.from_config(config).get_current_head() == "f1"
        assert "customer" in tables(db.engine)


def test_a_program_asks_for_the_heads_of_a_folder_without_an_env_py(here: Path, shop: Shop) -> None:
    migration(here / "elsewhere", "r1")
    app, db = shop()
    Migrate(app, db, directory="elsewhere")
    with app.app_context():
        config = current_app.extensions["migrate"].migrate.get_config()
    assert ScriptDirectory.from_config(config).get_heads() == ["r1"]


def test_several_migrates_have_each_their_folder(here: Path, shop: Shop) -> None:
    begun(here / "one")
    begun(here / "two", configured("version_table='second'"))
    app, db = shop()
    Migrate(app, db, directory="one")
    Migrate(app, db, directory="two", command="db2")
    migration(here / "one", "a1", "op.create_table('a', sa.Column('id', sa.Integer))")
    migration(here / "two", "b1", "op.create_table('b', sa.Column('id', sa.Integer))")
    with app.app_context():
        upgrade(directory="one")
        upgrade(directory="two")
        assert tables(db.engine) == {"a", "b", "second"}
        assert rows(db.engine, "SELECT * FROM alembic_version, second") == [("a1", "b1")]


# -- an env.py as people edit it -------------------------------------------------------------------


def test_include_object_of_an_env_py_leaves_tables_alone(here: Path, shop: Shop) -> None:
    begun(
        here / "migrations",
        (
            "def get_metadata():",
            "def include_object(object, name, type_, reflected, compare_to):\n"
            "    return not (type_ == 'table' and reflected and compare_to is None)\n\n\n"
            "def get_metadata():",
        ),
        configured("include_object=include_object", "compare_type=True", "render_as_batch=True"),
        ("    conf_args = current", "    conf_args = {}\n    assert current"),
        (
            ".extensions['migrate'].configure_args\n    if",
            ".extensions['migrate'].configure_args\n    if",
        ),
    )
    app, db = shop()
    Migrate(app, db)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE theirs (id integer)"))
        migrate(message="first", rev_id="f1")
        upgrade()
        assert migrate(message="second") is None
        assert check_models() is not None
        assert "theirs" in tables(db.engine)


def test_the_address_of_an_env_py_is_patched(here: Path, shop: Shop, sqlite_url: str) -> None:
    other = sqlite_url.replace(".db", "_other.db") if ".db" in sqlite_url else f"{sqlite_url}_other"
    begun(
        here / "migrations",
        ("def get_engine():\n", f"def get_engine():\n    return create_engine({other!r})\n"),
        ("import logging\n", "import logging\nfrom sqlalchemy import create_engine\n"),
    )
    app, db = shop()
    Migrate(app, db)
    migration(here / "migrations", "a1", "op.create_table('a', sa.Column('id', sa.Integer))")
    with app.app_context():
        upgrade()
        assert tables(db.engine) == set()
    assert "a" in tables(sa.create_engine(other, poolclass=sa.NullPool))


def test_an_env_py_compares_other_schemas_and_not_all_of_them(
    here: Path, shop: Shop, postgresql_url: str
) -> None:
    begun(
        here / "migrations",
        (
            "def get_metadata():",
            "def include_name(name, type_, parent_names):\n"
            "    return name in (None, 'stock') if type_ == 'schema' else True\n\n\n"
            "def get_metadata():",
        ),
        configured(
            "include_schemas=True",
            "include_name=include_name",
            "version_table='history'",
            "version_table_schema='stock'",
            "transaction_per_migration=True",
        ),
    )
    app, db = shop(postgresql_url)
    Migrate(app, db)
    sa.Table("item", db.metadata, sa.Column("id", sa.Integer, primary_key=True), schema="stock")
    with app.app_context():
        with db.engine.begin() as connection:
            for schema in ("stock", "other"):
                connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
                connection.execute(sa.text(f"CREATE TABLE {schema}.theirs (id integer)"))
            connection.execute(sa.text("DROP TABLE stock.theirs"))
        migrate(message="first", rev_id="f1")
        upgrade()
        assert names(db, "item", "stock") == ["id"]
        assert rows(db.engine, "SELECT version_num FROM stock.history") == [("f1",)]
        assert migrate(message="second") is None


def test_an_env_py_migrates_each_tenants_schema(
    here: Path, shop: Shop, postgresql_url: str
) -> None:
    begun(
        here / "migrations",
        (
            "        context.configure(\n" + CONFIGURE + "        )\n\n"
            "        with context.begin_transaction():\n"
            "            context.run_migrations()\n",
            "        for tenant in ('north', 'south'):\n"
            "            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS {tenant}'))\n"
            "            connection.execute(text(f'SET search_path TO {tenant}'))\n"
            "            connection.commit()\n"
            "            connection.dialect.default_schema_name = tenant\n"
            "            context.configure(connection=connection, target_metadata=get_metadata(),\n"
            "                              version_table_schema=tenant, **conf_args)\n"
            "            with context.begin_transaction():\n"
            "                context.run_migrations()\n",
        ),
        (
            "from alembic import context\n",
            "from alembic import context\nfrom sqlalchemy import text\n",
        ),
    )
    app, db = shop(postgresql_url)
    Migrate(app, db)
    migration(here / "migrations", "a1", *create("a"))
    with app.app_context():
        upgrade()
        for tenant in ("north", "south"):
            assert names(db, "a", tenant) == ["id"]
            assert rows(db.engine, f"SELECT * FROM {tenant}.alembic_version") == [("a1",)]
        downgrade()
        assert sa.inspect(db.engine).get_table_names(schema="south") == ["alembic_version"]


def test_one_history_for_several_databases_is_asked_of_the_app(
    here: Path, shop: Shop, sqlite_url: str
) -> None:
    users = f"sqlite:///{here / 'users.db'}"
    begun(here / "both", template="flask-multidb")
    app, db = shop(SQLALCHEMY_BINDS={"users": users})
    sa.Table("user", db.metadatas.setdefault("users", sa.MetaData()), sa.Column("id", sa.Integer))
    Migrate(app, db, directory="both")
    with app.app_context():
        migrate(message="first", rev_id="f1")
        upgrade(x_arg=["a=1", "b"])
        assert set(current()) == {"default", "users"}
        assert tables(db.engine) == {"customer"}
        assert tables(db.engines["users"]) == {"user"}
