"""What is asked about one PostgreSQL table (manual, "System Catalogs"; version 12 and up).

The server writes the statements itself (``format``, ``pg_get_constraintdef`` and their like), so
nothing of it is modelled. Parameter: ``:oid`` the table. A column that only some versions have is
taken out of the row as JSON, which is NULL where there is none.
"""

from __future__ import annotations

_TABLE = """
    SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name,
           format('%I.%I', n.nspname, c.relname) AS sql,
           c.relrowsecurity OR c.relforcerowsecurity AS row_security,
           format('CREATE %sTABLE %I.%I',
                  CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END,
                  n.nspname, c.relname) AS create,
           coalesce(' USING ' || quote_ident(am.amname), '')
             || coalesce((SELECT ' WITH (' || string_agg(o.sql, ', ') || ')'
                          FROM ({options}) o), '')
             || coalesce(' TABLESPACE ' || quote_ident(s.spcname), '') AS storage
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_am am ON am.oid = c.relam
    LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    WHERE c.relkind IN ('r', 'p') AND c.relname = :name AND {where}"""

_OPTIONS = """
    SELECT format('%s = %L', split_part(k, '=', 1), substr(k, strpos(k, '=') + 1)) AS sql
    FROM unnest(c.reloptions) AS k
    UNION ALL
    SELECT format('toast.%s = %L', split_part(k, '=', 1), substr(k, strpos(k, '=') + 1))
    FROM unnest(toast.reloptions) AS k"""

TABLE_VISIBLE = _TABLE.format(options=_OPTIONS, where="pg_table_is_visible(c.oid)")
TABLE_OF_SCHEMA = _TABLE.format(options=_OPTIONS, where="n.nspname = :schema")

COLUMNS = """
    SELECT a.attname::text AS name, a.attgenerated <> '' AS generated,
           format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
             || coalesce(' COLLATE ' || quote_ident(cn.nspname) || '.'
                         || quote_ident(co.collname), '')
             || CASE WHEN a.attgenerated <> '' THEN
                       format(' GENERATED ALWAYS AS (%s)%s', pg_get_expr(d.adbin, d.adrelid),
                              CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END)
                     WHEN a.attidentity <> '' THEN
                       format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s '
                              'INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s %s)',
                              CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
                              sn.nspname, sc.relname, s.seqstart, s.seqincrement, s.seqmin,
                              s.seqmax, s.seqcache,
                              CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
                     ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END
             || CASE WHEN a.attnotnull THEN
                  coalesce(' CONSTRAINT ' || quote_ident(k.conname), '') || ' NOT NULL'
                ELSE '' END AS sql
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
    LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
    LEFT JOIN pg_depend i ON i.refclassid = 'pg_class'::regclass AND i.refobjid = a.attrelid
      AND i.refobjsubid = a.attnum AND i.classid = 'pg_class'::regclass AND i.deptype = 'i'
    LEFT JOIN pg_sequence s ON s.seqrelid = i.objid
    LEFT JOIN pg_class sc ON sc.oid = s.seqrelid
    LEFT JOIN pg_namespace sn ON sn.oid = sc.relnamespace
    LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'n'
      AND k.conkey = ARRAY[a.attnum]
    WHERE a.attrelid = :oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum"""

SEQUENCES = """
    SELECT n.nspname::text AS schema, c.relname::text AS name,
           format('%I.%I', n.nspname, c.relname) AS sql, a.attname::text AS "column",
           d.deptype = 'i' AS identity
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = :oid AND d.deptype IN ('a', 'i')
    ORDER BY c.relname"""

# A key comes before what may point at it; a validated CHECK stands inside the table and is asked
# of each row as it comes in.
CONSTRAINTS = """
    SELECT c.contype = 'c' AND c.convalidated AS inside, c.contype = 'f' AS is_foreign_key,
           format('CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)) AS sql
    FROM pg_constraint c
    WHERE c.conrelid = :oid AND c.contype IN ('p', 'u', 'x', 'c', 'f')
    ORDER BY c.contype = 'f', c.contype = 'c', c.oid"""

REFERRERS = """
    SELECT format('ALTER TABLE %I.%I', n.nspname, r.relname) AS alter,
           format('%I', c.conname) AS name, pg_get_constraintdef(c.oid) AS definition
    FROM pg_constraint c
    JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_namespace n ON n.oid = r.relnamespace
    WHERE c.contype = 'f' AND c.confrelid = :oid AND c.conrelid <> :oid AND c.conparentid = 0
    ORDER BY c.oid"""

