"""Types as one dialect writes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine


class TypeTexts:
    """The text of types, equal ones of which the dialect is asked about once."""

    def __init__(self, dialect: Dialect) -> None:
        self._process = dialect.type_compiler_instance.process
        self._known: dict[tuple[Any, ...], str] = {}

    def __call__(self, type_: TypeEngine[Any]) -> str:
        """The text of one type.

        :raises sqlalchemy.exc.CompileError: the dialect cannot write it.
        """
        try:
            key = (type_.__class__, *type_.__dict__.items())
            text = self._known.get(key)
        except TypeError:  # something in it has no hash
            return str(self._process(type_))
        if text is None:
            text = self._known[key] = str(self._process(type_))
        return text
