"""How statements stand in a script, by the style of the client that reads it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle, postgresql
from sqlalchemy.engine import Dialect

from migrate_core.database.offline import Offline
from migrate_core.ddl import ScriptStyle

PLAIN = (postgresql.dialect(), ScriptStyle())
BATCHES = (mssql.dialect(), ScriptStyle(begin="BEGIN TRANSACTION", separator="GO"))
SLASHES = (oracle.dialect(), ScriptStyle(begin=None, commit=None, terminator="", separator="/"))


@pytest.mark.parametrize(
    ("how", "statement", "expected"),
    [
        (PLAIN, "SELECT 1", "BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n"),
        (PLAIN, "SELECT 1;\n ", "BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n"),
        (BATCHES, "SELECT 1", "BEGIN TRANSACTION;\n\nSELECT 1;\n\nGO\n\nCOMMIT;\n\nGO\n"),
        (SLASHES, "SELECT 1 FROM dual;", "SELECT 1 FROM dual\n\n/\n"),
        (SLASHES, "BEGIN NULL; END;", "BEGIN NULL; END;\n\n/\n"),
    ],
)
def test_a_statement_ends_as_its_client_wants_it(
    how: tuple[Dialect, ScriptStyle], statement: str, expected: str
) -> None:
    channel = Offline(*how, complete=False)
    channel.begin()
    channel.send(sa.text(statement))
    channel.commit()
    assert channel.text() == expected


def test_a_note_is_a_comment_on_every_line() -> None:
    channel = Offline(*PLAIN, complete=False)
    channel.note("one\ntwo")
    assert channel.text() == "-- one\n-- two\n"


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (mssql.dialect(), "0x00ff"),
        (oracle.dialect(), "hextoraw('00ff')"),
        (postgresql.dialect(), "'\\x00ff'::BYTEA"),
    ],
)
def test_bytes_are_written_in_each_database_s_own_digits(dialect: Dialect, expected: str) -> None:
    channel = Offline(dialect, ScriptStyle(), complete=False)
    channel.send(sa.insert(sa.table("t", sa.column("v"))).values(v=b"\x00\xff"))
    assert f"VALUES ({expected})" in channel.text()
