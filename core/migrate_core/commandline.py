"""The documented ``alembic`` program: its options, and an exit code for each outcome.

::

    CommandLine(prog).main(argv)     a command is a function: what it must be given is an argument,
        .register_command(fn)        what has a default is an option, if OPTIONS has it

    0     done
    255   refused, as documented: FAILED: what, and what next
    130   interrupted (Ctrl-C); what could be undone is
    2     written wrongly
"""

from __future__ import annotations

import functools
import inspect
import logging
import os
import re
import sys
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, ParamSpec, TypeVar

from migrate_core import command
from migrate_core.api.config import Config
from migrate_core.command.environment import told
from migrate_core.config import toml
from migrate_core.errors import CommandError, ConfigurationError, MigrateError

REFUSED = 255

INTERRUPTED = 130
"""What shells have for it: 128 and the number of SIGINT."""

OFFERED = "1.20.1"
"""The version of Alembic whose documented interface this is."""

INI = "alembic.ini"

FROM_ENVIRONMENT = "ALEMBIC_CONFIG"

CommandFunction = Callable[..., Any]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_LOGGER = logging.getLogger("alembic.util.messaging")

_FLAG = MappingProxyType({"action": "store_true"})

OPTIONS: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = MappingProxyType(
    {
        "template": (("-t", "--template"), {"help": "Name of the template, see list_templates."}),
        "package": (("--package",), {**_FLAG, "help": "Make the folders Python packages."}),
        "message": (("-m", "--message"), {"help": "What the migration is for."}),
        "autogenerate": (
            ("--autogenerate",),
            {**_FLAG, "help": "Fill it with what differs between models and database."},
        ),
        "sql": (("--sql",), {**_FLAG, "help": "Write the SQL instead of running it."}),
        "tag": (("--tag",), {"help": "Free text for env.py."}),
        "head": (("--head",), {"help": "What the new revision follows (default: head)."}),
        "splice": (("--splice",), {**_FLAG, "help": "It may follow what is no head."}),
        "branch_label": (("--branch-label",), {"help": "A name for the branch that begins here."}),
        "version_path": (("--version-path",), {"help": "The version location for the file."}),
        "rev_id": (("--rev-id",), {"help": "The identifier, instead of a generated one."}),
        "depends_on": (
            ("--depends-on",),
            {"action": "append", "help": "What else has to be applied first; repeatable."},
        ),
        "rev_range": (("-r", "--rev-range"), {"help": "Only these: [START]:[END]."}),
        "verbose": (("-v", "--verbose"), {**_FLAG, "help": "Show all that is known of each."}),
        "indicate_current": (
            ("-i", "--indicate-current"),
            {**_FLAG, "help": "Mark where the database stands."},
        ),
        "resolve_dependencies": (
            ("--resolve-dependencies",),
            {**_FLAG, "help": "Leave out what another branch depends on."},
        ),
        "check_heads": (
            ("-c", "--check-heads"),
            {**_FLAG, "help": "Fail if the database does not stand at all heads."},
        ),
        "purge": (("--purge",), {**_FLAG, "help": "Forget first what was recorded, even unknown."}),
    }
)
"""The option of a parameter that has a default."""

ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "directory": "The folder to make.",
        "revision": "A revision, head, heads, base, a branch label, +N or -N.",
        "revisions": "Revisions, or heads.",
        "rev": "A revision, head, heads, base, current or a branch label.",
    }
)

SEVERAL = frozenset({("stamp", "revision"), ("merge", "revisions")})
"""The commands that take several of an argument, which is called ``revisions``."""


