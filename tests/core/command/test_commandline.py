"""The documented program: options, exit codes, and what it says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from migrate_core.api.config import Config
from migrate_core.commandline import CommandLine, in_words_of, main
from migrate_core.errors import Interrupted, UnknownRevision


def run(*argv):
    """The exit code, as a shell would have it."""
    try:
        main(list(argv), prog="alembic")
    except SystemExit as ended:
        return (ended.code or 0) & 0xFF
    return 0


def test_a_command_runs_on_the_alembic_ini_of_the_folder(project, capsys):
    assert run("revision", "-m", "first", "--rev-id", "aaaa") == 0
    assert run("upgrade", "head") == 0
    assert run("current") == 0
    assert capsys.readouterr().out.endswith("aaaa (head)\n")


def test_a_refusal_is_said_with_the_next_step_and_exit_code_255(project, capsys):
    assert run("upgrade", "nope") == 255
    assert capsys.readouterr().out == (
        "FAILED: Can't locate revision identified by 'nope'.\nSee what there is: alembic history\n"
    )


def test_the_program_runs_as_a_module_and_says_so(project):
    call = [sys.executable, "-m", "migrate_core.alembic", "upgrade", "nope"]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ended.returncode == 255
    assert ended.stdout.endswith("See what there is: python -m migrate_core.alembic history\n")
    assert "Traceback" not in ended.stderr


def test_a_database_that_cannot_be_reached_is_a_refusal_without_the_password(project, capsys):
    url = "postgresql+psycopg://u:s3cret@127.0.0.1:1/d"
    project.write(
        "alembic.ini", f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {url}\n"
    )
    assert run("current") == 255
    said = capsys.readouterr().out
    assert "env.py" in said
    assert "s3cret" not in said


def test_an_env_py_that_raises_is_a_refusal_that_names_its_line(project, capsys):
    project.write("migrations/env.py", "import os\n\nimport shop_that_is_not_there\n")
    assert run("upgrade", "head") == 255
    assert "env.py, line 3: ModuleNotFoundError" in capsys.readouterr().out
    with pytest.raises(ModuleNotFoundError):
        main(["--raiseerr", "upgrade", "head"])


def test_a_refusal_is_raised_where_that_is_asked_for(project):
    with pytest.raises(UnknownRevision):
        main(["--raiseerr", "upgrade", "nope"])


@pytest.mark.parametrize("argv", [[], ["upgrade"], ["nothing"], ["merge"], ["heads", "--nope"]])
def test_what_is_written_wrongly_ends_with_2(project, argv):
    assert run(*argv) == 2


def test_quiet_says_nothing(project, capsys):
    project.file("aaaa")
    assert run("-q", "heads") == 0
    assert run("-q", "upgrade", "nope") == 255
    assert capsys.readouterr().out == ""


def test_a_downgrade_takes_a_number_below_zero(project):
    project.file("aaaa")
    assert run("upgrade", "+1") == 0
    assert run("downgrade", "-1") == 0
    assert project.rows == set()


def test_a_range_may_begin_with_a_number_below_zero(project, capsys):
    project.file("aaaa")
    project.file("bbbb", "aaaa")
    assert run("history", "-r-1:") == 0
    assert capsys.readouterr().out.count("message") == 2


def test_stamp_takes_several_revisions(project):
    project.file("aaaa")
    project.file("bbbb", "aaaa")
    project.file("cccc", "aaaa")
    assert run("stamp", "bbbb", "cccc") == 0
    assert project.rows == {"bbbb", "cccc"}


def test_another_section_and_another_file_are_named(project, capsys):
    project.file("aaaa")
    text = (project.folder / "alembic.ini").read_text().replace("[alembic]", "[other]")
    project.write("other.ini", text)
    assert run("-c", "other.ini", "-n", "other", "heads") == 0
    assert capsys.readouterr().out == "aaaa (head)\n"
    assert run("-c", "alembic.ini", "-c", "other.ini", "heads") == 255


def test_the_file_may_be_named_by_the_environment(project, monkeypatch, capsys):
    project.file("aaaa")
    (project.folder / "alembic.ini").rename(project.folder / "moved.ini")
    assert run("heads") == 255
    assert "there is no alembic.ini" in capsys.readouterr().out
    monkeypatch.setenv("ALEMBIC_CONFIG", "moved.ini")
    assert run("heads") == 0


def test_x_arguments_reach_the_migrations(project):
    project.file("aaaa", body="from alembic import context; print(context.get_x_argument(True))")
    seen = []
    project.config.cmd_opts = None
    command_line = CommandLine("alembic")

    def look(config: Config) -> None:
        """Show what -x gave."""
        seen.append(config.cmd_opts.x)

    command_line.register_command(look)
    command_line.main(["-x", "tenant=a", "-x", "dry", "look"])
    assert seen == [["tenant=a", "dry"]]


def test_a_registered_command_has_its_arguments_and_the_known_options(project):
    calls = []

    def promote(config: Config, revision: str, sql: bool = False, secret: str = "") -> None:
        """Promote a revision.

        More about it.
        """
        calls.append((revision, sql))

    command_line = CommandLine()
    command_line.register_command(promote)
    command_line.main(["promote", "--sql", "aaaa"])
    assert calls == [("aaaa", True)]
    assert "Promote a revision." in command_line.parser.format_help()


def test_ctrl_c_ends_with_130_and_says_what_it_left(here, capsys):
    def wait(config: Config) -> None:
        """Wait."""
        raise Interrupted([], "Nothing was run.", "Run it again: flask db upgrade")

    command_line = CommandLine("alembic")
    command_line.register_command(wait)
    with pytest.raises(SystemExit) as ended:
        command_line.main(["wait"])
    assert ended.value.code == 130
    assert capsys.readouterr().err == (
        "Interrupted. Nothing was run.\nRun it again: alembic upgrade head\n"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Apply first: flask db upgrade", "Apply first: alembic upgrade head"),
        ("flask db downgrade; or look", "alembic downgrade -1; or look"),
        ("(flask db history shows them)", "(alembic history shows them)"),
        ("flask db migrate -m 'x'", "alembic revision --autogenerate -m 'x'"),
        ("flask db upgrade --resume", "migrate-core upgrade --resume"),
        ("flask db resolve 1f0c done", "migrate-core resolve 1f0c done"),
    ],
)
def test_next_steps_are_commands_that_there_are(written, shown):
    assert in_words_of("alembic", written) == shown
