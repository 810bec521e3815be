"""The fingerprint of a migration file: what changes it, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.scripts import fingerprint

TEXT = '''"""add a

Create Date: 2026-01-01
"""

revision = "r1"
down_revision = None


def upgrade():
    """Up."""
    op.create_table("a", sa.Column("id", sa.Integer), comment=f"{name} x")
    op.execute("UPDATE a SET b = 1")
'''


def of(tmp_path: Path, text: str) -> str | None:
    path = tmp_path / "r1_.py"
    path.write_bytes(text.encode())
    return fingerprint.read(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ('"a"', "'a'"),
        ("add a", "add another"),
        ('    """Up."""\n', ""),
        ('    """Up."""\n', "    # a comment\n\n"),
        ("    op.create", "    (op).create"),
        ('"UPDATE a SET b = 1"', '"UPDATE a "\n        "SET b = 1"'),
        ('"UPDATE', 'u"UPDATE'),
    ],
)
def test_how_it_is_written_does_not_count(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    assert of(tmp_path, TEXT.replace(old, new)) == of(tmp_path, TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("b = 1", "b = 2"),
        ("sa.Integer", "sa.String"),
        ('revision = "r1"', 'revision = "r2"'),
        ("down_revision = None", 'down_revision = "r0"'),
        ("def upgrade", "def downgrade"),
        ("{name}", "{name!r}"),
        ("op.execute", "pass\n    op.execute"),
    ],
)
def test_what_it_does_counts(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    assert of(tmp_path, TEXT.replace(old, new)) != of(tmp_path, TEXT)


def test_it_is_the_same_on_every_python(tmp_path: Path) -> None:
    assert of(tmp_path, TEXT) == "3fa8095a403737d8c21d39781e4bf803"


def test_what_is_no_python_has_none(tmp_path: Path) -> None:
    assert of(tmp_path, "def upgrade(:") is None
    assert fingerprint.read(tmp_path / "missing.py") is None