# Row security filters what the copy reads: it comes last of what changes rows.
ATTACHED = """
    WITH here AS (SELECT c.*, format('%I.%I', n.nspname, c.relname) AS sql
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.oid = :oid),
         index AS (SELECT i.*, c.relname, c.reloptions,
                          format('%I.%I', n.nspname, c.relname) AS sql,
                          EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid
                                  AND k.contype IN ('p', 'u', 'x')) AS constrains
                   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indrelid = :oid),
         trigger AS (SELECT * FROM pg_trigger
                     WHERE tgrelid = :oid AND NOT tgisinternal AND tgparentid = 0)
    SELECT place, sql FROM (
      SELECT 1 AS place, pg_get_indexdef(indexrelid) AS sql, relname::text AS name
      FROM index WHERE NOT constrains
      UNION ALL
      SELECT 2, format('ALTER INDEX %s SET (%s)', i.sql,
                       (SELECT string_agg(format('%s = %L', split_part(k, '=', 1),
                                                 substr(k, strpos(k, '=') + 1)), ', ')
                        FROM unnest(i.reloptions) AS k)), i.relname
      FROM index i WHERE i.constrains AND i.reloptions IS NOT NULL
      UNION ALL
      SELECT 3, format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.sql, a.attnum,
                       a.attstattarget), i.relname
      FROM index i JOIN pg_attribute a ON a.attrelid = i.indexrelid AND a.attstattarget >= 0
      WHERE i.indexprs IS NOT NULL
      UNION ALL
      SELECT 4, format('ALTER TABLE %s CLUSTER ON %I', here.sql, i.relname), i.relname
      FROM index i, here WHERE i.indisclustered
      UNION ALL
      SELECT 5, format('ALTER TABLE %s REPLICA IDENTITY %s', sql,
                       CASE relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL'
                       ELSE (SELECT format('USING INDEX %I', relname) FROM index
                             WHERE indisreplident) END), ''
      FROM here WHERE relreplident <> 'd'
      UNION ALL
      SELECT 7, pg_get_triggerdef(oid), tgname FROM trigger
      UNION ALL
      SELECT 8, format('ALTER TABLE %s %s TRIGGER %I', here.sql,
                       CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                       ELSE 'ENABLE ALWAYS' END, tgname), tgname
      FROM trigger, here WHERE tgenabled <> 'O'
      UNION ALL
      SELECT 9, format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s', p.policyname,
                       p.schemaname, p.tablename, p.permissive, p.cmd,
                       (SELECT string_agg(CASE r WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(r)
                                          END, ', ') FROM unnest(p.roles) AS r),
                       ' USING (' || p.qual || ')', ' WITH CHECK (' || p.with_check || ')'),
             p.policyname
      FROM pg_policies p JOIN here ON here.relname = p.tablename
        AND here.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = p.schemaname)
      UNION ALL
      SELECT 10, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', sql), ''
      FROM here WHERE relrowsecurity
      UNION ALL
      SELECT 11, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', sql), ''
      FROM here WHERE relforcerowsecurity
      UNION ALL
      SELECT 12, format('COMMENT ON TABLE %s IS %L', here.sql, d.description), ''
      FROM pg_description d, here
      WHERE d.classoid = 'pg_class'::regclass AND d.objoid = :oid AND d.objsubid = 0
      UNION ALL
      SELECT 12, format('COMMENT ON COLUMN %s.%I IS %L', here.sql, a.attname, d.description),
             a.attname
      FROM pg_description d JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid,
           here
      WHERE d.classoid = 'pg_class'::regclass AND d.objoid = :oid AND d.objsubid > 0
      UNION ALL
      SELECT 12, format('COMMENT ON INDEX %s IS %L', i.sql, d.description), i.relname
      FROM pg_description d JOIN index i ON i.indexrelid = d.objoid
      WHERE d.classoid = 'pg_class'::regclass
      UNION ALL
      SELECT 12, format('COMMENT ON CONSTRAINT %I ON %s IS %L', c.conname, c.conrelid::regclass,
                        d.description), c.conname
      FROM pg_description d JOIN pg_constraint c ON c.oid = d.objoid
      WHERE d.classoid = 'pg_constraint'::regclass AND :oid IN (c.conrelid, c.confrelid)
      UNION ALL
      SELECT 12, format('COMMENT ON TRIGGER %I ON %s IS %L', t.tgname, here.sql, d.description),
             t.tgname
      FROM pg_description d JOIN trigger t ON t.oid = d.objoid, here
      WHERE d.classoid = 'pg_trigger'::regclass
      UNION ALL
      SELECT 12, format('COMMENT ON POLICY %I ON %s IS %L', p.polname, here.sql, d.description),
             p.polname
      FROM pg_description d JOIN pg_policy p ON p.oid = d.objoid, here
      WHERE d.classoid = 'pg_policy'::regclass AND p.polrelid = :oid
      UNION ALL
      SELECT 12, format('COMMENT ON SEQUENCE %I.%I IS %L', n.nspname, s.relname, d.description),
             s.relname
      FROM pg_description d JOIN pg_class s ON s.oid = d.objoid AND s.relkind = 'S'
      JOIN pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_depend i ON i.objid = s.oid AND i.refobjid = :oid AND i.deptype = 'i'
        AND i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
      WHERE d.classoid = 'pg_class'::regclass
    ) AS found
    ORDER BY place, name, sql"""

