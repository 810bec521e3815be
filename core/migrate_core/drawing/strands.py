"""The lines of one row of a history, as SVG: each row is drawn by itself.

So a row can be left out, as in a folded run, without any other being drawn anew.
"""

from __future__ import annotations

from migrate_core.drawing.history import Fold, Node
from migrate_core.drawing.lanes import Strand

ROW = 30
"""The height of a row, in pixels."""

LANE = 18
"""The width of a slot."""

COLOURS = 6
"""How many colours strands have, in turn; see ``assets/colours.css``."""

_MIDDLE = ROW / 2
_RADIUS = 5


def across(slot: int) -> float:
    """Where the middle of a slot is."""
    return LANE * slot + LANE / 2


def node(found: Node) -> str:
    """A row: its strands, and the revision on top of them."""
    row = found.row
    drawn = [_straight(each) for each in row.passing]
    drawn += [_curved(each, row.slot, 0) for each in row.above]
    drawn += [_curved(each, row.slot, ROW) for each in row.below]
    x, colour = _number(across(row.slot)), row.slot % COLOURS
    state = {True: "dot", False: "dot open", None: "dot dim"}[found.applied]
    drawn.append(f'<g class="n{colour}"><circle class="{state}" cx="{x}" cy="15" r="{_RADIUS}"/>')
    if found.current:
        drawn.append(f'<circle class="ring" cx="{x}" cy="15" r="{_RADIUS + 4}"/>')
    return "".join((*drawn, "</g>"))


def fold(found: Fold) -> str:
    """The row that stands for many: its strand with a gap."""
    row = found.nodes[0].row
    drawn = [_straight(each) for each in row.passing]
    x, colour = _number(across(row.slot)), row.slot % COLOURS
    dots = "".join(
        f'<circle class="dot" cx="{x}" cy="{_number(_MIDDLE + y)}" r="1"/>' for y in (-5, 0, 5)
    )
    ends = f'<path class="l l{colour}" d="M{x} 0V4M{x} 26V30"/>'
    return "".join((*drawn, ends, f'<g class="n{colour}">{dots}</g>'))


def _straight(strand: Strand) -> str:
    return _path(strand, strand.slot, f"M{_number(across(strand.slot))} 0V{ROW}")


def _curved(strand: Strand, slot: int, end: int) -> str:
    """From a revision to the end of its row: straight, or round a corner."""
    x, to = _number(across(slot)), _number(across(strand.slot))
    if strand.slot == slot:
        return _path(strand, slot, f"M{x} {_number(_MIDDLE)}V{end}")
    bend = _number(across(strand.slot) + (9 if strand.slot < slot else -9))
    turn = f"M{x} {_number(_MIDDLE)}H{bend}Q{to} {_number(_MIDDLE)} {to} "
    return _path(strand, strand.slot, f"{turn}{_number(_MIDDLE + (9 if end else -9))}V{end}")


def _path(strand: Strand, slot: int, drawn: str) -> str:
    dashed = " d" if strand.depends else ""
    return f'<path class="l l{slot % COLOURS}{dashed}" d="{drawn}"/>'


def _number(value: float) -> str:
    return f"{value:g}"
