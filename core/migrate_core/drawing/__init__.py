"""Histories and schemas as pictures: values in, text of a format out, nothing read or written.

::

    history.picture(graph, ...)   -> HistoryPicture --+
                                                      +--> written(picture, "svg") -> text
    schema.of_snapshot(...)       -> SchemaPicture  --+
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from migrate_core.drawing.history import HistoryPicture
    from migrate_core.drawing.schema import SchemaPicture

Format = Literal["svg", "html", "mermaid", "dot"]

FORMATS: tuple[Format, ...] = get_args(Format)


def written(picture: HistoryPicture | SchemaPicture, format: Format) -> str:
    """The picture as a whole document of that format, which asks for nothing else.

    :raises LayoutMissing: a schema as svg or html, and the library that lays it out is missing.
    """
    from migrate_core.drawing import (
        dot,
        dot_schema,
        history_page,
        history_svg,
        mermaid,
        mermaid_schema,
        schema_page,
        schema_svg,
    )
    from migrate_core.drawing.history import HistoryPicture
    from migrate_core.drawing.schema import SchemaPicture

    match picture, format:
        case HistoryPicture(), "svg":
            return history_svg.svg(picture)
        case HistoryPicture(), "html":
            return history_page.page(picture)
        case HistoryPicture(), "mermaid":
            return mermaid.history(picture)
        case HistoryPicture(), "dot":
            return dot.history(picture)
        case SchemaPicture(), "svg":
            return schema_svg.svg(picture)
        case SchemaPicture(), "html":
            return schema_page.page(picture)
        case SchemaPicture(), "mermaid":
            return mermaid_schema.schema(picture)
        case SchemaPicture(), "dot":
            return dot_schema.schema(picture)
    raise AssertionError(f"no such format: {format}")
