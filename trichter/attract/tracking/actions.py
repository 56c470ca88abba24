"""Writes of the tracking's settings."""

from collections.abc import Sequence

from django.db import transaction

from trichter.core.shell.actions import save_installation
from trichter.core.shell.queries import installation

from .models import TrackingSettings


@transaction.atomic
def save_settings(*, saved: TrackingSettings, own_domains: Sequence[str]) -> None:
    """Store the one row, and the own domains where the whole house finds them."""
    saved.pk = 1
    saved.save()
    company = installation()
    if company.own_domains != list(own_domains):
        company.own_domains = list(own_domains)
        save_installation(installation=company)
