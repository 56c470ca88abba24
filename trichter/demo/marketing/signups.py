"""Forms that were sent, and what came of them: raw submissions, confirmations, consents with their proof."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trichter.attract.forms.models import Form, FormField, Submission
from trichter.attract.forms.queries import fields_of, wordings_of
from trichter.core.consent.bulk import Saying, append_many
from trichter.core.consent.models import Wording
from trichter.core.events import MailSent
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert_records, update
from trichter.core.mail.actions import SYSTEM, ensure_mailing
from trichter.core.mail.ledger import uid
from trichter.core.mail.queries import mail_settings
from trichter.core.shell.once import reading_once
from trichter.core.shell.queries import company_zone
from trichter.engage.magnets.models import Grant, Magnet
from trichter.engage.optin import rules, texts, writing
from trichter.engage.optin.actions import MAILING
from trichter.engage.optin.models import OptinRequest
from trichter.engage.optin.queries import optin_settings

from ..simulate import Told
from . import letters
from .letters import HOST, Letter
from .past import Known, Past

NEWSLETTER, EVALUATION = "newsletter", "mail-tracking"
_LANGUAGE = "de"
_MACHINES = ("Abfüllanlage", "Kompressorstation", "Kühlanlage", "Förderband", "Krananlage", "Backofen")
# What programs send: kept, looked at by nobody, and never a contact.
_SPAM = (
    ("whitepaper", "honeypot", {"email": ["seo-angebot@ranking-hilfe.example"], "name": ["SEO Service"]}),
    ("demo", "fast", {"email": ["info@links-kaufen.example"], "name": ["jkqwer"],
                      "message": ["Günstige Backlinks für Ihre Seite, heute 50 % Rabatt"]}),
    ("newsletter", "no_proof", {"email": ["bot4711@postfach-test.example"], "name": [""]}),
)  # fmt: skip
Words = Mapping[str, tuple[list[FormField], Mapping[int, Wording]]]


def make_signups(*, past: Past) -> None:
    """Submissions of the last weeks, what was asked and confirmed, and the consents of everybody."""
    forms = {one.slug: one for one in Form.objects.all()}
    words: Words = {
        slug: (fields := fields_of(form), wordings_of(fields, _LANGUAGE)) for slug, form in forms.items()
    }
    sendings = [(told, one) for told, one in past.sendings if told.fact.data()["form"] in forms]
    rows = [_submission(past, told, one, forms=forms, words=words) for told, one in sendings]
    rows += _spam(past, forms=forms)
    insert_records(rows)
    asked = [
        (_request(row, one), one)
        for row, (_told, one) in zip(rows, sendings, strict=False)
        if row.new_person and row.consents
    ]
    mails = _confirmations(past, asked)
    _consents(past, asked, mails, wording=_wording(words))
    _grants(past, asked)


def _submission(
    past: Past, told: Told, one: Known, *, forms: Mapping[str, Form], words: Words
) -> Submission:  # fmt: skip
    slug = told.fact.data()["form"]
    fields, wordings = words[slug]
    payload, answers, consents = _answers(past, one, fields=fields, wordings=wordings)
    visit = told.visit
    touch = {"source": visit.channel.source, "medium": visit.channel.medium} if visit else {}
    if visit and visit.campaign:
        touch["campaign"] = visit.campaign
    context = {"token": "ok", "proof": "ok", "seconds": past.rng.randint(18, 140),
               "address": f"https://{HOST}{told.page}", "landing": touch}  # fmt: skip
    return Submission(
        form=forms[slug], uid=past.uid(), received_at=told.at, payload=payload, context=context,
        language=_LANGUAGE, page=told.page, visitor=f"demo-{one.lead.visitor}",
        state=Submission.State.PROCESSED, processed_at=told.at + timedelta(seconds=past.rng.uniform(0.4, 2)),
        person=one.person, new_person=slug != "demo",
        touches={"first": touch, "last": touch} if touch else {},
        answers=answers, consents=consents,
    )  # fmt: skip


def _answers(
    past: Past, one: Known, *, fields: Sequence[FormField], wordings: Mapping[int, Wording]
) -> tuple[dict[str, list[str]], list[dict[str, Any]], list[dict[str, Any]]]:
    person = one.person
    said = {
        "name": f"{person.first_name} {person.last_name}", "email": person.email, "phone": person.phone,
        "company": person.company.name if person.company else "",
        "message": past.rng.choice(("", f"{past.rng.choice(_MACHINES)} und zwei kleinere Maschinen")),
    }  # fmt: skip
    payload: dict[str, list[str]] = {}
    answers, consents = [], []
    for field in fields:
        wording = wordings.get(field.purpose_id or 0)
        if field.kind == FormField.Kind.CONSENT:
            if wording is not None and (wording.purpose.key == NEWSLETTER or one.evaluated):
                payload[field.key] = [str(wording.pk)]
                consents.append({"purpose": wording.purpose.key, "channel": field.channel,
                                 "wording": wording.pk, "given": False})  # fmt: skip
            continue
        text = said.get(field.key, "")
        payload[field.key] = [text]
        if text:
            answers.append({"key": field.key, "label": field.words("label", _LANGUAGE), "value": text,
                            "text": text, "target": field.target})  # fmt: skip
    return payload, answers, consents


def _spam(past: Past, *, forms: Mapping[str, Form]) -> list[Submission]:
    return [
        Submission(
            form=forms[slug], uid=past.uid(),
            received_at=past.now - timedelta(days=3 + 5 * number, hours=number),
            payload=payload, context={"token": "ok", "proof": "none", "seconds": 1,
                                      "honeypot": reason == "honeypot"},
            language="en", page=f"/formular/{slug}", state=Submission.State.QUARANTINED, reason=reason,
        )
        for number, (slug, reason, payload) in enumerate(_SPAM)
        if slug in forms
    ]  # fmt: skip


def _request(row: Submission, one: Known) -> OptinRequest:
    done = one.confirmed
    return OptinRequest(
        uid=row.uid, submission=row, identity_id=one.address, person=one.person, address=one.person.email,
        language=_LANGUAGE, form=row.form.slug, page=row.context["address"], visitor=row.visitor,
        items=[{name: item[name] for name in ("purpose", "channel", "wording")} for item in row.consents],
        requested_at=row.received_at, mail_version=f"{_LANGUAGE} v{texts.VERSION}", confirmed_at=done,
        state=OptinRequest.State.CONFIRMED if done else OptinRequest.State.WAITING,
    )  # fmt: skip


def _confirmations(past: Past, asked: Sequence[tuple[OptinRequest, Known]]) -> list[Any]:
    """The mails that asked; their text is part of the proof. Gives the rows of the ledger, in order."""
    keep = optin_settings().keep_days
    wordings = Wording.objects.select_related("purpose").in_bulk(
        {item["wording"] for row, _one in asked for item in row.items}
    )
    house = mail_settings()
    with reading_once():
        for row, _one in asked:
            row.mail_text = writing.write(
                language=_LANGUAGE, page=row.page, at=row.requested_at, house=house,
                until=rules.valid_until(requested_at=row.requested_at, keep_days=keep),
                wordings=[wordings[item["wording"]] for item in row.items],
            )  # fmt: skip
    insert_records([row for row, _one in asked])
    mailing = ensure_mailing(key=MAILING, name="Double-Opt-in", message_class=SYSTEM)
    subject = texts.SUBJECT[_LANGUAGE]
    sent = letters.write(
        past, mailing=mailing, subject=subject, renderer=writing.KEY,
        letters=[
            Letter(to=one, key=f"ask-{row.uid}", queued=row.requested_at, variables={"request": row.pk},
                   sent=row.requested_at + timedelta(seconds=past.rng.randint(3, 25)))
            for row, one in asked
        ],
    )  # fmt: skip
    update(OptinRequest, ("delivery_id",), [
        (row.pk, mail.pk) for (row, _one), mail in zip(asked, sent, strict=True)
    ])  # fmt: skip
    fact = MailSent(subject=subject, mailing=MAILING)
    record_many([
        Entry(fact=fact, at=mail.sent_at, identity=mail.identity_id, uid=uid(mail, "sent"))
        for mail in sent if mail.sent_at is not None
    ])  # fmt: skip
    return sent


def _grants(past: Past, asked: Sequence[tuple[OptinRequest, Known]]) -> None:
    """The file behind the form: open since the confirmation, and fetched from its page as the story tells."""
    magnet, zone = Magnet.objects.select_related("form").order_by("pk").first(), company_zone()
    if magnet is None:
        return
    insert_records([
        Grant(
            uid=past.uid(), magnet=magnet, submission=row.submission, identity_id=one.address,
            person=one.person, requested_at=row.requested_at, released_at=row.confirmed_at,
            fetched=int(one.downloaded is not None),
            fetched_on=one.downloaded.astimezone(zone).date() if one.downloaded else None,
        )
        for row, one in asked if row.form == magnet.form.slug
    ])  # fmt: skip


def _wording(words: Words) -> dict[str, Wording]:
    return {one.purpose.key: one for _fields, found in words.values() for one in found.values()}


def _consents(
    past: Past, asked: Sequence[tuple[OptinRequest, Known]], mails: Sequence[Any], *,
    wording: Mapping[str, Wording],
) -> None:  # fmt: skip
    """The ledger. What was confirmed before it was there is taken over with the proof of that time."""
    here = {one.number for _row, one in asked}
    before = sorted(
        (one.confirmed, one.number, one) for one in past.leads if one.confirmed and one.number not in here
    )
    append_many(
        [
            Saying(identity=one.address, purpose=purpose, channel="email", decision="given", at=at,
                   how="import", wording=wording.get(purpose),
                   proof={"words": one.proof, "form": one.lead.form, "confirmed_at": at.isoformat()})
            for at, _number, one in before
            for purpose in _taken_over(one)
        ],
        tell=False,
    )  # fmt: skip
    confirmed = sorted(
        ((row.confirmed_at, row, one, mail) for (row, one), mail in zip(asked, mails, strict=True)
         if row.confirmed_at is not None), key=lambda found: (found[0], found[2].number),
    )  # fmt: skip
    sayings, whose = [], []
    for at, row, one, mail in confirmed:
        for item in row.items:
            purpose = item["purpose"]
            sayings.append(
                Saying(identity=one.address, purpose=purpose, channel="email", decision="given", at=at,
                       how="confirmed", wording=wording.get(purpose), proof=_proof(row, mail, at))
            )  # fmt: skip
            whose.append(row)
    for row, said in zip(whose, append_many(sayings), strict=True):
        row.records = [*row.records, said.number]
    update(OptinRequest, ("records",), [(row.pk, row.records) for _at, row, _one, _mail in confirmed])


def _taken_over(one: Known) -> tuple[str, ...]:
    """Of those whom sales knows also the evaluation, which their newsletters ask for."""
    return (NEWSLETTER, EVALUATION) if one.evaluated and one.prices else (NEWSLETTER,)


def _proof(row: OptinRequest, mail: Any, at: datetime) -> dict[str, str]:
    return {
        "form": row.form, "submission": str(row.uid), "signed_up_at": row.requested_at.isoformat(),
        "mail_message_id": mail.message_id, "mail_sent_at": mail.sent_at.isoformat(),
        "confirmation_wording": row.mail_text, "confirmation_version": row.mail_version,
        "confirmed_at": at.isoformat(), "page": row.page,
    }  # fmt: skip
