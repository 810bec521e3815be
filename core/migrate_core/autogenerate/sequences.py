"""Sequences of the metadata: created before all tables, changed, dropped after them."""

from __future__ import annotations

from typing import Any

from migrate_core.autogenerate.enums import Changes
from migrate_core.autogenerate.facts import Options, Snapshot, TableKey
from migrate_core.operations import AlterSequenceOp, CreateSequenceOp, MigrateOperation

_USUAL = {"increment": 1, "minvalue": 1, "start": 1, "cache": 1, "cycle": False}


def compared(before: Snapshot, after: Snapshot) -> Changes:
    """What happens to sequences that belong to no column."""
    if before.sequences == after.sequences:
        return Changes((), ())
    created = [
        _create(key, after.sequences[key]) for key in after.sequences if key not in before.sequences
    ]
    altered = [
        _alter(key, before.sequences[key], said)
        for key, said in after.sequences.items()
        if key in before.sequences and before.sequences[key] != said
    ]
    dropped = [
        _create(key, said).reverse()
        for key, said in before.sequences.items()
        if key not in after.sequences
    ]
    return Changes((*created, *altered), tuple(dropped))


def _create(key: TableKey, said: Options) -> CreateSequenceOp:
    return CreateSequenceOp(key[1], schema=key[0], **dict(said))


def _alter(key: TableKey, old: Options, new: Options) -> MigrateOperation:
    """The options that differ; one that is no longer said becomes the usual one."""
    was, will = dict(old), dict(new)
    changed: dict[str, Any] = {}
    existing: dict[str, Any] = {}
    for name in sorted({*was, *will}):
        if was.get(name) != will.get(name):
            changed[name] = will.get(name, _USUAL.get(name))
            existing[name] = was.get(name, _USUAL.get(name))
    if "maxvalue" in changed:
        for options in (changed, existing):
            if options["maxvalue"] is None:
                del options["maxvalue"]
                options["nomaxvalue"] = True
    return AlterSequenceOp(key[1], schema=key[0], existing=existing, **changed)
