"""PostgreSQL's types, from the text of ``format_type`` and the catalogue's enums and domains.

::

    numeric(10,2)[]                ARRAY(NUMERIC(10, 2))
    timestamp(3) with time zone    TIMESTAMP(timezone=True, precision=3)
    interval day to second(2)      INTERVAL(fields="day to second", precision=2)
    an enum or a domain            by its oid, whatever its name looks like
    anything SQLAlchemy has not    NullType
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BIT, DOMAIN, ENUM, INTERVAL
from sqlalchemy.types import NULLTYPE, TypeEngine

# name, arguments and what follows them, dimensions
_FORMAT = re.compile(
    r"(?P<name>[^(\[]+?)\s*(?:\((?P<arguments>[^)]*)\))?(?P<rest>[^(\[]*)(?:\[\])*"
)


@dataclass(frozen=True, slots=True)
class NamedType:
    """An enum or a domain.

    :param schema: None where the search path finds it.
    :param labels: of an enum, in order; a domain has none.
    :param base: of a domain: the text and oid of the type it restricts.
    """

    name: str
    schema: str | None
    labels: tuple[str, ...] = ()
    base: tuple[str, int] | None = None
    not_null: bool = False
    default: str | None = None
    collation: str | None = None
    constraint: str | None = None
    condition: str | None = None


class Types:
    """Types by their text, each made once.

    :param known: SQLAlchemy's types by the server's names, extensions' included.
    :param named: enums and domains by oid.
    """

    def __init__(self, known: Mapping[str, Any], named: Mapping[int, NamedType]) -> None:
        self._known = known
        self._named = named
        self._made: dict[tuple[str, int, str | None], TypeEngine[Any]] = {}

    def __call__(self, text: str, oid: int, collation: str | None = None) -> TypeEngine[Any]:
        """The type that the server writes as ``text``.

        :param oid: of the type, of an array's element where it is an array.
        :param collation: where it is not the type's own.
        """
        key = (text, oid, collation)
        if key not in self._made:
            item = self._item(text, oid, collation)
            self._made[key] = ARRAY(item) if text.endswith("[]") else item
        return self._made[key]

    def _item(self, text: str, oid: int, collation: str | None) -> TypeEngine[Any]:
        named = self._named.get(oid)
        if named is None:
            return self._builtin(text, collation)
        if named.base is None:
            return ENUM(
                *named.labels,
                name=named.name,
                schema=named.schema,
                create_type=False,
                inherit_schema=False,
            )
        return DOMAIN(
            named.name,
            self(*named.base),
            schema=named.schema,
            collation=named.collation,
            default=named.default,
            not_null=named.not_null,
            constraint_name=named.constraint,
            check=named.condition,
            create_type=False,
            inherit_schema=False,
        )

    def _builtin(self, text: str, collation: str | None) -> TypeEngine[Any]:
        match = _FORMAT.fullmatch(text)
        if match is None:
            return NULLTYPE
        name = match["name"] + match["rest"]
        arguments = [
            int(part) if part.strip().lstrip("-").isdecimal() else part.strip()
            for part in (match["arguments"] or "").split(",")
            if part
        ]
        if name.startswith("interval"):
            return _interval(name, arguments)
        kind = self._known.get(name)
        if kind is None:
            return NULLTYPE
        try:
            return _made(kind, name, arguments, collation)
        except TypeError:
            return NULLTYPE


def _interval(name: str, arguments: list[Any]) -> TypeEngine[Any]:
    fields = name.removeprefix("interval").strip() or None
    return INTERVAL(precision=arguments[0] if arguments else None, fields=fields)


def _made(kind: Any, name: str, arguments: list[Any], collation: str | None) -> TypeEngine[Any]:
    made: TypeEngine[Any]
    if name.startswith("time"):
        made = kind(
            timezone=name.endswith("with time zone"),
            precision=arguments[0] if arguments else None,
        )
    elif issubclass(kind, BIT):
        made = kind(*arguments, varying=name == "bit varying")
    elif issubclass(kind, sa.String) and collation is not None:
        made = kind(*arguments, collation=collation)
    else:
        made = kind(*arguments)
    return made
