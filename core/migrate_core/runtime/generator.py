"""Compares models with a database, and writes the migration file that makes them equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from migrate_core import autogenerate, render
from migrate_core.errors import InvalidTarget, OpenQuestion
from migrate_core.graph import PREFIX_LENGTH, RevisionGraph, target
from migrate_core.operations import (
    DowngradeOps,
    MigrationScript,
    OpContainer,
    UpgradeOps,
    describe,
    leaves,
)
from migrate_core.runtime import hooks, logs, settling
from migrate_core.runtime.comparison import Comparison
from migrate_core.runtime.requests import Differences, Generate, Generated
from migrate_core.scripts import Directory, Header, History, NewScript, names, writer
from migrate_core.settings import Settings


def differences(comparison: Comparison, history: History) -> Differences:
    """What differs, as operations, in words and as code, and what would be asked.

    :raises InvalidAnswer: a hint in the models cannot be.
    """
    begun = settling.start(comparison, history)
    found = settling.look(comparison, begun, autogenerate.Answers())
    ops = both_ways(found.plain, DowngradeOps(), comparison).upgrade_ops.ops
    operations = tuple(leaves(found.plain))
    logs.detected(operations)
    source = render.body(ops, renderer(comparison.context))
    return Differences(
        operations,
        tuple(describe(op) for op in operations),
        (*source.imports, *source.lines),
        tuple(OpenQuestion(each.name, each.asked, each.options) for each in found.questions),
    )


def produced(comparison: Comparison) -> MigrationScript:
    """What the next migration would do, both ways, before any hook changes it."""
    upgrade = comparison.upgrade_ops()
    return both_ways(upgrade, upgrade.reverse_into(DowngradeOps()), comparison)


def both_ways(
    upgrade: UpgradeOps, downgrade: DowngradeOps, comparison: Comparison
) -> MigrationScript:
    """The two directions, without what is needless and with what a file has to say besides."""
    upgrade.upgrade_token = comparison.settings.upgrade_token
    downgrade.downgrade_token = comparison.settings.downgrade_token
    for direction in (upgrade, downgrade):
        direction.ops[:] = autogenerate.trimmed(direction.ops)
        autogenerate.with_casts(direction.ops, comparison.connection.dialect)
    return MigrationScript(None, upgrade, downgrade)


def generate(
    comparison: Comparison | None,
    directory: Directory,
    history: History,
    settings: Settings,
    request: Generate,
    created: datetime,
    ask: settling.Ask = settling.nobody,
) -> Generated | None:
    """Write one migration file, or nothing where nothing differs.

    ``process_revision_directives`` may ask for several files, each of which follows the one before,
    or for none.

    :param comparison: None for an empty migration.
    :param created: when, with its time zone.
    :param ask: is asked what only a person knows.
    :raises AnswersNeeded: nobody could be asked.
    :raises InvalidAnswer: an answer is to no question, or cannot be.
    :raises TooManyDrops: most known tables would be dropped.
    :raises MultipleHeads: the history has several heads and none was chosen.
    :raises ScriptError: the file cannot be written; nothing is left behind.
    """
    parents_of(history, request)  # a request that cannot be met is refused before any comparison
    if comparison is None:
        script = requested(MigrationScript(None, UpgradeOps(), DowngradeOps()), request)
        return written(script, comparison, directory, history, settings, request, created)
    found = settling.settle(
        comparison, history, request.answers, ask, allow_drops=request.allow_drops
    )
    logs.detected(leaves(found.plain))
    downgrade = found.plain.reverse_into(DowngradeOps())
    both = both_ways(settling.filling(comparison, found), downgrade, comparison)
    context = comparison.context
    revision = context.migration_context.get_current_heads()
    asked = hooks.directives(requested(both, request), settings, revision, context)
    files: list[Generated] = []
    imports = frozenset(context.imports)
    for script in asked:
        if all(map(OpContainer.is_empty, (*script.upgrade_ops_list, *script.downgrade_ops_list))):
            continue
        if files:
            history = directory.history()
            script.head = script.head or files[-1].revision.id
            context.imports.intersection_update(imports)
        files.append(written(script, comparison, directory, history, settings, request, created))
    return replace(files[0], further=tuple(files[1:])) if files else None


def requested(script: MigrationScript, request: Generate) -> MigrationScript:
    """``script`` as the caller wants it placed and named, for hooks to see and change."""
    script.rev_id = request.rev_id or names.new_id()
    script.message = request.message
    script.head = request.head if isinstance(request.head, str) else None
    script.splice = request.splice
    script.branch_label = request.branch_labels
    script.version_path = request.version_path
    script.depends_on = request.depends_on
    return script


def written(
    script: MigrationScript,
    comparison: Comparison | None,
    directory: Directory,
    history: History,
    settings: Settings,
    request: Generate,
    created: datetime,
) -> Generated:
    """The file of one migration, as it is after the hooks."""
    placed = replace(
        request,
        rev_id=script.rev_id or names.new_id(),
        message=script.message,
        head=script.head or request.head,
        splice=bool(script.splice),
        branch_labels=_listed(script.branch_label),
        depends_on=dependencies_of(history.graph, _listed(script.depends_on)),
        version_path=None if script.version_path is None else Path(script.version_path),
    )
    parents = parents_of(history, placed)
    header = _write(script, parents, comparison, directory, settings, placed, created)
    found = tuple(op for each in script.upgrade_ops_list for op in leaves(each))
    return Generated(header.path, header.revision, found, tuple(describe(op) for op in found))


def _write(
    script: MigrationScript,
    parents: tuple[str, ...],
    comparison: Comparison | None,
    directory: Directory,
    settings: Settings,
    request: Generate,
    created: datetime,
) -> Header:
    up = [_rendered(each, each.upgrade_token, comparison) for each in script.upgrade_ops_list]
    down = [_rendered(each, each.downgrade_token, comparison) for each in script.downgrade_ops_list]
    imports = set(script.imports)
    for _token, source in (*up, *down):
        imports.update(source.imports)
    assert request.rev_id is not None
    new = NewScript(
        id=request.rev_id,
        message=request.message or "",
        down=parents,
        labels=request.branch_labels,
        depends_on=request.depends_on,
        created=created,
        imports=tuple(sorted(imports)),
        upgrade=up[0][1].lines if len(up) == 1 else (),
        downgrade=down[0][1].lines if len(down) == 1 else (),
        bodies={token: source.lines for token, source in (*up, *down)},
        variables=settings.template_args,
    )
    return writer.write(
        directory,
        new,
        file_template=settings.file_template,
        slug_length=settings.truncate_slug_length,
        location=request.version_path,
        encoding=settings.output_encoding,
        hooks=settings.hooks,
    )


def _rendered(
    direction: UpgradeOps | DowngradeOps, token: str, comparison: Comparison | None
) -> tuple[str, render.Source]:
    """A body, under the name that a template has for it.

    Of what was compared and is equal it is ``pass``, as documented: a template for several
    databases puts it where a statement has to be.
    """
    if comparison is None:
        return token, render.Source(())
    source = render.body(direction.ops, renderer(comparison.context))
    return token, source if source.lines else replace(source, lines=("pass",))


def renderer(context: hooks.AutogenContext) -> render.Writer:
    """What writes operations as the context's settings say."""
    migration_context = context.migration_context
    settings: Settings = migration_context.settings
    return render.Writer(
        dialect=migration_context.dialect,
        sqlalchemy_module_prefix=settings.sqlalchemy_module_prefix,
        alembic_module_prefix=settings.alembic_module_prefix,
        user_module_prefix=settings.user_module_prefix,
        render_item=context.render_item,
        render_as_batch=settings.render_as_batch,
        renderers=context.renderers,
        context=context,
        imports=context.imports,
    )


