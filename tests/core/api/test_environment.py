"""What an env.py may ask, configure and be told; and what it is told where it is wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from env_projects import GENERIC, Environment, online
from migrate_core import Migrations, alias, command, context
from migrate_core.api import EnvironmentContext, MigrationContext
from migrate_core.api.revisioning import RevisionContext
from migrate_core.api.steps import MigrationStep
from migrate_core.errors import (
    CommandError,
    EnvironmentMisused,
    InvalidScript,
    MigrationFailed,
    MultipleHeads,
    NothingRunning,
    TargetNotUpToDate,
)


@pytest.fixture
def project(tmp_path: Path, sqlite_url: str) -> Environment:
    made = Environment(tmp_path, sqlite_url)
    made.env(GENERIC)
    return made


def asking(project: Environment, *expressions: str) -> None:
    """An env.py that writes down what these are after `configure()`."""
    body = "context.configure(connection=connection, version_table_pk=False)\n"
    body += f"context.config.attributes['told'] += [{', '.join(expressions)}]\n"
    project.env(online(f"{body}with context.begin_transaction():\n    context.run_migrations()"))


def told(project: Environment) -> list[Any]:
    answer: list[Any] = project.attributes["told"]
    return answer


# -- what was asked for ----------------------------------------------------------------------------


def test_an_env_py_is_told_where_the_run_leads(project: Environment) -> None:
    asking(
        project,
        "context.get_revision_argument()",
        "context.get_starting_revision_argument()",
        "context.get_head_revision()",
        "context.get_head_revisions()",
        "context.get_tag_argument()",
        "context.is_offline_mode()",
        "context.requires_connection()",
        "context.get_context().get_current_revision()",
    )
    project.tables_in_turn("t1", "t2")
    command.upgrade(project.config, "head", tag="blue")
    assert told(project) == ["b", None, "b", ("b",), "blue", False, True, None]


def test_x_arguments_reach_env_py_and_migrations(project: Environment) -> None:
    asking(project, "context.get_x_argument()", "context.get_x_argument(as_dictionary=True)")
    project.migration("a", "context.config.attributes['told'].append(context.get_x_argument(True))")
    config = project.config
    config.cmd_opts = SimpleNamespace(x=["tenant=a=b", "dry"])  # type: ignore[assignment]
    command.upgrade(config, "head")
    pairs = {"tenant": "a=b", "dry": ""}
    assert told(project) == [["tenant=a=b", "dry"], pairs, pairs]


def test_without_a_command_line_there_are_no_x_arguments(project: Environment) -> None:
    asking(project, "context.get_x_argument()", "context.get_x_argument(as_dictionary=True)")
    command.upgrade(project.config, "head")
    assert told(project) == [[], {}]


def test_several_heads_are_no_head_revision(project: Environment) -> None:
    asking(project, "context.get_head_revisions()", "context.get_head_revision()")
    project.migration("a")
    project.migration("b")
    with pytest.raises(MultipleHeads):
        command.upgrade(project.config, "heads")


def test_what_run_migrations_is_given_reaches_each_body(project: Environment) -> None:
    project.env(
        online(
            """
            context.configure(connection=connection)
            context.run_migrations(name="t1", times=2)
            """
        )
    )
    body = "context.config.attributes['told'].append((name, times))"
    project.migration("a", body, body, arguments="name, times=0")
    command.upgrade(project.config, "head")
    command.downgrade(project.config, "base")
    assert told(project) == [("t1", 2), ("t1", 2)]


def test_what_a_body_does_not_take_is_an_error_of_that_migration(project: Environment) -> None:
    project.env(
        online("context.configure(connection=connection)\ncontext.run_migrations(name='t1')")
    )
    project.migration("a")
    with pytest.raises(MigrationFailed, match=r"a\.py.*\n.*unexpected keyword argument 'name'"):
        command.upgrade(project.config, "head")


# -- what it configures ----------------------------------------------------------------------------


def test_a_migration_sees_what_was_configured(project: Environment) -> None:
    project.attributes["options"] = {"version_table": "revisions", "shop": "ours"}
    project.migration(
        "a",
        """
        told = [op.get_context().opts["shop"], op.get_context().version_table,
                context.get_context() is op.get_context(), op.get_context().as_sql,
                op.get_context().script.get_revision("a").revision,
                op.get_context().config is context.config, context.get_bind() is op.get_bind()]
        context.config.attributes["told"] += told
        """,
    )
    command.upgrade(project.config, "head")
    assert told(project) == ["ours", "revisions", True, False, "a", True, True]
    assert project.select("SELECT version_num FROM revisions") == [("a",)]


def test_the_journal_is_kept_only_where_it_is_asked_for(project: Environment) -> None:
    project.migration("a")
    command.upgrade(project.config, "head")
    assert "migration_log" not in project.tables()
    project.attributes["options"] = {"journal": True}
    command.downgrade(project.config, "base")
    assert "migration_log" in project.tables()


def test_a_version_table_may_have_no_primary_key(project: Environment) -> None:
    project.attributes["options"] = {"version_table_pk": False}
    project.migration("a")
    command.upgrade(project.config, "head")
    inspector = sa.inspect(sa.create_engine(project.url))
    assert inspector.get_pk_constraint("alembic_version")["constrained_columns"] == []


def steps_told(project: Environment) -> list[tuple[Any, ...]]:
    """Have `on_version_apply` write down what it is told."""
    seen: list[tuple[Any, ...]] = []

    def hook(*, ctx: MigrationContext, step: Any, heads: set[str], run_args: Any) -> None:
        assert ctx.bind.in_transaction()
        ids = (step.source_revision_ids, step.destination_revision_ids)
        seen.append((step.is_upgrade, step.is_stamp, *ids, heads))

    project.attributes["options"] = {"on_version_apply": hook}
    return seen


def diamond(project: Environment) -> None:
    project.migration("a")
    project.migration("b", down="a")
    project.migration("c", down="a")
    project.migration("d", down=("b", "c"))


def test_hooks_are_told_of_each_step_after_the_version_table_says_so(project: Environment) -> None:
    seen = steps_told(project)
    diamond(project)
    command.upgrade(project.config, "head")
    command.downgrade(project.config, "b")
    assert seen == [
        (True, False, (), ("a",), {"a"}),
        (True, False, ("a",), ("b",), {"b"}),
        (True, False, ("a",), ("c",), {"b", "c"}),
        (True, False, ("b", "c"), ("d",), {"d"}),
        (False, False, ("d",), ("b", "c"), {"b", "c"}),
    ]


def test_hooks_are_told_of_dependencies(project: Environment) -> None:
    seen = steps_told(project)
    project.migration("x")
    project.migration("a")
    path = project.folder / "migrations" / "versions" / "a.py"
    path.write_text(path.read_text() + "\n\ndepends_on = 'x'\n")
    command.upgrade(project.config, "a")
    assert seen[-1] == (True, False, ("x",), ("a",), {"a"})


def test_hooks_are_told_of_a_stamp(project: Environment) -> None:
    seen = steps_told(project)
    diamond(project)
    command.stamp(project.config, "d")
    command.stamp(project.config, "a")
    assert seen == [
        (True, True, (), ("d",), {"d"}),
        (False, True, ("d",), ("a",), {"a"}),
    ]


def test_a_hook_that_fails_undoes_its_step(project: Environment) -> None:
    def hook(**_: Any) -> None:
        raise RuntimeError("hook")

    project.attributes["options"] = {"on_version_apply": [hook]}
    project.tables_in_turn("t1")
    with pytest.raises(MigrationFailed, match="hook"):
        command.upgrade(project.config, "head")
    assert project.tables() == set()


def test_several_databases_are_configured_in_turn(tmp_path: Path) -> None:
    urls = {name: f"sqlite:///{tmp_path / name}.db" for name in ("one", "two")}
    project = Environment(tmp_path, urls["one"], attributes={"urls": urls})
    project.env(
        """
        from sqlalchemy import create_engine
        from alembic import context

        for name, url in context.config.attributes["urls"].items():
            with create_engine(url).connect() as connection:
                context.configure(
                    connection=connection,
                    upgrade_token=f"{name}_upgrades",
                    downgrade_token=f"{name}_downgrades",
                )
                context.run_migrations(engine_name=name)
        """
    )
    project.migration(
        "a",
        """
        op.create_table(f"t_{engine_name}", sa.Column("id", sa.Integer))
        """,
        arguments="engine_name",
    )
    command.upgrade(project.config, "head")
    assert [project.tables(urls[name]) for name in urls] == [{"t_one"}, {"t_two"}]


def test_an_env_py_may_run_under_asyncio(tmp_path: Path, postgresql_url: str) -> None:
    project = Environment(tmp_path, postgresql_url)
    project.env(
        """
        import asyncio
        from sqlalchemy import pool
        from sqlalchemy.ext.asyncio import create_async_engine
        from alembic import context

        def do_run_migrations(connection):
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()

        async def run_async_migrations():
            url = context.config.get_main_option("sqlalchemy.url")
            connectable = create_async_engine(url, poolclass=pool.NullPool)
            async with connectable.connect() as connection:
                await connection.run_sync(do_run_migrations)
            await connectable.dispose()

        asyncio.run(run_async_migrations())
        """
    )
    project.tables_in_turn("t1", "t2")
    command.upgrade(project.config, "head")
    assert (project.tables(), project.rows()) == ({"t1", "t2"}, ["b"])


def test_an_env_py_may_run_in_a_thread_of_its_own(project: Environment) -> None:
    project.env(
        """
        from concurrent.futures import ThreadPoolExecutor
        from sqlalchemy import create_engine
        from alembic import context

        def run():
            url = context.config.get_main_option("sqlalchemy.url")
            with create_engine(url).connect() as connection:
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(run).result()
        """
    )
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    assert (project.tables(), project.rows()) == ({"t1"}, ["a"])


# -- a function of a program's own -----------------------------------------------------------------


def run_fn(project: Environment, fn: Any, **arguments: Any) -> None:
    with EnvironmentContext(project.config, project.script, fn=fn, **arguments):
        project.script.run_env()


def test_a_function_says_which_steps_are_run(project: Environment) -> None:
    project.tables_in_turn("t1", "t2")
    run_fn(project, lambda heads, _context: project.script._upgrade_revs("a", heads))
    assert (project.tables(), project.rows()) == ({"t1"}, ["a"])


def test_a_function_may_make_the_steps_itself(project: Environment) -> None:
    project.tables_in_turn("t1", "t2")
    script = project.script

    def last_two_again(heads: tuple[str, ...], _context: MigrationContext) -> list[Any]:
        down, up = MigrationStep.downgrade_from_script, MigrationStep.upgrade_from_script
        a, b = script.get_revision("a"), script.get_revision("b")
        revisions = script.revision_map
        return [down(revisions, b), down(revisions, a), up(revisions, a)] if heads else []

    command.upgrade(project.config, "head")
    run_fn(project, last_two_again)
    assert (project.tables(), project.rows()) == ({"t1"}, ["a"])


def test_a_function_that_looks_is_called_once(project: Environment) -> None:
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    seen = []

    def look(heads: tuple[str, ...], context: MigrationContext) -> list[Any]:
        seen.append((heads, context.get_current_heads()))
        return []

    run_fn(project, look, dont_mutate=True)
    assert seen == [(("a",), ("a",))]


def revision_of(project: Environment, **arguments: Any) -> RevisionContext:
    return RevisionContext(
        project.config, project.script, {"message": "by hand", "head": "head", **arguments}
    )


def test_a_program_makes_a_revision_of_what_differs(project: Environment) -> None:
    shop = sa.MetaData()
    sa.Table("shop", shop, sa.Column("id", sa.Integer, primary_key=True))
    project.attributes["shop"] = shop
    body = """
        context.configure(connection, target_metadata=context.config.attributes["shop"])
        with context.begin_transaction():
            context.run_migrations()
    """
    project.env(online(body))
    made = revision_of(project, rev_id="b1")

    def compare(heads: tuple[str, ...], context: MigrationContext) -> list[Any]:
        made.run_autogenerate(heads, context)
        return []

    run_fn(project, compare)
    assert [each.message for each in made.generated_revisions] == ["by hand"]
    (script,) = made.generate_scripts()
    assert script is not None
    assert script.revision == "b1"
    assert "op.create_table" in Path(script.path).read_text()
    assert project.script.get_current_head() == "b1"


def test_a_program_makes_an_empty_revision_without_a_database(project: Environment) -> None:
    project.tables_in_turn("t1")
    (script,) = revision_of(project).generate_scripts()
    assert script is not None
    assert script.down_revision == "a"


def test_a_program_that_compares_where_migrations_are_pending_is_refused(
    project: Environment,
) -> None:
    project.tables_in_turn("t1")
    made = revision_of(project)
    run = partial(run_fn, project, made.run_autogenerate)
    with pytest.raises(TargetNotUpToDate, match="1 migration is not applied"):
        run()


def test_a_function_may_look_at_a_database_whose_revision_has_no_file(
    project: Environment,
) -> None:
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    (project.folder / "migrations" / "versions" / "a.py").unlink()
    seen: list[Any] = []
    run_fn(project, lambda heads, _context: seen.append(heads))
    assert seen == [("a",)]


def test_an_error_of_a_programs_own_function_comes_through(project: Environment) -> None:
    class Behind(Exception):
        pass

    def look(heads: tuple[str, ...], _context: MigrationContext) -> list[Any]:
        raise Behind(heads)

    with pytest.raises(Behind):
        run_fn(project, look)


# -- without an env.py -----------------------------------------------------------------------------


def test_a_program_asks_a_connection_where_it_stands(project: Environment) -> None:
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    with sa.create_engine(project.url).connect() as connection:
        found = MigrationContext.configure(connection)
        assert (found.get_current_revision(), found.get_current_heads()) == ("a", ("a",))
        assert not connection.in_transaction()


def test_a_migration_without_an_env_py_is_told_that_there_is_no_configuration(
    project: Environment,
) -> None:
    project.migration("a", "context.config.get_main_option('shop')")
    migrations = Migrations(
        project.folder / "migrations",
        engine=sa.create_engine(project.url),
        metadata=sa.MetaData(),
        surroundings=alias.active,
    )
    with pytest.raises(MigrationFailed, match=r"get_main_option.*without an env\.py"):
        migrations.upgrade()


def test_a_program_stamps_a_connection(project: Environment) -> None:
    project.tables_in_turn("t1")
    with sa.create_engine(project.url).connect() as connection:
        MigrationContext.configure(connection).stamp(project.script, "head")
    assert project.rows() == ["a"]


# -- what is wrong ---------------------------------------------------------------------------------


def misuse(project: Environment, text: str, **arguments: Any) -> EnvironmentMisused:
    project.env(text)
    with pytest.raises(EnvironmentMisused) as caught:
        command.upgrade(project.config, "head", **arguments)
    assert caught.value.path == str(project.path)
    return caught.value


def test_an_env_py_that_runs_before_it_configures_is_told_the_line(project: Environment) -> None:
    error = misuse(project, "from alembic import context\ncontext.run_migrations()\n")
    assert (error.line, "configure() was not called" in str(error)) == (2, True)


def test_an_env_py_that_never_runs_is_told(project: Environment) -> None:
    error = misuse(project, "from alembic import context\n")
    assert "never called context.run_migrations()" in str(error)


def test_an_engine_in_place_of_a_connection_is_told_the_line(project: Environment) -> None:
    error = misuse(
        project,
        """
        from sqlalchemy import create_engine
        from alembic import context
        context.configure(connection=create_engine("sqlite://"))
        """,
    )
    assert (error.line, "needs a connection" in str(error)) == (4, True)


def test_a_url_in_place_of_a_connection_is_told(project: Environment) -> None:
    error = misuse(
        project,
        """
        from alembic import context
        context.configure(url="sqlite://")
        context.run_migrations()
        """,
    )
    assert "without a connection" in str(error)


def test_an_async_connection_is_told_what_to_write(project: Environment) -> None:
    error = misuse(
        project,
        """
        from alembic import context

        class AsyncConnection:
            def run_sync(self, function): ...

        context.configure(connection=AsyncConnection())
        """,
    )
    assert "await connection.run_sync(" in error.next_step


@pytest.mark.parametrize("option", ["literal_binds=True", "starting_rev='a'"])
def test_options_of_scripts_are_refused_beside_a_connection(
    project: Environment, option: str
) -> None:
    error = misuse(project, online(f"context.configure(connection=connection, {option})"))
    assert option.partition("=")[0] in str(error)


def test_an_env_py_that_configures_twice_is_warned(project: Environment) -> None:
    project.env(
        online(
            """
            context.configure(connection=connection)
            context.configure(connection=connection)
            context.run_migrations()
            """
        )
    )
    with pytest.warns(UserWarning, match="again before") as caught:
        command.upgrade(project.config, "head")
    assert caught[0].filename == str(project.path)


def test_what_an_env_py_raises_reaches_the_program_that_called_a_command(
    project: Environment,
) -> None:
    project.env("import os\n\nimport shop_that_is_not_there\n")
    with pytest.raises(ModuleNotFoundError, match="No module named 'shop_that_is"):
        command.upgrade(project.config, "head")


def test_an_env_py_that_is_not_python_is_named_with_its_line(project: Environment) -> None:
    project.env("import os\nif:\n")
    with pytest.raises(InvalidScript) as caught:
        command.upgrade(project.config, "head")
    assert (caught.value.path, caught.value.line) == (str(project.path), 2)


def test_an_error_that_an_env_py_means_comes_through(project: Environment) -> None:
    project.env(
        "from alembic.util.exc import CommandError\nraise CommandError('not on a Friday')\n"
    )
    with pytest.raises(CommandError, match=r"^not on a Friday$"):
        command.upgrade(project.config, "head")


def test_outside_of_an_env_py_there_is_no_context(project: Environment) -> None:
    project.tables_in_turn("t1")
    command.upgrade(project.config, "head")
    with pytest.raises(NothingRunning, match=r"env\.py"):
        context.is_offline_mode()
    with pytest.raises(NameError):
        context.config.get_main_option("sqlalchemy.url")
