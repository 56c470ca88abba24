"""`trichter user`: a way back in for whoever holds the server."""

import click

from .setup import django_setup, prepare


@click.group("user")
def command() -> None:
    """Create an administrator or a new one-time password."""
    django_setup()
    prepare()


@command.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Create an administrator with a one-time password."""
    from trichter.core.accounts.actions import create_user_with_password
    from trichter.core.accounts.roles import ADMIN

    password = create_user_with_password(email=email, roles=[ADMIN])
    click.echo(f"{email}: one-time password {password}")


@command.command("reset-password")
@click.argument("email", required=False)
def reset_password(email: str | None) -> None:
    """Give EMAIL (default: the first administrator) a new one-time password."""
    from trichter.core.accounts.actions import new_password
    from trichter.core.accounts.models import User

    users = User.objects.filter(is_active=True)
    found = users.filter(email=email.lower()) if email else users.filter(is_superuser=True).order_by("id")
    user = found.first()
    if user is None:
        raise click.ClickException("no such active user")
    click.echo(f"{user.email}: one-time password {new_password(user=user)}")
