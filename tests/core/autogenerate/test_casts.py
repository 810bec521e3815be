"""A change of type that PostgreSQL does not make by itself says how the values are converted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine

from histories import execute, opened, rows

CHANGES: list[tuple[Any, Any, Any, Any]] = [
    (sa.String(9), sa.Integer(), "'7'", 7),
    (sa.Text(), sa.Boolean(), "'yes'", True),
    (sa.Text(), postgresql.ARRAY(sa.Integer), "'{1,2}'", [1, 2]),
    (sa.Text(), sa.JSON(), "'[1]'", [1]),
    (sa.Text(), sa.Enum("a", "b", name="letter"), "'a'", "a"),
    (sa.Integer(), sa.Boolean(), "1", True),
    (sa.BigInteger(), sa.Boolean(), "1", True),
    (sa.Boolean(), sa.Integer(), "true", 1),
    (sa.Boolean(), sa.Numeric(5, 0), "true", 1),
    (sa.Numeric(5, 2), sa.SmallInteger(), "1.4", 1),
    (sa.Integer(), sa.Text(), "5", "5"),
    (sa.DateTime(), sa.Date(), "'2026-01-02 03:04'", "2026-01-02"),
    (sa.Date(), sa.DateTime(timezone=True), "'2026-01-02'", "2026-01-02 00:00:00"),
    (sa.JSON(), postgresql.JSONB(), "'[1]'", [1]),
    (postgresql.ARRAY(sa.Text), postgresql.ARRAY(sa.Integer), "'{1,2}'", [1, 2]),
    (sa.Time(), sa.Interval(), "'01:00'", "1:00:00"),
    (sa.Numeric(9, 0), sa.Date(), None, None),
]


def models(type_: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("Odd", type_))
    return metadata


@pytest.mark.parametrize(("old", "new", "given", "expected"), CHANGES, ids=repr)
def test_a_change_of_type_converts_the_values_that_are_there(
    tmp_path: Path, postgresql_engine: Engine, old: Any, new: Any, given: Any, expected: Any
) -> None:
    models(old).create_all(postgresql_engine)
    execute(postgresql_engine, f'INSERT INTO t (id, "Odd") VALUES (1, {given or "NULL"})')
    migrations = opened(tmp_path / "migrations", postgresql_engine, models(new))
    assert migrations.generate("change") is not None
    migrations.upgrade()
    assert not migrations.check()
    ((found,),) = rows(postgresql_engine, 'SELECT "Odd" FROM t')
    assert found == expected or str(found).startswith(str(expected))
    migrations.downgrade("base")


def test_only_what_needs_it_is_told_how(tmp_path: Path, postgresql_engine: Engine) -> None:
    models(sa.String(9)).create_all(postgresql_engine)
    migrations = opened(tmp_path / "migrations", postgresql_engine, models(sa.Integer()))
    written = migrations.generate("change")
    assert written is not None
    up, down = written.path.read_text().split("def downgrade")
    assert """postgresql_using='"Odd"::INTEGER'""" in up
    assert "postgresql_using" not in down
