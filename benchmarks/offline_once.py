"""CPU seconds of one upgrade script, and its characters; told ``ours`` or ``alembic``, a folder.

Modules are imported and one script is written before the clock starts, so that what a process
pays once, byte code included, is paid on both sides.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

URL = "postgresql+psycopg://user@host/database"


def ours(folder: str) -> Callable[[], str]:
    """By this project."""
    import sqlalchemy as sa

    from migrate_core import Migrations, alias

    engine = sa.create_engine(URL)
    return lambda: Migrations(
        folder, engine=engine, metadata=sa.MetaData(), surroundings=alias.active
    ).upgrade_sql()


def alembic(folder: str) -> Callable[[], str]:
    """By Alembic's own command."""
    from alembic import command
    from alembic.config import Config

    def written() -> str:
        output = io.StringIO()
        config = Config(output_buffer=output)
        config.set_main_option("script_location", folder)
        config.set_main_option("path_separator", "os")
        config.set_main_option("sqlalchemy.url", URL)
        command.upgrade(config, "head", sql=True)
        return output.getvalue()

    return written


def main() -> None:
    """Print both numbers."""
    sys.dont_write_bytecode = False  # whatever this machine says
    write = {"ours": ours, "alembic": alembic}[sys.argv[1]](sys.argv[2])
    write()
    started = time.process_time()
    script = write()
    print(time.process_time() - started)
    print(len(script))


if __name__ == "__main__":
    main()
