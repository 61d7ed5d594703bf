"""Clinics and their people: open, demo, staff-add, staff-leave, password-set, compliance-officer."""

import click

from server.clinic.opening import (
    add_person,
    appoint_compliance,
    change_password,
    clinic_id_of,
    let_go,
    open_clinic,
    refuse_taken,
    remove_second_factor,
)
from server.clinic.passwords import SHORTEST_PASSWORD, refuse_guessable
from server.clinic.permissions import ROLES
from server.commands.plain import PlainCommand
from server.database import read
from server.demo import create_demo
from server.demo.vips import JOURNEYS
from server.instants import utc_now


def _long_enough(_context: click.Context, _option: click.Parameter, password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise click.BadParameter(f"a password has at least {SHORTEST_PASSWORD} characters.")
    return password


@click.command("clinic-create", cls=PlainCommand)
@click.argument("code")
@click.argument("name")
@click.option("--phone", default="", help="Shown in texts to customers.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--admin-login", default="admin", show_default=True)
@click.option("--admin-name", default="管理员", show_default=True)
@click.password_option("--admin-password", callback=_long_enough)
def clinic_create(
    code: str, name: str, phone: str, timezone: str, admin_login: str, admin_name: str,
    admin_password: str,
) -> None:  # fmt: skip
    """Create a clinic and its first administrator."""
    refuse_guessable(admin_password, code, name, admin_login, admin_name)
    clinic_id = open_clinic(code, name, phone, timezone)
    add_person(clinic_id, admin_login, admin_name, ["clinic_admin"], admin_password)
    click.echo(f"Clinic {code} is open; sign in as {admin_login}.")


@click.command(cls=PlainCommand)
@click.option("--code", default="demo", show_default=True, help="The new clinic's code.")
@click.option("--customers", default=400, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, help="The same seed invents the same people.")
@click.option("--password", envvar="DEMO_PASSWORD", default="meidang-demo", show_default=True)
def demo(code: str, customers: int, seed: int, password: str) -> None:
    """Create a clinic with invented people and two months of work."""
    with read() as connection:
        refuse_taken(connection, code)
    create_demo(code, customers=customers, seed=seed, now=utc_now(), password=password)
    who = f"{customers} customers and {len(JOURNEYS)} VIPs"
    click.echo(f"Clinic {code} is open, with {who}; sign in as any of: {', '.join(ROLES)}.")


@click.command("staff-add", cls=PlainCommand)
@click.argument("clinic_code")
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.password_option(callback=_long_enough)
def staff_add(clinic_code: str, login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person to a clinic."""
    clinic_id = clinic_id_of(clinic_code)
    refuse_guessable(password, clinic_code, login, name)
    add_person(clinic_id, login, name, list(roles), password)
    click.echo(f"{login} may sign in.")


@click.command("staff-leave", cls=PlainCommand)
@click.argument("clinic_code")
@click.argument("login")
@click.option(
    "--devices", "mode", type=click.Choice(["wipe", "collect"]), default="wipe", show_default=True,
    help="What the person's phones do: erase everything at once, or deliver what they hold first.",
)  # fmt: skip
def staff_leave(clinic_code: str, login: str, mode: str) -> None:
    """End a person's access: no sign-in any more, and their phones are signed off."""
    phones = let_go(clinic_id_of(clinic_code), login, mode, utc_now())
    click.echo(f"{login} has left; devices signed off ({mode}): {phones}.")


@click.command("password-set", cls=PlainCommand)
@click.argument("clinic_code")
@click.argument("login")
@click.password_option(callback=_long_enough)
def password_set(clinic_code: str, login: str, password: str) -> None:
    """Give a person a new password, and sign them out everywhere."""
    change_password(clinic_id_of(clinic_code), login, password)
    click.echo(f"{login} has a new password and signs in again on every device.")


@click.command("second-factor-remove", cls=PlainCommand)
@click.argument("clinic_code")
@click.argument("login")
def second_factor_remove(clinic_code: str, login: str) -> None:
    """Take away a second factor that somebody has lost, where no administrator can."""
    remove_second_factor(clinic_id_of(clinic_code), login)
    click.echo(f"{login} signs in with the password alone.")


@click.command("compliance-officer", cls=PlainCommand)
@click.argument("clinic_code")
@click.argument("login", required=False)
def compliance_officer(clinic_code: str, login: str | None) -> None:
    """Name who alone may take pictures out for publication; without LOGIN nobody may."""
    appoint_compliance(clinic_id_of(clinic_code), login)
    click.echo(f"{login or 'Nobody'} may take pictures out for publication.")


COMMANDS = (
    clinic_create,
    demo,
    staff_add,
    staff_leave,
    password_set,
    second_factor_remove,
    compliance_officer,
)
