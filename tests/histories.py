"""Migration files for tests, as a person would write them.

::

    r1 <- r2 <- r3        history(folder, "op.execute(...)", ...)     one upgrade() for each
    a <- b, a <- c        migration(folder, "c", down_revision="a")   any other shape
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from migrate_core import Migrations

TEXT = '''"""{doc}"""

import sqlalchemy as sa
from migrate_core import op

revision = {revision!r}
down_revision = {down_revision!r}


def upgrade():
{up}


def downgrade():
{down}
'''


def migration(
    folder: Path,
    revision: str,
    up: str = "pass",
    down: str = "pass",
    *,
    down_revision: str | tuple[str, ...] | None = None,
) -> Path:
    """One migration file, written; `up` and `down` are the bodies of its two functions."""
    path = folder / "versions" / f"{revision}_.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = TEXT.format(
        doc=f"message of {revision}",
        revision=revision,
        down_revision=down_revision,
        up=indent(dedent(up).strip(), "    "),
        down=indent(dedent(down).strip(), "    "),
    )
    path.write_text(text, encoding="utf-8")
    return path


def history(folder: Path, *bodies: str | tuple[str, str]) -> list[Path]:
    """`r1`, `r2` and so on in one line: the body of upgrade(), or of upgrade() and downgrade()."""
    paths = []
    for number, body in enumerate(bodies, 1):
        up, down = (body, "pass") if isinstance(body, str) else body
        below = f"r{number - 1}" if number > 1 else None
        paths.append(migration(folder, f"r{number}", up, down, down_revision=below))
    return paths


def create(table: str) -> tuple[str, str]:
    """The two bodies of a migration that makes one table."""
    return (
        f"op.create_table({table!r}, sa.Column('id', sa.Integer, primary_key=True))",
        f"op.drop_table({table!r})",
    )


def opened(
    folder: Path,
    engine: Engine | Connection,
    metadata: sa.MetaData | None = None,
    **options: Any,
) -> Migrations:
    """The folder's migrations, on a database."""
    return Migrations(folder, engine=engine, metadata=metadata or sa.MetaData(), **options)


def tables(engine: Engine) -> set[str]:
    """The tables of the default schema, without the tool's own."""
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version", "migration_log"}


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def execute(engine: Engine, *statements: str) -> None:
    """Statements of another program, committed."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


class Run:
    """Runs the bodies of migrations, each as one migration, on one database."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def __call__(self, *bodies: str) -> sa.Inspector:
        history(self.folder, *bodies)
        opened(self.folder, self.engine).upgrade()
        return sa.inspect(self.engine)

    @property
    def dialect(self) -> str:
        """Its name; MariaDB's is its own."""
        return "mariadb" if self.engine.dialect.name == "mysql" else self.engine.dialect.name
