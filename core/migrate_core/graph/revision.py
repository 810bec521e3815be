"""One node of the history: what a migration file says about its place, and nothing of its body.

::

    Revision
      id           "ae1027a6"
      down         what it follows:          ()  a base   ("a",)  the usual   ("b", "c")  a merge
      depends_on   what else must be applied first: full ids or branch labels, as written
      labels       names its branch goes by
      doc          the message
"""

from __future__ import annotations

from typing import NamedTuple


class Revision(NamedTuple):
    """A node as its file declares it; :class:`~migrate_core.graph.graph.RevisionGraph` joins them.

    ``depends_on`` orders a revision after another without making it part of that one's branch.
    """

    id: str
    down: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    doc: str = ""
