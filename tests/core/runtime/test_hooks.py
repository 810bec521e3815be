"""A project's own functions in the making of a migration, each through `Migrations.generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import execute, opened
from migrate_core.api import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_op_text,
    render_python_code,
)
from migrate_core.autogenerate import (
    Comparators,
    DispatchPriority,
    PriorityDispatchResult,
    Rewriter,
)
from migrate_core.errors import ConfigurationError
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateEnumOp,
    CreateTableOp,
    DowngradeOps,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
    RenameTableOp,
    UpgradeOps,
    describe,
)
from migrate_core.render import Renderers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


@pytest.fixture(autouse=True)
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(AutogenContext, "comparators", Comparators())
    monkeypatch.setattr(AutogenContext, "renderers", Renderers())


def models(*columns: sa.Column[Any]) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    return metadata


def there(engine: Engine, *columns: sa.Column[Any]) -> None:
    models(*columns).create_all(engine)


def made(folder: Path, engine: Engine, metadata: sa.MetaData, **options: Any) -> tuple[str, ...]:
    """What a generated migration does, in words; nothing where none was written."""
    written = opened(folder, engine, metadata, **options).generate("change")
    return () if written is None else written.described


# -- process_revision_directives and Rewriter ------------------------------------------------------


def test_an_emptied_list_writes_no_file(folder: Path, sqlite_engine: Engine) -> None:
    def none(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        directives[:] = []

    migrations = opened(folder, sqlite_engine, models(), process_revision_directives=none)
    assert migrations.generate("change") is None
    assert list(folder.rglob("*.py")) == []


def test_two_directives_are_two_files_one_after_the_other(folder: Path, engine: Engine) -> None:
    def split(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        up = UpgradeOps([ExecuteSQLOp("SELECT 1")])
        directives.append(MigrationScript(None, up, DowngradeOps(), message="second"))

    migrations = opened(folder, engine, models(), process_revision_directives=split)
    first = migrations.generate("first")
    assert first is not None
    (second,) = first.further
    assert second.revision.down == (first.revision.id,)
    assert second.revision.doc == "second"
    assert migrations.upgrade().after == (second.revision.id,)


def test_a_hook_can_write_what_no_comparison_found(folder: Path, sqlite_engine: Engine) -> None:
    there(sqlite_engine)
    seen: list[Any] = []

    def add(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        seen.append((revision, context.dialect.name))
        directives[0].upgrade_ops.ops.append(ExecuteSQLOp("SELECT 1"))
        directives[0].message = "said by the hook"
        directives[0].rev_id = "abc123"
        directives[0].imports.add("import json")

    migrations = opened(folder, sqlite_engine, models(), process_revision_directives=add)
    written = migrations.generate("change")
    assert written is not None
    assert seen == [((), "sqlite")]
    assert (written.revision.id, written.revision.doc) == ("abc123", "said by the hook")
    assert "\nimport json\n" in written.path.read_text()


def test_a_hook_that_adds_nothing_to_nothing_writes_nothing(
    folder: Path, sqlite_engine: Engine
) -> None:
    there(sqlite_engine)
    assert made(folder, sqlite_engine, models(), process_revision_directives=Rewriter()) == ()


def test_a_rewriter_puts_several_operations_in_the_place_of_one(
    folder: Path, engine: Engine
) -> None:
    """The documented recipe: a NOT NULL column comes as nullable first."""
    there(engine)
    execute(engine, "INSERT INTO t (id) VALUES (1)")
    rewriter = Rewriter()

    @rewriter.rewrites(AddColumnOp)
    def nullable_first(context: Any, revision: Any, op: AddColumnOp) -> list[MigrateOperation]:
        op.column.nullable = True
        fill = ExecuteSQLOp("UPDATE t SET c = 7")
        alter = AlterColumnOp(
            op.table_name, op.column.name, modify_nullable=False, existing_type=op.column.type
        )
        return [op, fill, alter]

    after = models(sa.Column("c", sa.Integer, nullable=False))
    migrations = opened(folder, engine, after, process_revision_directives=rewriter)
    assert migrations.generate("change") is not None
    migrations.upgrade()
    assert not migrations.check()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT c FROM t")) == 7


def script(*ops: MigrateOperation) -> MigrationScript:
    return MigrationScript("r", UpgradeOps([ModifyTableOps("t", ops)]), DowngradeOps())


def column(name: str = "c") -> AddColumnOp:
    return AddColumnOp("t", sa.Column(name, sa.Integer))


def test_a_rewriter_hands_on_what_it_made_to_the_next_but_not_to_itself() -> None:
    seen: list[str] = []
    first, second = Rewriter(), Rewriter()

    @first.rewrites(AddColumnOp)
    def double(context: Any, revision: Any, op: AddColumnOp) -> list[MigrateOperation]:
        seen.append(f"first {op.column.name}")
        return [op, column("d")]

    @second.rewrites(MigrateOperation)
    def look(context: Any, revision: Any, op: MigrateOperation) -> MigrateOperation:
        seen.append(f"second {describe(op)}")
        return op

    directives = [script(column())]
    chained = first.chain(second)
    chained(None, None, directives)
    chained(None, None, directives)
    assert [line for line in seen if "add" in line or "first" in line] == [
        "first c",
        "second add column t.c",
        "second add column t.d",
    ]


def test_a_rewriter_that_answers_with_none_takes_the_operation_out() -> None:
    rewriter = Rewriter()

    @rewriter.rewrites(AddColumnOp)
    def never(context: Any, revision: Any, op: AddColumnOp) -> None:
        return None

    directives = [script(column())]
    rewriter.process_revision_directives(None, None, directives)
    assert directives[0].upgrade_ops.ops[0].ops == []  # type: ignore[attr-defined]


def test_a_direction_cannot_be_rewritten_into_nothing() -> None:
    rewriter = Rewriter()

    @rewriter.rewrites(UpgradeOps)
    def never(context: Any, revision: Any, op: UpgradeOps) -> None:
        return None

    with pytest.raises(ValueError, match="UpgradeOps was rewritten into 0"):
        rewriter(None, None, [script(column())])


# -- compare_type, compare_server_default, include_object ------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, ("change type of column t.c",)),
        (False, ()),
        (None, ("change type of column t.c",)),
    ],
)
def test_a_function_says_whether_types_differ(
    folder: Path, engine: Engine, answer: bool | None, expected: tuple[str, ...]
) -> None:
    there(engine, sa.Column("c", sa.String(20)))
    asked: list[Any] = []

    def compare_type(context: Any, stored: Any, model: Any, old: Any, new: Any) -> bool | None:
        if model.name != "c":
            return None
        asked.append((context.dialect.name, stored.name, old.length, new.length))
        return answer

    after = models(sa.Column("c", sa.String(30)))
    assert made(folder, engine, after, compare_type=compare_type) == expected
    assert asked == [(engine.dialect.name, "c", 20, 30)]


def test_a_function_finds_a_difference_of_types_that_is_none_to_the_database(
    folder: Path, engine: Engine
) -> None:
    there(engine, sa.Column("c", sa.String(20)))

    def compare_type(context: Any, stored: Any, model: Any, old: Any, new: Any) -> bool:
        return bool(model.name == "c")

    after = models(sa.Column("c", sa.String(20)))
    described = made(folder, engine, after, compare_type=compare_type)
    assert described == ("change type of column t.c",)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, ("change server default of column t.c",)),
        (False, ()),
        (None, ("change server default of column t.c",)),
    ],
)
def test_a_function_says_whether_defaults_differ(
    folder: Path, sqlite_engine: Engine, answer: bool | None, expected: tuple[str, ...]
) -> None:
    there(sqlite_engine, sa.Column("c", sa.String(5), server_default="a"))
    asked: list[Any] = []

    def compare(context: Any, stored: Any, model: Any, *defaults: Any) -> bool | None:
        asked.append((model.name, defaults[0], defaults[1].arg, defaults[2]))
        return answer

    after = models(sa.Column("c", sa.String(5), server_default="b"))
    assert made(folder, sqlite_engine, after, compare_server_default=compare) == expected
    assert asked == [("c", "'a'", "b", "'b'")]


@pytest.mark.parametrize("left_out", ["table", "column"])
def test_a_function_is_not_asked_about_what_is_left_out(
    folder: Path, sqlite_engine: Engine, left_out: str
) -> None:
    there(sqlite_engine)
    offered: list[Any] = []

    def include(source: Any, name: Any, kind: str, reflected: bool, compare_to: Any) -> bool:
        if kind == left_out:
            offered.append((name, reflected, compare_to is not None))
        return kind != left_out

    def differ(*of: Any) -> bool:
        return True

    hooks = {"include_object": include, "compare_type": differ}
    assert made(folder, sqlite_engine, models(), **hooks) == ()
    assert offered == [("t" if left_out == "table" else "id", False, True)]


# -- comparators and plugins -----------------------------------------------------------------------


def test_a_registered_comparator_adds_what_it_finds(folder: Path, sqlite_engine: Engine) -> None:
    there(sqlite_engine)
    calls: list[Any] = []

    @AutogenContext.comparators.dispatch_for("autogenerate")
    def whole(context: Any, upgrade: UpgradeOps) -> None:
        upgrade.ops.append(CreateEnumOp("e", ["a"]))

    @AutogenContext.comparators.dispatch_for("schema", qualifier="sqlite")
    def schemas(context: Any, upgrade: UpgradeOps, found: set[str | None]) -> None:
        calls.append(found)

    @AutogenContext.comparators.dispatch_for("schema", qualifier="oracle")
    def elsewhere(context: Any, upgrade: UpgradeOps, found: set[str | None]) -> None:
        calls.append("oracle")

    @AutogenContext.comparators.dispatch_for("table")
    def table(context: Any, changes: Any, schema: Any, name: str, stored: Any, model: Any) -> None:
        calls.append((schema, name, stored is None, model is None))
        if stored is not None:
            changes.ops.append(RenameTableOp("t", "v"))

    after = models()
    sa.Table("u", after, sa.Column("id", sa.Integer, primary_key=True))
    written = opened(folder, sqlite_engine, after).generate("change")
    assert written is not None
    assert written.described == ("add table u", "add enum e", "rename table t to v")
    assert calls == [{None}, (None, "t", False, False), (None, "u", True, False)]


@pytest.mark.parametrize(
    ("priority", "expected"),
    [(DispatchPriority.FIRST, ()), (DispatchPriority.LAST, ("add index ix on t",))],
)
def test_a_comparator_that_stops_a_chain_before_ours_stands_in_its_place(
    folder: Path, sqlite_engine: Engine, priority: int, expected: tuple[str, ...]
) -> None:
    there(sqlite_engine, sa.Column("c", sa.Integer))

    @AutogenContext.comparators.dispatch_for("table", priority=priority, subgroup="indexes")
    def stop(*of: Any) -> PriorityDispatchResult:
        return PriorityDispatchResult.STOP

    after = models(sa.Column("c", sa.Integer))
    sa.Index("ix", after.tables["t"].c.c)
    assert made(folder, sqlite_engine, after) == expected


@pytest.mark.parametrize(
    ("plugins", "expected"),
    [
        (["alembic.autogenerate.*"], {"type", "nullable", "server default"}),
        (["alembic.autogenerate.*", "~alembic.autogenerate.types"], {"nullable", "server default"}),
        (["alembic.autogenerate.tables", "alembic.autogenerate.t*"], {"type"}),
        (["alembic.autogenerate.*", "~alembic.*.tables"], set()),
    ],
)
def test_what_is_compared_is_chosen_by_name(
    folder: Path, sqlite_engine: Engine, plugins: list[str], expected: set[str]
) -> None:
    if plugins[0].endswith("tables"):
        plugins = [*plugins, "alembic.autogenerate.schemas"]
    there(sqlite_engine, sa.Column("c", sa.String(5), server_default="a"))
    after = models(sa.Column("c", sa.Integer, server_default=sa.text("1"), nullable=False))
    described = made(folder, sqlite_engine, after, autogenerate_plugins=plugins)
    said = "".join(described).removeprefix("change ").removesuffix(" of column t.c")
    assert set(filter(None, said.split(" and "))) == expected


def test_a_plugin_that_is_not_there_is_told(folder: Path, sqlite_engine: Engine) -> None:
    with pytest.raises(ConfigurationError, match=r"nothing is named 'mine\.\*'"):
        made(folder, sqlite_engine, models(), autogenerate_plugins=["mine.*"])


# -- rendering -------------------------------------------------------------------------------------


class GreetOp(MigrateOperation):
    """An operation of a plugin's own."""


