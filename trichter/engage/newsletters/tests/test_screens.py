from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.jobs.running import run_next
from trichter.core.mail.models import Delivery, Hit, TrackedLink
from trichter.core.mail.sending import Sender
from trichter.engage.mailtemplates.tests.making import template
from trichter.engage.newsletters import actions, queries
from trichter.engage.newsletters.models import Newsletter

from .making import later, newsletter, person, segment

pytestmark = pytest.mark.django_db


def page(response: Any) -> str:
    return str(response.content.decode())


def begun(*people: Any) -> Newsletter:
    made = newsletter(*people)
    actions.start(newsletter=made)
    while run_next(worker="test"):
        pass
    sender = Sender()
    while sender.send_next():
        pass
    made.refresh_from_db()
    return made


def test_a_newsletter_from_the_form_to_the_start(login: Callable[..., Any]) -> None:
    client = login("marketing")
    made = newsletter(person(1), person(2, consent=False))
    data = {
        "name": "Januar", "template": made.template_id, "purpose": "newsletter", "timing": "now",
        "include": [made.include.get().pk],
    }  # fmt: skip
    response = client.post("/app/newsletters/new/", data)
    created = Newsletter.objects.get(name="Januar")
    assert created.owner == client.user
    shown = page(client.get(response.url))
    assert "Jetzt senden" in shown
    assert f"/app/newsletters/{created.pk}/people/?outcome=no_consent" in shown
    assert "Nach2" in page(client.get(f"/app/newsletters/{created.pk}/people/?outcome=no_consent"))
    client.post(f"/app/newsletters/{created.pk}/act/", {"do": "start"})
    created.refresh_from_db()
    assert created.state == "freezing"
    assert client.post(f"/app/newsletters/{created.pk}/edit/", data | {"name": "x"}).status_code == 422
    assert client.get("/app/newsletters/").status_code == 200


def test_a_time_needs_day_and_clock_and_a_segment_is_not_both(login: Callable[..., Any]) -> None:
    client, group = login("marketing"), segment(person(1))
    data = {
        "name": "x", "template": template().pk, "purpose": "newsletter", "timing": "local",
        "include": [group.pk], "exclude": [group.pk], "subject": "{{ persn.x }}",
    }  # fmt: skip
    response = client.post("/app/newsletters/new/", data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"day", "clock", "exclude", "subject"}


def test_schedule_take_back_pause_and_stop_by_buttons(login: Callable[..., Any]) -> None:
    client, made = login("marketing"), newsletter(person(1), **later())
    url = f"/app/newsletters/{made.pk}/"

    def state(act: str) -> str:
        client.post(f"{url}act/", {"do": act})
        made.refresh_from_db()
        return str(client.get(url).context["state"])

    assert [state(act) for act in ("schedule", "unschedule", "schedule")] == [
        "scheduled",
        "draft",
        "scheduled",
    ]
    assert [state(act) for act in ("start", "pause", "resume", "stop")] == [
        "freezing", "paused", "freezing", "stopped",
    ]  # fmt: skip
    assert client.post(f"{url}act/", {"do": "nonsense"}).status_code == 404
    client.post(f"{url}copy/")
    assert Newsletter.objects.count() == 2


def test_the_preview_goes_through_the_contacts_and_its_frame_may_do_nothing(
    login: Callable[..., Any],
) -> None:
    client, first, second = login("marketing"), person(1), person(2)
    made = newsletter(first, second)
    shown = page(client.get(f"/app/newsletters/{made.pk}/preview/"))
    assert "Nach1" in shown and f"?person={second.pk}" in shown
    frame = client.get(f"/app/newsletters/{made.pk}/shown/?person={second.pk}")
    assert "Sehr geehrte Frau Nach2" in page(frame)
    policy = frame["Content-Security-Policy"]
    assert "script-src 'none'" in policy and "sandbox" in policy and "form-action 'none'" in policy
    for bad in ("0", "abc", "9" * 30):
        assert client.get(f"/app/newsletters/{made.pk}/shown/?person={bad}").status_code in (200, 404)


