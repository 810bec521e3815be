"""A history as an SVG file: one row for each revision, hovering tells the rest."""

from __future__ import annotations

from collections.abc import Iterator

from migrate_core.drawing import strands
from migrate_core.drawing.history import Fold, HistoryPicture, Node
from migrate_core.drawing.markup import asset, cut, mono, proportional, text

TITLE = "History of migrations"

_MARGIN = 24
_TOP = 92
_GAP = 12
_LONGEST = 90
"""How many characters of a message are shown; hovering shows all of it."""


def svg(picture: HistoryPicture) -> str:
    """The picture as a whole SVG document."""
    left = _MARGIN + picture.width * strands.LANE + _GAP
    ids = max((mono(node.revision.id, 12) for node in picture.nodes), default=0)
    rows = [_row(entry, left, ids) for entry in picture.entries]
    widths = [width for _, width in rows]
    width = round(max((*widths, left + 420, _MARGIN + proportional(picture.summary, 13))) + _MARGIN)
    height = _TOP + len(rows) * strands.ROW + _MARGIN
    drawn = "\n".join(
        f'<g class="row" transform="translate(0 {_TOP + number * strands.ROW})">'
        f'<rect width="{width}" height="{strands.ROW}" fill="transparent"/>{row}</g>'
        for number, (row, _) in enumerate(rows)
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="history-title history-desc" \
width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<title id="history-title">{TITLE}</title>
<desc id="history-desc">{text(picture.summary)}</desc>
<style>
{asset("colours.css")}{asset("history.css")}</style>
<rect width="{width}" height="{height}" fill="var(--paper)"/>
<text class="t h" x="{_MARGIN}" y="38">{TITLE}</text>
<text class="t soft" x="{_MARGIN}" y="60">{text(picture.summary)}</text>
{drawn}
</svg>
"""


def spoken(node: Node) -> str:
    """All that is known of a revision, one fact a line."""
    lines = [f"{node.revision.id}  {node.revision.doc}".rstrip()]
    lines += [f"{name}: {value}" for name, value in node.facts]
    if node.told.operations:
        lines += ["", *(f"  {each}" for each in node.told.operations)]
    return "\n".join(lines)


def folded(fold: Fold) -> str:
    """What stands for the revisions of a fold."""
    last, first = fold.nodes[0], fold.nodes[-1]
    pending = "pending " if first.applied is False else ""
    return f"{len(fold.nodes)} {pending}revisions, {first.revision.id} to {last.revision.id}"


def _row(entry: Node | Fold, left: float, ids: float) -> tuple[str, float]:
    """A row, and where it ends."""
    if isinstance(entry, Fold):
        said = folded(entry)
        title = "\n".join(f"{each.revision.id}  {each.subject}" for each in entry.nodes)
        label = f'<text class="t soft" x="{left:g}" y="20">{text(said)}</text>'
        drawn = f'<g transform="translate({_MARGIN} 0)">{strands.fold(entry)}</g>'
        return f"<title>{text(title)}</title>{drawn}{label}", left + proportional(said, 13)
    id = entry.revision.id
    parts = [
        f"<title>{text(spoken(entry))}</title>",
        f'<g transform="translate({_MARGIN} 0)">{strands.node(entry)}</g>',
        f'<text class="id" x="{left:g}" y="19.5">{text(id)}</text>',
    ]
    x = left + ids + _GAP
    for badge, wide in _badges(entry, x):
        parts.append(badge)
        x += wide + 6
    subject = cut(entry.subject, _LONGEST)
    parts.append(f'<text class="t" x="{x:g}" y="19.5">{text(subject)}</text>')
    return "".join(parts), x + proportional(subject, 13)


def _badges(node: Node, x: float) -> Iterator[tuple[str, float]]:
    for kind, said in node.marks:
        wide = mono(said, 11)
        yield (
            f'<rect class="{kind}" x="{x:g}" y="6" width="{wide + 12:g}" height="18" rx="9"/>'
            f'<text class="b" x="{x + 6:g}" y="19" textLength="{wide:g}" '
            f'lengthAdjust="spacingAndGlyphs">{text(said)}</text>',
            wide + 12,
        )
        x += wide + 18
