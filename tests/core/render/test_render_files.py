"""Migration files import in a process that knows nothing but the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrate_core import render
from migrate_core.operations import (
    AlterColumnOp,
    AlterEnumOp,
    DropColumnOp,
    DropSequenceOp,
    DropTableOp,
    DropViewOp,
    MigrateOperation,
)

PROJECT = """
    import enum

    import sqlalchemy as sa
    from sqlalchemy.types import TypeDecorator, UserDefinedType


    class Plain(TypeDecorator):
        impl = sa.String
        cache_ok = True


    class Fixed(TypeDecorator):
        impl = sa.Numeric(12, 2)
        cache_ok = True


    class Secret(TypeDecorator):
        impl = sa.String
        cache_ok = True

        def __init__(self, key, rounds=3, **kw):
            super().__init__(**kw)
            self.key, self.rounds = key, rounds


    class Forgetful(TypeDecorator):
        impl = sa.String
        cache_ok = True

        def __init__(self, key, length):
            super().__init__(length)


    class Shown(TypeDecorator):
        impl = sa.Text
        cache_ok = True

        def __repr__(self):
            return "Shown('own repr')"

        def __init__(self, *said):
            super().__init__()


    class Outer:
        class Nested(UserDefinedType):
            cache_ok = True

            def __init__(self, size):
                self.size = size

            def get_col_spec(self, **kw):
                return f"NESTED({self.size})"


    class Colour(enum.Enum):
        RED = "r"


    def local():
        class Local(TypeDecorator):
            impl = sa.Integer
            cache_ok = True

        return Local()


    TYPES = {
        "plain": Plain(5),
        "fixed": Fixed(),
        "secret": Secret("k", length=9),
        "rounds": Secret("k", 7),
        "forgetful": Forgetful("k", 9),
        "shown": Shown(),
        "nested": Outer.Nested(4),
        "enum": sa.Enum(Colour, name="colour", values_callable=lambda e: [m.value for m in e]),
        "local": local(),
        "list": sa.ARRAY(Plain(5)),
    }
"""

WRITE = """
    from sqlalchemy.dialects import postgresql
    import sqlalchemy as sa
    from migrate_core import render
    from migrate_core.operations import AddColumnOp
    from models.types import TYPES

    ops = [AddColumnOp("t", sa.Column(name, type_)) for name, type_ in TYPES.items()]
    source = render.body(ops, render.Writer(dialect=postgresql.dialect()))
    print("\\n".join([*source.imports, *source.lines]))
"""

RUN = """
    import sqlalchemy as sa

    class op:
        @staticmethod
        def add_column(table, column):
            print(column.name, column.type.compile(dialect=sa.dialects.postgresql.dialect()))

    import sqlalchemy.dialects.postgresql
    exec(open("written.py").read())
"""


def python(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_applications_types_are_made_again_in_a_fresh_process(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").touch()
    (tmp_path / "models" / "types.py").write_text(dedent(PROJECT))
    source = python(tmp_path, WRITE)
    (tmp_path / "written.py").write_text(source)
    assert python(tmp_path, RUN).split("\n") == [
        "plain VARCHAR(5)",
        "fixed NUMERIC(12, 2)",
        "secret VARCHAR(9)",
        "rounds VARCHAR",
        "forgetful VARCHAR(9)",
        "shown TEXT",
        "nested NESTED(4)",
        "enum colour",
        "local INTEGER",
        "list VARCHAR(5)[]",
        "",
    ]
    for expected in (
        "import models.types\n",
        "models.types.Plain(length=5)",
        "models.types.Fixed()",
        "models.types.Secret(key='k', length=9)",
        "models.types.Secret(key='k', rounds=7)",
        "sa.Column('forgetful', sa.String(length=9)",
        "models.types.Shown('own repr')",
        "models.types.Outer.Nested(size=4)",
        "sa.Enum('r', name='colour')",
        "sa.Column('local', sa.Integer()",
        "sa.ARRAY(models.types.Plain(length=5))",
    ):
        assert expected in source


@pytest.mark.parametrize(
    ("op", "loss"),
    [
        (DropTableOp("t"), "drops a table with its rows"),
        (DropColumnOp("t", "c"), "drops a column with its values"),
        (DropSequenceOp("q"), "drops a sequence with its position"),
        (DropViewOp("v", materialized=True), "drops a view with its stored rows"),
        (
            AlterEnumOp("e", ["a"], existing_values=["a", "b"], replace={"b": "a"}),
            "what the removed values stood for is not known afterwards",
        ),
        (
            AlterColumnOp("t", "c", existing_type=sa.String(9), modify_type=sa.String(5)),
            "values longer than 5 characters do not fit",
        ),
        (
            AlterColumnOp("t", "c", existing_type=sa.DateTime(), modify_type=sa.Date()),
            "drops the time of day",
        ),
        (
            AlterColumnOp("t", "c", existing_type=sa.Numeric(5, 2), modify_type=sa.Integer()),
            "drops the fraction",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, MigrateOperation) else None,
)
def test_a_step_that_destroys_something_says_so_above_it(op: MigrateOperation, loss: str) -> None:
    source = render.body([op], render.Writer(dialect=postgresql.dialect()))
    assert source.lines[0] == f"# destructive: {loss}"


@pytest.mark.parametrize(
    "op",
    [
        DropViewOp("v"),
        AlterColumnOp("t", "c", existing_type=sa.String(5), modify_type=sa.String(9)),
        AlterColumnOp("t", "c", existing_type=sa.Integer(), modify_type=sa.Text()),
        AlterColumnOp("t", "c", modify_nullable=False),
    ],
    ids=lambda op: type(op).__name__,
)
def test_a_step_that_destroys_nothing_stands_alone(op: MigrateOperation) -> None:
    source = render.body([op], render.Writer(dialect=postgresql.dialect()))
    assert not any("#" in line for line in source.lines)
