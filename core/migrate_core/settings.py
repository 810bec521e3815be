"""What an environment configured: one frozen value, handed down instead of looked up.

The names are the documented options of ``context.configure()`` where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

ObjectKind = Literal[
    "schema",
    "table",
    "column",
    "index",
    "unique_constraint",
    "foreign_key_constraint",
    "check_constraint",
]

IncludeName = Callable[[str | None, ObjectKind, dict[str, str | None]], bool]
"""``(name, type, parent_names)``: whether to look at a name found in the database."""

IncludeObject = Callable[[Any, str | None, ObjectKind, bool, Any], bool]
"""``(object, name, type, reflected, compare_to)``: whether to compare a schema object."""

RenderItem = Callable[[str, Any, Any], "str | Literal[False] | None"]
"""``(type, object, context)``: source text, False for the default, None to leave it out."""


CompareType = Callable[[Any, Any, Any, Any, Any], "bool | None"]
"""``(context, stored_column, model_column, stored_type, model_type)``: whether they differ, None to
decide here."""

CompareServerDefault = Callable[[Any, Any, Any, "str | None", Any, "str | None"], "bool | None"]
"""``(context, stored_column, model_column, stored_text, model_default, model_text)``: whether they
differ, None to decide here."""

ProcessRevisionDirectives = Callable[[Any, tuple[str, ...], list[Any]], None]
"""``(context, revision, directives)``: changes the list of MigrationScripts in place."""

OnVersionApply = Callable[..., None]
"""``(*, ctx, step, heads, run_args)``: told of each step, inside its transaction, after the version
table says so."""

VersionTableImpl = Callable[..., Any]
"""``(*, version_table, version_table_schema, version_table_pk)``: the version table as a Table."""

HookType = Literal["console_scripts", "exec", "module"]


@dataclass(frozen=True, slots=True)
class Hook:
    """A program to run on each new migration file, such as a formatter.

    :param name: what messages call it.
    :param type: how ``target`` is found: as an entry point of an installed package, as an
        executable, or as a module to be run by this Python.
    :param options: its arguments as a shell would split them. ``REVISION_SCRIPT_FILENAME`` stands
        for the file, which comes first where it is not mentioned.
    :param cwd: the folder to run it in, None for the current one.
    :param call: a function to be called with the file's path instead.
    """

    name: str
    type: HookType
    target: str
    options: str = ""
    cwd: str | None = None
    call: Callable[[str], object] | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How migrations are compared, written and run.

    :param version_table: where the database keeps its revision.
    :param version_table_schema: its schema, None for the default one.
    :param transaction_per_migration: on a database with transactional DDL, one transaction for
        each migration instead of one for the whole run.
    :param lock: whether a run takes the migration lock, so that one process migrates at a time.
        On SQLite it is the write lock, which a run always takes.
    :param lock_timeout: seconds to wait for another process that is migrating this database.
    :param statement_lock_timeout: seconds that a statement waits for a table or row that somebody
        else has, before it lets others pass and is tried again; None for the server's own.
    :param statement_lock_tries: how often it is tried, 1 for once. Where it is part of a
        transaction all of that is rolled back and runs again, and what a migration did outside the
        database, it does again.
    :param journal: whether runs are recorded in the table ``migration_log``; or its other name.
    :param journal_people: whether the journal keeps the host and the user of a run.
    :param compare_type: whether a column's type is compared, or a function that says.
    :param compare_server_default: whether a column's server default is compared, or a function.
    :param include_schemas: whether other schemas than the default one are compared.
    :param render_as_batch: whether one table's changes are written as one
        ``batch_alter_table`` block.
    :param process_revision_directives: what may change a migration before it is written.
    :param autogenerate_plugins: names of what compares; ``*`` stands for one part of a name, and
        ``~`` before a name takes it out again.
    :param user_module_prefix: prefix of types that are not SQLAlchemy's, None for their module.
    :param sqlalchemy_module_prefix: prefix of what is SQLAlchemy's.
    :param alembic_module_prefix: prefix of the directives.
    :param upgrade_token: name under which a template finds the body of ``upgrade()``.
    :param downgrade_token: the same for ``downgrade()``.
    :param file_template: name of a new file, with the documented tokens; below a folder if it
        contains ``/``, which needs ``recursive_version_locations``.
    :param truncate_slug_length: longest slug of a message in a file name, in characters.
    :param timezone: name of the time zone of ``Create Date``, None for the local one.
    :param recursive_version_locations: whether folders below the locations hold migrations too.
    :param sourceless: whether a compiled file counts, where its source is not there.
    :param output_encoding: of new files; they declare it where it is not UTF-8.
    :param hooks: what is run on each new file, in this order.
    :param x_arguments: what ``-x`` gave to the migrations, as it was written.
    :param tag: what ``--tag`` gave to them.
    :param engine_name: what an ``upgrade(engine_name)`` is called with, where one history is for
        several databases; empty for the default one.
    :param run_args: what each ``upgrade()`` and ``downgrade()`` is called with.
    :param on_version_apply: is told of each step.
    :param template_args: further variables of the template of a new file.
    :param transactional_ddl: False where each migration is to be a transaction of its own; whether
        a script has transactions. None for what the database can do.
    :param version_table_pk: whether the version table has a primary key.
    :param version_table_impl: makes the version table; None for the documented one.
    :param starting_rev: where a script begins that is not told otherwise.
    :param mssql_batch_separator: what stands after each statement of a script for SQL Server;
        empty for nothing, None for ``GO``.
    :param oracle_batch_separator: the same for Oracle, None for ``/``.
    """

    version_table: str = "alembic_version"
    version_table_schema: str | None = None
    transaction_per_migration: bool = False
    lock: bool = True
    lock_timeout: float = 300.0
    statement_lock_timeout: float | None = 3.0
    statement_lock_tries: int = 5
    journal: bool | str = True
    journal_people: bool = True
    compare_type: bool | CompareType = True
    compare_server_default: bool | CompareServerDefault = True
    include_name: IncludeName | None = None
    include_object: IncludeObject | None = None
    include_schemas: bool = False
    render_as_batch: bool = True
    render_item: RenderItem | None = None
    process_revision_directives: ProcessRevisionDirectives | None = None
    autogenerate_plugins: Sequence[str] = ("alembic.autogenerate.*",)
    user_module_prefix: str | None = None
    sqlalchemy_module_prefix: str = "sa."
    alembic_module_prefix: str = "op."
    upgrade_token: str = "upgrades"
    downgrade_token: str = "downgrades"
    file_template: str = "%(rev)s_%(slug)s"
    truncate_slug_length: int = 40
    timezone: str | None = None
    recursive_version_locations: bool = False
    sourceless: bool = False
    output_encoding: str = "utf-8"
    hooks: tuple[Hook, ...] = ()
    x_arguments: tuple[str, ...] = ()
    tag: str | None = None
    engine_name: str = ""
    run_args: Mapping[str, Any] = field(default_factory=dict)
    on_version_apply: tuple[OnVersionApply, ...] = ()
    template_args: Mapping[str, Any] = field(default_factory=dict)
    transactional_ddl: bool | None = None
    version_table_pk: bool = True
    version_table_impl: VersionTableImpl | None = None
    starting_rev: str | None = None
    mssql_batch_separator: str | None = None
    oracle_batch_separator: str | None = None

    @property
    def journal_table(self) -> str | None:
        """The journal's name, in the schema of the version table; None where there is none."""
        if isinstance(self.journal, str):
            return self.journal
        return "migration_log" if self.journal else None


def documented(options: Mapping[str, Any]) -> Settings:
    """What the options of ``context.configure()`` come to, with its documented defaults.

    :param options: others than those of :class:`Settings` are left alone.
    """
    known = Settings.__dataclass_fields__
    given = {
        name: value
        for name, value in options.items()
        if name in known and (value is not None or name not in _NONE_IS_DEFAULT)
    }
    hooks = given.get("on_version_apply", ())
    given["on_version_apply"] = (hooks,) if callable(hooks) else tuple(hooks)
    return replace(_DOCUMENTED, **given)


_NONE_IS_DEFAULT = ("autogenerate_plugins", "on_version_apply", "template_args")

_DOCUMENTED = Settings(compare_server_default=False, render_as_batch=False, journal=False)
