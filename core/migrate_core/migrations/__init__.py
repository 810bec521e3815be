"""``Migrations``: the whole engine behind one object, without env.py and without an ini file.

What a deploy hook, a test, a FastAPI lifespan and the command lines call. It returns values and
raises typed errors; it never prints, exits, or touches anybody's logging.
"""

from migrate_core.migrations.front import Migrations
from migrate_core.migrations.opened import Modules, Surroundings, no_modules

__all__ = ["Migrations", "Modules", "Surroundings", "no_modules"]
