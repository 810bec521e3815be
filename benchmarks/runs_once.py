"""One upgrade from base to head on a database, told who does it, which folder, and the URL.

Prints seconds, CPU seconds of this process, statements sent, and the most memory it had in MiB.
The SQL of the revisions is what ``bare`` sends, in the same transactions as ours.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module

import sqlalchemy as sa


def ours(folder: str, engine: sa.Engine) -> Callable[[], object]:
    """By this project, with its journal and its lock."""
    from migrate_core import Migrations, alias

    import_module("migrate_core.runtime.executor")  # starting is measured by `start`
    import_module("migrate_core.api")
    migrations = Migrations(
        folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
    )
    return migrations.upgrade


def alembic(folder: str, engine: sa.Engine) -> Callable[[], object]:
    """By Alembic's own command."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return lambda: command.upgrade(config, "head")


def bare(folder: str, engine: sa.Engine) -> Callable[[], object]:
    """By nobody: the statements alone, committed as this database lets ours be committed."""
    from migrate_core import Migrations, alias

    script = Migrations(
        folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
    ).upgrade_sql()
    lines = (line for line in script.splitlines() if not line.startswith("--"))
    statements = [text.strip() for text in "\n".join(lines).split(";\n") if text.strip()]
    ends = ("BEGIN", "COMMIT", "START TRANSACTION")
    statements = [text for text in statements if not text.rstrip(";").startswith(ends)]

    def run() -> None:
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            for statement in statements:
                connection.exec_driver_sql(statement)
                if engine.dialect.name == "mysql" and "alembic_version" in statement:
                    connection.exec_driver_sql("COMMIT")

    return run


def main() -> None:
    """Print the four numbers."""
    side, folder, url = sys.argv[1:]
    engine = sa.create_engine(url)
    run = {"ours": ours, "alembic": alembic, "bare": bare}[side](folder, engine)
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1

    sa.event.listen(engine, "before_cursor_execute", count)
    started, cpu = time.perf_counter(), time.process_time()
    run()
    print(time.perf_counter() - started)
    print(time.process_time() - cpu)
    print(sent)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
