"""Chat messages leave the worker once, through apprise, and never into the house's own network."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from trichter.close.handover import chat
from trichter.close.handover.errors import Unsafe
from trichter.close.handover.models import ChatChannel, ChatMessage
from trichter.core.jobs.running import run_next
from trichter.core.mail.sealed import unseal

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver():
    """A local server that keeps what it got, and answers with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers.get("Content-Length", 0))
            self.server.got.append(json.loads(self.rfile.read(size)))
            self.send_response(self.server.status)
            if self.server.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channel(receiver, settings):
    settings.CHAT_PRIVATE_HOSTS = ["127.0.0.1"]
    url = f"json://127.0.0.1:{receiver.server_port}/hook"
    return chat.save_channel(channel=ChatChannel(name="Vertrieb"), url=url)


def work():
    while run_next(worker="test"):
        pass


def test_a_new_handover_is_told_in_the_chat_once(rule, reps, qualify, receiver, channel):
    qualify()
    work()
    assert len(receiver.got) == 1 and "Lena Graf" in receiver.got[0]["title"]
    message = ChatMessage.objects.get()
    assert (message.state, message.attempts) == ("sent", 1) and "/app/handovers/" in message.text
    assert chat.send(message=message.pk, now=timezone.now()) == "sent" and len(receiver.got) == 1
    assert "json://" not in channel.sealed and unseal(channel.sealed).startswith("json://")


@pytest.mark.parametrize("status", [500, 302])
def test_a_refused_message_is_tried_again_later_and_then_given_up(channel, receiver, status):
    receiver.status, now = status, timezone.now()
    message = chat.send_test(channel=channel, text="Test", now=now)
    states = [chat.send(message=message.pk, now=now + timedelta(minutes=n)) for n in range(5)]
    assert states == ["due", "due", "due", "failed", "failed"] and len(receiver.got) == 4
    message.refresh_from_db()
    assert message.error == "refused"


def test_a_message_whose_worker_died_is_unclear_and_not_repeated(channel, receiver):
    message = chat.send_test(channel=channel, text="Test", now=timezone.now())
    now = timezone.now()
    ChatMessage.objects.update(state="sending", claimed_at=now - timedelta(minutes=6))
    assert chat.give_up_lost(now=now) == 1
    work()
    message.refresh_from_db()
    assert message.state == "unclear" and receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/x", "json://[::1]/x", "json://169.254.169.254/x", "mmost://10.0.0.7/key",
        "json://0x7f000001/x", "mailto://user:pass@example.com", "file:///etc/passwd", "exec://id", "",
        "https://127.0.0.1/", "nonsense", "jsons://localhost/x",
    ],
)  # fmt: skip
def test_addresses_of_the_own_network_and_unknown_kinds_are_refused(url):
    with pytest.raises(Unsafe):
        chat.checked(url)


def test_known_services_are_taken_and_redirects_are_not_followed():
    for url in (
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?redirect=yes",
    ):
        assert chat.checked(url).redirects is False


def test_the_address_is_entered_and_never_shown(login, receiver, settings):
    settings.CHAT_PRIVATE_HOSTS = ["127.0.0.1"]
    client = login("management")
    url = f"json://127.0.0.1:{receiver.server_port}/geheim"
    bad = client.post("/app/handover/channels/new/", {"name": "X", "url": "json://10.0.0.1/", "active": "on"})
    assert bad.status_code == 422
    client.post("/app/handover/channels/new/", {"name": "X", "url": url, "active": "on"})
    channel = ChatChannel.objects.get()
    for path in ("", "edit/"):
        assert "geheim" not in client.get(f"/app/handover/channels/{channel.pk}/{path}").content.decode()
    client.post(f"/app/handover/channels/{channel.pk}/edit/", {"name": "Y", "url": "", "active": "on"})
    channel.refresh_from_db()
    assert channel.name == "Y" and unseal(channel.sealed) == url
    client.post(f"/app/handover/channels/{channel.pk}/test/")
    work()
    assert len(receiver.got) == 1
