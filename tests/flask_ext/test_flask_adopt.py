"""A project that lived on ``create_all()`` takes up migrations, with the real ``flask``."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from histories import execute
from projects import APP, CUSTOMER, Project, done, next_step, refused

BEGUN = """
with app.app_context():
    db.create_all()
"""


NAMED = (
    CUSTOMER
    + """
    nick = db.Column(db.String(80), unique=True)
    boss_id = db.Column(db.Integer, db.ForeignKey("customer.id"))
"""
)


def test_where_only_names_differ_what_gives_them_is_told_and_then_it_is_taken_over(
    project_anywhere: Project, scratch_url: str, engine: Engine
) -> None:
    project = project_anywhere
    project.write("app.py", APP.format(url=scratch_url) + NAMED)
    done(project.flask("db", "migrate", "-m", "initial"))
    project.write("app.py", APP.format(url=project.url) + NAMED + BEGUN)
    done(project.flask("routes"))
    project.app(NAMED)
    tried = () if engine.dialect.name == "sqlite" else ("--scratch", scratch_url)
    if tried:  # SQLite gives no names by itself
        said = refused(project.flask("db", "adopt", *tried))
        assert next_step(said).startswith("Only names differ")
        assert next_step(said).endswith("then: flask db adopt")
        _, _, statements = said.rpartition("In SQL:\n")
        execute(engine, *(each.strip(" ;") for each in statements.splitlines()[:-1]))
    done(project.flask("db", "adopt", *tried))
    done(project.flask("db", "check"))


def test_redo_and_adopt_are_functions_as_well(project: Project) -> None:
    project.app()
    done(project.flask("db", "migrate", "-m", "initial", "--rev-id", "f1"))
    project.write(
        "deploy.py",
        """\
        from app import app, db
        from flask_migrate_ext import adopt, current, redo
        from migrate_core.errors import CannotAdopt
        with app.app_context():
            db.create_all()
            print(adopt().after, current())
            print([[step.up for step in outcome.steps] for outcome in redo(steps=1)])
            try:
                adopt()
            except CannotAdopt as error:
                print(error.reason)
        """,
    )
    ran = done(project.flask("routes", app="deploy:app"))
    assert ran.stdout.splitlines()[:3] == [
        "('f1',) ('f1',)",
        "[[False], [True]]",
        "it is recorded to stand at f1",
    ]


def test_a_database_of_create_all_is_taken_over(
    project_anywhere: Project, scratch_url: str
) -> None:
    project = project_anywhere
    project.write("app.py", APP.format(url=project.url) + CUSTOMER + BEGUN)
    said = refused(project.flask("db", "adopt"))
    assert "there are no migrations yet" in said
    assert "flask db migrate -m 'initial'" in said

    project.write("app.py", APP.format(url=scratch_url) + CUSTOMER)
    done(project.flask("db", "migrate", "-m", "initial"))

    project.app()
    adopted = done(project.flask("db", "adopt"))
    assert "The database is recorded to stand at " in adopted.stdout
    assert "Nothing to do" in done(project.flask("db", "upgrade")).stdout
    assert "1 migration undone, 1 applied" in done(project.flask("db", "redo")).stdout
    assert "nothing to do" in done(project.flask("db", "sql")).stdout
