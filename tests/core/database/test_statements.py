"""Who hears which statement, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from migrate_core.database.statements import Statement, observed


class Heard:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def before(self, statement: Statement) -> None:
        self.lines.append(f"before {statement.text}")

    def after(self, statement: Statement, seconds: float) -> None:
        assert seconds >= 0
        self.lines.append(f"after {statement.text}")

    def failed(self, statement: Statement, error: BaseException) -> None:
        self.lines.append(f"failed {statement.text}: {type(error).__name__}")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def send(connection: Connection, text: str) -> None:
    connection.execute(sa.text(text))


def test_a_statement_is_told_before_it_is_sent_and_after_it_was_done(
    connection: Connection,
) -> None:
    heard = Heard()
    with observed(connection, heard):
        send(connection, "CREATE TABLE a (id INTEGER)")
        send(connection, "INSERT INTO a VALUES (1)")
    create, insert = "CREATE TABLE a (id INTEGER)", "INSERT INTO a VALUES (1)"
    assert heard.lines == [
        f"before {create}",
        f"after {create}",
        f"before {insert}",
        f"after {insert}",
    ]


def test_what_an_orm_session_sends_is_heard_and_its_values_are_not(connection: Connection) -> None:
    heard = Heard()
    with observed(connection, heard), Session(bind=connection) as session:
        session.execute(sa.select(sa.literal("s3cr3t")))
    assert len(heard.lines) == 2
    assert "s3cr3t" not in "".join(heard.lines)


def test_a_refused_statement_fails_although_its_error_is_caught(connection: Connection) -> None:
    heard = Heard()
    with observed(connection, heard):
        with pytest.raises(sa.exc.DBAPIError):
            send(connection, "SELECT * FROM nowhere")
        connection.rollback()
        send(connection, "SELECT 1")
    assert [line.split()[0] for line in heard.lines] == ["before", "failed", "before", "after"]


def test_an_error_that_is_no_statement_s_is_not_told(connection: Connection) -> None:
    heard = Heard()
    with observed(connection, heard):
        send(connection, "SELECT 1")
        with pytest.raises(sa.exc.StatementError):
            send(connection, "SELECT :value")
    assert heard.lines == ["before SELECT 1", "after SELECT 1"]


def test_other_connections_and_other_times_are_not_heard(engine: Engine) -> None:
    heard = Heard()
    with engine.connect() as connection, engine.connect() as other:
        send(connection, "SELECT 1")
        with observed(connection, heard):
            send(other, "SELECT 2")
            with pytest.raises(sa.exc.DBAPIError):
                send(other, "SELECT * FROM nowhere")
        send(connection, "SELECT 3")
    assert heard.lines == []


def test_an_interrupted_statement_fails_by_what_interrupted_it(sqlite_engine: Engine) -> None:
    heard = Heard()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with sqlite_engine.connect() as connection:
        sa.event.listen(connection.dialect, "do_execute", lambda *_: interrupt())
        with pytest.raises(KeyboardInterrupt), observed(connection, heard):
            send(connection, "SELECT 1")
    assert heard.lines == ["before SELECT 1", "failed SELECT 1: KeyboardInterrupt"]


class Recording(Heard):
    """Notes over the same connection, as a journal does."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    def before(self, statement: Statement) -> None:
        super().before(statement)
        send(self.connection, "INSERT INTO notes VALUES ('about to')")

    def after(self, statement: Statement, seconds: float) -> None:
        super().after(statement, seconds)
        send(self.connection, "INSERT INTO notes VALUES ('done')")


def test_what_a_listener_sends_itself_is_not_told_to_it(connection: Connection) -> None:
    send(connection, "CREATE TABLE notes (note VARCHAR(20))")
    recording = Recording(connection)
    with observed(connection, recording):
        send(connection, "SELECT 1")
    assert recording.lines == ["before SELECT 1", "after SELECT 1"]
    notes = connection.execute(sa.text("SELECT note FROM notes ORDER BY note"))
    assert notes.scalars().all() == ["about to", "done"]


def test_a_statement_is_not_sent_where_the_listener_refuses(connection: Connection) -> None:
    class Refusing(Heard):
        def before(self, statement: Statement) -> None:
            raise PermissionError(statement.text)

    with pytest.raises(PermissionError), observed(connection, Refusing()):
        send(connection, "CREATE TABLE refused (id INTEGER)")
    assert not sa.inspect(connection).has_table("refused")
