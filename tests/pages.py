"""Pages of documentation as stories: their files written, their commands run, in order.

A fenced block is, by its language,

::

    console                  commands, `$ ` before each, with what it prints below it: run, compared
    python, ini, toml, ...   a file, whose name is the comment in its first line: written
    text                     neither; what is shown only

A page is told in one fresh folder. What a command prints is on the page from the first line to the
last; `...` stands for anything in a line, and alone on a line for any number of lines. What is
another one in each run is on a page by example:

::

    /home/ada/shop                             the folder
    postgresql+psycopg://ada@localhost/shop    a database made for this page
    9fa7ddd3abf9                               a revision, the same one wherever it stands

`python tests/pages.py PAGE ...` writes into pages what is printed now, where it is something else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown_it import MarkdownIt
from sqlalchemy import make_url

from projects import forget_byte_code
from servers import MARIADB, POSTGRESQL, Product, Servers, fresh_database

ROOT = Path(__file__).parents[1]
FOLDER = "/home/ada/shop"
SHOWN = "text"
COMMANDS = "console"
FILES = frozenset({"python", "ini", "toml", "yaml", "mako", "html", "sh", "dockerfile"})

FILE_NAME = re.compile(r"(?:#|<!--) (\S+\.\w+|Dockerfile)(?: -->)?\n")
REVISION = re.compile(r"(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])")
ADDRESS = re.compile(r"\b(postgresql|mysql)\+\w+://ada@localhost/(\w+)")
SERVERS = {"postgresql": POSTGRESQL, "mysql": MARIADB}

DatabaseOn = Callable[[Product], AbstractContextManager[str]]
"""Makes an empty database on a product, gives its URL, and drops it."""


# -- what is on a page -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page.

    :param line: where its text begins, counted from 0.
    """

    language: str
    text: str
    line: int

    @property
    def name(self) -> str | None:
        """The file that it is; None where its first line names none."""
        found = FILE_NAME.match(self.text)
        return found and found[1]

    @property
    def commands(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The commands, each with the lines that it is said to print."""
        for one in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, *lines = one.splitlines()
            yield command, tuple(lines)


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page; one that is indented instead of fenced has no language."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [
        Block(token.info.strip(), token.content, token.map[0] + (token.type == "fence"))
        for token in tokens
        if token.type in ("fence", "code_block") and token.map
    ]


# -- a page that is told ---------------------------------------------------------------------------


@dataclass(slots=True)
class Story:
    """A page while it is told.

    :param folder: where its files are written and its commands run.
    :param names: what has another name here than on the page, by its name there.
    :param hidden: the same for what is only ever printed, such as an address without its password.
    :param exported: what its commands have exported.
    """

    folder: Path
    names: dict[str, str]
    hidden: dict[str, str] = field(default_factory=dict)
    exported: list[str] = field(default_factory=list)

    def write(self, name: str, text: str) -> None:
        """Write a file; the line that names it stays, as a comment."""
        path = self.folder / _replaced(name, self.names)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_replaced(text, self.names), encoding="utf-8")
        forget_byte_code(path)

    def run(self, command: str) -> list[str]:
        """The lines that a command prints, in the page's words; nobody answers its questions."""
        here = _replaced(command, self.names)
        if command.startswith(("export ", "unset ")):
            self.exported.append(here)
            return []
        printed = subprocess.run(
            ["bash", "-c", "\n".join([*self.exported, here])],
            cwd=self.folder,
            env=_surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        ).stdout
        there = {here: there for there, here in self.names.items()} | self.hidden
        return [line.rstrip() for line in _replaced(printed, there).splitlines()]

    def agrees(self, lines: Sequence[str], printed: Sequence[str]) -> bool:
        """Whether a page's lines say what was printed; revisions that they name are known then."""
        pattern = "".join("(?:.*\n)*?" if line == "..." else _pattern(line) for line in lines)
        seen: set[str] = set()

        def revision(found: re.Match[str]) -> str:
            name = found[0]
            if name in self.names:
                return name
            form = f"(?P=r{name})" if name in seen else f"(?P<r{name}>[0-9a-f]{{12}})"
            seen.add(name)
            return form

        found = re.fullmatch(REVISION.sub(revision, pattern), "".join(f"{x}\n" for x in printed))
        if found is None:
            return False
        new = {group[1:]: value for group, value in found.groupdict().items()}
        if len({*new.values()} - {*self.names, *self.names.values()}) < len(new):
            return False  # two names for one revision
        self.names |= new
        return True


def _pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split("..."))) + "\n"


