"""The pending page: what a developer sees of pending migrations, and what the button does."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine

from flask_migrate_ext import Migrate, downgrade, upgrade
from histories import create, execute, history, migration, rows, tables
from pending_pages import developing, pressed, seen
from projects import Project, done

SECRET = "s3cr3t-word"

PARTS = {"": "a", "users": "b"}

SHARED = """\
import sqlalchemy as sa
from migrate_core import op

revision = "m1"
down_revision = None


def upgrade(engine_name):
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name):
    pass


"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations, each of which makes a table."""
    history(tmp_path / "migrations", create("a"), create("b"))
    return tmp_path / "migrations"


def settled(folder: Path) -> None:
    """Let what is in the folder be there for a while."""
    for each in (folder, folder / "versions"):
        os.utime(each, (1, 1))


def statements(app: Flask, sent: list[str]) -> Any:
    """Note what the app's engine sends."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    return sa.event.listen(
        engine, "before_cursor_execute", lambda _c, _u, statement, *_: sent.append(statement)
    )


# -- the page --------------------------------------------------------------------------------------


def test_the_page_says_which_migrations_are_pending_and_what_they_would_do(
    database_url: str, engine: Engine, folder: Path
) -> None:
    with developing(database_url, folder) as app:
        page = seen(app)
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "2 migrations are pending" in page.text
    assert page.text.index("message of r1") < page.text.index("message of r2")
    assert re.search(r"CREATE TABLE (b|`b`) \(", page.text)
    assert "flask db upgrade" in page.text
    assert tables(engine) == set()


def test_the_password_of_the_database_is_nowhere_on_the_page(
    postgresql_url: str, postgresql_engine: Engine, folder: Path
) -> None:
    url = sa.make_url(postgresql_url).set(password=SECRET)
    with developing(url.render_as_string(hide_password=False), folder) as app:
        page = seen(app)
    assert page.status_code == 503
    assert f"***@{url.host}" in page.text
    assert SECRET not in page.text


def test_what_destroys_rows_is_marked_and_has_to_be_agreed_to(
    sqlite_url: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    execute(sqlite_engine, "CREATE TABLE b (id INTEGER)")
    history(tmp_path / "migrations", "op.drop_table('b')")
    with developing(sqlite_url, tmp_path / "migrations") as app:
        page = seen(app)
        assert "drops table b" in page.text
        refused = pressed(app, page)
        assert refused.status_code == 409
        assert "that was not agreed to.\nNothing was applied." in refused.text
        assert "Tick the box above the button" in refused.text
        assert tables(sqlite_engine) == {"b"}
        assert pressed(app, page, changes={"agreed": "yes"}).status_code == 200
        assert tables(sqlite_engine) == set()


def test_a_migration_that_reads_the_database_is_said_not_to_be_known(
    sqlite_url: str, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", "op.get_bind().execute(sa.text('SELECT 1'))")
    with developing(sqlite_url, tmp_path / "migrations") as app:
        page = seen(app)
    assert "What it does cannot be known before it runs: it reads the database" in page.text


def test_a_message_is_text_on_the_page(sqlite_url: str, folder: Path) -> None:
    path = next((folder / "versions").glob("r1_*.py"))
    text = path.read_text("utf-8")
    path.write_text(text.replace("message of r1", "<script>alert(1)</script>"), "utf-8")
    with developing(sqlite_url, folder) as app:
        page = seen(app)
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert(1)" not in page.text


def test_the_page_loads_nothing_and_cannot_be_framed(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        pages = [seen(app), seen(app)]
    policies = [page.headers["Content-Security-Policy"] for page in pages]
    assert policies[0].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policies[0]
    assert policies[0] != policies[1]
    assert "http://" not in pages[0].text
    assert "https://" not in pages[0].text


def test_each_bind_is_called_by_its_name(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    history(folder, create("a"))
    history(folder / "users", create("b"))
    users = f"sqlite:///{tmp_path / 'users.db'}"
    with developing(sqlite_url, folder, config={"SQLALCHEMY_BINDS": {"users": users}}) as app:
        told = seen(app, Accept="application/json").json
        assert [each["name"] for each in told["databases"]] == ["default", "users"]
        assert [each["upgrade"] for each in told["databases"]] == [
            "flask db --bind default upgrade",
            "flask db --bind users upgrade",
        ]
        assert pressed(app, seen(app)).status_code == 200
    engine = sa.create_engine(users)
    assert tables(engine) == {"b"}
    engine.dispose()


def test_several_migrate_are_told_apart(sqlite_url: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    history(first, create("a"))
    history(second, create("b"))
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlite_url
    app.debug = True
    db = SQLAlchemy(app)
    Migrate(app, db, directory=first)
    Migrate(app, db, directory=second, command="db2", version_table="versions_2")
    page = seen(app)
    assert 'id="database-2">db2.default' in page.text
    assert "flask db2 upgrade" in page.text
    assert pressed(app, page).status_code == 200
    assert "up to date" in pressed(app, page).text
    with app.app_context():
        assert tables(db.engine) == {"a", "b", "versions_2"}
        db.engine.dispose()


# -- who gets it -----------------------------------------------------------------------------------


def test_who_asks_for_json_gets_json(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        answer = seen(app, Accept="application/json, text/plain, */*")
    assert answer.status_code == 503
    assert answer.json["pending"] == 2
    (database,) = answer.json["databases"]
    assert [step["revision"] for step in database["steps"]] == ["r1", "r2"]
    assert "CREATE TABLE a" in database["steps"][0]["operations"][0]["sql"][0]
    assert answer.json["next_step"] == "Apply them: flask db upgrade"


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "*/*"},
        {"Accept": ""},
        {"Accept": "image/avif,image/webp,*/*;q=0.8"},
        {"Accept": "text/html", "Sec-Fetch-Dest": "image"},
    ],
    ids=["a health check", "a test client", "a picture", "a picture by its place"],
)
def test_who_asks_for_neither_gets_the_app(
    sqlite_url: str, folder: Path, headers: dict[str, str]
) -> None:
    with developing(sqlite_url, folder) as app:
        app.add_url_rule("/up", "up", lambda: "up")
        assert seen(app, "/up", **headers).text == "up"


def test_static_files_and_the_readiness_route_are_left_alone(
    sqlite_url: str, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.html").write_text("a file of the app", "utf-8")
    app = Flask("shop", static_folder=tmp_path)
    settings = {"SQLALCHEMY_DATABASE_URI": sqlite_url, "MIGRATE_REQUIRE_CURRENT": True}
    app.config.from_mapping(settings)
    app.debug = True
    Migrate(app, SQLAlchemy(app), directory=folder)
    with seen(app, f"{app.static_url_path}/site.html") as answer:
        assert answer.text == "a file of the app"
    assert seen(app, "/ready", Accept="application/json").json["ready"] is False
    assert "2 migrations are pending" in seen(app, "/other").text
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("setting", ["production", "testing", "turned off"])
def test_elsewhere_the_app_answers_and_there_is_no_route(
    sqlite_url: str, sqlite_engine: Engine, folder: Path, setting: str
) -> None:
    with developing(sqlite_url, folder) as app:
        page = seen(app)
        if setting == "production":
            app.debug = False
        elif setting == "testing":
            app.testing = True
        else:
            app.config["MIGRATE_PENDING_PAGE"] = False
        assert seen(app, "/other").text == "the app has no such page"
        answer = pressed(app, page)
        assert (answer.status_code, answer.text) == (404, "the app has no such page")
    assert tables(sqlite_engine) == set()


# -- the button ------------------------------------------------------------------------------------


def test_the_button_applies_what_the_page_showed(
    database_url: str, engine: Engine, folder: Path
) -> None:
    with developing(database_url, folder) as app:
        answer = pressed(app, seen(app, "/orders?page=2"))
        assert answer.status_code == 200
        assert "The database is up to date" in answer.text
        assert "2 migrations applied: r1, r2." in answer.text
        assert '<a class="button" href="/orders?page=2">' in answer.text
        assert tables(engine) == {"a", "b"}
        assert seen(app).text == "the app itself"


def test_a_script_is_told_what_happens_as_it_happens(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        answer = pressed(app, seen(app), Accept="application/x-ndjson")
        said = [json.loads(line) for line in answer.text.splitlines()]
    told = [(each["event"], each.get("revision") or each.get("sql", "")[:14]) for each in said]
    assert [each for each in told if each[0] != "statement_finished"] == [
        ("planned", ""),
        ("started", "r1"),
        ("statement", "\nCREATE TABLE "),
        ("finished", "r1"),
        ("started", "r2"),
        ("statement", "\nCREATE TABLE "),
        ("finished", "r2"),
        ("ended", ""),
    ]
    assert said[-1]["done"]
    assert said[-1]["databases"][0]["applied"] == ["r1", "r2"]


def test_the_outcome_is_json_for_who_asks_for_json(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        answer = pressed(app, seen(app), Accept="application/json")
    assert answer.json["done"]
    assert answer.json["databases"][0]["left"] == []


def test_the_button_of_an_older_page_applies_nothing_that_it_did_not_show(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with developing(sqlite_url, folder) as app:
        page = seen(app)
        migration(folder, "r3", "op.drop_table('a')", down_revision="r2")
        answer = pressed(app, page)
        assert answer.status_code == 409
        assert "Other migrations are pending than this page showed." in answer.text
        assert "message of r3" in answer.text
    assert tables(sqlite_engine) == set()


def test_what_was_applied_meanwhile_is_not_an_error(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        page = seen(app)
        with app.app_context():
            upgrade()
        answer = pressed(app, page)
    assert answer.status_code == 200
    assert "Nothing was left to apply: somebody else has done it." in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_way_on_leads_nowhere_else(sqlite_url: str, folder: Path, back: str) -> None:
    with developing(sqlite_url, folder) as app:
        answer = pressed(app, seen(app), changes={"back": back})
    assert '<a class="button" href="/">' in answer.text


def test_an_app_below_a_path_has_the_button_there(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        page = app.test_client().get(
            "/orders", base_url="http://localhost/shop", headers={"Accept": "text/html"}
        )
    assert 'action="/shop/_migrate/upgrade"' in page.text
    assert 'name="back" value="/shop/orders"' in page.text


def test_a_project_with_an_env_py_is_migrated_through_it(
    project: Project, sqlite_engine: Engine
) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask"))
    done(project.flask("db", "migrate", "-m", "first", "--rev-id", "f1"))
    env_py = project.folder / "migrations" / "env.py"
    env_py.write_text(
        env_py.read_text("utf-8") + "\nopen(__file__ + '.ran', 'w').close()\n", "utf-8"
    )
    with developing(project.url, project.folder / "migrations") as app:
        page = seen(app)
        assert "CREATE TABLE customer" in page.text
        assert not env_py.with_name("env.py.ran").exists()
        answer = pressed(app, page, Accept="application/x-ndjson")
        assert json.loads(answer.text.splitlines()[-1])["done"]
        assert '"started"' in answer.text
    assert env_py.with_name("env.py.ran").exists()
    assert tables(sqlite_engine) == {"customer"}


def test_one_history_for_all_with_an_env_py_is_applied_to_each(
    project: Project, sqlite_engine: Engine, tmp_path: Path
) -> None:
    project.app()
    done(project.flask("db", "init", "-t", "flask-multidb"))
    parts = [f"def upgrade_{name}():\n    {create(table)[0]}\n" for name, table in PARTS.items()]
    text = SHARED + "\n\n".join(parts)
    project.write("migrations/versions/m1.py", text)
    config = {"SQLALCHEMY_BINDS": {"users": f"sqlite:///{tmp_path / 'users.db'}"}}
    with developing(project.url, project.folder / "migrations", config=config) as app:
        pending = seen(app, Accept="application/json").json
        assert {each["upgrade"] for each in pending["databases"]} == {"flask db upgrade"}
        said = pressed(app, seen(app), Accept="application/json").json
    each = [(one["name"], one["applied"], one["left"], one["error"]) for one in said["databases"]]
    assert each == [("default", ["m1"], [], None), ("users", ["m1"], [], None)]
    assert tables(sqlite_engine) == {"a"}


# -- what it costs ---------------------------------------------------------------------------------


def test_while_nothing_is_pending_no_database_is_asked(sqlite_url: str, folder: Path) -> None:
    with developing(sqlite_url, folder) as app:
        with app.app_context():
            upgrade()
        settled(folder)
        assert seen(app).text == "the app itself"
        sent: list[str] = []
        statements(app, sent)
        assert seen(app).text == "the app itself"
        assert sent == ["SELECT id FROM b"]


def test_a_new_file_and_a_downgrade_of_this_process_are_seen_at_once(
    sqlite_url: str, folder: Path
) -> None:
    with developing(sqlite_url, folder) as app:
        with app.app_context():
            upgrade()
        settled(folder)
        assert seen(app, "/other").status_code == 404
        migration(folder, "r3", down_revision="r2")
        assert "message of r3" in seen(app, "/other").text
        with app.app_context():
            upgrade()
        settled(folder)
        assert seen(app, "/other").status_code == 404
        with app.app_context():
            downgrade()
        assert "message of r3" in seen(app, "/other").text


def test_a_downgrade_of_another_process_is_seen_where_the_app_misses_something(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with developing(sqlite_url, folder) as app:
        with app.app_context():
            upgrade()
        settled(folder)
        assert seen(app).text == "the app itself"
        execute(
            sqlite_engine,
            "DROP TABLE b",
            "UPDATE alembic_version SET version_num = 'r1'",
        )
        page = seen(app)
        assert page.status_code == 503
        assert "1 migration is pending" in page.text
        assert "message of r1" not in page.text


def test_an_error_of_the_app_is_its_own_while_nothing_is_pending(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with developing(sqlite_url, folder) as app:
        with app.app_context():
            upgrade()
        execute(sqlite_engine, "DROP TABLE b")
        with pytest.raises(sa.exc.OperationalError, match="no such table: b"):
            seen(app)


def test_a_database_that_is_ahead_is_left_to_the_app(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    with developing(sqlite_url, folder) as app:
        with app.app_context():
            upgrade()
        execute(sqlite_engine, "UPDATE alembic_version SET version_num = 'newer'")
        assert seen(app).text == "the app itself"
    assert rows(sqlite_engine, "SELECT version_num FROM alembic_version") == [("newer",)]
