"""A value that stands in the statement itself instead of being a parameter."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine, to_instance


class InlineLiteral(ColumnElement[Any]):
    """``value`` as the literal processor of its type writes it.

    :param type_: None for the one that SQLAlchemy takes for such a value.
    """

    inherit_cache = False

    def __init__(
        self, value: Any, type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None
    ) -> None:
        self.value = value
        self.type = sa.literal(value).type if type_ is None else to_instance(type_)


@compiles(InlineLiteral)
def _inline_literal(element: InlineLiteral, compiler: Any, **_: Any) -> str:
    if element.value is None:
        return "NULL"
    text: str = compiler.render_literal_value(element.value, element.type)
    return text
