"""Reads of calls to action: choices for the editor, where each is used, what each brought."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail import hooks

from trichter.attract.forms.queries import Rate
from trichter.attract.tracking.outcomes import Did, Outcome, outcomes
from trichter.core.accounts.models import User
from trichter.core.events import CustomHappened, MailClicked
from trichter.core.journal.models import Event
from trichter.core.mail.models import Hit, MailCount
from trichter.core.shell.queries import company_today
from trichter.kit.shortly import Shortly

from .models import Condition, Cta, Variant

SHOWN, CLICKED = "cta.shown", "cta.clicked"
WHATS: Final = ("seen", "clicked", "mailed", "leads", "won")
DAYS: Final = 90
_MARK = re.compile(r"cta:(\d{1,18}):(\d{1,18})")
_NUMBER = re.compile(r"(?:cta|condition):(\d{1,18})")
_USED = re.compile(r'"(cta|condition):(\d{1,18})"')
_kept = Shortly(seconds=10)

Key = tuple[int, int]
"""(call to action, variant); variant 0 is the default, `ALL` all of them together."""
ALL: Final = -1


def cta_choices() -> list[tuple[str, str]]:
    """For the editor; the stored value says by itself what it is, so that uses can be found."""
    return [(f"cta:{pk}", name) for pk, name in Cta.objects.order_by("name").values_list("pk", "name")]


def condition_choices() -> list[tuple[str, str]]:
    """For the editor."""
    rows = Condition.objects.order_by("name").values_list("pk", "name")
    return [(f"condition:{pk}", name) for pk, name in rows]


def mark_of(*, cta: int, variant: int) -> str:
    """What a link in a mail is marked with, so that clicks on it are counted here. variant: 0 the default."""
    return f"cta:{cta}:{variant}"


def number_of(stored: Any) -> int | None:
    """The number in a stored choice."""
    found = _NUMBER.fullmatch(str(stored or ""))
    return int(found[1]) if found else None


@dataclass(frozen=True, kw_only=True)
class Use:
    """A page, a pop-up, or a mail template that shows it. live: visitors or readers can see it.

    Features further down the funnel name theirs through the hook `register_cta_uses`: () -> pairs of
    (call to action, Use).
    """

    label: str
    url: str
    live: bool


def uses() -> Mapping[tuple[str, int], list[Use]]:
    """By ("cta" or "condition", number) where it is used: pages as they are published, drafts, variants."""
    return _kept.get("uses", _uses)


def _uses() -> dict[tuple[str, int], list[Use]]:
    from django.urls import reverse

    from trichter.attract.pages.models import ContentPage

    found: dict[tuple[str, int], list[Use]] = defaultdict(list)
    rows = ContentPage.objects.annotate(text=Cast("body", TextField()))
    rows = rows.filter(text__contains='"cta:') | rows.filter(text__contains='"condition:')
    for pk, title, live, text in rows.values_list("pk", "title", "live", "text"):
        for kind, number in set(_USED.findall(text)):
            url = reverse("pages:contentpage_detail", args=[pk])
            found[kind, int(number)].append(Use(label=title, url=url, live=live))
    for kind, pk, name, active, number in _popups():
        url = reverse("popups:popup_detail", args=[pk])
        found[kind, number].append(Use(label=name, url=url, live=active))
    for offer in hooks.get_hooks("register_cta_uses"):
        for number, use in offer():
            found["cta", number].append(use)
    for one in Variant.objects.filter(active=True).select_related("cta"):
        url = reverse("ctas:cta_detail", args=[one.cta_id])
        found["condition", one.condition_id].append(
            Use(label=f"{one.cta.name}: {one.name}", url=url, live=one.cta.active)
        )
    return found


def _popups() -> list[tuple[str, int, str, bool, int]]:
    from trichter.attract.popups.models import Popup

    rows = Popup.objects.order_by("name").values_list("pk", "name", "active", "cta_id", "condition_id")
    return [
        (kind, pk, name, active, int(number))
        for pk, name, active, cta, condition in rows
        for kind, number in (("cta", cta), ("condition", condition))
        if number is not None
    ]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """seen, clicks: how often on pages; seers, clickers: different visitors. mailed: clicks in mails by those
    who agreed to the evaluation; unknown: by all others. leads, amount: of those who clicked anywhere.
    """

    seen: int = 0
    clicks: int = 0
    mailed: int = 0
    unknown: int = 0
    seers: int = 0
    clickers: int = 0
    leads: int = 0
    amount: int = 0

    @property
    def rate(self) -> Rate:
        """Visitors of pages who clicked, of those who saw it. Who saw a mail nobody can tell for sure."""
        return Rate(hits=self.clickers, n=self.seers)


def _did(name: str, since: datetime) -> dict[tuple[Key, int], Did]:
    """By variant and identity, and by all variants together. What pages report may be anybody's invention:
    numbers that are none of ours are left out.
    """
    known = {str(pk): pk for pk in Cta.objects.values_list("pk", flat=True)}
    owners = {str(pk): cta for pk, cta in Variant.objects.values_list("pk", "cta_id")}
    rows = Event.objects.filter(
        kind=CustomHappened.kind, at__gte=since, data__name=name, identity__isnull=False
    ).annotate(
        cta=KeyTextTransform("cta", KeyTransform("props", "data")),
        variant=KeyTextTransform("variant", KeyTransform("props", "data")),
    )
    found: dict[tuple[Key, int], Did] = {}
    asked = rows.order_by().values_list("cta", "variant", "identity_id")
    for cta, variant, identity, n, first, last in asked.annotate(
        n=Count("pk"), first=Min("at"), last=Max("at")
    ):
        number = known.get(str(cta))
        if number is None or not (str(variant) == "0" or owners.get(str(variant)) == number):
            continue
        for key in ((number, int(variant)), (number, ALL)):
            _add(found, (key, identity), Did(times=n, first=first, last=last))
    return found


def _add(found: dict[tuple[Key, int], Did], key: tuple[Key, int], one: Did) -> None:
    before = found.get(key)
    found[key] = one if before is None else Did(
        times=one.times + before.times, first=min(one.first, before.first), last=max(one.last, before.last)
    )  # fmt: skip


def _clicked_in_mails(since: datetime) -> dict[tuple[Key, int], Did]:
    """As `_did`, of marked links in mails that people followed; scanners and programs are no people."""
    rows = Event.objects.filter(
        kind=MailClicked.kind, at__gte=since, data__mark__startswith="cta:", data__machine=False,
        identity__isnull=False,
    ).annotate(mark=KeyTextTransform("mark", "data"))  # fmt: skip
    found: dict[tuple[Key, int], Did] = {}
    asked = rows.order_by().values_list("mark", "identity_id")
    for mark, identity, n, first, last in asked.annotate(n=Count("pk"), first=Min("at"), last=Max("at")):
        for key in _keys(mark):
            _add(found, (key, identity), Did(times=n, first=first, last=last))
    return found


def _clicked_by_unknown(since: datetime) -> dict[Key, int]:
    """Clicks of people in mails to recipients who agreed to no evaluation, of each day as a whole."""
    found: dict[Key, int] = defaultdict(int)
    rows = MailCount.objects.filter(
        mark__startswith="cta:", machine=False, kind=Hit.Kind.CLICK, day__gte=company_today(now=since)
    )
    for mark, n in rows.values_list("mark", "count"):
        for key in _keys(mark):
            found[key] += n
    return found


def _keys(mark: str) -> list[Key]:
    found = _MARK.fullmatch(mark)
    return [(int(found[1]), int(found[2])), (int(found[1]), ALL)] if found else []


@dataclass(frozen=True, kw_only=True)
class Brought:
    """By key who saw it, who clicked on pages, in mails, and anywhere, with what came of it; as far as the
    asker may see. unknown: clicks in mails about nobody.
    """

    seen: Mapping[Key, list[Outcome]]
    clicked: Mapping[Key, list[Outcome]]
    mailed: Mapping[Key, list[Outcome]]
    anywhere: Mapping[Key, list[Outcome]]
    unknown: Mapping[Key, int]

    def rows(self, key: Key, what: str) -> list[Outcome]:
        """The rows behind a number of `WHATS`."""
        if what == "seen":
            return self.seen.get(key, [])
        if what in ("clicked", "mailed"):
            return (self.clicked if what == "clicked" else self.mailed).get(key, [])
        rows = self.anywhere.get(key, [])
        return [one for one in rows if (one.lead if what == "leads" else one.amount)]

    def figures(self, key: Key) -> Figures:
        """The numbers."""
        seen, clicked = self.seen.get(key, []), self.clicked.get(key, [])
        mailed, anywhere = self.mailed.get(key, []), self.anywhere.get(key, [])
        return Figures(
            seen=sum(one.times for one in seen), clicks=sum(one.times for one in clicked), seers=len(seen),
            clickers=len(clicked), mailed=sum(one.times for one in mailed), unknown=self.unknown.get(key, 0),
            leads=sum(one.lead for one in anywhere), amount=sum(one.amount for one in anywhere),
        )  # fmt: skip


def brought(*, asker: int, now: datetime | None = None) -> Brought:
    """Of the last `DAYS` days. asker: the id of the user who looks."""
    since = (now or timezone.now()) - timedelta(days=DAYS)

    def count() -> Brought:
        user = User.objects.get(pk=asker)
        clicked, mailed = _did(CLICKED, since), _clicked_in_mails(since)
        anywhere = dict(clicked)
        for which, one in mailed.items():
            _add(anywhere, which, one)
        return Brought(
            seen=outcomes(did=_did(SHOWN, since), user=user), clicked=outcomes(did=clicked, user=user),
            mailed=outcomes(did=mailed, user=user), anywhere=outcomes(did=anywhere, user=user),
            unknown=_clicked_by_unknown(since),
        )  # fmt: skip

    return _kept.get(("brought", asker), count)


def states() -> Mapping[str, str]:
    """By target whether it leads somewhere: ok, gone, foreign."""

    def ask() -> dict[str, str]:
        from trichter.attract.pages.addresses import states_of

        targets = {*Cta.objects.values_list("target", flat=True)}
        targets |= {*Variant.objects.values_list("target", flat=True)}
        return dict(states_of(targets))

    return _kept.get("states", ask)


def warnings_of(cta: Cta) -> list[str]:
    """Keys of what is wrong: `unused` in no published page or mail, `gone` a target that does not answer."""
    found = []
    if cta.active and not any(one.live for one in uses().get(("cta", cta.pk), [])):
        found.append("unused")
    targets = [cta.target, *(one.target for one in cta.variants.all() if one.active)]
    if any(states().get(target) == "gone" for target in targets):
        found.append("gone")
    return found


def forget() -> None:
    """After a change, and for tests: count anew."""
    _kept.clear()
