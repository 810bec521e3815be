"""`recreate="always"` on PostgreSQL: a new table that has everything the old one had."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, history, opened, rows
from migrate_core.errors import CannotRecreate, MigrateError, MigrationFailed, NoSuchObject

# Roles belong to all databases of a server: these come with it.
OWNER, READER = "pg_monitor", "pg_read_all_stats"

SCHEMA = f"""
CREATE TABLE p (id int PRIMARY KEY);
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER};
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE "T%" (
  id serial PRIMARY KEY,
  ident bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 5 MAXVALUE 1000 CACHE 3 CYCLE),
  "na me" varchar(20) COLLATE "C" NOT NULL DEFAULT 'it''s 100% \\:x',
  price numeric(10, 2) CONSTRAINT positive CHECK (price >= 0),
  total numeric GENERATED ALWAYS AS (price * 2) STORED,
  m mood DEFAULT 'ok',
  parent int CONSTRAINT fk_self REFERENCES "T%" DEFERRABLE INITIALLY DEFERRED,
  p_id int CONSTRAINT fk_p REFERENCES p ON DELETE CASCADE,
  doc text,
  tags text[] DEFAULT '{{}}',
  at timestamptz NOT NULL DEFAULT now(),
  during int4range,
  CONSTRAINT ex EXCLUDE USING gist (during WITH &&),
  CONSTRAINT uq UNIQUE (price, "na me") WITH (fillfactor=80),
  CHECK (id > 0)
) WITH (fillfactor=70, toast.autovacuum_enabled=false);
ALTER TABLE "T%" ADD CONSTRAINT late CHECK (price < 1000) NOT VALID;
ALTER TABLE "T%" ALTER doc SET STORAGE EXTERNAL, ALTER price SET STATISTICS 55;
ALTER TABLE "T%" ALTER price SET (n_distinct=-0.5), REPLICA IDENTITY FULL, CLUSTER ON uq;
CREATE INDEX ix_part ON "T%" (price DESC NULLS LAST) WHERE price > 5;
CREATE UNIQUE INDEX ix_expr ON "T%" (lower("na me"), id) INCLUDE (price);
CREATE INDEX ix_gin ON "T%" USING gin (tags);
ALTER INDEX ix_expr ALTER COLUMN 1 SET STATISTICS 77;
COMMENT ON TABLE "T%" IS 'the 100% table';
COMMENT ON COLUMN "T%".price IS 'in ''cents''';
COMMENT ON CONSTRAINT positive ON "T%" IS 'no debts';
COMMENT ON INDEX ix_part IS 'the dear ones';
COMMENT ON SEQUENCE "T%_ident_seq" IS 'by five';
CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN new.price := new.price + 1; RETURN new; END $$;
CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF price ON "T%" FOR EACH ROW EXECUTE FUNCTION more();
CREATE TRIGGER off AFTER DELETE ON "T%" FOR EACH ROW EXECUTE FUNCTION more();
ALTER TABLE "T%" DISABLE TRIGGER off;
COMMENT ON TRIGGER tr ON "T%" IS 'one more';
CREATE POLICY dear ON "T%" FOR SELECT TO {READER} USING (price > 15);
CREATE POLICY paid ON "T%" AS RESTRICTIVE FOR INSERT WITH CHECK (price > 0);
COMMENT ON POLICY dear ON "T%" IS 'for readers';
GRANT INSERT, UPDATE ON "T%" TO {READER} WITH GRANT OPTION;
GRANT SELECT (price) ON "T%" TO PUBLIC;
GRANT USAGE ON SEQUENCE "T%_ident_seq" TO {READER};
ALTER TABLE "T%" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, OWNER TO {OWNER};
CREATE TABLE child (t_id int CONSTRAINT fk_child REFERENCES "T%" ON DELETE CASCADE);
COMMENT ON CONSTRAINT fk_child ON child IS 'goes with it';
INSERT INTO p VALUES (1);
INSERT INTO "T%" (price, p_id, parent, during)
  VALUES (10, 1, 1, '[1,2)'), (20, NULL, 1, NULL), (7.5, 1, 2, '[5,6)');
