"""`flask` commands for the people who run the product."""

import click
from flask import Flask
from flask.cli import with_appcontext

from server.clinic.opening import add_person, clinic_id_of, open_clinic
from server.clinic.permissions import ROLES


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (clinic, staff):
        app.cli.add_command(command)


@click.command("clinic-create")
@click.argument("code")
@click.argument("name")
@click.option("--phone", default="", help="Shown in texts to customers.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--admin-login", default="admin", show_default=True)
@click.option("--admin-name", default="管理员", show_default=True)
@click.password_option("--admin-password")
@with_appcontext
def clinic(
    code: str, name: str, phone: str, timezone: str, admin_login: str, admin_name: str,
    admin_password: str,
) -> None:  # fmt: skip
    """Create a clinic and its first administrator."""
    clinic_id = open_clinic(code, name, phone, timezone)
    add_person(clinic_id, admin_login, admin_name, ["clinic_admin"], admin_password)
    click.echo(f"Clinic {code} is open; sign in as {admin_login}.")


@click.command("staff-add")
@click.argument("clinic_code")
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.password_option()
@with_appcontext
def staff(clinic_code: str, login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person to a clinic."""
    add_person(clinic_id_of(clinic_code), login, name, list(roles), password)
    click.echo(f"{login} may sign in.")
