"""From a comparison to the operations that are meant, by asking what only a person knows.

::

    compare -> leave alone what no migration made
            -> renames that are answered, by an option or a hint in the models; compare again
            -> what is open?  rename questions first, then NOT NULL columns for tables with rows
            -> ask -> again, until nothing is open

Nothing is taken for renamed without an answer, and nothing is written while a question is open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Protocol, TypeAlias, TypeGuard

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeEngine

from migrate_core.autogenerate import guard, renames, required
from migrate_core.autogenerate.answers import (
    Answers,
    Question,
    RenameQuestion,
    RequiredQuestion,
    column_name,
    table_name,
)
from migrate_core.database import connect, counts
from migrate_core.errors import AnswersNeeded, InvalidAnswer, NoModels, OpenQuestion, TooManyDrops
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateTableOp,
    DropColumnOp,
    DropTableOp,
    DropViewOp,
    MigrateOperation,
    ModifyTableOps,
    RenameTableOp,
    UpgradeOps,
    leaves,
)
from migrate_core.runtime.events import Noted
from migrate_core.runtime.watch import Watch
from migrate_core.schema.renames import Key, Renames
from migrate_core.scripts import History
from migrate_core.scripts.created import created

Ask: TypeAlias = "Callable[[Sequence[Question]], Answers]"
"""Is given what is open, and answers at least one of it."""

HINT = "renamed_from"
"""The key in ``info`` of a model's table or column under which its old name stands."""


class Compared(Protocol):
    """Models beside a database, which can be compared once more with some of it renamed."""

    connection: Connection
    watch: Watch

    @property
    def models(self) -> Mapping[Key, sa.Table]:
        """The tables of the models."""

    @property
    def columns(self) -> Mapping[Key, frozenset[str]]:
        """The columns of each table in the database."""

    @property
    def asks_for_values(self) -> bool:
        """Whether a new NOT NULL column is asked about. A project that has a hook of its own for
        what is written may have its own way with such columns.
        """

    def stored(self, keys: Collection[Key], renames: Renames) -> Mapping[Key, sa.Table]:
        """These tables of the database, under their new names."""

    def upgrade_ops(self, renames: Renames, without: frozenset[Key]) -> UpgradeOps:
        """What is left to do after the renames.

        :param without: stored tables that do not take part.
        """


@dataclass(frozen=True, slots=True)
class Start:
    """What is known before anything is answered.

    :param plain: the operations.
    :param unmanaged: gone tables that no migration made; they are not among the operations.
    :param hints: what the models themselves answer.
    """

    plain: UpgradeOps
    unmanaged: frozenset[Key]
    hints: Answers


@dataclass(frozen=True, slots=True)
class Settled:
    """What is meant, as far as it is known.

    :param plain: the operations without what fills rows; what undoes them undoes both.
    :param questions: what is open.
    :param gone: the stored tables that would be dropped.
    :param kept: the stored tables that stay, under whatever name.
    """

    plain: UpgradeOps
    answers: Answers
    questions: tuple[Question, ...]
    gone: tuple[Key, ...]
    kept: tuple[Key, ...]


def nobody(questions: Sequence[Question]) -> Answers:
    """The :data:`Ask` where nobody can be asked.

    :raises AnswersNeeded: always.
    """
    raise AnswersNeeded([OpenQuestion(each.name, each.asked, each.options) for each in questions])


def settle(
    comparison: Compared, history: History, answers: Answers, ask: Ask, *, allow_drops: bool
) -> Settled:
    """The operations, with nothing left open.

    :raises TooManyDrops: most known tables would be dropped, and ``allow_drops`` is not set.
    :raises InvalidAnswer: an answer is to no question, or cannot be.
    :raises AnswersNeeded: from ``ask``.
    """
    begun = start(comparison, history)
    while True:
        found = look(comparison, begun, answers)
        if not allow_drops:
            _refuse_many(found)
        if not found.questions:
            return found
        answers |= ask(_counted(comparison, found))


def start(comparison: Compared, history: History) -> Start:
    """The operations before any answer. Tables that no migration made are told, and left alone.

    :raises NoModels: there is no model at all, as where their modules are not imported.
    :raises InvalidAnswer: a hint in the models cannot be.
    """
    if not comparison.models:
        raise NoModels([name for _schema, name in comparison.columns])
    none = Renames()
    plain = comparison.upgrade_ops(none, frozenset())
    gone = [_key(op) for op in plain.ops if isinstance(op, DropTableOp)]
    made = created(history, {name for _, name in gone})
    unmanaged = frozenset(key for key in gone if key[1] not in made)
    if unmanaged:
        plain = comparison.upgrade_ops(none, unmanaged)
        comparison.watch(
            Noted(
                f"Unmanaged, left alone: {', '.join(sorted(map(table_name, unmanaged)))} "
                "(no migration made them; drop them by hand with op.drop_table, or leave them out "
                "with include_object)"
            )
        )
    return Start(plain, unmanaged, Answers(rename=_hints(comparison)))


