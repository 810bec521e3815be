"""Programs that are run on a new file."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from migrate_core.errors import HookFailed
from migrate_core.scripts import Directory, NewScript, write
from migrate_core.scripts.hooks import FILE, arguments
from migrate_core.settings import Hook

NEW = NewScript("a1", "add", (), (), (), datetime(2026, 3, 9, tzinfo=timezone.utc), (), (), ())
APPEND = "import sys; open(sys.argv[1], 'a').write('# formatted')"
PYTHON = Hook("format", "exec", sys.executable, f'-c "{APPEND}" REVISION_SCRIPT_FILENAME')


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ["/m/a.py"]),
        ("-l 79", ["/m/a.py", "-l", "79"]),
        ("-l 79 REVISION_SCRIPT_FILENAME", ["-l", "79", "/m/a.py"]),
        ("--file=REVISION_SCRIPT_FILENAME 'a b'", ["--file=/m/a.py", "a b"]),
    ],
)
def test_the_file_stands_where_the_options_name_it_or_first(
    options: str, expected: list[str]
) -> None:
    hook = Hook("x", "exec", "black", options)
    assert arguments(hook, Path("/m/a.py")) == ["black", *expected]


def test_a_hook_works_on_the_file(tmp_path: Path) -> None:
    written = write(Directory.at(tmp_path), NEW, hooks=(PYTHON,))
    assert written.path.read_text().endswith("# formatted")


def test_a_module_is_run_by_this_python(tmp_path: Path) -> None:
    hook = Hook("compile", "module", "py_compile")
    written = write(Directory.at(tmp_path), NEW, hooks=(hook,))
    assert (written.path.parent / "__pycache__").is_dir()


def test_a_console_script_is_found_in_the_installed_packages(tmp_path: Path) -> None:
    hook = Hook("help", "console_scripts", "migrate-core", "--help REVISION_SCRIPT_FILENAME")
    assert write(Directory.at(tmp_path), NEW, hooks=(hook,)).path.exists()


def test_a_hook_runs_in_its_folder(tmp_path: Path) -> None:
    code = "open('here', 'w').close()"
    hook = Hook("touch", "exec", sys.executable, f'-c "{code}" {FILE}', str(tmp_path))
    write(Directory.at(tmp_path / "m"), NEW, hooks=(hook,))
    assert (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (Hook("x", "exec", "no-such-program"), "no-such-program: No such file"),
        (Hook("x", "console_scripts", "no-such-script"), "no-such-script"),
        (Hook("x", "module", "no_such_module"), "exit code 1"),
        (Hook("x", "exec", sys.executable, f"-c 'exit(7)' {FILE}"), "exit code 7"),
        (Hook("x", "exec", "a", "'open"), "cannot be split"),
        (Hook("x", "shell", "a"), "no hook type"),  # type: ignore[arg-type]
    ],
)
def test_a_hook_that_fails_is_told_and_the_file_stays(
    tmp_path: Path, hook: Hook, reason: str
) -> None:
    with pytest.raises(HookFailed) as caught:
        write(Directory.at(tmp_path), NEW, hooks=(hook,))
    assert reason in caught.value.reason
    assert Path(caught.value.path).exists()
    assert "a1" in Directory.at(tmp_path).history().graph


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; open(sys.argv[1], 'w').write('(')", "cannot be read"),
        (
            "import sys; open(sys.argv[1], 'a').write('\\nrevision = str(1)')",
            "changed the identifiers",
        ),
    ],
)
def test_a_hook_that_spoils_the_file_is_told(tmp_path: Path, code: str, reason: str) -> None:
    hook = Hook("x", "exec", sys.executable, f'-c "{code}" REVISION_SCRIPT_FILENAME')
    with pytest.raises(HookFailed, match=reason):
        write(Directory.at(tmp_path), NEW, hooks=(hook,))
