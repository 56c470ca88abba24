"""What of the mails shows on the start page: mailings that stand still, and mails that nobody knows of."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.shell.attention import Attention

from . import queries
from .models import Delivery, Mailing


def points(user: Any) -> Iterator[Attention]:
    """Paused mailings for whoever sees mailings; unclear mails for whoever decides about them."""
    if user.has_perm("mail.view_mailing") and (
        n := Mailing.objects.filter(state=Mailing.State.PAUSED).count()
    ):
        yield Attention(
            level="warning", icon="player-pause",
            text=ngettext("%(n)d mailing is paused", "%(n)d mailings are paused", n) % {"n": n},
            why=_("None of its mails leaves until somebody lets it go on. The reason stands beside it."),
            url=f"{reverse('mail:mailing_list')}?state={Mailing.State.PAUSED}",
        )  # fmt: skip
    if user.has_perms(("mail.view_delivery", "mail.decide_delivery")) and (
        n := queries.unclear(user=user).order_by().count()
    ):
        yield Attention(
            level="warning", icon="mail",
            text=ngettext("%(n)d mail is unclear", "%(n)d mails are unclear", n) % {"n": n},
            why=_("Nobody knows whether it left. None is repeated by itself: decide."),
            url=f"{reverse('mail:delivery_list')}?state={Delivery.State.UNCLEAR}",
        )  # fmt: skip
