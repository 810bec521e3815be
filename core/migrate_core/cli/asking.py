"""What only a person knows: asked in a terminal, or given as options."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import aside
from migrate_core.errors import NotAnswered

if TYPE_CHECKING:
    from migrate_core.autogenerate import Answers, Question, RenameQuestion, RequiredQuestion

Command = Callable[..., Any]


def _pairs(
    _ctx: click.Context, _param: click.Parameter, given: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """``name=value`` each, the value possibly empty."""
    pairs = []
    for text in given:
        name, separator, value = text.partition("=")
        if not (name and separator):
            raise click.BadParameter(f"{text!r} is not of the form NAME=VALUE")
        pairs.append((name, value))
    return tuple(pairs)


def answer_options(command: Command) -> Command:
    """The options that answer what would be asked."""
    pairs: dict[str, Any] = {"multiple": True, "callback": _pairs}
    for option in reversed(
        (
            click.option(
                "--rename",
                **pairs,
                metavar="OLD=NEW",
                help="Renamed: users=accounts, or users.fullname=full_name.",
            ),
            click.option(
                "--no-rename",
                multiple=True,
                metavar="OLD",
                help="Not renamed, to be dropped: users, or users.fullname.",
            ),
            click.option(
                "--fill",
                **pairs,
                metavar="COLUMN=VALUE",
                help="What the rows that are there get in a new NOT NULL column.",
            ),
            click.option(
                "--server-default",
                **pairs,
                metavar="COLUMN=SQL",
                help="What it has as server default.",
            ),
            click.option(
                "--nullable", multiple=True, metavar="COLUMN", help="It takes NULL for now."
            ),
            click.option("--allow-drops", is_flag=True, help="Let most of the tables be dropped."),
        )
    ):
        command = option(command)
    return command


def asking() -> dict[str, Any]:
    """``{"ask": ...}`` where somebody sits in front of a terminal."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        return {"ask": ask}
    return {}


def ask(questions: Sequence[Question]) -> Answers:
    """Ask the first question; what comes after it may depend on the answer.

    :raises NotAnswered: the person wants to decide later.
    """
    from migrate_core.autogenerate import RenameQuestion

    question = questions[0]
    aside(question.asked)
    if isinstance(question, RenameQuestion):
        return _renamed(question)
    return _required(question)


def _renamed(question: RenameQuestion) -> Answers:
    from migrate_core.autogenerate import Answers

    several = len(question.candidates) > 1
    keys = {
        f"r{number}" if several else "r": candidate.name
        for number, candidate in enumerate(question.candidates, 1)
    }
    said = [text for _, text in question.options]
    chosen = _chosen(question.name, dict(zip([*keys, "d"], said, strict=True)))
    if chosen == "d":
        return Answers(no_rename=frozenset({question.name}))
    return Answers(rename={question.name: keys[chosen]})


def _required(question: RequiredQuestion) -> Answers:
    from migrate_core.autogenerate import Answers

    said = [text for _, text in question.options]
    chosen = _chosen(question.name, dict(zip("fsn", said, strict=True)))
    if chosen == "n":
        return Answers(nullable=frozenset({question.name}))
    what = "Value ('' for an empty text)" if chosen == "f" else "Server default"
    value = click.prompt(what, default=question.suggestion, type=str, err=True)
    given = {question.name: value}
    return Answers(fill=given) if chosen == "f" else Answers(server_default=given)


def _chosen(name: str, choices: dict[str, str]) -> str:
    """One of the keys: typed, because Enter alone answers nothing.

    :raises NotAnswered: the person quits.
    """
    for key, said in {**choices, "q": "quit, and write nothing"}.items():
        aside(f"  ({key}) {said}")
    chosen: str = click.prompt(
        "Your answer", type=click.Choice([*choices, "q"]), show_choices=True, err=True
    )
    if chosen == "q":
        raise NotAnswered(name)
    return chosen
