"""Two lists of named things, told apart: kept, renamed, gone, new.

====================  =====================  ==================================================
same content          same name, or one      kept
                      side has none
same content          names that nothing on  renamed
                      the other side has
any other             whatever               gone and new: two that exchange their names cannot
                                             be renamed one after the other
====================  =====================  ==================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from migrate_core.autogenerate.facts import Item

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Matched(Generic[Content]):
    """What became of the items of both sides.

    :param kept: stored items; ``models`` are those beside them.
    """

    gone: tuple[Item[Content], ...]
    new: tuple[Item[Content], ...]
    kept: tuple[Item[Content], ...]
    models: tuple[Item[Content], ...] = ()
    renamed: tuple[tuple[Item[Content], Item[Content]], ...] = ()

    def without_renames(self) -> Matched[Content]:
        """Renamed ones as gone and new."""
        if not self.renamed:
            return self
        return replace(
            self,
            gone=(*self.gone, *(old for old, _ in self.renamed)),
            new=(*self.new, *(new for _, new in self.renamed)),
            renamed=(),
        )

    def without_kept(self, moves: Callable[[Item[Content]], bool]) -> Matched[Content]:
        """Kept ones that ``moves`` tells as gone and new."""
        moving = [pair for pair in zip(self.kept, self.models, strict=True) if moves(pair[0])]
        if not moving:
            return self
        olds, news = [old for old, _ in moving], [new for _, new in moving]
        return replace(
            self,
            gone=(*self.gone, *olds),
            new=(*self.new, *news),
            kept=tuple(each for each in self.kept if each not in olds),
            models=tuple(each for each in self.models if each not in news),
        )

    def without_new(self, left_out: Callable[[Item[Content]], bool]) -> Matched[Content]:
        """All but the new ones that ``left_out`` tells."""
        return replace(self, new=tuple(each for each in self.new if not left_out(each)))

    def filtered(
        self,
        wants_gone: Callable[[Item[Content]], bool],
        wants: Callable[[Item[Content], Item[Content] | None], bool],
    ) -> Matched[Content]:
        """What hooks let through; the second is asked with the stored one of the same name."""
        named: dict[str | None, Item[Content]] = {
            each.name: each for each in self.gone if each.name is not None
        }
        new = tuple(each for each in self.new if wants(each, named.get(each.name)))
        asked = {each.name for each in self.new if each.name in named}
        let = {each.name for each in new}
        return replace(
            self,
            gone=tuple(
                each
                for each in self.gone
                if (each.name in let if each.name in asked else wants_gone(each))
            ),
            new=new,
            renamed=tuple(pair for pair in self.renamed if wants(pair[1], pair[0])),
        )


@dataclass(frozen=True, slots=True)
class Names:
    """The names that are taken, whatever has them: before, and in the models."""

    there: AbstractSet[str | None]
    said: AbstractSet[str | None]

    def free(self, old: str | None, new: str | None) -> bool:
        """Whether one name can become the other at any time."""
        return old not in self.said and new not in self.there


def matched(
    before: Sequence[Item[Content]], after: Sequence[Item[Content]], names: Names
) -> Matched[Content]:
    """Named ones by name first, then by content alone."""
    if before == after:
        return Matched((), (), tuple(before), tuple(after))
    left, wanted = list(before), list(after)
    kept: list[tuple[Item[Content], Item[Content]]] = []
    kept += _taken(left, wanted, lambda old, new: old.name == new.name)
    kept += _taken(left, wanted, lambda old, new: old.name is None or new.name is None)
    renamed = _taken(left, wanted, lambda old, new: names.free(old.name, new.name))
    return Matched(
        tuple(left),
        tuple(wanted),
        tuple(old for old, _ in kept),
        tuple(new for _, new in kept),
        tuple(renamed),
    )


def _taken(
    left: list[Item[Content]],
    wanted: list[Item[Content]],
    names_fit: Callable[[Item[Content], Item[Content]], bool],
) -> list[tuple[Item[Content], Item[Content]]]:
    """Pairs of the same content whose names fit, taken out of both lists."""
    pairs = []
    for new in list(wanted):
        for place, old in enumerate(left):
            if old.content == new.content and names_fit(old, new):
                pairs.append((old, new))
                del left[place]
                wanted.remove(new)
                break
    return pairs
