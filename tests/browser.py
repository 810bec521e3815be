"""A headless Chromium for tests of pages: where it is found, and what is asked of it.

Debian has it as ``chromium`` and ``chromium-driver``. Pictures go to the folder that ``ARTEFACTS``
names, or to the test's own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from axe_selenium_python import Axe
from flask import Flask
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import make_server

SECONDS = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


class NoBrowser(Exception):
    """Chromium or its driver is not installed."""


class Browser:
    """One window of a Chromium.

    :param pictures: where they are put.
    """

    def __init__(self, chrome: Chrome, pictures: Path) -> None:
        self.chrome = chrome
        self.pictures = pictures
        pictures.mkdir(parents=True, exist_ok=True)

    def open(
        self,
        url: str,
        *,
        width: int = 1000,
        height: int = 900,
        scale: float = 1,
        dark: bool = False,
    ) -> None:
        """Load a page in a window of this size, in CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale}
        self.say("Emulation.setDeviceMetricsOverride", **metrics, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        motion = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.say("Emulation.setEmulatedMedia", features=[scheme, motion])
        self.chrome.get(url)

    def say(self, command: str, **arguments: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.chrome.execute_cdp_cmd(command, arguments)

    def at(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What the elements of a CSS selector say."""
        return [each.text for each in self.chrome.find_elements(By.CSS_SELECTOR, selector)]

    def wait_for(self, selector: str, text: str) -> None:
        """Wait until an element says this."""
        gone = (NoSuchElementException, StaleElementReferenceException)  # while a page is loaded
        waiting = WebDriverWait(self.chrome, SECONDS, 0.05, ignored_exceptions=gone)
        waiting.until(lambda _: text in self.at(selector).text)

    def picture(self, name: str) -> Path:
        """Keep what is seen."""
        path = self.pictures / f"{name}.png"
        assert self.chrome.save_screenshot(str(path))
        return path

    def is_wider_than_its_window(self) -> bool:
        """Whether one has to scroll sideways."""
        width = "return document.documentElement.scrollWidth > window.innerWidth"
        return bool(self.chrome.execute_script(width))

    def barriers(self) -> list[str]:
        """What keeps people out, by the rules of axe-core: the rule, and where it is broken."""
        axe = Axe(self.chrome)
        # By the DevTools protocol, because the page lets no script in.
        self.say("Runtime.evaluate", expression=Path(axe.script_url).read_text("utf-8"))
        return [
            f"{broken['id']}: {node['target']} {node['failureSummary']}"
            for broken in axe.run()["violations"]
            for node in broken["nodes"]
        ]


@contextmanager
def opened(pictures: Path) -> Iterator[Browser]:
    """A browser, closed afterwards.

    :raises NoBrowser: none is installed.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if found is None or driver is None:
        raise NoBrowser(f"one of {', '.join(BROWSERS)}, and chromedriver, have to be in PATH")
    options = ChromeOptions()
    options.binary_location = found
    for option in OPTIONS:
        options.add_argument(option)
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield Browser(chrome, Path(os.environ.get("ARTEFACTS") or pictures))
    finally:
        chrome.quit()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an app that is served meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