def test_the_report_counts_people_and_machines_apart_and_every_number_opens_its_list(
    login: Callable[..., Any],
) -> None:
    client = login("marketing")
    made = begun(person(1), person(2), person(3))
    one, other, third = Delivery.objects.order_by("pk")
    Delivery.objects.update(per_person=True)
    link = TrackedLink.objects.filter(mailing=made.mailing).first()
    now = timezone.now()
    assert link is not None
    for row, machine in ((one, ""), (one, ""), (other, "scanner")):
        Hit.objects.create(
            delivery=row,
            kind="click",
            link=link,
            at=now + timedelta(minutes=5),
            method="GET",
            machine=machine,
        )
    Delivery.objects.filter(pk=one.pk).update(clicked_at=now, opened_at=now)
    Delivery.objects.filter(pk=third.pk).update(state="bounced", reason="bounced_hard", bounced_at=now)
    figures = queries.figures(made)
    assert {key: figures[key] for key in ("sent", "delivered", "bounced", "opened", "clicked", "not_sent")} == {
        "sent": 3, "delivered": 2, "bounced": 1, "opened": 1, "clicked": 1, "not_sent": 0,
    }  # fmt: skip
    (line,) = [found for found in queries.click_map(made) if found.link == link]
    assert (line.people, line.machines) == (1, 1)
    (part,) = queries.by_segment(made)
    assert (part.sent, part.opened, part.clicked) == (3, 1, 1)
    shown = client.get(f"/app/newsletters/{made.pk}/")
    for figure in shown.context["figures"]:
        listed = client.get(figure["url"])
        assert listed.context["page"].paginator.count == figure["value"], figure
    clicked = client.get(f"/app/newsletters/{made.pk}/rows/?what=clicked&link={link.pk}")
    assert [row.pk for row in clicked.context["page"]] == [one.pk]
    by_segment = client.get(f"/app/newsletters/{made.pk}/rows/?what=sent&segment={part.segment.pk}")
    assert by_segment.context["page"].paginator.count == 3
    for bad in ("what=no", "link=x", "segment=x"):
        assert client.get(f"/app/newsletters/{made.pk}/rows/?{bad}").status_code == 404


def test_rows_and_previews_of_colleagues_contacts_stay_hidden(
    login: Callable[..., Any], make_user: Any
) -> None:
    owner = make_user("sales", team=Team.objects.create(name="South"))
    theirs = person(1, owner=owner)
    made = begun(theirs)
    client = login("sales", team=Team.objects.create(name="North"))
    listed = client.get(f"/app/newsletters/{made.pk}/rows/?what=sent")
    assert "Nach1" not in page(listed) and listed.context["hidden_people"] == 1
    assert "Nach1" not in page(client.get(f"/app/newsletters/{made.pk}/people/?outcome=queued"))
    assert client.get(f"/app/newsletters/{made.pk}/shown/?person={theirs.pk}").status_code == 404
    assert "Nach1" not in page(client.get(f"/app/newsletters/{made.pk}/preview/"))
    for act in ("act", "copy", "test"):
        assert client.post(f"/app/newsletters/{made.pk}/{act}/", {"do": "stop"}).status_code == 403
    made.refresh_from_db()
    assert made.state == "started"


def test_a_test_mail_from_the_page(login: Callable[..., Any], delivered: Callable[[], Any]) -> None:
    client, made = login("marketing"), newsletter(person(1))
    client.post(f"/app/newsletters/{made.pk}/test/", {"addresses": client.user.email})
    assert [mail.to for mail in delivered()] == [[client.user.email]]
    client.post(f"/app/newsletters/{made.pk}/test/", {"addresses": "fremd@gmx.de"})
    client.post(f"/app/newsletters/{made.pk}/test/", {"addresses": "keine"})
    assert len(delivered()) == 1