def _listed(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def parents_of(history: History, request: Generate) -> tuple[str, ...]:
    """What the new revision follows.

    :raises MultipleHeads: ``head`` was asked for and there are several.
    :raises InvalidTarget: a revision that has children, without ``splice``.
    """
    graph = history.graph
    asked = (request.head,) if isinstance(request.head, str) else request.head
    parents = tuple(
        dict.fromkeys(
            parent
            for text in asked
            for parent in target.resolve(graph, target.parse(text), shortest=PREFIX_LENGTH)
        )
    )
    inner = [parent for parent in parents if parent not in graph.heads]
    if inner and not request.splice:
        raise InvalidTarget(
            inner[0],
            f"Revision {inner[0]} is not a head: it is followed by "
            f"{', '.join(graph.children(inner[0]))}.",
            "Follow a head (flask db heads), or add --splice to begin a branch there.",
        )
    return parents


def dependencies_of(graph: RevisionGraph, names: Sequence[str]) -> tuple[str, ...]:
    """What ``depends_on`` is to say: labels as they are, anything else as full ids.

    :raises RevisionError: a name that stands for no revision, or for several.
    """
    return tuple(
        name
        if name in graph.labels
        else target.resolve_one(graph, target.parse(name), shortest=PREFIX_LENGTH)
        for name in names
    )
