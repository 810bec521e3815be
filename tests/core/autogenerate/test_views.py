"""Registered views: made, changed, dropped, up and down, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import ddl

from histories import execute, migration, opened, rows, tables
from migrate_core import View
from migrate_core.errors import ConfigurationError
from migrate_core.schema.views import registered
from modelled import Modelled

Register = Callable[[sa.MetaData, sa.Table], Any]

SHOWN = "SELECT id, name FROM customer WHERE id > 0"


def models(*views: Register, columns: Sequence[sa.Column[Any]] = ()) -> sa.MetaData:
    """A table `customer`, and views of it in this order."""
    metadata = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    customer = sa.Table("customer", metadata, key, sa.Column("name", sa.String(20)), *columns)
    for register in views:
        register(metadata, customer)
    return metadata


def view(definition: str = SHOWN, name: str = "shown", **options: Any) -> Register:
    return lambda metadata, _customer: View(name, definition, metadata=metadata, **options)


def selected(*columns: str, **options: Any) -> Register:
    """A view of these columns of the table."""

    def register(metadata: sa.MetaData, customer: sa.Table) -> None:
        shown = sa.select(*(customer.c[name] for name in columns))
        View("shown", shown, metadata=metadata, **options)

    return register


def awkward(metadata: sa.MetaData, customer: sa.Table) -> None:
    """A construct with all that has to be written out, or could be taken for something else."""
    likes = customer.c.name.like('50%:b it\'s \\ "x"')
    shown = sa.select(customer.c.id, sa.literal("é:c%s").label("said"))
    View("shown", shown.where(likes, customer.c.id.in_([1, 2])), metadata=metadata)


def loud(metadata: sa.MetaData, customer: sa.Table) -> None:
    longer = sa.func.upper(customer.c.name).label("loud")
    View("shown", sa.select(customer.c.id, customer.c.name, longer), metadata=metadata)


def elsewhere(metadata: sa.MetaData, _customer: sa.Table) -> None:
    """The view, of a table that goes with it."""
    sa.Table("visitor", metadata, sa.Column("id", sa.Integer, primary_key=True))
    View("shown", "SELECT id FROM visitor", metadata=metadata)


def age() -> sa.Column[Any]:
    return sa.Column("age", sa.Integer)


def of_sqlalchemy(condition: int = 0, **options: Any) -> Register:
    """A view by SQLAlchemy's own construct."""

    def register(metadata: sa.MetaData, customer: sa.Table) -> None:
        shown = sa.select(customer.c.id).where(customer.c.id > condition)
        ddl.CreateView(shown, "shown", metadata=metadata, **options)

    return register


def copied(metadata: sa.MetaData, customer: sa.Table) -> None:
    ddl.CreateTableAs(sa.select(customer.c.id), "copied", metadata=metadata)


HAS_CREATE_VIEW = hasattr(ddl, "CreateView")  # from SQLAlchemy 2.1 on


@dataclass
class Project:
    """Migrations that are generated, and run, one after the other."""

    folder: Path
    engine: sa.Engine

    def to(self, metadata: sa.MetaData) -> str:
        """The text of the file that leads to these models; it is run, and nothing differs then."""
        migrations = opened(self.folder, self.engine, metadata)
        written = migrations.generate("next")
        assert written is not None
        migrations.upgrade()
        assert migrations.check().described == ()
        return written.path.read_text(encoding="utf-8")

    def back_to(self, metadata: sa.MetaData) -> None:
        """The last migration is undone; nothing differs from the models before it."""
        opened(self.folder, self.engine).downgrade("-1")
        with self.engine.connect() as connection:
            known = Modelled(self.engine).comparison(connection, metadata)
            assert known.upgrade_ops().is_empty()

    def differences(self, metadata: sa.MetaData) -> tuple[str, ...]:
        return opened(self.folder, self.engine, metadata).check().described

    @property
    def views(self) -> set[str]:
        inspector = sa.inspect(self.engine)
        return {*inspector.get_view_names()}


@pytest.fixture
def project(tmp_path: Path, engine: sa.Engine) -> Project:
    return Project(tmp_path, engine)


