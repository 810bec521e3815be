"""A schema as an SVG file.

::

    +-----------------------+
    | orders                |
    +-----------------------+
    | PK  id        INTEGER |
  >-| FK  customer  INTEGER |      many here to one there; | on the own side where it is one
    |   + note      TEXT    |      + added, - dropped, ~ changed: by its colour too
    +-----------------------+
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from migrate_core.autogenerate.facts import TableKey
from migrate_core.drawing.markup import asset, cut, mono, proportional, text
from migrate_core.drawing.placed import Box, Placed, Point, placed
from migrate_core.drawing.schema import SIGNS, Column, Note, Reference, SchemaPicture, Sign, Table

HEAD = 34
ROW = 22

_FOOT = 8
_PAD = 12
_TAG = 24
_GAP = 20
MARGIN = 32
_TOP = 96
_LONGEST = 42
"""How many characters of a name or a type are shown; hovering shows all of it."""

_CLASSES: Mapping[Sign, str] = MappingProxyType({"": "", "+": " add", "-": " drop", "~": " change"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A schema laid out: its size, and what is in it."""

    width: int
    height: int
    body: str


def svg(picture: SchemaPicture) -> str:
    """The picture as a whole SVG document.

    :raises LayoutMissing: the library that lays it out is not installed.
    """
    found = drawn(picture)
    titles = (picture.title, picture.summary)
    wide = max(proportional(titles[0], 17), proportional(titles[1], 13))
    notes = [f"{note.sign} {note.text}" for note in picture.notes]
    wide = max([wide, *(mono(each, 12) for each in notes)])
    width = round(max(found.width, wide) + 2 * MARGIN)
    top = _TOP + len(notes) * ROW
    height = found.height + top + MARGIN
    beside = "".join(_free(note, number) for number, note in enumerate(picture.notes))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="schema-title schema-desc" \
