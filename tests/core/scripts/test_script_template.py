"""What templates are given, and what messages can't do to them."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate_core.errors import TemplateError
from migrate_core.scripts import NewScript
from migrate_core.scripts.template import render

NEW = NewScript(
    id="7a21",
    message="add users",
    down=("1f0c",),
    labels=(),
    depends_on=(),
    created=datetime(2026, 3, 9, 7, 5, 4, tzinfo=timezone.utc),
    imports=(),
    upgrade=(),
    downgrade=(),
)


def with_template(folder: Path, template: str, new: NewScript = NEW) -> str:
    path = folder / "script.py.mako"
    path.write_text(template)
    return render(new, path)


def test_the_built_in_template_is_a_whole_file() -> None:
    new = replace(
        NEW,
        imports=("import shop.types",),
        upgrade=("with op.batch_alter_table('users') as b:", "    b.drop_column('age')", "", "1"),
        downgrade=("op.drop_table('users')",),
    )
    assert (
        render(new, None)
        == '''"""add users

Revision ID: 7a21
Revises: 1f0c
Create Date: 2026-03-09 07:05:04+00:00
"""

import sqlalchemy as sa
from migrate_core import op
import shop.types

revision: str = '7a21'
down_revision: str | tuple[str, ...] | None = '1f0c'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    with op.batch_alter_table('users') as b:
        b.drop_column('age')

    1


def downgrade() -> None:
    op.drop_table('users')
'''
    )


def test_an_empty_body_passes() -> None:
    assert render(NEW, None).count("    pass\n") == 2


def test_a_merge_lists_its_parents() -> None:
    text = render(replace(NEW, down=("b", "c")), None)
    assert "Revises: b, c\n" in text
    assert "= ('b', 'c')\n" in text


def test_a_first_migration_revises_nothing() -> None:
    text = render(replace(NEW, down=()), None)
    assert "Revises: \n" in text
    assert "down_revision: str | tuple[str, ...] | None = None\n" in text


def test_a_template_gets_all_documented_variables(tmp_path: Path) -> None:
    names = (
        "up_revision down_revision branch_labels depends_on create_date message config imports "
        "upgrades downgrades"
    )
    template = "\n".join(f"${{repr({name})}}" for name in names.split())
    new = replace(
        NEW,
        labels=("shop",),
        depends_on=("a", "b"),
        imports=("import x", "import y"),
        upgrade=("a", "b"),
        downgrade=("c",),
    )
    assert with_template(tmp_path, template, new).split("\n") == [
        "'7a21'",
        "'1f0c'",
        "('shop',)",
        "('a', 'b')",
        repr(NEW.created),
        "'add users'",
        "None",
        r"'import x\nimport y'",
        r"'a\n    b'",
        "'c'",
    ]


def test_an_expression_in_a_message_stays_text() -> None:
    assert render(replace(NEW, message="${1 + 1} <% x %> ## y"), None).startswith(
        '"""${1 + 1} <% x %> ## y\n'
    )


@pytest.mark.parametrize(
    "message",
    [
        'say "hello"',
        'say "hello" twice""',
        '"""\nimport os\n"""',
        "'''",
        "'",
        "ends in a backslash \\",
        "C:\\new\\x",
        "two\nlines",
        "bell \a and null \0",
        "half a pair \udc80",
        "größer 🐘",
    ],
)
@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_message_stays_in_its_docstring(tmp_path: Path, message: str, quotes: str) -> None:
    new = replace(NEW, message=message)
    text = with_template(tmp_path, f"{quotes}${{message}}{quotes}\n", new)
    assert ast.literal_eval(text) == message


@given(st.text(alphabet="\"'\\ a\n$", min_size=1).filter(str.strip))
def test_no_message_breaks_out(message: str) -> None:
    tree = ast.parse(render(replace(NEW, message=message), None))
    assert (ast.get_docstring(tree, clean=False) or "").startswith(message.strip() + "\n\nRev")


def test_no_message_says_so() -> None:
    assert render(replace(NEW, message=" \n"), None).startswith('"""empty message\n')


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("fine\n${1 + }\n", 2),
        ("fine\n\n% if message:\n", 3),
        ("fine\n\n${message.no_such_thing}\n", 3),
        ("fine\n${undefined_name}\n", 2),
        ("fine\n<%\n    x = 1\n    1 / 0\n%>\n", 4),
        ("fine\n<%include file='gone.mako'/>\n", 2),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, template: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        with_template(tmp_path, template)
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "script.py.mako"), line)


def test_a_template_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "script.py.mako"
    path.write_bytes(b"gr\xf6\xdfer")
    with pytest.raises(TemplateError, match=r"script\.py\.mako"):
        render(NEW, path)
