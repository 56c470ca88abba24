"""How far people came in the last 30 days: a count for every link of the chain, with the rows behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Model, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.attract.forms.models import Submission
from trichter.attract.pages.models import ContentPage
from trichter.close.handover.models import ClockStep, Handover
from trichter.close.handover.queries import house
from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Transition
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Link
from trichter.core.shell.queries import company_today
from trichter.engage.journeys.models import Enrolment, Passage
from trichter.engage.magnets.models import Grant
from trichter.engage.optin.models import OptinRequest

from .making import MAILS
from .parts import BY_KEY, state_of
from .story import STEPS, path_of

DAYS = 30
Text = Promise | str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A link of the chain. `ready`: what it needs is published, running or agreed. `url`: the rows."""

    key: str
    label: Text
    ready: bool
    count: int
    unit: Text
    url: str = ""
    note: str = ""


@dataclass(kw_only=True)
class _Look:
    parts: Mapping[str, Model]
    user: User
    since: datetime
    now: datetime

    def ready(self, *keys: str) -> bool:
        return all(key in self.parts and state_of(self.parts[key]).ready for key in keys)

    @property
    def seen(self) -> Q:
        return visible_people(user=self.user, path="person__")

    @property
    def journey(self) -> int:
        return self.parts["journey"].pk if "journey" in self.parts else 0

    @property
    def enrolled(self) -> Any:
        """Ids of people who ever entered the journey."""
        return Enrolment.objects.filter(journey=self.journey).values("person")


def steps(*, parts: Mapping[str, Model], user: User, now: datetime) -> list[Step]:
    """All links in order, of people this user may see; visitors are counted without their names."""
    look = _Look(parts=parts, user=user, since=now - timedelta(days=DAYS), now=now)
    return [*_site(look), *_sign_up(look), *_mails(look), *_interest(look), *_sales(look)]


def _site(look: _Look) -> list[Step]:
    """Different visitors of the article and the landing page; one pass over the views of the period."""
    pages = {key: look.parts[key] for key in ("article", "landing") if key in look.parts}
    paths = {key: path_of(page) for key, page in pages.items()}
    rows = Event.objects.filter(
        kind="page.viewed",
        at__gte=look.since,
        at__lte=look.now,
        page__in=[one for one in paths.values() if one],
    )
    counts = dict(rows.order_by().values_list("page").annotate(n=Count("identity", distinct=True)))
    labels: dict[str, Text] = {"article": _("Read the article"), "landing": _("Saw the landing page")}
    return [
        Step(
            key=key, label=labels[key], ready=look.ready(key), count=counts.get(paths.get(key, ""), 0),
            unit=_("visitors"), url=_content(pages.get(key)),
        )
        for key in labels
    ]  # fmt: skip


def _content(page: Model | None) -> str:
    return reverse("pages:contentpage_detail", args=[page.pk]) if isinstance(page, ContentPage) else ""


def _sign_up(look: _Look) -> list[Step]:
    form, magnet = look.parts.get("form"), look.parts.get("magnet")
    slug = getattr(form, "slug", "")
    sent = Submission.objects.visible_to(look.user).filter(
        form=form.pk if form else None, state=Submission.State.PROCESSED, received_at__gte=look.since
    )
    confirmed = OptinRequest.objects.visible_to(look.user).filter(
        form=slug or "-", state=OptinRequest.State.CONFIRMED, confirmed_at__gte=look.since
    )
    day = company_today(now=look.since)
    fetched = Grant.objects.filter(look.seen, magnet=magnet.pk if magnet else None, fetched_on__gte=day)
    forms = f"{reverse('webforms:submission_list')}?{urlencode({'form': form.pk if form else ''})}"
    return [
        Step(
            key="sent", label=_("Sent the form"), ready=look.ready("form"), url=forms, unit=_("people"),
            count=sent.aggregate(n=Count("person", distinct=True))["n"],
        ),
        Step(
            key="confirmed", label=_("Confirmed the address"), ready=look.ready("form"), unit=_("people"),
            url=f"{reverse('optin:optinrequest_list')}?state=confirmed",
            count=confirmed.aggregate(n=Count("identity", distinct=True))["n"],
        ),
        Step(
            key="fetched", label=_("Downloaded the whitepaper"), ready=look.ready("magnet"), unit=_("people"),
            url=reverse("magnets:magnet_detail", args=[magnet.pk]) if magnet else "",
            count=fetched.aggregate(n=Count("identity", distinct=True))["n"],
        ),
    ]  # fmt: skip