width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<title id="schema-title">{text(picture.title)}</title>
<desc id="schema-desc">{text(picture.summary)}</desc>
<style>
{asset("colours.css")}{asset("schema.css")}</style>
<rect width="{width}" height="{height}" fill="var(--paper)"/>
<text class="t h" x="{MARGIN}" y="42">{text(picture.title)}</text>
<text class="t soft" x="{MARGIN}" y="64">{text(picture.summary)}</text>
{beside}
<g transform="translate({MARGIN} {top})">
{found.body}</g>
</svg>
"""


def drawn(picture: SchemaPicture) -> Drawn:
    """Its tables and the lines between them.

    :raises LayoutMissing: the library that lays it out is not installed.
    """
    numbers = {table.key: number for number, table in enumerate(picture.tables)}
    references = [each for each in picture.references if each.referred in numbers]
    edges = [(numbers[each.referred], numbers[each.table]) for each in references]
    layout = placed([_size(table) for table in picture.tables], edges)
    lines = [_reference(each, picture, numbers, layout) for each in references]
    tables = [_table(table, box) for table, box in zip(picture.tables, layout.boxes, strict=True)]
    body = "\n".join((*lines, *tables, ""))
    return Drawn(round(layout.width), round(layout.height), body)


def spoken(table: Table) -> str:
    """A table in words, one fact a line."""
    lines = [f"{table.name}{_said(table.sign)}", *([table.comment] if table.comment else [])]
    for column in table.columns:
        tags = f" {' '.join(column.tags)}" if column.tags else ""
        change = f"  ({column.change})" if column.change else ""
        sign = f"{column.sign} " if column.sign else ""
        lines.append(f"  {sign}{column.name} {column.detail}{tags}{change}")
    return "\n".join((*lines, *(f"  {note.sign} {note.text}" for note in table.notes)))


def _said(sign: Sign) -> str:
    return f" ({SIGNS[sign]})" if sign else ""


def _size(table: Table) -> Point:
    tags = _tags(table)
    names = max((mono(cut(each.name, _LONGEST), 12) for each in table.columns), default=0)
    details = max((mono(cut(each.detail, _LONGEST), 12) for each in table.columns), default=0)
    notes = max((mono(_noted(each, table), 12) for each in table.notes), default=0)
    inner = max(
        tags + names + _GAP + details,
        proportional(f"{table.sign} {cut(table.name, _LONGEST)}", 14.5),
        notes,
    )
    rows = len(table.columns) + len(table.notes)
    return round(inner + 2 * _PAD), HEAD + rows * ROW + _FOOT


def _tags(table: Table) -> float:
    """The width of what stands before the names: the sign, and the tags."""
    most = max((len(each.tags) for each in table.columns), default=0)
    return most * _TAG + (16 if any(each.sign for each in table.columns) else 0)


def _table(table: Table, box: Box) -> str:
    name = cut(table.name, _LONGEST)
    rows = [_column(each, number, table, box) for number, each in enumerate(table.columns)]
    rows += [
        _note(each, number, table, box)
        for number, each in enumerate(table.notes, len(table.columns))
    ]
    sign = _CLASSES[table.sign]
    struck = " gone" if table.sign == "-" else ""
    title = f"{table.sign} {name}" if table.sign else name
    width, height = f"{box.width:g}", f"{box.height:g}"
    return (
        f'<g class="table{sign}" role="img" data-name="{text(table.name)}" '
        f'transform="translate({box.x:.1f} {box.y:.1f})"><title>{text(spoken(table))}</title>'
        f'<rect class="box" width="{width}" height="{height}" rx="8"/>'
        f'<path class="bar" d="M1 {HEAD}V9a8 8 0 0 1 8-8H{box.width - 9:g}a8 8 0 0 1 8 8V{HEAD}z"/>'
        f'<text class="t n{sign}{struck}" x="{_PAD}" y="22">{text(title)}</text>{"".join(rows)}</g>'
    )


def _column(column: Column, number: int, table: Table, box: Box) -> str:
    y = HEAD + number * ROW
    sign = _CLASSES[column.sign]
    parts = [_wash(sign, y, box)] if sign else []
    x: float = _PAD
    if any(each.sign for each in table.columns):
        parts.append(f'<text class="m n{sign}" x="{x:g}" y="{y + 16}">{column.sign}</text>')
        x += 16
    for place, tag in enumerate(column.tags):
        parts.append(f'<text class="m tag" x="{x + place * _TAG:g}" y="{y + 15.5}">{tag}</text>')
    struck = " gone" if column.sign == "-" else ""
    name = cut(column.name, _LONGEST)
    parts.append(_mono(name, _PAD + _tags(table), y + 16, f"m{sign}{struck}"))
    detail = cut(column.detail, _LONGEST)
    parts.append(_mono(detail, box.width - _PAD - mono(detail, 12), y + 16, "m soft"))
    return "".join(parts)


def _note(note: Note, number: int, table: Table, box: Box) -> str:
    y, sign = HEAD + number * ROW, _CLASSES[note.sign]
    return _wash(sign, y, box) + _mono(_noted(note, table), _PAD, y + 16, f"m{sign}")


def _noted(note: Note, table: Table) -> str:
    return cut(note.within(table.name), _LONGEST + 20)


def _free(note: Note, number: int) -> str:
    said = f"{note.sign} {note.text}"
    place = f'x="{MARGIN}" y="{90 + number * ROW}"'
    return f'<text class="m{_CLASSES[note.sign]}" {place}>{text(said)}</text>'


def _wash(sign: str, y: int, box: Box) -> str:
    return f'<rect class="wash{sign}" x="1" y="{y}" width="{box.width - 2:g}" height="{ROW}"/>'


def _mono(said: str, x: float, y: float, classes: str) -> str:
    return (
        f'<text class="{classes}" x="{x:.1f}" y="{y:g}" textLength="{mono(said, 12):.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{text(said)}</text>'
        if said
        else ""
    )


# -- the lines -------------------------------------------------------------------------------------


def _reference(
    each: Reference, picture: SchemaPicture, numbers: Mapping[TableKey, int], layout: Placed
) -> str:
    """From the referred column to the one that refers, with a foot where there are many."""
    near, far = numbers[each.referred], numbers[each.table]
    own, referred = each.pairs[0] if each.pairs else ("", "")
    start = _port(picture.tables[near], layout.boxes[near], referred)
    end = _port(picture.tables[far], layout.boxes[far], own)
    points = [*layout.ways.get((near, far), ())]
    if not points and (far, near) in layout.ways:
        points = [*reversed(layout.ways[far, near])]
    left, right = layout.boxes[near], layout.boxes[far]
    side = 1 if layout.columns[near] < layout.columns[far] else -1
    ends = ((_edge(left, side), start), (_edge(right, -side), end))
    if near == far:
        path, side = _loop(_edge(left, 1), start, end), -1
    else:
        outside = (layout.columns[near][side > 0], layout.columns[far][side < 0])
        path = _curve(ends, outside, points)
    foot = _foot((_edge(right, -side), end), -side, each)
    sign = _CLASSES[each.sign]
    said = f"{each.said}{_said(each.sign)}"
    mark = _mark(each.sign, ends) if each.sign and near != far else ""
    return (
        f'<g class="edge" data-from="{text(picture.tables[far].name)}" '
        f'data-to="{text(picture.tables[near].name)}"><title>{text(said)}</title>'
        f'<path class="line{sign}" d="{path}"/><path class="line foot{sign}" d="{foot}"/>{mark}</g>'
    )


def _port(table: Table, box: Box, column: str) -> float:
    """The height of a column; of its table's name where there is none of that name."""
    names = [each.name for each in table.columns]
    if column not in names:
        return box.y + HEAD / 2
    return box.y + HEAD + names.index(column) * ROW + ROW / 2


