"""The calls of tests/core/ddl/reference_ddl.json, and the names that they are written in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "core" / "ddl"

CASES: dict[str, dict[str, Any]] = {
    case["case"]: case
    for case in json.loads((FOLDER / "reference_ddl.json").read_text(encoding="utf-8"))["cases"]
}

PRELUDE = """
from sqlalchemy import (
    BigInteger, Boolean, CheckConstraint, Column as C, Computed, DateTime, ForeignKey, Identity,
    Integer, String, column, func, table, text,
)

def _b(op):
    with op.batch_alter_table("t") as batch:
        batch.add_column(C("x", Integer))
        batch.drop_column("y")
"""


def source(case: str) -> str:
    """A call with what it needs, as the body of a function that knows ``op``."""
    return f"{PRELUDE}\n{CASES[case]['call']}"
