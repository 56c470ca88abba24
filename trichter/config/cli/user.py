"""`trichter user`: a way back in for whoever holds the server."""

import click

from trichter.config.language import gettext as _

from .setup import django_setup, prepare


@click.group("user", help=_("Create an administrator or a new one-time password."))
def command() -> None:
    """Load the house for both commands."""
    django_setup()
    prepare()


@command.command("create-admin", help=_("Create an administrator with a one-time password."))
@click.argument("email")
def create_admin(email: str) -> None:
    """Print the password once."""
    from trichter.core.accounts.actions import create_user_with_password
    from trichter.core.accounts.roles import ADMIN

    password = create_user_with_password(email=email, roles=[ADMIN])
    click.echo(_("{email}: one-time password {password}").format(email=email, password=password))


@command.command(
    "reset-password", help=_("Give EMAIL (default: the first administrator) a new one-time password.")
)
@click.argument("email", required=False)
def reset_password(email: str | None) -> None:
    """Print the new password once."""
    from trichter.core.accounts.actions import new_password
    from trichter.core.accounts.models import User

    users = User.objects.filter(is_active=True)
    found = users.filter(email=email.lower()) if email else users.filter(is_superuser=True).order_by("id")
    user = found.first()
    if user is None:
        raise click.ClickException(_("no such active user"))
    password = new_password(user=user)
    click.echo(_("{email}: one-time password {password}").format(email=user.email, password=password))