CHANGES: dict[str, tuple[sa.MetaData, sa.MetaData]] = {
    "a view": (models(), models(view())),
    "a view of a construct": (models(), models(awkward)),
    "no view": (models(view()), models()),
    "another condition": (models(view()), models(view(SHOWN.replace("0", "1")))),
    "awkward text": (models(view()), models(view(SHOWN + " AND name <> '%s :b \"%%\" it''s ; x'"))),
    "a column more": (models(selected("id", "name")), models(loud)),
    "a column less": (models(loud), models(selected("id", "name"))),
    "names of columns": (models(selected("id")), models(selected("id", columns=["number"]))),
    "other names of columns": (
        models(selected("id", "name", columns=["a", "b"])),
        models(selected("id", "name", columns=["a", "c"])),
    ),
    "a new column of the table": (
        models(selected("id")),
        models(selected("id", "age"), columns=[age()]),
    ),
    "a column that the table loses": (
        models(selected("id", "age"), columns=[age()]),
        models(selected("id")),
    ),
    "a view that uses another": (
        models(view()),
        models(view(), view("SELECT name FROM shown", "names")),
    ),
    "two views of which one uses the other": (
        models(),
        models(view(), view("SELECT name FROM shown", "a_names")),
    ),
    "a view that another uses": (
        models(view(), view("SELECT name FROM shown", "a_names")),
        models(view("SELECT name, id FROM customer"), view("SELECT name FROM shown", "a_names")),
    ),
    "both of them": (
        models(view(), view("SELECT name FROM shown", "a_names")),
        models(loud, view("SELECT loud FROM shown", "a_names")),
    ),
    "the table that it shows": (models(elsewhere), models(selected("id"))),
    "type of a column that a view shows": (
        models(selected("id", "age"), columns=[age()]),
        models(selected("id", "age"), columns=[sa.Column("age", sa.BigInteger)]),
    ),
}


if HAS_CREATE_VIEW:
    CHANGES["a view of SQLAlchemy's"] = (models(), models(of_sqlalchemy()))
    CHANGES["its condition"] = (models(of_sqlalchemy()), models(of_sqlalchemy(1)))
    CHANGES["its registration"] = (models(of_sqlalchemy()), models(view()))

KINDS: dict[str, tuple[Register, set[str], set[str]]] = {"View": (view(), {"shown"}, set())}
"""What is registered, the views that it is, and the tables."""

if HAS_CREATE_VIEW:
    KINDS |= {
        "CreateView": (of_sqlalchemy(), {"shown"}, set()),
        "temporary": (of_sqlalchemy(temporary=True), set(), set()),
        "CreateTableAs": (copied, set(), {"copied"}),
    }


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_made_and_undone(project: Project, change: str) -> None:
    old, new = CHANGES[change]
    project.to(old)
    before = project.views
    project.to(new)
    assert project.views == names(new)
    project.back_to(old)
    assert project.views == before


def names(metadata: sa.MetaData) -> set[str]:
    return {each.name for each in registered(metadata)}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_registered_is_a_view_or_a_table_and_never_both(
    project: Project, kind: str
) -> None:
    register, views, further = KINDS[kind]
    project.to(models(register))
    assert project.views == views
    assert tables(project.engine) == {"customer", *further}


def test_a_view_over_a_new_table_is_created_after_it_and_dropped_before(project: Project) -> None:
    project.to(models(awkward))
    opened(project.folder, project.engine).downgrade("base")
    assert project.views == set()


def test_check_tells_a_changed_view(project: Project) -> None:
    project.to(models(view()))
    changed = {"sqlite": ("drop view shown", "add view shown")}
    told = changed.get(project.engine.dialect.name, ("change view shown",))
    assert project.differences(models(view("SELECT id, name FROM customer"))) == told


def test_layout_alone_is_no_difference(project: Project) -> None:
    project.to(models(view("SELECT id, name FROM customer WHERE name = 'a  b'")))
    laid_out = "\n  SELECT id,   name\n  FROM customer\n  WHERE name = 'a  b';\n"
    assert project.differences(models(view(laid_out))) == ()
    other = laid_out.replace("a  b", "a b")
    assert project.differences(models(view(other))) != ()


def test_a_view_of_nobody_is_left_alone_and_not_mentioned(project: Project) -> None:
    project.to(models(view()))
    execute(project.engine, "CREATE VIEW theirs AS SELECT id FROM customer")
    told: list[Any] = []
    migrations = opened(project.folder, project.engine, models(view()), watch=told.append)
    assert migrations.check().described == ()
    assert told == []


def test_a_view_that_a_migration_made_and_nobody_registers_is_dropped(project: Project) -> None:
    project.to(models())
    with_view(project, "op.create_view('theirs', 'SELECT id FROM customer')")
    assert "op.drop_view('theirs')" in project.to(models())
    opened(project.folder, project.engine).downgrade("-1")
    assert project.views == {"theirs"}


def test_a_view_that_a_migration_made_by_sql_of_its_own_is_left_alone(project: Project) -> None:
    project.to(models())
    with_view(project, "op.execute('CREATE VIEW theirs AS SELECT id FROM customer')")
    assert project.differences(models()) == ()


