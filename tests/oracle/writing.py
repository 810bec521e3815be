"""A program: the SQL of each migration of a project, by whatever ``import alembic`` finds.

``python writing.py PROJECT [--doors]`` prints a JSON object: for each dialect and each step the
script, or the name of the exception that it ended with.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import Any

DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")

URLS = {"mysql": "mysql+pymysql://", "mariadb": "mariadb+pymysql://"}


def scripts(project: str) -> dict[str, dict[str, Any]]:
    """What each step writes, up and down."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(output_buffer=io.StringIO())
    config.set_main_option("script_location", project)
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())
    found: dict[str, dict[str, Any]] = {}
    for dialect in DIALECTS:
        config.set_main_option("sqlalchemy.url", URLS.get(dialect, f"{dialect}://"))
        steps = found.setdefault(dialect, {})
        for each in reversed(revisions):
            name = each.revision
            below = each.down_revision or "base"
            steps[f"up {name}"] = written(command.upgrade, config, f"{below}:{name}")
            steps[f"down {name}"] = written(command.downgrade, config, f"{name}:{below}")
    return found


def written(call: Any, config: Any, target: str) -> dict[str, str]:
    """The script that a command writes, or the kind of the error that it ends with."""
    config.output_buffer = io.StringIO()
    try:
        call(config, target, sql=True)
    except Exception as error:
        return {"error": type(error).__name__, "text": str(error)}
    return {"script": config.output_buffer.getvalue()}


if __name__ == "__main__":
    if "--doors" in sys.argv:
        from migrate_core import alias

        alias.install()
    warnings.simplefilter("ignore")
    print(json.dumps(scripts(sys.argv[1])))
