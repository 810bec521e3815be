"""Which gone and new columns and tables look like one, and how sure that is."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from migrate_core.autogenerate import renames
from migrate_core.autogenerate.similarity import similarity


def spelled(type_: Any) -> str:
    return str(sqlite.dialect().type_compiler_instance.process(type_))


def table(*columns: sa.Column[Any], name: str = "t") -> sa.Table:
    key = sa.Column("id", sa.Integer, primary_key=True)
    return sa.Table(name, sa.MetaData(), key, *columns, sa.Column("last", sa.Integer))


def candidates(old: sa.Column[Any], *new: sa.Column[Any]) -> tuple[renames.Candidate, ...]:
    found = renames.of_columns(
        table(old), table(*new), [old.name], [column.name for column in new], spelled
    )
    return found.get(old.name, ())


@pytest.mark.parametrize(
    ("old", "new", "likely"),
    [
        ("fullname", "full_name", True),
        ("fullName", "full_name", True),
        ("qty", "quantity", True),
        ("active", "is_active", True),
        ("addresses", "address", True),
        ("created_at", "updated_at", False),
        ("home_phone", "work_phone", False),
        ("min_price", "max_price", False),
        ("address1", "address2", False),
        ("form", "format", False),
        ("fax", "website", False),
    ],
)
def test_a_column_of_the_same_type_in_the_same_place_is_a_candidate(
    old: str, new: str, likely: bool
) -> None:
    (found,) = candidates(sa.Column(old, sa.String(30)), sa.Column(new, sa.String(30)))
    assert (found.name, found.likely) == (new, likely)


def test_the_only_gone_column_is_asked_about_beside_the_only_new_one_of_its_type() -> None:
    name, title = (sa.Column(each, sa.String(80), nullable=False) for each in ("name", "title"))
    stored, model = (
        sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), each)
        for each in (name, title)
    )
    (found,) = renames.of_columns(stored, model, ["name"], ["title"], spelled)["name"]
    assert (found.name, found.likely) == ("title", False)


def test_unlike_columns_are_not_asked_about_where_there_are_several() -> None:
    new = (sa.Column("website", sa.String(30)), sa.Column("x", sa.String(30)))
    assert candidates(sa.Column("b", sa.String(30), index=True, comment="c"), *new) == ()


@pytest.mark.parametrize(("old", "new"), [("password", "password_hash"), ("email", "email_token")])
def test_a_name_that_goes_on_is_less_alike_than_the_same_words(old: str, new: str) -> None:
    assert similarity(old, new) == 0.88 < similarity("qty", "quantity")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (sa.Column("a", sa.String(30)), sa.Column("a_", sa.Integer)),
        (sa.Column("a", sa.DateTime), sa.Column("a_", sa.String(30))),
        (sa.Column("a", sa.Integer, primary_key=True), sa.Column("a_", sa.Integer)),
        (sa.Column("a", sa.Integer, sa.Computed("1")), sa.Column("a_", sa.Integer)),
        (
            sa.Column("a", sa.Integer, sa.ForeignKey("x.id")),
            sa.Column("a_", sa.Integer, sa.ForeignKey("y.id")),
        ),
    ],
)
def test_what_cannot_be_one_column_is_no_candidate(
    old: sa.Column[Any], new: sa.Column[Any]
) -> None:
    assert candidates(old, new) == ()


def test_all_candidates_are_there_best_first_and_none_is_likely_beside_an_equal() -> None:
    found = candidates(
        sa.Column("name", sa.String(30)),
        sa.Column("names", sa.String(30)),
        sa.Column("given_name", sa.String(30)),
        sa.Column("born", sa.Date),
    )
    assert [each.name for each in found] == ["names", "given_name"]
    twins = candidates(
        sa.Column("name", sa.String(30)),
        sa.Column("name_a", sa.String(30)),
        sa.Column("name_b", sa.String(30)),
    )
    assert [each.likely for each in twins] == [False, False]


def test_a_column_says_why_it_is_a_candidate() -> None:
    (found,) = candidates(
        sa.Column("owner", sa.Integer, sa.ForeignKey("x.id"), index=True, comment="who"),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("x.id"), index=True, comment="who"),
    )
    assert set(found.reasons) >= {"same words", "same foreign key", "same comment", "same indexes"}


def test_tables_with_most_columns_in_common_are_candidates_and_others_are_not() -> None:
    def people(name: str) -> sa.Table:
        return table(sa.Column("email", sa.String), sa.Column("born", sa.Date), name=name)

    other = sa.Table("logs", sa.MetaData(), sa.Column("at", sa.DateTime), sa.Column("x", sa.JSON))
    found = renames.of_tables([people("users")], [people("accounts"), other], spelled)
    assert [each.name for each in found["users"]] == ["accounts"]


def test_association_tables_of_other_tables_are_no_candidates() -> None:
    def pair(name: str, target: str) -> sa.Table:
        return sa.Table(
            name, sa.MetaData(), sa.Column("a_id", sa.Integer, sa.ForeignKey(f"{target}.id"))
        )

    assert renames.of_tables([pair("a_b", "b")], [pair("a_c", "c")], spelled) == {}
