"""``python -m example_app``: bring the shop's database to its newest revision, and say so."""

from __future__ import annotations

import sys

import sqlalchemy as sa

from example_app import create_app
from example_app.models import Customer, Order, db
from flask_migrate_ext import check, status, upgrade
from migrate_core.errors import MigrateError


def main() -> int:
    """Upgrade, compare, count: the exit code says whether all went well."""
    app = create_app()
    with app.app_context():
        try:
            outcome = upgrade()
            different = check()
            found = status()
        except MigrateError as error:
            print(f"Error: {error}", file=sys.stderr)
            return 1
        if different:
            print("The models and the database differ:", *different.described, sep="\n  ")
            return 1
        orders = db.session.scalar(sa.select(sa.func.count()).select_from(Order))
        customers = db.session.scalar(sa.select(sa.func.count()).select_from(Customer))
    print(f"Database: {found.database}")
    for step in outcome.steps:
        print(f"  applied {step.revision.id}  {step.revision.doc}")
    print(
        f"The shop is migrated: {found.applied} migrations applied, models and database are equal, "
        f"{customers} customers and {orders} orders are in it."
    )
    print("See them: flask --app example_app run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
