"""The tour of the README, taken from the README: its files written, its commands run, in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """The blocks between the markers: the language of each, and its text."""
    _, tour, _ = README.read_text(encoding="utf-8").split("<!-- tour -->")
    return BLOCK.findall(tour)


def commands(console: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console, each with the lines that it is said to print."""
    for one in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        command, *lines = one.splitlines()
        yield command, lines


def run(script: str, folder: Path) -> str:
    """What a script prints; its last line is run where nobody answers questions."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLASK_", "DATABASE_URL"))
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), inherited["PATH"]])
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=inherited | {"PATH": path, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    ).stdout


def missing(lines: Sequence[str], printed: str) -> list[str]:
    """The lines that were not printed, in this order; ``...`` stands for anything."""
    left = iter(printed.splitlines())
    patterns = [".*".join(map(re.escape, line.split("..."))) for line in lines]
    return [
        line
        for line, pattern in zip(lines, patterns, strict=True)
        if not any(re.fullmatch(pattern, each.rstrip()) for each in left)
    ]


def test_the_tour_goes_as_the_readme_says(tmp_path: Path) -> None:
    exported = ""
    ran = []
    for language, text in blocks():
        if language == "python":
            name = text.splitlines()[0].removeprefix("# ")
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        for command, lines in commands(text):
            if command.startswith("export "):
                exported += f"{command}\n"
                continue
            printed = run(exported + command, tmp_path)
            assert missing(lines, printed) == [], f"$ {command}\n{printed}"
            assert "Traceback" not in printed
            ran.append(command)
    assert sum(command.startswith("flask db") for command in ran) > 10
