"""Text that Mermaid draws: https://mermaid.js.org/syntax/flowchart.html.

A text of a user's stands in quotes, and what means something to Mermaid there is written as the
number of its character (``#35;`` is ``#``; see "Entity codes to escape characters").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate_core.drawing.history import Fold, HistoryPicture, Node
from migrate_core.drawing.history_svg import folded
from migrate_core.drawing.markup import cut

MOST_EDGES = 500
"""How many Mermaid draws unless its ``maxEdges`` is set, which a text cannot do."""

_SPECIAL = re.compile(r"[^\w .,:+()/-]")


def quoted(value: str) -> str:
    """The value as Mermaid has a text."""
    plain = " ".join(value.split())
    return _SPECIAL.sub(
        lambda found: found[0] if ord(found[0]) > 0x9F else f"#{ord(found[0])};", plain
    )


def history(picture: HistoryPicture) -> str:
    """A flowchart, the oldest revision at the bottom."""
    return "\n".join(("flowchart BT", *_lines(picture), ""))


def edges(text: str) -> int:
    """How many lines a flowchart of ours has; no text of a user's holds an arrow."""
    return text.count(" --> ") + text.count(" -.-> ")


def _lines(picture: HistoryPicture) -> Iterator[str]:
    yield f"  accTitle: History of migrations\n  accDescr: {quoted(picture.summary)}"
    numbers: dict[str, int] = {}
    for number, entry in enumerate(picture.entries):
        if isinstance(entry, Fold):
            numbers |= {each.revision.id: number for each in entry.nodes}
            yield f'  r{number}(["{quoted(folded(entry))}"]):::fold'
        else:
            numbers[entry.revision.id] = number
            state = {True: "applied", False: "pending", None: "plain"}[entry.applied]
            yield f'  r{number}["{_label(entry)}"]:::{state}'
    for start, end, depends in picture.edges:
        if start in numbers and end in numbers and numbers[start] != numbers[end]:
            line = "-.->" if depends else "-->"
            yield f"  r{numbers[end]} {line} r{numbers[start]}"
    yield "  classDef applied fill:#e2f4ec,stroke:#12694c,color:#12362a"
    yield "  classDef pending fill:#fdf0dc,stroke:#8a4b08,color:#43270a,stroke-dasharray:4 3"
    yield "  classDef plain fill:#f2f4f6,stroke:#5f6872,color:#1d2125"
    yield "  classDef fold fill:#f2f4f6,stroke:#5f6872,color:#1d2125"


def _label(node: Node) -> str:
    marks = " ".join(f"({said})" for _, said in node.marks)
    lines = (node.revision.id, marks, cut(node.subject, 60))
    return "<br/>".join(quoted(each) for each in lines if each)
