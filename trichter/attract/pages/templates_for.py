"""What a new landing page begins with, per goal and language."""

from dataclasses import dataclass
from typing import Any

from .starters import de, en

_TEXTS: dict[str, Any] = {"de": de.TEXTS, "en": en.TEXTS}


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a new landing page begins with; `body` are blocks as (type, value)."""

    phase: str
    summary: str
    seo_title: str
    description: str
    body: list[tuple[str, Any]]


def starter(*, goal: str, language: str, title: str) -> Start:
    """The start for a goal; texts of a language that has none are English."""
    text = _TEXTS.get(language, en.TEXTS)[goal]
    anchor = "formular" if language == "de" else "form"
    return Start(
        phase=text["phase"],
        summary=text["lead"],
        seo_title=f"{title} – {text['suffix']}"[:255],
        description=text["description"],
        body=[
            (
                "hero",
                {
                    "kicker": text["kicker"], "heading": title, "text": f"<p>{text['lead']}</p>",
                    "buttons": [{"label": text["button"], "url": f"#{anchor}", "style": "primary",
                                 "name": f"hero: {goal}"}],
                    "points": text["points"], "image": None,
                },
            ),
            (
                "features",
                {"heading": text["features_heading"], "intro": "", "anchor": "", "ground": "plain",
                 "items": [{"icon": icon, "heading": heading, "text": words}
                           for icon, heading, words in text["features"]]},
            ),
            (
                "steps",
                {"heading": text["steps_heading"], "intro": "", "anchor": "", "ground": "soft",
                 "items": [{"heading": heading, "text": words} for heading, words in text["steps"]]},
            ),
            (
                "form",
                {"heading": text["form_heading"], "intro": text["form_intro"], "anchor": anchor,
                 "ground": "plain", "form": "", "points": text["points"], "small_print": text["small_print"]},
            ),
            (
                "faq",
                {"heading": text["faq_heading"], "intro": "", "anchor": "", "ground": "soft",
                 "items": [{"question": question, "answer": f"<p>{answer}</p>"}
                           for question, answer in text["faq"]]},
            ),
        ],
    )  # fmt: skip
