"""A configuration file, and what has to be installed."""

from __future__ import annotations

from migrate_core.errors.runs import ConfigurationError


class InvalidConfig(ConfigurationError):
    """A configuration file that cannot be read, or says what cannot be.

    Values are not repeated: one of them may hold a password.

    :param path: the file.
    :param section: as it is written in the file, without its brackets; empty for the whole file.
    :param key: empty where the section or the file as a whole is at fault.
    """

    def __init__(self, path: str, section: str, key: str, reason: str, next_step: str) -> None:
        self.path = path
        self.section = section
        self.key = key
        self.reason = reason
        place = ", ".join(part for part in (path, f"[{section}]" if section else "", key) if part)
        super().__init__(f"{place}: {reason}.", next_step)


class LayoutMissing(ConfigurationError):
    """A picture needs the library that lays it out, which is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "To lay out a schema as svg or html, grandalf is needed, and it is not installed.",
            "Install it: pip install 'flask-migrate-ext[pictures]'; or take a format that needs "
            "nothing: flask db schema --format mermaid",
        )
