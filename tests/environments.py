"""Projects with an env.py of their own, as the documented program finds them.

::

    project.file("bbbb", "aaaa")             writes a migration
    project.said(command.history)            what a command printed
    project.sql(command.upgrade, "head")     what it wrote with `--sql`
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any

import sqlalchemy as sa

from migrate_core import command
from migrate_core.api.config import Config
from migrate_core.api.script import ScriptDirectory

ENV = """
import sqlalchemy as sa
from alembic import context

config = context.config
models = config.attributes.get("models")
options = dict(config.attributes.get("options", {}), target_metadata=models)

if context.is_offline_mode():
    context.configure(url=config.get_main_option("sqlalchemy.url"), **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = sa.create_engine(config.get_main_option("sqlalchemy.url"), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
"""


@dataclass
class Project:
    """A folder with `alembic.ini`, `migrations/env.py` and no migration yet."""

    folder: Path
    url: str
    config: Config = field(init=False)

    def __post_init__(self) -> None:
        self.folder.joinpath("migrations/versions").mkdir(parents=True)
        self.write("migrations/env.py", ENV)
        self.ini()

    def ini(self, **keys: str) -> None:
        """Write `alembic.ini`, with these keys besides, and begin with a new Config."""
        url = self.url.replace("%", "%%")
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        text = f"[alembic]\nscript_location = %(here)s/migrations\npath_separator = os\n{lines}"
        self.write("alembic.ini", f"{text}sqlalchemy.url = {url}\n")
        self.config = Config(str(self.folder / "alembic.ini"), stdout=StringIO())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def file(self, id: str, down: Any = None, body: str = "pass", **identifiers: Any) -> None:
        """Write a migration by hand."""
        said = "\n".join(f"{name} = {value!r}" for name, value in identifiers.items())
        text = f'"""{id} message"""\nfrom alembic import op\nimport sqlalchemy as sa\n'
        text += f"revision = {id!r}\ndown_revision = {down!r}\n{said}\n"
        text += f"def upgrade():\n    {body}\ndef downgrade():\n    pass\n"
        self.write(f"migrations/versions/{id}.py", text)

    def said(self, *call: Any, **options: Any) -> str:
        """What a command printed."""
        function, *arguments = call
        self.config.stdout = StringIO()
        function(self.config, *arguments, **options)
        return self.config.stdout.getvalue()

    def sql(self, *call: Any) -> str:
        """What a command with `--sql` wrote."""
        function, *arguments = call
        self.config.output_buffer = StringIO()
        function(self.config, *arguments, sql=True)
        return self.config.output_buffer.getvalue()

    @property
    def script(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(self.config)

    @property
    def files(self) -> list[str]:
        return sorted(each.name for each in (self.folder / "migrations/versions").glob("*.py"))

    @property
    def rows(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))

    @property
    def tables(self) -> set[str]:
        return set(sa.inspect(self.engine).get_table_names())

    @property
    def engine(self) -> sa.Engine:
        return sa.create_engine(self.url, poolclass=sa.pool.NullPool)

    def at(self, *revisions: str) -> set[str]:
        """The rows after a stamp to these."""
        command.stamp(self.config, list(revisions))
        return self.rows
