"""A schema drawn, and read back from the drawing."""

from __future__ import annotations

import random
import re
import sys
from itertools import combinations
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from histories import opened
from migrate_core.drawing import FORMATS, written
from migrate_core.drawing.placed import placed
from migrate_core.drawing.schema import SchemaPicture
from migrate_core.errors import LayoutMissing, NoModels
from migrate_core.migrations import Migrations

SVG = "{http://www.w3.org/2000/svg}"

Box = tuple[float, float, float, float]


def column(name: str, type_: sa.types.TypeEngine[object] | None = None) -> sa.Column[object]:
    return sa.Column(name, type_ or sa.Integer())


def shop() -> sa.MetaData:
    """Customers, their orders, and a category that may be inside another."""
    models = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("customers", models, key, sa.Column("email", sa.String(80), unique=True))
    sa.Table(
        "orders",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("note", sa.String(500)),
    )
    sa.Table(
        "categories",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.ForeignKey("categories.id")),
    )
    return models


def many(count: int) -> sa.MetaData:
    """Tables of any size that refer to one another, in circles too."""
    chance = random.Random(count)
    models = sa.MetaData()
    for number in range(count):
        columns = [column(f"column_{n}") for n in range(chance.randrange(12))]
        keys = [
            sa.Column(f"ref_{n}", sa.ForeignKey(f"t{chance.randrange(count)}.id"))
            for n in range(chance.randrange(3))
        ]
        sa.Table(
            f"t{number}", models, sa.Column("id", sa.Integer, primary_key=True), *columns, *keys
        )
    return models


@pytest.fixture
def migrations(tmp_path, sqlite_engine: sa.Engine) -> Migrations:  # type: ignore[no-untyped-def]
    return opened(tmp_path / "m", sqlite_engine, shop())


def of(metadata: sa.MetaData, migrations: Migrations) -> SchemaPicture:
    migrations.metadata = (metadata,)
    return migrations.models_picture()


def boxes(found: SchemaPicture) -> dict[str, Box]:
    """Each table's frame: x, y, width, height."""
    root = ElementTree.fromstring(written(found, "svg"))
    made = {}
    for table in root.iter(f"{SVG}g"):
        if not (table.get("class") or "").startswith("table"):
            continue
        x, y = map(float, re.findall(r"-?[\d.]+", table.get("transform", "")))
        [frame] = table.findall(f"{SVG}rect[@class='box']")
        wide, high = float(frame.get("width", 0)), float(frame.get("height", 0))
        made[table.get("data-name", "")] = (x, y, wide, high)
        for text in table.findall(f"{SVG}text"):
            end = float(text.get("x", 0)) + float(text.get("textLength", 0))
            assert 0 <= float(text.get("x", 0)) <= end <= wide
            assert 0 < float(text.get("y", 0)) < high
    return made


def signs(found: SchemaPicture) -> set[tuple[str, str]]:
    return set(found.changes)


def test_tables_columns_and_keys_are_drawn(migrations: Migrations) -> None:
    said = written(migrations.models_picture(), "svg")
    root = ElementTree.fromstring(said)
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {"customers", "email", "VARCHAR(80) null", "PK", "FK", "UQ"} <= set(texts)
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert "orders refers to customers (customer_id = id)" in titles
    assert root.get("role") == "img"


def test_no_two_of_sixty_tables_overlap_and_each_text_is_in_its_box(migrations: Migrations) -> None:
    found = boxes(of(many(60), migrations))
    assert len(found) == 60
    for (x, y, wide, high), (left, top, width, height) in combinations(found.values(), 2):
        apart = x + wide <= left or left + width <= x or y + high <= top or top + height <= y
        assert apart


