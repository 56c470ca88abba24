"""What is still missing before the chain runs from one end to the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from trichter.attract.pages.models import HomePage
from trichter.close.handover import queries as handover
from trichter.core.lifecycle.scoring import queries as scores
from trichter.core.mail import readiness as mail
from trichter.core.mail.queries import leaves_the_house

from . import queries
from .parts import BY_KEY, state_of

Text = Promise | str


@dataclass(frozen=True, kw_only=True)
class Point:
    """A verdict. `text`: what to do, or what there is. `url`: where it is done; empty: nothing to open."""

    key: str
    label: Text
    ok: bool
    text: Text = ""
    url: str = ""


def points(*, parts: Mapping[str, Model]) -> list[Point]:
    """All of them, in the order in which they are dealt with; before anything is made, those of the house."""
    own = [_all_made(parts), _texts(parts), _published(parts)] if parts else []
    return [
        *own, _home(), _mail(), _score(), _sla(), _reps(),
        _routing(), _handover(),
    ]  # fmt: skip


def _all_made(parts: Mapping[str, Model]) -> Point:
    missing = [str(part.label) for key, part in BY_KEY.items() if key not in parts]
    text = _now("Missing: %(parts)s.") % {"parts": ", ".join(dict.fromkeys(missing))} if missing else ""
    return Point(key="made", label=_("All parts are there"), ok=not missing, text=text)


def _texts(parts: Mapping[str, Model]) -> Point:
    left = queries.unfilled(parts=parts)
    if not left:
        return Point(key="texts", label=_("All texts are written"), ok=True)
    names = ", ".join(dict.fromkeys(str(BY_KEY[key].label) for key in left))
    text = _now("Replace what stands in [brackets]: %(parts)s.") % {"parts": names}
    first = next(iter(left))
    return Point(
        key="texts", label=_("All texts are written"), ok=False, text=text,
        url=BY_KEY[first].url(parts[first]),
    )  # fmt: skip


def _published(parts: Mapping[str, Model]) -> Point:
    proposals = ("score", "sla", "stage", "rule")
    waiting = [key for key, one in parts.items() if key not in proposals and not state_of(one).ready]
    text = ""
    if waiting:
        names = ", ".join(dict.fromkeys(str(BY_KEY[key].label) for key in waiting))
        text = _now("Not yet: %(parts)s.") % {"parts": names}
    ok = not waiting and bool(parts)
    return Point(key="published", label=_("Pages, forms and mails are published, the journey runs"), ok=ok,
                 text=text)  # fmt: skip


def _home() -> Point:
    home = HomePage.objects.order_by("depth", "path").first()
    ok = home is not None and home.live
    url = reverse("wagtailadmin_pages:edit", args=[home.pk]) if home is not None else ""
    text = "" if ok else _("Visitors find nothing at the address of the site until it is published.")
    return Point(key="home", label=_("The start page of the site is published"), ok=ok, text=text, url=url)


def _mail() -> Point:
    wrong = len([one for one in mail.points() if not one.ok])
    text: Text = ""
    if wrong:
        text = ngettext("%(n)s check is not right yet.", "%(n)s checks are not right yet.", wrong) % {
            "n": wrong
        }
    if not leaves_the_house():
        text = _("No mail server is set, so no mail leaves the house.")
    ok = not wrong and leaves_the_house()
    return Point(key="mail", label=_("Mails may go out"), ok=ok, text=text, url=reverse("mail:cockpit"))


def _score() -> Point:
    now = scores.current()
    both = now is not None and now.marketing_at is not None and now.sales_at is not None
    ok = now is not None and (both or now.switched_on_by_id is not None)
    text = "" if ok else _("Marketing and sales agree to the proposal, one colleague each.")
    return Point(key="score", label=_("Both teams have agreed to the score model"), ok=ok, text=text,
                 url=reverse("lifecycle:scoring"))  # fmt: skip


def _sla() -> Point:
    ok = handover.sla(now=timezone.now()) is not None
    text = (
        "" if ok else _("Marketing and sales sign it, one colleague each. Until then the usual times hold.")
    )
    return Point(key="sla", label=_("Both teams have signed the service level agreement"), ok=ok, text=text,
                 url=reverse("handover:sla"))  # fmt: skip


def _reps() -> Point:
    ok = handover.colleagues().exists()
    text = "" if ok else _("Invite somebody with the role Sales.")
    return Point(key="reps", label=_("Somebody in sales can take leads"), ok=ok, text=text,
                 url=reverse("handover:seat_list"))  # fmt: skip


def _routing() -> Point:
    ok = any(one.rep or one.team for one in handover.rules()) or handover.house().fallback_team_id is not None
    text = "" if ok else _("Without a rule or a pool nobody gets leads that have no owner.")
    return Point(key="routing", label=_("It is clear who gets a lead"), ok=ok, text=text,
                 url=reverse("handover:routingrule_list"))  # fmt: skip


def _handover() -> Point:
    ok = handover.house().active
    text = "" if ok else _("The handover to sales is switched off.")
    return Point(key="handover", label=_("Leads are handed over"), ok=ok, text=text,
                 url=reverse("handover:settings"))  # fmt: skip
