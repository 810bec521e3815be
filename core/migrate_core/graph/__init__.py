"""The history of a schema: which migrations there are, what follows what, and what is to be run.

Pure: nothing here reads a file, a connection or a clock.
"""

from migrate_core.graph.graph import RevisionGraph
from migrate_core.graph.heads import HeadChange, Step, advance
from migrate_core.graph.plan import between, downgrade, stamp, upgrade
from migrate_core.graph.revision import Revision
from migrate_core.graph.target import (
    PREFIX_LENGTH,
    Named,
    Relative,
    Target,
    branch_of,
    parse,
    parse_range,
    resolve,
    resolve_one,
)

__all__ = [
    "PREFIX_LENGTH",
    "HeadChange",
    "Named",
    "Relative",
    "Revision",
    "RevisionGraph",
    "Step",
    "Target",
    "advance",
    "between",
    "branch_of",
    "downgrade",
    "parse",
    "parse_range",
    "resolve",
    "resolve_one",
    "stamp",
    "upgrade",
]
