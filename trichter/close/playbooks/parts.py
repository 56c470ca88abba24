"""The parts of the whitepaper playbook, in the order in which they are made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.attract.forms.models import Form
from trichter.attract.pages.models import (
    ArticlePage,
    CaseStudyPage,
    ContentPage,
    IndexPage,
    LandingPage,
    WhitepaperPage,
)
from trichter.close.handover.models import RoutingRule, SlaVersion
from trichter.core.lifecycle.models import ScoreVersion, Stage
from trichter.engage.journeys.models import Journey
from trichter.engage.magnets.models import Magnet
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.mailtemplates.views import editor_url

from . import making
from .making import LANGUAGES, MAILS, Maker

WHITEPAPER = "whitepaper"
Text = Promise | str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part. `permissions`: whoever makes it needs all of them. `url`: where its record is edited."""

    key: str
    label: Text
    about: Text
    icon: str
    model: type[Model]
    permissions: tuple[str, ...]
    make: Maker
    url: Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class State:
    """Of a record, for people. `ready`: this part of the chain works."""

    label: Text
    tone: str
    ready: bool


def _named(name: str) -> Callable[[Any], str]:
    return lambda record: reverse(name, args=[record.pk])


def _plain(name: str) -> Callable[[Any], str]:
    return lambda _record: reverse(name)


_page = _named("wagtailadmin_pages:edit")
_PAGES = ("pages.add_landingpage",)
_MAIL_WORDS: dict[str, Text] = {
    "welcome": _("Mail 1: welcome"),
    "problem-solution": _("Mail 2: problem and solution"),
    "case-study": _("Mail 3: case study"),
    "demo-offer": _("Mail 4: offer of a demo"),
}
_LANGUAGE_WORDS: dict[str, Text] = {"de": _("German"), "en": _("English")}


def _mail(key: str, language: str) -> Part:
    return Part(
        key=f"{key}-{language}", label=_MAIL_WORDS[key], about=_LANGUAGE_WORDS[language], icon="mail",
        model=MailTemplate, permissions=("mailtemplates.add_mailtemplate",), make=making.mail(key, language),
        url=lambda record: editor_url(record.pk),
    )  # fmt: skip


PARTS: tuple[Part, ...] = (
    Part(
        key="form", label=_("Form of the whitepaper"), icon="forms", model=Form,
        about=_("E-mail, name, company, postcode; both consents are confirmed by double opt-in."),
        permissions=("webforms.add_form",), make=making.form, url=_named("webforms:form_detail"),
    ),
    Part(
        key="landing", label=_("Landing page with the file"), icon="file-text", model=WhitepaperPage,
        about=_("A goal, a form, no menu; the file is not public."), permissions=_PAGES, make=making.landing,
        url=_page,
    ),
    Part(
        key="magnet", label=pgettext_lazy("playbook", "Download"), icon="download", model=Magnet,
        about=_("Whoever confirms the address gets the file by a link of their own."),
        permissions=("magnets.add_magnet",), make=making.magnet, url=_named("magnets:magnet_detail"),
    ),
    Part(
        key="blog", label=pgettext_lazy("playbook", "Blog"), icon="list", model=IndexPage,
        about=_("The list of articles, with a feed."), permissions=_PAGES, make=making.blog, url=_page,
    ),
    Part(
        key="article", label=_("Blog article"), icon="file-text", model=ArticlePage,
        about=_("Ends with a button to the landing page."), permissions=_PAGES, make=making.article,
        url=_page,
    ),
    Part(
        key="case", label=_("Case study"), icon="file-text", model=CaseStudyPage,
        about=_("The third mail leads here."), permissions=_PAGES, make=making.case, url=_page,
    ),
    Part(
        key="demo_form", label=_("Form of the demo"), icon="forms", model=Form,
        about=_("Asking for a demo is worth most points."), permissions=("webforms.add_form",),
        make=making.demo_form, url=_named("webforms:form_detail"),
    ),
    Part(
        key="demo", label=_("Landing page of the demo"), icon="file-text", model=LandingPage,
        about=_("The fourth mail leads here."), permissions=_PAGES, make=making.demo, url=_page,
    ),
    Part(
        key="prices", label=_("Price list"), icon="tag", model=ContentPage,
        about=_("Whoever looks at it has reached the goal of the journey."), permissions=_PAGES,
        make=making.prices, url=_page,
    ),
    *(_mail(key, language) for key in MAILS for language in LANGUAGES),
    Part(
        key="journey", label=pgettext_lazy("playbook", "Journey"), icon="route", model=Journey,
        about=_("Four mails over twelve days, each in the contact's language; the goal ends it early."),
        permissions=("journeys.add_journey",), make=making.journey, url=_named("journeys:detail"),
    ),
    Part(
        key="score", label=_("Score model"), icon="star", model=ScoreVersion,
        about=_("A proposal: the model in force, with points for the price list and the goal."),
        permissions=("lifecycle.propose_score",), make=making.score, url=_plain("lifecycle:scoring"),
    ),
    Part(
        key="stage", label=_("Rule of the stage that is handed over"), icon="flag", model=Stage,
        about=_("Taken as it was agreed; from the first day: 40 points and at least grade C."),
        permissions=(), make=making.stage,
        url=lambda record: reverse("lifecycle:stage_detail", args=[record.key]),
    ),
    Part(
        key="rule", label=_("Routing rule"), icon="switch-horizontal", model=RoutingRule,
        about=_("Behind all other rules: to the colleague or the team you choose."),
        permissions=("handover.add_routingrule",), make=making.rule,
        url=_named("handover:routingrule_detail"),
    ),
    Part(
        key="sla", label=_("Service level agreement"), icon="heart-handshake", model=SlaVersion,
        about=_("A proposal: accept within an hour, first response within four, both in business hours."),
        permissions=("handover.propose_sla",), make=making.sla, url=_plain("handover:sla"),
    ),
)  # fmt: skip
BY_KEY = {part.key: part for part in PARTS}

_LIVE = State(label=_("published"), tone="green", ready=True)
_DRAFT = State(label=pgettext_lazy("playbook", "draft"), tone="gray", ready=False)


def state_of(record: Model) -> State:
    """How far a record is."""
    match record:
        case Form():
            live = record.state == Form.State.LIVE
            return State(label=record.get_state_display(), tone="green" if live else "gray", ready=live)
        case ContentPage() | MailTemplate():
            return _LIVE if record.live else _DRAFT
        case Magnet():
            word = _("is delivered") if record.active else _("off")
            return State(label=word, tone="green" if record.active else "gray", ready=record.active)
        case Journey():
            runs = record.state == Journey.State.RUNNING
            return State(label=record.get_state_display(), tone="green" if runs else "gray", ready=runs)
        case ScoreVersion() | SlaVersion():
            agreed = record.effective_from is not None
            word = _("in force") if agreed else _("waits for both signatures")
            return State(label=word, tone="green" if agreed else "yellow", ready=agreed)
        case RoutingRule():
            word = _("active") if record.active else _("off")
            return State(label=word, tone="green" if record.active else "gray", ready=record.active)
    return State(label=_("in force"), tone="green", ready=True)
