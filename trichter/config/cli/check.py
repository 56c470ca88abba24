"""`trichter check`: is this installation healthy?"""

import sys

import click

from .setup import django_setup

_MARKS = {"ok": "ok  ", "warning": "WARN", "error": "FAIL"}


@click.command("check")
@click.option("--deep", is_flag=True, help="Read the whole database for damage; slow on large ones.")
def command(deep: bool) -> None:
    """Check database, worker, disk and settings."""
    django_setup()
    from trichter.config.health import examine

    findings = examine(deep=deep)
    for finding in findings:
        click.echo(f"{_MARKS[finding.level]}  {finding.name}: {finding.text}")
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)
