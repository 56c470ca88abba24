"""A newsletter on SQLite: freezing recipients, writing mails, handing them to an SMTP server on this machine.

usage: python -m bench.mail [PEOPLE]     (2,000)

Goal: one worker writes and hands over at least 200 mails a second. The sink is a process of its own. CPU time is
shown beside wall time, since other work on the machine stretches only the latter.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.house import ROOT, installation, move_in

GOAL = 200


def sink(port: int) -> None:
    """Take every mail and forget it, with as little work as possible: the worker is measured, not this."""
    import asyncio

    class Sink(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.held, self.text = transport, b"", False
            transport.write(b"220 sink\r\n")

        def data_received(self, data: bytes) -> None:
            self.held += data
            said = b""
            while True:
                end = b"\r\n.\r\n" if self.text else b"\r\n"
                found, mark, rest = self.held.partition(end)
                if not mark:
                    break
                self.held = rest
                said += self.answer(found[:4].upper())
            if said:
                self.transport.write(said)

        def answer(self, command: bytes) -> bytes:
            if self.text:
                self.text = False
                return b"250 taken\r\n"
            if command == b"EHLO":
                return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            if command == b"DATA":
                self.text = True
                return b"354 go on\r\n"
            return b"221 bye\r\n" if command == b"QUIT" else b"250 OK\r\n"

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Sink, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _attempt in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the sink did not start")


def cpu_of(pid: int) -> float:
    """Seconds of CPU that this process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Timed:
    """CPU and wall time of a block, as mails a second."""

    def __init__(self, title: str, mails: int) -> None:
        self.title, self.mails = title, mails

    def __enter__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        cpu, wall = time.process_time() - self.cpu, time.perf_counter() - self.wall
        print(
            f"  {self.title:<34}{self.mails / cpu:9.0f} a second of CPU {self.mails / wall:9.0f} a second by the clock",
            flush=True,
        )


def build(people: int) -> Any:
    from django.db import transaction
    from django.utils import timezone

    from trichter.core.people.models import Company, Person
    from trichter.engage.newsletters.tests.making import agree, newsletter

    with transaction.atomic():
        company = Company.objects.create(name="Muster GmbH", created_at=timezone.now())
        made = []
        for n in range(people):
            one = Person.objects.create(
                first_name=f"Eva{n}",
                last_name="Müller",
                salutation="ms",
                title="Dr.",
                company=company,
                email=f"p{n}@kunde{n % 40}.example",
                created_at=timezone.now(),
            )
            agree(one.email)
            made.append(one)
        return newsletter(*made)


def run(people: int) -> None:
    from django.conf import settings
    from django.utils import timezone

    from trichter.core.jobs.running import run_next
    from trichter.core.mail.models import Delivery
    from trichter.core.mail.sending import Sender
    from trichter.engage.mailtemplates.starters import starter
    from trichter.engage.mailtemplates.tests.making import fill_in
    from trichter.engage.newsletters import actions, writing

    load = os.getloadavg()[0]
    print(f"{people} recipients, SQLite, {os.cpu_count()} cores, load {load:.1f}, goal {GOAL} a second")
    made = build(people)
    made.template.body = [*starter(key="newsletter", language="de").stream()]
    fill_in(made.template)
    made.template.save_revision().publish()
    made.template.refresh_from_db()
    persons = [one.person for one in _members(made)]
    writing.issue_for(made, person=persons[0], address="x@y.de", unsubscribe_url="https://crm.firma.de/m/u/x")
    with Timed("write", people):
        for one in persons:
            writing.issue_for(
                made, person=one, address=one.email, unsubscribe_url="https://crm.firma.de/m/u/x"
            )
    actions.start(newsletter=made)
    with Timed("freeze", people):
        while run_next(worker="bench"):
            pass
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bench.mail", "sink", str(port)], cwd=ROOT)
    try:
        wait_for(port)
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        sender = Sender()
        warm = 0
        while warm < min(people // 4, 100):
            # Addresses, templates and the connection are made once in the life of a worker.
            warm += sender.send(now=timezone.now())
        before = cpu_of(server.pid)
        with Timed("write, sign, hand over, record", people - warm):
            while sender.send(now=timezone.now()):
                pass
        sender.close()
        print(f"  the server used {cpu_of(server.pid) - before:.1f} s of CPU meanwhile", flush=True)
    finally:
        server.terminate()
        server.wait(timeout=10)
    sent = Delivery.objects.filter(state="sent").count()
    print(f"  {sent} of {people} sent, load now {os.getloadavg()[0]:.1f}")
    if sent != people:
        states = list(Delivery.objects.values_list("state", "reason", "detail").distinct()[:5])
        raise SystemExit(f"not all were sent: {states}")


def _members(made: Any) -> Any:
    from trichter.core.segments.models import Membership

    rows = Membership.objects.filter(segment__in=made.include.all())
    return rows.select_related("person__company", "person__owner")


def main() -> None:
    if sys.argv[1:2] == ["sink"]:
        sink(int(sys.argv[2]))
        return
    people = int(sys.argv[1].replace(",", "").replace("_", "")) if len(sys.argv) > 1 else 2_000
    with installation() as data:
        move_in(data)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        run(people)


if __name__ == "__main__":
    main()
