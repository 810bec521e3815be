"""The documented ``ScriptDirectory`` and ``Script``: migration files, listed, read and made.

Views on :mod:`migrate_core.scripts`, which finds and writes the files, and on the graph. No file is
executed to be listed; ``Script.module`` executes it when somebody asks for that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, cast

from migrate_core import alias
from migrate_core.api import write_hooks
from migrate_core.api.config import Config, MessagingOptions
from migrate_core.api.revision import Revision, RevisionId, RevisionMap, texts
from migrate_core.api.steps import RevisionStep, StampStep
from migrate_core.errors import ConfigurationError, DirectoryMissing, EnvironmentMissing
from migrate_core.graph import Step, plan
from migrate_core.scripts import Directory, Header, NewScript, loader, names
from migrate_core.scripts import header as headers
from migrate_core.scripts.files import COMPILED
from migrate_core.settings import Hook, Settings

FILE_TEMPLATE = "%(rev)s_%(slug)s"


class Script(Revision):
    """A revision with its file.

    :param module: the file, executed.
    :raises InvalidScript: an identifier in it is missing or of the wrong kind.
    """

    is_current: bool = False
    """Whether a database stands at it, once somebody has looked."""

    def __init__(self, module: ModuleType, rev_id: str, path: str) -> None:
        header = headers.of_module(module, Path(path))
        self._read_from(header._replace(revision=header.revision._replace(id=rev_id)))
        self.__dict__["module"] = module

    @classmethod
    def of(cls, header: Header) -> Script:
        """The revision of a file that was read, and not executed."""
        made = cls.__new__(cls)
        made._read_from(header)
        return made

    def _read_from(self, header: Header) -> None:
        self._describe(header.revision)
        self.path = os.path.abspath(header.file)  # noqa: PTH100  # asked of each of thousands

    @cached_property
    def module(self) -> ModuleType:
        """The file, executed when it is asked for first.

        :raises InvalidScript: it is not Python. What it raises itself comes through.
        """
        with alias.active():
            return loader.load(Path(self.path))

    @property
    def doc(self) -> str:
        """The docstring up to its first blank line."""
        return self.node.doc

    @cached_property
    def longdoc(self) -> str:
        """The whole docstring."""
        if self.path.endswith(COMPILED):
            return (self.module.__doc__ or "").strip()
        path = Path(self.path)
        return headers.docstring(loader.source(path), path)

    @property
    def log_entry(self) -> str:
        """All that is known of it, one fact a line; then its docstring, indented."""
        children = sorted(self.nextrev)
        down = self.node.down
        facts = (
            ("Merges" if len(down) > 1 else "Parent", ", ".join(down) or "<base>"),
            ("Also depends on", ", ".join(self.node.depends_on)),
            ("Branches into", ", ".join(children) if self.is_branch_point else ""),
            ("Branch names", ", ".join(sorted(self.branch_labels))),
            ("Path", self.path),
        )
        lines = [f"Rev: {self.revision}{self._marks()}"]
        lines += [f"{name}: {said}" for name, said in facts if said]
        lines += ["", *(f"    {line}" for line in self.longdoc.splitlines())]
        return "\n".join(lines) + "\n"

    def _marks(self) -> str:
        marks = (
            ("(head)", self.is_head and not self.is_effective_head),
            ("(effective head)", self.is_effective_head),
            ("(current)", self.is_current),
            ("(branchpoint)", self.is_branch_point),
            ("(mergepoint)", self.is_merge_point),
        )
        return "".join(f" {mark}" for mark, applies in marks if applies)

    def cmd_format(
        self,
        verbose: bool,
        include_branches: bool = False,
        include_doc: bool = False,
        include_parents: bool = False,
        tree_indicators: bool = True,
    ) -> str:
        """What commands print for it.

        :param verbose: all that is known, instead of one line.
        :param include_branches: its branch labels.
        :param include_doc: its message.
        :param include_parents: ``down ->`` before it.
        :param tree_indicators: what it is: a branch point, a merge.
        """
        if verbose:
            return self.log_entry
        line = self.revision
        if include_parents:
            needed = f" ({', '.join(self.node.depends_on)})" if self.node.depends_on else ""
            line = f"{', '.join(self.node.down) or '<base>'}{needed} -> {line}"
        if include_branches and self.branch_labels:
            line += f" ({', '.join(sorted(self.branch_labels))})"
        marks = self._marks()
        if not tree_indicators:
            marks = marks.replace(" (branchpoint)", "").replace(" (mergepoint)", "")
        return f"{line}{marks}" + (f", {self.doc}" if include_doc else "")

    def __str__(self) -> str:
        return self.cmd_format(False, include_doc=True, include_parents=True)


class ScriptDirectory:
    """A folder of migrations.

    :param dir: the folder; or ``package:folder``.
    :param file_template: name of a new file, with the documented tokens.
    :param truncate_slug_length: longest slug in it, in characters.
    :param version_locations: the folders that hold the files, by default ``dir/versions``.
    :param sourceless: whether compiled files count, where their source is not there.
    :param output_encoding: of new files.
    :param timezone: of ``Create Date``, None for the local one.
    :param hooks: what is run on new files, as ``Config.get_hooks_list()`` has it.
    :param recursive_version_locations: whether folders below the locations hold files as well.
    :param messaging_opts: how much is said.
    :raises DirectoryMissing: there is no such folder.
    :raises ConfigurationError: ``dir`` names a package that can't be imported.
    """

    def __init__(
        self,
        dir: str | os.PathLike[str],
        file_template: str = FILE_TEMPLATE,
        truncate_slug_length: int | None = 40,
        version_locations: Sequence[str | os.PathLike[str]] | None = None,
        sourceless: bool = False,
        output_encoding: str = "utf-8",
        timezone: str | None = None,
        hooks: Sequence[Mapping[str, str]] = (),
        recursive_version_locations: bool = False,
        messaging_opts: MessagingOptions = cast(MessagingOptions, MappingProxyType({})),  # noqa: B008
    ) -> None:
        self.directory = Directory.at(
            dir,
            version_locations or (),
            recursive=recursive_version_locations,
            sourceless=sourceless,
        )
        try:
            self.directory.require()
        except DirectoryMissing as error:
            raise DirectoryMissing(
                error.directory,
                f"Make it: alembic init {error.directory}; or correct script_location.",
            ) from None
        self.dir = str(self.directory.root)
        self.file_template = file_template
        self.truncate_slug_length = truncate_slug_length or 40
        self.version_locations = (
            None if version_locations is None else [str(each) for each in version_locations]
        )
        self.sourceless = sourceless
        self.output_encoding = output_encoding
        self.timezone = timezone
        self.hooks = list(hooks)
        self.recursive_version_locations = recursive_version_locations
        self.messaging_opts = messaging_opts
        self.revision_map = RevisionMap(self._scripts)

    @classmethod
    def from_config(cls, config: Config) -> ScriptDirectory:
        """The folder that a configuration names.

        ``prepend_sys_path`` goes before all else in ``sys.path``, once.

        :raises ConfigurationError: none is named.
        :raises DirectoryMissing: there is no such folder.
        """
        location = config.get_alembic_option("script_location")
        if not isinstance(location, str) or not location:
            raise _nowhere(config)
        # Made absolute: Python remembers for which folder it has met a relative one first.
        first = [str(Path(each).absolute()) for each in config.get_prepend_sys_paths_list() or []]
        sys.path[:0] = [path for path in first if path not in sys.path]
        length = config.get_alembic_option("truncate_slug_length")
        return cls(
            location,
            file_template=str(config.get_alembic_option("file_template", FILE_TEMPLATE)),
            truncate_slug_length=_number(length),
            version_locations=config.get_version_locations_list(),
            sourceless=config.get_alembic_boolean_option("sourceless"),
            output_encoding=str(config.get_alembic_option("output_encoding", "utf-8")),
            timezone=cast("str | None", config.get_alembic_option("timezone")),
            hooks=config.get_hooks_list(),
            recursive_version_locations=config.get_alembic_boolean_option(
                "recursive_version_locations"
            ),
            messaging_opts=config.messaging_opts,
        )

    def _scripts(self) -> Iterable[Script]:
        with alias.active():  # a file that computes its identifiers is executed
            return [Script.of(each) for each in self.directory.history().headers.values()]

    def reread(self) -> None:
        """Read the files again when the next question is asked."""
        self.revision_map = RevisionMap(self._scripts)

    @property
    def options(self) -> dict[str, Any]:
        """What this folder says about its files, as :class:`~migrate_core.settings.Settings`."""
        return {
            "file_template": self.file_template,
            "truncate_slug_length": self.truncate_slug_length,
            "timezone": self.timezone,
            "recursive_version_locations": self.recursive_version_locations,
            "sourceless": self.sourceless,
            "output_encoding": self.output_encoding,
            "hooks": tuple(_hook(each) for each in self.hooks),
        }

    # -- places ----------------------------------------------------------------------------------

    @property
    def versions(self) -> str:
        """The folder that holds the files.

        :raises ConfigurationError: there are several.
        """
        first, *others = self.directory.locations
        if others:
            raise ConfigurationError(
                f"There are several version locations: "
                f"{', '.join(map(str, self.directory.locations))}.",
                "Take them from ScriptDirectory.version_locations.",
            )
        return str(first)

    @property
    def env_py_location(self) -> str:
        """Where its env.py is, or would be."""
        return str(Path(self.dir, "env.py").absolute())

    def run_env(self) -> None:
        """Execute its env.py.

        :raises EnvironmentMissing: there is none.
        :raises InvalidScript: it is not Python. What it raises itself comes through.
        """
        path = Path(self.env_py_location)
        if not path.is_file():
            raise EnvironmentMissing(str(path))
        with alias.active():
            loader.run_env(path)

    # -- questions -------------------------------------------------------------------------------

    def walk_revisions(self, base: str = "base", head: str = "heads") -> Iterator[Script]:
        """The revisions from ``head`` down to ``base``, both included, newest first.

        :raises RangeNotAncestorError: ``base`` is not below ``head``.
        :raises ResolutionError: one of them leads nowhere.
        """
        for node in plan.between(self.revision_map.graph, base or "base", head or "heads"):
            yield self._script(node.id)

    def _script(self, id: str) -> Script:
        return cast(Script, self.revision_map.get_revision(id))

    def get_revisions(self, id_: RevisionId) -> tuple[Script, ...]:
        """The revisions that targets stand for; none for ``base``.

        :raises ResolutionError: one leads nowhere.
        """
        return cast("tuple[Script, ...]", self.revision_map.get_revisions(id_))

    def get_revision(self, id_: RevisionId) -> Script:
        """The one revision that a target stands for; None for ``base``.

        :raises ResolutionError: it leads nowhere.
        :raises MultipleHeads: it stands for several.
        """
        return cast(Script, self.revision_map.get_revision(id_))

    def get_all_current(self, id_: RevisionId) -> set[Script]:
        """What a database stands at whose rows these are: also the heads of branches that others
        depend on, which have no row.

        :raises UnknownRevision: a row that no file has.
        """
        graph = self.revision_map.graph
        applied = graph.ancestors(self.revision_map.ids(id_))
        return {self._script(id) for id in applied if applied.isdisjoint(graph.children(id))}

    def as_revision_number(self, id_: RevisionId) -> str | tuple[str, ...] | None:
        """A target as a full id; ``heads`` as all of them; None for ``base``."""
        found = self.revision_map.ids(id_)
        if not found:
            return None
        return found if id_ == "heads" or len(found) > 1 else found[0]

    def iterate_revisions(
        self, upper: RevisionId, lower: RevisionId, **kw: Any
    ) -> Iterator[Script]:
        """The revisions from ``upper`` down to ``lower``, which is not among them; see
        :meth:`RevisionMap.iterate_revisions`."""
        return cast("Iterator[Script]", self.revision_map.iterate_revisions(upper, lower, **kw))

    def get_current_head(self) -> str | None:
        """The one head; None where there is no revision.

        :raises MultipleHeads: there are several.
        """
        return self.revision_map.get_current_head()

    def get_heads(self, consider_depends_on: bool = False) -> list[str]:
        """The heads.

        :param consider_depends_on: leave out what another branch depends on, as rows do.
        """
        graph = self.revision_map.graph
        return list(graph.real_heads if consider_depends_on else graph.heads)

    def get_base(self) -> str | None:
        """The one base; None where there is no revision.

        :raises MultipleHeads: there are several.
        """
        found = self.get_bases()
        if len(found) > 1:
            raise ConfigurationError(
                f"The script directory has multiple bases: {', '.join(found)}.",
                "Ask for all of them: get_bases()",
            )
        return found[0] if found else None

    def get_bases(self) -> list[str]:
        """The bases."""
        return list(self.revision_map.bases)

    # -- steps -----------------------------------------------------------------------------------

    def _upgrade_revs(self, destination: str, current_rev: RevisionId) -> list[RevisionStep]:
        graph = self.revision_map.graph
        return self._views(plan.upgrade(graph, texts(current_rev), destination))

    def _downgrade_revs(
        self, destination: str | None, current_rev: RevisionId
    ) -> list[RevisionStep]:
        graph = self.revision_map.graph
        return self._views(plan.downgrade(graph, texts(current_rev), destination or "base"))

    def _stamp_revs(self, revision: RevisionId, heads: RevisionId) -> list[StampStep]:
        graph = self.revision_map.graph
        several = (revision,) if isinstance(revision, str) else tuple(revision or ("base",))
        targets = [each or "base" for each in several]
        steps = plan.stamp(graph, texts(heads), targets)
        return [StampStep.of(self.revision_map, step) for step in steps]

    def _views(self, steps: Iterable[Step]) -> list[RevisionStep]:
        return [RevisionStep.of(self.revision_map, step) for step in steps]

    # -- files -----------------------------------------------------------------------------------

    def generate_revision(
        self,
        revid: str,
        message: str | None,
        head: RevisionId = None,
        splice: bool | None = False,
        branch_labels: str | Collection[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        file_template: str | None = None,
        depends_on: str | Collection[str] | None = None,
        **kw: Any,
    ) -> Script | None:
        """Write a migration file.

        :param head: what it follows, by default the head; ``base`` for nothing.
        :param splice: whether that may have children.
        :param version_path: the folder that the file goes to, one of the version locations.
        :param file_template: name of the file, by default as this folder has it.
        :param kw: more that the template may use.
        :raises MigrateError: see :func:`migrate_core.scripts.write`; then nothing was written.
        """
        from migrate_core.runtime import generator
        from migrate_core.runtime.requests import Generate
        from migrate_core.scripts import writer

        settings = Settings(**self.options)
        history = self.directory.history()
        followed = "head" if head is None else head
        request = Generate(
            message=message,
            compare=False,
            head=followed
            if isinstance(followed, str)
            else tuple(each or "base" for each in followed),
            splice=bool(splice),
        )
        new = NewScript(
            id=revid,
            message=message or "",
            down=generator.parents_of(history, request),
            labels=texts(branch_labels),
            depends_on=generator.dependencies_of(history.graph, texts(depends_on)),
            created=names.now(self.timezone),
            imports=(),
            upgrade=(),
            downgrade=(),
            variables=kw,
        )
        with alias.active():
            header = writer.write(
                self.directory,
                new,
                file_template=file_template or settings.file_template,
                slug_length=settings.truncate_slug_length,
                location=None if version_path is None else Path(version_path),
                encoding=settings.output_encoding,
                hooks=settings.hooks,
            )
        script = Script.of(header)
        self.revision_map.add_revision(script, _replace=True)
        return script


def _hook(said: Mapping[str, str]) -> Hook:
    """A hook of the configuration as one that can be run."""
    name, type = said["_hook_name"], said["type"]
    call = partial(write_hooks.call, type, name=name, options=dict(said))
    return Hook(name, "module", "", call=call)


def _number(said: Any) -> int | None:
    if said is None:
        return None
    try:
        return int(said)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"truncate_slug_length is {said!r}.", "Write a whole number, such as 40."
        ) from None


def _nowhere(config: Config) -> ConfigurationError:
    file = config.config_file_name
    missing = file is not None and not Path(file).exists()
    return ConfigurationError(
        "No 'script_location' key found in configuration"
        + (
            f": there is no {file}."
            if missing
            else f" ({file or config.toml_file_name})."
            if file or config.toml_file_name
            else "."
        ),
        "Make the folder and its configuration with: alembic init FOLDER; "
        "or name the file with -c.",
    )
