"""Which files are the app's own, and which are Python's or an installed package's."""

from __future__ import annotations

import sysconfig
from pathlib import Path

INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of installed packages."""

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


def is_own(path: Path) -> bool:
    """Whether a file is neither Python's own, nor an installed package's, nor this extension's."""
    if not INSTALLED.isdisjoint(path.parts):
        return False
    folders = (STANDARD_LIBRARY, Path(__file__).parent)
    return not any(path.is_relative_to(folder) for folder in folders)
