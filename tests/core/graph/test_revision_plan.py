"""Plans, and the rows of the version table that they lead to."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from migrate_core import errors
from migrate_core.graph import (
    HeadChange,
    Revision,
    RevisionGraph,
    Step,
    advance,
    between,
    downgrade,
    stamp,
    upgrade,
)

LINE = RevisionGraph.of(
    [Revision("a"), Revision("b", ("a",)), Revision("c", ("b",)), Revision("d", ("c",))]
)
DIAMOND = RevisionGraph.of(
    [
        Revision("a"),
        Revision("b", ("a",)),
        Revision("c", ("a",)),
        Revision("m", ("b", "c")),
    ]
)
# a <- b1 <- b2        n3 depends on c2
#   <- c1 <- c2
# n1 <- n2 <- n3
FORKED = RevisionGraph.of(
    [
        Revision("a"),
        Revision("b1", ("a",), labels=("shop",)),
        Revision("b2", ("b1",)),
        Revision("c1", ("a",)),
        Revision("c2", ("c1",)),
        Revision("n1", labels=("net",)),
        Revision("n2", ("n1",)),
        Revision("n3", ("n2",), depends_on=("c2",)),
    ]
)


def run(steps: Iterable[Step]) -> str:
    return " ".join(step.revision.id for step in steps)


def rows_after(graph: RevisionGraph, heads: Iterable[str], steps: Iterable[Step]) -> set[str]:
    rows = tuple(heads)
    for step in steps:
        rows = advance(graph, rows, step).applied_to(rows)
    assert len(set(rows)) == len(rows)
    return set(rows)


# -- upgrade ---------------------------------------------------------------------------------------


def test_an_upgrade_runs_what_is_missing_parents_first() -> None:
    assert run(upgrade(LINE, ["b"], "head")) == "c d"


def test_an_upgrade_runs_dependencies_too() -> None:
    assert run(upgrade(FORKED, [], "net@head")) == "a c1 c2 n1 n2 n3"


@pytest.mark.parametrize("target", ["b", "d", "base", "head", "current"])
def test_an_upgrade_to_what_is_applied_is_silent(target: str) -> None:
    assert upgrade(LINE, ["d"], target) == ()


def test_an_upgrade_to_a_label_stops_at_its_revision() -> None:
    assert run(upgrade(FORKED, ["a"], "shop")) == "b1"


def test_an_upgrade_by_one_runs_one() -> None:
    assert run(upgrade(LINE, ["a"], "+1")) == "b"


def test_an_upgrade_by_one_from_several_rows_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk):
        upgrade(FORKED, ["b2", "n3"], "+1")


def test_an_upgrade_in_a_branch_finds_its_own_start() -> None:
    assert run(upgrade(FORKED, ["b2"], "net@+1")) == "n1"


def test_an_upgrade_does_not_count_downwards() -> None:
    with pytest.raises(errors.InvalidTarget, match="flask db downgrade -1"):
        upgrade(LINE, ["b"], "-1")


def test_a_dependency_has_no_row_beside_its_dependent() -> None:
    assert rows_after(FORKED, [], upgrade(FORKED, [], "heads")) == {"b2", "n3"}


def test_a_merge_ends_with_a_single_row() -> None:
    assert rows_after(DIAMOND, [], upgrade(DIAMOND, [], "head")) == {"m"}


def test_a_row_that_no_file_has_is_refused_before_planning() -> None:
    with pytest.raises(errors.UnknownRevision, match="'zzzz'"):
        upgrade(LINE, ["zzzz"], "head")


# -- downgrade -------------------------------------------------------------------------------------


def test_a_downgrade_undoes_what_is_above_children_first() -> None:
    assert run(downgrade(LINE, ["d"], "b")) == "d c"


@pytest.mark.parametrize(
    ("target", "undone"),
    [("head-2", "d c"), ("base+1", "d c b"), ("c-1", "d c"), ("-1", "d"), ("base", "d c b a")],
)
def test_a_downgrade_takes_every_form_of_target(target: str, undone: str) -> None:
    assert run(downgrade(LINE, ["d"], target)) == undone


def test_a_downgrade_of_a_dependency_first_undoes_its_dependents() -> None:
    assert run(downgrade(FORKED, ["b2", "n3"], "c1")) == "n3 c2"


def test_a_downgrade_to_a_dependency_keeps_its_dependents() -> None:
    assert downgrade(FORKED, ["b2", "n3"], "c2") == ()


def test_a_dependency_gets_its_row_back() -> None:
    steps = downgrade(FORKED, ["b2", "n3"], "net@-1")

    assert rows_after(FORKED, ["b2", "n3"], steps) == {"b2", "c2", "n2"}


def test_a_dependency_that_an_ancestor_has_as_well_gets_no_row() -> None:
    graph = RevisionGraph.of(
        [
            Revision("x"),
            Revision("n1", depends_on=("x",)),
            Revision("n2", ("n1",), depends_on=("x",)),
        ]
    )

    assert rows_after(graph, ["n2"], downgrade(graph, ["n2"], "n1")) == {"n1"}


def test_a_dependency_that_an_ancestor_needs_indirectly_gets_no_row() -> None:
    graph = RevisionGraph.of(
        [
            Revision("x1"),
            Revision("x2", ("x1",)),
            Revision("n1", depends_on=("x2",)),
            Revision("n2", ("n1",), depends_on=("x1",)),
        ]
    )

    assert rows_after(graph, ["n2"], downgrade(graph, ["n2"], "n1")) == {"n1"}


def test_undoing_a_merge_restores_all_its_parents() -> None:
    steps = downgrade(DIAMOND, ["m"], "b")

    assert (run(steps), rows_after(DIAMOND, ["m"], steps)) == ("m", {"b", "c"})


def test_minus_one_across_a_merge_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk, match="goes on to b and c"):
        downgrade(DIAMOND, ["m"], "-1")


def test_a_downgrade_in_a_branch_keeps_its_siblings() -> None:
    steps = downgrade(DIAMOND, ["m"], "b@a")

    assert (run(steps), rows_after(DIAMOND, ["m"], steps)) == ("m b", {"c"})


def test_a_downgrade_to_the_fork_undoes_all_branches() -> None:
    assert run(downgrade(DIAMOND, ["m"], "a")) == "m c b"


def test_minus_one_from_several_rows_warns_and_undoes_one() -> None:
    with pytest.warns(UserWarning, match="stands at several revisions"):
        steps = downgrade(FORKED, ["b2", "n3"], "-1")

    assert run(steps) == "n3"


def test_a_branch_down_to_its_base_takes_what_grew_from_the_same_root() -> None:
    steps = downgrade(FORKED, ["b1", "c2"], "shop@base")

    assert rows_after(FORKED, ["b1", "c2"], steps) == set()


def test_a_branch_down_to_its_base_leaves_other_roots() -> None:
    assert run(downgrade(FORKED, ["b1", "n2"], "net@base")) == "n2 n1"


def test_an_empty_database_is_at_base_already() -> None:
    assert downgrade(LINE, [], "base") == ()


@pytest.mark.parametrize("target", ["-1", "-5"])
def test_counting_down_below_base_is_refused(target: str) -> None:
    with pytest.raises(errors.AmbiguousWalk, match="didn't produce"):
        downgrade(LINE, [], target)


def test_counting_down_in_a_branch_that_has_no_row_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk, match="nothing applied to count from"):
        downgrade(FORKED, ["b2"], "net@-1")


def test_counting_down_in_a_branch_that_has_several_rows_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk, match="several rows: b2, c2"):
        downgrade(FORKED, ["b2", "c2"], "a@-1")


def test_a_downgrade_to_what_is_not_applied_is_refused() -> None:
    with pytest.raises(errors.InvalidTarget, match="d is not applied"):
        downgrade(LINE, ["b"], "d")


def test_a_downgrade_does_not_count_upwards() -> None:
    with pytest.raises(errors.InvalidTarget, match=r"flask db upgrade \+1"):
        downgrade(LINE, ["b"], "+1")


def test_a_downgrade_has_one_target() -> None:
    with pytest.raises(errors.MultipleHeads):
        downgrade(FORKED, ["b2", "n3"], "heads")


def test_an_upgrade_refuses_a_short_prefix() -> None:
    with pytest.raises(errors.InvalidTarget, match="too short"):
        upgrade(RevisionGraph.of([Revision("abcdef")]), [], "abc")


def test_a_downgrade_refuses_a_short_prefix() -> None:
    with pytest.raises(errors.InvalidTarget, match="too short"):
        downgrade(RevisionGraph.of([Revision("abcdef")]), ["abcdef"], "abc")


def test_a_stamp_refuses_a_short_prefix() -> None:
    with pytest.raises(errors.InvalidTarget, match="too short"):
        stamp(RevisionGraph.of([Revision("abcdef")]), [], ["abc"])


# -- stamp -----------------------------------------------------------------------------------------


def test_stamping_a_merge_upon_its_parents_is_one_step() -> None:
    steps = stamp(DIAMOND, ["b", "c"], ["m"])

    assert (len(steps), rows_after(DIAMOND, ["b", "c"], steps)) == (1, {"m"})


@pytest.mark.parametrize("targets", [["b", "c"], ["c", "b"]])
@pytest.mark.parametrize("heads", [["a"], ["m"], [], ["b"]])
def test_several_heads_are_stamped_in_whatever_order(heads: list[str], targets: list[str]) -> None:
    assert rows_after(DIAMOND, heads, stamp(DIAMOND, heads, targets)) == {"b", "c"}


def test_a_stamp_runs_nothing() -> None:
    assert [(step.stamp, step.up) for step in stamp(LINE, ["c"], ["a"])] == [(True, False)]


def test_a_stamp_upwards_says_so() -> None:
    assert [(step.stamp, step.up) for step in stamp(LINE, ["a"], ["c"])] == [(True, True)]


def test_a_stamp_leaves_other_branches() -> None:
    assert rows_after(FORKED, ["b2", "n1"], stamp(FORKED, ["b2", "n1"], ["b1"])) == {"b1", "n1"}


def test_a_stamp_of_what_is_recorded_is_silent() -> None:
    assert stamp(FORKED, ["b2", "n1"], ["b2"]) == ()


def test_a_stamp_repairs_a_row_that_lies_below_another() -> None:
    assert rows_after(LINE, ["a", "b"], stamp(LINE, ["a", "b"], ["b"])) == {"b"}


def test_stamping_heads_writes_no_row_for_a_dependency() -> None:
    assert rows_after(FORKED, [], stamp(FORKED, [], ["a@heads", "n3"])) == {"b2", "n3"}


def test_stamping_base_clears_all_rows() -> None:
    assert rows_after(FORKED, ["b2", "n1"], stamp(FORKED, ["b2", "n1"], ["base"])) == set()


def test_stamping_the_base_of_a_branch_clears_its_rows() -> None:
    assert rows_after(FORKED, ["b2", "n1"], stamp(FORKED, ["b2", "n1"], ["net@base"])) == {"b2"}


@pytest.mark.parametrize("target", ["+1", "-1", "head-1", "shop@+1"])
def test_a_stamp_does_not_count(target: str) -> None:
    with pytest.raises(errors.InvalidTarget, match="Can't locate revision"):
        stamp(LINE, ["b"], [target])


def test_a_stamp_needs_rows_that_files_have() -> None:
    with pytest.raises(errors.UnknownRevision, match="'zzzz'"):
        stamp(LINE, ["zzzz"], ["head"])


# -- rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "step", "change"),
    [
        ([], Step(DIAMOND["a"], up=True), HeadChange(insert=("a",))),
        (["a"], Step(DIAMOND["b"], up=True), HeadChange(update=(("a", "b"),))),
        (["b"], Step(DIAMOND["c"], up=True), HeadChange(insert=("c",))),
        (
            ["c", "b"],
            Step(DIAMOND["m"], up=True),
            HeadChange(delete=("c",), update=(("b", "m"),)),
        ),
        (
            ["m"],
            Step(DIAMOND["m"], up=False, to=("b", "c")),
            HeadChange(update=(("m", "b"),), insert=("c",)),
        ),
        (["b", "c"], Step(DIAMOND["c"], up=False), HeadChange(delete=("c",))),
    ],
)
def test_a_step_changes_as_few_rows_as_it_can(
    heads: list[str], step: Step, change: HeadChange
) -> None:
    assert advance(DIAMOND, heads, step) == change


def test_rows_are_deleted_updated_and_inserted() -> None:
    change = HeadChange(delete=("a",), update=(("b", "c"),), insert=("d",))

    assert change.applied_to(["x", "b", "a"]) == ("x", "c", "d")


# -- ranges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lower", "upper", "found"),
    [
        ("", "", "d c b a"),
        ("b", "", "d c b"),
        ("", "b", "b a"),
        ("b", "c", "c b"),
        ("base", "head", "d c b a"),
        ("-1", "current", "b a"),
        ("-2", "", "d c b"),
        ("b", "+1", "c b"),
        ("", "+2", "b a"),
        ("-1", "+1", "c b"),
        ("current", "head", "d c b"),
    ],
)
def test_a_range_holds_both_its_ends(lower: str, upper: str, found: str) -> None:
    revisions = between(LINE, lower, upper, ["b"])

    assert " ".join(revision.id for revision in revisions) == found


def test_a_range_leads_upwards() -> None:
    with pytest.raises(errors.RangeNotAncestorError):
        between(LINE, "d", "a")


def test_a_range_goes_through_dependencies() -> None:
    assert [each.id for each in between(FORKED, "c1", "n3")] == ["n3", "c2", "c1"]


def test_a_range_from_the_base_of_a_branch_stays_in_the_branch() -> None:
    assert [each.id for each in between(FORKED, "net@base", "net@head")] == ["n3", "n2", "n1"]


def test_a_range_counted_down_in_a_branch_starts_at_the_head_of_it() -> None:
    assert [each.id for each in between(FORKED, "shop@-1", "heads")] == ["b2", "b1"]
