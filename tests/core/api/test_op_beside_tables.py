"""Enums, sequences and views: what lives beside the tables, on each database that has it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from histories import Run, rows
from migrate_core.errors import MigrationFailed

# -- enums -----------------------------------------------------------------------------------------

ENUM = """
    op.create_enum("state", ["new", "it's", "go%ne"])
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.Enum("new", "it's", "go%ne", name="state"), server_default="it's"),
        sa.Column(
            "past",
            sa.ARRAY(sa.Enum("new", "it's", "go%ne", name="state")),
            server_default=sa.text("ARRAY['go%ne', 'new']::state[]"),
        ),
    )
    op.execute("INSERT INTO orders (id, state) VALUES (1, 'go%ne'), (2, 'new'), (3, DEFAULT)")
"""


def values(engine: Engine) -> list[str]:
    found = rows(engine, "SELECT unnest(enum_range(NULL::state))::text")
    return [value for (value,) in found]


def test_enum_values_are_added_each_at_its_place(postgresql_run: Run) -> None:
    postgresql_run(
        ENUM,
        """
        op.alter_enum(
            "state",
            ["first", "new", "it's", "between", "go%ne", "last"],
            existing_values=["new", "it's", "go%ne"],
        )
        """,
    )
    assert values(postgresql_run.engine) == ["first", "new", "it's", "between", "go%ne", "last"]


def test_an_enum_value_is_renamed_and_its_rows_keep_it(postgresql_run: Run) -> None:
    postgresql_run(
        ENUM,
        """
        op.alter_enum(
            "state",
            ["new", "its", "go%ne"],
            existing_values=["new", "it's", "go%ne"],
            rename={"it's": "its"},
        )
        """,
    )
    assert rows(postgresql_run.engine, "SELECT state::text FROM orders WHERE id = 3") == [("its",)]


def test_a_removed_enum_value_is_replaced_in_rows_arrays_and_defaults(postgresql_run: Run) -> None:
    postgresql_run(
        ENUM,
        """
        op.alter_enum(
            "state",
            ["it's", "new"],
            existing_values=["new", "it's", "go%ne"],
            replace={"go%ne": "new"},
        )
        op.execute("INSERT INTO orders (id) VALUES (4)")
        """,
    )
    assert values(postgresql_run.engine) == ["it's", "new"]
    assert rows(
        postgresql_run.engine, "SELECT id, state::text, past::text[] FROM orders ORDER BY id"
    ) == [
        (1, "new", ["new", "new"]),
        (2, "new", ["new", "new"]),
        (3, "it's", ["new", "new"]),
        (4, "it's", ["new", "new"]),
    ]


def test_an_enum_value_that_rows_hold_is_not_removed_without_a_replacement(
    postgresql_run: Run,
) -> None:
    with pytest.raises(MigrationFailed, match='invalid input value for enum state: "go%ne"'):
        postgresql_run(
            ENUM,
            """
            op.alter_enum(
                "state", ["new", "it's"], existing_values=["new", "it's", "go%ne"]
            )
            """,
        )


def test_an_enum_change_that_contradicts_itself_is_refused(postgresql_run: Run) -> None:
    with pytest.raises(MigrationFailed, match=r"'other'.*not among existing_values"):
        postgresql_run(
            ENUM,
            """
            op.alter_enum(
                "state", ["new", "x"], existing_values=["new"], rename={"other": "x"}
            )
            """,
        )


def test_an_enum_change_is_nothing_where_enums_are_columns(sqlite_run: Run) -> None:
    sqlite_run("op.alter_enum('state', ['a', 'b'], existing_values=['a'])")


# -- sequences -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", ["postgresql_run", "mariadb_run"])
def test_a_sequence_is_created_changed_and_dropped(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(fixture)
    run(
        """
        op.create_sequence("numbers", start=5, increment=2)
        op.create_sequence("numbers", if_not_exists=True)
        op.create_sequence("others")
        """,
        """
        op.alter_sequence("numbers", increment=10, restart=40)
        op.drop_sequence("others")
        op.drop_sequence("others", if_exists=True)
        """,
    )
    following = "SELECT nextval('numbers')"
    if run.dialect == "mariadb":
        following = "SELECT nextval(numbers)"
    assert [rows(run.engine, following)[0][0] for _ in range(2)] == [40, 50]


def test_a_sequence_is_refused_where_there_are_none(sqlite_run: Run) -> None:
    with pytest.raises(MigrationFailed, match="it has no sequences") as refused:
        sqlite_run("op.create_sequence('numbers')")
    assert "dialect.name" in refused.value.next_step


def test_a_misspelt_option_of_a_sequence_is_named(postgresql_run: Run) -> None:
    with pytest.raises(MigrationFailed, match="no option stat"):
        postgresql_run("op.create_sequence('numbers', stat=5)")


# -- views -----------------------------------------------------------------------------------------


def test_a_view_is_created_replaced_and_dropped(run: Run) -> None:
    run(
        """
        op.create_view("v", "SELECT id, '100%' AS share FROM t WHERE name LIKE 'o%';")
        op.create_view("w", "SELECT id FROM t", columns=["number"])
        op.create_view("gone", "SELECT 1 AS x")
        """,
        """
        t = sa.table("t", sa.column("id"), sa.column("name"))
        op.replace_view("v", sa.select(t.c.id, sa.literal("x:y%").label("share")))
        op.drop_view("gone")
        op.drop_view("gone", if_exists=True)
        """,
    )
    assert sorted(rows(run.engine, "SELECT id, share FROM v")) == [(1, "x:y%"), (2, "x:y%")]
    assert sorted(rows(run.engine, "SELECT number FROM w")) == [(1,), (2,)]


def test_a_materialized_view_keeps_its_rows(postgresql_run: Run) -> None:
    postgresql_run(
        "op.create_view('m', 'SELECT id FROM t', materialized=True)",
        "op.execute('DELETE FROM t')",
    )
    assert len(rows(postgresql_run.engine, "SELECT * FROM m")) == 2


@pytest.mark.parametrize("fixture", ["sqlite_run", "mariadb_run"])
def test_a_materialized_view_is_refused_where_there_are_none(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(fixture)
    with pytest.raises(MigrationFailed, match="it has no materialized views"):
        run("op.create_view('m', 'SELECT id FROM t', materialized=True)")


# -- names, validity and exclusion -----------------------------------------------------------------


def test_constraints_and_indexes_are_renamed(postgresql_run: Run) -> None:
    found = postgresql_run(
        """
        op.create_check_constraint("ck", "t", "id > 0")
        op.create_unique_constraint("uq", "t", ["name"])
        op.create_index("ix", "t", ["p_id"])
        op.rename_constraint("ck", "ck 2", "t")
        op.rename_constraint("uq", "uq_2", "t", "unique")
        op.rename_index("ix", "ix_2")
        """
    )
    assert [check["name"] for check in found.get_check_constraints("t")] == ["ck 2"]
    assert [unique["name"] for unique in found.get_unique_constraints("t")] == ["uq_2"]
    assert {index["name"] for index in found.get_indexes("t")} == {"ix_2", "uq_2"}


def test_mariadb_renames_unique_constraints_and_indexes(mariadb_run: Run) -> None:
    found = mariadb_run(
        """
        op.create_unique_constraint("uq", "t", ["name"])
        op.create_index("ix", "t", ["p_id"])
        op.rename_constraint("uq", "uq_2", "t", "unique")
        op.rename_index("ix", "ix_2", "t")
        """
    )
    assert {index["name"] for index in found.get_indexes("t")} == {"ix_2", "uq_2"}


def test_mariadb_says_that_it_cannot_rename_a_check(mariadb_run: Run) -> None:
    with pytest.raises(MigrationFailed, match="only a unique constraint") as refused:
        mariadb_run("op.rename_constraint('ck', 'ck_2', 't', 'check')")
    assert "drop it and create it again" in refused.value.next_step


def test_validating_a_constraint_looks_at_the_rows_that_were_there(postgresql_run: Run) -> None:
    with pytest.raises(MigrationFailed, match="is violated by some row"):
        postgresql_run(
            "op.create_check_constraint('ck', 't', 'id > 1', postgresql_not_valid=True)",
            "op.validate_constraint('ck', 't')",
        )


@pytest.mark.parametrize("fixture", ["sqlite_run", "mariadb_run"])
def test_validating_is_nothing_where_constraints_are_always_valid(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(fixture)
    run("op.validate_constraint('ck', 't')")


def test_an_exclusion_constraint_is_made_and_dropped(postgresql_run: Run) -> None:
    body = """
        from sqlalchemy.dialects.postgresql import INT4RANGE
        op.create_table("room", sa.Column("days", INT4RANGE), sa.Column("free", sa.Boolean))
        op.create_exclude_constraint(
            "taken", "room", ("days", "&&"), where=sa.text("NOT free"), deferrable=True
        )
    """
    postgresql_run(body, "op.drop_constraint('taken', 'room')", body.replace("room", "house"))
    assert rows(
        postgresql_run.engine,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype='x'",
    ) == [("EXCLUDE USING gist (days WITH &&) WHERE ((NOT free)) DEFERRABLE",)]