def with_view(project: Project, made: str) -> None:
    """A migration that was written by hand has been run."""
    parent = opened(project.folder, project.engine).heads()[0].id
    migration(project.folder, "made", made, "op.drop_view('theirs')", down_revision=parent)
    opened(project.folder, project.engine).upgrade()


def test_a_table_that_is_mapped_over_a_registered_view_is_no_table(project: Project) -> None:
    def mapped(metadata: sa.MetaData, customer: sa.Table) -> None:
        view()(metadata, customer)
        sa.Table("shown", metadata, sa.Column("id", sa.Integer, primary_key=True))

    project.to(models(mapped))
    assert project.views == {"shown"}


def test_a_view_takes_the_place_of_a_table_and_the_other_way_round(project: Project) -> None:
    def table(metadata: sa.MetaData, _customer: sa.Table) -> None:
        sa.Table("shown", metadata, sa.Column("id", sa.Integer, primary_key=True))

    project.to(models(table))
    project.to(models(view()))
    project.to(models(table))
    project.back_to(models(view()))


def test_a_renamed_table_takes_its_view_along_and_back(project: Project) -> None:
    def renamed() -> sa.MetaData:
        metadata = sa.MetaData()
        key = sa.Column("id", sa.Integer, primary_key=True)
        buyer = sa.Table("buyer", metadata, key, sa.Column("name", sa.String(20)))
        View("shown", sa.select(buyer.c.id, buyer.c.name), metadata=metadata)
        return metadata

    project.to(models(selected("id", "name")))
    migrations = opened(project.folder, project.engine, renamed())
    migrations.generate("rename", rename={"customer": "buyer"})
    migrations.upgrade()
    assert migrations.check().described == ()
    project.back_to(models(selected("id", "name")))


