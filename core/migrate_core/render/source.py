"""Python text with the imports that it needs, and how it is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.engine import Dialect

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
    """

    dialect: Dialect
    user_module_prefix: str | None = None
    render_item: RenderItem | None = None
    render_as_batch: bool = True
    imports: set[str] = field(default_factory=set)

    def own(self, kind: str, item: object) -> str | bool | None:
        """What the project's ``render_item`` says: text, None to leave out, False to decide here.

        The documented hook gets this object as its third argument, whose ``imports`` it may add to.
        """
        return False if self.render_item is None else self.render_item(kind, item, self)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, on one line where it fits and with one argument to a line where it does not."""

    name: str
    arguments: tuple[str | Call, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(str(each) for each in self.arguments)})"

    def lines(self, width: int = WIDTH) -> list[str]:
        """The call, laid out in ``width`` characters."""
        whole = str(self)
        return [whole] if len(whole) <= width else self.spread(width)

    def spread(self, width: int = WIDTH) -> list[str]:
        """The call, one argument to a line."""
        inner = [line for each in self.arguments for line in _argument(each, width - len(INDENT))]
        return [f"{self.name}(", *indented(inner), ")"]


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
    """``key=value`` for each that is not None, by ``repr``."""
    return [f"{key}={value!r}" for key, value in values.items() if value is not None]
