"""A script in place of a database: statements become text, and no connection is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.expression import Executable

from migrate_core.database import literals
from migrate_core.database.shadow import Shadow
from migrate_core.ddl import Element, Rows, ScriptStyle, Verbatim
from migrate_core.errors import TableUnknown
from migrate_core.operations import MigrateOperation

# What is in quotes, of which nothing may change, or a tab.
_QUOTED_OR_TAB = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|\t""")
_BLOCK_END = re.compile(r"\bEND\b[^;]*;$", re.IGNORECASE)
_DROPS_TABLE = re.compile(r"DROP\s+TABLE\b", re.IGNORECASE)


class Offline:
    """The statements of a script.

    :param complete: whether it starts where the database is empty, so that what it makes is all
        there is.
    """

    connection: Connection | None = None

    def __init__(self, dialect: Dialect, style: ScriptStyle, *, complete: bool) -> None:
        self.dialect = literals.script_dialect(dialect)
        self.style = style
        self._blocks: list[str] = []
        self._drops_table = False
        self._shadow = Shadow() if complete and dialect.name == "sqlite" else None

    def about(self, *operations: MigrateOperation) -> None:
        """A script says in statements alone what it does."""

    def send(self, element: Element) -> None:
        """Write one statement, for rows one for each.

        :raises UnboundParameter: text has a ``:name`` without a value.
        :raises NoLiteral: a value cannot be written.
        """
        for text in self._texts(element):
            self._write(text.strip())

    def note(self, text: str) -> None:
        """Write a comment."""
        self._blocks.append("\n".join(f"-- {line}" for line in text.splitlines()))

    def put(self, text: str) -> None:
        """Write text that is none of ours to change."""
        self._blocks.append(text)

    def reading(self, table: str) -> Connection:
        """A database in memory that the script so far was run on.

        :raises TableUnknown: there is none, or it could not follow.
        """
        if self._shadow is None:
            raise TableUnknown(table, "this script does not start where it was made")
        return self._shadow.connection(table)

    def close(self) -> None:
        """No more statements come."""
        if self._shadow is not None:
            self._shadow.close()

    def begin(self) -> None:
        """Open a transaction, where scripts have them."""
        if self.style.begin is not None:
            text = f"{self.style.begin}{self.style.terminator}"
            self._blocks.append(self._separated(text) if self.style.separates_begin else text)

    def commit(self) -> None:
        """End it."""
        if self.style.commit is not None:
            self._blocks.append(self._separated(f"{self.style.commit}{self.style.terminator}"))

    def text(self) -> str:
        """The whole script; a blank line stands between what was sent."""
        blocks = self._blocks
        if settings := self._session_settings("\n\n".join(blocks)):
            at = next((at for at, each in enumerate(blocks) if not each.startswith("--")), 0)
            blocks = [*blocks[:at], f"{settings}{self.style.terminator}", *blocks[at:]]
        return "\n\n".join(blocks) + "\n"

    def drain(self) -> str:
        """The script so far, which begins anew; empty where nothing was written."""
        text = self.text() if self._blocks else ""
        self._blocks = []
        return text

    def _session_settings(self, text: str) -> str | None:
        """What the client's session has to be told, before the first transaction begins.

        In which encoding the file is, where that matters. And on SQLite not to enforce foreign keys
        while tables are dropped, which would delete the rows that refer to them; inside a
        transaction the pragma does nothing (https://www.sqlite.org/foreignkeys.html, section 5).
        """
        match self.dialect.name:
            case "sqlite":
                return "PRAGMA foreign_keys=OFF" if self._drops_table else None
            case "postgresql" if not text.isascii():
                return "SET client_encoding = 'UTF8'"
            case "mysql" | "mariadb" if not text.isascii():
                return "SET NAMES utf8mb4"
        return None

    def _texts(self, element: Element) -> Iterator[str]:
        match element:
            case Verbatim():
                yield element.text
            case Rows():
                statement: Any = element.statement
                for row in element.rows:
                    yield self._compiled(statement.values(_bound(row, statement.table)))
            case ExecutableDDLElement():
                text = str(element.compile(dialect=self.dialect))
                # A terminal that a script is pasted into takes a tab for a wish to be helped.
                yield _QUOTED_OR_TAB.sub(_untabbed, text) if "\t" in text else text
            case _:
                yield self._compiled(element)

    def _compiled(self, statement: Executable) -> str:
        if isinstance(statement, (sa.Insert, sa.Update)):
            statement = self._with_defaults(statement)
        if isinstance(statement, sa.Insert):
            statement = statement.inline()  # no RETURNING, which nobody would fetch
        compiled: Any = statement
        return str(compiled.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True}))

    def _with_defaults(self, statement: sa.Insert | sa.Update) -> sa.Insert | sa.Update:
        """The values that a connection would take from Python, ``default=`` and ``onupdate=``."""
        columns = getattr(statement.table, "columns", ())
        if not any(c.default is not None or c.onupdate is not None for c in columns):
            return statement
        compiled: Any = statement.compile(dialect=self.dialect)
        if isinstance(statement, sa.Insert):
            defaults = [(column, column.default) for column in compiled.insert_prefetch]
        else:
            defaults = [(column, column.onupdate) for column in compiled.update_prefetch]
        return statement.values(
            {
                column: default.arg(None) if default.is_callable else default.arg
                for column, default in defaults
            }
        )

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._shadow is not None:
            self._shadow.send(text)
        if self.dialect.name == "sqlite" and not self._drops_table:
            self._drops_table = _DROPS_TABLE.match(text) is not None
        self._blocks.append(self._separated(self._terminated(text)))

    def _terminated(self, text: str) -> str:
        """With the terminator, once; below a comment, which would swallow it."""
        terminator = self.style.terminator
        if not terminator:  # what ends a statement is the separator, and a block ends itself
            return text if _BLOCK_END.search(text) else text.rstrip("; \n")
        if text.endswith(terminator):
            return text
        last = text[text.rfind("\n") + 1 :]
        return f"{text}\n{terminator}" if "--" in last or "#" in last else f"{text}{terminator}"

    def _separated(self, text: str) -> str:
        return f"{text}\n\n{self.style.separator}" if self.style.separator else text


