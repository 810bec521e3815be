"""Where a new file goes, in which encoding, and at what time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from migrate_core.errors import ConfigurationError, InvalidScript
from migrate_core.scripts import Directory, NewScript, load, names, write
from migrate_core.scripts.header import read

NEW = NewScript("a1", "größer", (), (), (), datetime(2026, 3, 9, tzinfo=timezone.utc), (), (), ())
DATED = "%(year)d/%(month)02d/%(rev)s"


def test_a_file_goes_into_folders_of_its_date(tmp_path: Path) -> None:
    directory = Directory.at(tmp_path, recursive=True)
    made = write(directory, NEW, file_template=DATED)
    assert made.path == tmp_path / "versions" / "2026" / "03" / "a1.py"
    assert "a1" in directory.history().graph


def test_the_next_file_goes_to_the_location_of_its_parent_not_to_its_folder(tmp_path: Path) -> None:
    locations = [tmp_path / "shop", tmp_path / "net"]
    directory = Directory.at(tmp_path, locations, recursive=True)
    write(directory, NEW, file_template=DATED, location=tmp_path / "net")
    second = replace(NEW, id="b2", down=("a1",))
    assert write(directory, second, file_template=DATED).path == tmp_path / "net/2026/03/b2.py"


def test_folders_that_would_not_be_read_are_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="recursive_version_locations"):
        write(Directory.at(tmp_path), NEW, file_template=DATED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8", "utf-8-sig", "koi8-r"])
def test_a_file_declares_the_encoding_it_is_written_in(tmp_path: Path, encoding: str) -> None:
    new = replace(NEW, message="größer" if encoding != "koi8-r" else "больше")
    made = write(Directory.at(tmp_path), new, encoding=encoding)
    assert made.path.read_bytes().decode(encoding).count(new.message) == 1
    assert read(made.path).revision.doc == load(made.path).__doc__.splitlines()[0] == new.message


def test_a_character_without_a_place_in_the_encoding_is_shown(tmp_path: Path) -> None:
    with pytest.raises(InvalidScript, match="'ö' cannot be written in ascii") as caught:
        write(Directory.at(tmp_path), NEW, encoding="ascii")
    assert caught.value.line == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["latin-17", "utf-16"])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises((ConfigurationError, InvalidScript)):
        write(Directory.at(tmp_path), NEW, encoding=encoding)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("zone", ["UTC", "utc", "Etc/GMT-3"])
def test_the_time_is_that_of_the_zone(zone: str) -> None:
    hours = {"Etc/GMT-3": 3}.get(zone, 0)
    offset = names.now(zone).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600


@pytest.mark.parametrize("zone", ["Nowhere/Else", "Europe", "../UTC", ""])
def test_a_zone_that_is_none_is_named(zone: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^Can't locate timezone: "):
        names.now(zone)
