"""Projects that were begun with Alembic or Flask-Migrate: their files and their database."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from histories import execute, rows, tables
from projects import Project, done

FIRST = '''
"""customers"""
from alembic import op
import sqlalchemy as sa

revision = "1975ea83b712"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("customer")
'''

SECOND = '''
"""nicknames"""
from alembic import op
import sqlalchemy as sa

revision = "ae1027a6acf3"
down_revision = "1975ea83b712"


def upgrade():
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nick", sa.String(length=20), nullable=True))


def downgrade():
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("nick")
'''

MODELS = """
class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(80), nullable=False)
    nick = db.Column(db.String(20))
"""

BLOCKED = """
import sys

class NoAlembic:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "alembic":
            raise ModuleNotFoundError("No module named 'alembic'", name="alembic")

sys.meta_path.insert(0, NoAlembic())
"""


@pytest.fixture
def begun(project_anywhere: Project) -> Project:
    """An app with two migrations that Flask-Migrate could have written."""
    project_anywhere.app(MODELS)
    project_anywhere.write("migrations/versions/1975ea83b712_customers.py", FIRST)
    project_anywhere.write("migrations/versions/ae1027a6acf3_nicknames.py", SECOND)
    return project_anywhere


def on_path(folder: Path) -> str:
    """A PYTHONPATH that begins with the folder."""
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))


def test_a_database_that_alembic_manages_is_recognised_as_it_is(
    begun: Project, engine: Engine
) -> None:
    execute(
        engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        "INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712')",
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)",
        "INSERT INTO customer (id, email) VALUES (1, 'ada@example.com')",
    )
    assert done(begun.flask("db", "current")).stdout == "1975ea83b712, customers\n"

    applied = done(begun.flask("db", "upgrade"))
    assert applied.stdout == "1 migration applied. The database stands at ae1027a6acf3.\n"
    assert rows(engine, "SELECT version_num FROM alembic_version") == [("ae1027a6acf3",)]
    assert rows(engine, "SELECT id, email, nick FROM customer") == [(1, "ada@example.com", None)]


def test_files_that_import_alembic_run_where_it_is_not_installed(
    begun: Project, engine: Engine
) -> None:
    blocked = begun.write("blocked/sitecustomize.py", BLOCKED).parent
    begun.write("wsgi.py", "import alembic\n")
    python_path = on_path(blocked)
    missing = begun.flask("db", "current", app="wsgi", PYTHONPATH=python_path)
    assert "No module named 'alembic'" in missing.stderr

    done(begun.flask("db", "upgrade", PYTHONPATH=python_path))
    assert tables(engine) == {"customer"}
    done(begun.flask("db", "check", PYTHONPATH=python_path))
    done(begun.flask("db", "downgrade", "base", PYTHONPATH=python_path))
    assert tables(engine) == set()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("history", "<base> -> 1975ea83b712 (head), customers"),
        ("revision", "Wrote migrations/versions/"),
        ("upgrade", "1 migration applied. The database stands at 1975ea83b712."),
    ],
)
def test_a_file_that_imports_alembic_may_compute_its_identifiers(
    project: Project, command: str, said: str
) -> None:
    project.app(MODELS)
    computed = FIRST.replace('revision = "1975ea83b712"', 'revision = "-1975ea83b712".strip("-")')
    project.write("migrations/versions/1975ea83b712_customers.py", computed)
    blocked = project.write("blocked/sitecustomize.py", BLOCKED).parent
    run = project.flask("db", command, PYTHONPATH=on_path(blocked))
    assert done(run).stdout.startswith(said)


def test_files_that_import_alembic_do_not_reach_the_one_that_is_installed(
    project: Project,
) -> None:
    project.app(MODELS)
    project.write("migrations/versions/1975ea83b712_customers.py", FIRST)
    project.write("migrations/versions/ae1027a6acf3_nicknames.py", SECOND)
    installed = project.write("site/alembic/__init__.py", "op = None\n").parent.parent
    project.write("wsgi.py", "import alembic\nassert alembic.op is None\nfrom app import app\n")
    upgraded = project.flask("db", "upgrade", app="wsgi", PYTHONPATH=on_path(installed))
    assert done(upgraded).stdout.startswith("2 migrations applied.")


def test_a_new_migration_follows_those_of_alembic(begun: Project) -> None:
    done(begun.flask("db", "upgrade"))
    begun.app(MODELS + "    phone = db.Column(db.String(30))\n")
    done(begun.flask("db", "migrate", "-m", "phones", "--rev-id", "b2"))
    path = begun.folder / "migrations" / "versions" / "b2_phones.py"
    assert "'ae1027a6acf3'" in path.read_text(encoding="utf-8")
    done(begun.flask("db", "upgrade"))
    done(begun.flask("db", "check"))
