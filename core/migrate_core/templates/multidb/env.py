"""Run by every command that needs the databases: says which they are, and what their models are."""

import re
from contextlib import ExitStack
from logging.config import fileConfig
from pathlib import Path

from alembic import context
from sqlalchemy import MetaData, engine_from_config, pool

# What alembic.ini says; its own values are read with config.get_main_option("name").
config = context.config

# Loggers, as alembic.ini sets them up. Take this out where the application logs by itself.
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

# "databases" in alembic.ini; each name is a section with its sqlalchemy.url.
names = [name for name in re.split(r",\s*", config.get_main_option("databases") or "") if name]

# The models that "revision --autogenerate" compares with each database, for example:
#   from shop import models
#   target_metadata = {"shop": models.Shop.metadata, "logs": models.Logs.metadata}
target_metadata: dict[str, MetaData] = {}

# True: all databases commit together, or none does, as far as the servers can promise it
# (two-phase commit, which SQLite does not have).
USE_TWOPHASE = False


def run_migrations_offline() -> None:
    """Write SQL (--sql), a file NAME.sql for each database, and connect to none."""
    for name in names:
        with Path(f"{name}.sql").open("w", encoding="utf-8") as script:
            context.configure(
                url=config.get_section_option(name, "sqlalchemy.url"),
                output_buffer=script,
                target_metadata=target_metadata.get(name),
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    """Run on all databases: each has its transaction, and they end together."""
    with ExitStack() as stack:
        begun = {}
        for name in names:
            engine = engine_from_config(
                config.get_section(name, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
            )
            connection = stack.enter_context(engine.connect())
            transaction = connection.begin_twophase() if USE_TWOPHASE else connection.begin()
            begun[name] = (connection, transaction)
        try:
            for name, (connection, _) in begun.items():
                context.configure(
                    connection=connection,
                    upgrade_token=f"{name}_upgrades",
                    downgrade_token=f"{name}_downgrades",
                    target_metadata=target_metadata.get(name),
                )
                context.run_migrations(engine_name=name)
            if USE_TWOPHASE:
                for _, transaction in begun.values():
                    transaction.prepare()
            for _, transaction in begun.values():
                transaction.commit()
        except BaseException:
            for _, transaction in begun.values():
                transaction.rollback()
            raise


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
