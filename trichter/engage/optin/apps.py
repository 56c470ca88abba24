from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class OptinConfig(AppConfig):
    name = "trichter.engage.optin"
    label = "optin"
    verbose_name = _("Double opt-in")
    # What proves a consent lies in the ledger of consents; here is only the way to it.
    personal: Mapping[str, Held] = {
        "OptinSettings": NOBODY,
        "OptinRequest": Held(
            subject=("person", "identity__link__person"),
            rows="delete",
            whole=("address", "page", "mail_text", "ip"),
            none=("language", "form", "items", "mail_version", "network", "visitor", "records"),
            told=(
                "address",
                "form",
                "page",
                "language",
                "ip",
                "state",
                "requested_at",
                "reminded_at",
                "confirmed_at",
                "mail_text",
            ),
            inner=(
                "uid",
                "submission",
                "visitor",
                "network",
                "ip_until",
                "items",
                "mail_version",
                "delivery",
                "records",
            ),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"OptinSettings": ()}
