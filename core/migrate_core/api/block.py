"""What ``begin_transaction()`` gives: a block with two ends, one for each way out."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType


class Block:
    """A block, by ``with`` or by ``commit()`` and ``rollback()``.

    :param enter: called as it begins.
    :param leave: called once as it ends, with whether it failed.
    """

    def __init__(self, enter: Callable[[], None], leave: Callable[[bool], None]) -> None:
        self._leave = leave
        self.is_active = True
        enter()

    def commit(self) -> None:
        """End it well."""
        self._end(failed=False)

    def rollback(self) -> None:
        """End it, and undo what was sent in it."""
        self._end(failed=True)

    def __enter__(self) -> Block:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end(failed=kind is not None)

    def _end(self, *, failed: bool) -> None:
        if self.is_active:
            self.is_active = False
            self._leave(failed)
