"""Apps with several databases: found without being told, each with its own state and outcome."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, rows, tables
from projects import Project, done, next_step, refused

APP = """\
from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = {url!r}
app.config["SQLALCHEMY_BINDS"] = {{"users": {users!r}}}
db = SQLAlchemy(app)
Migrate(app, db{options})

class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)

class User(db.Model):
    __bind_key__ = "users"
    id = db.Column(db.Integer, primary_key=True)
"""

# As Flask-Migrate's template for several databases writes it.
MULTIDB = '''\
"""first"""
from alembic import op
import sqlalchemy as sa

revision = "m1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_():
    op.create_table("order", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade_():
    op.drop_table("order")


def upgrade_users():
    op.create_table("user", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade_users():
    op.drop_table("user")
'''

MULTIDB_TEMPLATE = '''\
"""${message}"""
from alembic import op
import sqlalchemy as sa
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()
<%
    from flask import current_app
    names = [''] + list(current_app.config.get("SQLALCHEMY_BINDS"))
%>
% for name in names:


def upgrade_${name}():
    ${context.get("%s_upgrades" % name, "pass")}


def downgrade_${name}():
    ${context.get("%s_downgrades" % name, "pass")}
% endfor
'''


@pytest.fixture
def users_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'users.db'}"


@pytest.fixture
def shop(project: Project, users_url: str) -> Project:
    """An app with a default database and the bind `users`, both on SQLite."""
    return wired(project, users_url)


def wired(project: Project, users: str, options: str = "") -> Project:
    project.write("app.py", APP.format(url=project.url, users=users, options=options))
    return project


def found(url: str) -> set[str]:
    with engine_on(url) as engine:
        return tables(engine) - {"migration_log"}


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    engine = sa.create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def files_of(project: Project) -> set[str]:
    folder = project.folder / "migrations"
    return {str(path.relative_to(folder)) for path in folder.rglob("*_*.py")}


# -- one history for each --------------------------------------------------------------------------


def test_each_database_gets_its_own_history_without_being_told(
    shop: Project, users_url: str
) -> None:
    done(shop.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert files_of(shop) == {"versions/f1_first.py", "users/versions/f1_first.py"}
    upgraded = done(shop.flask("db", "upgrade")).stdout
    assert upgraded.splitlines()[0] == "[default]"
    assert "[users]" in upgraded
    assert (found(shop.url), found(users_url)) == ({"order"}, {"user"})
    done(shop.flask("db", "check"))


def test_a_bind_on_another_product_is_upgraded_beside_it(
    project: Project, database_url: str, engine: Engine, tmp_path: Path
) -> None:
    main = Project(project.folder, f"sqlite:///{tmp_path / 'main.db'}", project.run)
    shop = wired(main, database_url)
    done(shop.flask("db", "migrate", "-m", "first"))
    done(shop.flask("db", "upgrade"))
    assert tables(engine) - {"migration_log"} == {"user"}
    assert len(rows(engine, "SELECT version_num FROM alembic_version")) == 1
    assert found(shop.url) == {"order"}
    done(shop.flask("db", "check"))


def test_bind_names_one_database_before_or_after_the_command(shop: Project, users_url: str) -> None:
    written = done(shop.flask("db", "migrate", "--bind", "users", "-m", "first"))
    assert next_step(written.stderr).endswith("Next: flask db --bind users upgrade")
    done(shop.flask("db", "--bind", "users", "upgrade"))
    assert (found(shop.url), found(users_url)) == (set(), {"user"})


def test_one_that_fails_leaves_the_others_done_and_reported(shop: Project, users_url: str) -> None:
    done(shop.flask("db", "migrate", "-m", "first"))
    with engine_on(shop.url) as engine:
        execute(engine, 'CREATE TABLE "order" (x INTEGER)')
    run = shop.flask("db", "upgrade")
    assert run.returncode == 1
    assert "[users]\n1 migration applied." in run.stdout
    assert 'table "order" already exists' in run.stderr
    assert "flask db --bind default" in run.stderr
    assert "Traceback" not in run.stderr
    assert found(users_url) == {"user"}


def test_the_functions_return_a_value_for_each_database(shop: Project, users_url: str) -> None:
    shop.write(
        "deploy.py",
        """\
        from app import app
        from flask_migrate_ext import current, heads, migrate, redo, upgrade
        from flask_migrate_ext.errors import BindNeeded, DatabasesFailed
        from flask_migrate_ext import revision
        with app.app_context():
            print(sorted(migrate(message="first", rev_id="f1")))
            print({name: outcome.after for name, outcome in upgrade().items()})
            print(current(bind="users"), upgrade(bind="default").steps)
            print(len(redo(bind="users")), current(bind="users"))
            try:
                revision(message="by hand")
            except BindNeeded as error:
                print(error.names)
            try:
                upgrade(revision="nonsense")
            except DatabasesFailed as error:
                print(sorted(error.failed), error.done)
        """,
    )
    ran = done(shop.flask("shell", app="deploy", PYTHONSTARTUP=""))
    assert ran.stdout.splitlines()[:6] == [
        "['default', 'users']",
        "{'default': ('f1',), 'users': ('f1',)}",
        "('f1',) ()",
        "2 ('f1',)",
        "('default', 'users')",
        "['default', 'users'] {}",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("revision", "-m", "x"),
        ("downgrade",),
        ("stamp", "f1"),
        ("edit",),
        ("upgrade", "f1"),
    ],
    ids=lambda command: command[0],
)
def test_what_is_about_one_history_asks_for_its_database(
    shop: Project, command: tuple[str, ...]
) -> None:
    said = refused(shop.flask("db", *command))
    assert "The app has 2 databases, each with its own history: default, users." in said
    assert "flask db --bind users ..." in next_step(said)
    assert files_of(shop) == set()


def test_scripts_are_written_to_one_file_for_each(shop: Project) -> None:
    done(shop.flask("db", "migrate", "-m", "first"))
    assert "name one with --bind" in shop.flask("db", "upgrade", "--sql").stderr
    done(shop.flask("db", "upgrade", "--sql", "-o", "up.sql"))
    names = sorted(path.name for path in shop.folder.glob("*.sql"))
    assert names == ["up.default.sql", "up.users.sql"]
    assert "CREATE TABLE user" in (shop.folder / "up.users.sql").read_text("utf-8")


def test_programs_get_one_json_by_database_and_the_exit_code(shop: Project) -> None:
    done(shop.flask("db", "migrate", "-m", "first"))
    done(shop.flask("db", "upgrade"))
    text = (shop.folder / "app.py").read_text("utf-8")
    (shop.folder / "app.py").write_text(text + "    nick = db.Column(db.String(9))\n", "utf-8")
    run = shop.flask("db", "check", "--json")
    assert run.returncode == 3
    said = json.loads(run.stdout)
    assert {name: each["differs"] for name, each in said.items()} == {
        "default": False,
        "users": True,
    }


def test_a_project_with_one_database_keeps_its_history_when_it_gets_another(
    shop: Project, users_url: str
) -> None:
    shop.app("class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n")
    done(shop.flask("db", "migrate", "-m", "first"))
    done(shop.flask("db", "upgrade"))
    wired(shop, users_url)
    said = done(shop.flask("db", "migrate", "-m", "second")).stdout
    assert "No changes" in said
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == ({"order"}, {"user"})


def test_binds_given_to_migrate_are_the_only_ones(shop: Project, users_url: str) -> None:
    wired(shop, users_url, ", binds=['users']")
    done(shop.flask("db", "migrate", "-m", "first"))
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == (set(), {"user"})


# -- one history for all ---------------------------------------------------------------------------


def test_files_of_flask_migrate_for_several_databases_run_unchanged(
    shop: Project, users_url: str
) -> None:
    shop.write("migrations/script.py.mako", MULTIDB_TEMPLATE)
    shop.write("migrations/versions/m1_first.py", MULTIDB)
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == ({"order"}, {"user"})
    done(shop.flask("db", "check"))
    done(shop.flask("db", "downgrade"))
    assert (found(shop.url), found(users_url)) == (set(), set())


def test_a_migration_for_all_is_one_file_by_the_template_of_flask_migrate(
    shop: Project, users_url: str
) -> None:
    shop.write("migrations/script.py.mako", MULTIDB_TEMPLATE)
    written = done(shop.flask("db", "migrate", "-m", "first", "--rev-id", "f1")).stdout
    assert written.count("Wrote ") == 1
    assert "add table order" in written
    assert "add table user" in written
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == ({"order"}, {"user"})
    assert "No changes" in done(shop.flask("db", "migrate", "-m", "second")).stdout


def test_init_multidb_begins_one_history_for_all(shop: Project, users_url: str) -> None:
    done(shop.flask("db", "init", "--multidb"))
    done(shop.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert files_of(shop) == {"versions/f1_first.py"}
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == ({"order"}, {"user"})
    empty = done(shop.flask("db", "revision", "-m", "by hand", "--rev-id", "f2")).stdout
    assert empty.startswith("Wrote ")
    done(shop.flask("db", "upgrade"))
    done(shop.flask("db", "downgrade", "base"))
    assert (found(shop.url), found(users_url)) == (set(), set())


def test_files_for_one_database_are_the_default_ones_in_a_history_for_all(
    shop: Project, users_url: str
) -> None:
    shop.write("migrations/script.py.mako", MULTIDB_TEMPLATE)
    single = MULTIDB.replace("(engine_name)", "()").replace('["upgrade_%s" % engine_name]', "")
    body = "def upgrade():\n    upgrade_()\n\n\ndef downgrade():\n    downgrade_()\n\n\n"
    head, _, tail = single.partition("def upgrade()")
    shop.write(
        "migrations/versions/m1_first.py", head + body + tail[tail.index("def upgrade_()") :]
    )
    done(shop.flask("db", "upgrade"))
    assert (found(shop.url), found(users_url)) == ({"order"}, set())
    assert "m1 (head)" in done(shop.flask("db", "--bind", "users", "current")).stdout


def test_a_revision_that_one_database_has_keeps_its_parent(shop: Project) -> None:
    shop.write("migrations/script.py.mako", MULTIDB_TEMPLATE)
    shop.write("migrations/versions/m1_first.py", MULTIDB)
    for branch in ("b1", "b2"):
        done(shop.flask("db", "revision", "--head", "m1", "--splice", "--rev-id", branch))
    done(shop.flask("db", "--bind", "users", "upgrade", "b1"))
    said = refused(shop.flask("db", "rebase", "b1"))
    assert "users.db" in said
    assert next_step(said).startswith("Undo it first")
    done(shop.flask("db", "rebase", "b2"))


# -- several at once -------------------------------------------------------------------------------

DEPLOY = """\
import sys

