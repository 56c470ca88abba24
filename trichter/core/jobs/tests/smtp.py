"""A mail server for tests: speaks SMTP on a port of this machine and keeps what it was given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    text: bytes


@dataclass
class MailServer:
    """`answers`: what it says instead of yes, by command or by `COMMAND address`."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    told = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            sender = recipient = ""
            self.say(told.answers.get("CONNECT", "220 test"))
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                address = line.partition(":<")[2].partition(">")[0]
                refusal = told.answers.get(f"{verb} {address}") or told.answers.get(verb)
                if verb == "QUIT":
                    return self.say("221 bye")
                if refusal and verb != "DATA":
                    self.say(refusal)
                elif verb == "MAIL":
                    sender = address
                    self.say("250 ok")
                elif verb == "RCPT":
                    recipient = address
                    self.say("250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        lines.append(part)
                    if not refusal:
                        told.received.append(Received(sender, recipient, b"".join(lines)))
                    self.say(refusal or "250 taken")
                else:
                    self.say("250 ok")
            return None

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
