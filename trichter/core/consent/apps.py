from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class ConsentConfig(AppConfig):
    name = "trichter.core.consent"
    label = "consent"
    verbose_name = _("Consents")
    personal: Mapping[str, Held] = {
        "Purpose": NOBODY,
        "Wording": NOBODY,
        "ConsentRecord": NOBODY,
        "ConsentPart": Held(
            subject=("record__parts__identity__link__person",),
            rows="own",
            none=("name",),
            told=("content",),
            inner=("record", "name", "salt"),
        ),
        "ChainHead": NOBODY,
        "ChainCheck": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {"Purpose": (), "Wording": ()}

    def ready(self) -> None:
        """Purposes and the ledger's lock follow the tables; acts have a name in the audit log."""
        from trichter.core.accounts import audit, history

        from . import actions, queries

        audit.ACTIONS.setdefault(actions.RECORDED, _("Consent recorded"))
        audit.ACTIONS.setdefault(actions.WITHDRAWN, _("Withdrawal recorded"))
        history.VALUES.setdefault("purpose", queries.name_of)
        history.DETAILS.setdefault("purpose", _("Purpose"))
        history.DETAILS.setdefault("record", _("number in the ledger"))
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_consent_defaults")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Runs after every migration and after a flush. SQLite loses triggers when a table is rebuilt."""
    from . import actions, locks

    if using == "default" and not any(backwards for _migration, backwards in plan or []):
        locks.install()
        actions.ensure_defaults()
        actions.word_banner_anew()
