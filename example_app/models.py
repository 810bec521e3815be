"""What the shop keeps: customers, a tree of categories, products, orders and their lines."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Where all models meet."""


db = SQLAlchemy(model_class=Base)


class OrderStatus(enum.Enum):
    """How far an order is."""

    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"


class Customer(db.Model):
    """Somebody who buys."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(200), unique=True)
    first_name: Mapped[str] = mapped_column(sa.String(100))
    last_name: Mapped[str] = mapped_column(sa.String(100))
    orders: Mapped[list[Order]] = relationship(back_populates="customer")

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}".strip()


class Category(db.Model):
    """A shelf, possibly inside another one."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("categories.id"))
    parent: Mapped[Category | None] = relationship(remote_side=[id])


class Product(db.Model):
    """Something on a shelf."""

    __tablename__ = "products"
    __table_args__ = (
        sa.UniqueConstraint("sku", name="uq_products_sku"),
        sa.CheckConstraint("price >= 0", name="ck_products_price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    attributes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id", ondelete="CASCADE"))
    category: Mapped[Category] = relationship()


class Order(db.Model):
    """What a customer bought at one time."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers.id", name="fk_orders_customer", ondelete="CASCADE"), index=True
    )
    status: Mapped[OrderStatus] = mapped_column(
        sa.Enum(OrderStatus, name="order_status", values_callable=lambda e: [m.value for m in e]),
        server_default=OrderStatus.NEW.value,
    )
    placed_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    note: Mapped[str | None] = mapped_column(sa.String(500))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order")

    @property
    def total(self) -> Decimal:
        """What all its lines cost."""
        return sum((line.total for line in self.lines), Decimal(0))


class OrderLine(db.Model):
    """So many of one product, at the price of the day."""

    __tablename__ = "order_lines"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "product_id", name="uq_order_lines_product"),
        sa.CheckConstraint("quantity > 0"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    total: Mapped[Decimal] = mapped_column(
        sa.Numeric(14, 2), sa.Computed("quantity * unit_price", persisted=True)
    )
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()
