"""Documented recipes for env.py: a connection that is shared, a schema for each tenant."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from env_projects import Environment, online
from migrate_core import command
from migrate_core.api import MigrationContext, Operations, produce_migrations
from migrate_core.api.config import Config
from migrate_core.operations import ModifyTableOps

SHARED = """
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


def test_a_connection_is_shared_within_asyncio(tmp_path: Path, postgresql_url: str) -> None:
    project = Environment(tmp_path, postgresql_url)
    project.env(SHARED)
    project.tables_in_turn("t1")

    def upgrade(connection: sa.Connection) -> None:
        project.attributes["connection"] = connection
        command.upgrade(project.config, "head")

    async def program() -> None:
        engine = create_async_engine(postgresql_url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
        await engine.dispose()

    asyncio.run(program())
    assert (project.tables(), project.rows()) == ({"t1"}, ["a"])


TENANT = online(
    """
    tenant = context.get_x_argument(as_dictionary=True)["tenant"]
    connection.exec_driver_sql(f"SET search_path TO {tenant}")
    connection.commit()
    connection.dialect.default_schema_name = tenant
    context.configure(connection=connection, target_metadata=context.config.attributes["models"])
    with context.begin_transaction():
        context.run_migrations()
    """
)


def test_each_tenant_has_a_schema(tmp_path: Path, postgresql_url: str) -> None:
    models = sa.MetaData()
    sa.Table("t1", models, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("t2", models, sa.Column("id", sa.Integer, primary_key=True))
    project = Environment(tmp_path, postgresql_url, attributes={"models": models})
    project.env(TENANT)
    project.tables_in_turn("t1")
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    for tenant in ("north", "south"):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {tenant}")
        command.upgrade(with_tenant(project, tenant), "head")
    written = command.revision(with_tenant(project, "north"), "more", autogenerate=True)
    assert "'t2'" in Path(written.path).read_text()  # type: ignore[union-attr]
    command.upgrade(with_tenant(project, "north"), "head")
    command.check(with_tenant(project, "north"))
    names = sa.inspect(engine).get_table_names
    assert set(names("north")) == {"t1", "t2", "alembic_version"}
    assert set(names("south")) == {"t1", "alembic_version"}


def with_tenant(project: Environment, tenant: str) -> Config:
    config = project.config
    config.cmd_opts = Namespace(x=[f"tenant={tenant}"])
    return config


def test_what_a_comparison_found_is_done_at_once(postgresql_engine: sa.Engine) -> None:
    models = sa.MetaData()
    sa.Table("t1", models, sa.Column("id", sa.Integer, primary_key=True))
    with postgresql_engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t0 (id INTEGER)")
        connection.commit()
        context = MigrationContext.configure(connection)
        found = produce_migrations(context, models).upgrade_ops
        connection.rollback()
        operations = Operations(context)
        assert found is not None
        with context.begin_transaction():
            for each in found.ops:
                inner = each.ops if isinstance(each, ModifyTableOps) else [each]
                for operation in inner:
                    operations.invoke(operation)
    assert sa.inspect(postgresql_engine).get_table_names() == ["t1"]
