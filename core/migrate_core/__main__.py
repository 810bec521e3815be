"""``python -m migrate_core``."""

from migrate_core.main import main

if __name__ == "__main__":
    main(prog_name="migrate-core")
