"""CREATE TABLE read and written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate_core.batch.sqltext import (
    UnreadableSQL,
    first_list,
    parse,
    parse_column,
    parse_constraint,
)
from migrate_core.batch.tokens import joined, plain, tokens

TEXTS = [
    "CREATE TABLE t(a)",
    "CREATE TABLE t (a,b INT)",
    'CREATE TABLE "t" (\n\ta INTEGER NOT NULL, \n\tPRIMARY KEY (a)\n)',
    "CREATE TABLE [my (t] (`a``b` TEXT DEFAULT '),(''', \"c,\"\"d\" DECIMAL(10, 2)) STRICT",
    "CREATE TABLE t ( -- head, (\n  a INT, -- first\n  b INT /* ) */ -- last\n)",
    "CREATE TABLE t (a INT /* one */ , /* two */ b INT) WITHOUT ROWID, STRICT -- end",
    "CREATE TABLE t (a, UNIQUE (a) CHECK (a > 0) CONSTRAINT f FOREIGN KEY (a) REFERENCES t (a))",
    "CREATE TABLE größe (straße TEXT, 'quoted' INT, [x y] BLOB)",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_table_renders_back_to_the_byte(text: str) -> None:
    assert parse(text).sql == text


@given(st.text(alphabet="ab'\"`[]()-/*\n ,.1x;é$_"))
def test_tokens_lose_nothing(text: str) -> None:
    assert joined(tokens(text)) == text


NAME = st.sampled_from(["a", '"b c"', "[d,e]", "`f``g`", "größe", '"check"', "'s'"])
CLAUSE = st.sampled_from(
    [
        "NOT NULL",
        "DEFAULT NULL",
        "DEFAULT -1.5e3",
        "DEFAULT ('),' || (1))",
        "CHECK (a <> ',')",
        "CONSTRAINT n UNIQUE ON CONFLICT IGNORE",
        "REFERENCES p (x) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE",
        "COLLATE NOCASE",
        "GENERATED ALWAYS AS (a + 1) STORED",
        "AS (a)",
    ]
)
BLANK = st.sampled_from([" ", "\n\t", " /* x, */ ", " -- y (\n"])


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[str]]:
    clauses = draw(st.lists(CLAUSE, max_size=4))
    words = [draw(NAME), draw(st.sampled_from(["INT", "VARCHAR(1, 2)", "LONG TEXT"])), *clauses]
    return "".join(word + draw(BLANK) for word in words), clauses


@given(st.lists(columns(), min_size=1, max_size=4))
def test_each_column_has_the_clauses_that_were_written(
    written: list[tuple[str, list[str]]],
) -> None:
    text = parse(f"CREATE TABLE t ({','.join(text for text, _ in written)})")
    assert [[c.text for c in column.clauses] for column in text.columns] == [
        clauses for _, clauses in written
    ]


@given(st.lists(columns(), min_size=1, max_size=4))
def test_any_table_renders_back_to_the_byte(written: list[tuple[str, list[str]]]) -> None:
    text = f"CREATE TABLE t ({','.join(text for text, _ in written)}) STRICT"
    assert parse(text).sql == text


def test_a_column_is_cut_into_type_and_clauses() -> None:
    column = parse_column("x DOUBLE PRECISION CONSTRAINT n NOT NULL DEFAULT 1 PRIMARY KEY DESC")
    assert [(c.kind, c.name, c.text) for c in (column.type, *column.clauses)] == [
        ("TYPE", None, "DOUBLE PRECISION"),
        ("NOT NULL", "n", "CONSTRAINT n NOT NULL"),
        ("DEFAULT", None, "DEFAULT 1"),
        ("PRIMARY KEY", None, "PRIMARY KEY DESC"),
    ]


def test_table_constraints_need_no_commas_between_them() -> None:
    text = parse("CREATE TABLE t (a, CHECK (a > 0) CONSTRAINT u UNIQUE (a) PRIMARY KEY (a))")
    assert [(c.clause.kind, c.clause.name) for c in text.constraints] == [
        ("CHECK", None),
        ("UNIQUE", "u"),
        ("PRIMARY KEY", None),
    ]


def test_a_comment_behind_the_comma_belongs_to_the_column_before_it() -> None:
    text = parse("CREATE TABLE t (\n a INT, -- about a\n b INT -- about b\n)")
    assert [column.remark for column in text.columns] == [" -- about a\n", " -- about b\n"]


def test_an_expression_in_a_list_has_no_name() -> None:
    assert first_list('UNIQUE (a DESC, "b c" COLLATE NOCASE, lower(d))') == ("a", "b c", "")


def test_a_constraint_keeps_its_name_and_kind() -> None:
    clause = parse_constraint('CONSTRAINT "my fk" FOREIGN KEY(a) REFERENCES p (x)').clause
    assert (clause.kind, clause.name) == ("FOREIGN KEY", "my fk")


@pytest.mark.parametrize(
    "text", ["CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE VIEW v AS SELECT"]
)
def test_what_has_no_columns_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSQL):
        parse(text)


def test_conditions_are_equal_whatever_their_blanks_quotes_and_parentheses() -> None:
    assert plain('(("a"  >  0) -- x\n)') == plain("A > 0")