def _replaced(text: str, names: Mapping[str, str]) -> str:
    """A text with other names in it; of two that begin alike the longer one is meant."""
    each = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(each, lambda found: names[found[0]], text) if names else text


def _surroundings() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLASK_", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE"))
        and name != "CI"  # pytest says more there, and a page shows what somebody sees at home
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    alone = (
        "-p no:cacheprovider -p no:pytest_alembic"  # pytest as a project has it that needs no more
    )
    return kept | {"PATH": path, "NO_COLOR": "1", "PYTHONUTF8": "1", "PYTEST_ADDOPTS": alone}


@contextmanager
def story(page: Path, folder: Path, database_on: DatabaseOn) -> Iterator[Story]:
    """A page's story at its beginning, with the databases that the page names."""
    named = dict.fromkeys(ADDRESS.findall(page.read_text(encoding="utf-8")))
    with ExitStack() as made:
        names, hidden = {FOLDER: str(folder.resolve())}, {}
        for backend, name in named:
            product = SERVERS[backend]
            url = make_url(made.enter_context(database_on(product))).set(query={})
            hidden[str(url.database)] = name
            for each in (url.set(drivername=product.driver), url.set(drivername=backend)):
                shown = f"{each.drivername}://ada@localhost/{name}"
                names[shown] = each.render_as_string(hide_password=False)
                hidden[each.render_as_string(hide_password=True)] = shown
        yield Story(folder, names, hidden)


@dataclass(frozen=True, slots=True)
class Told:
    """One command of a page, what the page says that it prints, and what it prints."""

    block: Block
    command: str
    lines: Sequence[str]
    printed: Sequence[str]
    agrees: bool


def tell(page: Path, told: Story) -> Iterator[Told]:
    """Tell a page, command by command; behind one that does not agree it goes on."""
    for block in blocks(page):
        if block.language == COMMANDS:
            for command, lines in block.commands:
                printed = told.run(command)
                yield Told(block, command, lines, printed, told.agrees(lines, printed))
        elif block.language in FILES and block.name:
            told.write(block.name, block.text)


# -- a page that is written again ------------------------------------------------------------------

VARYING = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d([.]\d+[+-]\d\d:\d\d| UTC)": "...",
    r"\b\d+\.\d+ s\b": "... s",
    r" in \d+\.\d+s$": " in ...",
    r"^index [0-9a-f]{7}.*": "index ...",
    r" by \S+ on \S+": " by ...",
}


def write_again(page: Path, story: Story) -> None:
    """Put what is printed now into a page, where it is something else."""
    texts: dict[Block, str] = {}
    for told in tell(page, story):
        lines = told.lines
        if not told.agrees:
            lines = told.printed
            for varying, dots in VARYING.items():
                lines = [re.sub(varying, dots, line) for line in lines]
            said = (id for line in lines for id in REVISION.findall(line))
            story.names = {id: id for id in said} | story.names
        text = "".join(f"{line}\n" for line in (f"$ {told.command}", *lines))
        texts[told.block] = texts.get(told.block, "") + text
    written = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block in sorted(texts, key=lambda each: each.line, reverse=True):
        fence = written[block.line - 1]
        indent = fence[: len(fence) - len(fence.lstrip())]
        now = [f"{indent}{line}".rstrip() + "\n" for line in texts[block].splitlines()]
        written[block.line : block.line + len(block.text.splitlines())] = now
    page.write_text("".join(written), encoding="utf-8")


def main(pages: Sequence[str]) -> None:
    """Write pages again."""
    servers = Servers()

    def database_on(product: Product) -> AbstractContextManager[str]:
        return fresh_database(product, servers.url(product))

    try:
        for page in map(Path, pages):
            with TemporaryDirectory() as folder, story(page, Path(folder), database_on) as told:
                write_again(page, told)
    finally:
        servers.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
