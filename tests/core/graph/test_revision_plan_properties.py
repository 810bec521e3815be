"""What holds for plans over any history: forks, merges, several bases, dependencies."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from migrate_core.graph import Revision, RevisionGraph, Step, advance, downgrade, stamp, upgrade

EXAMPLES = settings(max_examples=60)


@st.composite
def histories(draw: st.DrawFn) -> RevisionGraph:
    revisions: list[Revision] = []
    for number in range(draw(st.integers(1, 14))):
        below = [revision.id for revision in revisions]
        some = st.lists(st.sampled_from(below), max_size=3, unique=True) if below else st.just([])
        fewer = st.lists(st.sampled_from(below), max_size=2, unique=True) if below else st.just([])
        revisions.append(Revision(f"r{number}", tuple(draw(some)), tuple(draw(fewer))))
    return RevisionGraph.of(draw(st.permutations(revisions)))


@st.composite
def places(draw: st.DrawFn) -> tuple[RevisionGraph, tuple[str, ...], str]:
    """A history, rows that a database may have, and a revision to go to."""
    graph = draw(histories())
    anywhere = st.sampled_from(list(graph.revisions))
    rows: tuple[str, ...] = ()
    for id in draw(st.lists(anywhere, max_size=3)):
        rows = rows_after(graph, rows, upgrade(graph, rows, id))
    return graph, rows, draw(anywhere)


def rows_after(
    graph: RevisionGraph, rows: tuple[str, ...], steps: Iterable[Step]
) -> tuple[str, ...]:
    for step in steps:
        rows = advance(graph, rows, step).applied_to(rows)
    return rows


def is_consistent(graph: RevisionGraph, rows: tuple[str, ...]) -> bool:
    """No row twice, and none below another."""
    below = graph.ancestors(parent for id in rows for parent in graph.parents(id))
    return len(set(rows)) == len(rows) and below.isdisjoint(rows)


@EXAMPLES
@given(histories())
def test_up_to_heads_and_down_to_base_visits_each_revision_twice(graph: RevisionGraph) -> None:
    up = upgrade(graph, (), "heads")
    top = rows_after(graph, (), up)
    down = downgrade(graph, top, "base")

    assert sorted(step.revision.id for step in (*up, *down)) == sorted([*graph.revisions] * 2)
    assert rows_after(graph, top, down) == ()


@EXAMPLES
@given(histories())
def test_the_top_has_the_real_heads_as_rows(graph: RevisionGraph) -> None:
    assert set(rows_after(graph, (), upgrade(graph, (), "heads"))) == set(graph.real_heads)


@EXAMPLES
@given(places())
def test_no_step_leaves_an_ancestor_beside_its_descendant(
    place: tuple[RevisionGraph, tuple[str, ...], str],
) -> None:
    graph, rows, target = place
    up = upgrade(graph, rows, target)
    top = rows_after(graph, rows, up)

    for start, steps in (
        (rows, up),
        (top, downgrade(graph, top, target)),
        (top, downgrade(graph, top, f"{target}@base")),
        (rows, stamp(graph, rows, [target])),
    ):
        at = start
        for step in steps:
            at = advance(graph, at, step).applied_to(at)
            assert is_consistent(graph, at)


@EXAMPLES
@given(places())
def test_a_step_down_takes_exactly_its_revision_from_what_is_applied(
    place: tuple[RevisionGraph, tuple[str, ...], str],
) -> None:
    graph, rows, _ = place

    for step in downgrade(graph, rows, "base"):
        after = advance(graph, rows, step).applied_to(rows)
        assert graph.ancestors(rows) - graph.ancestors(after) == {step.revision.id}
        rows = after


@EXAMPLES
@given(places(), st.integers(0, 14))
def test_a_plan_taken_up_again_ends_where_it_would_have(
    place: tuple[RevisionGraph, tuple[str, ...], str], done: int
) -> None:
    graph, rows, target = place
    up = upgrade(graph, rows, target)
    down = downgrade(graph, rows_after(graph, rows, up), target)

    part = rows_after(graph, rows, up[:done])
    top = rows_after(graph, part, upgrade(graph, part, target))
    assert set(top) == set(rows_after(graph, rows, up))

    part = rows_after(graph, top, down[:done])
    assert set(rows_after(graph, part, downgrade(graph, part, target))) == set(
        rows_after(graph, top, down)
    )


@EXAMPLES
@given(places())
def test_a_stamp_records_its_target(place: tuple[RevisionGraph, tuple[str, ...], str]) -> None:
    graph, rows, target = place

    assert target in rows_after(graph, rows, stamp(graph, rows, [target]))


@EXAMPLES
@given(histories())
def test_the_order_of_rows_changes_no_plan(graph: RevisionGraph) -> None:
    rows = graph.real_heads

    assert downgrade(graph, rows, "base") == downgrade(graph, rows[::-1], "base")
