"""Keys of escape files: the clinic's, and each device's

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-22 20:50:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "escape_key",
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("private", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_escape_key")),
    )
    op.add_column("device", sa.Column("public_key", sa.String(), nullable=True))
