"""How each part is made, by the actions of the feature it belongs to. Called within one transaction.

A maker gives the record, or None while it cannot: something it needs is not there, or this user may not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Max, Model
from wagtail.documents import get_document_model
from wagtail.models import Page

from trichter.attract.forms.models import Form, FormField
from trichter.attract.pages.actions import free_slug, landing_parent, put
from trichter.attract.pages.models import (
    ArticlePage,
    CaseStudyPage,
    ContentPage,
    Goal,
    HomePage,
    IndexPage,
    LandingPage,
    StandardPage,
    WhitepaperPage,
)
from trichter.attract.pages.templates_for import starter
from trichter.close.handover import agreement
from trichter.close.handover.clocks import Terms
from trichter.close.handover.models import RoutingRule, SlaVersion
from trichter.core.accounts.models import Team, User
from trichter.core.consent.models import Purpose
from trichter.core.lifecycle.models import Stage
from trichter.core.lifecycle.scoring import actions as scoring
from trichter.core.lifecycle.scoring import queries as scores
from trichter.engage.journeys.actions import create_journey
from trichter.engage.magnets.models import Magnet
from trichter.engage.mailtemplates.actions import from_starter
from trichter.kit.pdf import text_pdf

from . import story
from .texts import texts

MAILS = ("welcome", "problem-solution", "case-study", "demo-offer")
LANGUAGES = ("de", "en")
_PRICES = ("preise", "prices", "pricing")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What somebody chose. rep or team: where the routing rule leads; neither: no rule. file: a PDF."""

    language: str
    rep: User | None = None
    team: Team | None = None
    postcodes: str = ""
    file: Any = None


