"""What a graph knows about its revisions, and what it refuses to be built from."""

from __future__ import annotations

import pytest

from migrate_core import errors
from migrate_core.graph import Revision, RevisionGraph

# a <- b1 <- b2        n3 depends on c2
#   <- c1 <- c2
# n1 <- n2 <- n3
SHOP_AND_NET = RevisionGraph.of(
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
DIAMOND = RevisionGraph.of(
    [
        Revision("a"),
        Revision("b", ("a",), labels=("B",)),
        Revision("c", ("a",), labels=("C",)),
        Revision("m", ("b", "c")),
        Revision("z", ("m",)),
    ]
)


def test_parents_come_before_children_whatever_order_files_are_read_in() -> None:
    graph = RevisionGraph.of(
        [Revision("c", ("b",)), Revision("x"), Revision("b", ("a",)), Revision("a")]
    )

    assert list(graph.revisions) == ["x", "a", "b", "c"]


def test_a_dependency_comes_before_its_dependent() -> None:
    graph = RevisionGraph.of([Revision("n", depends_on=("x",)), Revision("x")])

    assert list(graph.revisions) == ["x", "n"]


def test_iteration_is_newest_first() -> None:
    assert [revision.id for revision in DIAMOND] == ["z", "m", "c", "b", "a"]


def test_heads_are_what_nothing_follows() -> None:
    assert SHOP_AND_NET.heads == ("b2", "c2", "n3")


def test_real_heads_leave_out_what_something_depends_on() -> None:
    assert SHOP_AND_NET.real_heads == ("b2", "n3")


def test_bases_follow_nothing() -> None:
    assert SHOP_AND_NET.bases == ("a", "n1")


def test_an_empty_history_has_no_heads() -> None:
    assert RevisionGraph.of([]).heads == ()


def test_children_are_those_by_down_revision() -> None:
    assert (SHOP_AND_NET.children("a"), SHOP_AND_NET.children("c2")) == (("b1", "c1"), ())


def test_dependents_are_those_by_depends_on() -> None:
    assert SHOP_AND_NET.dependents("c2") == ("n3",)


def test_parents_include_dependencies() -> None:
    assert SHOP_AND_NET.parents("n3") == ("n2", "c2")


def test_ancestors_include_dependencies_and_the_revision_itself() -> None:
    assert SHOP_AND_NET.ancestors(["n3"]) == {"n3", "n2", "n1", "c2", "c1", "a"}


def test_descendants_include_dependents_and_the_revision_itself() -> None:
    assert SHOP_AND_NET.descendants(["c1"]) == {"c1", "c2", "n3"}


def test_a_lineage_leaves_out_dependencies() -> None:
    assert SHOP_AND_NET.lineage("n3") == {"n1", "n2", "n3"}


def test_walking_from_an_unknown_revision_is_a_typed_error() -> None:
    with pytest.raises(errors.UnknownRevision, match="'zzzz'"):
        DIAMOND.ancestors(["zzzz"])


def test_a_branch_point_is_followed_by_several() -> None:
    assert [id for id in DIAMOND.revisions if DIAMOND.is_branch_point(id)] == ["a"]


def test_a_merge_point_follows_several() -> None:
    assert [id for id in DIAMOND.revisions if DIAMOND.is_merge_point(id)] == ["m"]


def test_a_parent_written_twice_makes_no_merge() -> None:
    graph = RevisionGraph.of([Revision("a"), Revision("b", ("a", "a"))])

    assert (graph.children("a"), graph.is_merge_point("b")) == (("b",), False)


# -- labels ----------------------------------------------------------------------------------------


def test_a_label_spreads_up_to_the_branch_point_only() -> None:
    assert SHOP_AND_NET.labels_of("a") == frozenset()


def test_a_label_spreads_to_the_base_of_a_line() -> None:
    graph = RevisionGraph.of(
        [Revision("r"), Revision("a1", ("r",)), Revision("a2", ("a1",), labels=("A",))]
    )

    assert graph.labels_of("r") == {"A"}


def test_a_label_does_not_spread_past_something_that_others_depend_on() -> None:
    graph = RevisionGraph.of(
        [
            Revision("a1"),
            Revision("a2", ("a1",), labels=("A",)),
            Revision("n", depends_on=("a1",)),
        ]
    )

    assert graph.labels_of("a1") == frozenset()


def test_labels_pass_through_merges() -> None:
    assert DIAMOND.labels_of("z") == {"B", "C"}


def test_a_label_declared_on_a_merge_does_not_spread_to_its_parents() -> None:
    graph = RevisionGraph.of(
        [Revision("b"), Revision("c"), Revision("m", ("b", "c"), labels=("M",))]
    )

    assert graph.labels_of("b") == frozenset()


def test_a_dependency_does_not_pass_labels_on() -> None:
    assert SHOP_AND_NET.labels_of("n3") == {"net"}


# -- dependencies ----------------------------------------------------------------------------------


def test_a_dependency_may_name_a_label() -> None:
    graph = RevisionGraph.of([Revision("x", labels=("lab",)), Revision("n", depends_on=("lab",))])

    assert graph.parents("n") == ("x",)


def test_a_dependency_is_kept_as_it_was_written() -> None:
    graph = RevisionGraph.of([Revision("x", labels=("lab",)), Revision("n", depends_on=("lab",))])

    assert graph["n"].depends_on == ("lab",)


def test_a_dependency_may_not_be_abbreviated() -> None:
    with pytest.raises(errors.UnknownParent) as caught:
        RevisionGraph.of([Revision("abcd1"), Revision("n", depends_on=("abcd",))])

    assert (caught.value.parent, caught.value.attribute) == ("abcd", "depends_on")


# -- refused ---------------------------------------------------------------------------------------


def test_an_unknown_parent_is_found_when_the_graph_is_built() -> None:
    with pytest.raises(errors.UnknownParent) as caught:
        RevisionGraph.of([Revision("b", ("gone",))])

    assert (caught.value.revision, caught.value.parent) == ("b", "gone")


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(errors.DuplicateRevision, match="Revision a is present more than once"):
        RevisionGraph.of([Revision("a"), Revision("a")])


def test_a_label_given_twice_is_refused() -> None:
    with pytest.raises(errors.DuplicateLabel, match=r"'x' in revision b is already used by .* a"):
        RevisionGraph.of([Revision("a", labels=("x",)), Revision("b", labels=("x",))])


def test_a_label_that_is_an_id_is_refused() -> None:
    with pytest.raises(errors.DuplicateLabel):
        RevisionGraph.of([Revision("a"), Revision("b", labels=("a",))])


def test_a_revision_that_follows_itself_is_a_loop() -> None:
    with pytest.raises(errors.LoopDetected, match=r"Self-loop is detected in revisions \(a\)"):
        RevisionGraph.of([Revision("a", ("a",))])


def test_a_revision_that_depends_on_itself_is_a_dependency_loop() -> None:
    with pytest.raises(errors.DependencyLoopDetected):
        RevisionGraph.of([Revision("a", labels=("x",), depends_on=("x",))])


def test_a_cycle_names_its_members_and_no_other() -> None:
    with pytest.raises(errors.CycleDetected) as caught:
        RevisionGraph.of(
            [
                Revision("root"),
                Revision("a", ("c", "root")),
                Revision("b", ("a",)),
                Revision("c", ("b",)),
                Revision("tip", ("c",)),
            ]
        )

    assert (type(caught.value), sorted(caught.value.revisions)) == (
        errors.CycleDetected,
        ["a", "b", "c"],
    )


def test_a_cycle_through_a_dependency_is_told_from_a_plain_one() -> None:
    with pytest.raises(errors.DependencyCycleDetected) as caught:
        RevisionGraph.of([Revision("a", depends_on=("b",)), Revision("b", ("a",))])

    assert sorted(caught.value.revisions) == ["a", "b"]


def test_a_history_longer_than_the_recursion_limit_is_walked() -> None:
    line = [Revision("r0")] + [Revision(f"r{n}", (f"r{n - 1}",)) for n in range(1, 5000)]

    assert len(RevisionGraph.of(line).ancestors(["r4999"])) == 5000
