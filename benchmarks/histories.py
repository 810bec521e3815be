"""Histories of migration files, the same on every run."""

from __future__ import annotations

from pathlib import Path

from migrate_core.graph import Revision

FILE = '''"""revision {number}

Revision ID: {id}
Revises: {down}
Create Date: 2026-01-01 00:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "table_{number}",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("table_{number}")
'''


def identifier(number: int) -> str:
    """The id of revision ``number``, which looks like a generated one."""
    return f"{number * 2654435761 % 2**48:012x}"


def linear(size: int) -> list[Revision]:
    """One line of revisions."""
    return [Revision(identifier(n), (identifier(n - 1),) if n else ()) for n in range(size)]


def bushy(branches: int, length: int) -> list[Revision]:
    """``branches`` lines of ``length`` from one root, merged pairwise until one head is left."""
    found = [Revision("root")]
    tips = []
    for branch in range(branches):
        down = "root"
        for step in range(length):
            found.append(Revision(f"b{branch:04}s{step:04}", (down,)))
            down = found[-1].id
        tips.append(down)
    merges = 0
    while len(tips) > 1:
        pairs = [tips[at : at + 2] for at in range(0, len(tips), 2)]
        tips = []
        for pair in pairs:
            if len(pair) == 1:
                tips += pair
                continue
            merges += 1
            found.append(Revision(f"merge{merges:05}", tuple(pair)))
            tips.append(found[-1].id)
    return found


def write_files(folder: Path, size: int) -> None:
    """A linear history of ``size`` files in ``folder``/versions, as Alembic's template has them."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for number in range(size):
        down = identifier(number - 1) if number else None
        text = FILE.format(number=number, id=identifier(number), down=down)
        (versions / f"{identifier(number)}_revision_{number}.py").write_text(text)
