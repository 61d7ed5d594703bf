"""reminders, each for one reason once

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 12:15:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reminded",
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_reminded")),
    )
    op.create_index(op.f("ix_notice_clinic_id_target"), "notice", ["clinic_id", "target"])
