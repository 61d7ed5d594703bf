"""VIP templates of a clinic, the version a case keeps, steps by the time they are due

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-22 17:15:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "vip_template",
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_vip_template")),
    )
    op.add_column("vip_case", sa.Column("template_version", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_vip_step_due_at"), "vip_step", ["due_at"])
