"""The one page: every order, with who ordered what."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, render_template
from sqlalchemy.orm import joinedload, selectinload

from example_app.models import Order, OrderLine, db

pages = Blueprint("pages", __name__)


@pages.get("/")
def orders() -> str:
    """All orders, newest first."""
    found = db.session.scalars(
        sa.select(Order)
        .options(
            joinedload(Order.customer), selectinload(Order.lines).joinedload(OrderLine.product)
        )
        .order_by(Order.id.desc())
    ).all()
    return render_template("orders.html", orders=found)