def _edge(box: Box, side: int) -> float:
    """The right edge of a box, or the left one for -1."""
    return box.x + box.width if side > 0 else box.x


def _curve(ends: tuple[Point, Point], outside: Point, points: list[Point]) -> str:
    """A line that is straight within the columns and turns between them.

    :param outside: where it leaves the first column, and enters the last one.
    """
    (x, y), (to, end) = ends
    drawn = [f"M{x:.1f} {y:.1f}H{outside[0]:.1f}"]
    last = (outside[0], y)
    for number, point in enumerate((*points, (outside[1], end))):
        if number % 2 and number < len(points):  # across a column that is passed
            drawn.append(f"H{point[0]:.1f}")
        else:
            middle = (last[0] + point[0]) / 2
            drawn.append(
                f"C{middle:.1f} {last[1]:.1f} {middle:.1f} {point[1]:.1f} "
                f"{point[0]:.1f} {point[1]:.1f}"
            )
        last = point
    return "".join((*drawn, f"H{to:.1f}"))


def _loop(x: float, start: float, end: float) -> str:
    far = x + 30
    return f"M{x:.1f} {start:.1f}C{far:.1f} {start:.1f} {far:.1f} {end:.1f} {x:.1f} {end:.1f}"


def _foot(at: Point, side: int, each: Reference) -> str:
    """A crow's foot: many; a stroke where each is referred to once at most."""
    x, y = at
    if each.single:
        return f"M{x + side * 8:.1f} {y - 5:.1f}V{y + 5:.1f}"
    tip = x + side * 10
    return f"M{x:.1f} {y - 5:.1f}L{tip:.1f} {y:.1f}L{x:.1f} {y + 5:.1f}"


def _mark(sign: Sign, ends: tuple[Point, Point]) -> str:
    """The sign of a line, beside its beginning."""
    (x, y), side = ends[0], 1 if ends[0][0] < ends[1][0] else -1
    place = f'x="{x + side * 14 - 4:.1f}" y="{y - 6:.1f}"'
    return f'<text class="m sign{_CLASSES[sign]}" {place}>{sign}</text>'
