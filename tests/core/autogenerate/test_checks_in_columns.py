"""A CHECK that is given to a column, and not to its table, is one of the table's all the same."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from migrate_core.api import AutogenContext, MigrationContext, render_op_text
from migrate_core.operations import CreateTableOp
from modelled import Modelled


def models(*checks: sa.CheckConstraint) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "person",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("age", sa.Integer, *checks),
    )
    return metadata


def positive() -> sa.CheckConstraint:
    return sa.CheckConstraint("age > 0", name="positive")


def test_a_new_table_has_it(engine: Engine) -> None:
    database = Modelled(engine)
    wanted = models(positive(), sa.CheckConstraint("age < 200"))
    up, down = database.migration(wanted)
    assert "sa.CheckConstraint('age > 0', name='positive')" in up

    database.run(up)

    assert len(sa.inspect(engine).get_check_constraints("person")) == 2
    assert database.words(wanted) == []
    database.run(down)


def test_a_database_that_create_all_made_does_not_differ(engine: Engine) -> None:
    wanted = models(sa.CheckConstraint("age > 0"))  # which MariaDB takes without a name alone
    wanted.create_all(engine)
    assert Modelled(engine).words(wanted) == []


def test_one_that_is_new_or_gone_is_found(engine: Engine) -> None:
    models().create_all(engine)
    database = Modelled(engine)
    assert database.words(models(positive())) == ["add check constraint positive on person"]
    up, _ = database.migration(models(positive()))
    database.run(up)
    assert database.words(models()) == ["drop check constraint positive on person"]


def test_a_new_column_has_it_once(engine: Engine) -> None:
    metadata = sa.MetaData()
    sa.Table("person", metadata, sa.Column("id", sa.Integer, primary_key=True))
    metadata.create_all(engine)
    database = Modelled(engine)
    up, _ = database.migration(models(positive()))
    database.run(up)
    assert [each["name"] for each in sa.inspect(engine).get_check_constraints("person")] == [
        "positive"
    ]
    assert database.words(models(positive())) == []


def test_a_table_that_a_program_writes_as_code_has_it() -> None:
    op = CreateTableOp.from_table(models(positive()).tables["person"])
    context = AutogenContext(MigrationContext.configure(dialect_name="postgresql"))
    assert "sa.CheckConstraint('age > 0', name='positive')" in render_op_text(context, op)
