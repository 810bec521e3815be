"""Makes ``pending.png`` beside it: the pending page of the example shop, from a real run.

::

    export SHOP_DATABASE_URL=postgresql+psycopg://shop:secret@localhost/shop
    python docs/pictures/pending.py

The database has to be empty, and is not afterwards; without the variable it is a SQLite file. Needs
what the tests need, and Debian's ``chromium``, ``chromium-driver``, ``fonts-inter`` and
``pngquant``. Without the font another one is in the picture; without pngquant it is larger.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import opened, served  # noqa: E402 - found by the line above
from example_app import create_app  # noqa: E402
from flask_migrate_ext import upgrade  # noqa: E402

FROM = "f6c0de06"
"""Where the shop stands in the picture: four migrations are pending, and one of them destroys."""

FONTS = """\
<?xml version="1.0"?>
<fontconfig>
  <match>
    <test name="family" qual="all" compare="not_contains"><string>Mono</string></test>
    <test name="family" qual="all" compare="not_contains"><string>mono</string></test>
    <test name="family" qual="all" compare="not_eq"><string>Menlo</string></test>
    <test name="family" qual="all" compare="not_eq"><string>Consolas</string></test>
    <edit name="family" mode="prepend" binding="weak"><string>Inter</string></edit>
  </match>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
"""


def main() -> None:
    """Take the picture, and make it small."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        os.environ |= {"FONTCONFIG_FILE": str(folder / "fonts.conf"), "ARTEFACTS": name}
        os.chdir(ROOT / "example_app")  # as somebody who works on it
        app = create_app(os.environ.get("SHOP_DATABASE_URL") or f"sqlite:///{folder / 'shop.db'}")
        app.debug = True
        with app.app_context():
            upgrade(revision=FROM)
        with served(app) as url, opened(folder) as browser:
            browser.say("Emulation.setScrollbarsHidden", hidden=True)
            browser.open(url, width=920, height=1070, scale=2)
            browser.chrome.execute_script("document.querySelectorAll('details')[1].open = true")
            browser.picture("pending")
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()
        small = shutil.which("pngquant")
        if small is not None:
            options = ["--force", "--ext", ".png", "--quality", "70-95", "--strip"]
            subprocess.run([small, *options, str(folder / "pending.png")], check=True)
        shutil.move(folder / "pending.png", HERE / "pending.png")
    print(f"Made {HERE / 'pending.png'}.")


if __name__ == "__main__":
    main()
