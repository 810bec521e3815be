"""CREATE TABLE as a value that can be edited and that renders back to the byte.

::

    TableText      before  name  opening  items  closing  ending
                   CREATE TABLE "t" (  a INT, b INT  \\n  ) STRICT
    ├── ColumnDef      lead  written  type  clauses  tail , remark
    │   └── Clause     lead  text: ``NOT NULL``, ``CONSTRAINT c CHECK (...)``, ``COLLATE NOCASE``
    └── ConstraintDef  clause  tail , remark

A *lead* is the blanks and comments before a thing; a *remark* is the comment that follows the comma
on the same line, which belongs to what stands before it.

https://www.sqlite.org/lang_createtable.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from migrate_core.batch.tokens import Token, closing, depths, folded, joined, significant, tokens

_Starts = Callable[[str, str, str], str]
_TABLE_WORDS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_TWO_WORDS = {"PRIMARY": "PRIMARY KEY", "FOREIGN": "FOREIGN KEY", "NOT": "NOT NULL"}


class UnreadableSQL(ValueError):
    """Text that is no CREATE TABLE with a list of columns."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A constraint of a column or of a table, or the type of a column.

    :param kind: ``TYPE``, ``NOT NULL``, ``NULL``, ``DEFAULT``, ``PRIMARY KEY``, ``UNIQUE``,
        ``CHECK``, ``REFERENCES``, ``FOREIGN KEY``, ``COLLATE`` or ``GENERATED``; empty for a
        CONSTRAINT with a name and nothing else, which SQLite accepts.
    """

    kind: str
    name: str | None
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """One column; ``written`` is its name as it stands in the text."""

    lead: str
    written: str
    type: Clause
    clauses: tuple[Clause, ...]
    tail: str = ""
    comma: bool = True
    remark: str = ""

    @property
    def name(self) -> str:
        return tokens(self.written)[0].name

    @property
    def body(self) -> str:
        pieces = (self.type, *self.clauses)
        return self.lead + self.written + "".join(p.lead + p.text for p in pieces) + self.tail

    def find(self, kind: str) -> Clause | None:
        """The first clause of that kind."""
        return next((clause for clause in self.clauses if clause.kind == kind), None)

    def without(self, *kinds: str) -> ColumnDef:
        """The column without its clauses of these kinds."""
        return replace(self, clauses=tuple(c for c in self.clauses if c.kind not in kinds))

    def having(self, kind: str, text: str) -> ColumnDef:
        """The column with this clause, in the place of one of its kind where there is one."""
        old = self.find(kind)
        if old is None:
            return replace(self, clauses=(*self.clauses, Clause(kind, None, " ", text)))
        new = Clause(kind, None, old.lead, text)
        return replace(self, clauses=tuple(new if c is old else c for c in self.clauses))

    def typed(self, text: str) -> ColumnDef:
        """The column with another type."""
        lead = self.type.lead if self.type.text else " "
        return replace(self, type=Clause("TYPE", None, lead, text))


@dataclass(frozen=True, slots=True)
class ConstraintDef:
    """One constraint of the table."""

    clause: Clause
    tail: str = ""
    comma: bool = True
    remark: str = ""

    @property
    def body(self) -> str:
        return self.clause.lead + self.clause.text + self.tail


@dataclass(frozen=True, slots=True)
class TableText:
    """A CREATE TABLE statement."""

    before: str
    written: str
    opening: str
    columns: tuple[ColumnDef, ...]
    constraints: tuple[ConstraintDef, ...]
    closing: str
    ending: str

    @property
    def words(self) -> frozenset[str]:
        """The words after the columns, in capitals: WITHOUT, ROWID, STRICT."""
        return frozenset(token.keyword for token in significant(self.ending)) - {""}

    @property
    def sql(self) -> str:
        """The statement."""
        items: list[ColumnDef | ConstraintDef] = [*self.columns, *self.constraints]
        listed = "".join(
            item.body + ("," if item.comma and item is not items[-1] else "") + item.remark
            for item in items
        )
        return self.before + self.written + self.opening + listed + self.closing + self.ending


def parse(sql: str) -> TableText:
    """The value of a CREATE TABLE statement; ``parse(sql).sql == sql``.

    :raises UnreadableSQL: a virtual table, or something else that has no list of columns.
    """
    parts = tokens(sql)
    start = next((i for i, part in enumerate(parts) if part.text == "("), None)
    keywords = [part.keyword for part in parts[:start] if not part.blank]
    if start is None or keywords[:2] != ["CREATE", "TABLE"]:
        raise UnreadableSQL(sql)
    named = max(i for i in range(start) if parts[i].name)
    end = closing(parts, start)
    items, last = _items(parts[start + 1 : end])
    return TableText(
        before=joined(parts[:named]),
        written=parts[named].text,
        opening=joined(parts[named + 1 : start + 1]),
        columns=tuple(item for item in items if isinstance(item, ColumnDef)),
        constraints=tuple(item for item in items if isinstance(item, ConstraintDef)),
        closing=last,
        ending=joined(parts[end:]),
    )


def parse_column(text: str) -> ColumnDef:
    """The value of one column definition."""
    return _column(tokens(text))


def parse_constraint(text: str) -> ConstraintDef:
    """The value of one table constraint."""
    return next(_constraints(tokens(text)))


def first_list(sql: str) -> tuple[str, ...]:
    """The names in the first parentheses of ``sql``: ``a`` and ``b`` for ``UNIQUE (a, "b" DESC)``.

    What is an expression and no name comes out as an empty string.
    """
    parts = significant(sql)
    start = next((i for i, part in enumerate(parts) if part.text == "("), None)
    if start is None:
        return ()
    inner = parts[start + 1 : closing(parts, start)]
    chunks = [[part for part in chunk if not part.blank] for chunk in _by_comma(inner)]
    return tuple(_plain_name(chunk) for chunk in chunks)


def _plain_name(chunk: list[Token]) -> str:
    rest = [part.keyword for part in chunk[1:]]
    if rest[:1] == ["COLLATE"]:
        rest = rest[2:]
    return chunk[0].name if chunk and rest in ([], ["ASC"], ["DESC"]) else ""


# -- the list of columns and constraints ---------------------------------------------------------


def _items(parts: list[Token]) -> tuple[list[ColumnDef | ConstraintDef], str]:
    """The items between the parentheses, and what follows the last of them."""
    items: list[ColumnDef | ConstraintDef] = []
    first_chunk, *others = _by_comma(parts)
    chunks = [([], first_chunk), *(_remark_split(chunk) for chunk in others)]
    for position, (_, chunk) in enumerate(chunks):
        found: list[ColumnDef | ConstraintDef] = []
        first = next((part.keyword for part in chunk if not part.blank), "")
        if first in _TABLE_WORDS:
            found.extend(_constraints(chunk))
        else:
            found.append(_column(chunk))
        if position + 1 < len(chunks):
            found[-1] = replace(found[-1], remark=joined(chunks[position + 1][0]))
        items.extend(found)
    remark, rest = _remark_split(tokens(items[-1].tail))
    items[-1] = replace(items[-1], tail="", remark=joined(remark))
    return items, joined(rest)


def _by_comma(parts: Sequence[Token]) -> list[list[Token]]:
    chunks: list[list[Token]] = [[]]
    for position, depth in depths(parts):
        if depth == 0 and parts[position].text == ",":
            chunks.append([])
        else:
            chunks[-1].append(parts[position])
    return chunks


def _remark_split(chunk: list[Token]) -> tuple[list[Token], list[Token]]:
    """What stands on the line of the item before, if it is a comment; and the rest."""
    seen = False
    for position, part in enumerate(chunk):
        if part.kind == "remark":
            seen = True
        elif part.kind != "space":
            break
        elif "\n" in part.text:
            if not seen:
                break
            line, _, rest = part.text.partition("\n")
            split = [*chunk[:position], Token("space", line + "\n")]
            return split, [Token("space", rest), *chunk[position + 1 :]]
    return [], chunk


def _column(chunk: list[Token]) -> ColumnDef:
    first = next((i for i, part in enumerate(chunk) if not part.blank), None)
    if first is None or not chunk[first].name:
        raise UnreadableSQL(joined(chunk))
    pieces, tail = _pieces(chunk[first + 1 :], _starts_column_clause)
    if not pieces or pieces[0].kind != "TYPE":
        pieces.insert(0, Clause("TYPE", None, "", ""))
    return ColumnDef(
        joined(chunk[:first]), chunk[first].text, pieces[0], tuple(pieces[1:]), joined(tail)
    )


def _constraints(chunk: list[Token]) -> Iterator[ConstraintDef]:
    """SQLite lets the commas between table constraints be left out."""
    pieces, tail = _pieces(chunk, _starts_table_constraint)
    for piece in pieces[:-1]:
        yield ConstraintDef(piece, comma=False)
    yield ConstraintDef(pieces[-1], joined(tail))


# -- clauses -------------------------------------------------------------------------------------


def _pieces(parts: list[Token], starts: _Starts) -> tuple[list[Clause], list[Token]]:
    """The clauses in ``parts``, and the blanks after the last."""
    meaning = [i for i, _ in depths(parts) if not parts[i].blank]
    outer = {i for i, depth in depths(parts) if depth == 0}
    words = {i: parts[i].keyword if i in outer else "" for i in meaning}
    bounds: list[tuple[int, str, str | None]] = []
    named: str | None = None
    after_name = -1
    for order, i in enumerate(meaning):
        before = [words[j] or parts[j].text for j in meaning[max(0, order - 1) : order]]
        following = words[meaning[order + 1]] if order + 1 < len(meaning) else ""
        if order <= after_name:
            continue
        kind = starts(words[i], before[0] if before else "", following)
        if kind == "CONSTRAINT":
            after_name = order + 1
            named = parts[meaning[after_name]].name if after_name < len(meaning) else None
            bounds.append((i, "", named))
        elif kind and bounds and not bounds[-1][1]:
            bounds[-1] = (bounds[-1][0], kind, bounds[-1][2])
        elif kind or not bounds:
            bounds.append((i, kind or "TYPE", None))
    return _cut(parts, meaning, bounds)


def _cut(
    parts: list[Token], meaning: list[int], bounds: list[tuple[int, str, str | None]]
) -> tuple[list[Clause], list[Token]]:
    clauses: list[Clause] = []
    end = 0
    for number, (start, kind, name) in enumerate(bounds):
        lead = joined(parts[end:start])
        limit = bounds[number + 1][0] if number + 1 < len(bounds) else len(parts)
        end = max(i for i in meaning if i < limit) + 1
        clauses.append(Clause(kind, name, lead, joined(parts[start:end])))
    return clauses, parts[end:]


def _starts_column_clause(word: str, before: str, following: str) -> str:
    """The kind of the clause that ``word`` begins; empty where it goes on with one."""
    match word:
        case "CONSTRAINT" | "UNIQUE" | "CHECK" | "REFERENCES" | "COLLATE":
            return word
        case "PRIMARY":
            return _TWO_WORDS[word]
        case "NOT" if following == "NULL":
            return _TWO_WORDS[word]
        case "NULL" if before not in {"NOT", "DEFAULT", "SET", "+", "-"}:
            return word
        case "DEFAULT" if before != "SET":
            return word
        case "GENERATED" if following == "ALWAYS":
            return word
        case "AS" if before != "ALWAYS":
            return "GENERATED"
    return ""


def _starts_table_constraint(word: str, _before: str, _following: str) -> str:
    return _TWO_WORDS.get(word, word) if word in _TABLE_WORDS else ""


def same_name(one: str, other: str) -> bool:
    """Whether SQLite takes the two for one name."""
    return folded(one) == folded(other)
