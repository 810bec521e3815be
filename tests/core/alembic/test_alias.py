"""What ``import alembic`` means while a project's files run, before, and afterwards."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import migrate_core.alembic.operations.ops
from migrate_core import alias
from migrate_core.alembic import op as door
from migrate_core.errors import BoundToAlembic, NotDocumented


@pytest.fixture
def real() -> types.ModuleType:
    """Alembic itself, imported before."""
    found = importlib.import_module("alembic")
    importlib.import_module("alembic.operations")
    assert "migrate_core" not in str(found.__file__)
    return found


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that registers an operation."""
    name = "registers_something"
    (tmp_path / f"{name}.py").write_text("from alembic.operations import Operations\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_within_the_block_alembic_is_the_doors_and_afterwards_itself(
    real: types.ModuleType,
) -> None:
    with alias.active():
        import alembic

        assert alembic is migrate_core.alembic
    assert sys.modules["alembic"] is real
    assert importlib.import_module("alembic.operations") is real.operations


def test_a_module_is_the_same_one_by_either_name(real: types.ModuleType) -> None:
    with alias.active():
        import alembic.operations.ops
        from alembic.operations import Operations

        assert alembic.operations.ops is migrate_core.alembic.operations.ops
        assert Operations is migrate_core.alembic.operations.Operations
    spec = migrate_core.alembic.operations.ops.__spec__
    assert spec is not None
    assert spec.name == "migrate_core.alembic.operations.ops"


def test_nothing_of_alembic_need_be_installed() -> None:
    code = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'alembic': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "from migrate_core import alias\n"
        "with alias.active():\n"
        "    from alembic import op, context\n"
        "    import alembic.autogenerate.rewriter as rewriter\n"
        "    print(alembic.__version__ if 'alembic' in dir() else '', rewriter.__name__)\n"
        "print('alembic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["migrate_core.alembic.autogenerate.rewriter", "False"], (
        done.stderr
    )


@pytest.mark.parametrize(
    ("statement", "named", "instead"),
    [
        ("import alembic.util.compat", "alembic.util.compat", "alembic.util.__all__"),
        (
            "from alembic.autogenerate.compare import _compare_tables",
            "alembic.autogenerate.compare._compare_tables",
            "comparators.dispatch_for()",
        ),
        (
            "from alembic.autogenerate.render import _repr_type",
            "alembic.autogenerate.render._repr_type",
            "renderers.dispatch_for()",
        ),
        (
            "from alembic.operations.ops import NoSuchOp",
            "alembic.operations.ops.NoSuchOp",
            "alembic.operations.ops",
        ),
        ("from alembic import nothing", "alembic.nothing", "documentation"),
    ],
)
def test_a_private_name_is_refused_with_what_to_use(
    statement: str, named: str, instead: str
) -> None:
    with alias.active(), pytest.raises(ImportError) as refused:
        exec(statement, {})
    assert isinstance(refused.value, NotDocumented)
    assert refused.value.asked == refused.value.name == named
    assert named in str(refused.value)
    assert "never part of Alembic's documented interface" in str(refused.value)
    assert instead in str(refused.value)


def test_a_file_may_still_ask_whether_a_name_is_there() -> None:
    with alias.active():
        import alembic.util.messaging

        assert not hasattr(alembic.util.messaging, "_no_such")


def test_blocks_inside_one_another_end_with_the_outer_one(real: types.ModuleType) -> None:
    with alias.active():
        with alias.active():
            pass
        assert sys.modules["alembic"] is migrate_core.alembic
    assert sys.modules["alembic"] is real


def test_two_threads_may_overlap(real: types.ModuleType) -> None:
    inside, leave = threading.Event(), threading.Event()
    seen: list[object] = []

    def run() -> None:
        with alias.active():
            inside.set()
            leave.wait(10)
            from alembic.operations import Operations

            seen.append(Operations)

    thread = threading.Thread(target=run)
    with alias.active():
        thread.start()
        inside.wait(10)
    assert sys.modules["alembic"] is migrate_core.alembic
    leave.set()
    thread.join()
    assert seen == [migrate_core.alembic.operations.Operations]
    assert sys.modules["alembic"] is real


def test_a_plugin_that_holds_alembics_own_classes_is_named(
    real: types.ModuleType, plugin: str
) -> None:
    importlib.import_module(plugin)
    with pytest.warns(BoundToAlembic, match="alias.install") as told, alias.active():
        pass
    assert [each.message.modules for each in told] == [(plugin,)]  # type: ignore[union-attr]


def test_a_program_that_calls_alembics_commands_is_no_plugin(
    real: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from alembic import command\nfrom alembic.ddl.impl import DefaultImpl\n"
    (tmp_path / "runs_alembic.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("runs_alembic")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with alias.active():
            pass
    del sys.modules["runs_alembic"]


def test_a_plugin_that_is_imported_within_the_block_gets_the_doors(
    real: types.ModuleType, plugin: str
) -> None:
    with alias.active():
        found = importlib.import_module(plugin)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with alias.active():
            assert found.Operations is migrate_core.alembic.operations.Operations


def test_a_program_that_installs_the_doors_has_them_until_its_end() -> None:
    code = (
        "from migrate_core import alias\n"
        "alias.install(); alias.install()\n"
        "with alias.active(): pass\n"
        "import alembic.command\n"
        "print(alembic.command.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "migrate_core.alembic.command\n", done.stderr


def test_op_as_a_module_is_op() -> None:
    with alias.active():
        import alembic.op
        from alembic.op import create_table

        assert alembic.op is door
        assert create_table.__name__ == "create_table"
        assert "add_column" in dir(alembic.op)
