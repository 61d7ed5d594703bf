"""notices go out: subscriptions, dispatches, personal settings, push keys

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 14:00:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "dispatch",
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("since", sa.String(), nullable=True),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_dispatch")),
    )
    op.create_index(op.f("ix_dispatch_due_at"), "dispatch", ["due_at"])
    op.create_table(
        "subscription",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("renewed_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_clinic_id_staff_id"), "subscription", ["clinic_id", "staff_id"])
    op.create_index(op.f("ix_subscription_endpoint"), "subscription", ["endpoint"])
    op.create_table(
        "notice_settings",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("kinds_off", sa.JSON(), nullable=False),
        sa.Column("quiet", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("wecom_id", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=True),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_notice_settings")),
    )
    op.create_index(op.f("ix_notice_settings_staff_id"), "notice_settings", ["staff_id"])
    op.create_table(
        "push_key",
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("private", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("public", name=op.f("pk_push_key")),
    )
    op.create_index(op.f("ix_followup_status_due_at"), "followup", ["status", "due_at"])
