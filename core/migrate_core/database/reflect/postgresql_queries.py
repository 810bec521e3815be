"""What is asked of PostgreSQL's catalogue (manual, chapter "System Catalogs"; version 12 and up).

Parameters: ``:schema`` a name, ``:oids`` the tables, as the text of an array. Everything is cast to
what each driver hands over in the same way: ``name`` and ``"char"`` to text, vectors to arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_TABLES = """
    SELECT c.oid, c.relname::text AS name, d.description AS comment,
           CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by,
           c.relhasindex AS may_have_indexes,
           c.relhasindex OR c.relchecks > 0 OR c.relhastriggers AS may_have_constraints
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_description d
      ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
      AND {where}
    ORDER BY c.relname"""

TABLES_VISIBLE = _TABLES.format(
    where="n.nspname NOT IN ('pg_catalog', 'information_schema') AND pg_table_is_visible(c.oid) "
    "AND c.relpersistence <> 't'"
)
TABLES_OF_SCHEMA = _TABLES.format(where="n.nspname = :schema AND c.relpersistence <> 't'")
TABLES_TEMPORARY = _TABLES.format(
    where="c.relnamespace = pg_my_temp_schema() AND starts_with(c.relname, :prefix)"
)


class FoundTable(NamedTuple):
    """A table, as each of the three statements above tells it.

    Of each of these there are thousands, and SQLAlchemy's own rows take several times as long to
    tell a field by its name.
    """

    oid: int
    name: str
    comment: str | None
    partition_by: str | None
    may_have_indexes: bool
    may_have_constraints: bool


# A column has its type's collation, or one of its own: 0 is none, 100 the database's (manual,
# "pg_collation"); types from 16384 on are not the server's own and may bring another. A default
# names no column, and is written without its table (manual, table "System Catalog Information
# Functions", pg_get_expr), which would be opened, and waited for, once for each default.
COLUMNS = """
    SELECT a.attrelid AS oid, a.attnum AS number, a.attname::text AS name,
           format_type(a.atttypid, a.atttypmod) AS type, a.atttypid AS type_oid,
           CASE WHEN a.attcollation NOT IN (0, 100) OR a.atttypid >= 16384 THEN
             (SELECT co.collname::text
              FROM pg_type t JOIN pg_collation co ON co.oid = a.attcollation
              WHERE t.oid = a.atttypid AND a.attcollation <> t.typcollation) END AS collation,
           a.attnotnull AS not_null,
           CASE WHEN a.atthasdef THEN
             (SELECT pg_get_expr(d.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE d.adrelid END)
              FROM pg_attrdef d
              WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END AS expression,
           a.attgenerated::text AS generated, a.attidentity::text AS identity,
           de.description AS comment
    FROM pg_attribute a
    LEFT JOIN pg_description de ON de.objoid = a.attrelid
      AND de.classoid = 'pg_class'::regclass AND de.objsubid = a.attnum
    WHERE a.attrelid IN (SELECT unnest(CAST(CAST(:oids AS text) AS oid[])))
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum"""

SEQUENCES = """
    SELECT d.refobjid AS oid, d.refobjsubid AS number,
           s.seqrelid::regclass::text AS name, format_type(s.seqtypid, NULL) AS type,
           s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minvalue,
           s.seqmax AS maxvalue, s.seqcache AS cache, s.seqcycle AS cycle
    FROM pg_depend d
    JOIN pg_sequence s ON s.seqrelid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
      AND d.refobjid IN (SELECT unnest(CAST(CAST(:oids AS text) AS oid[])))"""

TYPES = """
    SELECT t.oid, t.typarray AS array_oid, t.typname::text AS name, n.nspname::text AS schema,
           pg_type_is_visible(t.oid) AS visible, t.typtype = 'd' AS is_domain,
           ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
                 ORDER BY e.enumsortorder) AS labels,
           format_type(t.typbasetype, t.typtypmod) AS base,
           CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN b.typelem ELSE b.oid END
             AS base_oid,
           t.typnotnull AS not_null, t.typdefault AS default_text,
           co.collname::text AS collation, ck.name AS constraint_name, ck.condition
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_collation co ON co.oid = t.typcollation AND t.typcollation <> b.typcollation
    LEFT JOIN LATERAL (
      SELECT c.conname::text AS name, pg_get_expr(c.conbin, 0) AS condition
      FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname LIMIT 1
    ) ck ON t.typtype = 'd'
    WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""

