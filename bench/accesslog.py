"""An invented access log as a company's server writes it: people with what their pages load, robots, probes.

About one line in five is a page view: two in three lines are images, scripts and styles, one in eight is a
robot, the rest are forms, redirects, errors and health checks. Same seed, same file.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import crawleruseragents

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 14
HOST = "https://www.firma.example"
_SOURCES = (
    ("-", "", 34), ("https://www.google.com/", "", 30), ("https://www.bing.com/", "", 4),
    ("https://www.google.de/", "?gclid=Cj0KCQ%06d", 9), ("https://www.linkedin.com/", "", 6),
    ("-", "?utm_source=newsletter&utm_medium=email&utm_campaign=kw%02d", 7),
    ("https://l.facebook.com/", "?fbclid=IwAR%08d", 4), ("https://blog%d.example.org/lesenswert/", "", 6),
)  # fmt: skip


def _agents(rng: random.Random) -> list[str]:
    """A thousand browsers of people."""
    found = []
    for _ in range(1_000):
        version = rng.randint(118, 145)
        webkit = f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0"
        kind = rng.random()
        if kind < 0.35:
            system = rng.choice(
                ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
            )
            edge = (
                f" Edg/{version}.0.{rng.randint(1000, 3800)}.{rng.randint(20, 99)}"
                if rng.random() < 0.3
                else ""
            )
            found.append(f"Mozilla/5.0 ({system}) {webkit} Safari/537.36{edge}")
        elif kind < 0.6:
            phone = rng.choice(
                (
                    "K",
                    f"SM-G{rng.randint(900, 999)}B",
                    f"Pixel {rng.randint(5, 9)}",
                    f"SM-A{rng.randint(100, 599)}F",
                )
            )
            found.append(
                f"Mozilla/5.0 (Linux; Android {rng.randint(10, 15)}; {phone}) {webkit} Mobile Safari/537.36"
            )
        elif kind < 0.85:
            major, minor = rng.randint(15, 19), rng.randint(0, 7)
            found.append(
                f"Mozilla/5.0 (iPhone; CPU iPhone OS {major}_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                f" Version/{major}.{minor} Mobile/15E{rng.randint(140, 199)} Safari/604.1"
            )
        else:
            gecko = rng.randint(110, 148)
            found.append(
                f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{gecko}.0) Gecko/20100101 Firefox/{gecko}.0"
            )
    return found


class _Site:
    """Draws what happens; each method gives lines as (second, rest of the line)."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.agents = _agents(self.rng)
        known = [
            one for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA for one in entry["instances"][:1]
        ]
        self.robots = [one for one in known if '"' not in one and "\\" not in one][:120]
        self.pages = ["/", "/preise", "/funktionen", "/kontakt", "/ueber-uns", "/impressum"]
        self.pages += [f"/blog/{2020 + n % 6}/beitrag-{n}/" for n in range(400)]
        self.pages += [f"/produkte/gruppe-{n % 12}/artikel-{n}" for n in range(800)]
        self.weights = [1 / (n + 1) for n in range(len(self.pages))]

    def address(self) -> str:
        rng = self.rng
        if rng.random() < 0.25:
            return f"2003:{rng.randint(1, 0xEFF):x}:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}::{rng.getrandbits(16):x}"
        return f"{rng.choice((46, 62, 77, 79, 80, 84, 87, 91, 93, 185, 188, 217))}.{rng.getrandbits(8)}.{rng.getrandbits(8)}.{rng.getrandbits(8)}"

    def visit(self, at: float) -> Iterator[tuple[float, str]]:
        rng, who, agent = self.rng, self.address(), rng_choice_skewed(self.rng, self.agents)
        referrer, tag, _ = rng.choices(_SOURCES, [one[2] for one in _SOURCES])[0]
        referrer = referrer % rng.randint(1, 60) if "%" in referrer else referrer
        tag = tag % rng.randint(1, 50 if "utm" in tag else 999_999) if tag else ""
        for number in range(min(1 + int(rng.expovariate(0.62)), 20)):
            page = rng.choices(self.pages, self.weights)[0]
            yield (
                at,
                self.line(
                    who,
                    f"GET {page}{tag}",
                    304 if number > 2 and rng.random() < 0.1 else 200,
                    referrer,
                    agent,
                ),
            )
            for part in range(rng.randint(5, 8) if number == 0 else rng.randint(1, 4)):
                name = rng.choice(
                    (
                        f"/assets/bild-{part}-{rng.randint(1, 300)}.webp",
                        "/assets/app.5f3a.css",
                        "/assets/app.77ab.js",
                        "/fonts/inter.woff2",
                        f"/media/foto-{rng.randint(1, 400)}.jpg",
                        "/favicon.ico",
                    )
                )
                yield at + 0.2 + part * 0.1, self.line(who, f"GET {name}", 200, HOST + page, agent)
            referrer, tag = HOST + page, ""
            if rng.random() < 0.06:
                yield at + 20, self.line(who, "POST /kontakt", 302, referrer, agent)
            at += 4 + rng.expovariate(1 / 70)

    def robot(self, at: float) -> Iterator[tuple[float, str]]:
        rng, who, agent = self.rng, self.address(), self.rng.choice(self.robots)
        for _ in range(rng.randint(1, 6)):
            page = rng.choice(
                (
                    rng.choice(self.pages),
                    rng.choice(self.pages),
                    rng.choice(self.pages),
                    "/robots.txt",
                    "/alt/" + str(rng.randint(1, 90)),
                )
            )
            yield at, self.line(who, f"GET {page}", 404 if page.startswith("/alt") else 200, "-", agent)
            at += rng.expovariate(1 / 15)

    def probe(self, at: float) -> Iterator[tuple[float, str]]:
        request = self.rng.choice(
            ("GET /wp-login.php", "GET /.env", "POST /xmlrpc.php", "GET /healthz", "GET /healthz")
        )
        yield at, self.line("10.0.0.7", request, 200 if "health" in request else 404, "-", "kube-probe/1.29")

    def line(self, who: str, request: str, status: int, referrer: str, agent: str) -> str:
        return f'"{request} HTTP/1.1" {status} {self.rng.randint(300, 90_000)} "{referrer}" "{agent}"\n|{who}'


def rng_choice_skewed(rng: random.Random, of: list[str]) -> str:
    """Few browsers are frequent, many are rare."""
    return of[int(len(of) * rng.random() ** 3)]


def write(path: Path, *, lines: int, seed: int = 7) -> int:
    """Write a log of about `lines` lines over two weeks; returns how many it has."""
    site = _Site(seed)
    begins = sorted(site.rng.random() * DAYS * 86_400 for _ in range(int(lines / 9.6)))
    waiting: list[tuple[float, int, str]] = []
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for begin in [*begins, float("inf")]:
            while waiting and waiting[0][0] <= begin:
                at, _, text = heapq.heappop(waiting)
                rest, who = text.split("|")
                file.write(f"{who} - - [{START + timedelta(seconds=int(at)):%d/%b/%Y:%H:%M:%S} +0000] {rest}")
                count += 1
            if begin == float("inf"):
                break
            kind = site.rng.random()
            happening = site.visit if kind < 0.62 else site.robot if kind < 0.94 else site.probe
            for number, (at, text) in enumerate(happening(begin)):
                heapq.heappush(waiting, (at, number, text))
    return count
