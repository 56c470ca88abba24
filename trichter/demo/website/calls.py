"""A few links and a call to action with variants, so that their screens are not empty."""

from typing import Any

from trichter.attract.campaigns.actions import add_names
from trichter.attract.ctas.models import Condition, Cta, Variant
from trichter.attract.links.models import ShortLink

LINKS = (
    ("Messeflyer 2026", "messe", "/demo/", "flyer", "print", "messe-2026"),
    ("Aufkleber am Stand", "stand", "/preise/", "aufkleber", "print", "messe-2026"),
    ("Beitrag bei LinkedIn", "li-plan", "/blog/wartungsplan-vorlage/", "linkedin", "social", "wartungsplan"),
)  # fmt: skip


def make_calls(*, page: Any) -> None:
    """The links, and the call to action at the end of `page`."""
    for name, slug, target, source, medium, campaign in LINKS:
        add_names(names={"source": source, "campaign": campaign})
        ShortLink.objects.create(
            name=name, slug=slug, target=target, source=source, medium=medium, campaign=campaign
        )
    one = Cta.objects.create(
        name="Demo, Ende der Produktseite", text_de="Demo vereinbaren", text_en="Book a demo",
        target="/demo/", line_de="Sehen Sie Fjordwerk an Ihren eigenen Anlagen.", look="band",
    )  # fmt: skip
    saw = Condition.objects.create(name="Hat die Preise gesehen", page="/preise/")
    known = Condition.objects.create(name="Ist schon Kunde", stages=["customer"])
    Variant.objects.create(
        cta=one, name="Kunden", condition=known, position=1, text_de="Zu den Episoden", target="/podcast/",
        line_de="Schön, dass Sie dabei sind: Hören Sie in unser Werkstattgespräch hinein.", look="band",
    )  # fmt: skip
    Variant.objects.create(
        cta=one, name="Nach den Preisen", condition=saw, position=2, text_de="Angebot besprechen",
        target="/demo/", line_de="Fragen zu den Preisen? Wir rechnen mit Ihnen.", look="band",
    )  # fmt: skip
    page.body.append(
        ("named_cta", {"heading": "", "intro": "", "anchor": "", "ground": "soft", "cta": f"cta:{one.pk}"})
    )
    page.save_revision().publish()
