"""A history drawn: in the terminal, and as documents that are read back."""

from __future__ import annotations

import json
import random
import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from migrate_core.drawing import FORMATS, written
from migrate_core.drawing.history import Fold, HistoryPicture, Told, picture
from migrate_core.drawing.terminal import ASCII, BOXES, Pen, lines, pen
from migrate_core.graph import Revision, RevisionGraph

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = '</title></script><script>alert("1")</script> \\ #`{}[] 発送先 \x00\x1b & more'


def graph(*revisions: Revision) -> RevisionGraph:
    return RevisionGraph.of(revisions)


def branched() -> RevisionGraph:
    """A branch and a merge, and another history that one revision depends on."""
    return graph(
        Revision("a", labels=("shop",), doc="first"),
        Revision("b", ("a",)),
        Revision("c", ("a",)),
        Revision("m", ("b", "c"), doc="both"),
        Revision("n"),
        Revision("z", ("m",), depends_on=("n",)),
    )


def line_of(length: int) -> RevisionGraph:
    return graph(
        *(Revision(f"r{n}", (f"r{n - 1}",) if n else (), doc=f"step {n}") for n in range(length))
    )


def drawn(found: HistoryPicture, pen: Pen) -> list[str]:
    """The lines, each with the id that it is about."""
    return [
        (
            "".join(text for text, _ in line.cells) + (line.node.revision.id if line.node else "")
        ).rstrip()
        for line in lines(found, pen)
    ]


def xml(found: HistoryPicture) -> ElementTree.Element:
    return ElementTree.fromstring(written(found, "svg"))


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag if ("class", "row") not in attrs else "row")

    def handle_data(self, data: str) -> None:
        if self.opened[-1:] == ["script"]:
            self.scripts.append(data)


def test_branches_merges_and_dependencies_are_drawn_in_box_characters() -> None:
    assert drawn(picture(branched(), {}, ["b"]), BOXES) == [
        "○ z",
        "├┄╮",
        "○ ┊ m",
        "├─┊─╮",
        "◉ ┊ │ b",
        "│ ┊ ○ c",
        "├─┊─╯",
        "● ┊ a",
        "  ○ n",
    ]


def test_a_terminal_without_box_characters_gets_plain_ones() -> None:
    assert pen("ascii") is ASCII
    assert pen(None) is ASCII
    assert pen("utf-8") is BOXES
    found = drawn(picture(branched(), {}, None), ASCII)
    assert "".join(found).isascii()
    assert found[0] == "? z"


def test_what_is_applied_is_left_open_where_the_database_was_not_asked() -> None:
    found = picture(branched(), {}, None)
    assert [node.applied for node in found.nodes] == [None] * 6
    assert "not asked" in found.summary
    assert "pending" not in written(found, "mermaid").replace("classDef pending", "")


def test_below_a_revision_without_a_file_only_what_is_known_is_called_applied() -> None:
    found = picture(branched(), {}, ["b", "gone"])
    assert {node.revision.id: node.applied for node in found.nodes} == {
        "a": True,
        "b": True,
        **dict.fromkeys("cmnz"),
    }
    assert "gone, which no file has" in found.summary


def test_a_long_line_is_folded_and_can_be_unfolded_in_a_page() -> None:
    found = picture(line_of(500), {}, ["r499"])
    assert len(found.entries) < 10
    [fold] = [entry for entry in found.entries if isinstance(entry, Fold)]
    said = f"{len(fold.nodes)} revisions"
    assert all(said in written(found, format) for format in FORMATS)
    assert Page(written(found, "html")).opened.count("row") == 500


@pytest.mark.parametrize("seed", range(5))
def test_each_strand_goes_on_from_row_to_row_until_its_revision(seed: int) -> None:
    chance = random.Random(seed)
    revisions = [Revision("r0")]
    for number in range(1, 120):
        some = chance.sample(revisions[-9:], k=min(len(revisions), chance.choice((1, 1, 1, 2))))
        needs = chance.sample(revisions, k=1) if chance.random() < 0.1 else []
        down = tuple(each.id for each in some) if chance.random() < 0.95 else ()
        revisions.append(Revision(f"r{number}", down, tuple(each.id for each in needs)))
    rows = [node.row for node in picture(graph(*revisions), {}, None).nodes]
    before: tuple[int, ...] = ()
    for row in rows:
        arriving = sorted(each.slot for each in (*row.above, *row.passing))
        assert arriving == sorted(before)
        assert row.slot not in {each.slot for each in row.passing}
        before = tuple(each.slot for each in row.leaving)
    assert before == ()
    assert len(rows) == 120


def test_the_svg_has_one_dot_a_revision_and_says_what_it_is() -> None:
    told = {"m": Told("m_.py", "2026-01-01", "Ada", ("add table orders",))}
    root = xml(picture(branched(), told, ["b"]))
    assert root.get("role") == "img"
    dots = [each for each in root.iter(f"{SVG}circle") if "dot" in each.get("class", "")]
    assert len(dots) == 6
    titles = [each.text or "" for each in root.iter(f"{SVG}title")]
    [title] = [each for each in titles if each.startswith("m  both")]
    assert "Author: Ada" in title
    assert "add table orders" in title
    assert root.find(f"{SVG}desc") is not None


def test_all_text_of_the_svg_is_within_its_frame_and_nothing_is_on_top_of_it() -> None:
    root = xml(picture(line_of(9), {}, ["r3"]))
    width = float(root.get("width", 0))
    for row in root.iter(f"{SVG}g"):
        badges = [
            (float(each.get("x", 0)), float(each.get("width", 0)))
            for each in row.findall(f"{SVG}rect[@rx]")
        ]
        texts = [float(each.get("x", 0)) for each in row.findall(f"{SVG}text")]
        for (x, wide), (following, _) in pairwise(badges):
            assert x + wide <= following
        assert all(0 <= x <= width for x in texts)
        if badges:
            assert badges[-1][0] + badges[-1][1] <= texts[-1]


def test_no_text_of_a_user_gets_out_of_its_place() -> None:
    hostile = Revision("a", labels=(HOSTILE,), doc=HOSTILE)
    found = picture(graph(hostile), {"a": Told("f", HOSTILE, HOSTILE, (HOSTILE,))}, ["a"])
    root = xml(found)
    assert not list(root.iter(f"{SVG}script"))
    page = Page(written(found, "html"))
    assert page.opened.count("script") == 2
    [facts] = json.loads(page.scripts[0])
    assert facts[1] == HOSTILE
    [label] = re.findall(r'r0\["(.*)"\]', written(found, "mermaid"))
    assert not re.search(r'["<>`{}]', label.replace("<br/>", ""))
    dot = written(found, "dot")
    assert len(re.findall(r'(?<!\\)(?:\\\\)*"', dot)) % 2 == 0


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_history_is_a_picture_that_says_so(format: str) -> None:
    said = written(picture(graph(), {}, []), format)  # type: ignore[arg-type]
    assert "There are no migrations yet" in said


def test_mermaid_and_dot_have_an_arrow_for_each_parent_and_dependency() -> None:
    found = picture(branched(), {}, [])
    assert len(re.findall(r"-->", written(found, "mermaid"))) == 5
    assert len(re.findall(r"-\.->", written(found, "mermaid"))) == 1
    assert written(found, "dot").count(" -> ") == 6
    assert written(found, "dot").count("[style=dashed]") == 1
