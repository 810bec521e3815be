"""Registered views: made, changed, dropped, up and down, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import ddl

from histories import create, execute, history, opened, rows
from migrate_core import View
from migrate_core.errors import ConfigurationError
from modelled import Modelled

Register = Callable[[sa.MetaData, sa.Table], Any]

SHOWN = "SELECT id, name FROM customer WHERE id > 0"


def models(*views: Register, columns: Sequence[sa.Column[Any]] = ()) -> sa.MetaData:
    """A table `customer`, and views of it in this order."""
    metadata = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    customer = sa.Table("customer", metadata, key, sa.Column("name", sa.String(20)), *columns)
    for register in views:
        register(metadata, customer)
    return metadata


def view(definition: str = SHOWN, name: str = "shown", **options: Any) -> Register:
    return lambda metadata, _customer: View(name, definition, metadata=metadata, **options)


def selected(*columns: str, **options: Any) -> Register:
    """A view of these columns of the table."""

    def register(metadata: sa.MetaData, customer: sa.Table) -> None:
        shown = sa.select(*(customer.c[name] for name in columns))
        View("shown", shown, metadata=metadata, **options)

    return register


def awkward(metadata: sa.MetaData, customer: sa.Table) -> None:
    """A construct with all that has to be written out, or could be taken for something else."""
    likes = customer.c.name.like('50%:b it\'s \\ "x"')
    shown = sa.select(customer.c.id, sa.literal("é:c%s").label("said"))
    View("shown", shown.where(likes, customer.c.id.in_([1, 2])), metadata=metadata)


def loud(metadata: sa.MetaData, customer: sa.Table) -> None:
    longer = sa.func.upper(customer.c.name).label("loud")
    View("shown", sa.select(customer.c.id, customer.c.name, longer), metadata=metadata)


def age() -> sa.Column[Any]:
    return sa.Column("age", sa.Integer)


@dataclass
class Project:
    """Migrations that are generated, and run, one after the other."""

    folder: Path
    engine: sa.Engine

    def to(self, metadata: sa.MetaData) -> str:
        """The text of the file that leads to these models; it is run, and nothing differs then."""
        migrations = opened(self.folder, self.engine, metadata)
        written = migrations.generate("next")
        assert written is not None
        migrations.upgrade()
        assert migrations.check().described == ()
        return written.path.read_text(encoding="utf-8")

    def back_to(self, metadata: sa.MetaData) -> None:
        """The last migration is undone; nothing differs from the models before it."""
        opened(self.folder, self.engine).downgrade("-1")
        with self.engine.connect() as connection:
            known = Modelled(self.engine).comparison(connection, metadata)
            assert known.upgrade_ops().is_empty()

    def differences(self, metadata: sa.MetaData) -> tuple[str, ...]:
        return opened(self.folder, self.engine, metadata).check().described

    @property
    def views(self) -> set[str]:
        inspector = sa.inspect(self.engine)
        return {*inspector.get_view_names()}


@pytest.fixture
def project(tmp_path: Path, engine: sa.Engine) -> Project:
    return Project(tmp_path, engine)


CHANGES: dict[str, tuple[sa.MetaData, sa.MetaData]] = {
    "a view": (models(), models(view())),
    "a view of a construct": (models(), models(awkward)),
    "no view": (models(view()), models()),
    "another condition": (models(view()), models(view(SHOWN.replace("0", "1")))),
    "awkward text": (models(view()), models(view(SHOWN + " AND name <> '%s :b \"%%\" it''s ; x'"))),
    "a column more": (models(selected("id", "name")), models(loud)),
    "a column less": (models(loud), models(selected("id", "name"))),
    "names of columns": (models(selected("id")), models(selected("id", columns=["number"]))),
    "other names of columns": (
        models(selected("id", "name", columns=["a", "b"])),
        models(selected("id", "name", columns=["a", "c"])),
    ),
    "a new column of the table": (
        models(selected("id")),
        models(selected("id", "age"), columns=[age()]),
    ),
    "a column that the table loses": (
        models(selected("id", "age"), columns=[age()]),
        models(selected("id")),
    ),
    "a view that uses another": (
        models(view()),
        models(view(), view("SELECT name FROM shown", "names")),
    ),
    "two views of which one uses the other": (
        models(),
        models(view(), view("SELECT name FROM shown", "a_names")),
    ),
    "a view that another uses": (
        models(view(), view("SELECT name FROM shown", "a_names")),
        models(view("SELECT name, id FROM customer"), view("SELECT name FROM shown", "a_names")),
    ),
    "both of them": (
        models(view(), view("SELECT name FROM shown", "a_names")),
        models(loud, view("SELECT loud FROM shown", "a_names")),
    ),
    "type of a column that a view shows": (
        models(selected("id", "age"), columns=[age()]),
        models(selected("id", "age"), columns=[sa.Column("age", sa.BigInteger)]),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_made_and_undone(project: Project, change: str) -> None:
    old, new = CHANGES[change]
    project.to(old)
    before = project.views
    project.to(new)
    assert project.views == {each.name for each in new.info.get("migrate_core_views", ())}
    project.back_to(old)
    assert project.views == before
