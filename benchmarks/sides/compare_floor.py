"""What the comparison can hardly be faster than: a catalogue query by hand, and ``==``.

The same facts of each table (columns with type, nullability, default, collation and comment; all
of its indexes and constraints) are read by statements that were written for this database alone, in
the text that it gives, put together, and compared with the same facts held ready.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy.engine import Connection

Facts = dict[str, list[tuple[Any, ...]]]

_STATEMENTS = {
    "sqlite": (
        'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk '
        "FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
        'SELECT m.name, l.name, l."unique", l.origin, i.name '
        "FROM sqlite_master m JOIN pragma_index_list(m.name) l "
        "JOIN pragma_index_info(l.name) i WHERE m.type = 'table'",
        'SELECT m.name, f.id, f."from", f."table", f."to", f.on_update, f.on_delete '
        "FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        "SELECT name, sql FROM sqlite_master",
    ),
    "postgresql": (
        "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation::int, "
        "e.description FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "LEFT JOIN pg_description e ON e.objoid = c.oid AND e.objsubid = a.attnum "
        "AND e.classoid = 'pg_class'::regclass "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
        "SELECT c.relname, pg_get_indexdef(x.indexrelid) FROM pg_class c JOIN pg_index x "
        "ON x.indrelid = c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
        "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated "
        "FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
    ),
    "mariadb": (
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, "
        "COLLATION_NAME, COLUMN_COMMENT, GENERATION_EXPRESSION "
        "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART "
        "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, "
        "REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
        "WHERE TABLE_SCHEMA = DATABASE()",
        "SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE "
        "FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()",
        "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE "
        "FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()",
        "SELECT TABLE_NAME, ENGINE, TABLE_COLLATION, TABLE_COMMENT "
        "FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
    ),
}


def read(connection: Connection) -> Facts:
    """The facts of each table by its name."""
    facts: Facts = defaultdict(list)
    name = connection.dialect.name
    for statement in _STATEMENTS["mariadb" if name == "mysql" else name]:
        for row in connection.exec_driver_sql(statement):
            facts[row[0]].append(tuple(row[1:]))
    for each in facts.values():
        each.sort(key=repr)
    return facts


def differing(connection: Connection, ready: Facts) -> list[str]:
    """The tables whose facts are not those held ready."""
    found = read(connection)
    return [name for name in found.keys() | ready.keys() if found.get(name) != ready.get(name)]
