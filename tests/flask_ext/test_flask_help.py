"""Help is there before anything else works."""

from __future__ import annotations

import pytest

from projects import Project, done

COMMANDS = (
    "init",
    "list-templates",
    "migrate",
    "revision",
    "merge",
    "upgrade",
    "downgrade",
    "stamp",
    "current",
    "heads",
    "history",
    "branches",
    "graph",
    "schema",
    "show",
    "edit",
    "rebase",
    "log",
    "resolve",
    "plan",
    "status",
    "check",
    "adopt",
    "redo",
    "sql",
)


def test_help_lists_the_commands_where_the_app_cannot_be_imported(project: Project) -> None:
    project.write("app.py", "import no_such_module\n")
    said = done(project.flask("db", "--help")).stdout
    assert "Usage: flask db [OPTIONS] COMMAND [ARGS]..." in said
    assert [command for command in COMMANDS if f"\n  {command} " not in said] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_where_the_app_cannot_be_imported(
    project: Project, command: str
) -> None:
    project.write("app.py", "import no_such_module\n")
    said = done(project.flask("db", command, "--help")).stdout
    assert said.startswith(f"Usage: flask db {command} [OPTIONS]")
