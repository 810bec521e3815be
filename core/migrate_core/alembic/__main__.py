"""``python -m migrate_core.alembic``: the documented command line."""

from migrate_core.alembic.config import main

if __name__ == "__main__":
    main(prog="python -m migrate_core.alembic")