# The foreign keys' place among ATTACHED: after the indexes, before triggers and policies.
KEYS_PLACE = 6

# n_distinct and n_distinct_inherited are the only options of a column (manual, "ALTER TABLE", SET);
# what else a server notes there is its own, and pg_dump leaves it out too.
SETTINGS = r"""
    SELECT sql FROM (
      SELECT 0 AS place, 0 AS number, format('ALTER TABLE %I.%I OWNER TO %I', n.nspname, c.relname,
                              pg_get_userbyid(c.relowner)) AS sql
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = :oid AND pg_get_userbyid(c.relowner) <> current_user
      UNION ALL
      SELECT 1, a.attnum, format('ALTER TABLE %I.%I ALTER COLUMN %I SET %s', n.nspname, c.relname,
                                 a.attname, s.setting)
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_type t ON t.oid = a.atttypid
      CROSS JOIN LATERAL (VALUES
        (CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || CASE a.attstorage
              WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
              ELSE 'EXTENDED' END END),
        (CASE to_jsonb(a)->>'attcompression' WHEN 'p' THEN 'COMPRESSION pglz'
              WHEN 'l' THEN 'COMPRESSION lz4' END),
        (CASE WHEN a.attstattarget >= 0 THEN format('STATISTICS %s', a.attstattarget) END),
        ((SELECT '(' || string_agg(o, ', ') || ')' FROM unnest(a.attoptions) AS o
          WHERE o LIKE 'n\_distinct%'))) AS s(setting)
      WHERE a.attrelid = :oid AND a.attnum > 0 AND NOT a.attisdropped
        AND s.setting IS NOT NULL
    ) AS found
    ORDER BY place, number, sql"""

# What a new table or sequence is granted is for its creator's default privileges to say (manual,
# "ALTER DEFAULT PRIVILEGES"), so those go before the old grants come.
GRANTS = """
    WITH object AS (
      SELECT c.oid, c.relacl, c.relowner, n.oid AS schema,
             CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END AS kind,
             format('ON %s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                    n.nspname, c.relname) AS sql
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = :oid OR (c.relkind = 'S' AND EXISTS (
        SELECT 1 FROM pg_depend i WHERE i.objid = c.oid AND i.refobjid = :oid AND i.deptype = 'i'
        AND i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass))),
    given AS (
      SELECT o.*, (aclexplode(d.defaclacl)).grantee AS grantee
      FROM object o JOIN pg_default_acl d ON d.defaclobjtype::text = o.kind
        AND d.defaclnamespace IN (0, o.schema)
        AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)),
    said AS (
      SELECT * FROM object WHERE relacl IS NOT NULL OR oid IN (SELECT oid FROM given)),
    granted AS (
      SELECT s.sql, (aclexplode(coalesce(s.relacl, acldefault(
        CASE s.kind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, s.relowner)))).*
      FROM said s),
    columns AS (
      SELECT o.sql, a.attname, (aclexplode(a.attacl)).* FROM pg_attribute a
      JOIN object o ON o.oid = a.attrelid WHERE NOT a.attisdropped AND a.attacl IS NOT NULL)
    SELECT sql FROM (
      SELECT DISTINCT 0 AS place, format('REVOKE ALL %s FROM %s', s.sql, r.name) AS sql
      FROM said s
      CROSS JOIN LATERAL (
        SELECT s.relowner AS role UNION SELECT g.grantee FROM given g WHERE g.oid = s.oid) AS x
      CROSS JOIN LATERAL (SELECT CASE x.role WHEN 0 THEN 'PUBLIC'
                          ELSE quote_ident(pg_get_userbyid(x.role)) END AS name) AS r
      UNION ALL
      SELECT 1, format('GRANT %s %s TO %s%s',
                       string_agg(privilege_type, ', ' ORDER BY privilege_type), sql,
                       CASE grantee WHEN 0 THEN 'PUBLIC'
                       ELSE quote_ident(pg_get_userbyid(grantee)) END,
                       CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM granted GROUP BY sql, grantee, is_grantable
      UNION ALL
      SELECT 1, format('GRANT %s (%I) %s TO %s%s', privilege_type, attname, sql,
                       CASE grantee WHEN 0 THEN 'PUBLIC'
                       ELSE quote_ident(pg_get_userbyid(grantee)) END,
                       CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM columns
    ) AS found
    ORDER BY place, sql"""

