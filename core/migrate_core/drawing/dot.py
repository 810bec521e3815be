"""Text that Graphviz draws: https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from collections.abc import Iterator

from migrate_core.drawing.history import Fold, HistoryPicture, Node
from migrate_core.drawing.history_svg import folded, spoken
from migrate_core.drawing.markup import cut

STYLE = (
    '  graph [fontname="Helvetica", bgcolor="transparent"]',
    '  node [fontname="Helvetica", fontsize=11, shape=box, style="rounded,filled", '
    'fillcolor="#f2f4f6", color="#5f6872"]',
    '  edge [color="#5f6872", arrowsize=0.7]',
)

_STATES = {
    True: 'fillcolor="#e2f4ec", color="#12694c"',
    False: 'fillcolor="#fdf0dc", color="#8a4b08", style="rounded,filled,dashed"',
    None: "",
}


def quoted(value: str) -> str:
    """The value as a string of the language; a backslash in it means itself."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r", "").replace("\n", "\\n").replace("\0", "") + '"'


def history(picture: HistoryPicture) -> str:
    """A graph, the oldest revision at the bottom."""
    return "\n".join(("digraph history {", "  rankdir=BT", *STYLE, *_lines(picture), "}", ""))


def _lines(picture: HistoryPicture) -> Iterator[str]:
    yield f"  label={quoted(picture.summary)}"
    numbers: dict[str, int] = {}
    for number, entry in enumerate(picture.entries):
        if isinstance(entry, Fold):
            numbers |= {each.revision.id: number for each in entry.nodes}
            yield f"  r{number} [label={quoted(folded(entry))}, shape=plain, style=filled]"
        else:
            numbers[entry.revision.id] = number
            facts = (f"label={quoted(_label(entry))}", f"tooltip={quoted(spoken(entry))}")
            yield f"  r{number} [{', '.join(filter(None, (*facts, _STATES[entry.applied])))}]"
    for start, end, depends in picture.edges:
        if start in numbers and end in numbers and numbers[start] != numbers[end]:
            yield f"  r{numbers[end]} -> r{numbers[start]}{' [style=dashed]' if depends else ''}"


def _label(node: Node) -> str:
    marks = " ".join(f"({said})" for _, said in node.marks)
    return "\n".join(filter(None, (node.revision.id, marks, cut(node.subject, 60))))