def look(comparison: Compared, begun: Start, answers: Answers) -> Settled:
    """What the answers so far come to, and what they leave open.

    :raises InvalidAnswer: an answer is to no question, or cannot be.
    """
    hinted = begun.hints | answers
    tables = _tables(comparison, hinted, answers.no_rename)
    known, ops = Renames(tables), begun.plain
    without = begun.unmanaged - frozenset(tables)
    if known:
        ops = comparison.upgrade_ops(known, without)
    columns = _columns(ops, hinted, answers.no_rename, known)
    if columns:
        known = Renames(tables, columns)
        ops = comparison.upgrade_ops(known, without)
    _all_used(answers, known, ops)
    gone = tuple(_key(op) for op in ops.ops if isinstance(op, DropTableOp))
    kept = tuple(key for key in comparison.columns if known.table(key) in comparison.models)
    questions = _open(comparison, ops, known, answers)
    renaming = _renaming(comparison, known)
    early = list(takewhile(_drops_view, ops.ops))  # under the names that they know, both ways
    plain = UpgradeOps([*early, *renaming, *ops.ops[len(early) :]])
    return Settled(plain, answers, questions, gone, kept)


def _drops_view(op: MigrateOperation) -> bool:
    return isinstance(op, DropViewOp)


def filling(comparison: Compared, found: Settled) -> UpgradeOps:
    """The operations with what rows get in new columns.

    :raises InvalidAnswer: a value that the column's type does not take.
    """
    dialect = comparison.connection.dialect
    return UpgradeOps(required.answered(found.plain.ops, found.answers, dialect))


def _refuse_many(found: Settled) -> None:
    open_ = {each.table for each in found.questions if _is_about_table(each)}
    gone = [key for key in found.gone if key not in open_]
    if guard.too_many(gone, [*found.kept, *open_]):
        raise TooManyDrops(sorted(map(table_name, gone)), len(gone) + len(found.kept) + len(open_))


def _is_about_table(question: Question) -> TypeGuard[RenameQuestion]:
    return isinstance(question, RenameQuestion) and question.column is None


# -- what is answered ------------------------------------------------------------------------------


def _hints(comparison: Compared) -> dict[str, str]:
    """What ``info={"renamed_from": ...}`` answers. One that is done is told, and means nothing.

    :raises InvalidAnswer: both names are there.
    """
    answers: dict[str, str] = {}
    stored = comparison.columns
    tables = {key[1] for key in comparison.models}
    for key, table in comparison.models.items():
        before = (key[0], str(table.info.get(HINT, key[1])))
        there = {name for schema, name in stored if schema == key[0]}
        if _applies(comparison, table_name(key), table.info.get(HINT), key[1], there, tables):
            answers[table_name(before)] = key[1]
        had = stored.get(key, stored.get(before, frozenset()))
        names = {column.name for column in table.columns}
        for column in table.columns:
            old, name = column.info.get(HINT), column_name(key, column.name)
            if _applies(comparison, name, old, column.name, had, names):
                answers[column_name(key, str(old))] = column.name
    return answers


def _applies(
    comparison: Compared,
    about: str,
    old: str | None,
    new: str,
    stored: Collection[str],
    models: Collection[str],
) -> bool:
    """Whether the database has the old name, and neither it nor the models have both."""
    if old is None or new == old:
        return False
    if old in stored and (new in stored or old in models):
        raise InvalidAnswer(
            f"{HINT}={old!r} of {about}",
            f"both {old} and {new} are there",
            f"Remove {HINT!r} from the model's info and run again: flask db migrate",
        )
    if new in stored:
        comparison.watch(Noted(f"{about} is renamed already: remove {HINT!r} from its info."))
    return old in stored


def _tables(comparison: Compared, hinted: Answers, kept: frozenset[str]) -> dict[Key, str]:
    """The tables that are answered for."""
    found: dict[Key, str] = {}
    for key in comparison.columns:
        name = table_name(key)
        if name in kept or name not in hinted.rename:
            continue
        new = _new_table(key, hinted.rename[name], comparison)
        if (key[0], new) in {(schema, other) for (schema, _), other in found.items()}:
            raise _invalid(name, new, "two tables cannot become one")
        found[key] = new
    return found