def _bound(row: Mapping[str, Any], table: Any) -> dict[str, Any]:
    """Values as parameters, for which None is a value: in JSON, and in types of the user's own."""
    return {
        key: sa.bindparam(None, value, type_=table.c[key].type) if key in table.c else value
        for key, value in row.items()
    }


def _untabbed(found: re.Match[str]) -> str:
    return "    " if found[0] == "\t" else found[0]


class ScriptTransactions:
    """Where a script's transactions begin and end; for a connection see ``transactions``.

    One that was begun by :meth:`begin` lasts until :meth:`end`, and the run joins it.
    """

    def __init__(self, channel: Offline, *, transactional: bool, per_step: bool) -> None:
        self.transactional = transactional
        self._per_step = per_step
        self._open = False
        self._outside = False
        self._says_begin: Callable[[], None] = channel.begin
        self._says_commit: Callable[[], None] = channel.commit

    def said_by(self, begin: Callable[[], None], commit: Callable[[], None]) -> None:
        """Have others write where a transaction begins and ends."""
        self._says_begin, self._says_commit = begin, commit

    def whole(self) -> AbstractContextManager[None]:
        """Around the script; joins what is open already."""
        return nullcontext() if self._per_step or self._open else self._transaction()

    def each(self) -> AbstractContextManager[None]:
        """Around one migration and its row in the version table; joins what is open already."""
        return nullcontext() if self._open else self._transaction()

    def begin(self) -> None:
        """Open a transaction for what follows, where the whole script is one."""
        if not (self._per_step or self._open or self._outside):
            self._begin()

    def end(self) -> None:
        """End what is open."""
        self._commit()

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """End what is open, leave the block outside of any transaction, and open one again."""
        reopen = self._open
        self._commit()
        self._outside = True
        yield
        self._outside = False
        if reopen:
            self._begin()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._begin()
        yield
        self._commit()

    def _begin(self) -> None:
        if self.transactional:
            self._says_begin()
            self._open = True

    def _commit(self) -> None:
        if self._open:
            self._says_commit()
            self._open = False
