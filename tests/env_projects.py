"""Projects with an env.py, as Alembic's templates lay them out, driven by the documented commands.

::

    project = Environment(folder, url)          a folder of migrations, and its database
    project.env(GENERIC)                        writes env.py
    project.migration("a1", "create_table(...)")
    command.upgrade(project.config, "head")
    project.rows()  project.tables()            what came of it
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import sqlalchemy as sa

from migrate_core.api.config import Config
from migrate_core.api.script import ScriptDirectory

GENERIC = """
from sqlalchemy import create_engine, pool
from alembic import context

config = context.config
url = config.get_main_option("sqlalchemy.url")
options = config.attributes.get("options", {})


def run_migrations_offline():
    context.configure(
        url=url,
        target_metadata=None,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    connectable = create_engine(url, poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=None, **options)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""

ONLINE = """
from sqlalchemy import create_engine, pool
from alembic import context

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.config.attributes["connection"] = connection
{body}
"""


def online(body: str) -> str:
    """An env.py that does this on a new connection."""
    return ONLINE.format(body=indent(dedent(body).strip(), "    "))


@dataclass
class Environment:
    """A project in a folder, and its database."""

    folder: Path
    url: str
    attributes: dict[str, Any] = field(default_factory=lambda: {"told": []})
    output: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        (self.folder / "migrations" / "versions").mkdir(parents=True, exist_ok=True)

    @property
    def path(self) -> Path:
        """The env.py."""
        return self.folder / "migrations" / "env.py"

    @property
    def config(self) -> Config:
        """As an alembic.ini would make it, anew each time."""
        config = Config(output_buffer=self.output, stdout=io.StringIO(), attributes=self.attributes)
        config.set_main_option("script_location", str(self.folder / "migrations"))
        config.set_main_option("sqlalchemy.url", self.url.replace("%", "%%"))
        return config

    @property
    def script(self) -> ScriptDirectory:
        """The folder."""
        return ScriptDirectory.from_config(self.config)

    def env(self, text: str) -> None:
        """Write env.py."""
        self.path.write_text(dedent(text), encoding="utf-8")

    def migration(
        self,
        id: str,
        upgrade: str = "pass",
        downgrade: str = "pass",
        down: str | tuple[str, ...] | None = None,
        arguments: str = "",
    ) -> None:
        """Write a migration, with the source of its two bodies."""
        text = (
            f"from alembic import context, op\nimport sqlalchemy as sa\n\n"
            f"revision = {id!r}\ndown_revision = {down!r}\n\n\n"
            f"def upgrade({arguments}):\n{indent(dedent(upgrade).strip(), '    ')}\n\n\n"
            f"def downgrade({arguments}):\n{indent(dedent(downgrade).strip(), '    ')}\n"
        )
        (self.folder / "migrations" / "versions" / f"{id}.py").write_text(text, encoding="utf-8")

    def tables_in_turn(self, *names: str) -> None:
        """Write migrations `a`, `b`, ...: each makes a table of this name and drops it again."""
        down = None
        for id, name in zip("abcdefgh", names, strict=False):
            self.migration(id, table(name), f"op.drop_table({name!r})", down)
            down = id

    def tables(self, url: str | None = None) -> set[str]:
        """What is in the database now, without the version table."""
        return self._names(url) - {"alembic_version"}

    def _names(self, url: str | None) -> set[str]:
        engine = sa.create_engine(url or self.url, poolclass=sa.NullPool)
        return set(sa.inspect(engine).get_table_names())

    def rows(self, url: str | None = None) -> list[str]:
        """What the version table holds."""
        if "alembic_version" not in self._names(url):
            return []
        return [row[0] for row in self.select("SELECT version_num FROM alembic_version", url)]

    def select(self, statement: str, url: str | None = None) -> list[Any]:
        """The rows of a question, sorted."""
        engine = sa.create_engine(url or self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return sorted(map(tuple, connection.execute(sa.text(statement))))


def table(name: str) -> str:
    """The source that makes a table."""
    return f"op.create_table({name!r}, sa.Column('id', sa.Integer, primary_key=True))"
