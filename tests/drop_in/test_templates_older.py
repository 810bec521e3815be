"""Environments that were written years ago, in the forms that the templates had then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dropped_in import ran
from env_projects import Environment, table
from projects import Project, Run, done

LOGGING = """
[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARN
handlers = console
qualname =

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
"""

FILE = '''"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''

# -- an app with Flask-Migrate 1 or 2 --------------------------------------------------------------

FLASK_ENV = """
from __future__ import with_statement
from alembic import context
from sqlalchemy import engine_from_config, pool
from logging.config import fileConfig
from flask import current_app

config = context.config
fileConfig(config.config_file_name)
config.set_main_option("sqlalchemy.url",
                       current_app.config.get("SQLALCHEMY_DATABASE_URI").replace("%", "%%"))
target_metadata = current_app.extensions["migrate"].db.metadata


def run_migrations_offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"))
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    def process_revision_directives(context, revision, directives):
        if getattr(config.cmd_opts, "autogenerate", False):
            script = directives[0]
            if script.upgrade_ops.is_empty():
                directives[:] = []

    engine = engine_from_config(config.get_section(config.config_ini_section),
                                prefix="sqlalchemy.",
                                poolclass=pool.NullPool)
    connection = engine.connect()
    context.configure(connection=connection,
                      target_metadata=target_metadata,
                      process_revision_directives=process_revision_directives,
                      **current_app.extensions["migrate"].configure_args)
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.close()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""


def test_an_env_py_of_flask_migrate_2_runs(
    tmp_path: Path, database_url: str, flask_run: Callable[..., Run]
) -> None:
    project = Project(tmp_path, database_url, flask_run)
    project.app()
    project.write("migrations/env.py", FLASK_ENV)
    project.write("migrations/alembic.ini", f"[alembic]\n{LOGGING}")
    project.write("migrations/script.py.mako", FILE)
    (tmp_path / "migrations" / "versions").mkdir()
    database = Environment(tmp_path, database_url)

    done(project.flask("db", "migrate", "-m", "customers", "--rev-id", "a1"))
    done(project.flask("db", "upgrade"))
    assert (database.tables(), database.rows()) == ({"customer"}, ["a1"])
    done(project.flask("db", "migrate"))
    assert len(project.files) == 1
    done(project.flask("db", "check"))
    assert "CREATE TABLE customer" in done(project.flask("db", "upgrade", "--sql")).stdout
    done(project.flask("db", "downgrade"))
    assert (database.tables(), database.rows()) == (set(), [])


# -- a project with Alembic 1.0 --------------------------------------------------------------------

ALEMBIC_ENV = """
from __future__ import with_statement

from logging.config import fileConfig

from sqlalchemy import engine_from_config
from sqlalchemy import pool

from alembic import context

config = context.config
fileConfig(config.config_file_name)

import sys, os
sys.path.append(os.getcwd())
from models import metadata as target_metadata


def run_migrations_offline():
    url = config.get_main_option("sqlalchemy.url")
    context.configure(url=url, target_metadata=target_metadata, literal_binds=True)

    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    connectable = engine_from_config(
        config.get_section(config.config_ini_section),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )

    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)

        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("customer", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("purchase", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.mark.parametrize("program", ["migrate-core", "migrate_core.alembic"])
def test_an_env_py_of_alembic_1_0_runs(tmp_path: Path, mariadb_url: str, program: str) -> None:
    project = Environment(tmp_path, mariadb_url)
    project.env(ALEMBIC_ENV)
    project.migration("a1", table("customer"), "op.drop_table('customer')")
    ini = f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {mariadb_url}\n{LOGGING}"
    (tmp_path / "alembic.ini").write_text(ini, "utf-8")
    (tmp_path / "migrations" / "script.py.mako").write_text(FILE, "utf-8")
    (tmp_path / "models.py").write_text(MODELS, "utf-8")

    def does(*arguments: str) -> str:
        return done(ran(program, tmp_path, *arguments)).stdout

    does("upgrade", "head")
    does("revision", "--autogenerate", "-m", "purchases", "--rev-id", "b2")
    assert "CREATE TABLE purchase" in does("upgrade", "a1:b2", "--sql")
    does("upgrade", "+1")
    does("check")
    assert (project.tables(), project.rows()) == ({"customer", "purchase"}, ["b2"])
    does("downgrade", "base")
    assert (project.tables(), project.rows()) == (set(), [])
