"""How a database is called in messages: never with its password."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from migrate_core.database import connect
from migrate_core.errors import DatabaseUnreachable


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://a:pw@h:5432/db", "postgresql+psycopg://a:***@h:5432/db"),
        ("mysql+pymysql://a@h/db", "mysql+pymysql://a@h/db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:x?uri=true", "sqlite:///file:x?uri=true"),
    ],
)
def test_a_database_is_named_by_its_address(url: str, name: str) -> None:
    assert connect.name(sa.make_url(url)) == name


def test_a_sqlite_database_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = sa.make_url("sqlite:///app.db")
    assert connect.name(url) == f"sqlite:///{tmp_path / 'app.db'} (new file)"
    (tmp_path / "app.db").touch()
    assert connect.name(url) == f"sqlite:///{tmp_path / 'app.db'}"


def test_a_driver_that_repeats_the_password_is_not_repeated() -> None:
    url = sa.make_url("postgresql+psycopg://a:s3cr3t@h/db")
    assert connect.reason(Exception("no entry for s3cr3t\nmore"), url) == "no entry for ***"


def test_a_folder_that_is_not_there_makes_a_sqlite_database_unreachable(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'no' / 'app.db'}")
    expected = pytest.raises(DatabaseUnreachable, match="unable to open database file")
    with expected, connect.connected(engine):
        pass


def test_a_connection_that_was_given_stays_open() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as given:
        with connect.connected(given) as connection:
            assert connection is given
        assert not given.closed