def test_a_plugins_operation_is_written_by_its_own_renderer(
    folder: Path, sqlite_engine: Engine
) -> None:
    @AutogenContext.renderers.dispatch_for(GreetOp)
    def write(context: Any, op: GreetOp) -> list[str]:
        context.imports.add("import greetings")
        return [f"op.greet({context.dialect.name!r})", "op.greet('again')"]

    def greet(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        directives[0].upgrade_ops.ops[:] = [GreetOp()]
        directives[0].downgrade_ops.ops[:] = []

    migrations = opened(folder, sqlite_engine, models(), process_revision_directives=greet)
    written = migrations.generate("change")
    assert written is not None
    text = written.path.read_text()
    assert "    op.greet('sqlite')\n    op.greet('again')\n" in text
    assert "\nimport greetings\n" in text


TEMPLATE = """\
import sqlalchemy as db
from migrate_core import op as do
revision = ${{repr(up_revision)}}
down_revision = ${{repr(down_revision)}}
branch_labels = None
depends_on = None

def upgrade():
    {up}

def downgrade():
    {down}
"""


def template(folder: Path, up: str, down: str) -> None:
    folder.mkdir()
    (folder / "script.py.mako").write_text(TEMPLATE.format(up=up, down=down))


def test_prefixes_and_tokens_are_those_that_were_asked_for(
    folder: Path, sqlite_engine: Engine
) -> None:
    template(folder, "${there}", "${back}")
    prefixes = {"sqlalchemy_module_prefix": "db.", "alembic_module_prefix": "do."}
    tokens = {"upgrade_token": "there", "downgrade_token": "back"}
    migrations = opened(folder, sqlite_engine, models(), **prefixes, **tokens)
    assert migrations.generate("change") is not None
    migrations.upgrade()
    assert not migrations.check()
    assert migrations.downgrade("base").after == ()


def test_several_directions_of_one_file_stand_under_tokens_of_their_own(
    folder: Path, sqlite_engine: Engine
) -> None:
    template(folder, "${first_up}\n    ${second_up}", "pass")

    def two(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        directives[0].upgrade_ops = [
            UpgradeOps([ExecuteSQLOp("SELECT 1")], "first_up"),
            UpgradeOps([ExecuteSQLOp("SELECT 2")], "second_up"),
        ]

    migrations = opened(folder, sqlite_engine, models(), process_revision_directives=two)
    written = migrations.generate("change")
    assert written is not None
    assert "op.execute('SELECT 1')\n    op.execute('SELECT 2')\n" in written.path.read_text()


def test_code_is_written_for_operations_made_by_hand() -> None:
    imports: set[str] = set()
    ops = UpgradeOps([ModifyTableOps("t", [column()]), DropTableOp("u")])
    code = render_python_code(ops, "db.", "do.", True, imports, user_module_prefix="my.")
    assert code == (
        "with do.batch_alter_table('t') as batch_op:\n"
        "        batch_op.add_column(db.Column('c', db.Integer(), nullable=True))\n"
        "\n"
        "    # destructive: drops a table with its rows\n"
        "    do.drop_table('u')"
    )
    assert render_python_code(UpgradeOps()) == "pass"


# -- the functions ---------------------------------------------------------------------------------


def test_a_database_is_compared_from_inside_a_hook(folder: Path, engine: Engine) -> None:
    there(engine)
    found: list[Any] = []

    def look(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        found.append(compare_metadata(context, models(sa.Column("c", sa.Integer))))
        produced = produce_migrations(context, models(sa.Column("c", sa.Integer)))
        found.append([describe(op) for op in produced.downgrade_ops.ops[0].ops])  # type: ignore[attr-defined]
        text = render_op_text(AutogenContext(context), CreateTableOp("x", []))
        found.append(text)

    made(folder, engine, models(), process_revision_directives=look)
    (diff,) = found[0]
    assert (*diff[:3], diff[3].name) == ("add_column", None, "t", "c")
    assert found[1:] == [["drop column t.c"], "op.create_table(\n    'x',\n)"]


def test_metadata_without_a_table_is_compared_as_any_other_where_the_caller_decides(
    folder: Path, engine: Engine
) -> None:
    there(engine)
    found: list[Any] = []

    def look(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        found.extend(compare_metadata(context, sa.MetaData()))

    made(folder, engine, models(), process_revision_directives=look)
    assert [(diff[0], diff[1].name) for diff in found] == [("remove_table", "t")]