# The dependencies that the other queries account for are left out; what remains has no statement.
OBSTACLES = """
    WITH here AS (SELECT c.*, n.nspname FROM pg_class c
                  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = :oid),
    acl AS (
      SELECT (aclexplode(relacl)).* FROM here UNION ALL
      SELECT (aclexplode(attacl)).* FROM pg_attribute WHERE attrelid = :oid)
    SELECT DISTINCT kind, what FROM (
      SELECT CASE WHEN r.oid IS NOT NULL AND v.oid <> :oid THEN 'view' ELSE 'object' END AS kind,
             CASE WHEN r.oid IS NOT NULL AND v.oid <> :oid
             THEN pg_describe_object('pg_class'::regclass, v.oid, 0)
             ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS what
      FROM pg_depend d
      CROSS JOIN here
      LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
      LEFT JOIN pg_class v ON v.oid = r.ev_class
      LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
      WHERE (d.refclassid = 'pg_class'::regclass AND d.refobjid = :oid
             OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (
               here.reltype, (SELECT typarray FROM pg_type WHERE oid = here.reltype)))
        AND NOT coalesce(c.relkind IN ('i', 'S', 't') OR c.oid = :oid, false)
        AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (
          SELECT 1 FROM pg_constraint k
          WHERE k.oid = d.objid AND :oid IN (k.conrelid, k.confrelid)))
        AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (
          SELECT 1 FROM pg_attrdef k WHERE k.oid = d.objid AND k.adrelid = :oid))
        AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (
          SELECT 1 FROM pg_trigger k WHERE k.oid = d.objid
          AND (k.tgrelid = :oid OR k.tgisinternal)))
        AND NOT (d.classid = 'pg_policy'::regclass AND EXISTS (
          SELECT 1 FROM pg_policy k WHERE k.oid = d.objid AND k.polrelid = :oid))
        AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (
          SELECT 1 FROM pg_type k WHERE k.oid = d.objid
          AND (k.typrelid = :oid OR k.typelem = here.reltype)))
        AND d.classid::regclass::text NOT IN ('pg_publication_rel')
      UNION ALL
      SELECT 'inheritance', 'parent ' || inhparent::regclass
      FROM pg_inherits WHERE inhrelid = :oid
      UNION ALL
      SELECT 'partitions', 'its partitions' FROM here WHERE relkind = 'p'
      UNION ALL
      SELECT 'object', 'type ' || reloftype::regtype FROM here WHERE reloftype <> 0
      UNION ALL
      SELECT 'object', 'its being temporary' FROM here WHERE relpersistence = 't'
      UNION ALL
      SELECT 'object', pg_describe_object(refclassid, refobjid, 0) FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = :oid AND deptype = 'e'
      UNION ALL
      SELECT 'publication', 'publication ' || p.pubname
      FROM pg_publication_tables p JOIN here
        ON here.nspname = p.schemaname AND here.relname = p.tablename
      UNION ALL
      SELECT 'object', 'security label of ' || provider FROM pg_seclabel
      WHERE objoid = :oid AND classoid = 'pg_class'::regclass
      UNION ALL
      SELECT 'index', 'invalid index ' || i.indexrelid::regclass
      FROM pg_index i WHERE i.indrelid = :oid AND NOT i.indisvalid
      UNION ALL
      SELECT 'object', 'tablespace of index ' || c.oid::regclass
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = :oid AND c.reltablespace <> 0
      UNION ALL
      SELECT 'object', 'disabled trigger of constraint ' || quote_ident(k.conname)
      FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint
      WHERE t.tgisinternal AND t.tgenabled <> 'O'
        AND (t.tgrelid = :oid OR :oid IN (k.conrelid, k.confrelid))
      UNION ALL
      SELECT 'object', 'grant by role ' || quote_ident(pg_get_userbyid(acl.grantor))
      FROM acl, here WHERE acl.grantor <> here.relowner
    ) AS found
    ORDER BY kind, what"""
