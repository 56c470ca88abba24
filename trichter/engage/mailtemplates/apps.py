from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class MailTemplatesConfig(AppConfig):
    name = "trichter.engage.mailtemplates"
    label = "mailtemplates"
    verbose_name = _("Mail templates")
    # Texts for everybody; who they are sent to stands in the ledger of mails.
    personal: Mapping[str, Held] = {"MailTemplate": NOBODY}
    audited: Mapping[str, tuple[str, ...]] = {"MailTemplate": ("body", "latest_revision", "live_revision")}
