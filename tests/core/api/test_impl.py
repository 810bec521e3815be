"""Classes of the documented DefaultImpl: what they override, and dialects that they bring."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, registry
from sqlalchemy.ext.compiler import compiles

from histories import Run, rows
from migrate_core import alias
from migrate_core.alembic.ddl.base import ColumnNullable, RenameTable
from migrate_core.alembic.ddl.impl import DefaultImpl
from migrate_core.alembic.ddl.postgresql import PostgresqlImpl
from migrate_core.alembic.ddl.sqlite import SQLiteImpl
from migrate_core.alembic.operations import Operations, ops
from migrate_core.alembic.runtime.migration import MigrationContext
from migrate_core.api import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_python_code,
)
from migrate_core.ddl import DDL
from migrate_core.errors import ConfigurationError

Define = Callable[[type[DefaultImpl]], None]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes that a test defines are known in that test alone."""
    monkeypatch.setattr(DefaultImpl, "_defined", dict(DefaultImpl._defined))
    monkeypatch.setattr(DDL, "others", dict(DDL.others))


class FjordDialect(postgresql.dialect):  # type: ignore[misc]
    """A dialect that this engine does not know."""

    name = "fjord"
    supports_statement_cache = False


registry.impls["fjord"] = lambda: FjordDialect


