"""Python text with the imports that it needs, and how it is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.engine import Dialect

from migrate_core.render.registry import Renderers
from migrate_core.settings import RenderItem

INDENT = " " * 4
WIDTH = 92
"""Characters for a statement: a line of 100, less what a function's and a block's body lose."""


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of a function's body, unindented, and import statements."""

    lines: tuple[str, ...]
    imports: tuple[str, ...] = ()


@dataclass(slots=True)
class Writer:
    """One rendering: its options, and the imports that have come up so far.

    :param dialect: whose types the models' expressions are written for.
    :param user_module_prefix: what stands before types that are not SQLAlchemy's; None for their
        module, which is imported.
    :param renderers: what plugins registered for their own operations, or in place of ours.
    :param context: what hooks get as their context; None for this object.
    """

    dialect: Dialect
    sqlalchemy_module_prefix: str = "sa."
    alembic_module_prefix: str = "op."
    user_module_prefix: str | None = None
    render_item: RenderItem | None = None
    render_as_batch: bool = True
    renderers: Renderers = field(default_factory=Renderers)
    context: Any = None
    imports: set[str] = field(default_factory=set)

    def own(self, kind: str, item: object) -> str | bool | None:
        """What the project's ``render_item`` says: text, None to leave out, False to decide here.

        The documented hook may add to ``imports`` of its third argument.
        """
        if self.render_item is None:
            return False
        return self.render_item(kind, item, self if self.context is None else self.context)

    def sa(self, name: str) -> str:
        """A name of SQLAlchemy's, as the file says it."""
        return f"{self.sqlalchemy_module_prefix}{name}"

    def op(self, name: str) -> str:
        """A directive, as the file says it."""
        return f"{self.alembic_module_prefix}{name}"


@dataclass(frozen=True, slots=True)
class Call:
    """A call, on one line where it fits and with one argument to a line where it does not."""

    name: str
    arguments: tuple[str | Call, ...]
    brackets: ClassVar[tuple[str, str]] = ("(", ")")

    def __str__(self) -> str:
        opening, closing = self.brackets
        return f"{self.name}{opening}{', '.join(str(each) for each in self.arguments)}{closing}"

    def lines(self, width: int = WIDTH) -> list[str]:
        """The call, laid out in ``width`` characters."""
        whole = str(self)
        return [whole] if len(whole) <= width else self.spread(width)

    def spread(self, width: int = WIDTH) -> list[str]:
        """The call, one argument to a line."""
        inner = [line for each in self.arguments for line in _argument(each, width - len(INDENT))]
        opening, closing = self.brackets
        return [f"{self.name}{opening}", *indented(inner), closing]


@dataclass(frozen=True, slots=True)
class Listed(Call):
    """A list, laid out as a call is."""

    brackets: ClassVar[tuple[str, str]] = ("[", "]")


def _argument(argument: str | Call, width: int) -> list[str]:
    lines = [argument] if isinstance(argument, str) else argument.lines(width - 1)
    return [*lines[:-1], f"{lines[-1]},"]


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"{INDENT}{line}" if line else line for line in lines]


def call(name: str, arguments: Sequence[str | Call]) -> Call:
    """A call of ``name``."""
    return Call(name, tuple(arguments))


def keywords(**values: object) -> list[str]:
    """``key=value`` for each plain value that is not None, by ``repr``; names as plain strings."""
    return [
        f"{key}={(str(value) if isinstance(value, str) else value)!r}"
        for key, value in values.items()
        if value is not None
    ]