@pytest.mark.parametrize("seed", [3, 129, 140])
def test_no_line_runs_through_a_table_and_circles_put_none_on_another(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.choice([12, 30, 60, 90])
    sizes = [(chance.randint(120, 420), 42 + 22 * chance.randint(1, 25)) for _ in range(count)]
    edges = [
        (chance.choice([0, 1, chance.randrange(count)]), number)
        for number in range(count)
        for _ in range(chance.choice([0, 1, 1, 2, 3]))
    ]
    found = placed(sizes, edges)
    for one, other in combinations(found.boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    for points in found.ways.values():
        for (start, y), (end, _) in zip(points[::2], points[1::2], strict=True):
            assert not [
                box
                for box in found.boxes
                if box.y < y < box.y + box.height
                and box.x < max(start, end)
                and box.x + box.width > min(start, end)
            ]


def test_lines_turn_beside_the_tables_and_behind_none(migrations: Migrations) -> None:
    picture = of(many(60), migrations)
    frames = boxes(picture).values()
    root = ElementTree.fromstring(written(picture, "svg"))
    turns = 0
    for edge in root.iter(f"{SVG}g"):
        if edge.get("class") != "edge" or edge.get("data-from") == edge.get("data-to"):
            continue
        path = edge.findall(f"{SVG}path")[0].get("d", "")
        x = y = 0.0
        for step, numbers in re.findall(r"([MHC])([^MHC]*)", path):
            *_, to, down = [x, *map(float, numbers.split()), y][: None if step == "H" else -1]
            if step == "C":
                turns += 1
                left, right = sorted((x, to))
                top, bottom = sorted((y, down))
                assert not [
                    each
                    for each in frames
                    if each[0] + 1 < right and left < each[0] + each[2] - 1
                    if each[1] + 1 < bottom and top < each[1] + each[3] - 1
                ]
            x, y = to, down
    assert turns > 30


def test_each_foreign_key_is_one_line(migrations: Migrations) -> None:
    picture = of(many(60), migrations)
    root = ElementTree.fromstring(written(picture, "svg"))
    edges = [each for each in root.iter(f"{SVG}g") if each.get("class") == "edge"]
    assert len(edges) == len(picture.references) > 30
    assert written(picture, "dot").count(" -> ") == len(edges)
    assert len(re.findall(r"--o[{|]", written(picture, "mermaid"))) == len(edges)


def test_the_same_schema_is_drawn_the_same_each_time(migrations: Migrations) -> None:
    assert written(of(many(30), migrations), "svg") == written(of(many(30), migrations), "svg")


def test_what_the_next_migration_changes_has_a_sign(migrations: Migrations) -> None:
    migrations.generate("first", rev_id="r1")
    migrations.upgrade()
    models = sa.MetaData()
    sa.Table(
        "customers",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(120), unique=True),
        sa.Column("phone", sa.String(20)),
    )
    sa.Table(
        "orders",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, nullable=False),
    )
    sa.Table("cities", models, sa.Column("id", sa.Integer, primary_key=True), column("zip"))
    migrations.metadata = (models,)
    found = migrations.changes_picture()
    assert signs(found) >= {
        ("+", "cities"),
        ("-", "categories"),
        ("+", "customers.phone"),
        ("~", "change type of column customers.email"),
        ("-", "orders.note"),
    }
    assert any("drop foreign key" in text for sign, text in signs(found) if sign == "-")
    texts = [each.text for each in ElementTree.fromstring(written(found, "svg")).iter()]
    assert {"+ cities", "- categories", "~ customers", "+", "-", "~"} <= set(texts)
    assert "VARCHAR(80) null → VARCHAR(120) null" in texts
    assert "#126; changed" in written(found, "mermaid")
    assert "- categories" in written(found, "dot")


def test_a_rename_that_the_model_says_is_drawn_as_one(migrations: Migrations) -> None:
    migrations.generate("first", rev_id="r1")
    migrations.upgrade()
    models = sa.MetaData()
    for table in migrations.metadata[0].sorted_tables:
        if table.name != "categories":
            table.to_metadata(models)
    sa.Table(
        "shelves",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("above_id", sa.ForeignKey("shelves.id"), info={"renamed_from": "parent_id"}),
        info={"renamed_from": "categories"},
    )
    migrations.metadata = (models,)
    assert {
        ("~", "rename table categories to shelves"),
        ("~", "rename column shelves.parent_id to above_id"),
    } <= signs(migrations.changes_picture())
    assert not [each for each in migrations.changes_picture().tables if each.sign in ("+", "-")]


def test_what_may_be_a_rename_is_said_to_be_open(migrations: Migrations) -> None:
    migrations.generate("first", rev_id="r1")
    migrations.upgrade()
    [table] = [each for each in migrations.metadata[0].sorted_tables if each.name == "orders"]
    models = sa.MetaData()
    for each in migrations.metadata[0].sorted_tables:
        each.to_metadata(models)
    renamed = [each for each in table.columns if each.name != "note"]
    models.remove(models.tables["orders"])
    sa.Table("orders", models, *(c._copy() for c in renamed), sa.Column("notes", sa.String(500)))
    migrations.metadata = (models,)
    found = migrations.changes_picture()
    assert "open: " in found.summary
    assert found.questions[0].startswith("orders.note: ")


def test_no_difference_is_said(migrations: Migrations) -> None:
    migrations.generate("first", rev_id="r1")
    migrations.upgrade()
    assert migrations.changes_picture().summary == "3 tables · no difference"
    assert {table.name for table in migrations.database_picture().tables} == {
        "customers",
        "orders",
        "categories",
    }


def test_without_the_layout_library_the_formats_that_need_none_work(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "grandalf.graphs", None)
    picture = migrations.models_picture()
    for format in ("svg", "html"):
        with pytest.raises(LayoutMissing, match=r"pip install 'flask-migrate-ext\[pictures\]'"):
            written(picture, format)
    assert "customers" in written(picture, "mermaid")
    assert "customers" in written(picture, "dot")


def test_no_models_are_an_error(migrations: Migrations) -> None:
    with pytest.raises(NoModels):
        of(sa.MetaData(), migrations)


@pytest.mark.parametrize("format", FORMATS)
def test_a_name_of_any_characters_stays_in_its_place(migrations: Migrations, format: str) -> None:
    models = sa.MetaData()
    hostile = 'o"rders</text><script>{}[]\\ 発送'
    sa.Table(hostile, models, sa.Column("id", sa.Integer, primary_key=True), column(hostile))
    said = written(of(models, migrations), format)  # type: ignore[arg-type]
    assert said.count("<script>") == (1 if format == "html" else 0)
    if format == "svg":
        assert hostile in {each.text for each in ElementTree.fromstring(said).iter()}
    assert 'o"r' not in said or format == "html"