# What few rows have is asked for in a CASE: a subquery that finds nothing takes its time as well.
_CONSTRAINTS = """
    SELECT c.conrelid AS oid, c.conname::text AS name, c.contype::text AS kind,
           c.conkey::int[] AS columns, n.nspname::text AS referred_schema,
           r.relname::text AS referred_table, pg_table_is_visible(r.oid) AS referred_visible,
           r.oid AS referred_oid, c.confkey::int[] AS referred_columns,
           c.confupdtype::text AS onupdate, c.confdeltype::text AS ondelete,
           CASE WHEN c.contype = 'x' THEN pg_get_constraintdef(c.oid) END AS definition,
           CASE WHEN c.contype = 'x' THEN
             ARRAY(SELECT pg_get_indexdef(c.conindid, g.place, true)
                   FROM generate_series(1, i.indnkeyatts) AS g(place) ORDER BY g.place) END
             AS texts,
           CASE WHEN c.contype = 'x' THEN
             ARRAY(SELECT o.oprname::text FROM unnest(c.conexclop) WITH ORDINALITY k(oid, place)
                   JOIN pg_operator o ON o.oid = k.oid ORDER BY k.place) END AS operators,
           CASE WHEN c.contype = 'x' THEN
             (SELECT am.amname::text FROM pg_class x JOIN pg_am am ON am.oid = x.relam
              WHERE x.oid = c.conindid) END AS method,
           pg_get_expr(i.indpred, i.indrelid) AS predicate,
           c.confmatchtype::text AS match, c.condeferrable AS deferrable,
           c.condeferred AS deferred, c.convalidated AS validated,
           pg_get_expr(c.conbin, c.conrelid) AS condition,
           CASE WHEN i.indnatts > i.indnkeyatts THEN
             (string_to_array(i.indkey::text, ' ')::int[])[i.indnkeyatts + 1:] END AS included,
           {nulls} AS nulls_equal
    FROM pg_constraint c
    LEFT JOIN pg_class r ON r.oid = c.confrelid
    LEFT JOIN pg_namespace n ON n.oid = r.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
    WHERE c.conrelid IN (SELECT unnest(CAST(CAST(:oids AS text) AS oid[])))
      AND c.contype IN ('p', 'u', 'f', 'c', 'x')
    ORDER BY c.conname"""


class FoundConstraint(NamedTuple):
    """A constraint, as :func:`constraints` tells it; what its kind does not have is None."""

    oid: int
    name: str
    kind: str
    columns: Sequence[int]
    referred_schema: str | None
    referred_table: str
    referred_visible: bool
    referred_oid: int
    referred_columns: Sequence[int]
    onupdate: str
    ondelete: str
    definition: str
    texts: Sequence[str]
    operators: Sequence[str]
    method: str
    predicate: str | None
    match: str
    deferrable: bool
    deferred: bool
    validated: bool
    condition: str
    included: Sequence[int] | None
    nulls_equal: bool


