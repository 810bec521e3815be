"""The journal through the real `flask`: log, status, resolve, and what is half done."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from histories import create, execute, history
from projects import Project, done, next_step, refused

STOPS = f"{create('half')[0]}\nop.execute('SELECT * FROM nowhere')"


def test_the_log_says_who_applied_what_and_when(project_anywhere: Project) -> None:
    project = project_anywhere
    project.app()
    history(project.folder / "migrations", create("a"), create("b"))
    done(project.flask("db", "upgrade"))
    said = done(project.flask("db", "log")).stdout.splitlines()
    assert len(said) == 2
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  upgrade r2: done in \d", said[0])
    assert " by " in said[0]
    assert " on " in said[0]
    assert "upgrade r1: done" in said[1]


def test_the_log_can_be_short_and_for_programs(project: Project) -> None:
    project.app()
    history(project.folder / "migrations", create("a"), create("b"))
    done(project.flask("db", "upgrade"))
    done(project.flask("db", "downgrade"))
    (entry,) = json.loads(done(project.flask("db", "log", "-n", "1", "--json")).stdout)
    assert (entry["revision"], entry["direction"], entry["result"]) == ("r2", "downgrade", "done")
    assert entry["started"].endswith("+00:00")


def test_a_failure_is_in_the_log_after_it_was_rolled_back(project: Project) -> None:
    project.app()
    history(project.folder / "migrations", STOPS)
    refused(project.flask("db", "upgrade"))
    said = done(project.flask("db", "log")).stdout
    assert "upgrade r1: failed" in said
    assert "no such table: nowhere" in said


def test_status_marks_what_was_changed_since(project: Project) -> None:
    project.app()
    paths = history(project.folder / "migrations", create("a"), create("b"), create("c"))
    done(project.flask("db", "upgrade"))
    paths[0].write_text(paths[0].read_text() + "\n# only a comment\n")
    paths[1].write_text(paths[1].read_text().replace("'b'", "'bee'"))
    said = done(project.flask("db", "status")).stdout
    assert "Edited:    r2: its file was changed after it was applied" in said
    assert "r1:" not in said


def test_half_done_status_names_it_and_resume_finishes_it(
    project_anywhere: Project, engine: Engine
) -> None:
    project = project_anywhere
    project.app()
    first = create("half")[0] + "\nop.get_bind().commit()"
    folder = project.folder / "migrations"
    history(folder, f"{first}\nop.execute('SELECT * FROM nowhere')")
    assert next_step(refused(project.flask("db", "upgrade"))).endswith("flask db upgrade --resume")
    status = done(project.flask("db", "status"))
    assert "Half done: The upgrade of r1" in status.stdout
    assert "Next: flask db upgrade --resume" in status.stderr
    history(folder, f"{first}\n{create('whole')[0]}")
    assert "stopped after statement 1" in refused(project.flask("db", "upgrade"))
    done(project.flask("db", "upgrade", "--resume"))
    assert {"half", "whole"} <= set(sa.inspect(engine).get_table_names())


def test_undone_by_hand_is_said_with_resolve(project: Project, sqlite_engine: Engine) -> None:
    project.app()
    body = f"{create('half')[0]}\nop.get_bind().commit()\nop.execute('SELECT * FROM nowhere')"
    history(project.folder / "migrations", body)
    refused(project.flask("db", "upgrade"))
    assert "is known" in refused(project.flask("db", "resolve", "r1", "--as", "done"))
    execute(sqlite_engine, "DROP TABLE half")
    said = done(project.flask("db", "resolve", "r1", "--as", "undone"))
    assert said.stdout == "Recorded: nothing is left of r1.\n"
    assert "Next: flask db upgrade" in said.stderr
    history(project.folder / "migrations", create("whole"))
    done(project.flask("db", "upgrade"))


def test_an_unknown_revision_is_told_with_what_the_journal_has(project: Project) -> None:
    project.app()
    paths = history(project.folder / "migrations", create("a"), create("b"))
    done(project.flask("db", "upgrade"))
    paths[1].unlink()
    said = refused(project.flask("db", "upgrade"))
    assert re.search(r"It was applied at \d{4}-\d\d-\d\d .* UTC by \S+ on \S+", said)
    assert "after r1." in said
    assert "git log --all" in said
    assert "flask db stamp --purge" in said
    status = done(project.flask("db", "status")).stdout
    assert "Unknown:   r2" in status
    assert "Missing:   r2: applied" in status
    assert "upgrade r2: done" in done(project.flask("db", "log")).stdout
    assert "r1" in done(project.flask("db", "history")).stdout


def test_the_journal_is_removed_by_one_command_and_all_works_as_before(
    project: Project, sqlite_engine: Engine
) -> None:
    project.app()
    history(project.folder / "migrations", create("a"), create("b"))
    done(project.flask("db", "upgrade", "r1"))
    run = done(project.flask("db", "log", "--remove"))
    assert run.stdout == "The journal is removed.\n"
    assert "journal=False" in run.stderr
    assert not sa.inspect(sqlite_engine).has_table("migration_log")
    assert done(project.flask("db", "log")).stdout == "Nothing is recorded.\n"
    done(project.flask("db", "status"))
    done(project.flask("db", "upgrade"))
    assert "upgrade r2: done" in done(project.flask("db", "log")).stdout


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise RuntimeError('cannot log in with s3cr3t')", "cannot log in with ***"),
        ("op.execute(\"CREATE USER nobody PASSWORD 's3cr3t' or so\")", "PASSWORD '***' or so"),
    ],
)
def test_a_password_is_neither_in_the_log_nor_in_the_error(
    project: Project, postgresql_url: str, body: str, told: str
) -> None:
    url = sa.make_url(postgresql_url).set(password="s3cr3t")
    project = replace(project, url=url.render_as_string(hide_password=False))
    project.app()
    history(project.folder / "migrations", body)
    failed = refused(project.flask("db", "upgrade"))
    log = done(project.flask("db", "log"))
    assert told in log.stdout
    assert "s3cr3t" not in failed + log.stdout + log.stderr
