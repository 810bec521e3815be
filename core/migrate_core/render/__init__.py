"""Operations to Python source: text and imports, no files."""

from migrate_core.render.operations import body, statement
from migrate_core.render.registry import Dispatcher, Renderers
from migrate_core.render.source import Source, Writer

__all__ = ["Dispatcher", "Renderers", "Source", "Writer", "body", "statement"]