def _new_table(key: Key, new: str, comparison: Compared) -> str:
    """The new name, if the table is gone and that one is new."""
    old, target = table_name(key), (key[0], new)
    if key in comparison.models:
        raise _invalid(old, new, f"the models still have {old}")
    if target not in comparison.models:
        raise _invalid(old, new, f"no model has the table {table_name(target)}")
    if target in comparison.columns:
        raise _invalid(old, new, f"the database has {table_name(target)} already")
    return new


def _columns(
    ops: UpgradeOps, hinted: Answers, kept: frozenset[str], known: Renames
) -> dict[Key, dict[str, str]]:
    """The columns that are answered for, by table. A table may go by its old name, too."""
    gone, new = _by_table(ops, DropColumnOp), _by_table(ops, AddColumnOp)
    before = {known.table(key): key for key in known.tables}
    found: dict[Key, dict[str, str]] = {}
    for key, names in gone.items():
        for old in names:
            spelled = {column_name(each, old) for each in (key, before.get(key, key))}
            target = next((hinted.rename[name] for name in spelled if name in hinted.rename), None)
            if target is None or spelled & kept:
                continue
            if target not in new.get(key, ()):
                reason = f"{column_name(key, target)} is no new column of the models"
                raise _invalid(column_name(key, old), target, reason)
            if target in found.get(key, {}).values():
                raise _invalid(column_name(key, old), target, "two columns cannot become one")
            found.setdefault(key, {})[old] = target
    return found


def _all_used(answers: Answers, known: Renames, ops: UpgradeOps) -> None:
    """Let answers pass that each answer something.

    :raises InvalidAnswer: one is about nothing that is gone or new.
    """
    before = {known.table(key): key for key in known.tables}
    gone = {table_name(key) for key in known.tables}
    gone |= {table_name(_key(op)) for op in ops.ops if isinstance(op, DropTableOp)}
    for key, columns in (*known.columns.items(), *_by_table(ops, DropColumnOp).items()):
        gone |= {column_name(each, old) for old in columns for each in (key, before.get(key, key))}
    new = {column_name(_key(op), op.column.name) for op in required.required(ops)}
    for name, option in answers.flags.items():
        asked, what = (
            (new, "new NOT NULL column without a default")
            if name in answers.required
            else (gone, "table or column that the models lack")
        )
        if name not in asked:
            listed = ", ".join(sorted(asked)) or "none"
            raise InvalidAnswer(
                option,
                f"{name} is no {what} (there: {listed})",
                "Correct the name, or leave the option out: flask db migrate",
            )


def _invalid(name: str, new: str, reason: str) -> InvalidAnswer:
    return InvalidAnswer(
        f"--rename {name}={new}", reason, "Correct it, or leave it out: flask db migrate"
    )


# -- what is open ----------------------------------------------------------------------------------


def _open(
    comparison: Compared, ops: UpgradeOps, known: Renames, answers: Answers
) -> tuple[Question, ...]:
    """What is to be asked: whether a new column needs a value only where it is new for sure."""
    renamed = [
        *_open_tables(comparison, ops, answers),
        *_open_columns(comparison, ops, known, answers),
    ]
    if not comparison.asks_for_values:
        return tuple(renamed)
    unsure = {(each.table, new.name) for each in renamed for new in each.candidates}
    needed = [
        op
        for op in required.required(ops)
        if (_key(op), op.column.name) not in unsure
        and column_name(_key(op), op.column.name) not in answers.required
    ]
    return (*renamed, *_open_required(comparison, needed, known))


def _open_tables(comparison: Compared, ops: UpgradeOps, answers: Answers) -> list[RenameQuestion]:
    gone = [
        _key(op)
        for op in ops.ops
        if isinstance(op, DropTableOp) and table_name(_key(op)) not in answers.no_rename
    ]
    new = {op.table_name for op in ops.ops if isinstance(op, CreateTableOp)}
    if not gone or not new:
        return []
    stored = comparison.stored(gone, Renames())
    made = [key for key in comparison.models if key[1] in new and key not in comparison.columns]
    questions = []
    for schema in dict.fromkeys(schema for schema, _ in gone):
        candidates = renames.of_tables(
            [stored[key] for key in gone if key[0] == schema],
            [comparison.models[key] for key in made if key[0] == schema],
            _spelled(comparison),
        )
        for old, found in candidates.items():
            key = (schema, old)
            questions.append(RenameQuestion(table_name(key), key, None, old, found))
    return questions


