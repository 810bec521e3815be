"""Operations as source: the body of ``upgrade()`` and ``downgrade()``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrate_core.operations import (
    AlterEnumOp,
    AlterSequenceOp,
    BulkInsertOp,
    CreateEnumOp,
    CreateSchemaOp,
    CreateSequenceOp,
    CreateTableOp,
    CreateViewOp,
    DropEnumOp,
    DropSchemaOp,
    DropSequenceOp,
    DropTableOp,
    DropViewOp,
    ExecuteSQLOp,
    MigrateOperation,
    ModifyTableOps,
    OpContainer,
    RenameTableOp,
    ReplaceViewOp,
    leaves,
)
from migrate_core.render import data, objects, tables
from migrate_core.render.losses import destroyed
from migrate_core.render.source import INDENT, Source, Writer, call, indented, keywords
from migrate_core.render.values import identifier

_OUTSIDE = (
    CreateTableOp,
    DropTableOp,
    RenameTableOp,
    ExecuteSQLOp,
    BulkInsertOp,
    CreateEnumOp,
    AlterEnumOp,
    DropEnumOp,
    CreateSchemaOp,
    DropSchemaOp,
    CreateSequenceOp,
    AlterSequenceOp,
    DropSequenceOp,
    CreateViewOp,
    ReplaceViewOp,
    DropViewOp,
)
"""What a batch does not collect: it would be done before the changes that stand above it."""


def body(ops: Sequence[MigrateOperation], writer: Writer) -> Source:
    """The lines that do ``ops``, and the imports that they need.

    :raises UnsupportedOperation: an operation of a plugin, which registered no renderer for it; or
        rows with values that no source can make.
    """
    lines: list[str] = []
    for block in _blocks(ops, writer):
        if lines and block and (_is_block(block) or lines[-1].startswith(INDENT)):
            lines.append("")
        lines += block
    return Source(tuple(lines), tuple(sorted(writer.imports)))


def statement(op: MigrateOperation, writer: Writer) -> str:
    """One operation as text, as if it stood alone."""
    return "\n".join(line for block in _blocks([op], writer) for line in block)


def _is_block(lines: list[str]) -> bool:
    return any(line.startswith("with ") for line in lines[:2])


def _blocks(ops: Sequence[MigrateOperation], writer: Writer) -> Iterator[list[str]]:
    for op in ops:
        if writer.renderers.find(op) is not None:
            yield _lines(op, writer)
        elif isinstance(op, ModifyTableOps):
            yield from _of_table(op, writer)
        elif isinstance(op, OpContainer):
            yield from _blocks(op.ops, writer)
        else:
            yield _lines(op, writer)


def _of_table(op: ModifyTableOps, writer: Writer) -> Iterator[list[str]]:
    """One table's changes: one batch, or several where something stands between."""
    if not writer.render_as_batch:
        yield [line for inner in leaves(op) for line in _lines(inner, writer)]
        return
    collected: list[str] = []
    for inner in leaves(op):
        if not _is_collected(inner, writer):
            yield from _batch(op, collected, writer)
            collected = []
            yield _lines(inner, writer)
        else:
            collected += _lines(inner, writer, batch=True)
    yield from _batch(op, collected, writer)


def _is_collected(op: MigrateOperation, writer: Writer) -> bool:
    return writer.renderers.find(op) is None and not isinstance(op, _OUTSIDE)


def _batch(op: ModifyTableOps, lines: list[str], writer: Writer) -> Iterator[list[str]]:
    if lines:
        arguments = [identifier(op.table_name, writer), *keywords(schema=op.schema)]
        opened = call(writer.op("batch_alter_table"), arguments)
        yield [f"with {opened} as batch_op:", *indented(lines)]


def _lines(op: MigrateOperation, writer: Writer, *, batch: bool = False) -> list[str]:
    """One statement, on ``op`` with the table's name or on ``batch_op`` without it."""
    own = writer.renderers.find(op)
    if own is not None:
        said = own(writer if writer.context is None else writer.context, op)
        return [line for text in _listed(said) for line in text.split("\n")]
    loss = destroyed(op)
    marked = [] if loss is None else [f"# destructive: {loss}"]
    made = (
        objects.beside_tables(op, writer)
        or data.statement(op, writer)
        or tables.statement(op, writer, batch=batch)
    )
    if isinstance(op, CreateTableOp):
        return [*marked, *made.spread()]
    return [*marked, *made.lines()]


def _listed(said: str | Sequence[str]) -> Sequence[str]:
    return [said] if isinstance(said, str) else said
