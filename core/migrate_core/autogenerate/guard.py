"""Whether a comparison looks as if models were missing rather than tables to be dropped."""

from __future__ import annotations

from collections.abc import Collection

FEW = 3


def too_many(gone: Collection[object], kept: Collection[object]) -> bool:
    """Whether dropping ``gone`` and keeping ``kept`` is to be said twice.

    All tables that are known, however few; or more than half of three or more. Whoever forgets to
    import a module of models loses them at once, who drops a table drops one.
    """
    known = len(gone) + len(kept)
    return bool(gone) and (not kept or (known >= FEW and 2 * len(gone) > known))