class CommandLine:
    """The program.

    :param prog: its name, in help and messages; by default the documented one.
    """

    def __init__(self, prog: str | None = None) -> None:
        # What called main() may be any program, which has no such commands.
        self.prog = prog or "alembic"
        self.parser = ArgumentParser(prog=prog)
        add = self.parser.add_argument
        said = f"%(prog)s {OFFERED} (flask-migrate-ext {version('flask-migrate-ext')})"
        add("--version", action="version", version=said)
        add(
            "-c",
            "--config",
            action="append",
            help=f"The ini file, or a pyproject.toml; one of each may be named (default: "
            f"{FROM_ENVIRONMENT}, or {INI} and {toml.NAME}).",
        )
        add("-n", "--name", default="alembic", help="Section of the ini file (default: alembic).")
        add("-x", action="append", help="NAME=VALUE for env.py and migrations; repeatable.")
        add("--raiseerr", action="store_true", help="Show where an error was raised.")
        add("-q", "--quiet", action="store_true", help="Say nothing.")
        self._commands: Action = self.parser.add_subparsers(metavar="COMMAND")
        for name in command.__all__:
            self.register_command(getattr(command, name))

    def register_command(self, fn: CommandFunction) -> None:
        """Add a command.

        :param fn: is given a Config, then what has no default as arguments, and the rest as
            options. Its name is the command's, the first paragraph of its docstring the help.
        """
        parameters = list(inspect.signature(fn).parameters.values())[1:]
        doc = inspect.getdoc(fn) or ""
        help = " ".join(doc.split("\n\n")[0].split())
        parser: ArgumentParser = self._commands.add_parser(  # type: ignore[attr-defined]
            fn.__name__, help=help.replace("%", "%%"), description=help.replace("%", "%%")
        )
        positional, options = [], []
        for parameter in parameters:
            if parameter.default is not parameter.empty:
                if parameter.name in OPTIONS:
                    flags, attributes = OPTIONS[parameter.name]
                    if "action" not in attributes:
                        attributes = {**attributes, "default": parameter.default}
                    parser.add_argument(*flags, dest=parameter.name, **attributes)
                    options.append(parameter.name)
                continue
            several = (fn.__name__, parameter.name) in SEVERAL
            dest = "revisions" if several else parameter.name
            parser.add_argument(dest, help=ARGUMENTS.get(dest), nargs="+" if several else None)
            positional.append(dest)
        parser.set_defaults(cmd=(fn, positional, options))

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Run the command that was asked for; a refusal ends the process with exit code 255.

        :raises CommandError: with ``--raiseerr``.
        """
        fn, positional, named = options.cmd
        try:
            with nullcontext() if options.raiseerr else told(config):
                fn(
                    config,
                    *[getattr(options, name) for name in positional],
                    **{name: getattr(options, name) for name in named},
                )
        except CommandError as error:
            if options.raiseerr:
                raise
            self._refuse(error, quiet=options.quiet)
        except KeyboardInterrupt as error:
            print(in_words_of(self.prog, str(error)) or "Interrupted.", file=sys.stderr)
            sys.exit(INTERRUPTED)

    def main(self, argv: Sequence[str] | None = None) -> None:
        """Run what a command line asks for.

        :param argv: by default that of the process.
        """
        options = self.parser.parse_args(argv)
        if not hasattr(options, "cmd"):
            # as documented; the parser by itself would only name what it had expected
            self.parser.error("too few arguments")
        try:
            ini, toml_file = _files(options.config)
        except ConfigurationError as error:
            if options.raiseerr:
                raise
            self._refuse(error, quiet=options.quiet)
        self.run_cmd(
            Config(file_=ini, toml_file=toml_file, ini_section=options.name, cmd_opts=options),
            options,
        )

    def _refuse(self, error: CommandError, *, quiet: bool) -> NoReturn:
        said = in_words_of(self.prog, str(error))
        if _LOGGER.hasHandlers():  # without any, Python would print it once more
            _LOGGER.error("%s", said)
        if not quiet:
            with suppress(OSError):  # nobody reads it any more
                print(f"FAILED: {said}")
        sys.exit(REFUSED)


def main(argv: Sequence[str] | None = None, prog: str | None = None, **kwargs: Any) -> None:
    """Run what a command line asks for.

    :param argv: by default that of the process.
    :param prog: the program's name.
    :param kwargs: without effect, as documented.
    """
    CommandLine(prog=prog).main(argv=argv)


def _files(named: Sequence[str] | None) -> tuple[str, str]:
    """The ini file and the TOML file.

    :raises ConfigurationError: two of one kind were named.
    """
    given = list(named or filter(None, [os.environ.get(FROM_ENVIRONMENT)]))
    tomls = [each for each in given if Path(each).name == toml.NAME]
    inis = [each for each in given if each not in tomls]
    for several in (tomls, inis):
        if len(several) > 1:
            raise ConfigurationError(
                f"Two configuration files of one kind were named: {several[0]} and {several[1]}.",
                "Give one -c for an ini file, and one for a pyproject.toml.",
            )
    return (inis or [INI])[0], (tomls or [toml.NAME])[0]


_COMMAND = re.compile(r"flask db\b(?: (?P<name>[a-z][a-z-]*)(?P<rest>(?: [^\s;,.)]+)*))?")

_OUR_OPTIONS = ("--resume", "--allow-drops", "--rename", "--fill", "--plan", "--no-lock")

_TARGETS = MappingProxyType(
    {"upgrade": "head", "downgrade": "-1", "stamp": "head", "show": "head", "edit": "head"}
)
"""What has to be said here, and goes without saying elsewhere."""


def in_words_of(prog: str, text: str) -> str:
    """An error's text with the commands of this program; what it has not, ``migrate-core`` has."""

    def said(match: re.Match[str]) -> str:
        name, rest = match["name"], match["rest"] or ""
        ours = any(option in rest for option in _OUR_OPTIONS)
        if name is None:
            return prog
        if name == "migrate" and not ours:
            return f"{prog} revision --autogenerate{rest}"
        if ours or name not in command.__all__:
            return f"migrate-core {name}{rest}"
        target = f" {_TARGETS[name]}" if name in _TARGETS and not rest else ""
        return f"{prog} {name}{rest}{target}"

    return _COMMAND.sub(said, text)


def for_programs(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A command whose errors name the commands of the documented program, as a program expects
    that calls it under its documented name."""

    @functools.wraps(function)
    def call(*args: Arguments.args, **kw: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kw)
        except MigrateError as error:
            error.reword(lambda text: in_words_of("alembic", text))
            raise

    return call
