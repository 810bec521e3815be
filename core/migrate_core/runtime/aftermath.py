"""What became of a run that failed, and what to do then, as far as its database can undo things."""

from __future__ import annotations

from migrate_core.database.transactions import Undone
from migrate_core.runtime.progress import Progress


def aftermath(
    direction: str, progress: Progress, undone: Undone, *, split: bool, recorded: bool
) -> tuple[str, str]:
    """A sentence on where the database stands, and the next step.

    :param undone: what a failure undoes here.
    :param split: whether the migration that failed had committed something.
    :param recorded: whether a journal has what was done of it.
    """
    again = f"Correct the migration, then run: flask db {direction}"
    kept = f"Before it and kept: {', '.join(progress.kept) or 'none'}"
    stands = ", ".join(progress.safe) or "base"
    if split:
        return (
            "What this migration did up to its last commit stays, the rest was rolled back. "
            f"{kept}; the version table stands at {stands}.",
            _behind(direction, recorded=recorded),
        )
    match undone:
        case "run" if not progress.kept:
            return f"The run was rolled back: the database stands at {stands}, as before.", again
        case "run" | "step":
            return (
                f"This migration was rolled back. {kept}; the database stands at {stands}.",
                again,
            )
        case "caller":
            return "The transaction is the caller's: nothing is committed yet.", again
    return (
        "This database commits each schema change as it is made: what this migration did "
        f"before the failing statement stays. {kept}; the version table stands at {stands}.",
        _behind(direction, recorded=recorded),
    )


def _behind(direction: str, *, recorded: bool) -> str:
    if not recorded:
        return (
            f"Undo by hand what stays of this migration, correct it, then run: flask db {direction}"
        )
    return (
        "Correct what follows the statements that are done, then go on behind them: "
        f"flask db {direction} --resume"
    )
