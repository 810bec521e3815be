"""A schema as text that Graphviz draws: https://graphviz.org/doc/info/shapes.html#html."""

from __future__ import annotations

from collections.abc import Iterator

from migrate_core.drawing.dot import STYLE, quoted
from migrate_core.drawing.markup import text
from migrate_core.drawing.schema import Column, SchemaPicture, Sign, Table

_COLOURS: dict[Sign, tuple[str, str]] = {
    "": ("#f2f4f6", "#5f6872"),
    "+": ("#e2f4ec", "#12694c"),
    "-": ("#fbe7ea", "#a8283a"),
    "~": ("#fdf0dc", "#8a4b08"),
}


def schema(picture: SchemaPicture) -> str:
    """A graph of tables; lines lead from column to column."""
    return "\n".join(("digraph schema {", "  rankdir=LR", *STYLE, *_lines(picture), "}", ""))


def _lines(picture: SchemaPicture) -> Iterator[str]:
    notes = (f"{note.sign} {note.text}" for note in picture.notes)
    yield f"  label={quoted(chr(10).join((picture.title, picture.summary, *notes)))}"
    numbers = {table.key: number for number, table in enumerate(picture.tables)}
    for table in picture.tables:
        yield f"  t{numbers[table.key]} [shape=plain, style=solid, label=<{_table(table)}>]"
    for each in picture.references:
        if each.referred not in numbers:
            continue
        own, other = each.pairs[0] if each.pairs else ("", "")
        start = _port(picture, numbers[each.referred], other, "right:e")
        end = _port(picture, numbers[each.table], own, "left:w")
        label = f", label={quoted(each.sign)}" if each.sign else ""
        style = ", style=dashed" if each.sign == "-" else ""
        head = "tee" if each.single else "crow"
        yield (
            f"  {start} -> {end} [arrowhead={head}, tooltip={quoted(each.said)}, "
            f'color="{_COLOURS[each.sign][1]}"{label}{style}]'
        )


def _port(picture: SchemaPicture, table: int, column: str, side: str) -> str:
    """A side of a column's row; the table where it has no such column."""
    names = [each.name for each in picture.tables[table].columns]
    return f"t{table}:c{names.index(column)}{side}" if column in names else f"t{table}"


def _table(table: Table) -> str:
    wash, line = _COLOURS[table.sign]
    sign = f"{table.sign} " if table.sign else ""
    rows = [f'<TR><TD BGCOLOR="{wash}" COLSPAN="3"><B>{text(sign + table.name)}</B></TD></TR>']
    rows += [_column(each, number) for number, each in enumerate(table.columns)]
    rows += [
        f'<TR><TD COLSPAN="3" ALIGN="LEFT">{text(each.within(table.name))}</TD></TR>'
        for each in table.notes
    ]
    return (
        f'<TABLE BORDER="1" COLOR="{line}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4">'
        f"{''.join(rows)}</TABLE>"
    )


def _column(column: Column, number: int) -> str:
    wash = f' BGCOLOR="{_COLOURS[column.sign][0]}"' if column.sign else ""
    tags = text(" ".join(filter(None, (column.sign, *column.tags))))
    return (
        f'<TR><TD{wash} PORT="c{number}left" ALIGN="LEFT">{tags}</TD>'
        f'<TD{wash} ALIGN="LEFT">{text(column.name)}</TD>'
        f'<TD{wash} PORT="c{number}right" ALIGN="RIGHT">{text(column.detail)}</TD></TR>'
    )
