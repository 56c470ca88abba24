"""The conversation with a server that takes the whole envelope in one go (RFC 2920)."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from trichter.core.mail.models import Delivery
from trichter.core.mail.sending import Sender
from trichter.core.mail.transport.smtp import Smtp

from .making import SMTP
from .test_batches import ADDRESSES, four

pytestmark = pytest.mark.django_db
TEXT = b"Subject: x\r\n\r\n.Guten Tag\r\n"


@dataclass
class Server:
    """What it was told, and how it answers. blocks: what came in one piece in front of a text."""

    extensions: tuple[str, ...] = ("PIPELINING",)
    refused: dict[str, str] = field(default_factory=dict)
    always_354: bool = False
    hangs_up: bool = False
    blocks: list[list[str]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    connections: int = 0

    def handle(self, connection: Any) -> None:
        self.connections += 1
        connection.sendall(b"220 here\r\n")
        held, taken = b"", False
        while data := connection.recv(65_536):
            held += data
            lines = []
            while b"\r\n" in held:
                line, _mark, held = held.partition(b"\r\n")
                lines.append(line.decode())
            self.blocks.append(lines)
            for line in lines:
                said = self.answer(line, taken=taken)
                taken = said == "250 recipient" or (taken and not line.startswith("MAIL"))
                if said == "421 closing":
                    connection.sendall(b"421 4.3.2 closing\r\n")
                    return
                connection.sendall(f"{said}\r\n".encode())
                if said.startswith("354"):
                    while not held.endswith(b"\r\n.\r\n"):
                        more = connection.recv(65_536)
                        if not more:
                            return
                        held += more
                    if self.hangs_up:
                        return
                    self.texts.append(held)
                    held = b""
                    connection.sendall(b"250 taken\r\n")

    def answer(self, line: str, *, taken: bool) -> str:
        if line.upper().startswith("EHLO"):
            return "\r\n".join(["250-here", *(f"250-{one}" for one in self.extensions), "250 OK"])
        if line.startswith("RCPT"):
            found = next((said for who, said in self.refused.items() if who in line), "")
            return found or "250 recipient"
        if line == "DATA":
            return "354 go on" if taken or self.always_354 else "503 no recipient"
        return "221 bye" if line.upper() == "QUIT" else "250 OK"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    found = Server()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            found.handle(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        settings.MAIL_TRANSPORT, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT = listening.server_address[1]
        yield found
        listening.shutdown()


def hand_over(way: Smtp, recipient: str, **more: Any) -> str:
    found = way.deliver(sender="news@firma.de", recipient=recipient, packed=TEXT, **more)
    return f"{found.verdict.outcome} {found.answer}"


ENVELOPE = ["MAIL FROM:<news@firma.de>", "RCPT TO:<a@gmx.de>", "DATA"]


def test_the_envelope_goes_in_one_go_where_the_server_allows_it(server: Server) -> None:
    way = Smtp()
    assert hand_over(way, "a@gmx.de") == "sent 250 taken"
    assert ENVELOPE in server.blocks and server.texts == [b"Subject: x\r\n\r\n..Guten Tag\r\n.\r\n"]
    way.close()


def test_one_command_at_a_time_where_it_does_not(server: Server) -> None:
    server.extensions = ()
    way = Smtp()
    assert hand_over(way, "a@gmx.de") == "sent 250 taken"
    assert [[line] for line in ENVELOPE] == server.blocks[1:4]
    way.close()


def test_a_refused_recipient_gets_nothing_and_the_next_one_the_own_mail(server: Server) -> None:
    server.refused = {"gone@": "550 5.1.1 no such user"}
    for server.always_354 in (False, True):
        way = Smtp()
        assert hand_over(way, "gone@gmx.de") == "failed 550 5.1.1 no such user"
        assert hand_over(way, "a@gmx.de") == "sent 250 taken"
        way.close()
    # A server that waits for a text all the same is left alone: it must not take the next text for this one.
    assert server.connections == 3 and len(server.texts) == 2


def test_a_server_that_hangs_up_before_the_text_has_it_all_later(server: Server) -> None:
    server.refused = {"busy@": "421 closing"}
    way = Smtp()
    assert hand_over(way, "busy@gmx.de").startswith("retry 421")
    server.hangs_up = True
    assert hand_over(way, "a@gmx.de").startswith("unclear")
    way.close()


def test_an_address_that_the_server_does_not_know_how_to_read_fails_alone(server: Server) -> None:
    way = Smtp()
    assert hand_over(way, "jürgen@gmx.de").startswith("failed 553")
    assert hand_over(way, "a@gmx.de") == "sent 250 taken"
    way.close()
    server.extensions = ("PIPELINING", "SMTPUTF8")
    assert hand_over(way, "jürgen@gmx.de") == "sent 250 taken"
    assert any("MAIL FROM:<news@firma.de> SMTPUTF8" in block for block in server.blocks)
    way.close()


def test_a_line_break_in_an_address_never_becomes_a_command(server: Server) -> None:
    way = Smtp()
    hand_over(way, "a@gmx.de>\r\nRCPT TO:<b@gmx.de")
    commands = [line for block in server.blocks for line in block]
    assert not [line for line in commands if line.startswith("RCPT") and "b@gmx.de" in line]
    with pytest.raises(ValueError, match="line break"):
        hand_over(way, "<,\r\nDATA")
    assert len(commands) == len([line for block in server.blocks for line in block])
    way.close()


def test_something_is_done_while_the_answer_is_awaited_and_only_then(server: Server) -> None:
    done: list[str] = []
    way = Smtp()
    hand_over(way, "a@gmx.de", meanwhile=lambda: done.append("a"))
    server.refused = {"gone@": "550 5.1.1 no such user"}
    hand_over(way, "gone@gmx.de", meanwhile=lambda: done.append("gone"))
    assert done == ["a"]
    way.close()


def test_the_mail_written_ahead_is_thrown_away_when_its_row_is_called_off(server: Server) -> None:
    four()
    sender = Sender()
    ahead: list[Any] = []
    written = sender._write_ahead

    def stopped(row: Any, **more: Any) -> None:
        written(row, **more)
        if sender._next is not None and not ahead:
            ahead.append(sender._next.row.pk)
            Delivery.objects.filter(pk=ahead[0]).update(state="cancelled", lease_token=None)

    sender._write_ahead = stopped  # type: ignore[method-assign]
    while sender.send(now=timezone.now()):
        pass
    sender.close()
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states.pop(ahead[0]) == "cancelled" and set(states.values()) == {"sent"}
    assert len(server.texts) == len(ADDRESSES) - 1


def test_nobody_waits_for_an_acknowledgement(server: Server) -> None:
    way = Smtp()
    hand_over(way, "a@gmx.de")
    assert way._backend.connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    way.close()
