"""The pictures of the documentation are those that the shop gives today."""

from __future__ import annotations

import runpy
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def test_the_pictures_of_the_documentation_are_current() -> None:
    made = runpy.run_path(str(FOLDER / "make.py"))["pictures"]()
    kept = {name: (FOLDER / name).read_text("utf-8") for name in made}
    assert made == kept, "make them anew: python docs/pictures/make.py"
