"""Calls to action in mails: who gets which variant, what is counted, and where it shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from trichter.attract.ctas import queries as ctas
from trichter.attract.ctas.models import Condition, Cta, Variant
from trichter.core.journal.models import Event
from trichter.core.mail import actions, tokens
from trichter.core.mail.models import Delivery, Hit, MailCount, TrackedLink
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import agree, ready
from trichter.core.mail.tests.test_rules import CHROME
from trichter.core.mail.tracking import hits
from trichter.core.people.models import Person
from trichter.engage.mailtemplates import lint, queries
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.mailtemplates.rendering import KEY, source_of

from .making import BASE, template, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    ctas.forget()


def cta(**more: Any) -> Cta:
    return Cta.objects.create(**(
        {"name": "Demo", "text_de": "Demo buchen", "line_de": "Sehen Sie selbst", "target": "/demo/"} | more
    ))  # fmt: skip


def for_customers(one: Cta) -> Variant:
    condition = Condition.objects.create(name="Kunden", stages=["customer"])
    return Variant.objects.create(
        cta=one, name="Kunden", condition=condition, text_de="Tarif & Zubehör", look="secondary",
        target="https://firma.de/tarife?x=1&y=2",
    )  # fmt: skip


def with_cta(one: Cta, **more: Any) -> MailTemplate:
    return template(text("<p>Guten Tag</p>"), ("cta", {"cta": f"cta:{one.pk}"}), **more)


def person(name: str, **more: Any) -> Person:
    return Person.objects.create(
        last_name=name, email=f"{name.lower()}@firma.example", created_at=timezone.now(), **more
    )


def sent(who: Person, *purposes: str, message_class: str = "marketing") -> Delivery:
    ready()
    agree(who.email, "newsletter", *purposes)
    mailing = actions.ensure_mailing(key=message_class, name="m", message_class=message_class)
    actions.queue(mailing=mailing, key="x", address=who.email, person=who, renderer=KEY,
                  variables={"template": "probe"})  # fmt: skip
    while Sender().send_next():
        pass
    Delivery.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    return Delivery.objects.get(address=who.email, mailing=mailing)


def link_of(one: Cta, variant: Variant | None = None) -> TrackedLink:
    return TrackedLink.objects.get(mark=ctas.mark_of(cta=one.pk, variant=variant.pk if variant else 0))


def visit(path: str, *, method: str = "get") -> Any:
    return getattr(Client(), method)(path, HTTP_USER_AGENT=CHROME)


def click(row: Delivery, link: TrackedLink, *, method: str = "get") -> Any:
    response = visit(f"/m/c/{tokens.sign(use='track', number=row.pk)}/{link.pk}", method=method)
    hits.judge_new(now=timezone.now() + timedelta(minutes=5))
    ctas.forget()
    return response


def test_each_contact_gets_the_variant_whose_condition_holds(mailoutbox: Any) -> None:
    one = cta()
    special = for_customers(one)
    with_cta(one)
    for who in (person("Neu", stage="lead"), person("Kunde", stage="customer")):
        sent(who)
    new, customer = ((mail.body, mail.alternatives[0][0]) for mail in outgoing.outbox)
    assert "Sehen Sie selbst\nDemo buchen:\n" + f"{BASE}/demo/" in new[0]
    assert "Sehen Sie selbst" in new[1] and ">Demo buchen</a>" in new[1] and "tr-fill" in new[1]
    assert "Tarif & Zubehör:\nhttps://firma.de/tarife?x=1&y=2" in customer[0]
    assert "Tarif &amp; Zubehör" in customer[1] and "Sehen Sie selbst" not in customer[1]
    assert 'class="tr-line"' in customer[1] and 'class="tr-fill"' not in customer[1]
    assert {(row.url, row.mark) for row in TrackedLink.objects.exclude(mark="")} == {
        (f"{BASE}/demo/", f"cta:{one.pk}:0"),
        ("https://firma.de/tarife?x=1&y=2", f"cta:{one.pk}:{special.pk}"),
    }
    assert not any(sign in part for part in (*new, *customer) for sign in ("#~", "LQT", "{%", "{{"))


def test_what_is_not_in_use_any_more_leaves_no_trace_and_is_told(mailoutbox: Any) -> None:
    one = cta()
    made = with_cta(one)
    Cta.objects.update(active=False)
    sent(person("Neu"))
    found = outgoing.outbox[0]
    assert "Demo" not in found.body + found.alternatives[0][0] and "#~" not in found.alternatives[0][0]
    assert "lost_cta" in {finding.key for finding in lint.findings(template=made)}
    Cta.objects.update(active=True)
    found = source_of(template=made, base=BASE)
    assert (found.buttons, found.primary, found.lost) == (1, 1, 0)


def test_a_mail_that_is_not_counted_carries_the_plain_target(mailoutbox: Any) -> None:
    one = cta()
    with_cta(one, message_class="contract")
    sent(person("Neu"), message_class="contract")
    assert f'href="{BASE}/demo/"' in outgoing.outbox[0].alternatives[0][0]
    assert not TrackedLink.objects.exists()


def test_clicks_of_people_are_counted_to_the_variant_and_those_of_machines_to_nothing(
    login: Callable[..., Any], mailoutbox: Any
) -> None:
    one, other = cta(), cta(name="Andere")
    special = for_customers(one)
    with_cta(one)
    me = login("marketing")
    kunde, neu, still = person("Kunde", stage="customer"), person("Neu"), person("Still")
    rows = [sent(kunde, "mail-tracking"), sent(neu, "mail-tracking"), sent(still)]
    assert click(rows[0], link_of(one, special))["Location"] == "https://firma.de/tarife?x=1&y=2"
    click(rows[0], link_of(one, special))  # a second time is the same click
    click(rows[1], link_of(one), method="head")  # a scanner of links
    assert set(Hit.objects.values_list("delivery", "machine")) == {(rows[0].pk, ""), (rows[1].pk, "head")}
    for method in ("get", "get", "head"):
        visit(f"/m/l/{tokens.sign(use='link', number=link_of(one).pk)}", method=method)
    assert list(MailCount.objects.order_by("machine").values_list("mark", "machine", "count")) == [
        (f"cta:{one.pk}:0", False, 2), (f"cta:{one.pk}:0", True, 1),
    ]  # fmt: skip
    ctas.forget()
    found = ctas.brought(asker=me.user.pk)
    total, default, variant = (found.figures((one.pk, key)) for key in (ctas.ALL, 0, special.pk))
    assert (total.mailed, total.unknown, total.clicks, total.seen) == (1, 2, 0, 0)
    assert (default.mailed, default.unknown, variant.mailed, variant.unknown) == (0, 2, 1, 0)
    assert found.figures((other.pk, ctas.ALL)).mailed == 0
    assert me.get(f"/app/ctas/{one.pk}/came/all/mailed/").context["total"] == 1
    assert me.get(f"/app/ctas/{one.pk}/came/0/mailed/").context["total"] == 0
    marks = Event.objects.filter(kind="mail.clicked", data__machine=False).values_list(
        "data__mark", flat=True
    )
    assert list(marks) == [f"cta:{one.pk}:{special.pk}"]
    page = me.get(f"/app/ctas/{one.pk}/").content.decode()
    assert "2 clicks in mails" in page or "2 Klicks" in page


def test_nobody_counts_people_who_are_not_the_own(
    login: Callable[..., Any], make_user: Any, mailoutbox: Any
) -> None:
    one = cta()
    with_cta(one)
    client = login("sales")
    kunde = person("Kunde", owner=make_user("sales"))
    click(sent(kunde, "mail-tracking"), link_of(one))
    url = f"/app/ctas/{one.pk}/came/all/mailed/"
    assert client.get(url).context["total"] == 0
    Person.objects.update(owner=client.user)
    ctas.forget()
    assert client.get(url).context["total"] == 1
    assert login().get(url).status_code == 403


def test_a_template_is_named_where_the_call_is_used_and_protects_it(login: Callable[..., Any]) -> None:
    one = cta()
    made = with_cta(one, live=False)
    assert ctas.warnings_of(one)[0] == "unused"
    made.save_revision().publish()
    ctas.forget()
    assert [use.label for use in ctas.uses()["cta", one.pk]] == ["Probe"]
    assert "unused" not in ctas.warnings_of(one)
    assert next(queries.cta_uses())[0] == one.pk
    client = login("marketing")
    client.post(f"/app/ctas/{one.pk}/delete/")
    assert Cta.objects.filter(pk=one.pk).exists()
    edit = reverse("wagtailsnippets_mailtemplates_mailtemplate:edit", args=[made.pk])
    assert edit in client.get(f"/app/ctas/{one.pk}/?tab=uses").content.decode()
