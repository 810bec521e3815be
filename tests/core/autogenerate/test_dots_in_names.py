"""A foreign key points at a table or a column with a dot in its name, which is no schema's.

SQLAlchemy 2.1 takes the names one by one; 2.0 takes one text, and splits it at its dots.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from migrate_core.errors import DotInName
from migrate_core.schema import versions
from modelled import Modelled


def models(*, pointing: bool = True, column: bool = True) -> sa.MetaData:
    metadata = sa.MetaData()
    stock = sa.Table("old.stock", metadata, sa.Column("stock.no", sa.Integer, primary_key=True))
    item = sa.Table("item", metadata, sa.Column("id", sa.Integer, primary_key=True))
    if column:
        item.append_column(sa.Column("stock", sa.Integer))
    if pointing:
        item.append_constraint(
            sa.ForeignKeyConstraint(["stock"], [stock.c["stock.no"]], name="item_stock")
        )
    return metadata


if versions.at_least(2, 1):

    @pytest.mark.parametrize(
        "before",
        [sa.MetaData(), models(pointing=False, column=False), models(pointing=False)],
        ids=["new tables", "a new column", "a new key"],
    )
    def test_a_key_reaches_the_database(engine: Engine, before: sa.MetaData) -> None:
        before.create_all(engine)
        database = Modelled(engine)
        up, down = database.migration(models())
        database.run(up)

        (key,) = sa.inspect(engine).get_foreign_keys("item")
        assert (key["referred_table"], key["referred_columns"]) == ("old.stock", ["stock.no"])
        assert database.words(models()) == []

        database.run(down)
        assert database.words(before) == []

else:

    def test_a_key_is_refused_before_a_migration_says_something_else(engine: Engine) -> None:
        with pytest.raises(DotInName, match=r"table item points at old\.stock") as caught:
            Modelled(engine).migration(models())
        assert caught.value.next_step.endswith("pip install 'SQLAlchemy>=2.1'")

    def test_a_dot_in_the_last_of_several_columns_is_seen(engine: Engine) -> None:
        metadata = sa.MetaData()
        place = sa.Table("place", metadata, *(sa.Column(n, sa.Integer) for n in ("row", "no.")))
        columns = [sa.Column(name, sa.Integer) for name in ("row", "no")]
        key = sa.ForeignKeyConstraint(["row", "no"], [place.c["row"], place.c["no."]])
        sa.Table("item", metadata, *columns, key)
        with pytest.raises(DotInName, match=r"table item points at place\.no\."):
            Modelled(engine).migration(metadata)
