"""What can be wrong where an app has several databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migrate_core.errors import ConfigurationError, MigrateError


class BindNeeded(ConfigurationError):
    """What was asked is about one history, and each of several databases has its own.

    :param names: the databases.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"The app has {len(self.names)} databases, each with its own history: "
            f"{', '.join(self.names)}.",
            f"Name the one that is meant: flask db --bind {self.names[-1]} ... "
            f"(in Python: bind={self.names[-1]!r})",
        )


class DatabasesFailed(MigrateError):
    """Some of several databases failed; the others are done.

    :param done: by database, what was answered.
    :param failed: by database, the error.
    """

    def __init__(self, done: Mapping[str, Any], failed: Mapping[str, MigrateError]) -> None:
        self.done = dict(done)
        self.failed = dict(failed)
        said = "".join(f"\n[{name}] {error}" for name, error in self.failed.items())
        others = f"done for {', '.join(self.done)}" if self.done else "done for none"
        super().__init__(
            f"Failed for {', '.join(self.failed)}; {others}.{said}",
            "Do what is said there, and repeat it; what is done is not done again.",
        )
