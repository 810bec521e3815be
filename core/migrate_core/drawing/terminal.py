"""A history for a terminal, in box characters or in plain ASCII.

::

    ◉        the database stands here
    ├─╮      a merge: a strand begins
    │ ●      ● applied   ○ pending   ◇ not known
    ● │
    ├─╯      both lead to the next revision
    ●
    ┊        a dependency
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from migrate_core.drawing.history import HistoryPicture, Node
from migrate_core.drawing.lanes import Strand

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Pen:
    """The characters of a terminal.

    :param joints: by the sides that meet.
    :param nodes: applied, pending, not known, and where the database stands.
    """

    joints: str
    across: str
    upright: str
    across_dashed: str
    upright_dashed: str
    nodes: tuple[str, str, str, str]

    def joint(self, sides: int) -> str:
        """The character in which these sides meet."""
        return self.joints[_JOINTS.index(sides)]


_JOINTS = (
    UP | DOWN | RIGHT,
    UP | DOWN | LEFT,
    UP | RIGHT,
    UP | LEFT,
    DOWN | RIGHT,
    DOWN | LEFT,
    UP | LEFT | RIGHT,
    DOWN | LEFT | RIGHT,
    UP | DOWN | LEFT | RIGHT,
    LEFT | RIGHT,
    UP | DOWN,
)

BOXES = Pen("├┤╰╯╭╮┴┬┼─│", "─", "│", "┄", "┊", ("●", "○", "◇", "◉"))
ASCII = Pen("++`'..+++-|", "-", "|", ".", ":", ("*", "o", "?", "@"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the terminal.

    :param cells: a text and the slot whose colour it has, in order.
    :param node: the revision that is told after them; None below and between.
    """

    cells: tuple[tuple[str, int], ...]
    node: Node | None = None


def pen(encoding: str | None) -> Pen:
    """The characters that an encoding has."""
    characters = "".join((BOXES.joints, *BOXES.nodes, BOXES.across_dashed, BOXES.upright_dashed))
    try:
        characters.encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return BOXES


def lines(picture: HistoryPicture, pen: Pen) -> Iterator[Line]:
    """The picture from top to bottom, nothing folded."""
    for node in picture.nodes:
        row = node.row
        joined = tuple(each for each in row.above if each.slot != row.slot)
        if joined:
            straight = any(each.slot == row.slot for each in row.above)
            yield Line(_turn(pen, node, joined, row.passing, UP, UP | DOWN if straight else DOWN))
        yield Line(_nodes(pen, node), node)
        parted = tuple(each for each in row.below if each.slot != row.slot)
        if parted:
            straight = any(each.slot == row.slot for each in row.below)
            yield Line(_turn(pen, node, parted, row.passing, DOWN, UP | DOWN if straight else UP))


def below(node: Node, pen: Pen) -> Line:
    """What stands before a further line about the same revision."""
    strands = {each.slot: each for each in node.row.leaving}
    width = max(strands, default=-1) + 1
    return Line(tuple((_upright(pen, strands.get(slot)) + " ", slot) for slot in range(width)))


def _nodes(pen: Pen, node: Node) -> tuple[tuple[str, int], ...]:
    strands = {each.slot: each for each in node.row.passing}
    width = max((node.row.slot, *strands)) + 1
    applied, pending, unknown, current = pen.nodes
    state = {True: applied, False: pending, None: unknown}[node.applied]
    own = current if node.current else state
    return tuple(
        ((own if slot == node.row.slot else _upright(pen, strands.get(slot))) + " ", slot)
        for slot in range(width)
    )


def _turn(
    pen: Pen,
    node: Node,
    turning: tuple[Strand, ...],
    passing: tuple[Strand, ...],
    side: int,
    own: int,
) -> tuple[tuple[str, int], ...]:
    """The line on which strands turn to a revision's slot, or away from it.

    :param side: where the strands that turn go on: up or down.
    :param own: the sides of the revision's own slot that go on.
    """
    start = node.row.slot
    sides = MappingProxyType({each.slot: each for each in turning})
    straight = {each.slot: each for each in passing}
    low, high = min(start, *sides), max(start, *sides)
    found = []
    for slot in range(max((high, *straight)) + 1):
        inside = low <= slot <= high
        nearest = _nearest(slot, start, sides)
        gap = _nearest(slot + 0.5, start, sides)
        if not inside:
            text = _upright(pen, straight.get(slot))
        elif slot == start or slot in sides:
            meets = own if slot == start else side | (UP | DOWN if slot in straight else 0)
            meets |= (LEFT if slot > low else 0) | (RIGHT if slot < high else 0)
            text = pen.joint(meets)
        elif slot in straight:  # one passes below the other, and neither ends here
            text = _upright(pen, straight[slot])
        else:
            text = _across(pen, nearest)
        filler = _across(pen, gap) if low <= slot < high else " "
        found.append((text + filler, nearest.slot if inside and nearest else slot))
    text, slot = found[-1]
    return (*found[:-1], (text.rstrip(), slot))


def _nearest(slot: float, start: int, sides: MappingProxyType[int, Strand]) -> Strand | None:
    """The strand that runs across here: the first at or beyond, as seen from the revision."""
    beyond = [
        each
        for at, each in sides.items()
        if (start <= slot <= at if at > start else at <= slot <= start)
    ]
    return min(beyond, key=lambda each: abs(each.slot - start), default=None)


def _across(pen: Pen, strand: Strand | None) -> str:
    return pen.across_dashed if strand and strand.depends else pen.across


def _upright(pen: Pen, strand: Strand | None) -> str:
    if strand is None:
        return " "
    return pen.upright_dashed if strand.depends else pen.upright
