"""customers, categories and products

Revision ID: a1c0de01
Revises: 
Create Date: 2026-11-21 09:08:28.215402+00:00
"""

import sqlalchemy as sa
from migrate_core import op

revision: str = 'a1c0de01'
down_revision: str | tuple[str, ...] | None = None
branch_labels: tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_table(
        'categories',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id'),
        sa.ForeignKeyConstraint(
            ['parent_id'],
            ['categories.id'],
            name=op.f('fk_categories_parent_id_categories'),
        ),
    )
    op.create_table(
        'customers',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(length=200), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('email', name=op.f('uq_customers_email')),
    )
    op.create_table(
        'products',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sku', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('price', sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.ForeignKeyConstraint(
            ['category_id'],
            ['categories.id'],
            name=op.f('fk_products_category_id_categories'),
            ondelete='CASCADE',
        ),
        sa.UniqueConstraint('sku', name='uq_products_sku'),
        sa.CheckConstraint('price >= 0', name='ck_products_price'),
    )


def downgrade() -> None:
    op.drop_table('products')
    op.drop_table('customers')
    op.drop_table('categories')
