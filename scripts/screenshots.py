"""Take the README's pictures: a fresh demo, a real server, a real browser.

    python scripts/screenshots.py [target folder] [--all]

`--all` takes every main page wide, on a phone and dark, for looking at them.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
README = {
    "start": "/app/", "funnel": "/app/funnels/gesamt/", "people": "/app/people/", "person": "person",
    "journey": "/app/journeys/1/", "newsletter": "/app/newsletters/1/", "traffic": "/app/traffic/",
}  # fmt: skip
PAGES = README | {
    "funnels": "/app/funnels/",
    "companies": "/app/companies/", "deals": "/app/deals/", "orders": "/app/orders/",
    "ad-costs": "/app/ad-costs/", "imports": "/app/imports/", "import-new": "/app/imports/new/",
    "lifecycle": "/app/lifecycle/", "status": "/app/status/", "kpis": "/app/kpis/", "users": "/app/users/",
    "audit": "/app/audit/", "duplicates": "/app/people/duplicates/", "tasks": "/app/tasks/", "cms": "/cms/",
}  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _session() -> tuple[str, int]:
    """A session of a fresh administrator, and a person with a story to show."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import Group
    from django.contrib.sessions.backends.db import SessionStore

    from trichter.core.accounts.models import User
    from trichter.core.people.models import Person

    user, _new = User.objects.get_or_create(
        email="anna@example.com",
        defaults={"first_name": "Anna", "last_name": "Berger", "is_superuser": True, "is_staff": True},
    )
    user.groups.add(*Group.objects.filter(name="admin"))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    person = Person.objects.filter(stage="customer").order_by("-score").first() or Person.objects.first()
    assert session.session_key is not None and person is not None
    return session.session_key, person.pk


def _shoot(
    browser: Any,
    *,
    base: str,
    key: str,
    pages: dict[str, str],
    target: Path,
    width: int,
    dark: bool,
    suffix: str,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 600 else 844},
        color_scheme="dark" if dark else "light",
        locale="de-DE",
        device_scale_factor=1,
    )
    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    page = context.new_page()
    for name, path in pages.items():
        answer = page.goto(base + path, wait_until="networkidle")
        print(name, answer.status if answer else "?", f"{width}px", "dark" if dark else "")  # noqa: T201
        page.screenshot(path=str(target / f"{name}{suffix}.png"))
    context.close()


def main() -> None:
    """Start everything, take the pictures, stop everything."""
    from playwright.sync_api import sync_playwright

    everything = "--all" in sys.argv
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    target = Path(folders[0]) if folders else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    data = os.environ.setdefault("TRICHTER_DATA", tempfile.mkdtemp(prefix="trichter-pictures-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sys.path.insert(0, str(ROOT))
    port = _free_port()
    command = [sys.executable, "-m", "trichter"]
    environment = {**os.environ, "TRICHTER_DATA": data}
    subprocess.run([*command, "demo", "--if-empty"], check=True, env=environment, cwd=ROOT)
    key, person = _session()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, cwd=ROOT)
    base = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(120):
            try:
                urllib.request.urlopen(f"{base}/accounts/login/", timeout=2)  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.5)
        pages = {name: f"/app/people/{person}/" if path == "person" else path
                 for name, path in (PAGES if everything else README).items()}  # fmt: skip
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            _shoot(browser, base=base, key=key, pages=pages, target=target, width=1440, dark=False, suffix="")
            if everything:
                _shoot(
                    browser,
                    base=base,
                    key=key,
                    pages=pages,
                    target=target,
                    width=390,
                    dark=False,
                    suffix="-phone",
                )
                _shoot(
                    browser,
                    base=base,
                    key=key,
                    pages=pages,
                    target=target,
                    width=1440,
                    dark=True,
                    suffix="-dark",
                )
            else:
                few = {"person": pages["person"]}
                _shoot(
                    browser,
                    base=base,
                    key=key,
                    pages=few,
                    target=target,
                    width=390,
                    dark=False,
                    suffix="-phone",
                )
                few = {"funnel": pages["funnel"]}
                _shoot(
                    browser,
                    base=base,
                    key=key,
                    pages=few,
                    target=target,
                    width=1440,
                    dark=True,
                    suffix="-dark",
                )
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
