"""The pages of the documentation: each is told in a fresh folder, and says what is printed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pages import COMMANDS, FILES, ROOT, SHOWN, DatabaseOn, blocks, story, tell

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
STORIES = [
    page for page in PAGES if any(block.language in {COMMANDS, *FILES} for block in blocks(page))
]
PROGRAMS = ("git", "psql")
"""What pages run beside Python and the shell's own; CI installs them."""


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", STORIES, ids=name)
def test_a_page_goes_as_it_says(page: Path, tmp_path: Path, database_on: DatabaseOn) -> None:
    for program in PROGRAMS:
        if f"$ {program} " in page.read_text("utf-8") and not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    with story(page, tmp_path, database_on) as begun:
        for told in tell(page, begun):
            said = [f"$ {told.command}", *told.printed, "", "The page says:", *told.lines]
            assert told.agrees, "\n".join(said)
            assert "Traceback (most recent call last)" not in told.printed


@pytest.mark.parametrize("page", STORIES, ids=name)
def test_every_python_file_of_a_page_is_run(page: Path) -> None:
    each = blocks(page)
    idle = []
    for number, block in enumerate(each):
        if block.language != "python":
            continue
        path = Path(block.name or "")
        later = [other.text for other in each[number + 1 :] if other.language == COMMANDS]
        used = "".join([*later, *(other.text for other in each if other is not block)])
        is_found = path.stem == "app" or path.parts[0] == "migrations"  # by Flask, by the engine
        if not later or not (is_found or re.search(rf"\b{path.stem}\b", used)):
            idle.append(block.name)
    assert idle == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_block_of_a_page_is_left_out(page: Path) -> None:
    directives = ("{toctree}", "{eval-rst}", "{click}")
    assert [
        f"{name(page)}, line {block.line}: {block.language or 'no language'}"
        for block in blocks(page)
        if not (
            block.language in {SHOWN, COMMANDS, *directives}
            or (block.language in FILES and block.name)
        )
    ] == []
