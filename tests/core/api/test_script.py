"""The documented ScriptDirectory, Script, RevisionMap and Revision: a history for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_core.api import write_hooks
from migrate_core.api.revision import Revision, RevisionMap, is_revision, tuple_rev_as_scalar
from migrate_core.api.script import Script, ScriptDirectory
from migrate_core.api.steps import MigrationStep
from migrate_core.errors import (
    AmbiguousRevision,
    CommandError,
    ConfigurationError,
    DuplicateRevision,
    HookFailed,
    InvalidRevisionId,
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
    UnknownParent,
    UnknownRevision,
)

SHOP = {
    # a1 <- b1 (shop) <- b2, a1 <- c1 (net) <- c2, and n1 of its own, which needs c2
    "a1aa": (None, {}),
    "b1bb": ("a1aa", {"branch_labels": ("shop",)}),
    "b2bb": ("b1bb", {}),
    "c1cc": ("a1aa", {"branch_labels": ("net",)}),
    "c2cc": ("c1cc", {}),
    "n1nn": (None, {"depends_on": "c2cc", "branch_labels": ("lone",)}),
}


def revision_map(**revisions):
    return RevisionMap(
        lambda: [
            Revision(id, down, more.get("depends_on"), more.get("branch_labels"))
            for id, (down, more) in (revisions or SHOP).items()
        ]
    )


@pytest.fixture
def script(tmp_path):
    folder = tmp_path / "versions"
    folder.mkdir()
    for id, (down, more) in SHOP.items():
        said = "".join(f"{name} = {value!r}\n" for name, value in more.items())
        text = f'"""{id} message\n\nMore of it.\n"""\nrevision = {id!r}\ndown_revision = {down!r}\n'
        (folder / f"{id}.py").write_text(f"{text}{said}def upgrade():\n    return 'up'\n")
    return ScriptDirectory(tmp_path)


def ids(revisions):
    return [each.revision for each in revisions]


# -- a map -----------------------------------------------------------------------------------------


def test_heads_and_bases():
    found = revision_map()
    assert (found.heads, found.bases) == (("b2bb", "c2cc", "n1nn"), ("a1aa", "n1nn"))


def test_each_revision_knows_its_neighbours_and_the_labels_of_its_branch():
    found = revision_map()
    first, second = found.get_revision("a1aa"), found.get_revision("b2bb")
    assert (first.nextrev, first.is_branch_point, first.is_base) == ({"b1bb", "c1cc"}, True, True)
    assert (second.branch_labels, second.is_head, first.branch_labels) == ({"shop"}, True, set())


def test_one_character_is_enough_to_find_a_revision_and_not_to_find_two():
    found = revision_map()
    assert found.get_revision("a").revision == "a1aa"
    with pytest.raises(AmbiguousRevision, match="b1bb, b2bb"):
        found.get_revision("b")


def test_labels_take_part_in_prefixes():
    found = revision_map(shop123=(None, {}), other=(None, {"branch_labels": "shopping"}))
    with pytest.raises(AmbiguousRevision, match="shop123, shopping"):
        found.get_revision("shop")


def test_base_is_none_or_nothing():
    found = revision_map()
    assert (found.get_revision("base"), found.get_revision(None)) == (None, None)
    assert (found.get_revisions("base"), found.get_revisions(())) == ((), ())


@pytest.mark.parametrize(
    ("target", "revisions"),
    [
        ("heads", ["b2bb", "n1nn"]),
        ("shop@head", ["b2bb"]),
        ("shop", ["b1bb"]),
        ("b2bb-1", ["b1bb"]),
        (("b2bb", "c2cc"), ["b2bb", "c2cc"]),
    ],
)
def test_targets_lead_to_revisions(target, revisions):
    assert ids(revision_map().get_revisions(target)) == revisions


def test_what_leads_nowhere_or_to_several_is_a_documented_error():
    found = revision_map()
    with pytest.raises(ResolutionError) as raised:
        found.get_revision("zzzz")
    assert raised.value.argument == "zzzz"
    with pytest.raises(MultipleHeads) as several:
        found.get_current_head()
    assert several.value.heads == ("b2bb", "c2cc", "n1nn")
    assert found.get_current_head("shop") == "b2bb"


def test_a_walk_takes_what_the_upper_end_needs_and_not_the_lower_end():
    found = revision_map()
    assert ids(found.iterate_revisions("b2bb", "a1aa")) == ["b2bb", "b1bb"]
    assert ids(found.iterate_revisions("b2bb", "a1aa", inclusive=True))[-1] == "a1aa"
    assert ids(found.iterate_revisions("n1nn", "base")) == ["n1nn", "c2cc", "c1cc", "a1aa"]
    assert ids(found.iterate_revisions("b2bb", "-1")) == ["b2bb"]
    assert ids(found.iterate_revisions("+1", "b1bb")) == ["b2bb"]


def test_a_walk_keeps_to_what_follows_the_lower_end_unless_a_database_stands_there():
    found = revision_map(
        **{"b3bb": ("b2bb", {}), "m1mm": (("b3bb", "c2cc"), {}), **SHOP},
    )
    assert ids(found.iterate_revisions("m1mm", "b1bb")) == ["m1mm", "b3bb", "b2bb"]
    rows = found.iterate_revisions("m1mm", "b1bb", implicit_base=True)
    assert sorted(ids(rows)) == ["b2bb", "b3bb", "c1cc", "c2cc", "m1mm"]
    assert ids(found.iterate_revisions("heads", "lone@base")) == ["n1nn"]


def test_a_walk_from_another_branch_is_refused_unless_rows_may_be_anywhere():
    found = revision_map()
    with pytest.raises(RangeNotAncestorError) as raised:
        list(found.iterate_revisions("b2bb", "c1cc"))
    assert (raised.value.lower, raised.value.upper) == ("c1cc", "b2bb")
    assert ids(found.iterate_revisions("b2bb", "c1cc", implicit_base=True)) == ["b2bb", "b1bb"]


def test_a_walk_may_be_what_a_downgrade_undoes():
    found = revision_map()
    down = found.iterate_revisions(("b2bb", "n1nn"), "c1cc", select_for_downgrade=True)
    assert ids(down) == ["n1nn", "c2cc"]


def test_a_branch_holds_its_ancestors_and_with_dependencies_what_needs_it():
    found = revision_map()
    several = found.get_revisions(("b2bb", "c2cc", "n1nn"))
    assert ids(found.filter_for_lineage(several, "net")) == ["c2cc"]
    with_them = found.filter_for_lineage(several, "net", include_dependencies=True)
    assert ids(with_them) == ["c2cc", "n1nn"]
    assert found.filter_for_lineage(several, None) == several


def test_a_revision_is_added_once_and_where_it_fits():
    found = revision_map()
    found.add_revision(Revision("b3bb", "b2bb"))
    assert found.get_revision("b2bb").nextrev == {"b3bb"}
    assert found.get_revision("b3bb").branch_labels == {"shop"}
    with pytest.raises(DuplicateRevision):
        found.add_revision(Revision("b3bb", "b2bb"))
    with pytest.raises(UnknownParent):
        found.add_revision(Revision("b4bb", "nope"))
    assert "b4bb" not in found.graph


def test_an_id_that_no_target_could_name_is_refused():
    with pytest.raises(InvalidRevisionId):
        Revision("a-b", None)


def test_the_small_documented_functions():
    revision = Revision("a1aa", ("b", "c"))
    assert is_revision(revision) is revision
    assert (revision.is_merge_point, revision.down_revision) == (True, ("b", "c"))
    assert [tuple_rev_as_scalar(each) for each in (None, (), ("a",), ("a", "b"))] == [
        None,
        None,
        "a",
        ("a", "b"),
    ]
    with pytest.raises(TypeError):
        is_revision("a1aa")


# -- a directory -----------------------------------------------------------------------------------


def test_all_revisions_are_walked_newest_first(script):
    assert ids(script.walk_revisions()) == ["n1nn", "c2cc", "c1cc", "b2bb", "b1bb", "a1aa"]
    assert ids(script.walk_revisions("a1aa", "shop@head")) == ["b2bb", "b1bb", "a1aa"]


def test_heads_count_dependencies_when_asked_to(script):
    assert script.get_heads() == ["b2bb", "c2cc", "n1nn"]
    assert script.get_heads(consider_depends_on=True) == ["b2bb", "n1nn"]
    assert script.get_bases() == ["a1aa", "n1nn"]
    with pytest.raises(CommandError, match="multiple bases"):
        script.get_base()


def test_a_number_is_a_full_id_or_several_or_none(script):
    assert script.as_revision_number("shop@head") == "b2bb"
    assert script.as_revision_number("heads") == ("b2bb", "n1nn")
    assert script.as_revision_number("base") is None


def test_current_is_also_what_a_dependency_applied(script):
    found = script.get_all_current(("b1bb", "n1nn"))
    assert sorted(ids(found)) == ["b1bb", "c2cc", "n1nn"]


def test_a_script_loads_its_module_when_it_is_asked_for(script):
    found = script.get_revision("shop")
    assert found.module.upgrade() == "up"
    assert found.module is found.module
    assert (found.doc, found.longdoc) == ("b1bb message", "b1bb message\n\nMore of it.")
    assert Path(found.path).name == "b1bb.py"
    assert str(found) == "a1aa -> b1bb, b1bb message"


def test_a_module_that_is_there_makes_a_script(script):
    given = script.get_revision("a1aa").module
    made = Script(given, "a1aa", "/elsewhere/a1aa.py")
    assert (made.module, made.path, made.is_base) == (given, "/elsewhere/a1aa.py", True)


def test_steps_are_those_of_the_engine(script):
    def moved(steps):
        return [step.revision.revision for step in steps]

    assert moved(script._upgrade_revs("shop@head", "a1aa")) == ["b1bb", "b2bb"]
    assert moved(script._downgrade_revs("base", ("c1cc",))) == ["c1cc", "a1aa"]
    (step,) = script._stamp_revs("c2cc", ("c1cc",))
    assert (step.from_revisions, step.to_revisions) == (("c1cc",), ("c2cc",))


def test_a_step_says_what_it_does_to_the_version_table(script):
    revisions = script.revision_map

    def step(id, up=True):
        make = MigrationStep.upgrade_from_script if up else MigrationStep.downgrade_from_script
        return make(revisions, script.get_revision(id))

    assert step("a1aa").should_create_branch(set())
    assert step("b1bb").update_version_num({"a1aa"}) == ("a1aa", "b1bb")
    assert step("c1cc").should_create_branch({"b1bb"})
    assert step("c1cc", up=False).should_delete_branch({"b1bb", "c1cc"})
    assert step("c1cc", up=False).update_version_num({"c1cc"}) == ("c1cc", "a1aa")
    assert step("a1aa", up=False).should_delete_branch({"a1aa"})


def test_a_step_says_what_it_is(script):
    (step,) = script._upgrade_revs("b1bb", "a1aa")
    assert (step.name, step.is_upgrade, step.doc) == ("upgrade", True, "b1bb message")
    assert step.short_log == "upgrade a1aa -> b1bb"
    assert (step.from_revisions, step.to_revisions) == (("a1aa",), ("b1bb",))
    assert (step.info.up_revision_id, step.info.is_stamp) == ("b1bb", False)
    assert step.migration_fn is step.revision.module.upgrade


def test_a_new_revision_is_written_read_back_and_part_of_the_map(script):
    made = script.generate_revision(
        "b3bb", "A third one", head="shop@head", depends_on="c2cc", branch_labels="deep"
    )
    assert Path(made.path).name == "b3bb_a_third_one.py"
    assert (made.down_revision, made.dependencies) == ("b2bb", "c2cc")
    assert made.branch_labels == {"shop", "deep"}
    assert script.get_revision("deep") is made
    assert made.module.revision == "b3bb"


def test_a_template_of_the_project_has_what_is_handed_to_it(script):
    Path(script.dir, "script.py.mako").write_text(
        "# ${who}\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
    )
    made = script.generate_revision("b3bb", None, head="b2bb", who="Ada")
    assert Path(made.path).read_text().startswith("# Ada\n")


def test_what_cannot_be_is_refused_before_a_file_is_written(script):
    before = sorted(Path(script.versions).iterdir())
    with pytest.raises(MultipleHeads):
        script.generate_revision("dddd", "no head was chosen")
    with pytest.raises(RevisionError):
        script.generate_revision("dddd", "x", head="b2bb", branch_labels="net")
    with pytest.raises(UnknownRevision):
        script.generate_revision("dddd", "x", head="b2bb", depends_on="nope")
    assert sorted(each for each in Path(script.versions).glob("*.py")) == [
        each for each in before if each.suffix == ".py"
    ]


def test_several_version_locations_have_no_one_name(tmp_path):
    found = ScriptDirectory(tmp_path, version_locations=[tmp_path / "a", tmp_path / "b"])
    with pytest.raises(ConfigurationError, match="several version locations"):
        _ = found.versions
    assert found.version_locations == [str(tmp_path / "a"), str(tmp_path / "b")]


# -- hooks -----------------------------------------------------------------------------------------


def hooked(tmp_path, **hook):
    (tmp_path / "versions").mkdir(exist_ok=True)
    return ScriptDirectory(tmp_path, hooks=[{"_hook_name": "mine", **hook}])


def test_a_registered_function_is_called_with_the_path_and_its_options(tmp_path):
    calls = []

    @write_hooks.register("noting")
    def note(path, options):
        calls.append((Path(path).name, options))

    hooked(tmp_path, type="noting", colour="red").generate_revision("aaaa", "x", head="base")
    options = {"_hook_name": "mine", "type": "noting", "colour": "red"}
    assert calls == [("aaaa_x.py", options)]


def test_a_program_is_run_as_the_configuration_says(tmp_path):
    done = hooked(
        tmp_path,
        type="exec",
        executable="sed",
        options="-i s/pass/return/ REVISION_SCRIPT_FILENAME",
    ).generate_revision("aaaa", "x", head="base")
    assert "return" in Path(done.path).read_text()


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ({"type": "nothing"}, "there is no hook type 'nothing'"),
        ({"type": "exec"}, "mine.executable"),
        ({"type": "exec", "executable": "false"}, "exit code 1"),
    ],
)
def test_a_hook_that_does_not_do_its_work_is_told(tmp_path, hook, said):
    with pytest.raises(HookFailed, match=said):
        hooked(tmp_path, **hook).generate_revision("aaaa", "x", head="base")


def test_a_registered_function_that_raises_is_told_as_a_hook(tmp_path):
    @write_hooks.register("raising")
    def fail(path, options):
        raise ValueError("no such colour")

    with pytest.raises(HookFailed, match="ValueError: no such colour"):
        hooked(tmp_path, type="raising").generate_revision("aaaa", "x", head="base")
