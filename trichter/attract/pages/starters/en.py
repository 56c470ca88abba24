# ruff: noqa: E501 - texts are easier to read in one line
"""English starting texts. The editors replace what stands in square brackets."""

from typing import Any

_SMALL = "<p>We use your details for this purpose only. You can unsubscribe at any time.</p>"
_FAQ = [
    ("Does it cost anything?", "No. It is free of charge and commits you to nothing."),
    ("What happens to my data?", "We use it for the stated purpose only and do not pass it on. A short message is enough and we delete it."),
]  # fmt: skip

TEXTS: dict[str, dict[str, Any]] = {
    "whitepaper": {
        "phase": "mofu", "suffix": "free whitepaper", "kicker": "Free whitepaper",
        "lead": "[One sentence: which problem does the paper solve, and for whom?]",
        "description": "Free whitepaper: the most important steps, figures and templates on a few pages. Request it now and read it at once.",
        "button": "Get the whitepaper",
        "points": ["To the point, no advertising", "With templates to use", "As a PDF at once"],
        "features_heading": "What is in it",
        "features": [
            ("target", "The problem", "[What usually goes wrong today?]"),
            ("chart-bar", "The figures", "[Which figures from practice do you show?]"),
            ("check", "The way", "[Which steps lead to the goal?]"),
        ],
        "steps_heading": "How to get it",
        "steps": [
            ("Request", "Your name and e-mail address are enough."),
            ("Confirm", "You confirm your address with one click."),
            ("Read", "The PDF is ready for download at once."),
        ],
        "form_heading": "Get the whitepaper", "form_intro": "You receive it right after the confirmation.",
        "faq_heading": "Questions", "faq": _FAQ, "small_print": _SMALL,
    },
    "demo": {
        "phase": "bofu", "suffix": "personal demo", "kicker": "Personal demo",
        "lead": "[One sentence: what do people see in 30 minutes, and which question is answered afterwards?]",
        "description": "Arrange a personal demo: 30 minutes, shown on your own processes, without obligation and with time for your questions.",
        "button": "Arrange a demo",
        "points": ["30 minutes", "Shown on your processes", "No obligation"],
        "features_heading": "What we show you",
        "features": [
            ("users", "Your day", "[Which process is in the centre?]"),
            ("clock", "The difference", "[What becomes faster or safer?]"),
            ("file-text", "The effort", "[How long does the introduction take, and what does it cost?]"),
        ],
        "steps_heading": "How it works",
        "steps": [
            ("Request", "Tell us what you need and two times that suit you."),
            ("Short call", "In five minutes we find out what matters to you."),
            ("Demo", "You see your process in the system and ask your questions."),
        ],
        "form_heading": "Arrange a demo", "form_intro": "We reply on the next working day.",
        "faq_heading": "Questions",
        "faq": [*_FAQ, ("Who takes part?", "Whoever decides or will work with it. Two to five people are a good number.")],
        "small_print": _SMALL,
    },
    "webinar": {
        "phase": "mofu", "suffix": "webinar", "kicker": "Live webinar",
        "lead": "[One sentence: what can participants do afterwards that they could not do before?]",
        "description": "Free webinar with examples from practice and time for your questions. Save your place now; the recording follows afterwards.",
        "button": "Save my place",
        "points": ["45 minutes live", "With questions and answers", "Recording included"],
        "features_heading": "What it is about",
        "features": [
            ("target", "Where you stand", "[Which situation do participants know?]"),
            ("chart-bar", "An example", "[Which company shows how it is done?]"),
            ("users", "Your questions", "The last quarter of an hour is yours."),
        ],
        "steps_heading": "How to take part",
        "steps": [
            ("Register", "Your name and e-mail address are enough."),
            ("Be reminded", "You receive the link at once and again before the start."),
            ("Join", "A current browser is enough; nothing is installed."),
        ],
        "form_heading": "Save my place", "form_intro": "You receive the link by e-mail.",
        "faq_heading": "Questions",
        "faq": [*_FAQ, ("I cannot take part live.", "Register all the same: we send you the recording.")],
        "small_print": _SMALL,
    },
    "trial": {
        "phase": "bofu", "suffix": "free trial", "kicker": "14 days free",
        "lead": "[One sentence: what have people achieved after the first day of the trial?]",
        "description": "Try it for 14 days free of charge and without payment details: with sample data, help at the start and no automatic renewal.",
        "button": "Start the trial",
        "points": ["No payment details", "Ends by itself", "Help at the start"],
        "features_heading": "What is included",
        "features": [
            ("check", "All functions", "[What does the trial include?]"),
            ("users", "Your whole team", "[How many people may take part?]"),
            ("mail", "An answer on the same day", "[How can you be reached?]"),
        ],
        "steps_heading": "Ready in three steps",
        "steps": [
            ("Register", "Your access is ready within a minute."),
            ("Try it", "Sample data are there already, your own can be imported."),
            ("Decide", "After 14 days the trial ends if you do nothing."),
        ],
        "form_heading": "Start the trial", "form_intro": "Your business e-mail address is enough.",
        "faq_heading": "Questions",
        "faq": [*_FAQ, ("What happens after 14 days?", "The trial ends by itself. Your data are kept for 30 days in case you want to go on.")],
        "small_print": _SMALL,
    },
    "newsletter": {
        "phase": "tofu", "suffix": "newsletter", "kicker": "Newsletter",
        "lead": "[One sentence: what is in the newsletter, how often does it come, and whom does it help?]",
        "description": "The newsletter with examples from practice: once a month, read in five minutes, unsubscribed with one click.",
        "button": "Subscribe",
        "points": ["Once a month", "Read in five minutes", "Unsubscribe at any time"],
        "features_heading": "What to expect",
        "features": [
            ("file-text", "From practice", "[Which examples do you show?]"),
            ("calendar", "Dates and deadlines", "[What do you remind readers of?]"),
            ("check", "Templates", "[What can readers take over?]"),
        ],
        "steps_heading": "How to subscribe",
        "steps": [
            ("Enter your address", "That is all we need."),
            ("Confirm", "You are on the list only after your click."),
        ],
        "form_heading": "Subscribe", "form_intro": "The next issue comes at the beginning of the month.",
        "faq_heading": "Questions", "faq": _FAQ, "small_print": _SMALL,
    },
}  # fmt: skip
