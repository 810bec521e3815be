"""``alembic.operations.toimpl``: what does each operation, for plugins that add to it."""

from migrate_core.api.impl import perform

add_column = perform
alter_column = perform
bulk_insert = perform
create_constraint = perform
create_index = perform
create_table = perform
create_table_comment = perform
drop_column = perform
drop_constraint = perform
drop_index = perform
drop_table = perform
drop_table_comment = perform
execute_sql = perform
rename_table = perform

__all__ = [
    "add_column",
    "alter_column",
    "bulk_insert",
    "create_constraint",
    "create_index",
    "create_table",
    "create_table_comment",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "drop_table_comment",
    "execute_sql",
    "rename_table",
]
