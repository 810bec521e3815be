"""What the texts that people type stand for."""

from __future__ import annotations

import pytest

from migrate_core import errors
from migrate_core.graph import (
    Named,
    Relative,
    Revision,
    RevisionGraph,
    branch_of,
    parse,
    parse_range,
    resolve,
    resolve_one,
)
from migrate_core.graph.target import Target

LINE = RevisionGraph.of(
    [
        Revision("aaaa1111"),
        Revision("bbbb1111", ("aaaa1111",)),
        Revision("cccc1111", ("bbbb1111",)),
        Revision("dddd1111", ("cccc1111",)),
    ]
)
# a <- b1 <- b2        n3 depends on c2
#   <- c1 <- c2
# n1 <- n2 <- n3
FORKED = RevisionGraph.of(
    [
        Revision("a"),
        Revision("b1", ("a",), labels=("shop",)),
        Revision("b2", ("b1",), doc="prices"),
        Revision("c1", ("a",)),
        Revision("c2", ("c1",)),
        Revision("n1", labels=("net",)),
        Revision("n2", ("n1",)),
        Revision("n3", ("n2",), depends_on=("c2",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("ae10", Named("ae10")),
        (" head ", Named("head")),
        ("shop@head", Named("head", "shop")),
        ("my-branch@head", Named("head", "my-branch")),
        ("my-branch", Named("my-branch")),
        ("+1", Relative(1)),
        ("-12", Relative(-12)),
        ("ae10+2", Relative(2, "ae10")),
        ("head-2", Relative(-2, "head")),
        ("shop@+1", Relative(1, None, "shop")),
        ("shop@ae10-1", Relative(-1, "ae10", "shop")),
    ],
)
def test_every_form_is_read(text: str, target: Target) -> None:
    assert parse(text) == target


@pytest.mark.parametrize("text", ["shop@+1", "shop@ae10-1", "ae10+2", "shop@head", "-3", "ae10"])
def test_a_target_prints_as_it_is_typed(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "+0",
        "-0",
        "+1junk",
        "ae10+2x",
        "+",
        "--1",
        "+1+1",
        "@head",
        "shop@",
        "a@b@c",
        "a:b",
    ],
)
def test_what_is_not_written_like_a_target_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidTarget) as caught:
        parse(text)

    assert caught.value.argument == text


@pytest.mark.parametrize(
    ("text", "ends"),
    [("a:b", ("a", "b")), ("a:", ("a", "")), (":b", ("", "b")), ("-3:current", ("-3", "current"))],
)
def test_a_range_has_two_ends(text: str, ends: tuple[str, str]) -> None:
    assert parse_range(text) == ends


@pytest.mark.parametrize("text", ["a", "a:b:c", "+1junk:b"])
def test_what_is_not_a_range_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidTarget):
        parse_range(text)


# -- names -----------------------------------------------------------------------------------------


def test_a_command_that_reads_takes_a_prefix_of_one_character() -> None:
    assert resolve(LINE, parse("a")) == ("aaaa1111",)


def test_a_command_that_writes_does_not() -> None:
    with pytest.raises(errors.InvalidTarget, match="Give at least 4 characters"):
        resolve(LINE, parse("aaa"), shortest=4)


def test_a_command_that_writes_takes_a_prefix_of_four_characters() -> None:
    assert resolve(LINE, parse("aaaa"), shortest=4) == ("aaaa1111",)


def test_a_short_id_is_matched_in_full() -> None:
    graph = RevisionGraph.of([Revision("1"), Revision("10", ("1",)), Revision("100", ("10",))])

    assert resolve(graph, parse("1"), shortest=4) == ("1",)


@pytest.mark.parametrize("text", ["10", "100x"])
def test_a_short_id_is_never_abbreviated_or_extended(text: str) -> None:
    graph = RevisionGraph.of([Revision("1"), Revision("100", ("1",))])

    with pytest.raises(errors.UnknownRevision):
        resolve(graph, parse(text))


def test_labels_take_part_in_prefixes() -> None:
    graph = RevisionGraph.of([Revision("shop123"), Revision("x", labels=("shopping",))])

    with pytest.raises(errors.AmbiguousRevision, match="Multiple revisions start with 'shop'"):
        resolve(graph, parse("shop"))


def test_an_id_and_a_label_of_one_revision_are_not_ambiguous() -> None:
    graph = RevisionGraph.of([Revision("shop123", labels=("shopping",))])

    assert resolve(graph, parse("shop")) == ("shop123",)


def test_a_prefix_that_is_unique_in_its_branch_is_enough() -> None:
    graph = RevisionGraph.of(
        [Revision("abcd1"), Revision("abcd2"), Revision("tip", ("abcd2",), labels=("lab",))]
    )

    assert resolve(graph, parse("lab@abcd")) == ("abcd2",)


def test_an_unknown_name_tells_what_is_like_it() -> None:
    with pytest.raises(errors.UnknownRevision, match="Did you mean bbbb1111"):
        resolve(LINE, parse("bbbb1112"))


def test_a_bare_label_is_the_revision_that_declares_it() -> None:
    assert resolve(FORKED, parse("shop")) == ("b1",)