# ``:collated`` are the tables with a collation of their own: elsewhere an index differs from its
# column only by naming one that is neither none (0) nor the database's (100).
_INDEXES = """
    SELECT i.indrelid AS oid, c.relname::text AS name, i.indisunique AS is_unique,
           am.amname::text AS method, string_to_array(i.indkey::text, ' ')::int[] AS keys,
           string_to_array(i.indoption::text, ' ')::int[] AS orders, i.indnkeyatts AS key_count,
           pg_get_expr(i.indpred, i.indrelid) AS predicate, c.reloptions::text[] AS settings,
           {nulls} AS nulls_equal,
           CASE WHEN i.indnatts > i.indnkeyatts THEN
             (string_to_array(i.indkey::text, ' ')::int[])[i.indnkeyatts + 1:] END AS included,
           CASE WHEN i.indexprs IS NOT NULL THEN
             ARRAY(SELECT pg_get_indexdef(i.indexrelid, g.place, false)
                   FROM generate_series(1, i.indnkeyatts) AS g(place) ORDER BY g.place) END
             AS texts,
           CASE WHEN i.indclass::oid[] && ARRAY(SELECT oid FROM pg_opclass WHERE NOT opcdefault)
             THEN ARRAY(SELECT CASE WHEN o.opcdefault THEN NULL ELSE o.opcname::text END
                        FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k(oid, place)
                        JOIN pg_opclass o ON o.oid = k.oid ORDER BY k.place) END AS classes,
           CASE WHEN NOT i.indcollation::oid[] <@ ARRAY[0, 100]::oid[]
                  OR i.indrelid IN (SELECT unnest(CAST(CAST(:collated AS text) AS oid[])))
             THEN ARRAY(SELECT quote_ident(co.collname)
                        FROM unnest(i.indcollation::oid[]) WITH ORDINALITY AS k(oid, place)
                        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid
                          AND a.attnum = (i.indkey::int2[])[k.place - 1]
                        LEFT JOIN pg_collation co ON co.oid = k.oid AND a.attcollation <> k.oid
                        ORDER BY k.place) END AS collations
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am am ON am.oid = c.relam
    WHERE i.indrelid IN (SELECT unnest(CAST(CAST(:oids AS text) AS oid[])))
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                      WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname"""


class FoundIndex(NamedTuple):
    """An index, as :func:`indexes` tells it."""

    oid: int
    name: str
    is_unique: bool
    method: str
    keys: Sequence[int]
    orders: Sequence[int]
    key_count: int
    predicate: str | None
    settings: Sequence[str] | None
    nulls_equal: bool
    included: Sequence[int] | None
    texts: Sequence[str] | None
    classes: Sequence[str | None] | None
    collations: Sequence[str | None] | None


COLUMN_NAMES = """
    SELECT a.attrelid AS oid, a.attnum AS number, a.attname::text AS name FROM pg_attribute a
    WHERE a.attrelid IN (SELECT unnest(CAST(CAST(:oids AS text) AS oid[])))
      AND a.attnum > 0 AND NOT a.attisdropped"""

# Compiling a statement for an estimated cost takes PostgreSQL longer than running it does here.
WITHOUT_JIT = "SELECT current_setting('jit'), set_config('jit', 'off', true)"
WITH_JIT_AS_BEFORE = "SELECT set_config('jit', :jit, true)"


def constraints(version: tuple[int | str, ...]) -> str:
    """All constraints but NOT NULL; what version 15 added only there."""
    return _CONSTRAINTS.format(nulls=_nulls(version))


def indexes(version: tuple[int | str, ...]) -> str:
    """All indexes that no constraint stands for."""
    return _INDEXES.format(nulls=_nulls(version))


def _nulls(version: tuple[int | str, ...]) -> str:
    return (
        "coalesce(i.indnullsnotdistinct, false)" if version and int(version[0]) >= 15 else "false"
    )


LOOSE_SEQUENCES = """
    SELECT c.relname::text AS name, s.seqstart AS start, s.seqincrement AS increment,
           s.seqmin AS minvalue, s.seqmax AS maxvalue, s.seqcache AS cache, s.seqcycle AS cycle,
           format_type(s.seqtypid, NULL) AS type
    FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
      AND c.relpersistence <> 't' AND n.nspname = coalesce(:schema, current_schema())
    ORDER BY c.relname"""
