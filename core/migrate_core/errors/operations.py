"""What a migration asked of a schema cannot be done as asked."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.errors.base import MigrateError


class OperationError(MigrateError):
    """What a migration asked for cannot be done as asked. Raised before anything is changed."""


class UnsupportedOperation(OperationError):
    """This database cannot do that."""

    def __init__(self, operation: str, dialect: str, reason: str, next_step: str) -> None:
        self.operation = operation
        self.dialect = dialect
        self.reason = reason
        begun = operation[:1].upper() + operation[1:]  # the names in it stay as they are
        super().__init__(f"{begun} cannot be done on {dialect}: {reason}.", next_step)


class UnknownKeyword(OperationError):
    """A directive was given a keyword that it, or the dialect it is for, does not have.

    :param near: keywords that may have been meant, the nearest first.
    """

    def __init__(self, directive: str, keyword: str, near: Sequence[str]) -> None:
        self.directive = directive
        self.keyword = keyword
        self.near = tuple(near)
        meant = " or ".join(f"{name}=" for name in self.near)
        super().__init__(
            f"{directive} has no keyword {keyword!r}.",
            f"Write {meant} if that was meant."
            if meant
            else "Leave it out; keywords of a dialect are named DIALECT_KEYWORD, "
            "and the dialect has to be installed.",
        )


class NoSuchObject(OperationError):
    """A table, column, constraint or index that is not there."""

    def __init__(self, kind: str, name: str, table: str | None, known: Sequence[str] = ()) -> None:
        self.kind = kind
        self.name = name
        self.table = table
        self.known = tuple(known)
        where = f" in table {table!r}" if table is not None else ""
        there = ", ".join(self.known) or "none"
        super().__init__(
            f"No such {kind}: {name!r}{where}. There: {there}.",
            "Correct the name in the migration and run the command again.",
        )


class NullsInTheWay(OperationError):
    """A column is to become NOT NULL and rows have no value in it."""

    def __init__(self, table: str, column: str, count: int) -> None:
        self.table = table
        self.column = column
        self.count = count
        super().__init__(
            f"{table}.{column} cannot become NOT NULL: "
            f"{'1 row has' if count == 1 else f'{count} rows have'} no value in it.",
            f'Fill them first in the same migration: op.execute("UPDATE {table} '
            f'SET {column} = ... WHERE {column} IS NULL")',
        )


class AlreadyExists(OperationError):
    """A column, constraint or index of that name is there."""

    def __init__(self, kind: str, name: str, table: str) -> None:
        self.kind = kind
        self.name = name
        self.table = table
        super().__init__(
            f"Table {table!r} already has a {kind} {name!r}.",
            f"Drop it first in the same migration, or give the new {kind} another name.",
        )


class AmbiguousConstraint(OperationError):
    """A constraint is to be dropped by what it is, and several are like that.

    :param candidates: their text.
    """

    def __init__(self, table: str, kind: str, candidates: Sequence[str]) -> None:
        self.table = table
        self.kind = kind
        self.candidates = tuple(candidates)
        listed = "".join(f"\n  {text}" for text in self.candidates)
        super().__init__(
            f"Table {table!r} has {len(self.candidates)} {kind} constraints that may be meant:"
            f"{listed}",
            "Name the one to drop; one that has no name is told by its columns or its condition.",
        )


class ColumnInUse(OperationError):
    """A column cannot go: something that would stay uses it."""

    def __init__(self, table: str, column: str, kind: str, name: str, next_step: str) -> None:
        self.table = table
        self.column = column
        self.kind = kind
        self.name = name
        super().__init__(f"{table}.{column} cannot be dropped: {kind} {name} uses it.", next_step)


class ColumnLeftOut(OperationError):
    """``copy_from`` does not describe a column that the table has, whose values would be lost."""

    def __init__(self, table: str, column: str) -> None:
        self.table = table
        self.column = column
        super().__init__(
            f"copy_from leaves out {table}.{column}, whose values would be lost.",
            f"Add the column to copy_from; to lose it, call batch_op.drop_column({column!r}).",
        )


class ValueMissing(OperationError):
    """A new column is NOT NULL, and the rows that are there would have no value in it."""

    def __init__(self, table: str, column: str, count: int) -> None:
        self.table = table
        self.column = column
        self.count = count
        super().__init__(
            f"{table}.{column} cannot be added as NOT NULL without a server_default: "
            f"{count} {'row' if count == 1 else 'rows'} would have no value in it.",
            "Give it a server_default; or add it with nullable=True, fill it, "
            "and then alter_column(..., nullable=False).",
        )


class ValuesLost(OperationError):
    """Another type would change the values that are there.

    :param column: the column and the type it is to have.
    """

    def __init__(self, table: str, column: str, count: int) -> None:
        self.table = table
        self.column = column
        self.count = count
        super().__init__(
            f"{table}.{column} would change the values of {count} rows.",
            "Convert them first in the same migration, as you want them: "
            f'op.execute("UPDATE {table} SET ...")',
        )


class DuplicatesInTheWay(OperationError):
    """Columns are to become unique, and rows are equal in them.

    :param count: how many values there are more than once.
    """

    def __init__(self, table: str, columns: str, count: int) -> None:
        self.table = table
        self.columns = columns
        self.count = count
        super().__init__(
            f"{table} ({columns}) cannot become unique: {count} values are there more than once.",
            f"See them with: SELECT {columns}, count(*) FROM {table} GROUP BY {columns} "
            "HAVING count(*) > 1",
        )


class RowsFailCheck(OperationError):
    """A CHECK is to be added that rows do not pass."""

    def __init__(self, table: str, condition: str, count: int) -> None:
        self.table = table
        self.condition = condition
        self.count = count
        super().__init__(
            f"{count} rows of {table} do not pass CHECK ({condition}).",
            f"See them with: SELECT * FROM {table} WHERE NOT ({condition})",
        )


class EditRefused(OperationError):
    """A table's stored definition was edited, and then SQLite found faults. It was rolled back.

    :param count: how many faults ``PRAGMA quick_check`` told of.
    """

    def __init__(self, table: str, count: int) -> None:
        self.table = table
        self.count = count
        super().__init__(
            f"SQLite finds {count} faults in table {table!r} after an edit of its definition; "
            "the edit was rolled back.",
            f"See what it says now, with: PRAGMA integrity_check({table!r}). If that is ok, leave "
            "recreate='edit' out: the table is then rebuilt.",
        )


class ForeignKeysEnforced(OperationError):
    """A table would be rebuilt while dropping it acts on the rows that point at it."""

    def __init__(self, table: str, referrers: Sequence[str]) -> None:
        self.table = table
        self.referrers = tuple(referrers)
        super().__init__(
            f"Table {table!r} cannot be rebuilt while foreign keys are enforced: that would act "
            f"on the rows of {', '.join(self.referrers)}.",
            "Give the migration an engine or a connection that is not in a transaction, "
            "so that it can switch enforcement off (PRAGMA foreign_keys=OFF) before it begins.",
        )


class ForeignKeysViolated(OperationError):
    """After the change, rows point at rows that are not there. Everything was rolled back."""

    def __init__(self, violations: Sequence[tuple[str, str, int]]) -> None:
        self.violations = tuple(violations)
        listed = "".join(
            f"\n  {count} rows of {table} point at rows that {parent} does not have"
            for table, parent, count in self.violations
        )
        super().__init__(
            f"Foreign keys would be violated:{listed}",
            "That transaction was rolled back. Delete or correct those rows in the migration, "
            "children before parents (SQLite does not cascade while a migration runs), and run "
            "the command again.",
        )


class CannotRecreate(OperationError):
    """A table is to be made anew, and what hangs on it would be lost with the old one.

    :param obstacles: what that is, in the database's own words.
    """

    def __init__(self, table: str, obstacles: Sequence[str], next_step: str) -> None:
        self.table = table
        self.obstacles = tuple(obstacles)
        super().__init__(
            f"Table {table!r} cannot be recreated without losing: {', '.join(self.obstacles)}.",
            next_step,
        )


class UnboundParameter(OperationError):
    """SQL text has a ``:name`` that nobody gave a value."""

    def __init__(self, names: Sequence[str], statement: str) -> None:
        self.names = tuple(names)
        self.statement = statement
        listed = ", ".join(f":{name}" for name in self.names)
        super().__init__(
            f"{listed} has no value in: {statement.strip()}",
            f"Give it one: op.execute(sa.text(...).bindparams({self.names[0]}=...)); "
            f"or, where a colon is meant, write \\:{self.names[0]}",
        )


class NoLiteral(OperationError):
    """A value that cannot be written as SQL.

    :param value: its ``repr``, shortened.
    """

    def __init__(self, value: str, type_: str, dialect: str) -> None:
        self.value = value
        self.type = type_
        self.dialect = dialect
        super().__init__(
            f"{value} cannot be written as a literal of type {type_} for {dialect}.",
            "Write it as SQL in the migration: op.execute('INSERT ...'); "
            "or run the migration on a connection, without --sql.",
        )


class ConnectionNeeded(OperationError):
    """A migration asks the database, and while a script is written there is none."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"{what}: a script is being written, and there is no connection to ask.",
            "Run it without --sql; or leave what needs a connection out of the script: "
            "if not op.get_context().as_sql: ...",
        )


class TableUnknown(OperationError):
    """A script would change a table whose definition is not known without a database.

    :param reason: why it is not.
    """

    def __init__(self, table: str, reason: str) -> None:
        self.table = table
        self.reason = reason
        super().__init__(
            f"Table {table!r} has to be known to be changed, and {reason}.",
            "Write the script from the beginning, base:REVISION; "
            "or give the table as it is: op.batch_alter_table(..., copy_from=Table(...)).",
        )
