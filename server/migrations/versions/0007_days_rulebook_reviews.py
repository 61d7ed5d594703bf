"""signed-off days, excuses, reviews of attempts, holidays, who asked for a follow-up

Revision ID: 0007
Revises: 0005
Create Date: 2026-11-22 14:00:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def synced(table: str, *columns: "sa.Column[str]") -> None:
    op.create_table(
        table,
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=True),
        *columns,
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f(f"pk_{table}")),
    )


def told(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def upgrade():
    op.add_column("clinic", sa.Column("holidays", sa.JSON(), nullable=True))
    op.add_column("followup", sa.Column("by", sa.String(), nullable=True))
    synced("day_sign_off", *told("date", "staff_id", "by", "at"))
    synced("excuse", *told("followup_id", "customer_id", "date", "reason", "by", "at"))
    synced(
        "attempt_review", *told("attempt_id", "customer_id", "verdict", "at"),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
    )  # fmt: skip
    op.create_index(op.f("ix_attempt_clinic_id_at"), "attempt", ["clinic_id", "at"])
    op.create_index(op.f("ix_excuse_clinic_id_followup_id"), "excuse", ["clinic_id", "followup_id"])
    op.create_index(
        op.f("ix_attempt_review_clinic_id_attempt_id"), "attempt_review", ["clinic_id", "attempt_id"]
    )
