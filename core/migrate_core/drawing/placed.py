"""Where the tables of a schema stand, and the ways between them; the layout is Grandalf's.

::

    referred tables stand left of those that refer to them, in columns

    +------+      +--------+      +-------+
    | a    |-----<| b      |-----<| c     |     a way that passes a column goes between its tables
    +------+      +--------+      +-------+
                  +--------+
                  | d      |                    what is not connected is put below or beside
                  +--------+
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrate_core.errors import LayoutMissing

BETWEEN_COLUMNS = 88
BETWEEN_TABLES = 28
BETWEEN_PARTS = 56

_ROUNDS = 8
"""How often the order within the columns is improved; of a hundred tables on, less often."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands: its upper left corner, and its size."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Box:
        """The same elsewhere."""
        return Box(self.x + x, self.y + y, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Placed:
    """A layout.

    :param boxes: in the order given.
    :param columns: where the column of each begins and ends: lines turn outside of it alone.
    :param ways: by edge, the points that its line goes through between its ends.
    """

    boxes: tuple[Box, ...]
    columns: tuple[Point, ...]
    ways: dict[tuple[int, int], tuple[Point, ...]]

    @property
    def width(self) -> float:
        """From the left edge to the right one."""
        return max((box.x + box.width for box in self.boxes), default=0)

    @property
    def height(self) -> float:
        """From the upper edge to the lower one."""
        return max((box.y + box.height for box in self.boxes), default=0)


def placed(sizes: Sequence[Point], edges: Sequence[tuple[int, int]]) -> Placed:
    """A place for each of the boxes.

    :param sizes: width and height of each.
    :param edges: by number, what stands left and what stands right of it where both can be had.
    :raises LayoutMissing: Grandalf is not installed.
    """
    parts = list(_parts(sizes, edges))
    area = sum(part.width * part.height for part in parts)
    across = max([area**0.5 * 1.6, *(part.width for part in parts)], default=0)
    boxes: dict[int, Box] = {}
    columns: dict[int, Point] = {}
    ways: dict[tuple[int, int], tuple[Point, ...]] = {}
    for part, x, y in _packed(parts, across):
        boxes |= {number: box.moved(x, y) for number, box in part.boxes.items()}
        columns |= {number: (start + x, end + x) for number, (start, end) in part.columns.items()}
        ways |= {
            edge: tuple((at + x, down + y) for at, down in points)
            for edge, points in part.ways.items()
        }
    numbers = range(len(sizes))
    return Placed(
        tuple(map(boxes.__getitem__, numbers)), tuple(map(columns.__getitem__, numbers)), ways
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What is connected, placed by itself."""

    boxes: dict[int, Box]
    columns: dict[int, Point]
    ways: dict[tuple[int, int], tuple[Point, ...]]
    width: float
    height: float


def _packed(parts: Sequence[_Part], across: float) -> Iterator[tuple[_Part, float, float]]:
    """A place for each part, the tallest first: on shelves, and where it fits below another."""
    left = top = down = wide = shelf = 0.0
    for part in sorted(parts, key=lambda part: (-part.height, -part.width)):
        if down and down + part.height > shelf:
            left, down, wide = left + wide + BETWEEN_PARTS, 0.0, 0.0
        if not down and left and left + part.width > across:
            left, top, shelf = 0.0, top + shelf + BETWEEN_PARTS, 0.0
        shelf = max(shelf, part.height)
        yield part, left, top + down
        down, wide = down + part.height + BETWEEN_PARTS, max(wide, part.width)


class _Way:
    """What the layout is told to put an edge's points in."""

    def __init__(self) -> None:
        self.points: list[Point] = []

    def setpath(self, points: list[Point]) -> None:
        """Keep them."""
        self.points = points


def _parts(sizes: Sequence[Point], edges: Sequence[tuple[int, int]]) -> Iterator[_Part]:
    try:
        from grandalf.graphs import Edge, Graph, Vertex
        from grandalf.layouts import VertexViewer
    except ImportError:
        raise LayoutMissing from None
    vertices = [Vertex(number) for number in range(len(sizes))]
    for vertex, (width, height) in zip(vertices, sizes, strict=True):
        vertex.view = VertexViewer(w=height, h=width)  # it lays out from top to bottom
    pairs: dict[tuple[int, int], None] = {}
    for start, end in edges:
        if start != end and (end, start) not in pairs:
            pairs[start, end] = None
    lines = [Edge(vertices[start], vertices[end]) for start, end in pairs]
    for line in lines:
        line.view = _Way()
    for part in Graph(vertices, lines).C:
        yield _part(part, sizes)


Crossing = tuple[int, int, int]
"""An edge, and the how-manieth column it passes."""


def _part(part: Any, sizes: Sequence[Point]) -> _Part:
    middles = _middles(part)
    columns: dict[int, list[int | Crossing]] = {}
    for thing, (x, _) in middles.items():
        columns.setdefault(round(x), []).append(thing)
    heights: dict[int | Crossing, float] = {}
    halves: dict[int, float] = {}
    for x, things in columns.items():
        heights |= _apart(things, middles, sizes)
        halves[x] = max((sizes[each][0] / 2 for each in things if isinstance(each, int)), default=0)
    left = min(round(x) - half for x, half in halves.items())
    top = min(y - _half(thing, sizes) for thing, y in heights.items())
    boxes: dict[int, Box] = {}
    edges: dict[int, Point] = {}
    ways: dict[tuple[int, int], tuple[Point, ...]] = {
        (line.v[0].data, line.v[1].data): () for line in part.sE
    }
    for thing, (x, _) in middles.items():
        y = heights[thing] - top
        if isinstance(thing, int):
            width, height = sizes[thing]
            boxes[thing] = Box(x - width / 2 - left, y - height / 2, width, height)
            edges[thing] = (x - halves[round(x)] - left, x + halves[round(x)] - left)
            continue
        start, end, _ = thing
        half = halves[round(x)] if middles[start][0] < middles[end][0] else -halves[round(x)]
        ways[start, end] += ((x - half - left, y), (x + half - left, y))
    lowest = max(y + _half(thing, sizes) for thing, y in heights.items()) - top
    return _Part(boxes, edges, ways, max(right for _, right in edges.values()), lowest)


def _middles(part: Any) -> dict[int | Crossing, Point]:
    """Where the layout has the middle of each box, and of each way in the columns that it passes,
    in the order of the way."""
    from grandalf.layouts import SugiyamaLayout

    layout = SugiyamaLayout(part)
    layout.xspace, layout.yspace = BETWEEN_TABLES, BETWEEN_COLUMNS
    layout.dw = layout.dh = 10
    layout.init_all(roots=[each for each in part.sV if not each.e_in()] or None)
    layout.draw(_ROUNDS if len(part.sV) < 100 else 2)
    middles: dict[int | Crossing, Point] = {
        vertex.data: (vertex.view.xy[1], vertex.view.xy[0]) for vertex in part.sV
    }
    for line in part.sE:
        start, end = (vertex.data for vertex in line.v)
        for number, (y, x) in enumerate(line.view.points[1:-1]):
            middles[start, end, number] = (x, y)
    return middles


def _apart(
    things: Sequence[int | Crossing],
    middles: Mapping[int | Crossing, Point],
    sizes: Sequence[Point],
) -> dict[int | Crossing, float]:
    """The heights of what is in one column, moved down where two would be on top of each other:
    the layout lets that happen where edges lead in circles."""
    found: dict[int | Crossing, float] = {}
    free = float("-inf")
    for thing in sorted(things, key=lambda each: middles[each][1]):
        half = _half(thing, sizes)
        found[thing] = max(middles[thing][1], free + half)
        free = found[thing] + half + BETWEEN_TABLES / 4
    return found


def _half(thing: int | Crossing, sizes: Sequence[Point]) -> float:
    """Half the height of a box; a line has none."""
    return sizes[thing][1] / 2 if isinstance(thing, int) else 0
