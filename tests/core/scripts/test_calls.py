"""What a file's upgrade() calls, and who added the file."""

from __future__ import annotations

import subprocess
from pathlib import Path

from histories import migration
from migrate_core.scripts import Directory
from migrate_core.scripts.authors import authors
from migrate_core.scripts.calls import calls


def told(folder: Path, up: str) -> tuple[str, ...]:
    migration(folder, "r1", up, "op.drop_table('not_this')")
    return calls(Directory.at(folder).history())["r1"]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *who, *arguments), cwd=folder, check=True, capture_output=True)


def test_the_directives_are_told_in_words(tmp_path: Path) -> None:
    up = """
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("orders", sa.Column("note", sa.String))
    op.create_index("ix_note", "orders", ["note"])
    op.create_index(op.f("ix_other"), table_name="orders", columns=["id"])
    op.drop_column("orders", column_name="old")
    op.create_foreign_key("fk", "orders", "customers", ["a"], ["b"])
    op.rename_table("orders", "sales")
    op.execute("UPDATE sales SET note = ''")
    """
    assert told(tmp_path, up) == (
        "add table orders",
        "add column orders.note",
        "add index ix_note on orders",
        "add index ix_other on orders",
        "drop column orders.old",
        "add foreign key fk on orders",
        "rename table orders to sales",
        "run SQL",
    )


def test_what_a_batch_does_is_told_with_its_table(tmp_path: Path) -> None:
    up = """
    with op.batch_alter_table("orders") as batch_op:
        batch_op.add_column(sa.Column("note", sa.String))
        batch_op.alter_column("total", nullable=False)
        batch_op.create_unique_constraint("uq_total", ["total"])
        batch_op.drop_constraint("ck_total", type_="check")
        batch_op.drop_column("old")
    """
    assert told(tmp_path, up) == (
        "add column orders.note",
        "change column orders.total",
        "add unique constraint uq_total on orders",
        "drop constraint ck_total on orders",
        "drop column orders.old",
    )


def test_a_computed_name_is_left_open_and_each_call_is_told_once(tmp_path: Path) -> None:
    up = """
    for name in ("a", "b"):
        if op.get_bind().dialect.name != "sqlite":
            op.create_table(name)
        else:
            op.create_table(name)
    # op.drop_table("only_in_a_comment")
    op.do_as_a_plugin_does("orders")
    """
    assert told(tmp_path, up) == ("add table ?", "do as a plugin does orders")


def test_of_a_file_that_is_not_python_nothing_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, "op.create_table(") == ()


def test_who_added_a_file_is_asked_of_git(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    migration(folder, "r1")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    migration(folder, "r2", down_revision="r1")
    assert authors(Directory.at(folder).history()) == {"r1": "Ada"}


def test_where_git_cannot_know_nobody_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "whole" / "migrations"
    migration(folder, "r1")
    assert authors(Directory.at(folder).history()) == {}
    git(tmp_path / "whole", "init", "-q")
    for number in (1, 2):
        git(tmp_path / "whole", "add", ".")
        git(tmp_path / "whole", "commit", "-q", "--allow-empty", "-m", f"{number}")
    origin = f"file://{tmp_path / 'whole'}"
    git(tmp_path, "clone", "-q", "--depth", "1", origin, "shallow")
    assert authors(Directory.at(tmp_path / "shallow" / "migrations").history()) == {}
