"""``alembic.util.messaging``."""

from migrate_core.api.util import (
    err,
    format_as_comma,
    msg,
    obfuscate_url_pw,
    status,
    warn,
    warn_deprecated,
    write_outstream,
)

__all__ = [
    "err",
    "format_as_comma",
    "msg",
    "obfuscate_url_pw",
    "status",
    "warn",
    "warn_deprecated",
    "write_outstream",
]
