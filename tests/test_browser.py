"""A new user's first hour in a real browser."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import House, chromium, running_house

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.any_database]
PASSWORD = "ein ruhiger Fjord im November"
PAGES = [
    "", "people/", "people/duplicates/", "companies/", "deals/", "orders/", "tasks/", "ad-costs/", "funnels/",
    "funnels/gesamt/", "funnels/new/", "lifecycle/", "imports/", "imports/new/", "kpis/", "kpis/leads/",
    "status/", "users/", "teams/", "audit/", "tokens/", "settings/company/", "tracking/",
    "heatmaps/", "heatmaps/settings/", "recordings/",
    "tracking/live/", "tracking/dropped/", "tracking/settings/",
    "traffic/", "traffic/by/source/", "traffic/list/", "traffic/pages/", "traffic/goals/", "traffic/retention/",
    "privacy/", "privacy/ledger/", "privacy/banner/", "privacy/requests/", "privacy/retention/",
    "playbooks/whitepaper/", "traffic/paths/", "traffic/google-search/", "traffic/google-analytics/", "traffic/now/", "traffic/notes/", "traffic/reports/", "goals/",
]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running_house(data=tmp_path_factory.mktemp("house"), visitors=1_500) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = chromium(playwright)
        yield found
        found.close()


@pytest.fixture(scope="module")
def state(house: House, browser, tmp_path_factory) -> Path:
    """The first log-in: one-time password, then a password of one's own."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{house.url}/app/")
    page.fill("input[name=login]", house.email)
    page.fill("input[name=password]", house.password)
    page.click("main button[type=submit]")
    page.fill("input[name=oldpassword]", house.password)
    page.fill("input[name=password1]", PASSWORD)
    page.fill("input[name=password2]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{house.url}/app/")
    expect(page.locator("h1")).to_have_text("Heute")
    path = tmp_path_factory.mktemp("login") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


def visit(browser, house: House, state: Path, *, width: int = 1440, dark: bool = False) -> Page:
    """A page that collects what goes wrong in the browser: script errors and blocked content."""
    context = browser.new_context(
        storage_state=state, locale="de-DE", viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
    )  # fmt: skip
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: page.complaints.append(asked.url) if foreign(asked.url, house) else None)
    return page


def foreign(url: str, house: House) -> bool:
    return not url.startswith((house.url, "data:", "blob:"))


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_every_main_page_is_accessible_quiet_and_fits(browser, house, state, width, dark):
    page = visit(browser, house, state, width=width, dark=dark)
    trouble = {}
    for path in PAGES:
        answer = page.goto(f"{house.url}/app/{path}")
        found = []
        if answer.status != 200:
            found.append(f"status {answer.status}")
        else:
            result = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
            found += [
                f"{issue['id']}: {issue['nodes'][0]['html'][:160]}" for issue in result.response["violations"]
            ]
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            found += [f"{overflow}px too wide"] if overflow > 0 else []
            moved = page.evaluate("window.scrollY")
            found += [f"begins {moved}px below its title"] if moved else []
        found += page.complaints
        page.complaints.clear()
        if found:
            trouble[path] = found
    page.context.close()

    assert trouble == {}


LOG = (
    '203.0.113.{n} - - [{day:%d/%b/%Y}:10:{n:02d}:00 +0100] "GET /{page} HTTP/1.1" 200 512 '
    '"https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"'
)
DEALS = (
    "Deal-ID;Dealname;Betrag;Pipeline;Phase;Status;Erstellt am;Abschlussdatum;E-Mail\r\n"
    "B-1;Müller Einführung;1.234,56;Neu;Angebot;gewonnen;{opened:%d.%m.%Y};{won:%d.%m.%Y};erika@bäckerei-müller.example\r\n"
    "B-2;Weber Wartung;9.876,00;Neu;Demo;offen;{opened:%d.%m.%Y};;weber@example.com\r\n"
)


def bring_in(page: Page, house: House, *, path: Path, kind: str) -> None:
    """Upload, look at the mapping, try it out, import, wait for the worker."""
    page.goto(f"{house.url}/app/imports/new/")
    page.set_input_files("input[name=file]", str(path))
    page.select_option("select[name=kind]", kind)
    page.click("form[data-import-upload] button[type=submit]")
    page.click("button[name=act][value=import]")
    expect(page.locator("main .tr-alert-success")).to_be_visible(timeout=60_000)


