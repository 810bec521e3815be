"""Each directive once on each database, read back from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import Run, execute, history, opened, rows
from migrate_core import Migrations, op
from migrate_core.errors import MigrationFailed, NothingRunning

ROWS = [(1, "one", 1), (2, "two", None)]


def columns(inspector: sa.Inspector, table: str) -> dict[str, dict[str, Any]]:
    return {column["name"]: dict(column) for column in inspector.get_columns(table)}


# -- tables ----------------------------------------------------------------------------------------


def test_create_table_makes_the_indexes_its_columns_ask_for(run: Run) -> None:
    found = run(
        """
        op.create_table(
            'new',
            sa.Column('id', sa.Integer, primary_key=True),
            sa.Column('a', sa.String(10), nullable=False, server_default='x', index=True),
            sa.Column('p_id', sa.Integer, sa.ForeignKey('p.id', name='fk_new')),
            sa.UniqueConstraint('a', 'p_id', name='uq_new'),
            sa.CheckConstraint('p_id > 0', name='ck_new'),
        )
        """
    )
    assert list(columns(found, "new")) == ["id", "a", "p_id"]
    assert found.get_pk_constraint("new")["constrained_columns"] == ["id"]
    assert [key["name"] for key in found.get_foreign_keys("new")] == ["fk_new"]
    assert [each["name"] for each in found.get_unique_constraints("new")] == ["uq_new"]
    assert [each["name"] for each in found.get_check_constraints("new")] == ["ck_new"]
    assert "ix_new_a" in {index["name"] for index in found.get_indexes("new")}


def test_a_created_table_takes_rows_at_once(run: Run) -> None:
    run(
        """
        table = op.create_table('new', sa.Column('id', sa.Integer), sa.Column('n', sa.String(9)))
        op.bulk_insert(table, [{'id': 1, 'n': "it's 5%"}, {'id': 2, 'n': None}])
        """
    )
    assert rows(run.engine, "SELECT id, n FROM new ORDER BY id") == [(1, "it's 5%"), (2, None)]


def test_rows_of_no_table_at_all_insert_nothing(run: Run) -> None:
    run("op.bulk_insert(sa.table('t', sa.column('id')), [])")
    assert rows(run.engine, "SELECT * FROM t ORDER BY id") == ROWS


def test_drop_table_and_rename_table(run: Run) -> None:
    found = run("op.drop_table('p')", "op.rename_table('t', 'renamed')")
    assert set(found.get_table_names()) == {"alembic_version", "migration_log", "renamed"}
    assert rows(run.engine, "SELECT * FROM renamed ORDER BY id") == ROWS


def test_what_is_there_is_not_made_again_if_told_so(run: Run) -> None:
    found = run(
        """
        op.create_table('p', sa.Column('other', sa.Integer), if_not_exists=True)
        op.drop_table('nowhere', if_exists=True)
        """
    )
    assert list(columns(found, "p")) == ["id"]


def test_comments_are_set_and_removed_where_there_are_any(run: Run) -> None:
    body = """
        op.create_table_comment('t', 'all "things" at 100%')
        op.alter_column('t', 'name', comment="it's a name", existing_type=sa.String(20))
        """
    found = run(body)
    if run.dialect == "sqlite":
        with pytest.raises(NotImplementedError):
            found.get_table_comment("t")
        return
    assert found.get_table_comment("t") == {"text": 'all "things" at 100%'}
    assert columns(found, "t")["name"]["comment"] == "it's a name"
    found = run(
        body,
        """
        op.drop_table_comment('t')
        op.alter_column('t', 'name', comment=None, existing_type=sa.String(20))
        """,
    )
    assert not found.get_table_comment("t")["text"]
    assert not columns(found, "t")["name"]["comment"]


# -- columns ---------------------------------------------------------------------------------------


def test_add_column_with_all_that_it_declares(run: Run) -> None:
    found = run(
        """
        op.add_column('t', sa.Column('n', sa.Integer, nullable=False, server_default='5'))
        op.add_column('t', sa.Column('q', sa.Integer, sa.ForeignKey('p.id', name='fk_q'),
                                     index=True))
        """
    )
    assert columns(found, "t")["n"]["nullable"] is False
    assert rows(run.engine, "SELECT n, q FROM t") == [(5, None), (5, None)]
    assert [key["constrained_columns"] for key in found.get_foreign_keys("t")] == [["q"]]
    assert "ix_t_q" in {index["name"] for index in found.get_indexes("t")}


def test_alter_column_changes_type_nullability_default_and_name(run: Run) -> None:
    found = run(
        """
        op.alter_column('t', 'name', new_column_name='title', type_=sa.String(40), nullable=False,
                        server_default="it's", existing_type=sa.String(20))
        """
    )
    title = columns(found, "t")["title"]
    assert title["type"].length == 40
    assert title["nullable"] is False
    execute(run.engine, "INSERT INTO t (id) VALUES (3)")
    assert rows(run.engine, "SELECT title FROM t ORDER BY id") == [("one",), ("two",), ("it's",)]


def test_alter_column_removes_a_default(run: Run) -> None:
    found = run(
        "op.alter_column('t', 'name', server_default='x', existing_type=sa.String(20))",
        "op.alter_column('t', 'name', server_default=None, existing_type=sa.String(20))",
    )
    assert columns(found, "t")["name"]["default"] in (None, "NULL")


def test_drop_column_keeps_the_other_values(run: Run) -> None:
    found = run("op.drop_column('t', 'name')")
    assert list(columns(found, "t")) == ["id", "p_id"]
    assert rows(run.engine, "SELECT * FROM t ORDER BY id") == [(1, 1), (2, None)]


# -- constraints and indexes -----------------------------------------------------------------------


def test_a_unique_constraint_is_made_and_dropped(run: Run) -> None:
    up = "op.create_unique_constraint('uq_t', 't', ['name', 'p_id'])"
    assert [u["column_names"] for u in run(up).get_unique_constraints("t")] == [["name", "p_id"]]
    down = "op.drop_constraint('uq_t', 't', type_='unique')"
    assert run(up, down).get_unique_constraints("t") == []


def test_a_foreign_key_is_made_and_dropped(run: Run) -> None:
    up = "op.create_foreign_key('fk_t', 't', 'p', ['p_id'], ['id'], ondelete='SET NULL')"
    (key,) = run(up).get_foreign_keys("t")
    assert (key["name"], key["constrained_columns"], key["referred_table"]) == (
        "fk_t",
        ["p_id"],
        "p",
    )
    execute(run.engine, *(["PRAGMA foreign_keys=ON"] if run.dialect == "sqlite" else []))
    down = "op.drop_constraint('fk_t', 't', type_='foreignkey')"
    assert run(up, down).get_foreign_keys("t") == []


def test_a_check_is_made_and_dropped(run: Run) -> None:
    up = "op.create_check_constraint('ck_t', 't', \"name <> '100%'\")"
    assert [check["name"] for check in run(up).get_check_constraints("t")] == ["ck_t"]
    with pytest.raises(sa.exc.DatabaseError):
        execute(run.engine, "INSERT INTO t (id, name) VALUES (9, '100%')")
    down = "op.drop_constraint('ck_t', 't', type_='check')"
    assert run(up, down).get_check_constraints("t") == []


def test_a_primary_key_is_dropped_and_made(run: Run) -> None:
    name = {"sqlite": "pk_u", "postgresql": "pk_u", "mariadb": "PRIMARY"}[run.dialect]
    found = run(
        f"""
        op.create_table('u', sa.Column('a', sa.Integer, autoincrement=False),
                        sa.Column('b', sa.Integer, nullable=False),
                        sa.PrimaryKeyConstraint('a', name='pk_u'))
        op.drop_constraint({name!r}, 'u', type_='primary')
        op.create_primary_key('pk_u', 'u', ['a', 'b'])
        """
    )
    assert found.get_pk_constraint("u")["constrained_columns"] == ["a", "b"]


def test_an_index_is_made_and_dropped(run: Run) -> None:
    up = "op.create_index('ix_t', 't', ['name', 'p_id'], unique=True)"
    (index,) = [i for i in run(up).get_indexes("t") if i["name"] == "ix_t"]
    assert (index["column_names"], bool(index["unique"])) == (["name", "p_id"], True)
    assert run(up, "op.drop_index('ix_t', 't')").get_indexes("t") == []


# -- types, statements -----------------------------------------------------------------------------


def test_an_enum_is_made_dropped_and_made_again(tmp_path: Path, postgresql_engine: Engine) -> None:
    folder = tmp_path / "migrations"
    up = """
        op.create_enum('mood', ['sad', "it's 5%"])
        op.create_table('a', sa.Column('m', sa.Enum('sad', "it's 5%", name='mood')))
        op.create_table('b', sa.Column('m', sa.Enum('sad', "it's 5%", name='mood')))
        """
    history(folder, (up, "op.drop_table('b')\nop.drop_table('a')\nop.drop_enum('mood')"))
    migrations = opened(folder, postgresql_engine)
    for _ in range(2):
        migrations.upgrade()
        (enum,) = sa.inspect(postgresql_engine).get_enums()  # type: ignore[attr-defined]
        assert enum["labels"] == ["sad", "it's 5%"]
        migrations.downgrade()
        assert sa.inspect(postgresql_engine).get_enums() == []  # type: ignore[attr-defined]


def test_enums_of_their_own_are_nothing_elsewhere(run: Run) -> None:
    found = run("op.create_enum('mood', ['a'])\nop.drop_enum('mood')")
    assert set(found.get_table_names()) == {"alembic_version", "migration_log", "p", "t"}


def test_execute_takes_text_and_statements(run: Run) -> None:
    run(
        r"""
        op.execute("UPDATE t SET name = '100% \\:x' WHERE id = 1")
        t = sa.table('t', sa.column('id'), sa.column('name'))
        op.execute(t.update().where(t.c.id == 2).values(name="it's"))
        op.execute(sa.text("UPDATE t SET p_id = :p WHERE id = 2").bindparams(p=1))
        """
    )
    assert rows(run.engine, "SELECT * FROM t ORDER BY id") == [
        (1, "100% :x", 1),
        (2, "it's", 1),
    ]


def test_get_bind_reads_between_two_directives(run: Run) -> None:
    run(
        """
        names = op.get_bind().execute(sa.text('SELECT name FROM t ORDER BY id')).scalars().all()
        for name in names:
            op.add_column('t', sa.Column(f'is_{name}', sa.Boolean))
        """
    )
    assert {"is_one", "is_two"} < set(columns(sa.inspect(run.engine), "t"))


def test_a_name_with_quotes_spaces_and_percent_is_a_name(run: Run) -> None:
    name = 'odd "name" 5% of'
    found = run(
        f"""
        op.create_table({name!r}, sa.Column('a b', sa.Integer), sa.Column('c%', sa.String(9)))
        op.create_index('ix %', {name!r}, ['c%'])
        op.alter_column({name!r}, 'c%', new_column_name='d%', existing_type=sa.String(9))
        """
    )
    assert list(columns(found, name)) == ["a b", "d%"]
    assert [index["name"] for index in found.get_indexes(name)] == ["ix %"]


def test_a_word_of_the_language_is_a_name(run: Run) -> None:
    found = run(
        """
        op.create_table('order', sa.Column('select', sa.Integer))
        op.add_column('order', sa.Column('from', sa.Integer))
        op.rename_table('order', 'group')
        """
    )
    assert list(columns(found, "group")) == ["select", "from"]


# -- batch -----------------------------------------------------------------------------------------


def test_a_batch_does_all_its_changes(run: Run) -> None:
    found = run(
        """
        with op.batch_alter_table('t') as batch_op:
            batch_op.add_column(sa.Column('n', sa.Integer, nullable=False, server_default='7'))
            batch_op.alter_column('name', existing_type=sa.String(20), type_=sa.String(50),
                                  nullable=False)
            batch_op.create_foreign_key('fk_t', 'p', ['p_id'], ['id'])
            batch_op.create_unique_constraint('uq_t', ['name'])
            batch_op.create_index('ix_n', ['n'])
            batch_op.create_check_constraint('ck_t', 'n > 0')
        """
    )
    assert columns(found, "t")["name"]["nullable"] is False
    assert [key["name"] for key in found.get_foreign_keys("t")] == ["fk_t"]
    assert [each["name"] for each in found.get_unique_constraints("t")] == ["uq_t"]
    assert [each["name"] for each in found.get_check_constraints("t")] == ["ck_t"]
    assert "ix_n" in {index["name"] for index in found.get_indexes("t")}
    assert rows(run.engine, "SELECT id, name, n FROM t ORDER BY id") == [
        (1, "one", 7),
        (2, "two", 7),
    ]


def test_a_batch_that_raises_does_nothing(run: Run) -> None:
    with pytest.raises(MigrationFailed, match="RuntimeError: no"):
        run(
            """
            with op.batch_alter_table('t') as batch_op:
                batch_op.drop_column('name')
                raise RuntimeError('no')
            """
        )
    assert rows(run.engine, "SELECT * FROM t ORDER BY id") == ROWS


# -- outside a run ---------------------------------------------------------------------------------


def test_outside_a_migration_nothing_runs() -> None:
    with pytest.raises(NothingRunning, match="works only while a migration runs") as caught:
        op.create_table("t")
    assert isinstance(caught.value, NameError)


def test_after_a_run_nothing_runs(run: Run) -> None:
    run("pass")
    with pytest.raises(NothingRunning):
        op.get_bind()


# -- naming conventions ----------------------------------------------------------------------------


def unique_names(folder: Path, engine: Engine, *metadata: sa.MetaData) -> list[str | None]:
    """What a unique constraint that is given no name is called."""
    history(
        folder,
        "op.create_table('named', sa.Column('a', sa.Integer))",
        "op.create_unique_constraint(None, 'named', ['a'])",
    )
    Migrations(folder, engine=engine, metadata=metadata).upgrade()
    return [unique["name"] for unique in sa.inspect(engine).get_unique_constraints("named")]


def test_a_constraint_without_a_name_is_named_by_the_models_convention(
    tmp_path: Path, postgresql_engine: Engine
) -> None:
    models = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    assert unique_names(tmp_path, postgresql_engine, models) == ["uq_named_a"]


def test_of_several_metadata_no_convention_is_taken(
    tmp_path: Path, postgresql_engine: Engine
) -> None:
    models = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    assert unique_names(tmp_path, postgresql_engine, models, models) == ["named_a_key"]
