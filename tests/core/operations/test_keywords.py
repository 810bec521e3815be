"""Keywords that a directive does not have, and those that are for another database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from migrate_core.errors import UnknownKeyword
from migrate_core.operations import (
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropIndexOp,
    DropTableOp,
)
from scripted import operations

MAKERS: dict[str, Callable[..., Any]] = {
    "create_table": lambda **kw: CreateTableOp("t", [sa.Column("id", sa.Integer)], **kw),
    "drop_table": lambda **kw: DropTableOp("t", table_kw=kw),
    "alter_column": lambda **kw: AlterColumnOp("t", "c", **kw),
    "drop_column": lambda **kw: DropColumnOp("t", "c", **kw),
    "create_index": lambda **kw: CreateIndexOp("ix", "t", ["c"], **kw),
    "drop_index": lambda **kw: DropIndexOp("ix", "t", **kw),
    "create_primary_key": lambda **kw: CreatePrimaryKeyOp("pk", "t", ["c"], **kw),
    "create_unique_constraint": lambda **kw: CreateUniqueConstraintOp("uq", "t", ["c"], **kw),
    "create_foreign_key": lambda **kw: CreateForeignKeyOp("fk", "t", "p", ["c"], ["id"], **kw),
    "create_check_constraint": lambda **kw: CreateCheckConstraintOp("ck", "t", "c > 0", **kw),
    "create_exclude_constraint": lambda **kw: CreateExcludeConstraintOp(
        "ex", "t", [("c", "=")], **kw
    ),
}


@pytest.mark.parametrize(
    ("directive", "keyword", "meant"),
    [
        ("create_table", "mysql", None),
        ("create_table", "postgresql_tablespac", "postgresql_tablespace"),
        ("drop_table", "postgressql_tablespace", "postgresql_tablespace"),
        ("alter_column", "existing_nulable", None),
        ("alter_column", "postgres_using", "postgresql_using"),
        ("alter_column", "mssql_using", None),
        ("alter_column", "autoincrememt", "autoincrement"),
        ("drop_column", "mssql_drop_checks", "mssql_drop_check"),
        ("create_index", "postgresqll_where", "postgresql_where"),
        ("create_index", "mssql_foo", None),
        ("drop_index", "concurrently", None),
        ("drop_index", "postgresql_concurently", "postgresql_concurrently"),
        ("create_primary_key", "defferable", "deferrable"),
        ("create_unique_constraint", "intially", "initially"),
        ("create_foreign_key", "on_delete", "ondelete"),
        ("create_check_constraint", "postgresql_not_vaild", "postgresql_not_valid"),
        ("create_exclude_constraint", "use", None),
    ],
)
def test_a_keyword_that_a_directive_does_not_have_is_named_with_what_may_be_meant(
    directive: str, keyword: str, meant: str | None
) -> None:
    with pytest.raises(UnknownKeyword, match=rf"^{directive} has no keyword '{keyword}'") as caught:
        MAKERS[directive](**{keyword: True})
    assert caught.value.keyword == keyword
    if meant:
        assert caught.value.near[0] == meant
        assert f"Write {meant}=" in str(caught.value)


@pytest.mark.parametrize(
    ("directive", "kw"),
    [
        ("create_table", {"mysql_engine": "InnoDB", "sqlite_autoincrement": True}),
        ("create_index", {"postgresql_concurrently": True, "mysql_length": 3, "quote": True}),
        ("alter_column", {"postgresql_using": "c::int", "existing_autoincrement": True}),
        ("drop_column", {"mssql_drop_default": True}),
        ("create_unique_constraint", {"postgresql_nulls_not_distinct": True}),
        ("create_foreign_key", {"postgresql_not_valid": True, "use_alter": True}),
    ],
)
def test_keywords_of_any_database_are_taken_on_each(directive: str, kw: dict[str, Any]) -> None:
    assert MAKERS[directive](**kw)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mssql", "oracle"])
def test_a_misspelt_keyword_writes_nothing(dialect: str) -> None:
    op, statements = operations(dialect)
    with pytest.raises(UnknownKeyword, match="Write postgresql_where="):
        op.create_index("ix", "t", ["c"], postgresqll_where=sa.text("c > 1"))
    assert statements() == []