@dataclass(kw_only=True)
class Making:
    """What makers know: choices, who asks, and the parts there are by now."""

    choices: Choices
    user: User
    parts: dict[str, Model] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, Any]:
        """The texts in the chosen language."""
        return texts(language=self.choices.language)

    def page(self, key: str) -> Any:
        """The page of a part as Wagtail's base class, which buttons hold; None while there is none."""
        found = self.parts.get(key)
        return Page.objects.filter(pk=found.pk).first() if found is not None else None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A record, and whether it was made now (or was there before)."""

    record: Model
    made: bool = True


Maker = Callable[[Making], Found | None]

# Forms ------------------------------------------------------------------------

_EMAIL = ("email", "email", "Geschäftliche E-Mail-Adresse", "Business e-mail address", "person.email", True)
_NAME = ("name", "text", "Ihr Name", "Your name", "person.name", False)
_COMPANY = ("company", "text", "Firma", "Company", "company.name", False)
_POSTCODE = ("postcode", "text", "Postleitzahl", "Postcode", "person.postcode", False)
_MESSAGE = ("message", "textarea", "Was möchten Sie sehen?", "What would you like to see?", "", False)
_PAPER = {
    "name": "Whitepaper", "goal": "whitepaper",
    "button_de": "Whitepaper anfordern", "button_en": "Get the whitepaper",
    "thanks_de": "Vielen Dank. Wir haben Ihnen eine E-Mail geschickt, in der alles Weitere steht.",
    "thanks_en": "Thank you. We have sent you an e-mail that says how to go on.",
}  # fmt: skip
_DEMO = {
    "name": "Demo", "goal": "demo", "button_de": "Demo vereinbaren", "button_en": "Arrange a demo",
    "thanks_de": "Vielen Dank. Wir melden uns am nächsten Werktag bei Ihnen.",
    "thanks_en": "Thank you. We will be in touch on the next working day.",
}  # fmt: skip
# Without the second consent nobody's clicks are known by name, and they cannot count for the score.
_CONSENTS = (
    ("news", "newsletter", "Neuigkeiten und Angebote", "News and offers"),
    ("evaluation", "mail-tracking", "Auswertung von E-Mails", "Evaluation of e-mails"),
)


def _form(slug: str, words: Mapping[str, str], fields: tuple[Any, ...], *, consents: bool) -> Form:
    taken = set(Form.objects.values_list("slug", flat=True))
    free = next(name for name in (slug, *(f"{slug}-{n}" for n in range(2, 10_000))) if name not in taken)
    form = Form.objects.create(slug=free, **words)
    for position, (key, kind, de, en, target, required) in enumerate(fields, 1):
        FormField.objects.create(
            form=form, position=position, key=key, kind=kind, label_de=de, label_en=en, target=target,
            required=required,
        )  # fmt: skip
    purposes = Purpose.objects.in_bulk([one[1] for one in _CONSENTS], field_name="key")
    for position, (key, purpose, de, en) in enumerate(_CONSENTS if consents else (), len(fields) + 1):
        if purpose in purposes:
            FormField.objects.create(
                form=form, position=position, key=key, kind=FormField.Kind.CONSENT, label_de=de, label_en=en,
                purpose=purposes[purpose],
            )  # fmt: skip
    return form


def form(making: Making) -> Found:
    """The form of the landing page."""
    fields = (_EMAIL, _NAME, _COMPANY, _POSTCODE)
    return Found(record=_form("whitepaper", _PAPER, fields, consents=True))


def demo_form(making: Making) -> Found:
    """The form of the demo."""
    fields = (_NAME, _EMAIL, _COMPANY, _POSTCODE, _MESSAGE)
    return Found(record=_form("demo", _DEMO, fields, consents=False))


# Pages ------------------------------------------------------------------------


def _home(making: Making) -> Page | None:
    rows = HomePage.objects.filter(language=making.choices.language).order_by("depth", "path")
    return rows.first() or HomePage.objects.order_by("depth", "path").first()


def _put(making: Making, parent: Page | None, page: ContentPage, *, slug: str) -> Found | None:
    if parent is None or not parent.permissions_for_user(making.user).can_add_subpage():
        return None
    page.slug = free_slug(parent=parent, wanted=slug)
    page.language, page.owner = making.choices.language, making.user
    # The tree is changed by every page that is added.
    fresh = Page.objects.get(pk=parent.pk)
    return Found(record=put(parent=fresh, page=page, live=False, user=making.user))


def _landing(making: Making, page: Any, goal: Goal, form: Model | None, *, title: str) -> Any:
    start = starter(goal=goal, language=making.choices.language, title=title)
    slug = form.slug if isinstance(form, Form) else ""
    page.title, page.phase, page.summary = title, start.phase, start.summary
    page.seo_title, page.search_description = start.seo_title, start.description
    page.body = [
        (kind, value | {"form": slug} if kind == "form" else value) for kind, value in start.body
    ]  # fmt: skip
    return page


def landing(making: Making) -> Found | None:
    """The landing page with the form and the file."""
    words = making.words["landing"]
    page = _landing(making, WhitepaperPage(), Goal.WHITEPAPER, making.parts.get("form"), title=words["title"])
    page.file = _document(making)
    page.pages_count = None if making.choices.file else len(making.words["paper"])
    parent = landing_parent(language=making.choices.language)
    return _put(making, parent, page, slug=words["slug"])


def _document(making: Making) -> Any:
    """The file that was uploaded, or a sample that says what belongs into it."""
    words, sent = making.words, making.choices.file
    document = get_document_model()(
        title=sent.name[:200] if sent else words["file"], uploaded_by_user=making.user
    )
    if sent:
        document.file.save(sent.name, sent, save=False)
    else:
        language = making.choices.language
        content = text_pdf(pages=words["paper"], language=language, foot=words["foot"])
        document.file.save(words["file_name"], ContentFile(content), save=False)
    document.file_size = document.file.size
    document.save()
    return document


def magnet(making: Making) -> Found | None:
    """The file behind the form."""
    form, page = making.parts.get("form"), making.parts.get("landing")
    if not isinstance(form, Form) or not isinstance(page, WhitepaperPage):
        return None
    taken, wanted = set(Magnet.objects.values_list("name", flat=True)), making.words["magnet"]
    names = (wanted, *(f"{wanted} {n}" for n in range(2, 10_000)))
    name = next(one for one in names if one not in taken)
    return Found(record=Magnet.objects.create(name=name, form=form, page=page))


def blog(making: Making) -> Found | None:
    """The list of articles: the one there is, else a new one."""
    known = IndexPage.objects.filter(language=making.choices.language).order_by("path")
    found = known.filter(slug="blog").first() or known.first()
    if found is not None:
        return Found(record=found, made=False)
    title = making.words["blog"]
    page = IndexPage(title=title, phase="tofu", seo_title=title)
    return _put(making, _home(making), page, slug="blog")


def article(making: Making) -> Found | None:
    """An article that leads to the landing page."""
    target, words = making.page("landing"), making.words["article"]
    if target is None or "blog" not in making.parts:
        return None
    button = {
        "label": words["cta_button"], "page": target, "url": "", "style": "primary",
        "name": "Whitepaper",
    }  # fmt: skip
    cta = {
        "heading": words["cta"], "intro": words["cta_intro"], "anchor": "", "ground": "soft",
        "buttons": [button],
    }  # fmt: skip
    body = [("text", {"text": words["text"]}), ("cta", cta)]
    return _put(making, making.page("blog"), _text_page(ArticlePage, words, "tofu", body), slug=words["slug"])


def _text_page(kind: type[ContentPage], words: dict[str, Any], phase: str, body: Any, **more: Any) -> Any:
    return kind(
        title=words["title"], seo_title=words["seo_title"], search_description=words["description"],
        summary=words["summary"], phase=phase, body=body, **more,
    )  # fmt: skip


def case(making: Making) -> Found | None:
    """The case study of the third mail."""
    words = making.words["case"]
    body = [("text", {"text": words["text"]})]
    page = _text_page(CaseStudyPage, words, "mofu", body, customer=words["customer"])
    return _put(making, _home(making), page, slug=words["slug"])


def demo(making: Making) -> Found | None:
    """The landing page of the demo."""
    words = making.words["demo"]
    form = making.parts.get("demo_form")
    page = _landing(making, LandingPage(goal=Goal.DEMO), Goal.DEMO, form, title=words["title"])
    return _put(making, landing_parent(language=making.choices.language), page, slug=words["slug"])


def prices(making: Making) -> Found | None:
    """The price list: the one there is, else a new one."""
    rows = ContentPage.objects.filter(slug__in=_PRICES, language=making.choices.language)
    known = rows.order_by("path").first()
    if known is not None:
        return Found(record=known, made=False)
    words, demo_page = making.words["prices"], making.page("demo")
    button = {
        "label": words["button"], "page": demo_page, "url": "" if demo_page else "/", "style": "primary",
        "name": "Preise: Demo",
    }  # fmt: skip
    plan = {
        "name": words["plan"], "amount": None, "currency": "EUR", "per": words["per"], "note": words["note"],
        "points": words["points"], "highlighted": False, "button": button,
    }  # fmt: skip
    pricing = {
        "heading": words["heading"], "intro": "", "anchor": "", "ground": "plain", "plans": [plan],
        "small_print": words["small_print"],
    }  # fmt: skip
    page = StandardPage(
        title=words["title"], seo_title=words["seo_title"], search_description=words["description"],
        phase="bofu", body=[("pricing", pricing)],
    )  # fmt: skip
    return _put(making, _home(making), page, slug=words["slug"])


# Mails and the journey --------------------------------------------------------

_TARGETS = {"welcome": "article", "problem-solution": "article", "case-study": "case", "demo-offer": "demo"}


def mail(key: str, language: str) -> Maker:
    """A template of the sequence in one language."""

    def make(making: Making) -> Found | None:
        page, prices_page = making.page(_TARGETS[key]), making.page("prices")
        if page is None or prices_page is None:
            return None
        words = texts(language=language)
        more = [
            ("button", {"label": words["see_prices"], "page": prices_page, "url": "", "style": "secondary"})
        ]
        made = from_starter(
            key=key, language=language, user=making.user, page=page, more=more if key == "demo-offer" else ()
        )
        made.name = f"{words['mails'][key]} ({language.upper()})"
        made.save(update_fields=["name"])
        made.save_revision(user=making.user)
        return Found(record=made)

    return make


def journey(making: Making) -> Found | None:
    """The four mails with their waits and their goal, as a draft."""
    parts = making.parts
    own = making.choices.language
    magnet, prices_page, demo_page = (parts.get(key) for key in ("magnet", "prices", "demo"))
    if not isinstance(magnet, Magnet) or prices_page is None or demo_page is None:
        return None
    keys: dict[str, dict[str, str]] = {}
    for key in MAILS:
        found = {language: parts.get(f"{key}-{language}") for language in LANGUAGES}
        if any(one is None for one in found.values()):
            return None
        keys[key] = {language: str(getattr(one, "key", "")) for language, one in found.items()}
    draft = story.draft(
        keys=keys, language=own, asset=magnet.name, words=making.words,
        pages=[story.path_of(page) for page in (prices_page, demo_page)],
    )  # fmt: skip
    made = create_journey(
        name=making.words["name"], draft=draft, key="whitepaper-playbook", owner=making.user
    )
    return Found(record=made)


# What both teams agree on -----------------------------------------------------


def score(making: Making) -> Found | None:
    """A proposal: the model in force, with the price list and the journey's goal; or the one in force."""
    current = scores.current()
    prices_page = making.parts.get("prices")
    if current is None or prices_page is None:
        return None
    labels = making.words["score"]
    definition = story.with_story_points(
        current.definition, prices=story.path_of(prices_page), labels=(labels["prices"], labels["demo"])
    )
    if definition is None:
        return Found(record=current, made=False)
    made = scoring.propose(
        definition=definition, written=current.written, by=making.user, reason=making.words["reason"]
    )
    return Found(record=made)


def stage(making: Making) -> Found | None:
    """The agreed stage that is handed over; its rule is left as it is."""
    from trichter.close.handover.queries import house

    found = Stage.objects.filter(key=house().stage).first()
    return Found(record=found, made=False) if found is not None else None


def rule(making: Making) -> Found | None:
    """A routing rule behind all others, to the colleague or team that was chosen."""
    chosen = making.choices
    if chosen.rep is None and chosen.team is None:
        return None
    last = RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0
    made = RoutingRule.objects.create(
        name=making.words["rule"], position=last + 10, rep=chosen.rep,
        team=None if chosen.rep else chosen.team, postcodes=chosen.postcodes,
    )  # fmt: skip
    return Found(record=made)


def sla(making: Making) -> Found:
    """The agreement there is, else a proposal of one."""
    known = SlaVersion.objects.order_by("-effective_from", "-number").first()
    if known is not None:
        return Found(record=known, made=False)
    return Found(record=agreement.propose(terms=Terms(), by=making.user, reason=making.words["sla"]))
