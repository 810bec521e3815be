"""Answers ``import alembic`` with the doors while a project's files run.

The doors are found by their name when a file runs: they stand above what lets it run.

::

    import alembic.operations.ops      the module migrate_core.alembic.operations.ops itself
    import alembic.util.compat         an ImportError: Alembic never documented it
    from alembic.util import _private  the same

``sys.modules`` belongs to the whole process. So what is held of it here is kept by the finder,
which stands in ``sys.meta_path`` for as long as anything runs, and holds for every thread:

* Runs may overlap, in one thread or in several. The first hides what ``alembic`` meant before, and
  the last puts it back.
* While one of them runs, ``import alembic`` means the doors in every thread. A program that uses
  Alembic itself at the same time has to import it before.
* A module that was imported meanwhile keeps the doors that it has got.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType

from migrate_core.errors import BoundToAlembic, NotDocumented

NAME = "alembic"
DOORS = "migrate_core.alembic"

_TURN = RLock()

_EXTENDED = ("op", "context", "operations", "autogenerate", "ddl", "runtime.plugins")
"""Where others hook in: a function registered at Alembic's own is never called by this engine."""

_INSTEAD: Mapping[str, str] = {
    "autogenerate.compare": "alembic.autogenerate.comparators.dispatch_for()",
    "autogenerate.render": "alembic.autogenerate.renderers.dispatch_for()",
    "autogenerate": "alembic.autogenerate.produce_migrations() or compare_metadata()",
    "operations.toimpl": "alembic.operations.Operations.implementation_for()",
    "operations": "alembic.operations.Operations and alembic.operations.ops",
    "ddl": "alembic.ddl.impl.DefaultImpl and the elements in alembic.ddl.base",
    "script": "alembic.script.ScriptDirectory and alembic.script.revision.RevisionMap",
    "runtime": "alembic.runtime.migration.MigrationContext",
    "config": "alembic.config.Config and CommandLine",
    "util.sqla_compat": "SQLAlchemy's own functions",
    "util": "the names in alembic.util.__all__",
}
"""What serves the same end, by the module that a name was looked for in."""


@contextmanager
def active() -> Iterator[None]:
    """Let ``import alembic`` mean the doors within the block, then put back what it meant.

    A file that was written for Alembic so runs whether Alembic is installed as well or not. Blocks
    may be inside one another, and in several threads at once; see above for what that means.

    A module that extends Alembic and was imported before is named in a :class:`BoundToAlembic`
    warning. It is no error, because it need not have to do with this run.
    """
    _begin()
    try:
        yield
    finally:
        _end()


def install() -> None:
    """Let ``import alembic`` mean the doors from here on, for as long as the process lives.

    For a program whose own modules import Alembic or its plugins: it calls this in its first line.
    """
    _begin()


def _begin() -> None:
    with _TURN:
        finder = _installed()
        if finder is None:
            doors = import_module(DOORS)
            finder = _Finder(_taken_out())
            sys.meta_path.insert(0, finder)
            sys.modules[NAME] = doors
        finder.blocks += 1
    if finder.blocks == 1 and finder.hidden:
        _warn_of_bound(finder.hidden)


def _end() -> None:
    with _TURN:
        finder = _installed()
        if finder is None:
            return
        finder.blocks -= 1
        if finder.blocks == 0:
            sys.meta_path.remove(finder)
            _taken_out()
            sys.modules.update(finder.hidden)


def _installed() -> _Finder | None:
    return next((each for each in sys.meta_path if isinstance(each, _Finder)), None)


def _taken_out() -> dict[str, ModuleType]:
    """What ``alembic`` means in ``sys.modules``, which then knows nothing of that name."""
    names = [name for name in sys.modules if name == NAME or name.startswith(f"{NAME}.")]
    return {name: sys.modules.pop(name) for name in names}


class _Finder(MetaPathFinder, Loader):
    """Finds ``alembic.x`` as the very module ``migrate_core.alembic.x``.

    :param hidden: what was there before.
    """

    def __init__(self, hidden: Mapping[str, ModuleType]) -> None:
        self.hidden = hidden
        self.blocks = 0

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """
        :raises NotDocumented: the name is Alembic's, and no door has it.
        """
        for name in (NAME, DOORS):
            if fullname.startswith(f"{name}."):
                door = f"{DOORS}{fullname.removeprefix(name)}"
                break
        else:
            return None
        parent = sys.modules[fullname.rpartition(".")[0]]
        found = PathFinder.find_spec(door, getattr(parent, "__path__", []))
        if found is None:
            raise _not_documented(door)
        if name == DOORS:
            return found
        # A package even where it is a file: Python then asks here for a name that it does not have.
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(f"{DOORS}{spec.name.removeprefix(NAME)}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It ran under its own name; the import system has written this name's spec over its."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


def _not_documented(door: str) -> NotDocumented:
    asked = door.removeprefix(f"{DOORS}.")
    module = asked.rpartition(".")[0]
    while module and module not in _INSTEAD:
        module = module.rpartition(".")[0]
    return NotDocumented(f"{NAME}.{asked}", _INSTEAD.get(module))


def _warn_of_bound(hidden: Mapping[str, ModuleType]) -> None:
    bound: dict[str, list[str]] = {}
    for name in _bound(hidden):
        bound.setdefault(name.partition(".")[0], []).append(name)
    for modules in bound.values():
        # as from here: said once, however many blocks there are
        warnings.warn(BoundToAlembic(tuple(modules)), stacklevel=1)


def _bound(hidden: Mapping[str, ModuleType]) -> Iterator[str]:
    """The modules that hold something of Alembic's that is there to be extended.

    One that calls Alembic's commands is a program of its own, and means Alembic.
    """
    places = {f"{NAME}.{each}" for each in _EXTENDED}
    extended = {
        name: module
        for name, module in hidden.items()
        if any(name == place or name.startswith(f"{place}.") for place in places)
    }
    held = {id(module) for module in extended.values()} | {id(hidden.get(NAME))}
    for module in extended.values():
        held |= {
            id(value)
            for value in vars(module).values()
            if getattr(value, "__module__", None) in extended or type(value).__module__ in hidden
        }
    commands = hidden.get(f"{NAME}.command")
    for name, module in sorted(sys.modules.items()):
        if not isinstance(module, ModuleType):
            continue
        values = list(vars(module).values())
        calls = commands is not None and any(each is commands for each in values)
        if not calls and any(id(each) in held for each in values):
            yield name