def wait_for_the_follower(page: Page, house: House) -> None:
    """Stages follow an import within moments."""
    for _attempt in range(60):
        page.goto(f"{house.url}/app/funnels/gesamt/people/?step=5&what=reached&period=90d")
        if "müller" in page.content():
            return
        page.wait_for_timeout(500)
    raise AssertionError("the new customer did not arrive in the funnel")


def test_a_new_user_comes_from_two_files_to_the_people_behind_a_bar(browser, house, state, tmp_path):
    today = datetime.now(UTC)
    log, deals = tmp_path / "access.log", tmp_path / "deals.csv"
    log.write_text(
        "\n".join(
            LOG.format(day=today - timedelta(days=3), n=n, page="preise" if n % 2 else "")
            for n in range(1, 41)
        )
        + "\n"
    )
    deals.write_bytes(
        DEALS.format(opened=today - timedelta(days=20), won=today - timedelta(days=2)).encode("cp1252")
    )
    page = visit(browser, house, state)

    bring_in(page, house, path=log, kind="access-log")
    bring_in(page, house, path=deals, kind="deals")

    wait_for_the_follower(page, house)
    page.goto(f"{house.url}/app/funnels/")
    page.click("main a[href*='/funnels/gesamt/']")
    won = page.locator(".fu-row", has_text="Kunde").locator(".fu-count a").first
    count = int(won.inner_text().replace(".", ""))
    won.click()
    page.wait_for_url("**/people/**")
    expect(page.locator("main")).to_contain_text(str(count))
    page.click("main a:has-text('müller')")
    page.wait_for_url("**/app/people/*/")
    expect(page.locator("main")).to_contain_text("1.234,56")
    assert page.complaints == []
    page.context.close()


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
NAMES = {
    "pipeline_pipeline": ("name", 60), "lifecycle_stage": ("label", 60),
    "people_company": ("name", 200), "people_person": ("last_name", 100), "pipeline_deal": ("name", 200),
    "segments_segment": ("name", 100), "accounts_team": ("name", 80),
}  # fmt: skip
NARROW = [
    "deals/board/", "deals/1/", "lifecycle/", "lifecycle/visitor/", "people/", "people/?stage=lead", "people/1/",
    "companies/1/", "segments/", "segments/1/", "funnels/gesamt/", "newsletters/new/", "traffic/reports/new/", "teams/",
]  # fmt: skip


def test_names_without_a_gap_widen_no_page_of_a_phone(browser, house, state):
    """Whoever names things need not know how wide a phone is."""
    with closing(sqlite3.connect(house.data / "trichter.sqlite3", timeout=30)) as database:
        before = {}
        for table, (column, length) in NAMES.items():
            rows = database.execute(f"SELECT id, {column} FROM {table} ORDER BY id LIMIT 6").fetchall()
            before[table] = rows
            values = [(f"{number}{LONG}"[:length], number) for number, _name in rows]
            database.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", values)
        database.commit()
        page = visit(browser, house, state, width=390)
        trouble = {}
        for path in NARROW:
            answer = page.goto(f"{house.url}/app/{path}")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if answer.status != 200 or wide > 390:
                trouble[path] = answer.status, wide
        page.context.close()
        for table, rows in before.items():
            column = NAMES[table][0]
            database.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", [row[::-1] for row in rows])
        database.commit()
    assert trouble == {}


def test_the_editor_of_pages_is_quiet_and_its_fields_have_names(browser, house, state):
    page = visit(browser, house, state)
    for path in ("account/", "pages/3/edit/"):
        page.goto(f"{house.url}/cms/{path}")
        page.wait_for_load_state("networkidle")
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea)")]
            .filter((one) => one.offsetParent && !one.labels.length && !one.ariaLabel
              && !one.getAttribute("aria-labelledby") && !one.title).map((one) => one.outerHTML.slice(0, 160))"""
        )
        assert (nameless, page.complaints) == ([], []), path
    page.context.close()
