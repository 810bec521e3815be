"""the first stock, customers and orders

Revision ID: c3c0de03
Revises: b2c0de02
Create Date: 2026-11-21 09:08:31.513774+00:00
"""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from migrate_core import op

revision: str = 'c3c0de03'
down_revision: str | tuple[str, ...] | None = 'b2c0de02'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# The tables as they are at this revision. A migration never imports the models: those move on.
CATEGORIES = sa.table(
    "categories",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("parent_id", sa.Integer),
)
PRODUCTS = sa.table(
    "products",
    sa.column("id", sa.Integer),
    sa.column("sku", sa.String),
    sa.column("name", sa.String),
    sa.column("price", sa.Numeric(10, 2)),
    sa.column("category_id", sa.Integer),
)
CUSTOMERS = sa.table(
    "customers",
    sa.column("id", sa.Integer),
    sa.column("email", sa.String),
    sa.column("name", sa.String),
)
ORDERS = sa.table(
    "orders",
    sa.column("id", sa.Integer),
    sa.column("customer_id", sa.Integer),
    sa.column("status", sa.Enum("new", "paid", "shipped", name="order_status")),
)
LINES = sa.table(
    "order_lines",
    sa.column("order_id", sa.Integer),
    sa.column("product_id", sa.Integer),
    sa.column("quantity", sa.Integer),
    sa.column("unit_price", sa.Numeric(12, 2)),
)

# Email, name, and what was bought: product and quantity.
SALES = [
    ("ada@example.com", "Ada Lovelace", [("K-100", 2), ("G-100", 1)]),
    ("alan@example.com", "Alan Mathison Turing", [("K-200", 1)]),
    ("sappho@example.com", "Sappho", [("G-100", 3)]),
]


def id_of(bind: sa.Connection, table: sa.TableClause, column: str, value: Any) -> int:
    """The id of the row that has ``value`` in ``column``."""
    return bind.execute(sa.select(table.c.id).where(table.c[column] == value)).scalar_one()


def upgrade() -> None:
    bind = op.get_bind()
    op.bulk_insert(CATEGORIES, [{"name": "Kitchen"}, {"name": "Garden"}])
    kitchen, garden = (id_of(bind, CATEGORIES, "name", name) for name in ("Kitchen", "Garden"))
    op.bulk_insert(CATEGORIES, [{"name": "Knives", "parent_id": kitchen}])
    knives = id_of(bind, CATEGORIES, "name", "Knives")
    op.bulk_insert(
        PRODUCTS,
        [
            {"sku": "K-100", "name": "Bread knife", "price": Decimal("24.50"), "category_id": knives},
            {"sku": "K-200", "name": "Frying pan", "price": Decimal("39.00"), "category_id": kitchen},
            {"sku": "G-100", "name": "Watering can", "price": Decimal("18.90"), "category_id": garden},
        ],
    )
    op.bulk_insert(CUSTOMERS, [{"email": email, "name": name} for email, name, _lines in SALES])
    for email, _name, lines in SALES:
        customer = id_of(bind, CUSTOMERS, "email", email)
        bind.execute(sa.insert(ORDERS).values(customer_id=customer, status="paid"))
        order = id_of(bind, ORDERS, "customer_id", customer)
        for sku, quantity in lines:
            product, price = bind.execute(
                sa.select(PRODUCTS.c.id, PRODUCTS.c.price).where(PRODUCTS.c.sku == sku)
            ).one()
            op.bulk_insert(
                LINES,
                [
                    {
                        "order_id": order,
                        "product_id": product,
                        "quantity": quantity,
                        "unit_price": price,
                    }
                ],
            )



def downgrade() -> None:
    for table in (LINES, ORDERS, CUSTOMERS, PRODUCTS):
        op.execute(sa.delete(table))
    op.execute(sa.delete(CATEGORIES).where(CATEGORIES.c.parent_id.is_not(None)))
    op.execute(sa.delete(CATEGORIES))

