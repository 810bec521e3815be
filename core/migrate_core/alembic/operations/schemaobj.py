"""``alembic.operations.schemaobj``."""

from migrate_core.api.schemaobj import SchemaObjects

__all__ = ["SchemaObjects"]
