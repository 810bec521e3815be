"""The machine that figures are from: what a reader has to know of it, not whose it is."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

DISTRIBUTIONS = ("SQLAlchemy", "alembic", "Flask", "Flask-Migrate", "Flask-SQLAlchemy")
PROCESSORS = Path("/proc/cpuinfo")


def description(servers: Mapping[str, str]) -> dict[str, str]:
    """Cores, memory and versions, in words.

    :param servers: product to version, of those that were measured on.
    """
    found = {
        "system": f"{platform.system()}, {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{_bytes_of_memory() / 2**30:.0f} GiB",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }
    return found | {name: version(name) for name in DISTRIBUTIONS} | dict(servers)


def _processor() -> str:
    if PROCESSORS.exists():
        for line in PROCESSORS.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"


def _bytes_of_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