def test_a_revision_outside_the_branch_is_refused() -> None:
    with pytest.raises(errors.InvalidTarget, match="c1 is not a member of branch 'shop'"):
        resolve(FORKED, parse("shop@c1"))


def test_the_root_that_a_branch_grows_from_is_a_member() -> None:
    assert resolve(FORKED, parse("shop@a")) == ("a",)


# -- keywords --------------------------------------------------------------------------------------


def test_heads_are_the_real_heads() -> None:
    assert resolve(FORKED, parse("heads")) == ("b2", "n3")


def test_head_is_the_only_one() -> None:
    assert resolve(LINE, parse("head")) == ("dddd1111",)


def test_head_counts_heads_that_others_depend_on() -> None:
    graph = RevisionGraph.of([Revision("c2"), Revision("n3", depends_on=("c2",))])

    with pytest.raises(errors.MultipleHeads) as caught:
        resolve(graph, parse("head"))

    assert caught.value.heads == ("c2", "n3")


def test_several_heads_are_listed_with_their_messages() -> None:
    with pytest.raises(errors.MultipleHeads, match="b2: prices"):
        resolve(FORKED, parse("head"))


def test_the_head_of_a_branch_is_named_by_label_or_by_revision() -> None:
    assert [resolve(FORKED, parse(text)) for text in ("shop@head", "c1@head")] == [
        ("b2",),
        ("c2",),
    ]


def test_the_head_of_a_branch_that_forks_is_ambiguous() -> None:
    with pytest.raises(errors.MultipleHeads):
        resolve(FORKED, parse("a@head"))


def test_the_heads_of_a_branch_are_by_down_revision() -> None:
    assert resolve(FORKED, parse("a@heads")) == ("b2", "c2")


def test_base_is_nothing() -> None:
    assert (resolve(FORKED, parse("base")), resolve(FORKED, parse("shop@base"))) == ((), ())


def test_the_base_of_an_unknown_branch_is_refused() -> None:
    with pytest.raises(errors.UnknownRevision):
        resolve(FORKED, parse("nowhere@base"))


def test_current_is_what_the_database_has() -> None:
    assert resolve(FORKED, parse("current"), ["n3", "b1"]) == ("b1", "n3")


# -- counting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("head-2", "bbbb1111"),
        ("heads-1", "cccc1111"),
        ("base+1", "aaaa1111"),
        ("bbbb+2", "dddd1111"),
        ("current+1", "cccc1111"),
        ("+1", "cccc1111"),
    ],
)
def test_counting_on_a_line(text: str, id: str) -> None:
    assert resolve(LINE, parse(text), ["bbbb1111"]) == (id,)


def test_counting_down_to_base_is_base() -> None:
    assert resolve(LINE, parse("head-4")) == ()


def test_plus_one_on_an_empty_database_is_the_base() -> None:
    assert resolve(LINE, parse("+1")) == ("aaaa1111",)


def test_minus_one_is_below_each_head() -> None:
    assert resolve(FORKED, parse("-1")) == ("b1", "c1", "n2")


@pytest.mark.parametrize("text", ["head+1", "head-5", "+9", "base-1"])
def test_counting_out_of_the_history_is_refused(text: str) -> None:
    with pytest.raises(errors.AmbiguousWalk, match="didn't produce"):
        resolve(LINE, parse(text))


def test_counting_across_a_fork_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk, match="goes on to b1 and c1"):
        resolve(FORKED, parse("a+1"))


def test_a_branch_shows_the_way_at_a_fork() -> None:
    assert resolve(FORKED, parse("shop@a+1")) == ("b1",)


def test_counting_from_several_rows_is_refused() -> None:
    with pytest.raises(errors.AmbiguousWalk, match="b2, n2"):
        resolve(FORKED, parse("+1"), ["b2", "n2"])


def test_counting_in_a_branch_finds_its_own_row() -> None:
    assert resolve(FORKED, parse("net@+1"), ["b2", "n1"]) == ("n2",)


def test_counting_in_a_branch_without_a_row_starts_at_what_is_applied_of_it() -> None:
    assert resolve(FORKED, parse("c1@+1"), ["b2"]) == ("c1",)


def test_counting_in_a_branch_of_which_nothing_is_applied_starts_at_its_base() -> None:
    assert resolve(FORKED, parse("net@+1"), ["b2"]) == ("n1",)


# -- exactly one -----------------------------------------------------------------------------------


def test_one_revision_is_handed_back_as_one() -> None:
    assert resolve_one(LINE, parse("cccc")) == "cccc1111"


def test_several_where_one_is_needed_are_refused() -> None:
    with pytest.raises(errors.MultipleHeads):
        resolve_one(FORKED, parse("heads"))


def test_base_where_a_revision_is_needed_is_refused() -> None:
    with pytest.raises(errors.InvalidTarget, match="'base' stands for no revision"):
        resolve_one(FORKED, parse("base"))


def test_a_branch_is_named_by_a_label() -> None:
    assert branch_of(FORKED, "shop") == {"a", "b1", "b2"}
