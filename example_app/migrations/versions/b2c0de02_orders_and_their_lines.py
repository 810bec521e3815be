"""orders and their lines

Revision ID: b2c0de02
Revises: a1c0de01
Create Date: 2026-11-21 09:08:29.794026+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = 'b2c0de02'
down_revision: str | tuple[str, ...] | None = 'a1c0de01'
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_enum('order_status', ['new', 'paid', 'shipped'])
    op.create_table(
        'orders',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column(
            'status',
            sa.Enum('new', 'paid', 'shipped', name='order_status'),
            server_default='new',
            nullable=False,
        ),
        sa.Column('placed_at', sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.ForeignKeyConstraint(
            ['customer_id'],
            ['customers.id'],
            name='fk_orders_customer',
            ondelete='CASCADE',
        ),
    )
    op.create_index(op.f('ix_orders_customer_id'), 'orders', ['customer_id'], unique=False)
    op.create_table(
        'order_lines',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('product_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Integer(), nullable=False),
        sa.Column('unit_price', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column(
            'total',
            sa.Numeric(precision=14, scale=2),
            sa.Computed('quantity * unit_price', persisted=True),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint('id'),
        sa.ForeignKeyConstraint(
            ['order_id'],
            ['orders.id'],
            name=op.f('fk_order_lines_order_id_orders'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['product_id'],
            ['products.id'],
            name=op.f('fk_order_lines_product_id_products'),
        ),
        sa.UniqueConstraint('order_id', 'product_id', name='uq_order_lines_product'),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_order_lines_82113324')),
    )


def downgrade() -> None:
    op.drop_table('order_lines')
    op.drop_table('orders')
    op.drop_enum('order_status')
