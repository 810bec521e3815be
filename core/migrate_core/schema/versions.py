"""The one place that names SQLAlchemy's versions and what it does not document.

Supported: the newest 2.0.x and 2.1.x. Each function names the undocumented attribute it stands for.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard, TypeVar

from sqlalchemy import __version__
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.sql import compiler, text
from sqlalchemy.sql.base import DialectKWArgs
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.schema import CheckConstraint, Column, Constraint, SchemaItem, Table
from sqlalchemy.types import ARRAY, Enum, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import DOMAIN, ExcludeConstraint
    from sqlalchemy.ext.asyncio import AsyncConnection

Item = TypeVar("Item", bound=SchemaItem)
Result = TypeVar("Result")


def at_least(major: int, minor: int) -> bool:
    """Whether SQLAlchemy is of this version, or of a later one."""
    found = __version__.split(".")
    return (int(found[0]), int(found[1])) >= (major, minor)


def copied(item: Item, **kw: Any) -> Item:
    """A copy of a column, constraint or index that belongs to no table (``SchemaItem._copy``)."""
    copy: Item = item._copy(**kw)  # type: ignore[attr-defined]
    return copy


def is_type_bound(constraint: SchemaItem) -> bool:
    """Whether a CHECK came with its column's type, as for Boolean and Enum (``_type_bound``)."""
    return bool(getattr(constraint, "_type_bound", False))


def checks_in(column: Column[Any]) -> list[CheckConstraint]:
    """The CHECKs that were given to a column itself, which its table does not list."""
    given = (each for each in column.constraints if isinstance(each, CheckConstraint))
    return [each for each in given if not is_type_bound(each)]


def all_constraints(table: Table, columns: Sequence[Column[Any]]) -> list[Constraint]:
    """Every constraint of a table, those that were given to one of its columns among them."""
    given = [column for column in columns if column.constraints]  # which few columns have
    return [*table.constraints, *(check for column in given for check in checks_in(column))]


def table_of(constraint: Constraint) -> Table:
    """The table of a constraint, which may have been given to one of its columns."""
    parent: Any = constraint.parent
    table: Table = parent.table if isinstance(parent, Column) else parent
    return table


def exclusion_elements(constraint: Any) -> list[tuple[Any, str]]:
    """The elements of an ExcludeConstraint, columns by name (``_render_exprs``)."""
    return [
        (expression.name if _is_column(expression) else expression, operator)
        for expression, _name, operator in constraint._render_exprs
    ]


def _is_column(expression: Any) -> bool:
    return isinstance(expression, ColumnClause) and not expression.is_literal


def is_exclusion(constraint: Any) -> TypeGuard[ExcludeConstraint]:
    """Whether it is PostgreSQL's EXCLUDE constraint, without importing all of that dialect.

    ``__visit_name__`` is what SQLAlchemy itself tells constructs apart by, subclasses too.
    """
    return getattr(constraint, "__visit_name__", None) == "exclude_constraint"


def is_domain(type_: Any) -> TypeGuard[DOMAIN]:
    """Whether it is PostgreSQL's DOMAIN, likewise."""
    return getattr(type_, "__visit_name__", None) == "DOMAIN"


def ordered_constraints(table: Table) -> list[Constraint]:
    """A table's constraints in the order in which they were made (``_sorted_constraints``)."""
    return list(table._sorted_constraints)


def plain_name(name: Any) -> str | None:
    """A constraint's or index's name, ``conv`` kept; None where the model gives none.

    A name that a convention could not complete is SQLAlchemy's ``_NONE_NAME``, which is no string.
    """
    return name if isinstance(name, str) else None


def escaped_percents(compiler: Any, text: str) -> str:
    """``text`` with its percent signs as the driver wants them (``_double_percents``)."""
    return text.replace("%", "%%") if compiler.preparer._double_percents else text


def applies_to(constraint: SchemaItem, dialect: Any) -> bool:
    """Whether the dialect needs a constraint that came with a type (``_create_rule``).

    Boolean and Enum bring a CHECK that a dialect with such a native type has no use for.
    """
    rule = getattr(constraint, "_create_rule", None)
    return rule is None or bool(rule(ddl_compiler(dialect)))


def ddl_compiler(dialect: Any) -> Any:
    """A dialect's DDL compiler, for its helper methods alone: it has no statement."""
    return dialect.ddl_compiler(dialect, None)


def is_compiled_by_others(construct: type[Any]) -> bool:
    """Whether a function of somebody's own writes a construct of SQLAlchemy's, for any dialect.

    ``@compiles`` leaves ``_compiler_dispatcher`` at the class.
    """
    return hasattr(construct, "_compiler_dispatcher")


