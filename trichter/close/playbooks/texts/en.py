# ruff: noqa: E501 - texts are easier to read in one line
"""English texts."""

from typing import Any

TEXTS: dict[str, Any] = {
    "name": "From whitepaper to sales",
    "blog": "Blog",
    "article": {
        "title": "[The problem of your readers as a question]", "slug": "whitepaper-article",
        "seo_title": "[The problem in a few words]",
        "description": "[What readers learn in this article, in one sentence of about 140 characters.]",
        "summary": "[Two sentences: which situation is it about, and what do readers know afterwards?]",
        "text": "<p>[How does the problem show in everyday work? Two or three sentences.]</p><h2>[First step]</h2><p>[What readers can do at once.]</p><h2>[Second step]</h2><p>[What takes a little longer, and what it brings.]</p>",
        "cta": "All steps in one paper",
        "cta_intro": "The whitepaper goes through every step, with figures and templates to use.",
        "cta_button": "Get the whitepaper",
    },
    "case": {
        "title": "[Customer]: [result in figures]", "customer": "[Customer]", "slug": "case-study",
        "seo_title": "[Customer]: case study",
        "description": "[Where the customer began and what was reached, in one sentence.]",
        "summary": "[Beginning, way and result in two sentences.]",
        "text": "<h2>The beginning</h2><p>[What was difficult, and what did it cost?]</p><h2>The way</h2><p>[What was done, by whom, and how long did it take?]</p><h2>The result</h2><p>[One measured figure with its period. Name only what the customer has released.]</p>",
    },
    "prices": {
        "title": "Prices", "slug": "pricing", "seo_title": "Prices",
        "description": "[What it costs and what is included, in one sentence.]",
        "heading": "What it costs", "plan": "[Name of the package]", "per": "month",
        "note": "[For whom it is made]", "points": ["[What is included]", "[What is included as well]"],
        "button": "Arrange a demo", "small_print": "[Do these prices include tax?]",
    },
    "landing": {"title": "[Title of your whitepaper]", "slug": "whitepaper"},
    "demo": {"title": "See it for yourself", "slug": "see-a-demo"},
    "file": "[Title of your whitepaper]",
    "file_name": "whitepaper.pdf",
    "foot": "Page {number} of {count}",
    "paper": (
        ("[Title of your whitepaper]", ("[For whom is it, and which question does it answer?]", "[Company]")),
        ("1  The problem", ("[What usually goes wrong, and what does it cost?]",)),
        ("2  The way", ("[First step]", "[Second step]", "[Third step]")),
    ),
    "magnet": "Whitepaper",
    "mails": {"welcome": "Whitepaper 1: welcome", "problem-solution": "Whitepaper 2: problem and solution",
              "case-study": "Whitepaper 3: case study", "demo-offer": "Whitepaper 4: demo offer"},
    "see_prices": "See the prices",
    "goal": "Looked at prices or the demo",
    "notice": "Is interested in prices or a demo. Please look at the contact.",
    "score": {"prices": "Looked at the price list", "demo": "Whitepaper journey: interested in a demo"},
    "reason": "Playbook: whitepaper. The price list and the goal of the journey count.",
    "rule": "Whitepaper",
    "sla": "Playbook: whitepaper",
}  # fmt: skip