def _open_columns(
    comparison: Compared, ops: UpgradeOps, known: Renames, answers: Answers
) -> list[RenameQuestion]:
    gone = {
        key: [name for name in names if column_name(key, name) not in answers.no_rename]
        for key, names in _by_table(ops, DropColumnOp).items()
    }
    new = _by_table(ops, AddColumnOp)
    both = [key for key, names in gone.items() if names and key in new]
    stored = comparison.stored(both, known)
    spelled = _spelled(comparison)
    questions = []
    for key in both:
        model = comparison.models[key]
        for old, found in renames.of_columns(
            stored[key], model, gone[key], new[key], spelled
        ).items():
            definition = renames.definition(stored[key].c[old], spelled)
            questions.append(RenameQuestion(column_name(key, old), key, old, definition, found))
    return questions


def _open_required(
    comparison: Compared, needed: Sequence[AddColumnOp], known: Renames
) -> list[RequiredQuestion]:
    stored = {known.table(key): key for key in known.tables}
    tables = {_key(op): stored.get(_key(op), _key(op)) for op in needed}
    with connect.reading(comparison.connection):
        filled = counts.filled(comparison.connection, list(tables.values()))
    spelled = _spelled(comparison)
    return [
        RequiredQuestion(
            column_name(_key(op), op.column.name),
            renames.definition(op.column, spelled),
            required.suggestion(op.column),
        )
        for op in needed
        if tables[_key(op)] in filled
    ]


def _counted(comparison: Compared, found: Settled) -> list[Question]:
    """The questions with what there is to lose: one statement for each table."""
    about: dict[Key, list[str]] = {}
    for question in found.questions:
        if isinstance(question, RenameQuestion):
            columns = about.setdefault(_stored_key(question, found), [])
            columns += [question.column] if question.column is not None else []
    connection = comparison.connection
    with connect.reading(connection):
        numbers = {key: counts.values(connection, key, names) for key, names in about.items()}
    return [
        _with_numbers(question, *numbers[_stored_key(question, found)])
        if isinstance(question, RenameQuestion)
        else question
        for question in found.questions
    ]


def _with_numbers(question: RenameQuestion, rows: int, values: Mapping[str, int]) -> RenameQuestion:
    return replace(question, rows=rows, values=values.get(question.column or ""))


def _stored_key(question: RenameQuestion, found: Settled) -> Key:
    """The table as the database still calls it."""
    renamed = {
        (op.schema, op.new_table_name): (op.schema, op.table_name)
        for op in found.plain.ops
        if isinstance(op, RenameTableOp)
    }
    return renamed.get(question.table, question.table)


# -- the renames themselves ------------------------------------------------------------------------


def _renaming(comparison: Compared, known: Renames) -> list[MigrateOperation]:
    """The operations that rename: tables, then columns under their table's new name."""
    ops: list[MigrateOperation] = [
        RenameTableOp(old, new, schema=schema) for (schema, old), new in known.tables.items()
    ]
    stored = comparison.stored(list(known.columns), Renames(known.tables))
    for key, columns in known.columns.items():
        model = {column.name: column for column in comparison.models[key].columns}
        changes = [
            _renamed(key, stored[key].c[old], model[new], _spelled(comparison))
            for old, new in columns.items()
        ]
        ops.append(ModifyTableOps(key[1], changes, schema=key[0]))
    return ops


def _renamed(
    key: Key, stored: sa.Column[Any], model: sa.Column[Any], spelled: renames.Spelling
) -> AlterColumnOp:
    """The type as the model writes it where it is the same, which reads better in the file."""
    same = spelled(stored.type) == spelled(model.type)
    generated = stored.computed is not None or stored.identity is not None
    counting: dict[str, Any] = {"existing_autoincrement": True}
    return AlterColumnOp(
        key[1],
        stored.name,
        schema=key[0],
        modify_name=model.name,
        existing_type=model.type if same else stored.type,
        existing_nullable=bool(stored.nullable),
        existing_server_default=False if generated else stored.server_default,
        existing_comment=stored.comment,
        **(counting if stored.autoincrement is True else {}),
    )


def _by_table(ops: UpgradeOps, kind: type[AddColumnOp | DropColumnOp]) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for op in leaves(ops):
        if isinstance(op, kind):
            name = op.column.name if isinstance(op, AddColumnOp) else op.column_name
            found.setdefault(_key(op), []).append(name)
    return found


def _key(op: CreateTableOp | DropTableOp | AddColumnOp | DropColumnOp) -> Key:
    return (op.schema, op.table_name)


def _spelled(comparison: Compared) -> renames.Spelling:
    compiler = comparison.connection.dialect.type_compiler_instance

    def spelled(type_: TypeEngine[Any]) -> str:
        try:
            return str(compiler.process(type_))
        except CompileError:
            return ""

    return spelled
