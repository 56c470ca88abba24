"""How fast the collector takes events, durably: `python -m bench.collector [SECONDS]`; needs wrk.

Prints, for one server process and 64 connections: single events, batches of 100, the same requests answered
without reading or writing them (what the server itself costs on this machine), and how fast the inbox is
drained into the journal. The ratio to the empty answer is the figure to compare between machines.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trichter.attract.tracking.tests.servers import AGENT, environment, free_port

from .figures import limit, machine, rate

ROOT = Path(__file__).resolve().parent.parent

EVENT = (
    '{"uid":"6f1cf0e2-%04x-4a8e-9a5d-%012x","kind":"page.viewed","ago":12,'
    '"url":"http://localhost/pricing?utm_source=x","referrer":"https://www.google.com/",'
    '"data":{"heading":"Pricing"}}'
)
LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain"
wrk.headers["User-Agent"] = "{agent}"
local n, salt, size = 0, os.time() % 65536, {size}
local one = '{event}'
request = function()
  local parts = {{}}
  for i = 1, size do n = n + 1; parts[i] = string.format(one, salt, n * 16 + {turn}) end
  return wrk.format(nil, nil, nil, '{{"events":[' .. table.concat(parts, ",") .. ']}}')
end
"""
BARE = """
async def application(scope, receive, send):
    if scope["type"] == "http":
        await receive()
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
"""
SERVE = """
import sys
from granian.constants import Interfaces
from granian.server import Server
if __name__ == "__main__":
    Server(sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.ASGI,
           websockets=False, workers=1, backlog=1024, log_enabled=False).serve()
"""


def wrk(*, port: int, size: int, seconds: int, folder: Path, turn: int) -> tuple[float, str, str]:
    """Requests per second, median and 99th percentile."""
    script = folder / "load.lua"
    script.write_text(LUA.format(agent=AGENT, size=size, event=EVENT, turn=turn))
    address = f"http://127.0.0.1:{port}/t/e"
    found = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}", "--latency", "-s", str(script), address],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Non-2xx" not in found, found
    answered = float(re.findall(r"Requests/sec:\s+([\d.]+)", found)[0])
    return answered, re.findall(r"50%\s+(\d\S+)", found)[0], re.findall(r"99%\s+(\d\S+)", found)[0]


def main(seconds: int) -> None:
    """Measure and print."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="trichter-bench-") as name:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        (folder / "serve.py").write_text(SERVE)
        data = folder / "data"
        data.mkdir()
        variables = environment(data, PYTHONPATH=f"{ROOT}:{folder}")
        subprocess.run(
            [sys.executable, "-m", "trichter", "migrate"], env=variables, cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        ports = {"trichter.config.asgi:application": free_port(), "bare:application": free_port()}
        servers = [
            subprocess.Popen([sys.executable, "serve.py", target, str(port)], env=variables, cwd=folder)
            for target, port in ports.items()
        ]
        ours, bare = ports.values()
        try:
            for turn, port in enumerate((ours, bare)):
                _wait(port)
                # The first requests load things.
                wrk(port=port, size=1, seconds=1, folder=folder, turn=8 + turn)
            for turn in (1, 2):
                _round(ours=ours, bare=bare, seconds=seconds, folder=folder, turn=turn)
        finally:
            for server in servers:
                server.terminate()
                server.wait(timeout=40)
        _drain(data=data, variables=variables)


def _wait(port: int) -> None:
    import socket

    for _attempt in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server did not start")


def _round(*, ours: int, bare: int, seconds: int, folder: Path, turn: int) -> None:
    print(f"Collector, 64 connections, one server process ({machine()})", flush=True)
    for label, size, goal in (("single events", 1, 10_000), ("batches of 100", 100, 50_000)):
        empty, _middle, _late = wrk(port=bare, size=size, seconds=seconds, folder=folder, turn=turn)
        found, middle, late = wrk(port=ours, size=size, seconds=seconds, folder=folder, turn=turn + 4)
        rate(label, found * size, goal, "events/s")
        if size == 1:
            limit("their 99th percentile", _milliseconds(late), 30, "ms", 1)
        print(
            f"      median {middle}, 99th percentile {late}; {found / empty:.0%} of {empty * size:,.0f} events/s"
            " answered empty by the same server",
            flush=True,
        )


def _milliseconds(written: str) -> float:
    """`1.25ms`, `640.00us` and `1.02s` as wrk writes them."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", written).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}[unit]


def _drain(*, data: Path, variables: dict[str, str]) -> None:
    program = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'trichter.config.settings'\n"
        "import django, time; django.setup()\n"
        "from django.conf import settings\n"
        "from trichter.attract.tracking.draining.drainer import Drainer\n"
        "drainer = Drainer(folder=settings.INBOX_DIR); began = time.monotonic(); moved = 0\n"
        "while time.monotonic() - began < 10 and (now := drainer.turn()): moved += now\n"
        "print(f'drain           {moved / (time.monotonic() - began):9,.0f} events/s into the journal')\n"
    )
    keep = sorted((data / "inbox").glob("*.inbox"))[3:]
    for path in keep:  # a few segments are enough to tell the rate
        path.unlink()
    subprocess.run([sys.executable, "-c", program], env=variables, cwd=ROOT, check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