def script(dialect: str, run: Callable[[Operations], object]) -> list[str]:
    """What directives write for a dialect."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": buffer}
    )
    with context.begin_transaction(), Operations.context(context) as op:
        run(op)
    text = buffer.getvalue()
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]


def test_an_override_says_how_a_directive_is_done() -> None:
    class Careful(PostgresqlImpl):
        __dialect__ = "postgresql"

        def drop_column(self, table_name: str, column: Any, **kw: Any) -> None:
            self.execute(f"SELECT keep('{table_name}', '{column.name}')")
            super().drop_column(table_name, column, **kw)

    assert script("postgresql", lambda op: op.drop_column("t", "c", if_exists=True)) == [
        "BEGIN;",
        "SELECT keep('t', 'c');",
        "ALTER TABLE t DROP COLUMN IF EXISTS c;",
        "COMMIT;",
    ]


def test_an_override_takes_part_in_a_batch() -> None:
    class Loud(PostgresqlImpl):
        __dialect__ = "postgresql"

        def add_constraint(self, const: Any, **kw: Any) -> None:
            self._exec("SELECT 'before'")
            super().add_constraint(const, **kw)

    def run(op: Operations) -> None:
        with op.batch_alter_table("t") as batch:
            batch.add_column(sa.Column("c", sa.Integer))
            batch.create_check_constraint("positive", "c > 0")

    assert script("postgresql", run)[1:-1] == [
        "ALTER TABLE t ADD COLUMN c INTEGER;",
        "SELECT 'before';",
        "ALTER TABLE t ADD CONSTRAINT positive CHECK (c > 0);",
    ]


def test_what_is_not_overridden_is_done_as_ever() -> None:
    class Same(PostgresqlImpl):
        __dialect__ = "postgresql"

    assert script("postgresql", lambda op: op.rename_table("a", "b"))[1] == (
        "ALTER TABLE a RENAME TO b;"
    )


@pytest.mark.parametrize(
    ("directive", "statement"),
    [
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer)), "ADD COLUMN c INTEGER"),
        (lambda op: op.alter_column("t", "c", nullable=False), "ALTER COLUMN c SET NOT NULL"),
        (lambda op: op.drop_column("t", "c"), "DROP COLUMN c"),
        (lambda op: op.create_table("t", sa.Column("c", sa.Integer)), "CREATE TABLE t"),
        (lambda op: op.drop_table("t"), "DROP TABLE t"),
        (lambda op: op.rename_table("t", "u", schema="s"), "ALTER TABLE s.t RENAME TO u"),
        (lambda op: op.create_table_comment("t", "x"), "COMMENT ON TABLE t IS 'x'"),
        (lambda op: op.drop_table_comment("t"), "COMMENT ON TABLE t IS NULL"),
        (lambda op: op.create_unique_constraint("u", "t", ["c"]), "ADD CONSTRAINT u UNIQUE (c)"),
        (lambda op: op.drop_constraint("u", "t", type_="unique"), "DROP CONSTRAINT u"),
        (lambda op: op.create_index("i", "t", ["c"], if_not_exists=True), "IF NOT EXISTS i"),
        (lambda op: op.drop_index("i", "t", if_exists=True), "DROP INDEX IF EXISTS i"),
        (lambda op: op.bulk_insert(sa.table("t", sa.column("c")), [{"c": 1}]), "INSERT INTO t"),
        (lambda op: op.execute("SELECT 1"), "SELECT 1"),
    ],
)
def test_each_directive_comes_to_its_method(
    directive: Callable[[Operations], object], statement: str
) -> None:
    class Counting(PostgresqlImpl):
        __dialect__ = "postgresql"

    seen: list[str] = []

    def counted(name: str) -> Any:
        def method(self: Any, *args: Any, **kw: Any) -> Any:
            seen.append(name)
            return getattr(super(Counting, self), name)(*args, **kw)

        return method

    names = [
        "add_column",
        "alter_column",
        "drop_column",
        "create_table",
        "drop_table",
        "rename_table",
        "create_table_comment",
        "drop_table_comment",
        "add_constraint",
        "drop_constraint",
        "create_index",
        "drop_index",
        "bulk_insert",
        "execute",
    ]
    for name in names:
        setattr(Counting, name, counted(name))
    written = script("postgresql", directive)
    assert len(seen) == 1
    assert statement in written[1]


def test_a_class_brings_a_dialect() -> None:
    class FjordImpl(PostgresqlImpl):
        __dialect__ = "fjord"
        transactional_ddl = False
        command_terminator = " !"

    def run(op: Operations) -> None:
        op.alter_column("t", "c", type_=sa.Integer, postgresql_using="c::int")

    assert script("fjord", run) == ["ALTER TABLE t ALTER COLUMN c TYPE INTEGER USING c::int !"]


def test_a_class_of_no_known_dialect_has_the_standards_sql() -> None:
    class FjordImpl(DefaultImpl):
        __dialect__ = "fjord"

    assert script("fjord", lambda op: op.drop_column("t", "c")) == ["ALTER TABLE t DROP COLUMN c;"]


def test_a_dialect_without_a_class_is_told_how_to_bring_one() -> None:
    with pytest.raises(ConfigurationError, match="__dialect__ = 'fjord'"):
        script("fjord", lambda op: op.drop_column("t", "c"))


def test_elements_can_be_compiled_for_a_dialect() -> None:
    class FjordImpl(DefaultImpl):
        __dialect__ = "fjord"

    @compiles(RenameTable, "fjord")
    def rename(element: RenameTable, compiler: Any, **kw: Any) -> str:
        return f"RENAME {element.table_name} {element.new_table_name}"

    @compiles(ColumnNullable, "fjord")
    def nullable(element: ColumnNullable, compiler: Any, **kw: Any) -> str:
        return f"CHANGE {element.column_name} {element.existing_type} {element.nullable}"

    def run(op: Operations) -> None:
        op.rename_table("a", "b")
        op.alter_column("a", "c", nullable=True, existing_type=sa.Integer)

    assert script("fjord", run) == ["RENAME a b;", "CHANGE c INTEGER True;"]


# -- comparing -------------------------------------------------------------------------------------


@pytest.fixture
def stored() -> Iterator[MigrationContext]:
    """A database with one table."""
    with sa.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, n VARCHAR(5) DEFAULT 'a', m INTEGER)"
        )
        connection.exec_driver_sql("CREATE INDEX by_hand ON t (m)")
        connection.commit()
        yield MigrationContext.configure(connection, opts={"compare_server_default": True})


def models(**of_n: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", of_n.pop("type", sa.String(5)), server_default="a", **of_n),
        sa.Column("m", sa.Integer),
        sa.Index("by_hand", "m"),
    )
    return metadata


def configured(context: MigrationContext) -> MigrationContext:
    """Another context for the same connection, which sees classes that came since."""
    return MigrationContext.configure(context.connection, opts=context.opts)


def test_compare_type_of_a_class_decides(stored: MigrationContext) -> None:
    class Lenient(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
            return metadata_column.name == "m"

    (difference,) = compare_metadata(configured(stored), models(type=sa.Text()))
    assert difference[0][:4] == ("modify_type", None, "t", "m")


def test_compare_type_falls_back_on_how_types_are_written(stored: MigrationContext) -> None:
    class Asking(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
            return super().compare_type(inspector_column, metadata_column)

    assert compare_metadata(configured(stored), models()) == []
    (difference,) = compare_metadata(configured(stored), models(type=sa.Text()))
    assert difference[0][3] == "n"


def test_compare_server_default_of_a_class_decides(stored: MigrationContext) -> None:
    class Suspicious(SQLiteImpl):
        __dialect__ = "sqlite"

        def compare_server_default(self, *columns_and_texts: Any) -> bool:
            return columns_and_texts[2] == columns_and_texts[3] == "'a'"

    (difference,) = compare_metadata(configured(stored), models())
    assert difference[0][:4] == ("modify_default", None, "t", "n")


def test_indexes_that_a_class_takes_out_are_not_compared(stored: MigrationContext) -> None:
    metadata = models()
    metadata.tables["t"].indexes.clear()
    assert compare_metadata(stored, metadata)[0][0] == "remove_index"

    class Blind(SQLiteImpl):
        __dialect__ = "sqlite"

        def correct_for_autogen_constraints(self, *sets: Any) -> None:
            for each in sets:
                each.clear()

    assert compare_metadata(configured(stored), metadata) == []


def test_render_type_of_a_class_writes_types(stored: MigrationContext) -> None:
    class Writing(SQLiteImpl):
        __dialect__ = "sqlite"

        def render_type(self, type_obj: Any, autogen_context: Any) -> Any:
            if not isinstance(type_obj, sa.JSON):
                return False
            autogen_context.imports.add("import fjord")
            return "fjord.Json()"

    metadata = models()
    metadata.tables["t"].append_column(sa.Column("j", sa.JSON))
    context = configured(stored)
    migration = produce_migrations(context, metadata)
    assert migration.upgrade_ops is not None
    code = render_python_code(migration.upgrade_ops, migration_context=context)
    assert "sa.Column('j', fjord.Json()" in code


# -- what is around a run --------------------------------------------------------------------------


class Wide(DefaultImpl):
    """A version table for long identifiers, as projects and dialects of third parties make it."""

    def version_table_impl(self, *, version_table: str, **kw: Any) -> sa.Table:
        return sa.Table(
            version_table,
            sa.MetaData(),
            sa.Column("at", sa.DateTime, server_default=sa.func.now()),
            sa.Column("version_num", sa.String(200), nullable=False),
            schema=kw["version_table_schema"],
        )


def test_a_class_makes_the_version_table(run: Run) -> None:
    base: Any = DefaultImpl.get_by_dialect(run.engine.dialect)

    class Own(Wide, base):
        __dialect__ = run.engine.dialect.name

    found = run("pass", "pass")
    columns = {column["name"]: column["type"] for column in found.get_columns("alembic_version")}
    assert columns["version_num"].length == 200
    assert set(columns) == {"at", "version_num"}
    assert rows(run.engine, "SELECT version_num FROM alembic_version") == [("r2",)]


def test_a_function_put_in_place_of_the_method_makes_it_too(
    monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(DefaultImpl, "version_table_impl", Wide.version_table_impl)
    assert len(run("pass").get_columns("alembic_version")) == 2


def test_a_class_says_what_a_run_begins_with(run: Run) -> None:
    base: Any = DefaultImpl.get_by_dialect(run.engine.dialect)

    class Prepared(base):  # type: ignore[misc]
        __dialect__ = run.engine.dialect.name

        def start_migrations(self) -> None:
            seen.append(self.bind.execute(sa.text("SELECT 1")).scalar())

    seen: list[int] = []
    run("op.create_table('a', sa.Column('id', sa.Integer))")
    assert seen == [1]
    assert rows(run.engine, "SELECT version_num FROM alembic_version") == [("r1",)]


def test_a_class_writes_where_a_scripts_transactions_begin_and_end() -> None:
    class Quiet(PostgresqlImpl):
        __dialect__ = "postgresql"

        def emit_begin(self) -> None:
            """It has no BEGIN."""

        def emit_commit(self) -> None:
            self.static_output("-- the end")
            super().emit_commit()

    assert script("postgresql", lambda op: op.execute("SELECT 1")) == [
        "SELECT 1;",
        "-- the end",
        "COMMIT;",
    ]


def test_a_class_says_what_stands_between_a_scripts_statements() -> None:
    class Lined(PostgresqlImpl):
        __dialect__ = "postgresql"
        batch_separator = "\\g"

    written = script("postgresql", lambda op: op.execute("SELECT 1"))
    assert written == ["BEGIN;", "SELECT 1;", "\\g", "COMMIT;", "\\g"]


def test_a_class_has_a_table_made_anew_in_a_batch(postgresql_engine: sa.Engine) -> None:
    class Anew(PostgresqlImpl):
        __dialect__ = "postgresql"

        def requires_recreate_in_batch(self, batch_op: Any) -> bool:
            return any(isinstance(op, ops.AddColumnOp) for op in batch_op.collected)

    with postgresql_engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE t (id integer)"))
        before = connection.scalar(sa.text("SELECT 't'::regclass::oid"))
        context = MigrationContext.configure(connection)
        with context.begin_transaction(), Operations.context(context) as op:
            with op.batch_alter_table("t") as batch:
                batch.alter_column("id", nullable=False)
            assert connection.scalar(sa.text("SELECT 't'::regclass::oid")) == before
            with op.batch_alter_table("t") as batch:
                batch.add_column(sa.Column("c", sa.Integer))
            assert connection.scalar(sa.text("SELECT 't'::regclass::oid")) != before


def test_an_expression_is_written_with_its_values() -> None:
    impl: Any = MigrationContext.configure(dialect_name="postgresql").impl
    column = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer)).c.n
    assert impl.render_ddl_sql_expr(column > 5) == "n > 5"


def test_the_place_where_plugins_look_for_comparators_has_them() -> None:
    with alias.active():
        from alembic.autogenerate.compare import comparators  # type: ignore[import-not-found]
    assert comparators is AutogenContext.comparators