def _mails(look: _Look) -> list[Step]:
    inside = Enrolment.objects.visible_to(look.user).filter(journey=look.journey)
    rows = Passage.objects.filter(
        enrolment__in=inside, step__in=STEPS.values(), delivery__state=Delivery.State.SENT,
        delivery__sent_at__gte=look.since,
    )  # fmt: skip
    counts = dict(
        rows.order_by().values_list("step").annotate(n=Count("enrolment__person", distinct=True))
    )  # fmt: skip
    return [
        Step(
            key=key, label=BY_KEY[f"{key}-de"].label, count=counts.get(STEPS[key], 0), unit=_("people"),
            ready=look.ready("journey", f"{key}-de", f"{key}-en"),
            url=f"{reverse('journeys:at_step', args=[look.journey, STEPS[key]])}?show=came"
            if look.journey else "",
        )
        for key in MAILS
    ]  # fmt: skip


def _interest(look: _Look) -> list[Step]:
    clicked = Delivery.objects.filter(
        look.seen, mailing__key__startswith=f"journey-{look.journey}-", clicked_at__gte=look.since
    )
    page = look.parts.get("prices")
    path = path_of(page) if page is not None else ""
    people = look.enrolled.filter(visible_people(user=look.user, path="person__"))
    identities = Link.objects.filter(person__in=people).values("identity")
    views = Event.objects.filter(
        identity__in=identities, kind="page.viewed", at__gte=look.since, page=path or "-"
    ).values("identity")
    seen = Link.objects.filter(identity__in=views).aggregate(n=Count("person", distinct=True))["n"]
    note = _now("Known only of those who agreed to the evaluation of mails.")
    return [
        Step(
            key="clicked", label=_("Clicked in a mail"), ready=look.ready("journey"), unit=_("people"),
            count=clicked.aggregate(n=Count("person", distinct=True))["n"], note=note,
            url=reverse("journeys:people", args=[look.journey]) if look.journey else "",
        ),
        Step(
            key="prices", label=_("Looked at the price list"), ready=look.ready("prices"), unit=_("people"),
            count=seen, url=_content(page),
        ),
    ]  # fmt: skip


def _sales(look: _Look) -> list[Step]:
    stage = house().stage
    entries = Transition.objects.filter(
        look.seen, stage__key=stage, at__gte=look.since, person__in=look.enrolled, implied=False,
        backward=False,
    )  # fmt: skip
    rows = Handover.objects.visible_to(look.user).filter(person__in=look.enrolled, created_at__gte=look.since)
    routed = rows.exclude(rep=None)
    decided = rows.filter(Q(accepted_at__isnull=False) | Q(state=Handover.State.RETURNED))
    late = ClockStep.objects.filter(handover__in=decided, clock="accept", step="breach")
    in_time = decided.exclude(pk__in=late.values("handover")).count()
    back = rows.filter(state=Handover.State.RETURNED).count()
    note = _now("%(n)s within the agreed time, %(back)s returned") % {"n": in_time, "back": back}
    queue = reverse("handover:handover_list")
    return [
        Step(
            key="stage", label=_("Became a qualified lead"), ready=look.ready("score", "stage"),
            count=entries.aggregate(n=Count(F("person"), distinct=True))["n"], unit=_("people"),
            url=f"{reverse('lifecycle:entries', args=[stage])}",
        ),
        Step(
            key="routed", label=_("Went to a colleague of sales"), ready=look.ready("rule"),
            count=routed.count(), unit=_("leads"), url=f"{queue}?tab=all",
        ),
        Step(
            key="decided", label=_("Accepted or returned"), ready=look.ready("sla"), count=decided.count(),
            unit=_("leads"), url=f"{queue}?tab=all", note=note if decided.exists() else "",
        ),
    ]  # fmt: skip