def is_listened_to(kind: type[Any]) -> bool:
    """Whether a listener of somebody's own hears of objects of a class that come to a parent.

    SQLAlchemy's own give names by convention (``_ClsLevelDispatch._clslevel``).
    """
    events = (kind.dispatch.before_parent_attach, kind.dispatch.after_parent_attach)
    listeners = (each for event in events for each in event._clslevel.get(kind, ()))
    # A method of a built-in object has no module.
    return any(not str(each.__module__).startswith("sqlalchemy.") for each in listeners)


def compiling(construct: type[Any], dialect_name: str) -> Any:
    """The function that ``@compiles`` has for a construct and a dialect (``specs``)."""
    functions = construct._compiler_dispatcher.specs
    return functions.get(dialect_name) or functions["default"]


def compiled_as(construct: type[Any], element: Any, compiler: Any, **kw: Any) -> str:
    """The text of ``element`` as one of a base class, functions of one's own included."""
    text: str = construct._compiler_dispatch(element, compiler, **kw)
    return text


class Target(NamedTuple):
    """What a ForeignKey points at.

    :param column: None where it was given as a table alone: the column of the same name is meant.
    """

    schema: str | None
    table: str
    column: str | None

    @property
    def has_dot(self) -> bool:
        """Whether a dot is in a name, so that dotted text would say another one."""
        return "." in self.table or "." in (self.column or "")

    @property
    def dotted(self) -> str:
        """The names in one text."""
        return ".".join(filter(None, self))

    @property
    def spelled(self) -> str | tuple[str, ...]:
        """As constructors take it: dotted text, or the names one by one, which 2.0 cannot take."""
        return tuple(filter(None, self)) if self.has_dot and at_least(2, 1) else self.dotted


def target_of(key: Any) -> Target:
    """The names that a ForeignKey was given, the column by its key.

    2.1 has ``target_tokens``; 2.0 the Column (``_table_column``) or the text.
    """
    if at_least(2, 1):
        return Target(*key.target_tokens)
    column = key._table_column
    if column is not None and column.table is not None:
        return Target(column.table.schema, column.table.name, column.key)
    *before, last = key.target_fullname.split(".")
    if not before:
        return Target(None, last, None)
    return Target(".".join(before[:-1]) or None, before[-1], last)


def referred(key: Any) -> Target:
    """What a ForeignKey points at, its column as the database knows it.

    A key that was given as text says ``table.key``, and the key may differ from the name; it is
    resolved where the table is known.
    """
    target = target_of(key)
    try:
        return target._replace(column=str(key.column.name))
    except InvalidRequestError:  # the table is not known, or the key's own column is in none yet
        return target


def keyword_arguments(construct: type[Any], dialect_name: str) -> frozenset[str] | None:
    """What a dialect takes as ``<dialect>_<name>=`` for a construct; ``*`` stands for anything.

    None for a dialect that has no list (``DialectKWArgs._kw_registry``).

    :raises NoSuchModuleError: no dialect of that name is installed.
    """
    registered = DialectKWArgs._kw_registry[dialect_name]
    if registered is None:
        return None
    return frozenset(name for kind in construct.__mro__ for name in registered.get(kind, ()))


def pending_columns(constraint: Any) -> list[Any]:
    """The columns of a constraint that belongs to no table yet (``_pending_colargs``)."""
    return list(constraint._pending_colargs)


def dialect_options(numbering: Any) -> Mapping[str, Any]:
    """A dialect's options of an Identity or Sequence, as its constructor takes them.

    2.0 has ``order`` and ``on_null``, Oracle's, among the common ones; 2.1 by their dialect.
    """
    if hasattr(numbering, "dialect_kwargs"):
        return dict(numbering.dialect_kwargs)
    return {name: getattr(numbering, name, None) for name in ("order", "on_null")}


def variants(type_: Any) -> dict[str, Any]:
    """The types that ``with_variant`` set, by dialect name (``_variant_mapping``)."""
    return dict(type_._variant_mapping)


def may_hold_enums(type_: Any) -> bool:
    """Whether a type can be, or hold, a named enum (``_variant_mapping``).

    Most can't, and what a dialect makes of a type takes longer to find out.
    """
    return isinstance(type_, (Enum, ARRAY, TypeDecorator)) or bool(type_._variant_mapping)


def type_repr(type_: Any) -> str:
    """``repr`` of a type without its variants, which are written as calls of their own."""
    if not type_._variant_mapping:
        return repr(type_)
    plain = type_.copy()
    plain._variant_mapping = type_._variant_mapping.__class__()
    return repr(plain)


