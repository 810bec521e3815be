"""What is read without a syntax tree is what the syntax tree says, or is left to it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate_core.scripts import header, plain

USUAL = '''"""add users

Revision ID: b2
Revises: a1
Create Date: 2025-01-01 12:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b2'
down_revision: Union[str, Sequence[str], None] = ("a1", 'a2')
branch_labels = None  # none yet
depends_on: Union[str, None] = "shop"


def upgrade() -> None:
    op.create_table("users")
'''


def from_syntax(text: str) -> header.Header:
    """The same text where no shortcut can be taken."""
    return header.parse(f"{text}\nif True:\n    pass\n", Path("x.py"))


def test_a_file_as_templates_write_it_needs_no_syntax_tree() -> None:
    read = plain.read(USUAL)
    assert read is not None
    assert read[0] == from_syntax(USUAL).revision
    assert read[1] == "2025-01-01 12:00:00"


def test_line_ends_make_no_difference() -> None:
    assert plain.read(USUAL.replace("\n", "\r\n")) == plain.read(USUAL)


@pytest.mark.parametrize(
    "more",
    [
        "def f(): pass\nrevision = 'other'\n",
        "def f(): pass\nfrom ids import *\n",
        "def f(): pass\nfrom ids import \\\n  *\n",
        "def f(): pass\n\uff52evision = 'other'\n",
        "revision = make()\n",
        "from ids import revision\n",
        "import ids as down_revision\n",
        "revision = 'a' 'b'\n",
        "revision = 'head'\n",
        "revision = 'a\\x62'\n",
        "if True:\n    revision = 'other'\n",
        "# comment\rrevision = 'other'\n",
        "revision = ('a',)\n",
        "x = 1; revision = 'other'\n",
        "del revision\n",
    ],
)
def test_what_could_make_a_difference_is_left_to_the_syntax_tree(more: str) -> None:
    assert plain.read(f"revision = 'a1'\ndown_revision = None\n{more}") is None


IDS = st.text(st.sampled_from("abc12_. '\"\\#(),é\n"), max_size=6)
LITERALS = st.one_of(st.none(), IDS, st.tuples(IDS), st.tuples(IDS, IDS), st.lists(IDS, max_size=2))
LINES = st.sampled_from(
    [
        "import os",
        "from a import b, c",
        "# revision",
        "",
        "x = 1",
        "import revision",
        "\tpass",
        "@x",
    ]
)


@given(
    doc=st.one_of(st.none(), st.text(st.sampled_from('ab"\\ \n\tCreate Date:é'), max_size=30)),
    values=st.dictionaries(st.sampled_from(sorted(header.IDENTIFIERS)), LITERALS),
    lines=st.lists(LINES, max_size=4),
)
def test_both_readings_are_the_same(
    doc: str | None, values: dict[str, object], lines: list[str]
) -> None:
    text = "" if doc is None else f'"""{doc}"""\n'
    text += "\n".join([*lines, *(f"{name} = {value!r}" for name, value in values.items())]) + "\n"
    text += "def upgrade(): pass\n"
    read = plain.read(text)
    if read is None:
        return
    ast.parse(text)
    found = from_syntax(text)
    assert read == (found.revision, found.created)
