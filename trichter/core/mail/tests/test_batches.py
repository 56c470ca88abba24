"""What changes between the claim of some rows and the moment one of them is handed over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from trichter.core.mail import actions, asking, html, ledger, limits, returns
from trichter.core.mail.models import Content, Delivery, Frequency, Mailing
from trichter.core.mail.sending import Sender
from trichter.core.mail.transport import Attempt
from trichter.core.mail.transport.smtp import Smtp

from .making import Post, agree, newsletter, ready

pytestmark = pytest.mark.django_db
ADDRESSES = [f"p{n}@gmx.de" for n in range(4)]


@pytest.fixture(autouse=True)
def addresses_of_pages() -> None:
    """Read once in a process, which may take longer than a batch."""
    reverse("mail:cockpit")


class Interrupted(Smtp):
    """A way out during whose first hand-over something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = meanwhile

    def deliver(self, *, sender: str, recipient: str, packed: Any, **more: Any) -> Attempt:
        found = super().deliver(sender=sender, recipient=recipient, packed=packed, **more)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found


def four(**more: Any) -> tuple[Mailing, Content]:
    ready(**more)
    mailing, content = newsletter()
    for one in ADDRESSES:
        agree(one)
        actions.queue(mailing=mailing, key="x", address=one, content=content)
    return mailing, content


def send_while(meanwhile: Callable[[], object]) -> list[tuple[str, str]]:
    sender = Sender(way=Interrupted(meanwhile))
    sender.send()
    sender.close()
    assert not Delivery.objects.exclude(state="cancelled").exclude(lease_token=None).exists()
    return list(Delivery.objects.order_by("pk").values_list("state", "reason"))


def row(number: int) -> Delivery:
    return Delivery.objects.order_by("pk")[number]


def test_a_consent_that_is_taken_back_stops_what_is_claimed_already(post: Post) -> None:
    four()
    found = send_while(lambda: returns.unsubscribed(delivery=row(2), at=timezone.now(), how="test"))
    assert found == [("sent", ""), ("sent", ""), ("suppressed", "no_consent"), ("sent", "")]
    assert ADDRESSES[2] not in post.recipients


def test_a_suppression_stops_what_is_claimed_already(post: Post) -> None:
    four()
    found = send_while(lambda: returns.suppress(address=ADDRESSES[1], why="manual", at=timezone.now()))
    assert found == [("sent", ""), ("suppressed", "suppressed_manual"), ("sent", ""), ("sent", "")]


@pytest.mark.parametrize(("act", "rest"), [(actions.pause, "due"), (actions.stop, "cancelled")])
def test_a_paused_or_stopped_mailing_ends_at_once(post: Post, act: Callable[..., object], rest: str) -> None:
    mailing, _content = four()
    assert [state for state, _why in send_while(lambda: act(mailing=mailing))] == ["sent", *[rest] * 3]
    assert len(post.received) == 1


def test_one_mail_that_is_called_off_and_one_that_another_worker_took(post: Post) -> None:
    four()

    def meanwhile() -> None:
        actions.cancel(delivery=row(1).pk)
        Delivery.objects.filter(pk=row(2).pk).update(lease_token=Delivery.new_token())

    sender = Sender(way=Interrupted(meanwhile))
    sender.send()
    sender.close()
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["sent", "cancelled", "due", "sent"] and len(post.received) == 2


def test_an_erased_address_is_not_written_to(post: Post) -> None:
    four()
    gone = Delivery.objects.filter(pk=row(1).pk)
    found = send_while(lambda: gone.update(identity=None, address=""))
    assert found[1] == ("suppressed", "erased") and len(post.received) == 3


def test_a_limit_for_one_person_holds_within_a_batch(post: Post) -> None:
    mailing, content = four(per_person_day=1)
    actions.queue(mailing=mailing, key="y", address=ADDRESSES[0], content=content)
    assert send_while(lambda: None)[-1] == ("due", "too_often") and len(post.received) == 4


def test_the_recipient_s_wish_holds_within_a_batch(post: Post) -> None:
    mailing, content = four()
    actions.queue(mailing=mailing, key="y", address=ADDRESSES[0], content=content)
    Frequency.objects.create(identity=row(0).identity, days=7, since=timezone.now())
    assert send_while(lambda: None)[-1] == ("suppressed", "wish") and len(post.received) == 4


def test_a_limit_of_the_house_that_is_used_up_lets_the_rest_wait(post: Post) -> None:
    four(per_hour=2)
    assert [state for state, _why in send_while(lambda: None)] == ["sent", "sent", "due", "due"]
    attempts = Delivery.objects.order_by("pk").values_list("attempts", flat=True)
    assert list(attempts) == [1, 1, 0, 0]


def test_the_claim_of_a_dead_worker_ends_by_itself() -> None:
    four()
    now = timezone.now()
    assert len(ledger.claim(now=now, limit=3)) == 3 and len(ledger.claim(now=now, limit=9)) == 1
    later = ledger.claim(now=now + ledger.CLAIM + timedelta(seconds=1), limit=9)
    assert len(later) == 4 and {one.attempts for one in later} == {0}


def test_of_two_workers_with_the_same_person_the_older_row_goes_first() -> None:
    mailing, content = four()
    actions.queue(mailing=mailing, key="y", address=ADDRESSES[0], content=content)
    now: datetime = timezone.now()
    rows = ledger.claim(now=now, limit=9)
    first, last = rows[0], rows[-1]
    Frequency.objects.create(identity=first.identity, days=7, since=now)
    known = asking.known_of(rows, at=now)
    assert all(ledger.mark(delivery=one, now=now, known=known) for one in (first, last))
    assert not known.enough(first, at=now) and known.enough(last, at=now)
    house = ready(per_person_day=1)
    assert limits.free_again(first, house=house, at=now) is None
    assert limits.free_again(last, house=house, at=now) is not None


PIECES = st.lists(
    st.sampled_from([
        "<p>", "</p>", "<style>", "</style>", "<!--", "-->", '<a href="', '<img src="', '" alt="', '">', "'", ">",
        "<", "Guten Tag, Frau Müller", "url(//evil.example/x)", "@import ", "https://firma.de/a", "//b.example",
        '="x y"', "{", "}", "<title>", "</title>", "-", "&amp;", " ",
    ]), max_size=14,
)  # fmt: skip


@given(one=PIECES, other=PIECES)
@effort(max_examples=200, deadline=None)
def test_a_text_that_was_seen_alike_is_read_the_same(one: list[str], other: list[str]) -> None:
    for words in ("Guten Tag, Frau Müller", "Hallo -- du & ich"):
        for pieces in (one, other):
            text = "<p>x" + "".join(pieces).replace("Guten Tag, Frau Müller", words)
            found = html.looks(text)
            assert (set(found.loaded), list(found.links)) == (html._loaded(text), html.links(text))
