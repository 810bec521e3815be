"""Indexes that PostgreSQL builds beside the traffic, and what a build that failed leaves.

A build that is refused or interrupted leaves an index that is INVALID: no query uses it, each write
pays for it, its name is taken, and IF NOT EXISTS takes it for the one that was asked for
(PostgreSQL's manual, CREATE INDEX, "Building Indexes Concurrently").
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateIndex

from migrate_core.database.connect import asked, literal

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_BUILD = re.compile(
    r"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?P<cautious>IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<name>{_NAME})\s+ON\s+(?:ONLY\s+)?(?P<table>{_NAME}(?:\s*\.\s*{_NAME})?)",
    re.IGNORECASE,
)
_INVALID = """
SELECT c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = {name} AND i.indrelid = to_regclass({table}) AND NOT i.indisvalid
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid)
"""


@dataclass(frozen=True, slots=True)
class Build:
    """A concurrent index that a statement makes.

    :param name: as the catalogue has it.
    :param table: as the statement has it.
    :param cautious: whether IF NOT EXISTS is said.
    """

    name: str
    table: str
    cautious: bool


def build_of(element: Any, connection: Connection) -> Build | None:
    """The index that a statement is to build concurrently; None where it does something else."""
    match element:
        case sa.TextClause():
            text = element.text
        case CreateIndex():
            text = str(element.compile(dialect=connection.dialect))
        case _:
            return None
    found = _BUILD.match(text)
    if found is None:
        return None
    name = found["name"]
    plain = name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
    return Build(plain, found["table"], found["cautious"] is not None)


def drop_invalid(connection: Connection, build: Build) -> bool:
    """Drop what an earlier build left, unless somebody is building it now.

    :return: whether there was something.
    """
    query = _INVALID.format(name=literal(build.name), table=literal(build.table))
    for (index,) in asked(connection, query):
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")
        return True
    return False
