"""The pending page in a Chromium, as people see it; its pictures are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy.engine import Engine

from browser import Browser, served
from example_app import create_app
from flask_migrate_ext import upgrade
from histories import create, execute, history, tables
from pending_pages import developing

FAILS = "op.execute('INSERT INTO nowhere VALUES (1)')"
WAITS = """\
from flask import current_app
op.get_bind().execute(sa.text('SELECT 1'))  # which ends the dry run here
current_app.config['BEGUN'].set()
assert current_app.config['GO'].wait(30)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    """The address of the example shop, five of whose migrations are pending."""
    app = create_app(f"sqlite:///{tmp_path / 'shop.db'}")
    app.debug = True
    with app.app_context():
        upgrade(revision="e5c0de05")
    with served(app) as url:
        yield url
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [("pending", 1000, False), ("dark", 1000, True), ("narrow", 360, False)],
)
def test_the_page_can_be_read_by_everybody(
    browser: Browser, shop: str, name: str, width: int, dark: bool
) -> None:
    browser.open(shop, width=width, dark=dark)
    browser.picture(name)
    assert browser.at("h1").text == "5 migrations are pending"
    assert not browser.is_wider_than_its_window()
    browser.chrome.execute_script(
        "document.querySelectorAll('details').forEach(e => e.open = true)"
    )
    assert not browser.is_wider_than_its_window()
    assert browser.barriers() == []


def test_the_keyboard_alone_applies_what_is_pending(browser: Browser, shop: str) -> None:
    browser.open(f"{shop}/?page=1")
    keys = []
    for _ in range(20):
        browser.chrome.switch_to.active_element.send_keys(Keys.TAB)
        keys.append(browser.chrome.switch_to.active_element.tag_name)
        if keys[-1] == "input":
            browser.chrome.switch_to.active_element.send_keys(Keys.SPACE)
        if keys[-1] == "button":
            break
    assert keys == ["summary"] * 3 + ["input", "button"]
    browser.chrome.switch_to.active_element.send_keys(Keys.ENTER)
    browser.wait_for("h1", "The database is up to date")
    browser.picture("applied")
    assert browser.texts(".state") == ["applied"] * 5
    assert browser.barriers() == []
    browser.chrome.switch_to.active_element.send_keys(Keys.ENTER)
    browser.wait_for("h1", "Orders")
    assert browser.chrome.current_url == f"{shop}/?page=1"


def test_what_destroys_rows_is_not_applied_without_the_tick(browser: Browser, shop: str) -> None:
    browser.open(shop)
    browser.at("button").click()
    assert browser.chrome.switch_to.active_element.get_attribute("name") == "agreed"
    assert browser.at("h1").text == "5 migrations are pending"


def test_how_it_goes_is_seen_while_it_goes(
    browser: Browser, sqlite_url: str, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("a"), WAITS, create("b"))
    events = {"BEGUN": Event(), "GO": Event()}
    with (
        developing(sqlite_url, tmp_path / "migrations") as app,
        served(app) as url,
    ):
        browser.open(url)
        app.config.update(events)
        browser.at("button").click()
        assert events["BEGUN"].wait(30)
        browser.wait_for("#status", "2 of 3: message of r2")
        browser.picture("running")
        assert browser.texts(".state")[1:] == ["running", ""]
        assert browser.at("#progress").get_attribute("value") == "1"
        assert browser.at("button").get_attribute("aria-disabled") == "true"
        assert browser.barriers() == []
        events["GO"].set()
        browser.wait_for("h1", "The database is up to date")


def test_a_failure_says_what_was_undone_and_can_be_tried_again(
    browser: Browser, sqlite_url: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("a"), FAILS, create("b"))
    with (
        developing(sqlite_url, tmp_path / "migrations") as app,
        served(app) as url,
    ):
        browser.open(url)
        browser.at("button").click()
        browser.wait_for("h1", "Not all migrations were applied")
        browser.picture("failed")
        assert browser.texts(".state") == ["rolled back", "failed", "not applied"]
        assert "The upgrade of r2 failed in" in browser.at("#outcome").text
        assert "Correct the migration, then run: flask db upgrade" in browser.at("#outcome").text
        assert browser.barriers() == []
        assert tables(sqlite_engine) == set()
        execute(sqlite_engine, "CREATE TABLE nowhere (id INTEGER)")
        assert browser.at("button").text == "Try again"
        browser.at("button").click()
        browser.wait_for("h1", "The database is up to date")
    assert tables(sqlite_engine) == {"a", "b", "nowhere"}


def test_a_page_of_an_older_process_is_told_to_be_loaded_again(
    browser: Browser, sqlite_url: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    history(tmp_path / "migrations", create("b"))
    with developing(sqlite_url, tmp_path / "migrations") as app, served(app) as url:
        browser.open(url)
        browser.chrome.execute_script("document.querySelector('[name=token]').value = 'older'")
        browser.at("button").click()
        browser.wait_for("h1", "Nothing was applied")
        assert "Open the page again" in browser.at("#outcome").text
        assert tables(sqlite_engine) == set()
        browser.at("button").click()
        browser.wait_for("h1", "1 migration is pending")
        browser.at("button").click()
        browser.wait_for("h1", "The database is up to date")


@pytest.mark.parametrize("fails", [False, True], ids=["applied", "failed"])
def test_without_javascript_the_page_works_as_well(
    browser: Browser, sqlite_url: str, tmp_path: Path, fails: bool
) -> None:
    history(tmp_path / "migrations", FAILS if fails else create("b"))
    browser.say("Emulation.setScriptExecutionDisabled", value=True)
    try:
        with developing(sqlite_url, tmp_path / "migrations") as app, served(app) as url:
            browser.open(url)
            browser.at("button").click()
            said = "Not all migrations were applied" if fails else "The database is up to date"
            browser.wait_for("h1", said)
            browser.picture("failed-without-script" if fails else "applied-without-script")
            if not fails:
                browser.at("#continue a").click()
                browser.wait_for("body", "the app itself")
    finally:
        browser.say("Emulation.setScriptExecutionDisabled", value=False)
