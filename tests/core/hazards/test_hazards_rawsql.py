"""What the text of a statement tells."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from migrate_core import hazards
from migrate_core.operations import ExecuteSQLOp

DIALECTS = {"postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}


def said(text: str, dialect: str = "postgresql", *created: str) -> list[str]:
    ground = hazards.Ground(
        DIALECTS[dialect].dialect(), frozenset((None, name) for name in created), True
    )
    return [mark.reason for mark in hazards.marks([ExecuteSQLOp(text)], [text], ground)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DROP TABLE old", "drops table old and its rows"),
        ("drop table if exists shop.old", "drops table shop.old and its rows"),
        ('DROP TABLE "Old"', "drops table Old and its rows"),
        ("ALTER TABLE old DROP COLUMN note", "drops a column of old and its values"),
        ("TRUNCATE old", "removes all rows of old"),
        ("TRUNCATE TABLE old", "removes all rows of old"),
        ("DELETE FROM old", "deletes all rows of old"),
        ("DELETE FROM old\nWHERE id = 1", "deletes rows of old"),
        ("WITH x AS (DELETE FROM old RETURNING *) SELECT 1", "deletes all rows of old"),
        ("DELETE FROM old -- WHERE id = 1", "deletes all rows of old"),
        ("SELECT 1; DELETE FROM old", "deletes all rows of old"),
        ("DO $$ BEGIN DELETE FROM old; END $$", "deletes all rows of old"),
    ],
)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_what_destroys_rows_is_recognised(text: str, reason: str, dialect: str) -> None:
    assert reason in said(text, dialect)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "INSERT INTO old VALUES ('DROP TABLE old; DELETE FROM old')",
        "-- DROP TABLE old\nSELECT 1",
        "/* TRUNCATE old */ SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM old; UPDATE old SET a = 1; END",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM old; END $$ LANGUAGE plpgsql",
        "CREATE TABLE b (a INTEGER REFERENCES old ON DELETE CASCADE)",
        "UPDATE old SET a = 1 WHERE id = 2",
        "ROLLBACK TO SAVEPOINT s",
    ],
)
@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_what_only_looks_like_it_is_not_marked(text: str, dialect: str) -> None:
    assert said(text, dialect) == []


def test_a_table_of_the_plan_itself_may_be_emptied() -> None:
    assert said("DELETE FROM fresh; DROP TABLE fresh", "sqlite", "fresh") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CREATE UNIQUE INDEX ix ON old (a)", "writes to old wait while the index is built"),
        ("CREATE INDEX ON old USING gin (a)", "writes to old wait while the index is built"),
        (
            "ALTER TABLE old ALTER a SET NOT NULL",
            "all who use old wait while its rows are read or written anew",
        ),
        (
            "ALTER TABLE old ADD CONSTRAINT c CHECK (a > 0)",
            "others wait for old while all rows are checked",
        ),
        ("REINDEX TABLE old", "others wait for old until it is done"),
        ("VACUUM FULL old", "others wait for old until it is done"),
        ("REFRESH MATERIALIZED VIEW old", "others wait for old until it is done"),
        ("UPDATE old SET a = 1", "locks each row of old until the transaction ends"),
    ],
)
def test_what_others_wait_for_on_postgresql_is_recognised(text: str, reason: str) -> None:
    assert reason in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE old ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        "ALTER TABLE old ADD CONSTRAINT c UNIQUE USING INDEX ix",
        "ALTER TABLE old ADD COLUMN a INTEGER",
        "ALTER TABLE old VALIDATE CONSTRAINT c",
    ],
)
def test_the_forms_that_nobody_waits_for_are_not_marked(text: str) -> None:
    assert said(text) == []


def test_concurrently_inside_a_transaction_is_refused_by_postgresql() -> None:
    assert said("CREATE INDEX CONCURRENTLY ix ON old (a)") == [
        "PostgreSQL refuses it inside a transaction"
    ]


def test_a_statement_that_ends_the_transaction_is_marked() -> None:
    (reason,) = said("INSERT INTO a VALUES (1); COMMIT;", "sqlite")
    assert reason.startswith("COMMIT begins or ends a transaction by itself")


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("CREATE TABLE shop.a (id INTEGER)", {("shop", "a")}),
        ("SELECT 1; CREATE TEMP TABLE a AS SELECT 1", {(None, "a")}),
        ("CREATE TABLE IF NOT EXISTS a (id INTEGER)", set()),
    ],
)
def test_a_table_that_text_creates_for_certain_belongs_to_the_plan(
    text: str, tables: set[hazards.Table]
) -> None:
    assert hazards.made([ExecuteSQLOp(text)], [text], frozenset()) == tables