def unescaped_percents(compiled: Any, text: str) -> str:
    """The reverse of :func:`escaped_percents`, for text that goes into a file."""
    return text.replace("%%", "%") if compiled.preparer._double_percents else text


def known_types(dialect: Any) -> Mapping[str, Any]:
    """Types by the database's own names, those of extensions included (``ischema_names``)."""
    known: Mapping[str, Any] = dialect.ischema_names
    return known


def async_connection(connection: Connection) -> AsyncConnection:
    """The AsyncConnection around the connection of an async engine.

    SQLAlchemy's asyncio needs greenlet, which only those who use it have: hence the late import.
    """
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    return AsyncConnection(AsyncEngine(connection.engine), connection)


def awaited(awaitable: Awaitable[Result]) -> Result:
    """What a coroutine comes to, within a function that an async engine runs (``await_only``)."""
    from sqlalchemy.util import await_only

    result: Result = await_only(awaitable)
    return result


def verbatim(sql: str) -> TextClause:
    """SQL that compiles to exactly this text, whatever colons and backslashes are in it.

    ``text()`` takes ":name" for a parameter and the backslash off "\\:name"; by which expressions
    differs between versions (``sql.compiler.BIND_PARAMS`` and ``BIND_PARAMS_ESC``).
    """
    for special in (compiler.BIND_PARAMS_ESC, compiler.BIND_PARAMS):
        sql = special.sub(r"\\\g<0>", sql)
    return text(sql)


def given_options(item: SchemaItem) -> dict[str, Any]:
    """A constraint's or index's dialect options as they were given, by their full names.

    ``dialect_kwargs`` says the same, at some times the cost, by ``dialect_options``; a dialect that
    nothing was said of has no part in the latter.
    """
    said: Mapping[str, Any] = item.__dict__.get("dialect_options") or {}
    return {
        f"{dialect}_{name}": value
        for dialect in said
        for name, value in said[dialect]._non_defaults.items()
    }


def counting(default: Any) -> dict[str, Any]:
    """The settings of an Identity or a Sequence that were given (``_as_dict``)."""
    names = ("start", "increment", "minvalue", "maxvalue", "cycle", "cache")
    return {name: getattr(default, name) for name in names}


def sequences(metadata: Any) -> list[Any]:
    """The sequences of a MetaData (``_sequences``)."""
    return list(metadata._sequences.values())


def view_of(table: Any) -> Any:
    """The CreateView that a Table stands for (2.1: ``_creator_ddl``); None for any other Table."""
    return table._creator_ddl if getattr(table, "is_view", False) else None


def script_dialect(dialect: Any, compiler_mixin: type) -> Any:
    """A copy of a dialect that writes text for a client instead of for a driver.

    Percent signs stay single, values are not wrapped for a driver, and PostgreSQL's backslashes are
    plain (``_backslash_escapes``: manual 20.13.1, standard_conforming_strings is on by default).
    The copy remembers no types of the original (``_type_memos``).

    :param compiler_mixin: goes before the dialect's own statement compiler.
    """
    written = copy.copy(dialect)
    written.__dict__.pop("_type_memos", None)
    written.paramstyle, written.positional, written.dbapi = "named", False, None
    written.supports_native_json_serialization = False  # from 2.1 on: the driver's work
    bases = (compiler_mixin, dialect.statement_compiler)
    written.statement_compiler = type(compiler_mixin.__name__, bases, {})
    written.identifier_preparer = dialect.preparer(written)
    written.type_compiler_instance = written.type_compiler = dialect.type_compiler_cls(written)
    if dialect.name == "postgresql":
        written._backslash_escapes = False
    return written


def given_later(compiler: Any) -> Mapping[str, Any]:
    """The values that a statement got from ``params()`` (2.1: ``_collected_params``)."""
    collected: Mapping[str, Any] = getattr(compiler, "_collected_params", {})
    return collected


def set_rowcount(context: Any, rows: int) -> None:
    """Let a statement that was not sent say how many rows it concerned (``_rowcount``)."""
    context._rowcount = rows


def autocommits(connection: Connection) -> bool:
    """Whether each statement of a connection is committed by itself.

    Without ``detect_autocommit_setting`` (new in 2.0.43) the execution option is what is known.
    """
    detect = getattr(connection.dialect, "detect_autocommit_setting", None)
    raw = connection.connection.dbapi_connection
    if detect is not None and raw is not None:
        try:
            return bool(detect(raw))
        except NotImplementedError:
            pass
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
