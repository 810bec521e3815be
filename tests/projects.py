"""Flask projects for tests, as a newcomer would lay them out, and what their commands say.

::

    project.app(MODELS)                    writes app.py: one app, on the project's database
    project.flask("db", "upgrade")         runs it: .stdout, .stderr, .returncode
    done(run)  refused(run, code)          the run, after looking that it went well, or did not
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from subprocess import CompletedProcess
from textwrap import dedent

Run = CompletedProcess[str]

APP = """\
from flask import Flask
from flask_migrate_ext import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = {url!r}
db = SQLAlchemy(app)
Migrate(app, db)
"""

CUSTOMER = """
class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(80), nullable=False)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with an app in it, and its database."""

    folder: Path
    url: str
    run: Callable[..., Run]

    def app(self, models: str = CUSTOMER) -> None:
        """Write `app.py`: the app, its db, its Migrate, and these models."""
        self.write("app.py", APP.format(url=self.url) + dedent(models))

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        forget_byte_code(path)
        return path

    def flask(self, *arguments: str, **environment: str) -> Run:
        """Run `flask ARGUMENTS` in the folder."""
        return self.run(self.folder, *arguments, **environment)

    @property
    def files(self) -> list[Path]:
        """The migration files of `migrations/versions`."""
        return sorted((self.folder / "migrations").glob("versions/*.py"))


def forget_byte_code(source: Path) -> None:
    """Have a source compiled again that was just rewritten.

    Python takes it for the same where its size and the second of its writing are (PEP 3147).
    """
    Path(cache_from_source(str(source))).unlink(missing_ok=True)


def done(run: Run) -> Run:
    """The run; it went well."""
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    return run


def refused(run: Run, code: int = 1) -> str:
    """What the run said on standard error; it failed, with a message and nothing else."""
    assert run.returncode == code, run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert run.stdout == ""
    return run.stderr


def next_step(said: str) -> str:
    """The last line of what was said."""
    return said.rstrip().splitlines()[-1]
