"""Run by ``flask db`` for whatever needs the database: says which one, which models, and how."""

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]

# The models that "flask db migrate" compares with the database.
target_metadata = migrate.db.metadata

# What Migrate(app, db, ...) was given, and what else context.configure() is to have.
options = {
    "compare_server_default": True,
    "journal": True,  # who applied what and when: flask db log
    **migrate.configure_args,
    "target_metadata": target_metadata,
}


def run_migrations_offline() -> None:
    """Write SQL (--sql): the URL tells the dialect, and nothing is connected."""
    url = migrate.db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **options)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Run on the database."""
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
