"""Passwords that somebody else has given, and when

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-22 20:40:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("credential", sa.Column("given_at", sa.String(), nullable=True))