INSERT INTO child VALUES (1), (3), (NULL);
SELECT nextval('"T%_id_seq"');
"""

EVERYTHING = {
    "table": """
        SELECT relname::text, relowner::regrole::text, reloptions, relrowsecurity,
               relforcerowsecurity, relreplident::text, obj_description(oid, 'pg_class'),
               (SELECT reloptions FROM pg_class x WHERE x.oid = c.reltoastrelid)
        FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND relname <> 'alembic_version'""",
    "columns": """
        SELECT a.attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod),
               attnotnull, attidentity::text, attgenerated::text, attstorage::text, attstattarget,
               attcollation::regcollation::text, pg_get_expr(adbin, adrelid),
               col_description(a.attrelid, attnum),
               (SELECT string_agg(o, ' ') FROM unnest(attoptions) o WHERE o ~ '^n_distinct')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace AND attnum > 0
          AND NOT attisdropped AND relname !~ 'alembic_version'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated,
               obj_description(oid, 'pg_constraint')
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname !~ 'alembic_version'""",
    "indexes": """
        SELECT pg_get_indexdef(indexrelid), indisclustered, indisvalid, reloptions,
               obj_description(indexrelid, 'pg_class')
        FROM pg_index JOIN pg_class ON oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace AND relname !~ 'alembic_version'""",
    "sequences": """
        SELECT to_jsonb(s), c.relowner::regrole::text, obj_description(c.oid, 'pg_class'),
               pg_get_serial_sequence('"T%"', 'id') || pg_get_serial_sequence('"T%"', 'ident')
        FROM pg_sequences s JOIN pg_class c ON c.relname = s.sequencename""",
    "triggers": """
        SELECT pg_get_triggerdef(oid), tgenabled::text, obj_description(oid, 'pg_trigger')
        FROM pg_trigger WHERE NOT tgisinternal""",
    "policies": """
        SELECT to_jsonb(p), obj_description(o.oid, 'pg_policy')
        FROM pg_policies p JOIN pg_policy o ON o.polname = p.policyname""",
    "grants": """
        SELECT relname::text, NULL, a.grantor::regrole::text, a.grantee::regrole::text,
               a.privilege_type, a.is_grantable
        FROM pg_class, aclexplode(relacl) a
        WHERE relnamespace = 'public'::regnamespace AND relname !~ 'alembic_version'
        UNION ALL
        SELECT attrelid::regclass::text, attname::text, a.grantor::regrole::text,
               a.grantee::regrole::text, a.privilege_type, a.is_grantable
        FROM pg_attribute, aclexplode(attacl) a WHERE attrelid = '"T%"'::regclass""",
    "rows": """SELECT to_jsonb(t) FROM "T%" t""",
    "children": "SELECT t_id FROM child",
}


class Database:
    """Runs migrations on a database that has everything, and tells what it has."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))

    def upgrade(self, body: str, **settings: Any) -> None:
        history(self.folder, body)
        opened(self.folder, self.engine, journal=False, **settings).upgrade()

    def refusal(self, body: str) -> MigrateError:
        """What the migration was refused with."""
        before = self.everything()
        with pytest.raises(MigrationFailed) as caught:
            self.upgrade(body)
        assert self.everything() == before
        assert isinstance(caught.value.__cause__, MigrateError)
        return caught.value.__cause__

    def everything(self) -> dict[str, list[str]]:
        return {
            kind: sorted(map(str, rows(self.engine, re.sub(r":(?=\w+\))", r"\:", query))))
            for kind, query in EVERYTHING.items()
        }

    def columns(self) -> list[str]:
        return [column["name"] for column in sa.inspect(self.engine).get_columns("T%")]


@pytest.fixture
def db(tmp_path: Path, postgresql_engine: Engine) -> Database:
    found = Database(tmp_path / "migrations", postgresql_engine)
    found.run(*re.split(r";\n(?!\s)", SCHEMA.strip().rstrip(";")))
    return found


RECREATE = "with op.batch_alter_table('T%', recreate='always'{}) as batch:\n    {}"


def test_everything_stays(db: Database) -> None:
    before = db.everything()
    oid = rows(db.engine, """SELECT '"T%"'::regclass::oid""")
    db.upgrade(RECREATE.format("", "pass"))
    assert db.everything() == before
    assert rows(db.engine, """SELECT '"T%"'::regclass::oid""") != oid
    assert rows(db.engine, "SELECT count(*) FROM pg_class WHERE relname ~ 'migrate_old'") == [(0,)]


def test_columns_come_in_another_order_and_nothing_else_changes(db: Database) -> None:
    before = db.everything()
    db.upgrade(RECREATE.format(", partial_reordering=[('at', 'ident', 'id')]", "pass"))
    assert db.columns()[-3:] == ["during", "ident", "id"]
    assert db.everything() == before


