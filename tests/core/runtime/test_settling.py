"""Renames, rows that need a value, missing models, other people's tables: on every database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history, opened, rows, tables
from migrate_core import Migrations
from migrate_core.autogenerate import Answers
from migrate_core.errors import AnswersNeeded, InvalidAnswer, TooManyDrops
from migrate_core.runtime.events import Event, Noted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def users(*columns: sa.Column[Any], name: str = "users") -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    return metadata


def grown(folder: Path, engine: Engine, models: sa.MetaData, *statements: str) -> Path:
    """The folder, with a migration of these models applied and statements run after it."""
    migrations = opened(folder, engine, models)
    migrations.generate("before")
    migrations.upgrade()
    execute(engine, *statements)
    return folder


def written(migrations: Migrations, **options: Any) -> tuple[str, ...]:
    """What the next migration does, in words; and it was applied."""
    generated = migrations.generate("after", **options)
    assert generated is not None
    migrations.upgrade()
    return generated.described


def equal(migrations: Migrations) -> bool:
    return not migrations.check()


# -- renames ---------------------------------------------------------------------------------------

NAMED = ("INSERT INTO users (id, fullname) VALUES (1, 'Ada'), (2, NULL)",)


def fullname(**options: Any) -> sa.Column[Any]:
    return sa.Column("fullname", sa.String(100), **options)


def full_name(length: int = 100, **options: Any) -> sa.Column[Any]:
    return sa.Column("full_name", sa.String(length), **options)


def test_a_renamed_column_keeps_its_values_up_and_down(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    migrations = opened(folder, engine, users(full_name()))
    assert written(migrations, rename={"users.fullname": "full_name"}) == (
        "rename column users.fullname to full_name",
    )
    assert rows(engine, "SELECT id, full_name FROM users ORDER BY id") == [(1, "Ada"), (2, None)]
    assert equal(migrations)
    migrations.downgrade()
    assert rows(engine, "SELECT id, fullname FROM users ORDER BY id") == [(1, "Ada"), (2, None)]


def test_what_else_changes_in_a_renamed_column_is_a_change_of_its_own(
    folder: Path, engine: Engine
) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    migrations = opened(folder, engine, users(full_name(120, server_default="x")))
    assert written(migrations, rename={"users.fullname": "full_name"}) == (
        "rename column users.fullname to full_name",
        "change type and server default of column users.full_name",
    )
    assert equal(migrations)
    migrations.downgrade()
    assert rows(engine, "SELECT fullname FROM users WHERE id = 1") == [("Ada",)]


def test_indexes_and_constraints_follow_a_renamed_column(folder: Path, engine: Engine) -> None:
    def models(column: str) -> sa.MetaData:
        metadata = users(sa.Column(column, sa.String(100)), sa.Column("age", sa.Integer))
        table = metadata.tables["users"]
        sa.Index("ix_name_age", table.c[column], table.c.age)
        table.append_constraint(sa.UniqueConstraint(table.c[column], name="uq_name"))
        return metadata

    grown(folder, engine, models("fullname"), *NAMED)
    migrations = opened(folder, engine, models("full_name"))
    assert written(migrations, rename={"users.fullname": "full_name"}) == (
        "rename column users.fullname to full_name",
    )
    assert equal(migrations)


def test_a_renamed_table_keeps_its_rows_and_what_points_at_it(folder: Path, engine: Engine) -> None:
    def models(name: str, column: str) -> sa.MetaData:
        metadata = users(sa.Column(column, sa.String(100)), name=name)
        sa.Table(
            "orders",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("user_id", sa.ForeignKey(f"{name}.id", name="fk_orders_user")),
        )
        return metadata

    grown(
        folder,
        engine,
        models("users", "fullname"),
        *NAMED,
        "INSERT INTO orders (id, user_id) VALUES (7, 1)",
    )
    migrations = opened(folder, engine, models("accounts", "full_name"))
    assert written(migrations, rename={"users": "accounts", "users.fullname": "full_name"}) == (
        "rename table users to accounts",
        "rename column accounts.fullname to full_name",
    )
    assert rows(engine, "SELECT full_name FROM accounts WHERE id = 1") == [("Ada",)]
    (key,) = sa.inspect(engine).get_foreign_keys("orders")
    assert key["referred_table"] == "accounts"
    assert equal(migrations)
    migrations.downgrade()
    assert rows(engine, "SELECT fullname FROM users WHERE id = 1") == [("Ada",)]
    assert rows(engine, "SELECT user_id FROM orders") == [(1,)]


def test_without_an_answer_nothing_is_written_and_the_options_are_named(
    folder: Path, engine: Engine
) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    with pytest.raises(AnswersNeeded) as refused:
        opened(folder, engine, users(full_name())).generate()
    (question,) = refused.value.questions
    assert [option for option, _ in question.options] == [
        "--rename users.fullname=full_name",
        "--no-rename users.fullname",
    ]
    assert question.options[1][1] == "drop it (destroys 1 value)"
    assert len(list(folder.glob("versions/*.py"))) == 1


def test_a_column_that_is_said_not_to_be_renamed_is_dropped(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    migrations = opened(folder, engine, users(full_name()))
    assert written(migrations, no_rename=["users.fullname"]) == (
        "add column users.full_name",
        "drop column users.fullname",
    )


def test_a_hint_in_the_model_is_an_answer_and_a_stale_one_is_told(
    folder: Path, sqlite_engine: Engine
) -> None:
    grown(folder, sqlite_engine, users(fullname()), *NAMED)
    models = users(full_name(info={"renamed_from": "fullname"}))
    assert written(opened(folder, sqlite_engine, models)) == (
        "rename column users.fullname to full_name",
    )
    told: list[Event] = []
    assert equal(opened(folder, sqlite_engine, models, watch=told.append))
    assert told == [
        Noted("users.full_name is renamed already: remove 'renamed_from' from its info.")
    ]


def test_a_hint_whose_names_are_both_there_is_refused(folder: Path, sqlite_engine: Engine) -> None:
    grown(folder, sqlite_engine, users(fullname(), full_name()))
    hinted = users(full_name(info={"renamed_from": "fullname"}))
    with pytest.raises(InvalidAnswer, match="both fullname and full_name are there"):
        opened(folder, sqlite_engine, hinted).generate()


def test_a_hint_in_a_table_is_an_answer(folder: Path, sqlite_engine: Engine) -> None:
    grown(folder, sqlite_engine, users(fullname()), *NAMED)
    models = users(fullname(), name="accounts")
    models.tables["accounts"].info["renamed_from"] = "users"
    assert written(opened(folder, sqlite_engine, models)) == ("rename table users to accounts",)
    assert rows(sqlite_engine, "SELECT fullname FROM accounts WHERE id = 1") == [("Ada",)]


@pytest.mark.parametrize(
    "answers",
    [
        {"rename": {"users.fulname": "full_name"}},
        {"rename": {"users.fullname": "fullnam"}},
        {"rename": {"users": "accounts"}},
        {"no_rename": ["users.id"]},
        {"fill": {"users.full_name": "x"}},
        {"nullable": ["users.nothing"]},
    ],
)
def test_an_answer_to_no_question_is_refused(
    folder: Path, sqlite_engine: Engine, answers: dict[str, Any]
) -> None:
    grown(folder, sqlite_engine, users(fullname()))
    with pytest.raises(InvalidAnswer):
        opened(folder, sqlite_engine, users(full_name())).generate(**answers)
    assert len(list(folder.glob("versions/*.py"))) == 1


def test_two_columns_cannot_become_one(folder: Path, sqlite_engine: Engine) -> None:
    grown(folder, sqlite_engine, users(fullname(), sa.Column("alias", sa.String(100))))
    both = {"users.fullname": "full_name", "users.alias": "full_name"}
    with pytest.raises(InvalidAnswer, match="two columns cannot become one"):
        opened(folder, sqlite_engine, users(full_name())).generate(rename=both)


def test_a_renamed_key_goes_on_counting(folder: Path, engine: Engine) -> None:
    def models(key: str) -> sa.MetaData:
        metadata = sa.MetaData()
        number = sa.Column(key, sa.Integer, primary_key=True)
        sa.Table("users", metadata, number, sa.Column("name", sa.String(20)))
        return metadata

    grown(folder, engine, models("id"), "INSERT INTO users (name) VALUES ('Ada')")
    migrations = opened(folder, engine, models("user_id"))
    written(migrations, rename={"users.id": "user_id"})
    execute(engine, "INSERT INTO users (name) VALUES ('Alan')")
    assert rows(engine, "SELECT user_id, name FROM users ORDER BY 1") == [(1, "Ada"), (2, "Alan")]
    assert equal(migrations)


def test_whoever_is_asked_gets_what_is_open_until_nothing_is(
    folder: Path, sqlite_engine: Engine
) -> None:
    def kept() -> list[sa.Column[Any]]:
        return [sa.Column(name, sa.Integer) for name in ("height", "weight", "size")]

    grown(folder, sqlite_engine, users(fullname(), *kept()), *NAMED)
    age = sa.Column("age", sa.Integer, nullable=False)
    models = users(full_name(), *kept(), age, name="accounts")
    asked = []

    def ask(questions: Any) -> Answers:
        asked.append([question.name for question in questions])
        name = asked[-1][0]
        if name == "accounts.age":
            return Answers(fill={name: 0})
        return Answers(rename={name: questions[0].candidates[0].name})

    assert written(opened(folder, sqlite_engine, models), ask=ask) == (
        "rename table users to accounts",
        "rename column accounts.fullname to full_name",
        "add column accounts.age",
        "change server default of column accounts.age",
    )
    assert asked == [["users"], ["accounts.fullname", "accounts.age"], ["accounts.age"]]


# -- rows that need a value ------------------------------------------------------------------------

NOTED: dict[str, tuple[Any, Any]] = {
    "text": (sa.String(20), "it's"),
    "empty": (sa.String(20), ""),
    "long": (sa.Text, "a: %s"),
    "number": (sa.Integer, "7"),
    "truth": (sa.Boolean, "true"),
    "date": (sa.Date, "2024-02-29"),
    "enum": (sa.Enum("a", "b", name="kind"), "b"),
}
VALUES = {"number": 7, "truth": 1, "date": "2024-02-29", "enum": "b"}


@pytest.mark.parametrize("kind", NOTED)
def test_rows_get_a_one_off_value_and_no_default_is_left(
    folder: Path, engine: Engine, kind: str
) -> None:
    type_, value = NOTED[kind]
    grown(folder, engine, users(fullname()), *NAMED)
    migrations = opened(folder, engine, users(fullname(), sa.Column("n", type_, nullable=False)))
    assert "add column users.n" in written(migrations, fill={"users.n": value})
    found = [row[0] for row in rows(engine, "SELECT n FROM users")]
    expected = VALUES.get(kind, value)
    assert [str(v) if kind == "date" else v for v in found] == [expected, expected]
    assert equal(migrations)
    (column,) = [each for each in sa.inspect(engine).get_columns("users") if each["name"] == "n"]
    assert (column["default"], column["nullable"]) == (None, False)
    migrations.downgrade()
    assert rows(engine, "SELECT id FROM users ORDER BY id") == [(1,), (2,)]


def test_a_server_default_stays_where_it_was_asked_for(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    age = sa.Column("age", sa.Integer, nullable=False)
    migrations = opened(folder, engine, users(fullname(), age))
    assert written(migrations, server_default={"users.age": "3"}) == ("add column users.age",)
    execute(engine, "INSERT INTO users (id) VALUES (9)")
    assert rows(engine, "SELECT age FROM users ORDER BY id") == [(3,), (3,), (3,)]


def test_a_column_may_take_null_first(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    age = sa.Column("age", sa.Integer, nullable=False)
    migrations = opened(folder, engine, users(fullname(), age))
    assert written(migrations, nullable=["users.age"]) == ("add column users.age",)
    assert rows(engine, "SELECT age FROM users") == [(None,), (None,)]
    assert migrations.check().described == ("change nullable of column users.age",)


def test_a_table_without_rows_needs_no_value(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()))
    age = sa.Column("age", sa.Integer, nullable=False)
    migrations = opened(folder, engine, users(fullname(), age))
    assert written(migrations) == ("add column users.age",)
    assert equal(migrations)


def test_rows_without_a_value_are_asked_about_with_the_models_own_default(
    folder: Path, engine: Engine
) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    age = sa.Column("age", sa.Integer, nullable=False, default=18)
    with pytest.raises(AnswersNeeded) as refused:
        opened(folder, engine, users(fullname(), age)).generate()
    (question,) = refused.value.questions
    assert [option for option, _ in question.options] == [
        "--fill users.age=18",
        "--server-default users.age=18",
        "--nullable users.age",
    ]


def test_a_value_that_the_type_does_not_take_is_refused(
    folder: Path, sqlite_engine: Engine
) -> None:
    grown(folder, sqlite_engine, users(fullname()), *NAMED)
    age = sa.Column("age", sa.Integer, nullable=False)
    with pytest.raises(InvalidAnswer, match="does not take 'old'"):
        opened(folder, sqlite_engine, users(fullname(), age)).generate(fill={"users.age": "old"})
    assert len(list(folder.glob("versions/*.py"))) == 1


# -- tables that go --------------------------------------------------------------------------------


def models_of(*names: str) -> sa.MetaData:
    metadata = sa.MetaData()
    for name in names:
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ("abcd", "d", True),
        ("abc", "c", True),
        ("abcd", "cd", False),
        ("ab", "b", False),
        ("ab", "xyz", True),
    ],
)
def test_most_tables_are_dropped_only_if_it_is_said(
    folder: Path, sqlite_engine: Engine, before: str, after: str, refused: bool
) -> None:
    history(folder, *(create(name) for name in before))
    migrations = opened(folder, sqlite_engine, models_of(*after))
    migrations.upgrade()
    kept = {"no_rename": [name for name in before if name not in after]}
    if refused:
        with pytest.raises(TooManyDrops) as error:
            migrations.generate(**kept)
        assert error.value.tables == tuple(sorted(set(before) - set(after)))
        assert len(list(folder.glob("versions/*.py"))) == len(before)
    written(migrations, **kept, allow_drops=True)
    assert tables(sqlite_engine) == set(after)


@pytest.mark.parametrize(
    "made",
    [
        "op.create_table('b', sa.Column('id', sa.Integer))",
        "op.execute('CREATE TABLE x (id INTEGER)')\nop.rename_table('x', new_table_name='b')",
        "op.execute('CREATE TABLE x (id INTEGER)')\nop.rename_table('x', 'b')",
        "op.execute('CREATE TABLE IF NOT EXISTS \"b\" (id INTEGER)')",
        "for name in ('b',):\n    op.create_table(name, sa.Column('id', sa.Integer))",
        "sa.Table('b', sa.MetaData(), sa.Column('id', sa.Integer)).create(op.get_bind())",
    ],
)
def test_a_table_that_a_migration_made_is_dropped_with_its_model(
    folder: Path, sqlite_engine: Engine, made: str
) -> None:
    history(folder, create("a"), made)
    migrations = opened(folder, sqlite_engine, models_of("a"))
    migrations.upgrade()
    assert migrations.check().described == ("drop table b",)


def test_tables_that_no_migration_made_are_left_alone_and_named(
    folder: Path, engine: Engine
) -> None:
    history(folder, create("a"))
    told: list[Event] = []
    migrations = opened(folder, engine, models_of("a"), watch=told.append)
    migrations.upgrade()
    execute(engine, "CREATE TABLE tiles (id INTEGER)", "CREATE TABLE other (a INTEGER)")
    told.clear()
    assert equal(migrations)
    (said,) = [event.text for event in told if isinstance(event, Noted)]
    assert said.startswith("Unmanaged, left alone: other, tiles (")
    assert migrations.generate() is None
    assert tables(engine) == {"a", "other", "tiles"}


def test_a_table_whose_name_a_migration_puts_together_is_left_alone(
    folder: Path, sqlite_engine: Engine
) -> None:
    history(folder, create("a"), "op.create_table('b' + '_c', sa.Column('id', sa.Integer))")
    migrations = opened(folder, sqlite_engine, models_of("a"))
    migrations.upgrade()
    assert equal(migrations)


def test_what_would_be_asked_counts_as_a_difference_in_check(folder: Path, engine: Engine) -> None:
    grown(folder, engine, users(fullname()), *NAMED)
    found = opened(folder, engine, users(full_name())).check()
    assert found.described == ("add column users.full_name", "drop column users.fullname")
    assert [question.name for question in found.questions] == ["users.fullname"]
