"""Shared by the tests of forms."""

import re
from hashlib import sha256

from trichter.attract.forms import rules, tokens
from trichter.attract.forms.models import Form, FormField, FormSettings
from trichter.core.consent.queries import purpose_of, wordings

DAY = 86_400


def make_form(slug="contact", **more):
    more = {"name": "Kontakt", "state": "live", "title_de": "Schreiben Sie uns", "goal": "lead"} | more
    return Form.objects.create(slug=slug, **more)


def add(form, key, kind="text", **more):
    more = {"label_de": key.title(), "position": form.fields.count() + 1} | more
    return FormField.objects.create(form=form, key=key, kind=kind, **more)


def contact_form(**more):
    form = make_form(**more)
    add(form, "name", target="person.name")
    add(form, "email", "email", required=True, target="person.email")
    return form


def newsletter(form, **more):
    purpose = purpose_of("newsletter")
    return add(form, "news", "consent", purpose=purpose, **more), wordings(
        purpose=purpose, language="de"
    ).first()


def proof_for(challenge):
    number = 0
    while int.from_bytes(sha256(f"{challenge}:{number}".encode()).digest(), "big") >> (
        256 - rules.PROOF_BITS
    ):
        number += 1
    return str(number)


_SOLVED = {}


def sent(form, *, ago=30, proof=True, without=(), now=None, **values):
    """What a browser posts, `ago` seconds after it was shown the form."""
    import time

    ticket = tokens.issue(form=form.pk, now=(now or time.time()) - ago, without=without)
    found = {
        "_token": ticket.text,
        "_js": "1",
        "_lang": "de",
        "_page": "https://example.com/kontakt?utm_source=brief",
    }
    if proof:
        found["_proof"] = proof_for(ticket.uid.hex) if proof is True else proof
    return found | values


def post(client, form, data, **headers):
    return client.post(f"/f/{form.slug}/", data, HTTP_USER_AGENT="Mozilla/5.0 Firefox/140.0", **headers)


def settings(**values):
    return FormSettings.objects.update_or_create(pk=1, defaults=values)[0]


def hidden_inputs(html):
    """Name → value of the hidden inputs of a page."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))
