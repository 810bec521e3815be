"""A project that lived on ``create_all()`` takes up migrations, with the real ``flask``."""

from __future__ import annotations

from projects import APP, CUSTOMER, Project, done, refused

BEGUN = """
with app.app_context():
    db.create_all()
"""


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
