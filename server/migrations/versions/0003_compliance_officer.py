"""who alone may take pictures out for publication

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 10:55:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("clinic", sa.Column("compliance_officer_id", sa.String(), nullable=True))