from app import app
from flask_migrate_ext import upgrade

with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    print({name: len(outcome.steps) for name, outcome in upgrade().items()})
"""


def test_processes_at_once_upgrade_each_database_once(
    project: Project, postgresql_url: str, mariadb_url: str
) -> None:
    shop = wired(Project(project.folder, postgresql_url, project.run), mariadb_url)
    done(shop.flask("db", "migrate", "-m", "first"))
    script = shop.write("deploy.py", DEPLOY)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, str(script)],
                    cwd=shop.folder,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(3)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=120) for process in processes]
    assert [said for _, said in answers] == [""] * 3
    steps = [ast.literal_eval(answer) for answer, _ in answers]
    assert sum(each["default"] for each in steps) == 1
    assert sum(each["users"] for each in steps) == 1


# -- bad input -------------------------------------------------------------------------------------


def test_a_bind_that_is_not_there(shop: Project) -> None:
    said = refused(shop.flask("db", "--bind", "nobody", "upgrade"))
    assert "There is no database 'nobody' to migrate; there are: default, users." in said


def test_models_of_a_bind_without_a_url(shop: Project, users_url: str) -> None:
    text = (shop.folder / "app.py").read_text("utf-8")
    (shop.folder / "app.py").write_text(text.replace('{"users":', '{"others":'), "utf-8")
    said = refused(shop.flask("db", "migrate", "-m", "first"))
    assert "Models have the bind 'users', and the app has no address for it." in said
    assert next_step(said).startswith("Add it: app.config['SQLALCHEMY_BINDS'] = {'users': ")
    assert files_of(shop) == set()


def test_a_bind_whose_url_is_none(shop: Project, users_url: str) -> None:
    text = (shop.folder / "app.py").read_text("utf-8")
    (shop.folder / "app.py").write_text(text.replace(repr(users_url), "None"), "utf-8")
    said = refused(shop.flask("db", "upgrade"))
    assert f"({shop.folder / 'app.py'}, line 8)" in said
    assert next_step(said).startswith("Give each of SQLALCHEMY_BINDS an address: ")


def test_a_bind_that_is_no_name_for_a_function(shop: Project, users_url: str) -> None:
    text = (shop.folder / "app.py").read_text("utf-8")
    (shop.folder / "app.py").write_text(text.replace('"users"', '"the-users"'), "utf-8")
    said = refused(shop.flask("db", "init", "--multidb"))
    assert "The bind 'the-users' cannot be in the name of a function" in said
    assert not (shop.folder / "migrations").exists()
    done(shop.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    assert "the-users/versions/f1_first.py" in files_of(shop)


def test_two_binds_that_are_one_database(shop: Project) -> None:
    wired(shop, shop.url)
    said = refused(shop.flask("db", "upgrade"))
    assert "default and users are one database" in said
    assert "binds=['default']" in next_step(said)


# -- others than Flask-SQLAlchemy ------------------------------------------------------------------

PLAIN = """\
import sqlalchemy as sa
from flask import Flask
from flask_migrate_ext import Migrate
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)

