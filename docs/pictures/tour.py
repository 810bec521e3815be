"""The picture in the README: a part of its tour, run in a terminal of its own, as an SVG.

::

    python docs/pictures/tour.py

Nothing in it is drawn by hand. The files and commands before that part are told as well, unseen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from pages import COMMANDS, FILES, FOLDER, blocks  # noqa: E402 - in a folder that is no package

SVG = Path(__file__).with_name("tour.svg")
WIDTH = 104
SEEN = "--rename"
"""What a command says in the block that is seen."""

PAPER = TerminalTheme(
    (250, 250, 247),
    (36, 41, 47),
    [
        (36, 41, 47),
        (180, 35, 24),
        (17, 99, 41),
        (125, 78, 0),
        (9, 80, 174),
        (130, 80, 223),
        (27, 124, 131),
        (87, 96, 106),
    ],
)
"""Dark text on a light ground of its own, so that it is read on GitHub's two themes alike."""


def on_terminal(command: str, folder: Path) -> str:
    """What a command prints where a terminal shows it; nobody answers its questions."""
    ours, theirs = os.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env=kept | {"PATH": path, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        printed = b""
        while data := _read(ours):
            printed += data
    os.close(ours)
    return printed.decode().replace("\r\n", "\n").replace(str(folder.resolve()), FOLDER)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux: the other end is closed
        return b""


def drawn(folder: Path) -> Console:
    """The tour, told in a folder up to the block that is seen, and recorded there."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for block in blocks(ROOT / "README.md"):
            if block.language in FILES and block.name:
                (folder / block.name).write_text(block.text, encoding="utf-8")
            if block.language != COMMANDS:
                continue
            is_seen = SEEN in block.text
            for command, _ in block.commands:
                printed = on_terminal(command, folder)
                if is_seen and command.startswith("flask "):
                    console.print(Text("$ ", style="bold green") + Text(command, style="bold"))
                    console.print(Text.from_ansi(printed))
            if is_seen:
                break
        return console


def main() -> None:
    """Write the picture, with the reader's own fonts: rich's come from another site."""
    with TemporaryDirectory() as folder:
        console = drawn(Path(folder))
    svg = console.export_svg(title="flask db", theme=PAPER, unique_id="tour")
    svg = re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    SVG.write_text(svg.replace("Fira Code", "ui-monospace, Menlo, Consolas"), encoding="utf-8")


if __name__ == "__main__":
    main()
