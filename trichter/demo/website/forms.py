"""The demo company's forms: those that its pages ask for."""

from typing import Any

from trichter.attract.forms.models import Form, FormField
from trichter.core.consent.models import Purpose

_NAME = ("name", "text", "Ihr Name", "Your name", "person.name", False)
_EMAIL = ("email", "email", "Geschäftliche E-Mail-Adresse", "Business e-mail address", "person.email", True)
_COMPANY = ("company", "text", "Firma", "Company", "company.name", False)
# The second one is the ground for the opens and clicks by name that the story tells.
_CONSENTS = (
    ("newsletter", "newsletter", "Newsletter und Angebote", "Newsletter and offers"),
    ("evaluation", "mail-tracking", "Auswertung von E-Mails", "Evaluation of e-mails"),
)
_Field = tuple[str, str, str, str, str, bool]

# Short name: texts, goal, fields, and whether newsletter and evaluation are offered.
FORMS: dict[str, tuple[dict[str, Any], tuple[_Field, ...], bool]] = {
    "whitepaper": (
        {
            "name": "Whitepaper anfordern", "goal": "whitepaper",
            "button_de": "Whitepaper anfordern", "button_en": "Request the whitepaper",
            "thanks_de": "Vielen Dank. Wir haben Ihnen eine E-Mail geschickt, in der alles Weitere steht.",
            "thanks_en": "Thank you. We have sent you an e-mail that says how to go on.",
        },
        (_EMAIL, _NAME, _COMPANY), True,
    ),
    "wartungsplaner": (
        {
            "name": "Testzugang anlegen", "goal": "trial",
            "button_de": "14 Tage testen", "button_en": "Try for 14 days",
            "thanks_de": "Vielen Dank. Wir richten Ihren Testzugang ein und melden uns per E-Mail.",
            "thanks_en": "Thank you. We are setting up your trial and will write to you.",
        },
        (_EMAIL, _NAME, _COMPANY), False,
    ),
    "demo": (
        {
            "name": "Demo vereinbaren", "goal": "demo",
            "button_de": "Demo vereinbaren", "button_en": "Arrange a demo",
            "thanks_de": "Vielen Dank. Wir melden uns am nächsten Werktag bei Ihnen.",
            "thanks_en": "Thank you. We will be in touch on the next working day.",
        },
        (
            _NAME, _EMAIL, ("phone", "phone", "Telefon", "Phone", "person.phone", False), _COMPANY,
            ("message", "textarea", "Welche Anlage sollen wir zeigen?", "Which machine shall we show?", "",
             False),
        ), False,
    ),
    "newsletter": (
        {
            "name": "Newsletter bestellen", "goal": "newsletter",
            "button_de": "Newsletter bestellen", "button_en": "Subscribe to the newsletter",
            "thanks_de": "Vielen Dank. Bitte bestätigen Sie Ihre Adresse in der E-Mail von uns.",
            "thanks_en": "Thank you. Please confirm your address in the e-mail from us.",
        },
        (_EMAIL, _NAME), True,
    ),
    "webinar": (
        {
            "name": "Webinar: Platz sichern", "goal": "webinar",
            "button_de": "Platz sichern", "button_en": "Reserve a seat",
            "thanks_de": "Vielen Dank. Ihr Platz ist vorgemerkt; der Zugangslink kommt per E-Mail.",
            "thanks_en": "Thank you. Your seat is reserved; the link comes by e-mail.",
        },
        (_EMAIL, _NAME, _COMPANY), True,
    ),
}  # fmt: skip


def make_forms() -> None:
    """Live forms in German and English; a form that exists already is left alone."""
    purposes = Purpose.objects.in_bulk([one[1] for one in _CONSENTS], field_name="key")
    for slug, (texts, fields, news) in FORMS.items():
        form, new = Form.objects.get_or_create(slug=slug, defaults={"state": Form.State.LIVE, **texts})
        if not new:
            continue
        for position, (key, kind, de, en, target, required) in enumerate(fields, start=1):
            FormField.objects.create(
                form=form, position=position, key=key, kind=kind, label_de=de, label_en=en, target=target,
                required=required,
            )  # fmt: skip
        asked = [one for one in _CONSENTS if news and one[1] in purposes]
        for position, (key, purpose, de, en) in enumerate(asked, start=len(fields) + 1):
            FormField.objects.create(
                form=form, position=position, key=key, kind=FormField.Kind.CONSENT, label_de=de, label_en=en,
                purpose=purposes[purpose],
            )  # fmt: skip
