from collections.abc import Mapping

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class AccountsConfig(AppConfig):
    name = "trichter.core.accounts"
    label = "accounts"
    verbose_name = _("Users and rights")
    personal: Mapping[str, Held] = {
        "User": NOBODY,
        "Team": NOBODY,
        "ApiToken": NOBODY,
    }
    # A token's use is no change, a log-in is logged as an act, and a hash is nobody's business.
    audited: Mapping[str, tuple[str, ...]] = {
        "User": ("password", "last_login"),
        "Team": (),
    }

    def ready(self) -> None:
        """Roles follow migrations; the audit log listens."""
        from . import audit, rolesync, securitylog

        post_migrate.connect(rolesync.after_migrate, dispatch_uid="trichter_roles")
        audit.register_audited()
        securitylog.connect()
