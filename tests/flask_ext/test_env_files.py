"""env.py files as Flask-Migrate's templates write them, run in an app of this extension."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import NullPool

from flask_migrate_ext import Migrate
from migrate_core import command
from migrate_core.api.config import Config

ONE = """
from alembic import context
from flask import current_app

config = context.config
extension = current_app.extensions["migrate"]


def get_engine():
    try:
        return extension.db.get_engine()
    except (TypeError, AttributeError):
        return extension.db.engine


config.set_main_option("sqlalchemy.url", str(get_engine().url).replace("%", "%%"))


def get_metadata():
    if hasattr(extension.db, "metadatas"):
        return extension.db.metadatas[None]
    return extension.db.metadata


def offline():
    url = config.get_main_option("sqlalchemy.url")
    context.configure(url=url, target_metadata=get_metadata(), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def online():
    def process_revision_directives(context, revision, directives):
        if getattr(config.cmd_opts, "autogenerate", False):
            script = directives[0]
            if script.upgrade_ops.is_empty():
                directives[:] = []

    arguments = extension.configure_args
    if arguments.get("process_revision_directives") is None:
        arguments["process_revision_directives"] = process_revision_directives
    with get_engine().connect() as connection:
        context.configure(connection=connection, target_metadata=get_metadata(), **arguments)
        with context.begin_transaction():
            context.run_migrations()


offline() if context.is_offline_mode() else online()
"""

SEVERAL = """
from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]
engines = {"": extension.db.engine} | {
    name: extension.db.engines[name] for name in current_app.config["SQLALCHEMY_BINDS"]
}
records = {}
for name, engine in engines.items():
    connection = engine.connect()
    records[name] = {"connection": connection, "transaction": connection.begin()}
try:
    for name, record in records.items():
        context.configure(
            connection=record["connection"],
            upgrade_token="%s_upgrades" % name,
            downgrade_token="%s_downgrades" % name,
            target_metadata=extension.db.metadatas[name or None],
            **extension.configure_args,
        )
        context.run_migrations(engine_name=name)
    for record in records.values():
        record["transaction"].commit()
except:
    for record in records.values():
        record["transaction"].rollback()
    raise
finally:
    for record in records.values():
        record["connection"].close()
"""

ASYNC = """
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from flask import current_app


def do_run_migrations(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def run_migrations_online():
    engine = create_async_engine(current_app.config["SQLALCHEMY_DATABASE_URI"])
    async with engine.connect() as connection:
        await connection.run_sync(do_run_migrations)
    await engine.dispose()


asyncio.get_event_loop().run_until_complete(run_migrations_online())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    return tmp_path / "migrations"


def config_of(folder: Path) -> Config:
    """As the extension makes it: no ini file says where the folder is."""
    config = Config(cmd_opts=Namespace(autogenerate=True))
    config.set_main_option("script_location", str(folder))
    return config


def tables(url: str) -> set[str]:
    return set(sa.inspect(sa.create_engine(url, poolclass=NullPool)).get_table_names())


def app_on(url: str, **settings: object) -> tuple[Flask, SQLAlchemy]:
    app = Flask("shop")
    settings["SQLALCHEMY_ENGINE_OPTIONS"] = {"poolclass": NullPool}
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI=url, **settings)
    db = SQLAlchemy(app)
    Migrate(app, db)
    return app, db


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")
def test_the_usual_form_writes_and_runs_migrations(folder: Path, database_url: str) -> None:
    (folder / "env.py").write_text(ONE)
    app, db = app_on(database_url)
    sa.Table("customer", db.metadata, sa.Column("id", sa.Integer, primary_key=True))
    with app.app_context():
        command.revision(config_of(folder), "first", autogenerate=True)
        command.upgrade(config_of(folder), "head")
        assert command.revision(config_of(folder), "again", autogenerate=True) == []
        assert "customer" in tables(database_url)
        command.downgrade(config_of(folder), "base")
    assert "customer" not in tables(database_url)


def test_the_form_for_several_databases_runs_each(folder: Path, tmp_path: Path) -> None:
    urls = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("main", "users")}
    (folder / "env.py").write_text(SEVERAL)
    bodies = "".join(
        f"\n\ndef {direction}(engine_name):\n    globals()[f'{direction}_{{engine_name}}']()\n"
        f"\n\ndef {direction}_():\n    op.{one}\n\n\ndef {direction}_users():\n    op.{other}\n"
        for direction, one, other in (
            ("upgrade", "execute('CREATE TABLE m (id INT)')", "execute('CREATE TABLE u (id INT)')"),
            ("downgrade", "drop_table('m')", "drop_table('u')"),
        )
    )
    (folder / "versions" / "a.py").write_text(
        f"from alembic import op\n\nrevision = 'a'\ndown_revision = None\n{bodies}"
    )
    app, _ = app_on(urls["main"], SQLALCHEMY_BINDS={"users": urls["users"]})
    with app.app_context():
        command.upgrade(config_of(folder), "head")
        assert (tables(urls["main"]), tables(urls["users"])) == (
            {"m", "alembic_version"},
            {"u", "alembic_version"},
        )
        command.downgrade(config_of(folder), "base")
    assert tables(urls["users"]) == {"alembic_version"}


@pytest.fixture
def event_loop_of_this_thread() -> Iterator[None]:
    """What asyncio.get_event_loop() finds, which newer Pythons no longer make by themselves."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.usefixtures("event_loop_of_this_thread")
def test_the_form_for_asyncio_runs(folder: Path, postgresql_url: str) -> None:
    (folder / "env.py").write_text(ASYNC)
    body = indent(dedent("op.execute('CREATE TABLE customer (id INTEGER)')"), "    ")
    (folder / "versions" / "a.py").write_text(
        "from alembic import op\n\nrevision = 'a'\ndown_revision = None\n\n\n"
        f"def upgrade():\n{body}\n\n\ndef downgrade():\n    op.drop_table('customer')\n"
    )
    app, _ = app_on(postgresql_url)
    with app.app_context():
        command.upgrade(config_of(folder), "head")
    assert tables(postgresql_url) == {"alembic_version", "customer"}
