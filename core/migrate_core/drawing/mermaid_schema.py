"""A schema as text that Mermaid draws: https://mermaid.js.org/syntax/entityRelationshipDiagram.html.

A type or a column's name is one word there. Where it is none, the word is made of it and the
comment has it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate_core.drawing.mermaid import quoted
from migrate_core.drawing.schema import SIGNS, Column, Reference, SchemaPicture, Table

_NO_WORD = re.compile(r"[^A-Za-z0-9_]+")


def schema(picture: SchemaPicture) -> str:
    """An entity relationship diagram; what changes says so in a comment."""
    return "\n".join(("erDiagram", *_lines(picture), ""))


def _lines(picture: SchemaPicture) -> Iterator[str]:
    yield f"  accTitle: {quoted(picture.title)}\n  accDescr: {quoted(picture.summary)}"
    names = {table.key: f"t{number}" for number, table in enumerate(picture.tables)}
    for note in picture.notes:
        yield f"  %% {note.sign} {' '.join(note.text.split())}"
    for table in picture.tables:
        yield from _table(table, names[table.key])
    for each in picture.references:
        if each.referred in names:
            yield _reference(each, names[each.referred], names[each.table])


def _table(table: Table, name: str) -> Iterator[str]:
    sign = f"{table.sign} " if table.sign else ""
    yield f'  {name}["{quoted(sign + table.name)}"] {{'
    for column in table.columns:
        yield f"    {_column(column)}"
    for note in table.notes:
        yield f'    also {SIGNS.get(note.sign, "changed")} "{quoted(note.within(table.name))}"'
    yield "  }"
    colours = {
        "+": "fill:#e2f4ec,stroke:#12694c",
        "-": "fill:#fbe7ea,stroke:#a8283a,stroke-dasharray:6 4",
        "~": "fill:#fdf0dc,stroke:#8a4b08",
    }
    if table.sign:
        yield f"  style {name} {colours[table.sign]}"


def _column(column: Column) -> str:
    new = column.detail.rpartition("→ ")[2]
    kind, name = _word(new.removesuffix(" null")), _word(column.name)
    keys = ", ".join({"UQ": "UK"}.get(tag, tag) for tag in column.tags)
    said = [f"{column.sign} {SIGNS[column.sign]}"] if column.sign else []
    said += [column.name] if name != column.name else []
    said += [column.detail] if kind != column.detail else []
    comment = f'"{quoted("; ".join(said))}"' if said else ""
    return " ".join(filter(None, (kind, name, keys, comment)))


def _word(value: str) -> str:
    word = _NO_WORD.sub("_", value).strip("_") or "x"
    return word if word[0].isalpha() else f"x{word}"


def _reference(each: Reference, referred: str, own: str) -> str:
    near = "|o" if each.optional else "||"
    far = "o|" if each.single else "o{"
    columns = ", ".join(name for name, _ in each.pairs)
    sign = f"{each.sign} " if each.sign else ""
    return f'  {referred} {near}--{far} {own} : "{quoted(sign + columns)}"'
