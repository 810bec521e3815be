"""Migrations that are missing, broken or at odds: what is wrong, where, what next."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from histories import create, execute, history, migration, rows, tables
from projects import Project, done, next_step, refused


@pytest.fixture
def shop(project: Project) -> Project:
    """An app on SQLite, and no migrations yet."""
    project.app()
    return project


def folder_of(project: Project) -> Path:
    return project.folder / "migrations"


# -- the folder ------------------------------------------------------------------------------------


def test_upgrading_without_a_folder(shop: Project) -> None:
    said = refused(shop.flask("db", "upgrade"))
    assert f"There is no migrations folder {folder_of(shop)}." in said
    assert "flask db migrate -m 'initial'" in next_step(said)


@pytest.mark.parametrize("command", ["migrate", "init", "upgrade"])
def test_a_file_in_the_place_of_the_folder(shop: Project, command: str) -> None:
    folder_of(shop).write_text("mine")
    said = refused(shop.flask("db", command))
    assert str(folder_of(shop)) in said
    assert (
        next_step(said)
        == f"Check it with: ls -ld {folder_of(shop)}; or name another folder with -d."
    )
    assert folder_of(shop).read_text() == "mine"


def test_a_link_to_nowhere_in_the_place_of_the_folder(shop: Project) -> None:
    folder_of(shop).symlink_to(shop.folder / "nowhere")
    said = refused(shop.flask("db", "migrate"))
    assert f"it is a link to {shop.folder / 'nowhere'}, and nothing is there" in said
    assert not (shop.folder / "nowhere").exists()


def test_a_file_in_the_place_of_the_folder_for_versions(shop: Project) -> None:
    folder_of(shop).mkdir()
    (folder_of(shop) / "versions").write_text("mine")
    said = refused(shop.flask("db", "migrate"))
    assert str(folder_of(shop) / "versions") in said
    assert "Check it with: ls -ld" in next_step(said)


def test_a_folder_that_cannot_be_made(shop: Project) -> None:
    (shop.folder / "notes").write_text("a file")
    said = refused(shop.flask("db", "migrate", "-d", "notes/migrations"))
    assert str(shop.folder / "notes") in said
    assert "Check it with: ls -ld" in next_step(said)


# -- a file ----------------------------------------------------------------------------------------


def test_a_migration_with_a_syntax_error_is_named_with_its_line(
    shop: Project, sqlite_engine: Engine
) -> None:
    history(folder_of(shop), create("a"), "pass")
    path = migration(folder_of(shop), "r2", "op.execute(", down_revision="r1")
    line = path.read_text().splitlines().index("    op.execute(") + 1
    said = refused(shop.flask("db", "upgrade"))
    assert f"{path}, line {line}: " in said
    assert next_step(said) == "Correct the file and run the command again."
    assert tables(sqlite_engine) == set()


def test_a_migration_that_imports_what_is_not_there(shop: Project, sqlite_engine: Engine) -> None:
    (path,) = history(folder_of(shop), create("a"))
    path.write_text("import no_such_module\n" + path.read_text())
    said = refused(shop.flask("db", "upgrade"))
    assert f"{path}, line 1: importing it raised ModuleNotFoundError" in said
    assert tables(sqlite_engine) == set()


def test_a_parent_that_no_file_has(shop: Project) -> None:
    path = migration(folder_of(shop), "r2", down_revision="r1")
    said = refused(shop.flask("db", "upgrade"))
    assert f"Revision r2 ({path}) names down_revision 'r1'" in said
    assert "correct down_revision in the file of r2" in next_step(said)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("op.create_table('b')\nop.execute('SELECT x FROM nowhere')", "SELECT x FROM nowhere"),
        ("op.create_table('b')\nraise KeyError('what')", "KeyError: 'what'"),
    ],
)
def test_a_migration_that_raises_says_its_line_and_what_was_undone(
    project_anywhere: Project, engine: Engine, body: str, reason: str
) -> None:
    project_anywhere.app()
    folder = folder_of(project_anywhere)
    up, down = create("b")
    body = body.replace("op.create_table('b')", up)
    _first, path = history(folder, create("a"), (body, down))
    line = path.read_text().splitlines().index("    " + body.splitlines()[-1]) + 1

    said = refused(project_anywhere.flask("db", "upgrade"))
    assert f"The upgrade of r2 failed in {path}, line {line}:" in said
    assert reason in said
    if engine.dialect.name == "mysql":
        assert next_step(said).endswith("then go on behind them: flask db upgrade --resume")
        assert "commits each schema change as it is made" in said
        assert "Before it and kept: r1; the version table stands at r1." in said
        assert tables(engine) == {"a", "b"}
        assert rows(engine, "SELECT version_num FROM alembic_version") == [("r1",)]
    else:
        assert next_step(said).endswith("then run: flask db upgrade")
        assert "The run was rolled back: the database stands at base, as before." in said
        assert tables(engine) == set()


# -- revisions -------------------------------------------------------------------------------------


def test_a_revision_that_there_is_none_of(shop: Project, sqlite_engine: Engine) -> None:
    history(folder_of(shop), create("a"))
    said = refused(shop.flask("db", "upgrade", "nonsense"))
    assert "Can't locate revision identified by 'nonsense'" in said
    assert next_step(said) == "See what there is: flask db history"
    assert tables(sqlite_engine) == set()


@pytest.mark.parametrize("command", ["migrate", "check"])
def test_migrations_that_are_pending(shop: Project, command: str) -> None:
    history(folder_of(shop), create("a"), create("b"))
    said = refused(shop.flask("db", command), 3)
    assert "2 migrations are not applied" in said
    assert "r1 message of r1" in said
    assert "r2 message of r2" in said
    assert next_step(said) == "Apply first: flask db upgrade"
    assert len(shop.files) == 2


@pytest.fixture
def forked(shop: Project) -> Project:
    """Two migrations that both follow r1."""
    history(folder_of(shop), create("a"))
    migration(folder_of(shop), "left", *create("b"), down_revision="r1")
    migration(folder_of(shop), "right", *create("c"), down_revision="r1")
    return shop


def test_two_heads_at_an_upgrade(forked: Project, sqlite_engine: Engine) -> None:
    said = refused(forked.flask("db", "upgrade"))
    assert_two_heads(said)
    assert tables(sqlite_engine) == set()


def test_two_heads_at_a_migrate(forked: Project) -> None:
    done(forked.flask("db", "upgrade", "heads"))
    assert_two_heads(refused(forked.flask("db", "migrate")))
    assert len(forked.files) == 3


def assert_two_heads(said: str) -> None:
    assert "there are 2 heads" in said
    for head in ("left", "right"):
        assert f"message of {head}" in said
        assert f"migrations/versions/{head}_.py" in said
    assert next_step(said).startswith("Join them: flask db merge heads -m 'merge'")


def test_what_the_message_about_two_heads_advises_works(
    forked: Project, sqlite_engine: Engine
) -> None:
    assert next_step(done(forked.flask("db", "status")).stderr) == (
        "Next: flask db merge heads -m 'merge'"
    )
    merged = done(forked.flask("db", "merge", "heads", "-m", "merge"))
    assert merged.stdout.endswith("_merge.py, which follows left and right\n")
    assert next_step(merged.stderr) == "Next: flask db upgrade"
    assert done(forked.flask("db", "upgrade")).stdout.startswith("4 migrations applied.")
    assert tables(sqlite_engine) == {"a", "b", "c"}


@pytest.fixture
def strayed(shop: Project, sqlite_engine: Engine) -> Project:
    """The database stands at a revision whose file is gone."""
    history(folder_of(shop), create("a"))
    execute(
        sqlite_engine,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('cafe42')",
    )
    return shop


@pytest.mark.parametrize("command", ["upgrade", "downgrade", "migrate", "check"])
def test_a_database_at_a_revision_that_no_file_has(strayed: Project, command: str) -> None:
    said = refused(strayed.flask("db", command))
    assert "stands at revision cafe42 (alembic_version), and no migration file has that id" in said
    assert next_step(said).endswith("flask db stamp --purge REVISION")
    assert len(strayed.files) == 1


def test_status_and_current_still_work_where_the_database_has_strayed(strayed: Project) -> None:
    assert done(strayed.flask("db", "current")).stdout == "cafe42 (no migration file has this id)\n"
    status = done(strayed.flask("db", "status"))
    assert "Unknown:   cafe42" in status.stdout
    assert "pending" not in status.stdout
    assert next_step(status.stderr) == "Next: flask db stamp --purge REVISION"


def test_the_advice_for_a_database_that_has_strayed_works(strayed: Project) -> None:
    stamped = done(strayed.flask("db", "stamp", "--purge", "r1"))
    assert stamped.stdout == "The database is recorded to stand at r1.\n"
    assert done(strayed.flask("db", "current")).stdout == "r1 (head), message of r1\n"


# -- what a new file is called ---------------------------------------------------------------------


@pytest.mark.parametrize("rev_id", ["../../x", "a/b", "head", "x" * 33, "a@b"])
def test_an_identifier_that_cannot_be_one(shop: Project, rev_id: str) -> None:
    said = refused(shop.flask("db", "revision", "--rev-id", rev_id))
    assert f"{rev_id!r} cannot be a revision id: " in said
    assert next_step(said).startswith("Leave --rev-id out for a generated one")
    assert not folder_of(shop).exists()


@pytest.mark.parametrize(
    "message",
    [
        'it\'s "quoted"',
        "three \"\"\" quotes and ''' more",
        "two\nlines",
        "${7 * 7} <% raise %> ## %if",
        "back\\slash \\n \\u1234 at the end \\",
        "../../outside/of it",
        "größe 数 🙂",
    ],
)
def test_a_message_comes_back_as_it_was_given(shop: Project, message: str) -> None:
    done(shop.flask("db", "migrate", "-m", message, "--rev-id", "m1"))
    done(shop.flask("db", "upgrade"))
    assert message.splitlines()[0] in done(shop.flask("db", "current")).stdout
    (path,) = shop.files
    assert path.parent == folder_of(shop) / "versions"
