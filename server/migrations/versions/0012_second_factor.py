"""Second factors, who must have one, and when it was last shown

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-22 21:10:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "second_factor",
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.String(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "staff_id", name=op.f("pk_second_factor")),
    )
    op.add_column("clinic", sa.Column("second_factor", sa.Boolean(), nullable=True))
    op.add_column("session", sa.Column("proved_at", sa.String(), nullable=True))
