"""Operations to Python source: text and imports, no files."""

from migrate_core.render.operations import body
from migrate_core.render.source import Source, Writer

__all__ = ["Source", "Writer", "body"]
