"""VIP cases: screening form, plans, steps

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-22 16:00:00

"""

from typing import Any

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def synced(table: str, *columns: "sa.Column[Any]") -> None:
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


def told(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def untold(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.String(), nullable=True) for name in names]


def shaped(*names: str, nullable: bool = False) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.JSON(), nullable=nullable) for name in names]


def upgrade():
    synced(
        "vip_case", *told("customer_id", "partner_id", "status", "stage"), *untold("arrival_at", "opened_by"),
        sa.Column("party_size", sa.Integer(), nullable=True),
        *shaped("transport", "team", "assigned", "moves", "review"),
    )  # fmt: skip
    synced("vip_screening", *told("case_id", "customer_id"), *shaped("form", "decisions"))
    synced(
        "vip_plan", *told("case_id", "customer_id", "label", "risks", "status"),
        *untold("approved_by", "approved_at"), *shaped("procedures", "answers"),
        sa.Column("price", sa.BigInteger(), nullable=False),
    )  # fmt: skip
    synced(
        "vip_step", *told("case_id", "customer_id", "stage", "code", "owner_role", "state"),
        *untold("assignee_id", "gate", "due_at", "done_by", "done_at"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        *shaped("title", "history"), *shaped("lead", "contested", nullable=True),
    )  # fmt: skip
    op.create_index(op.f("ix_vip_case_clinic_id_customer_id"), "vip_case", ["clinic_id", "customer_id"])
    op.create_index(op.f("ix_vip_plan_clinic_id_case_id"), "vip_plan", ["clinic_id", "case_id"])
    op.create_index(op.f("ix_vip_step_clinic_id_case_id"), "vip_step", ["clinic_id", "case_id"])
