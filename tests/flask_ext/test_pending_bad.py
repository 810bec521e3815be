"""The pending page where something is wrong: nothing is applied that should not be."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from flask_migrate_ext.pending import page as pages
from histories import create, execute, history, rows, tables
from pending_pages import ROUTE, developing, fields, pressed, seen

SECRET = "s3cr3t-word"
FAILS = "op.execute('INSERT INTO nowhere VALUES (1)')"
WAITS = """\
from flask import current_app
op.get_bind().execute(sa.text('SELECT 1'))  # which ends the dry run here
current_app.config['BEGUN'].set()
assert current_app.config['GO'].wait(30)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations, each of which makes a table."""
    history(tmp_path / "migrations", create("a"), create("b"))
    return tmp_path / "migrations"


@pytest.fixture
def app(sqlite_url: str, folder: Path) -> Iterator[Flask]:
    """An app with those migrations pending."""
    with developing(sqlite_url, folder) as made:
        yield made


# -- who may not -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Origin": "https://evil.example"}, "came from a page of https://evil.example"),
        ({"Origin": "null"}, "came from a page of null"),
        ({"Origin": "http://localhost:8080"}, "came from a page of http://localhost:8080"),
        ({"Sec-Fetch-Site": "cross-site"}, "came from a page of another site"),
        ({"Sec-Fetch-Site": "same-site"}, "came from a page of another site"),
    ],
)
def test_a_foreign_page_cannot_press_the_button(
    app: Flask, sqlite_engine: Engine, headers: dict[str, str], why: str
) -> None:
    answer = pressed(app, seen(app), **headers)
    assert answer.status_code == 403
    assert why in answer.text
    assert "Nothing was applied." in answer.text
    assert "flask db upgrade" in answer.text
    assert tables(sqlite_engine) == set()


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
@pytest.mark.parametrize("told", [True, False], ids=["told where from", "not told"])
def test_a_wrong_token_applies_nothing(
    app: Flask, sqlite_engine: Engine, token: str, told: bool
) -> None:
    nothing = {} if told else {"Origin": "", "Sec-Fetch-Site": ""}
    answer = pressed(app, seen(app), changes={"token": token}, **nothing)
    assert answer.status_code == 403
    assert "The token is not that of this process" in answer.text
    assert tables(sqlite_engine) == set()


def test_what_is_no_form_of_the_page_applies_nothing(app: Flask, sqlite_engine: Engine) -> None:
    client, said = app.test_client(), fields(seen(app))
    assert client.post(ROUTE, json=said).status_code == 403
    assert client.post(ROUTE, data={**said, "more": "x" * 200_000}).status_code == 403
    assert client.get(ROUTE, query_string=said).status_code == 404
    assert tables(sqlite_engine) == set()


@pytest.mark.parametrize("peer", ["192.168.1.7", "10.0.0.1", "::2", "", "localhost"])
def test_from_another_machine_there_is_neither_page_nor_route(
    app: Flask, sqlite_engine: Engine, peer: str
) -> None:
    answer = pressed(app, seen(app), peer=peer)
    assert (answer.status_code, answer.text) == (404, "the app has no such page")
    away = {"REMOTE_ADDR": peer}
    answer = app.test_client().get("/x", headers={"Accept": "text/html"}, environ_base=away)
    assert answer.text == "the app has no such page"
    assert tables(sqlite_engine) == set()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},
        {"X-Real-IP": "203.0.113.9"},
        {"Forwarded": 'for=127.0.0.1;proto=http, for="[2001:db8::1]"'},
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "shop.tunnel.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
    ],
    ids=lambda headers: next(iter(headers.values())),
)
def test_a_proxy_that_lets_others_in_and_a_foreign_name_get_the_app(
    app: Flask, sqlite_engine: Engine, headers: dict[str, str]
) -> None:
    page = seen(app)
    assert seen(app, "/x", **headers).text == "the app has no such page"
    assert pressed(app, page, **headers).status_code == 404
    assert tables(sqlite_engine) == set()


def test_a_forwarded_address_of_this_machine_makes_nobody_local(app: Flask) -> None:
    answer = pressed(app, seen(app), peer="192.168.1.7", **{"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 404


def test_an_address_that_proxyfix_put_in_place_is_not_believed(app: Flask) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    answer = pressed(app, seen(app), peer="192.168.1.7", **{"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 404


def test_a_name_that_proxyfix_put_in_place_is_not_believed(app: Flask) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign]
    foreign = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
    assert seen(app, "/x", **foreign).text == "the app has no such page"


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1", "[::1]:5000", "shop.localhost"])
def test_the_names_of_this_machine_are_known(app: Flask, host: str) -> None:
    page = seen(app, Host=host)
    assert page.status_code == 503
    assert pressed(app, page, Host=host, Origin=f"http://{host}").status_code == 200


@pytest.mark.parametrize(
    "config", [{"SERVER_NAME": "shop.test:80"}, {"TRUSTED_HOSTS": ["shop.test"]}]
)
def test_a_name_that_the_developer_gave_is_one_of_this_machine(
    sqlite_url: str, folder: Path, config: dict[str, object]
) -> None:
    with developing(sqlite_url, folder, config=config) as app:
        assert seen(app, Host="shop.test").status_code == 503


# -- what cannot be told ---------------------------------------------------------------------------


def test_a_database_that_is_down_is_left_to_the_app_and_the_log_says_why(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"postgresql+psycopg://ada:{SECRET}@127.0.0.1:1/shop"
    with developing(url, folder) as app:
        assert seen(app, "/x").text == "the app has no such page"
        assert seen(app, "/x").text == "the app has no such page"
    assert caplog.text.count("It cannot be told whether migrations are pending") == 1
    assert "Check that the server runs" in caplog.text
    assert SECRET not in caplog.text


def test_a_history_that_cannot_be_read_is_left_to_the_app_and_the_log_says_why(
    app: Flask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "versions" / "r3_.py").write_text("revision = 'r3'\ndown_revision = (", "utf-8")
    assert seen(app, "/x").text == "the app has no such page"
    assert "r3_.py" in caplog.text
    assert 'app.config["MIGRATE_PENDING_PAGE"] = False' in caplog.text


def test_a_database_that_goes_down_before_the_button_is_pressed(
    app: Flask, folder: Path, tmp_path: Path
) -> None:
    page = seen(app)
    (tmp_path / "test.db").write_bytes(b"no database" * 100)
    answer = pressed(app, page)
    assert answer.status_code == 503
    assert "file is not a database" in answer.text
    assert "Nothing was applied." in answer.text


def test_a_page_that_is_broken_is_said_as_a_document(
    app: Flask,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "page.html").write_text("{{ sheet.nothing_of_that_name }}", "utf-8")
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    answer = seen(app)
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    assert answer.json["next_step"] == "Apply them: flask db upgrade"
    assert "nothing_of_that_name" in caplog.text


def test_a_file_that_cannot_be_planned_is_named_beside_what_is_pending(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    path = next((folder / "versions").glob("r2_*.py"))
    path.write_text(path.read_text("utf-8").replace("def upgrade()", "def upgraed()"), "utf-8")
    with developing(sqlite_url, folder) as app:
        page = seen(app)
        assert "message of r2" in page.text
        assert "r2_.py" in page.text
        answer = pressed(app, page)
        assert answer.status_code == 500
        assert "has no upgrade()" in answer.text
    assert tables(sqlite_engine) == set()


# -- a run that fails ------------------------------------------------------------------------------


def test_a_migration_that_fails_says_so_and_what_next(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("a"), FAILS)
    with developing(database_url, tmp_path / "migrations") as app:
        answer = pressed(app, seen(app))
        assert answer.status_code == 500
        assert "Not all migrations were applied" in answer.text
        assert "The upgrade of r2 failed in" in answer.text
        assert "nowhere" in answer.text
        assert "<b>Next</b>" in answer.text
        said = pressed(app, seen(app), Accept="application/json").json
        keeps = engine.dialect.name == "mysql"
        assert said["databases"][0]["left"] == (["r2"] if keeps else ["r1", "r2"])
        assert said["done"] is False
        assert tables(engine) == ({"a"} if keeps else set())


def test_a_table_that_create_all_made_leads_to_adopt(
    sqlite_url: str, sqlite_engine: Engine, folder: Path
) -> None:
    execute(sqlite_engine, "CREATE TABLE a (id INTEGER)")
    with developing(sqlite_url, folder) as app:
        answer = pressed(app, seen(app))
    assert "flask db adopt" in answer.text
    assert "The table was made without this migration." in answer.text


def test_one_database_that_fails_keeps_no_other_from_being_done(
    sqlite_url: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    history(folder, FAILS)
    history(folder / "users", create("b"))
    users = f"sqlite:///{tmp_path / 'users.db'}"
    with developing(sqlite_url, folder, config={"SQLALCHEMY_BINDS": {"users": users}}) as app:
        said = pressed(app, seen(app), Accept="application/json").json
    default, bind = said["databases"]
    assert (default["left"], default["error"]["type"]) == (["r1"], "MigrationFailed")
    assert (bind["applied"], bind["left"], bind["error"]) == (["r1"], [], None)
    assert "flask db --bind default upgrade" in said["next_step"]


def test_what_a_killed_run_left_is_said_before_the_button_is_pressed(
    mariadb_url: str, mariadb_engine: Engine, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", f"{create('a')[0]}\n{FAILS}")
    with developing(mariadb_url, tmp_path / "migrations") as app:
        pressed(app, seen(app))
        page = seen(app)
    assert "stopped" in page.text
    assert "flask db upgrade --resume" in page.text
    assert "Nothing has been changed yet" not in page.text
    assert "<button" not in page.text


# -- two at once -----------------------------------------------------------------------------------


def test_of_two_who_press_at_once_the_second_waits_and_has_nothing_left_to_do(
    sqlite_url: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("a"), WAITS)
    events = {"BEGUN": Event(), "GO": Event()}
    with developing(sqlite_url, tmp_path / "migrations") as app, ThreadPoolExecutor() as people:
        pages = seen(app), seen(app)
        app.config.update(events)
        streaming = {"Accept": "application/x-ndjson"}
        first = people.submit(lambda: pressed(app, pages[0], **streaming).text)
        assert events["BEGUN"].wait(30)
        second = app.test_client().post(
            ROUTE, data=fields(pages[1]), headers=streaming, buffered=False
        )
        lines = iter(second.response)
        waiting = json.loads(next(lines))
        events["GO"].set()
        *_, end = [json.loads(line) for line in lines]
        done = json.loads(first.result().splitlines()[-1])
    assert waiting["event"] == "waiting"
    assert done["databases"][0]["applied"] == ["r1", "r2"]
    assert (end["done"], end["databases"][0]["applied"]) == (True, [])
    applied = rows(sqlite_engine, "SELECT count(*) FROM migration_log WHERE direction = 'upgrade'")
    assert applied == [(2,)]


def test_another_process_that_migrates_is_waited_for_and_named(
    sqlite_url: str, tmp_path: Path, folder: Path
) -> None:
    with developing(sqlite_url, folder, lock_timeout=0.2) as app:
        page = seen(app)
        other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = pressed(app, page, Accept="application/x-ndjson")
        other.close()
    said = [json.loads(line) for line in answer.text.splitlines()]
    assert said[0]["event"] == "waiting"
    assert said[-1]["databases"][0]["error"]["type"] == "LockTimeout"
    assert said[-1]["databases"][0]["left"] == ["r1", "r2"]
    assert said[-1]["next_step"].startswith("Wait for that process to finish")


def test_a_run_goes_on_where_the_browser_is_closed(
    sqlite_url: str, sqlite_engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    history(tmp_path / "migrations", WAITS, create("b"))
    events = {"BEGUN": Event(), "GO": Event()}
    with developing(sqlite_url, tmp_path / "migrations") as app:
        page = seen(app)
        app.config.update(events)
        answer = app.test_client().post(
            ROUTE, data=fields(page), headers={"Accept": "application/x-ndjson"}, buffered=False
        )
        next(iter(answer.response))
        answer.close()
        assert events["BEGUN"].wait(30)
        events["GO"].set()
        assert pressed(app, page).status_code == 200  # which waits for the one before
    assert tables(sqlite_engine) == {"b"}
