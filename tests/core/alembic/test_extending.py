"""What plugins call through the doors, beside directives: dispatchers, renderers, helpers."""

from __future__ import annotations

import io
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrate_core.alembic import util
from migrate_core.alembic.autogenerate import comparators, produce_migrations, render, renderers
from migrate_core.alembic.autogenerate.api import AutogenContext
from migrate_core.alembic.operations import BatchOperations, Operations, ops
from migrate_core.alembic.operations.schemaobj import SchemaObjects
from migrate_core.alembic.operations.toimpl import drop_table
from migrate_core.alembic.runtime.migration import MigrationContext
from migrate_core.alembic.runtime.plugins import Plugin
from migrate_core.alembic.util import messaging
from migrate_core.errors import ConfigurationError


@pytest.fixture
def context() -> Iterator[MigrationContext]:
    """A database without a table."""
    with sa.create_engine("sqlite://").connect() as connection:
        yield MigrationContext.configure(connection)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is known in that test alone."""
    monkeypatch.setattr(Plugin, "known", dict(Plugin.known))
    monkeypatch.setattr(comparators, "_entries", list(comparators._entries))
    monkeypatch.setattr(renderers, "_known", dict(renderers._known))
    known = dict(Operations.implementations._known)
    monkeypatch.setattr(Operations.implementations, "_known", known)


# -- plugins ---------------------------------------------------------------------------------------


def module(name: str) -> types.ModuleType:
    """A plugin that finds a table without its comment."""
    made = types.ModuleType(name)

    def compare(context: Any, upgrade_ops: ops.UpgradeOps, *rest: Any) -> None:
        upgrade_ops.ops.append(ops.CreateTableCommentOp(name, "found"))

    def setup(plugin: Plugin) -> None:
        plugin.add_autogenerate_comparator(compare, "schema", "tables")

    made.setup = setup  # type: ignore[attr-defined]
    return made


def found(context: MigrationContext, *patterns: str) -> list[str]:
    """The tables that the next migration would comment on."""
    configured = MigrationContext.configure(
        context.connection, opts={"autogenerate_plugins": list(patterns)}
    )
    upgrade = produce_migrations(configured, sa.MetaData()).upgrade_ops
    return [op.table_name for op in upgrade.ops if isinstance(op, ops.CreateTableCommentOp)]


def test_a_plugin_takes_part_where_it_is_asked_for(context: MigrationContext) -> None:
    Plugin.setup_plugin_from_module(module("one"), "fjord.one")
    Plugin.setup_plugin_from_module(module("two"), "fjord.two")
    assert found(context, "alembic.autogenerate.*") == []
    assert found(context, "alembic.autogenerate.*", "fjord.*") == ["one", "two"]
    assert found(context, "fjord.*", "~fjord.one") == ["two"]


def test_a_plugin_that_is_not_there_is_named(context: MigrationContext) -> None:
    with pytest.raises(ConfigurationError, match=r"nothing is named 'fjord\.three'"):
        found(context, "fjord.three")


def test_a_plugin_of_the_same_name_is_refused_until_the_first_is_removed() -> None:
    plugin = Plugin("fjord.one")
    with pytest.raises(ValueError, match="there already"):
        Plugin("fjord.one")
    plugin.remove()
    Plugin("fjord.one")


def test_an_installed_package_is_a_plugin_by_its_entry_point(
    context: MigrationContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fjord_plugin.py").write_text(
        "from alembic.operations import ops\n"
        "def compare(context, upgrade_ops, *rest):\n"
        "    upgrade_ops.ops.append(ops.CreateTableCommentOp('three', 'found'))\n"
        "def setup(plugin):\n"
        "    plugin.add_autogenerate_comparator(compare, 'autogenerate')\n"
    )
    info = tmp_path / "fjord-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fjord\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[alembic.plugins]\nfjord.installed = fjord_plugin\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert found(context, "fjord.installed") == ["three"]
    del sys.modules["fjord_plugin"]


def enum_operations(engine: sa.Engine) -> list[str]:
    """What comparing does about an enum type that has one value more in the models."""
    metadata = sa.MetaData()
    kind = sa.Enum("a", "b", "c", name="kind")
    sa.Table("lake", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", kind))
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TYPE kind AS ENUM ('a', 'b')")
        connection.exec_driver_sql("CREATE TABLE lake (id INTEGER PRIMARY KEY, k kind)")
        configured = MigrationContext.configure(connection)
        return [
            type(op).__name__ for op in produce_migrations(configured, metadata).upgrade_ops.ops
        ]


def test_enum_types_are_left_to_the_plugin_that_compares_them(
    postgresql_engine: sa.Engine,
) -> None:
    def compare_enums(context: Any, upgrade_ops: ops.UpgradeOps, schemas: Any) -> None:
        upgrade_ops.ops.append(ops.CreateTableCommentOp("lake", "synchronised"))

    compare_enums.__module__ = "alembic_postgresql_enum.compare_dispatch"
    comparators.dispatch_for("schema")(compare_enums)
    assert enum_operations(postgresql_engine) == ["CreateTableCommentOp"]


def test_enum_types_are_compared_without_such_a_plugin(postgresql_engine: sa.Engine) -> None:
    assert enum_operations(postgresql_engine) == ["AlterEnumOp"]


def test_a_type_that_a_plugin_lets_pose_as_a_dialects_is_written_as_it_says(
    context: MigrationContext,
) -> None:
    class Posing(postgresql.ENUM):
        __module__ = "sqlalchemy.dialects.postgresql"

        def __repr__(self) -> str:
            return "ENUM('x', name='k', create_type=False)"

    op = ops.AddColumnOp("t", sa.Column("c", Posing("x", name="k")))
    written = render.render_op_text(AutogenContext(context), op)
    assert "postgresql.ENUM('x', name='k', create_type=False)" in written


# -- dispatchers -----------------------------------------------------------------------------------


def test_a_dispatcher_finds_by_class_then_by_what_it_derives_from() -> None:
    class Base: ...

    class Derived(Base): ...

    dispatcher = util.Dispatcher()
    dispatcher.dispatch_for(Base)(lambda: "any")
    dispatcher.dispatch_for(Base, qualifier="oracle")(lambda: "oracle")
    assert dispatcher.dispatch(Derived())() == "any"
    assert dispatcher.dispatch(Derived(), "oracle")() == "oracle"
    with pytest.raises(ValueError, match="replace=True"):
        dispatcher.dispatch_for(Base)(lambda: "again")
    branch = dispatcher.branch()
    branch.dispatch_for(Derived)(lambda: "derived")
    assert (branch.dispatch(Derived)(), dispatcher.dispatch(Derived)()) == ("derived", "any")
    with pytest.raises(ValueError, match="no function"):
        dispatcher.dispatch("nothing")


def test_a_priority_dispatcher_ends_the_chain_that_a_function_stops() -> None:
    seen: list[str] = []

    def says(word: str, result: util.PriorityDispatchResult) -> Any:
        def function(*args: Any) -> util.PriorityDispatchResult:
            seen.append(word)
            return result

        return function

    go, stop = util.PriorityDispatchResult.CONTINUE, util.PriorityDispatchResult.STOP
    dispatcher = util.PriorityDispatcher()
    last, first = util.DispatchPriority.LAST, util.DispatchPriority.FIRST
    dispatcher.dispatch_for("x", subgroup="a", priority=last)(says("a last", go))
    dispatcher.dispatch_for("x", subgroup="a", priority=first)(says("a first", stop))
    dispatcher.dispatch_for("x", subgroup="b")(says("b", go))
    dispatcher.dispatch_for("x", subgroup="b", qualifier="oracle")(says("b on oracle", go))
    dispatcher.dispatch("x")(1)
    assert seen == ["a first", "b"]
    seen.clear()
    more = util.PriorityDispatcher()
    more.populate_with(dispatcher)
    more.branch().dispatch("x", qualifier="oracle")(1)
    assert seen == ["a first", "b", "b on oracle"]


# -- operations of one's own -----------------------------------------------------------------------


def test_a_renderer_starts_from_the_text_that_is_built_in(context: MigrationContext) -> None:
    class AddSpatialOp(ops.AddColumnOp): ...

    @renderers.dispatch_for(AddSpatialOp)
    def write(autogen_context: AutogenContext, op: AddSpatialOp) -> str:
        text = render._add_column(autogen_context, op)
        return text.replace("add_column", "add_spatial_column")

    op = AddSpatialOp("t", sa.Column("c", sa.Integer))
    written = render.render_op_text(AutogenContext(context), op)
    assert written == "op.add_spatial_column('t', sa.Column('c', sa.Integer(), nullable=True))"


def test_an_implementation_uses_impl_in_and_outside_of_a_batch() -> None:
    class MarkOp(ops.AddColumnOp): ...

    @Operations.implementation_for(MarkOp)
    def mark(operations: Any, op: MarkOp) -> None:
        operations.impl.add_column(op.table_name, op.column, schema=op.schema)

    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer}
    )
    directives = Operations(context)
    directives.invoke(MarkOp("t", sa.Column("a", sa.Integer)))
    with directives.batch_alter_table("u", schema="s") as batch:
        assert isinstance(batch, BatchOperations)
        column = sa.Column("b", sa.Integer)
        batch.invoke(MarkOp(batch.impl.table_name, column, schema=batch.impl.schema))
    assert [each.strip() for each in buffer.getvalue().split("\n\n") if each.strip()] == [
        "ALTER TABLE t ADD COLUMN a INTEGER;",
        "ALTER TABLE s.u ADD COLUMN b INTEGER;",
    ]


def test_a_replaced_implementation_can_call_the_one_before(context: MigrationContext) -> None:
    dropped: list[str] = []

    @Operations.implementation_for(ops.DropTableOp, replace=True)
    def drop(operations: Any, op: ops.DropTableOp) -> None:
        dropped.append(op.table_name)
        drop_table(operations, op)

    with context.begin_transaction():
        directives = Operations(context)
        directives.create_table("t", sa.Column("id", sa.Integer))
        directives.drop_table("t")
    assert dropped == ["t"]
    assert context.connection is not None
    assert sa.inspect(context.connection).get_table_names() == []


def test_schema_objects_are_named_by_the_convention() -> None:
    metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "target_metadata": metadata}
    )
    objects = SchemaObjects(context)
    assert objects.unique_constraint(None, "t", ["a"]).name == "uq_t_a"
    assert objects.generic_constraint("fk", "t", "foreignkey").table.name == "t"
    assert [c.name for c in objects.index("i", "t", ["a", "b"]).columns] == ["a", "b"]
    key = objects.foreign_key_constraint("f", "t", "p", ["a"], ["id"], source_schema="s")
    assert key.table.fullname == "s.t"
    table = objects.table("t", objects.column("id", sa.Integer, primary_key=True), schema="s")
    assert (table.fullname, table.metadata.naming_convention["uq"][:2]) == ("s.t", "uq")


# -- helpers ---------------------------------------------------------------------------------------


def test_helpers_take_one_or_several() -> None:
    assert util.to_tuple("ab") == ("ab",)
    assert util.to_tuple([1, 2]) == (1, 2)
    assert util.to_tuple(None, ()) == ()
    assert util.to_list("a") == ["a"]
    assert util.dedupe_tuple(("b", "a", "b")) == ("b", "a")
    assert util.format_as_comma(["a", "b"]) == "a, b"
    assert util.format_as_comma(None) == ""


def test_a_revision_id_is_twelve_hexadecimal_digits() -> None:
    assert len(util.rev_id()) == 12
    assert int(util.rev_id(), 16) >= 0


def test_a_url_is_shown_without_its_password() -> None:
    assert util.obfuscate_url_pw("postgresql://me:secret@host/db") == (
        "postgresql://me:***@host/db"
    )


def test_what_a_stream_cannot_hold_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    messaging.write_outstream(stream, "né", b"e")
    messaging.write_outstream(stream, "not said", quiet=True)
    stream.flush()
    assert raw.getvalue() == b"n?e"


def test_a_folder_of_a_package_is_found_by_the_packages_name(tmp_path: Path) -> None:
    found = util.coerce_resource_to_filename("migrate_core:templates")
    assert found.is_dir()
    assert util.coerce_resource_to_filename(str(tmp_path)) == tmp_path


def test_a_status_says_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    with util.status("Making it"):
        pass
    with pytest.raises(ValueError, match="x"), util.status("Losing it"):
        raise ValueError("x")
    assert capsys.readouterr().out == "  Making it ...  done\n  Losing it ...  FAILED\n"


def test_a_python_file_and_a_template_are_run(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("value = 7\n")
    assert util.load_python_file(tmp_path, "one.py").value == 7
    (tmp_path / "t.mako").write_text("n = ${n}\n")
    util.template_to_file(tmp_path / "t.mako", tmp_path / "out", "utf-8", n=3)
    util.template_to_file(
        tmp_path / "t.mako", tmp_path / "out", "utf-8", append_with_newlines=True, n=4
    )
    assert (tmp_path / "out").read_text() == "n = 3\n\n\nn = 4\n"
