# ruff: noqa: E501 - texts are easier to read in one line
"""English starters."""

from typing import Any

_HELLO = ("text", "<p>{{ salutation }},</p>")
_END = ("signature", {"closing": "Kind regards", "name": "{{ owner.name }}", "role": "{{ house.name }}"})


def _button(label: str, url: str = "/", style: str = "primary") -> tuple[str, Any]:
    return ("button", {"label": label, "page": None, "url": url, "style": style})


def _head(text: str, level: str = "2") -> tuple[str, Any]:
    return ("heading", {"text": text, "level": level})


TEXTS: dict[str, dict[str, Any]] = {
    "newsletter": {
        "name": "Newsletter (English)", "about": "One main topic, two short items, one request.",
        "subject": "[The most important topic in 50 characters]",
        "preheader": "[A sentence that continues the subject]",
        "blocks": [
            _head("[Heading of the main topic]", "1"), _HELLO,
            ("text", "<p>[What is it about, and what do readers gain? Three or four sentences.]</p>"),
            _button("Read on"),
            ("divider", None),
            ("columns", {
                "left": [("heading", {"text": "[Second item]", "level": "2"}),
                         ("text", "<p>[The news in two sentences.]</p>")],
                "right": [("heading", {"text": "[Third item]", "level": "2"}),
                          ("text", "<p>[The news in two sentences.]</p>")],
            }),
            _END,
        ],
    },
    "welcome": {
        "name": "Welcome (English)", "about": "The first mail after signing up.",
        "subject": "Welcome to {{ house.name }}",
        "preheader": "This is what comes next.",
        "blocks": [
            _head("Good to have you with us", "1"), _HELLO,
            ("text", "<p>Thank you for signing up. In the coming weeks you will receive:</p>"
                     "<ul><li>[What you learn first]</li><li>[An example from practice]</li>"
                     "<li>[Answers to frequent questions]</li></ul>"
                     "<p>A good place to begin is our most-read article.</p>"),
            _button("Read the article"), _END,
        ],
    },
    "problem-solution": {
        "name": "Problem and solution (English)", "about": "Names a known difficulty and shows the way out.",
        "subject": "[The problem as a question]",
        "preheader": "[The first step to the solution]",
        "blocks": [
            _HELLO,
            ("text", "<p>Many companies know this situation: <b>[the problem in one sentence]</b>.</p>"
                     "<p>[What does it cost to leave things as they are? A figure of your own.]</p>"),
            _head("What helps"),
            ("text", "<ol><li>[First step]</li><li>[Second step]</li><li>[Third step]</li></ol>"),
            _button("Read the full guide"), _END,
        ],
    },
    "case-study": {
        "name": "Case study (English)", "about": "One customer, where they began, what they reached.",
        "subject": "How [customer] reached [result]",
        "preheader": "[Beginning, way and result in one sentence]",
        "blocks": [
            _head("[Customer]: [result in figures]", "1"), _HELLO,
            ("text", "<p><b>Beginning:</b> [What did the customer struggle with?]</p>"
                     "<p><b>Way:</b> [What was changed together?]</p>"
                     "<p><b>Result:</b> [What is measurably better today?]</p>"),
            ("quote", {"text": "[Approved words of the customer]", "by": "[Name, role, company]"}),
            _button("Open the case study"), _END,
        ],
    },
    "demo-offer": {
        "name": "Demo offer (English)", "about": "Invites to a personal demonstration.",
        "subject": "Your personal demo: 30 minutes well spent",
        "preheader": "Shown with your own processes, without obligation.",
        "blocks": [
            _HELLO,
            ("text", "<p>You have been reading about [topic]. I would like to show you"
                     "{% if company.name %} and {{ company.name }}{% endif %} in 30 minutes what this can look "
                     "like for you, with time for your questions.</p>"),
            _button("Choose a time"),
            ("text", "<p>No time that suits you? Just reply to this mail.</p>"), _END,
        ],
    },
    "event-invitation": {
        "name": "Invitation to an event (English)", "about": "When, where, what it is about, registration.",
        "subject": "Invitation: [title] on [date]",
        "preheader": "[Place or online], [time]",
        "blocks": [
            _head("[Title of the event]", "1"), _HELLO,
            ("text", "<p>You are cordially invited.</p><p><b>When:</b> [date, time]<br/>"
                     "<b>Where:</b> [place or online]<br/><b>Duration:</b> [minutes]</p>"),
            _head("What it is about"),
            ("text", "<ul><li>[First point]</li><li>[Second point]</li><li>[Time for your questions]</li></ul>"),
            _button("Reserve a seat"), _END,
        ],
    },
    "letter": {
        "name": "Plain letter (English)", "about": "As if written by hand, without design.",
        "subject": "[Occasion]",
        "preheader": "[The first sentence]",
        "blocks": [
            _HELLO,
            ("text", "<p>[The occasion in one sentence.]</p><p>[What you ask for or offer.]</p>"
                     "<p>Just reply to this mail.</p>"),
            _END,
        ],
    },
    "double-opt-in": {
        "name": "Confirm the registration (English)", "about": "Confirms a registration, without any advertising.",
        "subject": "Please confirm your registration",
        "preheader": "You are registered only after your click.",
        "blocks": [
            ("text", "<p>{{ salutation }},</p><p>This e-mail address was entered for a registration with "
                     "{{ house.name }}. Please confirm that it was you:</p>"),
            _button("Confirm registration", "{{ links.confirm }}"),
            ("text", "<p>If it was not you, do nothing. Without your confirmation you will get no further "
                     "mails.</p>"),
        ],
    },
}  # fmt: skip
