"""SQL text through reflect's pure parts: nothing is lost, nothing is added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate_core.database.reflect.mysql_show import default_in, expression_in
from migrate_core.database.reflect.parentheses import unwrapped
from migrate_core.schema.versions import verbatim


@given(st.text(alphabet=":\\ax'$ _", max_size=12))
def test_sql_compiles_to_the_text_it_was_made_of(sql: str) -> None:
    assert str(verbatim(sql)) == sql


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(a > 1)", "a > 1"),
        ("((a > 1))", "a > 1"),
        ("(a > 1) AND (b > 2)", "(a > 1) AND (b > 2)"),
        ("(a <> ')')", "a <> ')'"),
        ("((a <> '(') OR (\"b)\" = 1))", "(a <> '(') OR (\"b)\" = 1)"),
        ("f(a)", "f(a)"),
        (r"((a <> '\') OR (b <> '\'))", r"((a <> '\') OR (b <> '\'))"),
    ],
)
def test_only_parentheses_around_all_of_it_are_taken_off(expression: str, expected: str) -> None:
    assert unwrapped(expression) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("varchar(9) DEFAULT 'a DEFAULT b'", "'a DEFAULT b'"),
        ("int(11) DEFAULT (1 + 2) CHECK (`v` > 0)", "(1 + 2)"),
        (
            "datetime DEFAULT current_timestamp() ON UPDATE current_timestamp()",
            "current_timestamp()",
        ),
        ("enum('x','DEFAULT y') NOT NULL", None),
        ("varchar(9) DEFAULT 'it''s \\' COMMENT' COMMENT 'c'", "'it''s \\' COMMENT'"),
        ("text DEFAULT concat('a',if(1,'b)','c')) COMMENT 'c'", "concat('a',if(1,'b)','c'))"),
    ],
)
def test_a_default_is_cut_out_of_a_definition(definition: str, expected: str | None) -> None:
    assert default_in(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("int(11) GENERATED ALWAYS AS (`b` * (2 + 1)) STORED", "`b` * (2 + 1)"),
        ("varchar(9) GENERATED ALWAYS AS (concat(`a`,')')) VIRTUAL", "concat(`a`,')')"),
        ("int(11) DEFAULT 1", None),
    ],
)
def test_an_expression_is_cut_out_of_a_definition(definition: str, expected: str | None) -> None:
    assert expression_in(definition) == expected