def test_sequences_go_on_where_they_were(db: Database) -> None:
    db.upgrade(RECREATE.format("", "pass"))
    (value,) = rows(db.engine, """INSERT INTO "T%" (price) VALUES (1) RETURNING id, ident, price""")
    assert value == (5, 20, 2)


def test_children_still_go_with_their_parents(db: Database) -> None:
    db.upgrade(RECREATE.format("", "pass"))
    execute(db.engine, """DELETE FROM "T%" WHERE id = 3""")
    assert rows(db.engine, "SELECT t_id FROM child ORDER BY 1") == [(1,), (None,)]


CHANGES = """
batch.add_column(sa.Column('extra', sa.String(5), server_default='x%', index=True),
                 insert_after='id')
    batch.alter_column('price', new_column_name='cost')
    batch.drop_constraint('fk_p')
    batch.alter_column('p_id', type_=sa.Text, nullable=False, server_default='none',
                       postgresql_using="coalesce('p' || p_id, 'none')")
    batch.drop_column('m')
    batch.create_unique_constraint('uq_new', ['extra', 'id'])
    batch.drop_index('ix_gin')
"""


def test_changes_are_made_on_the_way(db: Database) -> None:
    before = db.everything()
    db.upgrade(RECREATE.format("", CHANGES.strip()))
    after = db.everything()
    assert db.columns()[:5] == ["id", "extra", "ident", "na me", "cost"]
    assert rows(db.engine, """SELECT id, extra, cost, p_id FROM "T%" ORDER BY id""") == [
        (1, "x%", 11, "p1"),
        (2, "x%", 21, "none"),
        (3, "x%", Decimal("8.5"), "p1"),
    ]
    indexes = {index["name"] for index in sa.inspect(db.engine).get_indexes("T%")}
    assert indexes >= {"ix_part", "ix_expr", "ix_T%_extra", "uq_new"}
    assert "ix_gin" not in indexes
    assert "UPDATE OF cost" in str(after["triggers"])
    assert "(cost > " in str(after["policies"])
    assert {kind for kind in before if before[kind] == after[kind]} >= {"table", "children"}


def test_a_table_of_another_schema_is_made_anew_there(db: Database) -> None:
    db.run(
        "CREATE SCHEMA s", "CREATE TABLE s.t (a int, b serial UNIQUE)", "INSERT INTO s.t VALUES (7)"
    )
    db.upgrade(
        "with op.batch_alter_table('t', schema='s', recreate='always',\n"
        "        partial_reordering=[('b', 'a')]): pass"
    )
    assert rows(db.engine, "SELECT * FROM s.t") == [(1, 7)]
    execute(db.engine, "INSERT INTO s.t (a) VALUES (8)")
    assert rows(db.engine, "SELECT b FROM s.t WHERE a = 8") == [(2,)]


def test_rows_that_a_policy_hides_from_who_migrates_are_not_left_behind(db: Database) -> None:
    db.run(
        f"GRANT CREATE ON SCHEMA public TO {OWNER}",
        "CREATE TABLE secret (id int)",
        "INSERT INTO secret VALUES (1), (2), (3)",
        "CREATE POLICY few ON secret USING (id > 2)",
        f"ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, OWNER TO {OWNER}",
    )
    db.upgrade(
        f"op.execute('SET ROLE {OWNER}')\n"
        "with op.batch_alter_table('secret', recreate='always'): pass\n"
        "op.execute('RESET ROLE')"
    )
    assert rows(db.engine, "SELECT id FROM secret ORDER BY id") == [(1,), (2,), (3,)]


def test_all_that_would_be_lost_is_named_at_once(db: Database) -> None:
    db.run('CREATE VIEW v AS SELECT id FROM "T%"', "CREATE PUBLICATION pub FOR ALL TABLES")
    error = db.refusal(RECREATE.format("", "pass"))
    assert isinstance(error, CannotRecreate)
    assert error.obstacles == ("publication pub", "view v")
    assert "ALTER PUBLICATION" in error.next_step
    assert "Drop the view v before" in error.next_step


def test_a_failure_leaves_everything_as_it_was(db: Database) -> None:
    db.run("ALTER TABLE child ADD CONSTRAINT untrue CHECK (t_id < 2) NOT VALID")
    before = db.everything()
    with pytest.raises(MigrationFailed, match="division by zero"):
        db.upgrade(RECREATE.format("", "pass") + "\nop.execute('SELECT 1 / 0')")
    assert db.everything() == before


