"""What the directives outside of a batch and those inside of one have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import conv

from migrate_core.api.context import MigrationContext, current, running
from migrate_core.api.impl import DefaultImpl
from migrate_core.api.proxy import ModuleClsProxy
from migrate_core.operations import MigrateOperation
from migrate_core.operations.base import SQLType
from migrate_core.operations.registry import Implementations, Registered
from migrate_core.schema import versions
from migrate_core.schema.literal import InlineLiteral

if TYPE_CHECKING:
    from typing_extensions import Self

OperationClass = TypeVar("OperationClass", bound=type[MigrateOperation])
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


def directive(
    source: Callable[Concatenate[Any, Arguments], Result],
) -> Callable[Concatenate[Any, Arguments], Result]:
    """The method that hands the directives and its arguments to a class method of an operation.

    A signature stands in one place so, with what it means: at the operation's class, where
    subclasses and plugins find it.
    """

    @wraps(source)
    def call(self: Any, /, *args: Arguments.args, **kw: Arguments.kwargs) -> Result:
        return source(self, *args, **kw)

    return call


class AbstractOperations(ModuleClsProxy):
    """Directives on one migration context."""

    implementations: ClassVar[Implementations] = Implementations()
    """What plugins registered. It is the documented interface that it belongs to the class."""

    def __init__(self, migration_context: MigrationContext) -> None:
        self._migration_context = migration_context

    @classmethod
    def at_work(cls) -> Self:
        return cls(current())

    @classmethod
    @contextmanager
    def context(cls, migration_context: MigrationContext) -> Iterator[Self]:
        """Let ``op`` work on ``migration_context`` within the block; hands out the directives."""
        with running(migration_context):
            yield cls(migration_context)

    @property
    def migration_context(self) -> MigrationContext:
        """What the directives work on."""
        return self._migration_context

    @property
    def impl(self) -> DefaultImpl:
        """How the dialect does things, for implementations of one's own operations."""
        return self.migration_context.impl

    def get_context(self) -> MigrationContext:
        """The migration context."""
        return self.migration_context

    def get_bind(self) -> Connection:
        """The connection, for statements of the migration's own; None while a script is written."""
        return self.migration_context.bind

    def invoke(self, operation: MigrateOperation) -> Any:
        """Do an operation that was made elsewhere; returns what its directive would return."""
        implementation = self.implementations.find(operation)
        if implementation is not None:
            return implementation(self, operation)
        return self._perform(operation)

    def _perform(self, operation: MigrateOperation) -> Any:
        raise NotImplementedError

    def f(self, name: str) -> conv:
        """A name that no naming convention changes."""
        return conv(name)

    def inline_literal(self, value: Any, type_: SQLType | None = None) -> InlineLiteral:
        """A value that stands in the statement itself instead of being a parameter.

        :param type_: says how it is written; None for what suits the value.
        """
        return InlineLiteral(value, type_)

    def run_async(
        self, async_function: Callable[..., Awaitable[Result]], *args: Any, **kw_args: Any
    ) -> Result:
        """Run a coroutine function on the connection, as an AsyncConnection, and wait for it.

        :param args: what it takes after the connection.
        :raises NotImplementedError: in offline mode, where there is no connection.
        :raises ValueError: the engine is not an async one.
        """
        if self.migration_context.as_sql:
            raise NotImplementedError(
                "run_async needs a connection, and a script is written without one"
            )
        connection = self.get_bind()
        if not connection.dialect.is_async:
            raise ValueError(
                f"run_async needs an async engine, and {connection.dialect.name}+"
                f"{connection.dialect.driver} is not: call the function's statements directly"
            )
        awaitable = async_function(versions.async_connection(connection), *args, **kw_args)
        return versions.awaited(awaitable)

    @classmethod
    def register_operation(
        cls, name: str, sourcename: str | None = None
    ) -> Callable[[OperationClass], OperationClass]:
        """A decorator that makes ``op.<name>(...)`` of an operation class of your own.

        :param sourcename: the class method that it calls with the directives and the arguments;
            None where it has the same name.
        """

        def register(operation_class: OperationClass) -> OperationClass:
            method = directive(getattr(operation_class, sourcename or name))
            method.__name__ = name
            setattr(cls, name, method)
            return operation_class

        return register

    @classmethod
    def implementation_for(
        cls, op_cls: type[MigrateOperation], replace: bool = False
    ) -> Callable[[Registered], Registered]:
        """A decorator for the function ``(operations, operation)`` that does a class of operations.

        :param replace: whether one that is there may be replaced.
        :raises ValueError: there is one, and it may not.
        """

        def register(function: Registered) -> Registered:
            cls.implementations.register(op_cls, function, replace=replace)
            return function

        return register