app = Flask(__name__)
{wiring}
"""

WIRINGS = {
    "plain SQLAlchemy": "Migrate(app, metadata=Base.metadata, engine=sa.create_engine({url!r}))",
    "Flask-SQLAlchemy-Lite": (
        "from flask_sqlalchemy_lite import SQLAlchemy\n"
        "app.config['SQLALCHEMY_ENGINES'] = {{'default': {url!r}}}\n"
        "db = SQLAlchemy(app)\nMigrate(app, db)\n"
    ),
    "Flask-SQLAlchemy-Lite with metadata": (
        "from flask_sqlalchemy_lite import SQLAlchemy\n"
        "app.config['SQLALCHEMY_ENGINES'] = {{'default': {url!r}}}\n"
        "db = SQLAlchemy(app)\nMigrate(app, db, metadata=Base.metadata)\n"
    ),
    "Advanced Alchemy": (
        "from advanced_alchemy.extensions.flask import AdvancedAlchemy, SQLAlchemySyncConfig\n"
        "config = SQLAlchemySyncConfig(connection_string={url!r}, metadata=Base.metadata)\n"
        "alchemy = AdvancedAlchemy(config, app)\nMigrate(app)\n"
    ),
}


@pytest.mark.parametrize("wiring", WIRINGS.values(), ids=list(WIRINGS))
def test_models_of_other_extensions_reach_the_database(project: Project, wiring: str) -> None:
    project.write("app.py", PLAIN.format(wiring=wiring.format(url=project.url)))
    assert "add table order" in done(project.flask("db", "migrate", "-m", "first")).stdout
    done(project.flask("db", "upgrade"))
    assert found(project.url) == {"order"}
    done(project.flask("db", "check"))
