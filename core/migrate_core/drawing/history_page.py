"""A history as one HTML file: its rows as a list, so that folds open and the rest moves down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from migrate_core.drawing import strands
from migrate_core.drawing.history import Fold, HistoryPicture, Node
from migrate_core.drawing.history_svg import TITLE, folded
from migrate_core.drawing.markup import asset, text

_CHUNK = 100
"""How many rows a browser lays out together; those out of sight it leaves for later."""


def page(picture: HistoryPicture) -> str:
    """The picture as a whole HTML document, which asks for nothing else."""
    width = picture.width * strands.LANE
    entries = [_entry(entry, width) for entry in picture.entries]
    styles = "".join(
        asset(name) for name in ("colours.css", "history.css", "page.css", "history_page.css")
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{TITLE}</title>
<style>
{styles}</style>
</head>
<body>
<header>
<h1>{TITLE}</h1>
<p>{text(picture.summary)}</p>
<form role="search">
<label for="search">Find</label>
<input id="search" type="search" placeholder="id, message, table" autocomplete="off">
<output id="count" for="search"></output>
</form>
</header>
<main>
{"".join(_chunks(entries))}</main>
<aside id="panel" aria-live="polite" aria-label="The revision in detail">
<p>Point at a revision, or move to one with <kbd>Tab</kbd>, <kbd>↑</kbd> and <kbd>↓</kbd>, \
to see what it does. <kbd>/</kbd> searches, <kbd>Enter</kbd> goes from one find to the next.</p>
</aside>
<script id="facts" type="application/json">{embedded(map(_facts, picture.nodes))}</script>
<script>
{asset("history_page.js")}</script>
</body>
</html>
"""


def embedded(value: Iterable[object]) -> str:
    """JSON for a script element, which ends at no text of a user's (HTML, 4.12.1.3)."""
    said = json.dumps(list(value), ensure_ascii=False, separators=(",", ":"))
    return said.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _facts(node: Node) -> object:
    return node.revision.id, node.revision.doc, node.facts, node.told.operations


def _chunks(entries: list[str]) -> Iterator[str]:
    for start in range(0, len(entries), _CHUNK):
        some = entries[start : start + _CHUNK]
        height = len(some) * strands.ROW
        # A fold that is open makes it higher; the browser remembers by how much.
        style = f"contain-intrinsic-height:auto {height}px"
        yield f'<ol class="chunk" style="{style}">\n{"".join(some)}</ol>\n'


def _entry(entry: Node | Fold, width: int) -> str:
    if isinstance(entry, Node):
        return _row(entry, width)
    inside = "".join(_row(each, width) for each in entry.nodes)
    return (
        f"<li><details><summary>{_graph(strands.fold(entry), width)}{text(folded(entry))}</summary>"
        f"<ol>\n{inside}</ol></details></li>\n"
    )


def _row(node: Node, width: int) -> str:
    badges = "".join(f'<span class="badge {kind}">{text(said)}</span>' for kind, said in node.marks)
    return (
        f'<li class="row" tabindex="0">{_graph(strands.node(node), width)}'
        f"<code>{text(node.revision.id)}</code>{badges}<span>{text(node.subject)}</span></li>\n"
    )


def _graph(drawn: str, width: int) -> str:
    return f'<svg width="{width}" height="{strands.ROW}" aria-hidden="true">{drawn}</svg>'
