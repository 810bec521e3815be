"""What an environment configured: one frozen value, handed down instead of looked up.

The names are the documented options of ``context.configure()`` where there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

ObjectKind = Literal[
    "schema",
    "table",
    "column",
    "index",
    "unique_constraint",
    "foreign_key_constraint",
    "check_constraint",
]

IncludeName = Callable[[str | None, ObjectKind, dict[str, str | None]], bool]
"""``(name, type, parent_names)``: whether to look at a name found in the database."""

IncludeObject = Callable[[Any, str | None, ObjectKind, bool, Any], bool]
"""``(object, name, type, reflected, compare_to)``: whether to compare a schema object."""

RenderItem = Callable[[str, Any, Any], "str | Literal[False] | None"]
"""``(type, object, context)``: source text, False for the default, None to leave it out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How migrations are compared, written and run.

    :param version_table: where the database keeps its revision.
    :param version_table_schema: its schema, None for the default one.
    :param transaction_per_migration: on a database with transactional DDL, one transaction for
        each migration instead of one for the whole run.
    :param lock_timeout: seconds to wait for another process that is migrating this database.
    :param compare_type: whether a column's type is compared.
    :param compare_server_default: whether a column's server default is compared.
    :param include_schemas: whether other schemas than the default one are compared.
    :param render_as_batch: whether one table's changes are written as one
        ``batch_alter_table`` block.
    :param user_module_prefix: prefix of types that are not SQLAlchemy's, None for their module.
    :param file_template: name of a new file, with the documented tokens.
    :param truncate_slug_length: longest slug of a message in a file name, in characters.
    """

    version_table: str = "alembic_version"
    version_table_schema: str | None = None
    transaction_per_migration: bool = False
    lock_timeout: float = 300.0
    compare_type: bool = True
    compare_server_default: bool = True
    include_name: IncludeName | None = None
    include_object: IncludeObject | None = None
    include_schemas: bool = False
    render_as_batch: bool = True
    render_item: RenderItem | None = None
    user_module_prefix: str | None = None
    file_template: str = "%(rev)s_%(slug)s"
    truncate_slug_length: int = 40