OBSTACLES = {
    "a view": ('CREATE VIEW v AS SELECT id FROM "T%"', "view v", "Drop the view v before"),
    "a materialized view": (
        'CREATE MATERIALIZED VIEW v AS SELECT id FROM "T%"',
        "materialized view v",
        "DROP",
    ),
    "a rule": (
        'CREATE RULE r AS ON DELETE TO "T%" DO ALSO NOTHING',
        'rule r on table "T%"',
        "op.execute",
    ),
    "a function that takes its rows": (
        "CREATE FUNCTION f(\"T%\") RETURNS int LANGUAGE sql AS 'SELECT 1'",
        'function f("T%")',
        "op.execute",
    ),
    "a column of its row type": (
        'CREATE TABLE log (was "T%")',
        "column was of table log",
        "op.execute",
    ),
    "statistics": (
        'CREATE STATISTICS st ON id, price FROM "T%"',
        "statistics object st",
        "op.execute",
    ),
    "a publication": ('CREATE PUBLICATION pub FOR TABLE "T%"', "publication pub", "DROP TABLE"),
    "a publication of all": ("CREATE PUBLICATION pub FOR ALL TABLES", "publication pub", "DROP"),
    "a child that inherits": ('CREATE TABLE c () INHERITS ("T%")', "table c", "op.execute"),
    "a parent": (
        'CREATE TABLE up (id int NOT NULL); ALTER TABLE "T%" INHERIT up',
        "parent up",
        "NO INHERIT",
    ),
    "another table's policy": (
        'CREATE POLICY other ON child USING (t_id IN (SELECT id FROM "T%"))',
        "policy other on table child",
        "op.execute",
    ),
    "another one's grant": (
        f'SET ROLE {READER}; GRANT INSERT ON "T%" TO pg_signal_backend; RESET ROLE',
        f"grant by role {READER}",
        "op.execute",
    ),
    "a disabled foreign key": (
        "ALTER TABLE child DISABLE TRIGGER ALL",
        "disabled trigger of constraint fk_child",
        "op.execute",
    ),
}


@pytest.mark.parametrize("case", OBSTACLES)
def test_what_would_be_lost_is_named_and_nothing_is_done(db: Database, case: str) -> None:
    sql, obstacle, next_step = OBSTACLES[case]
    db.run(*sql.split("; "))
    error = db.refusal(RECREATE.format("", "batch.drop_column('doc')"))
    assert isinstance(error, CannotRecreate)
    assert (error.table, error.obstacles) == ("T%", (obstacle,))
    assert next_step in error.next_step


def test_a_partitioned_table_is_refused(db: Database) -> None:
    db.run("CREATE TABLE m (at int) PARTITION BY RANGE (at)")
    error = db.refusal("with op.batch_alter_table('m', recreate='always'): pass")
    assert isinstance(error, CannotRecreate)
    assert error.obstacles == ("its partitions",)


def test_an_unknown_table_or_column_is_refused(db: Database) -> None:
    error = db.refusal("with op.batch_alter_table('x', recreate='always'): pass")
    assert isinstance(error, NoSuchObject)
    assert error.known == ("T%", "alembic_version", "child", "p")
    error = db.refusal(RECREATE.format("", "batch.drop_column('x')"))
    assert isinstance(error, NoSuchObject)
    assert (error.kind, error.name) == ("column", "x")


@pytest.mark.parametrize("option", ["", ", recreate='never'"])
def test_an_order_is_refused_where_no_new_table_is_asked_for(db: Database, option: str) -> None:
    batch = f"with op.batch_alter_table('T%'{option}) as batch:\n    "
    place = "batch.add_column(sa.Column('x', sa.Integer), insert_after='id')"
    assert "recreate='always'" in db.refusal(batch + place).next_step


def test_plain_changes_keep_the_table(db: Database) -> None:
    oid = rows(db.engine, """SELECT '"T%"'::regclass::oid""")
    db.upgrade("with op.batch_alter_table('T%') as batch: batch.drop_column('m')")
    assert rows(db.engine, """SELECT '"T%"'::regclass::oid""") == oid


def test_nobody_writes_while_rows_are_on_their_way(db: Database) -> None:
    with db.engine.begin() as other:
        other.exec_driver_sql('INSERT INTO "T%%" (price) VALUES (1)')
        with pytest.raises(MigrationFailed, match="lock timeout"):
            db.upgrade(
                RECREATE.format("", "pass"), statement_lock_timeout=0.05, statement_lock_tries=1
            )
    assert len(rows(db.engine, 'SELECT id FROM "T%"')) == 4
