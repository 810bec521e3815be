"""The keys of a configuration file, what each may say, and what a misspelt one may have meant.

=======  ============================================  ===========================================
kind     in an ini file                                in pyproject.toml
=======  ============================================  ===========================================
TEXT     any                                           a text
NUMBER   ``40``                                        a whole number
SECONDS  ``2.5``                                       a number
SWITCH   ``true``, ``yes``, ``on``, ``1``; the other   ``true`` or ``false``
         way ``false``, ``no``, ``off``, ``0``
NAMED    as SWITCH, or a text                          ``true``, ``false`` or a text
LIST     separated by commas or spaces                 a list of texts
PATHS    separated as ``path_separator`` says          a list of texts
=======  ============================================  ===========================================
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from enum import Enum, auto
from types import MappingProxyType
from typing import Any


class Kind(Enum):
    """What a key may say; see the module."""

    TEXT = auto()
    NUMBER = auto()
    SECONDS = auto()
    SWITCH = auto()
    NAMED = auto()
    LIST = auto()
    PATHS = auto()


PLACES: Mapping[str, Kind] = MappingProxyType(
    {
        "script_location": Kind.TEXT,
        "version_locations": Kind.PATHS,
        "prepend_sys_path": Kind.PATHS,
        "metadata": Kind.TEXT,
    }
)
"""The keys that say where migrations and models are."""

OPTIONS: Mapping[str, Kind] = MappingProxyType(
    {
        "version_table": Kind.TEXT,
        "version_table_schema": Kind.TEXT,
        "transaction_per_migration": Kind.SWITCH,
        "lock": Kind.SWITCH,
        "lock_timeout": Kind.SECONDS,
        "statement_lock_timeout": Kind.SECONDS,
        "statement_lock_tries": Kind.NUMBER,
        "journal": Kind.NAMED,
        "journal_people": Kind.SWITCH,
        "compare_type": Kind.SWITCH,
        "compare_server_default": Kind.SWITCH,
        "include_schemas": Kind.SWITCH,
        "render_as_batch": Kind.SWITCH,
        "autogenerate_plugins": Kind.LIST,
        "user_module_prefix": Kind.TEXT,
        "sqlalchemy_module_prefix": Kind.TEXT,
        "alembic_module_prefix": Kind.TEXT,
        "upgrade_token": Kind.TEXT,
        "downgrade_token": Kind.TEXT,
        "file_template": Kind.TEXT,
        "truncate_slug_length": Kind.NUMBER,
        "timezone": Kind.TEXT,
        "recursive_version_locations": Kind.SWITCH,
        "sourceless": Kind.SWITCH,
        "output_encoding": Kind.TEXT,
    }
)
"""The keys that are options of :class:`~migrate_core.settings.Settings`, under the same names."""

KEYS: Mapping[str, Kind] = MappingProxyType({**PLACES, **OPTIONS})

ENGINE = "sqlalchemy."
"""Begins the keys that SQLAlchemy's ``engine_from_config()`` takes; one of them is the URL."""

HOOKS = "post_write_hooks"

FOR_A_SCRIPT = frozenset({"revision_environment", "databases"})
"""The documented keys that only an env.py would look at."""

_WORDS = MappingProxyType(
    {
        **dict.fromkeys(("true", "yes", "on", "1"), True),
        **dict.fromkeys(("false", "no", "off", "0"), False),
    }
)


def of_text(kind: Kind, text: str, separator: str) -> Any:
    """What a text of an ini file says.

    :param separator: the pattern that parts PATHS.
    :raises ValueError: what it has to be.
    """
    match kind:
        case Kind.TEXT:
            return text
        case Kind.NUMBER:
            return _number(int, text, "a whole number")
        case Kind.SECONDS:
            return _number(float, text, "a number of seconds")
        case Kind.SWITCH:
            if text.lower() not in _WORDS:
                raise ValueError("it has to be true or false")
            return _WORDS[text.lower()]
        case Kind.NAMED:
            return _WORDS.get(text.lower(), text)
        case Kind.LIST:
            return parts(text, r"[,\s]+")
        case Kind.PATHS:
            return parts(text, separator)


def of_value(kind: Kind, value: Any) -> Any:
    """What a value of ``pyproject.toml`` says.

    :raises ValueError: what it has to be.
    """
    match kind, value:
        case Kind.TEXT | Kind.NAMED, str():
            return value
        case Kind.SWITCH | Kind.NAMED, bool():
            return value
        case ((Kind.NUMBER | Kind.SECONDS), bool()):
            pass  # an int, to Python
        case Kind.NUMBER, int():
            return value
        case Kind.SECONDS, int() | float():
            return float(value)
        case ((Kind.LIST | Kind.PATHS), list()) if all(isinstance(each, str) for each in value):
            return tuple(value)
    wanted = {
        Kind.TEXT: "a text",
        Kind.NUMBER: "a whole number",
        Kind.SECONDS: "a number of seconds",
        Kind.SWITCH: "true or false",
        Kind.NAMED: "true, false or a text",
        Kind.LIST: "a list of texts",
        Kind.PATHS: "a list of texts",
    }
    raise ValueError(f"it has to be {wanted[kind]}")


def parts(text: str, separator: str) -> tuple[str, ...]:
    """The text in parts, without empty ones."""
    return tuple(part.strip() for part in re.split(separator, text) if part.strip())


def unknown(keys: Collection[str], further: Collection[str]) -> list[str]:
    """Those of the keys that mean nothing here.

    :param further: keys that are known besides.
    """
    known = {*KEYS, *FOR_A_SCRIPT, *further}
    return [key for key in keys if key not in known and not key.startswith(ENGINE)]


def near(key: str) -> str:
    """What to do about a key that means nothing."""
    known = [*KEYS, f"{ENGINE}url", HOOKS]
    alike = get_close_matches(key, known, n=3, cutoff=0.7)
    alike += [each for each in known if key in each and each not in alike]
    if alike:
        return f"Did you mean {' or '.join(alike[:3])}?"
    return f"Take it out. Known keys: {', '.join(known)}."


def _number(read: type[int] | type[float], text: str, wanted: str) -> int | float:
    try:
        return read(text)
    except ValueError:
        raise ValueError(f"it has to be {wanted}") from None
