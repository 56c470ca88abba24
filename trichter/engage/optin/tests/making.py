"""Shared by the tests: a form with a consent, somebody who sends it, a sender, the links in mails."""

import re
import threading
import uuid

from django.core import mail
from django.utils import timezone

from trichter.attract.forms import actions as forms
from trichter.attract.forms.models import Submission
from trichter.attract.forms.tests.making import add, make_form, newsletter
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import ready

PAGE = "https://firma.de/whitepaper/"


def signup_form(slug="news", **more):
    form = make_form(slug, goal="newsletter", **more)
    add(form, "email", "email", required=True, target="person.email")
    _field, wording = newsletter(form)
    return form, wording


def send(form, email="anna@example.com", *, tick=None, at=None, network="", ip="", visitor="", language="de"):
    """What the form's view keeps, and the worker's part; returns the processed submission."""
    payload = {"email": [email]} | ({"news": [str(tick.pk)]} if tick else {})
    context = {"token": "ok", "seconds": 30, "proof": "ok", "address": PAGE}
    received = forms.Received(
        uid=uuid.uuid4(), payload=payload, context=context, language=language, page="/whitepaper",
        network=network, ip=ip, visitor=visitor,
    )  # fmt: skip
    row, _new = forms.receive(form=form, received=received, at=at or timezone.now())
    assert forms.process(submission=row.pk) == "processed"
    return Submission.objects.get(pk=row.pk)


def house(**more):
    return ready(base_url="http://testserver", **more)


def deliver():
    """Everything that is due leaves; returns all mails so far."""
    sender = Sender()
    while sender.turn(threading.Event()):
        pass
    sender.close()
    return mail.outbox


def link_in(message, start="/m/confirm/"):
    """The path of the first link of this kind in the text part."""
    return re.search(rf"http://testserver({re.escape(start)}[^\s<\"]+)", message.body)[1]
