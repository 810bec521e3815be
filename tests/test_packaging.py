"""What a person gets who installs the distribution: two packages, five requirements, two doors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from email.message import Message
from email.parser import Parser
from importlib.metadata import EntryPoint
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"migrate_core": ROOT / "core", "flask_migrate_ext": ROOT}
OTHER_FOLDERS = ("core", "tests", "example_app", "docs", "benchmarks")

IMPORTABLE = """
import importlib.util, json, sys
sys.path[:0] = json.loads(sys.argv[1])
print(json.dumps([name for name in sys.argv[2:] if importlib.util.find_spec(name)]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def files_of(wheel: Path) -> set[str]:
    return {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}


def metadata_of(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def importable(names: tuple[str, ...], *, path: list[str], options: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, options, "-c", IMPORTABLE, json.dumps(path), *names],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_wheel_holds_every_file_of_the_two_packages_and_no_other(wheel: Path) -> None:
    expected = {
        file.relative_to(base).as_posix()
        for package, base in PACKAGES.items()
        for file in (base / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert files_of(wheel) == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_says_that_both_packages_are_typed(wheel: Path, package: str) -> None:
    assert f"{package}/py.typed" in files_of(wheel)


def test_the_wheel_brings_the_template_of_a_migration_file(wheel: Path) -> None:
    assert [name for name in files_of(wheel) if name.endswith(".mako")]


def test_five_distributions_are_required_and_no_more(wheel: Path) -> None:
    required = metadata_of(wheel).get_all("Requires-Dist") or []
    assert {
        re.split(r"[^\w-]", text, maxsplit=1)[0].lower()
        for text in required
        if "extra ==" not in text
    } == {"sqlalchemy", "flask", "flask-sqlalchemy", "click", "mako"}


def test_an_install_makes_the_two_packages_importable_and_no_other_folder(
    wheel: Path, tmp_path: Path
) -> None:
    ZipFile(wheel).extractall(tmp_path / "site")
    assert importable(
        (*PACKAGES, *OTHER_FOLDERS),
        path=[str(tmp_path / "site")],
        options="-IS",
        folder=tmp_path,
    ) == list(PACKAGES)


def test_no_other_folder_of_the_checkout_is_importable_in_the_environment_of_the_tests(
    tmp_path: Path,
) -> None:
    assert importable(OTHER_FOLDERS, path=[], options="-I", folder=tmp_path) == []


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("console_scripts", "migrate-core", "migrate_core.main:main"),
        ("flask.commands", "db", "flask_migrate_ext.plugin:db"),
    ],
)
def test_each_command_leads_to_something_that_can_be_called(
    group: str, name: str, value: str
) -> None:
    assert callable(EntryPoint(name=name, value=value, group=group).load())
