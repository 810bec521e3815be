"""A schema as one HTML file: the same drawing, to be moved, enlarged and searched."""

from __future__ import annotations

from migrate_core.drawing.history_page import embedded
from migrate_core.drawing.markup import asset, text
from migrate_core.drawing.schema import SchemaPicture, Sign
from migrate_core.drawing.schema_svg import MARGIN, drawn, spoken

_CLASSES: dict[Sign, str] = {"+": "add", "-": "drop", "~": "change"}


def page(picture: SchemaPicture) -> str:
    """The picture as a whole HTML document, which asks for nothing else.

    :raises LayoutMissing: the library that lays it out is not installed.
    """
    found = drawn(picture)
    width, height = found.width + 2 * MARGIN, found.height + 2 * MARGIN
    styles = "".join(
        asset(name) for name in ("colours.css", "schema.css", "page.css", "schema_page.css")
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(picture.title)}</title>
<style>
{styles}</style>
</head>
<body>
<header>
<h1>{text(picture.title)}</h1>
<p>{text(picture.summary)}</p>
<form role="search">
<label for="search">Find</label>
<input id="search" type="search" placeholder="table, column" autocomplete="off">
<output id="count" for="search"></output>
</form>
</header>
{_beside(picture)}<main>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-MARGIN} {width} {height}" \
role="group" aria-label="{text(picture.title)}">
{found.body}</svg>
<div class="zoom"><button type="button" value="+" aria-label="Enlarge">+</button>\
<button type="button" value="-" aria-label="Reduce">&minus;</button>\
<button type="button" value="0">All</button></div>
</main>
<aside id="panel" aria-live="polite" aria-label="The table in detail">
<p>Point at a table, or move to one with <kbd>Tab</kbd>, to see all of it. Drag to move, turn the \
wheel to zoom; or use the arrow keys, <kbd>+</kbd>, <kbd>-</kbd> and <kbd>0</kbd>. <kbd>/</kbd> \
searches, <kbd>Enter</kbd> goes from one find to the next.</p>
</aside>
<script id="facts" type="application/json">{embedded(map(spoken, picture.tables))}</script>
<script>
{asset("schema_page.js")}</script>
</body>
</html>
"""


def _beside(picture: SchemaPicture) -> str:
    """What changes and is in no table."""
    said = "".join(
        f'<div class="{_CLASSES.get(note.sign, "")}">{note.sign} {text(note.text)}</div>'
        for note in picture.notes
    )
    return f'<div id="changes">{said}</div>\n' if said else ""
