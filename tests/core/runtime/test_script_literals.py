"""A value in a script is the value that a connection would have stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from clients import emptied, run_script, scripted
from histories import history, opened, rows
from migrate_core.errors import MigrationFailed, NoLiteral

TEXTS = (
    "it's \"here\" ''",
    r"C:\new\table\'s \\ \0 \n",
    "ends with a backslash \\",
    "100% of %s and %(x)s %%",
    r"a:b ::c :d \:e",
    "a;b -- c /* d */ # e $$ f",
    "one\ntwo\n\nGO\n/\ngo\n\\q\n.quit\nDELIMITER //\n",
    "tab\there",
    "carriage\rreturn\r\nboth",
    "naïve ñ 名前 🐍",
    "",
    "NULL",
    "{x} ${y} `z` [a] ?",
)
TABLE = """
import datetime as dt, decimal, enum, uuid
from sqlalchemy.dialects import postgresql
class Kind(enum.Enum):
    one = 1
    two = 2
class Reversed(sa.types.TypeDecorator):
    impl = sa.String(20)
    cache_ok = True
    def process_bind_param(self, value, dialect):
        return value[::-1] if value is not None else "none"
t = op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('v', {type}))
op.bulk_insert(t, [{{'id': n, 'v': v}} for n, v in enumerate({values}, 1)])
"""
EVERYWHERE = {
    "text": ("sa.Text()", repr(TEXTS)),
    "string": ("sa.String(100)", repr(TEXTS)),
    "json": ("sa.JSON()", repr([{"a": TEXTS}, None, [1, 2.5, True, None], "text", {}])),
    "bytes": ("sa.LargeBinary()", repr([bytes(range(256)), b"", b"'\\%:", None])),
    "date": ("sa.Date()", "[dt.date(2024, 2, 29), dt.date(1, 1, 1), None]"),
    "datetime": (
        "sa.DateTime()",
        "[dt.datetime(2024, 2, 29, 23, 59, 59), dt.datetime(1999, 12, 31), None]",
    ),
    "time": ("sa.Time()", "[dt.time(23, 59, 59), dt.time(0), None]"),
    "interval": (
        "sa.Interval()",
        "[dt.timedelta(days=1), dt.timedelta(days=40, hours=25, seconds=1), dt.timedelta(0)]",
    ),
    "numeric": (
        "sa.Numeric(20, 5)",
        "[decimal.Decimal('12345.67891'), decimal.Decimal('-0.00001'), decimal.Decimal('1E+3')]",
    ),
    "float": ("sa.Float()", "[0.1, -1e-7, 1e20, 5, None]"),
    "integer": ("sa.BigInteger()", "[2**62, -1, 0]"),
    "boolean": ("sa.Boolean()", "[True, False, None]"),
    "uuid": ("sa.Uuid()", "[uuid.UUID(int=2**127 + 5), None]"),
    "text uuid": (
        "sa.Uuid(as_uuid=False)",
        "['12345678-1234-5678-1234-567812345678']",
    ),
    "enum": ("sa.Enum(\"it's\", 'b%c', name='kind')", "[\"it's\", 'b%c', None]"),
    "class enum": ("sa.Enum(Kind)", "[Kind.one, Kind.two]"),
    "decorated": ("Reversed()", "['abc', None]"),
    "pickled": ("sa.PickleType()", "[{'a': [1, 2]}, None]"),
}
ON_POSTGRESQL = {
    "array": ("postgresql.ARRAY(sa.String)", repr([list(TEXTS), [], [None, "a"], None])),
    "array of arrays": ("postgresql.ARRAY(sa.Integer)", "[[[1, 2], [3, 4]]]"),
    "array of bytes": ("postgresql.ARRAY(sa.LargeBinary)", "[[b'\\\\x00', b'a']]"),
    "jsonb": ("postgresql.JSONB()", repr([{"a": "it's \\ % :x"}])),
    "inet": ("postgresql.INET()", "['10.0.0.1/8']"),
    "hstore text": ("postgresql.TSVECTOR()", "[\"'a':1 'b':2\"]"),
    "timestamp with zone": (
        "sa.DateTime(timezone=True)",
        "[dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))]",
    ),
    "infinity": ("sa.Float()", "[float('inf'), float('-inf')]"),
    "interval in days": ("postgresql.INTERVAL()", "[dt.timedelta(days=1), dt.timedelta(-1, 5)]"),
}
ON_SQLITE = {
    "nul": ("sa.LargeBinary()", "[b'a\\0b']"),
    "infinity": ("sa.Float()", "[float('inf'), float('-inf'), float('nan')]"),
}
ON_MARIADB = {
    "nul": ("sa.Text()", "['a\\0b']"),
    "datetime with zone": (
        "sa.DateTime()",
        "[dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone.utc)]",
    ),
}


def same(engine: Engine, tmp_path: Path, type_: str, values: str) -> None:
    """What the client stores is what a connection stores, read back as text by the database."""
    folder = tmp_path / "migrations"
    history(folder, TABLE.format(type=type_, values=values))
    query = "SELECT id, v FROM t ORDER BY id"
    if engine.dialect.name == "sqlite":
        query = "SELECT id, typeof(v), quote(v) FROM t ORDER BY id"
    script_engine = scripted(engine)
    script = opened(folder, script_engine).upgrade_sql()
    opened(folder, script_engine).upgrade()
    online = rows(engine, query)
    emptied(engine)
    run_script(engine, script, tmp_path)
    assert rows(engine, query) == online
    assert online


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_value_comes_through_a_script(engine: Engine, tmp_path: Path, kind: str) -> None:
    same(engine, tmp_path, *EVERYWHERE[kind])


@pytest.mark.parametrize("kind", ON_POSTGRESQL)
def test_a_value_comes_through_a_script_on_postgresql(
    postgresql_engine: Engine, tmp_path: Path, kind: str
) -> None:
    same(postgresql_engine, tmp_path, *ON_POSTGRESQL[kind])


@pytest.mark.parametrize("kind", ON_SQLITE)
def test_a_value_comes_through_a_script_on_sqlite(
    sqlite_engine: Engine, tmp_path: Path, kind: str
) -> None:
    same(sqlite_engine, tmp_path, *ON_SQLITE[kind])


@pytest.mark.parametrize("kind", ON_MARIADB)
def test_a_value_comes_through_a_script_on_mariadb(
    mariadb_engine: Engine, tmp_path: Path, kind: str
) -> None:
    same(mariadb_engine, tmp_path, *ON_MARIADB[kind])


def test_a_value_that_cannot_be_written_is_told_with_its_migration(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    history(folder, TABLE.format(type="sa.Date()", values="[object()]"))
    with pytest.raises(MigrationFailed) as caught:
        opened(folder, sqlite_engine).upgrade_sql()
    assert isinstance(caught.value.__cause__, NoLiteral)
    assert "cannot be written as a literal of type DATE for sqlite" in caught.value.reason
    assert caught.value.state == "No script was written."


def test_python_side_defaults_are_values_of_the_script(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    history(
        folder,
        """
        t = op.create_table('t', sa.Column('id', sa.Integer, primary_key=True),
            sa.Column('a', sa.String(20), default="it's"),
            sa.Column('b', sa.Integer, default=lambda: 7),
            sa.Column('c', sa.Integer, onupdate=9),
            sa.Column('d', sa.Integer, server_default='4'))
        op.bulk_insert(t, [{'id': 1}, {'id': 2, 'a': 'x', 'd': 5}, {'id': 3, 'b': None}])
        op.execute(sa.insert(t).values(id=4))
        op.execute(t.update().where(t.c.id == 1).values(d=6))
        """,
    )
    script = opened(folder, scripted(engine)).upgrade_sql()
    run_script(engine, script, tmp_path)
    assert rows(engine, "SELECT * FROM t ORDER BY id") == [
        (1, "it's", 7, 9, 6),
        (2, "x", 7, None, 5),
        (3, "it's", None, None, 4),
        (4, "it's", 7, None, 4),
    ]
