"""Keywords that directives take beyond their signatures; a misspelt one would change nothing.

::

    autoincrement=                          a name of the directive's own
    postgresql_where=                       DIALECT_NAME: what SQLAlchemy knows of that dialect

Keywords of another dialect than the one that runs are accepted, and do nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from sqlalchemy.exc import NoSuchModuleError

from migrate_core.errors import UnknownKeyword
from migrate_core.schema import versions

_DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")


def check(directive: str, given: Iterable[str], accepted: frozenset[str]) -> None:
    """Pass the keywords of a directive that makes no SQLAlchemy construct.

    Those that begin with the name of a dialect that is none of ours are left to whoever does the
    operation for that dialect.

    :raises UnknownKeyword: one that the directive does not take.
    """
    for keyword in given:
        dialect, _, argument = keyword.partition("_")
        if keyword in accepted or (argument and _is_of_another(dialect)):
            continue
        raise UnknownKeyword(directive, keyword, get_close_matches(keyword, sorted(accepted)))


def check_for(
    construct: type[Any], directive: str, given: Iterable[str], accepted: frozenset[str]
) -> None:
    """Pass the keywords of a directive that makes ``construct``.

    :param accepted: names of the construct's own.
    :raises UnknownKeyword: one that neither it nor a dialect takes for the construct.
    """
    for keyword in given:
        if keyword in accepted or _is_argument(construct, keyword):
            continue
        known = [*accepted, *_arguments(construct)]
        raise UnknownKeyword(directive, keyword, get_close_matches(keyword, sorted(known)))


def _is_argument(construct: type[Any], keyword: str) -> bool:
    dialect, _, argument = keyword.partition("_")
    if not argument:
        return False
    try:
        known = versions.keyword_arguments(construct, dialect)
    except NoSuchModuleError:
        return False
    return known is None or argument in known or "*" in known


def _arguments(construct: type[Any]) -> Iterator[str]:
    for dialect in _DIALECTS:
        for argument in versions.keyword_arguments(construct, dialect) or ():
            yield f"{dialect}_{argument}"


def _is_of_another(dialect: str) -> bool:
    if dialect in _DIALECTS:
        return False
    try:
        versions.keyword_arguments(object, dialect)
    except NoSuchModuleError:
        return False
    return True
