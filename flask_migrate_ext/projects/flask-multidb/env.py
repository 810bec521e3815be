"""Run by ``flask db`` for whatever needs the databases: says which, which models, and how.

Each database has its transaction and its version table. They are done one after the other, and
what one has is kept where a later one fails.
"""

from pathlib import Path

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]

# The app's databases by name; the default one has none.
engines = dict(sorted((name or "", engine) for name, engine in migrate.db.engines.items()))
metadatas = {name or "": metadata for name, metadata in migrate.db.metadatas.items()}

# What Migrate(app, db, ...) was given, and what else context.configure() is to have.
options = {
    "compare_server_default": True,
    "journal": True,  # who applied what and when: flask db log
    **migrate.configure_args,
}


def of(name: str) -> dict:
    """The options of one database: its models, and where a new file has its part."""
    return {
        **options,
        "target_metadata": metadatas.get(name),
        "upgrade_token": f"{name}_upgrades",
        "downgrade_token": f"{name}_downgrades",
    }


def run_migrations_offline() -> None:
    """Write SQL (--sql), a file NAME.sql for each database, and connect to none."""
    for name, engine in engines.items():
        with Path(f"{name or 'default'}.sql").open("w", encoding="utf-8") as script:
            context.configure(
                url=engine.url.render_as_string(hide_password=False),
                output_buffer=script,
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
                **of(name),
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    """Run on all databases."""
    for name, engine in engines.items():
        with engine.connect() as connection:
            context.configure(connection=connection, **of(name))
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