@contextmanager
def sent(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements that the engine's connections send meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_nothing_is_asked_about_views_where_there_are_none(project: Project) -> None:
    project.to(models())
    execute(project.engine, "CREATE VIEW theirs AS SELECT id FROM customer")
    with sent(project.engine) as statements:
        assert project.differences(models()) == ()
    assert [each for each in statements if "view" in each.lower()] == []


ATTACHED = {
    "sqlite": (
        "CREATE TRIGGER kept INSTEAD OF DELETE ON shown BEGIN SELECT 1; END",
        "trigger kept",
    ),
    "postgresql": ("ALTER VIEW shown SET (security_barrier=true)", "security_barrier=true"),
    "mysql": (f"ALTER SQL SECURITY INVOKER VIEW shown AS {SHOWN}", "SQL SECURITY INVOKER"),
}


def test_what_a_changed_view_loses_is_told(project: Project) -> None:
    project.to(models(view()))
    statement, lost = ATTACHED[project.engine.dialect.name]
    execute(project.engine, statement)
    told: list[Any] = []
    changed = models(view(SHOWN + " AND id < 9"))
    opened(project.folder, project.engine, changed, watch=told.append).check()
    assert f"loses: {lost}. Add it" in str(told)


# -- PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture
def on_postgresql(tmp_path: Path, postgresql_engine: sa.Engine) -> Project:
    return Project(tmp_path, postgresql_engine)


def granted(engine: sa.Engine) -> bool:
    ask = "SELECT has_table_privilege('pg_monitor', 'shown', 'SELECT')"
    return bool(rows(engine, ask)[0][0])


@pytest.mark.parametrize("changed", [view(SHOWN + " AND id < 9"), loud])
def test_a_replaced_view_keeps_what_was_granted_on_it(
    on_postgresql: Project, changed: Register
) -> None:
    on_postgresql.to(models(view()))
    execute(on_postgresql.engine, "GRANT SELECT ON shown TO pg_monitor")
    on_postgresql.to(models(changed))
    assert granted(on_postgresql.engine)


def test_a_materialized_view_is_made_changed_and_unmade(on_postgresql: Project) -> None:
    project = on_postgresql
    old, new = models(view(materialized=True)), models(view(SHOWN + " + 1", materialized=True))
    project.to(models())
    project.to(old)
    assert sa.inspect(project.engine).get_materialized_view_names() == ["shown"]
    project.to(new)
    project.back_to(old)
    assert sa.inspect(project.engine).get_materialized_view_names() == ["shown"]


def test_the_indexes_that_a_materialized_view_loses_are_told(on_postgresql: Project) -> None:
    on_postgresql.to(models(view(materialized=True)))
    execute(on_postgresql.engine, "CREATE INDEX ix_shown ON shown (id)")
    told: list[Any] = []
    changed = models(view(SHOWN + " AND id < 9", materialized=True))
    opened(on_postgresql.folder, on_postgresql.engine, changed, watch=told.append).check()
    assert "loses: index ix_shown" in str(told)


def test_a_view_becomes_materialized_and_back(on_postgresql: Project) -> None:
    on_postgresql.to(models(view()))
    on_postgresql.to(models(view(materialized=True)))
    assert on_postgresql.views == set()
    on_postgresql.back_to(models(view()))
    assert on_postgresql.views == {"shown"}


def test_the_check_option_of_a_view_comes_back(on_postgresql: Project) -> None:
    kept = models(view(SHOWN + " WITH LOCAL CHECK OPTION"))
    on_postgresql.to(kept)
    on_postgresql.to(models(view()))
    on_postgresql.back_to(kept)


def test_a_view_of_another_schema_is_compared_there(on_postgresql: Project) -> None:
    project = on_postgresql
    execute(project.engine, "CREATE SCHEMA reports")
    project.to(models())
    project.to(models(view(schema="reports")))
    assert sa.inspect(project.engine).get_view_names("reports") == ["shown"]
    changed = models(view(SHOWN + "1", schema="reports"))
    assert project.differences(changed) == ("change view reports.shown",)
    project.back_to(models())
    assert sa.inspect(project.engine).get_view_names("reports") == []


def test_a_view_of_a_schema_that_is_left_out_takes_no_part(on_postgresql: Project) -> None:
    on_postgresql.to(models())
    left_out = opened(
        on_postgresql.folder,
        on_postgresql.engine,
        models(view(schema="reports")),
        include_name=lambda name, kind, _parents: kind != "schema" or name is None,
    )
    assert left_out.check().described == ()


def test_without_the_right_to_a_temporary_view_text_is_compared_and_that_is_said(
    on_postgresql: Project,
) -> None:
    engine = on_postgresql.engine
    on_postgresql.to(models(view()))
    execute(engine, f"REVOKE TEMPORARY ON DATABASE {engine.url.database} FROM PUBLIC")
    database = Modelled(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE pg_monitor")
        database.comparison(connection, models(view())).upgrade_ops()
    assert "Compared by text" in str(database.told)
    assert "view shown" in str(database.told)


# -- MariaDB ---------------------------------------------------------------------------------------


@pytest.fixture
def on_mariadb(tmp_path: Path, mariadb_engine: sa.Engine) -> Project:
    return Project(tmp_path, mariadb_engine)


def test_a_check_option_comes_back_with_its_view(on_mariadb: Project) -> None:
    kept = models(view(SHOWN + " WITH LOCAL CHECK OPTION"))
    on_mariadb.to(kept)
    on_mariadb.to(models(view()))
    on_mariadb.back_to(kept)


def test_the_file_does_not_name_the_database(on_mariadb: Project) -> None:
    on_mariadb.to(models(view()))
    text = on_mariadb.to(models())
    assert "`customer`.`name`" in text
    assert str(on_mariadb.engine.url.database) not in text


def test_the_callers_transaction_is_not_committed_to_ask(on_mariadb: Project) -> None:
    engine = on_mariadb.engine
    on_mariadb.to(models(view()))
    database = Modelled(engine)
    with engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO customer (id) VALUES (1)"))
        database.comparison(connection, models(view())).upgrade_ops()
        connection.rollback()
    assert rows(engine, "SELECT id FROM customer") == []
    assert "view shown" in str(database.told)


def test_no_view_is_left_behind_by_asking(on_mariadb: Project) -> None:
    on_mariadb.to(models(view()))
    refused = view("SELECT id FROM nowhere", "refused")
    assert on_mariadb.differences(models(view(), refused)) == ("add view refused",)
    assert on_mariadb.views == {"shown"}


# -- the documented functions ----------------------------------------------------------------------


def test_a_changed_view_is_a_tuple_for_those_who_compare_metadata(on_mariadb: Project) -> None:
    on_mariadb.to(models(view()))
    with on_mariadb.engine.connect() as connection:
        changed = models(view("SELECT 1 AS id"), view("SELECT 1 AS id", "new"))
        known = Modelled(on_mariadb.engine).comparison(connection, changed)
        assert known.upgrade_ops().as_diffs() == [
            ("modify_view", None, "shown", "SELECT 1 AS id"),
            ("add_view", None, "new", "SELECT 1 AS id"),
        ]


# -- what cannot be --------------------------------------------------------------------------------


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ConfigurationError, match="shown is registered twice"):
        models(view(), view())


def test_a_value_that_cannot_be_written_is_told_with_its_view(sqlite_engine: sa.Engine) -> None:
    def valueless(metadata: sa.MetaData, _customer: sa.Table) -> None:
        View("shown", sa.text("SELECT id FROM customer WHERE id > :n"), metadata=metadata)

    with pytest.raises(
        ConfigurationError, match="View shown cannot be written as SQL: :n has no value"
    ):
        Modelled(sqlite_engine).words(models(valueless))
