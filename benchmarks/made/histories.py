"""Histories of migration files, the same on every run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    {up}


def downgrade():
    {down_body}
'''

CREATE = (
    """op.create_table(
        "table_{number}",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )""",
    'op.drop_table("table_{number}")',
)
TABLES = (CREATE,)
"""What each revision does, in turn: up and down, in which ``table`` is the last one created."""

USUAL = (
    CREATE,
    (
        'op.add_column("table_{table}", sa.Column("added_{number}", sa.Integer(), nullable=True))',
        'op.drop_column("table_{table}", "added_{number}")',
    ),
    (
        'op.create_index("ix_{number}", "table_{table}", ["name"], unique=False)',
        'op.drop_index("ix_{number}", table_name="table_{table}")',
    ),
    (
        'op.alter_column("table_{table}", "name", existing_type=sa.String(length=50), '
        "nullable=False)",
        'op.alter_column("table_{table}", "name", existing_type=sa.String(length=50), '
        "nullable=True)",
    ),
    ("op.execute(\"UPDATE table_{table} SET name = 'x' WHERE name = ''\")", "pass"),
    (
        'op.add_column("table_{table}", sa.Column("more_{number}", sa.String(length=20), '
        "server_default='', nullable=False))",
        'op.drop_column("table_{table}", "more_{number}")',
    ),
    (
        'op.create_unique_constraint("uq_{number}", "table_{table}", ["name"])',
        'op.drop_constraint("uq_{number}", "table_{table}", type_="unique")',
    ),
    (
        'op.drop_constraint("uq_{below}", "table_{table}", type_="unique")',
        'op.create_unique_constraint("uq_{below}", "table_{table}", ["name"])',
    ),
)
"""A table now and then, and changes of it: what autogenerate and people write in between."""

Bodies = tuple[tuple[str, str], ...]


def identifier(number: int) -> str:
    """The id of revision ``number``, which looks like a generated one."""
    return f"{number * 2654435761 % 2**48:012x}"


@dataclass(frozen=True, slots=True)
class Node:
    """A revision, and those that it follows."""

    id: str
    down: tuple[str, ...] = ()


def nodes(shape: str, size: int) -> list[Node]:
    """A ``"linear"`` history of that size; or a ``"bushy"`` one: lines of 50, and merges."""
    return linear(size) if shape == "linear" else bushy(max(size // 50, 1), min(size, 50))


def linear(size: int) -> list[Node]:
    """One line of revisions."""
    return [Node(identifier(n), (identifier(n - 1),) if n else ()) for n in range(size)]


def bushy(branches: int, length: int) -> list[Node]:
    """``branches`` lines of ``length`` from one root, merged pairwise until one head is left."""
    found = [Node("root")]
    tips = []
    for branch in range(branches):
        down = "root"
        for step in range(length):
            found.append(Node(f"b{branch:04}s{step:04}", (down,)))
            down = found[-1].id
        tips.append(down)
    merges = 0
    while len(tips) > 1:
        pairs = [tuple(tips[at : at + 2]) for at in range(0, len(tips), 2)]
        tips = []
        for pair in pairs:
            if len(pair) == 1:
                tips += pair
                continue
            merges += 1
            found.append(Node(f"merge{merges:05}", pair))
            tips.append(found[-1].id)
    return found


def write_files(folder: Path, size: int, bodies: Bodies = TABLES) -> None:
    """A linear history of ``size`` files in ``folder``/versions, as Alembic's template has them."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for number in range(size):
        names = {"number": number, "below": number - 1, "table": number - number % len(bodies)}
        up, down = (text.format(**names) for text in bodies[number % len(bodies)])
        text = FILE.format(
            number=number,
            id=identifier(number),
            down=identifier(number - 1) if number else None,
            up=up,
            down_body=down,
        )
        (versions / f"{identifier(number)}_revision_{number}.py").write_text(text)
