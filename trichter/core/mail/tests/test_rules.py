"""The pure rules: answers of servers, gates, times, machines, and the twelve points."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from trichter.core.mail import html
from trichter.core.mail.bounces.parsing import read
from trichter.core.mail.rules import gates, preflight, rates
from trichter.core.mail.rules.answers import Stage, hold_pause, judge, retry_pause
from trichter.core.mail.rules.machines import Request, machine, network_of
from trichter.core.mail.rules.times import end_of_quiet, warmup_limit, zone_of

pytestmark = pytest.mark.any_database
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("stage", "code", "text", "outcome", "gone", "hold"),
    [
        (Stage.BODY, 250, "taken", "sent", False, False),
        (Stage.BODY, 0, "closed", "unclear", False, False),
        (Stage.DATA, 0, "closed", "server", False, False),
        (Stage.RECIPIENT, 0, "closed", "server", False, False),
        (Stage.CONNECT, 421, "busy", "server", False, False),
        (Stage.LOGIN, 535, "5.7.8 bad credentials", "pause", False, False),
        (Stage.SENDER, 550, "5.7.1 not from here", "pause", False, False),
        (Stage.SENDER, 451, "later", "server", False, False),
        (Stage.RECIPIENT, 450, "4.2.0 greylisted", "retry", False, False),
        (Stage.RECIPIENT, 421, "4.7.0 too many connections", "retry", False, True),
        (Stage.BODY, 451, "4.7.650 rate limited", "retry", False, True),
        (Stage.RECIPIENT, 550, "5.1.1 <a@b.de>: User unknown", "failed", True, False),
        (Stage.RECIPIENT, 550, "User unknown in virtual mailbox table", "failed", True, False),
        (Stage.RECIPIENT, 550, "5.7.515 Access denied", "failed", False, False),
        (Stage.RECIPIENT, 552, "5.2.2 mailbox full", "failed", False, False),
        (Stage.BODY, 554, "5.7.1 spam", "failed", False, False),
    ],
)
def test_what_an_answer_means(stage, code, text, outcome, gone, hold):
    found = judge(stage=stage, code=code, text=text)
    assert (found.outcome, found.gone, found.hold) == (outcome, gone, hold)


def test_pauses_grow_and_end():
    pauses = [retry_pause(attempts=n, chance=0) for n in range(1, 16)]
    assert pauses == sorted(pauses) and pauses[0] == timedelta(minutes=2) and pauses[-1] == timedelta(hours=6)
    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=3)
    assert [hold_pause(failures=n).total_seconds() for n in (1, 2, 20)] == [60, 120, 3_600]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"message_class": "marketing"}, ""),
        ({"message_class": "marketing", "consent": False}, "no_consent"),
        ({"message_class": "contract", "consent": False}, ""),
        ({"message_class": "system", "consent": False, "suppressed": "complaint"}, ""),
        ({"message_class": "system", "suppressed": "hard"}, "suppressed_hard"),
        ({"message_class": "marketing", "suppressed": "complaint"}, "suppressed_complaint"),
        ({"message_class": "marketing", "suppressed": "manual"}, "suppressed_manual"),
        ({"message_class": "contract", "has_address": False}, "erased"),
    ],
)
def test_which_gate_stops_which_mail(facts, refusal):
    assert (
        gates.refusal(gates.Facts(**{"has_address": True, "consent": True, "suppressed": ""} | facts))
        == refusal
    )


def test_who_got_enough_mails_waits_until_the_oldest_of_them_is_old_enough():
    at = datetime(2026, 3, 29, 12, tzinfo=UTC)
    sent = [at - timedelta(hours=hours) for hours in (1, 23, 30, 100, 170)]
    assert rates.free_again(sent=sent, per_day=0, per_week=0, at=at) is None
    assert rates.free_again(sent=sent, per_day=3, per_week=5, at=at) is None
    assert rates.free_again(sent=sent, per_day=2, per_week=0, at=at) == at + timedelta(hours=1)
    assert rates.free_again(sent=sent, per_day=1, per_week=0, at=at) == at + timedelta(hours=23)
    assert rates.free_again(sent=sent, per_day=2, per_week=4, at=at) == at + timedelta(hours=68)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-06-10T19:30+00:00", "2026-06-11T05:00+00:00"),  # 21:30 in Berlin → 7:00 tomorrow
        ("2026-06-10T04:59+00:00", "2026-06-10T05:00+00:00"),
        ("2026-06-10T05:00+00:00", None),
        ("2026-06-10T18:59+00:00", None),
        ("2026-03-28T22:00+00:00", "2026-03-29T05:00+00:00"),  # the night that is an hour shorter
        ("2026-10-24T21:00+00:00", "2026-10-25T06:00+00:00"),  # the night that is an hour longer
    ],
)
def test_quiet_hours_end_on_the_contact_s_clock(at, end):
    found = end_of_quiet(at=datetime.fromisoformat(at), zone=BERLIN, quiet_from=time(21), quiet_to=time(7))
    assert found == (datetime.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (
            "2026-03-29T00:30+00:00",
            "2026-03-29T01:00+00:00",
        ),  # 2:30 does not exist: first moment after the gap
        ("2026-10-25T00:10+00:00", "2026-10-25T01:30+00:00"),  # 2:30 comes twice: its second pass
        ("2026-10-25T00:40+00:00", "2026-10-25T01:30+00:00"),  # between both passes it is quiet still
        ("2026-10-25T01:30+00:00", None),
    ],
)
def test_an_end_in_the_hour_that_is_missing_or_comes_twice(at, end):
    found = end_of_quiet(
        at=datetime.fromisoformat(at), zone=BERLIN, quiet_from=time(22), quiet_to=time(2, 30)
    )
    assert found == (datetime.fromisoformat(end) if end else None)


def test_the_zone_is_the_named_one_or_the_country_s():
    assert zone_of(named="Asia/Tokyo", country="DE").key == "Asia/Tokyo"
    assert [zone_of(named="", country=one).key for one in ("de", "AT", "US")] == [
        "Europe/Berlin", "Europe/Vienna", "America/New_York",
    ]  # fmt: skip
    assert zone_of(named="", country="") is None and zone_of(named="nowhere", country="") is None


def test_the_warm_up_grows_every_day_and_ends():
    start = date(2026, 5, 1)
    days = [
        warmup_limit(start=start, first=50, growth=50, today=start + timedelta(days=n)) for n in (-1, 0, 1, 2)
    ]
    assert days == [0, 50, 75, 112]
    assert warmup_limit(start=None, first=50, growth=50, today=start) is None
    assert warmup_limit(start=start, first=50, growth=50, today=date(2027, 1, 1)) is None


def test_complaints_warn_at_one_in_a_thousand_and_stop_at_three():
    levels = [
        rates.complaint_level(sent=sent, complained=n)
        for sent, n in ((10_000, 9), (10_000, 10), (10_000, 30))
    ]
    assert levels == ["good", "warn", "pause"]
    assert rates.complaint_level(sent=50, complained=1) == "good"
    assert rates.soft_wave(tried=100, soft=20) and not rates.soft_wave(tried=100, soft=19)


SENT = datetime(2026, 5, 4, 10, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; Microsoft Outlook 16.0.17328)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"


def hit(kind="click", seconds=300.0, **more):
    return Request(kind=kind, at=SENT + timedelta(seconds=seconds), **{"agent": CHROME} | more)


@pytest.mark.parametrize(
    ("request_", "others", "why"),
    [
        (hit("open", agent=IPHONE), [], ""),
        (hit("open", agent=OUTLOOK), [], ""),
        (hit("open", 4_000), [], ""),
        (hit("click", agent=IPHONE), [], ""),
        (hit("click", link=1), [hit("open", 250), hit("click", 330, link=2)], ""),
        (hit("open", agent="Mozilla/5.0"), [], "apple"),
        (hit("open", network="apple"), [], "apple"),
        (hit("click", network="apple", agent=IPHONE), [], ""),
        (hit("open", agent=GMAIL), [], "proxy"),
        (hit("open", agent=YAHOO), [], "proxy"),
        (hit("open", 2), [], "prefetch"),
        (hit("click", 1.5), [], "prefetch"),
        (hit("click", method="HEAD"), [], "head"),
        (hit("click", agent="python-requests/2.32"), [], "robot"),
        (hit("click", agent=""), [], "robot"),
        (hit("click", agent="Mozilla/5.0 (compatible; BarracudaCentral.org)"), [], "scanner"),
        (hit("click", agent="Mozilla/5.0 Mimecast URL Scanner"), [], "scanner"),
        (hit("click", network="proofpoint"), [], "network"),
        (hit("click", network="microsoft"), [], "network"),
        (hit("trap"), [], "trap"),
        (hit("click", 300, link=1), [hit("trap", 301)], "trap"),
        (hit("click", 300, link=1), [hit("trap", 900)], ""),
        (hit("click", 300, link=1), [hit("click", 301, link=2), hit("click", 302, link=3)], "all_links"),
        (hit("click", 300, link=1), [hit("click", 400, link=2), hit("click", 500, link=3)], ""),
        (hit("open", 300), [hit("click", 301, link=n) for n in (1, 2, 3)], "all_links"),
        (hit("open", 300), [hit("click", 301, link=n, agent=CHROME + "x") for n in (1, 2, 3)], ""),
        (hit("open", 300), [hit("click", 301, link=n) for n in (1, 2)], ""),
    ],
)
def test_people_and_machines_are_told_apart(request_, others, why):
    assert machine(request_, sent_at=SENT, links=3, others=[request_, *others]) == why


def test_known_ranges_are_named():
    assert [network_of(one) for one in ("17.58.1.2", "66.249.84.5", "148.163.130.1", "::ffff:40.94.20.1")] == [
        "apple", "google", "proofpoint", "microsoft",
    ]  # fmt: skip
    assert network_of("84.112.3.4") == network_of("nonsense") == network_of("") == ""


GOOD = {
    "from_address": "news@firma.de", "bounce_address": "bounce@mail.firma.de", "base_url": "https://crm.firma.de",
    "imprint": "Firma GmbH, Hauptstr. 1, 10115 Berlin", "tls": True, "selector": "trichter", "public_key": "MIIB",
    "spf": ["v=spf1 mx -all"], "dkim": ["v=DKIM1; k=rsa; p=MI IB"], "dmarc": ["v=DMARC1; p=none"],
    "mx": ["mx.firma.de"], "ptr": ["192.0.2.1 = mx.firma.de"], "proof": True,
}  # fmt: skip
WRONG = [
    ("sender", {"freemail": True}),
    ("sender", {"from_address": "news@localhost", "bounce_address": "bounce@localhost"}),
    ("imprint", {"imprint": "Firma"}),
    ("address", {"base_url": "http://crm.firma.de"}),
    ("address", {"base_url": "https://127.0.0.1"}),
    ("tls", {"tls": False}),
    ("spf", {"spf": []}),
    ("spf", {"spf": ["v=spf1 mx -all", "v=spf1 a -all"]}),
    ("spf", {"spf": ["v=spf1 +all"]}),
    ("spf", {"spf": ["v=spf1 mx"]}),
    ("spf", {"spf": ["v=spf1 -all"]}),
    ("dkim", {"dkim": ["v=DKIM1; k=rsa; p=OTHER"]}),
    ("dkim", {"dkim": None}),
    ("dmarc", {"dmarc": []}),
    ("dmarc", {"dmarc": ["v=DMARC1; p=perhaps"]}),
    ("aligned", {"bounce_address": "bounce@mailer.example"}),
    ("aligned", {"dmarc": ["v=DMARC1; p=none; aspf=s"]}),
    ("ptr", {"ptr": []}),
    ("mx", {"mx": []}),
    ("mx", {"mx": ["."]}),
    ("bounces", {"proof": False}),
    ("complaints", {"complaint_level": "pause"}),
]


def failing(**changes):
    return [one.key for one in preflight.points(preflight.Facts(**GOOD | changes)) if not one.ok]


def test_there_are_twelve_points_and_all_can_be_right():
    assert len(preflight.points(preflight.Facts())) == 12 and failing() == []


@pytest.mark.parametrize(("key", "changes"), WRONG)
def test_each_point_fails_alone(key, changes):
    assert failing(**changes) == [key]


def test_every_point_has_a_case_that_fails_and_names_the_record_to_publish():
    assert {key for key, _ in WRONG} == {one.key for one in preflight.points(preflight.Facts())}
    points = {
        one.key: one for one in preflight.points(preflight.Facts(**GOOD | {"dkim": [], "spf": [], "mx": []}))
    }
    assert points["dkim"].publish == ("TXT", "trichter._domainkey.firma.de", "v=DKIM1; k=rsa; p=MIIB")
    assert points["spf"].publish[1] == points["mx"].publish[1] == "mail.firma.de"


def test_a_sending_service_signs_and_reports_by_itself():
    changes = {"provider": True, "public_key": "", "dkim": [], "ptr": [], "tls": False}
    assert failing(**changes, proof=False, provider_events=True) == []


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ('<img src="https://firma.de/a.png"><img src="//cdn.firma.de/b.png">', set()),
        ('<a href="https://elsewhere.example/">x</a>', set()),
        ('<img src="https://pics.example/a.png">', {"pics.example"}),
        ('<link rel="stylesheet" href="https://fonts.example/css">', {"fonts.example"}),
        ("<style>@import url('https://fonts.example/x.css');</style>", {"fonts.example"}),
        ("<style>@font-face{src:url(//fonts.example/x.woff2)}</style>", {"fonts.example"}),
        (
            '<td background="http://pics.example/b.gif" style="background:url(https://more.example/c)">',
            {"pics.example", "more.example"},
        ),
        (
            '<img srcset="https://pics.example/1.png 1x, https://two.example/2.png 2x">',
            {"pics.example", "two.example"},
        ),
    ],
)
def test_what_a_mail_would_load_from_elsewhere(text, hosts):
    assert html.foreign_hosts(text, own={"firma.de"}) == hosts


def test_the_text_part_says_what_the_html_says():
    found = html.as_text(
        "<style>p{}</style><h1>Hallo</h1><p>Ein <b>Satz</b> mit\n <a href='https://firma.de/a'>Link</a>.</p>"
        "<ul><li>eins</li><li>zwei</li></ul>"
    )
    assert found == "Hallo\n\nEin Satz mit Link (https://firma.de/a).\n\n- eins\n\n- zwei"


def dsn(action: str, status: str, code: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.gmx.de\r\nTo: bounce+b-1-abc@firma.de\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.gmx.de\r\n\r\n"
        f"Final-Recipient: rfc822; anna@gmx.de\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {code}\r\n\r\n"
        "--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <abc@firma.de>\r\nSubject: x\r\n\r\n--x--\r\n"
    ).encode()


ARF = (
    b"From: fbl@yahoo.example\r\nTo: bounce@firma.de\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain\r\n\r\nSpam report.\r\n"
    b"--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Y/1\r\nVersion: 1\r\n\r\n"
    b"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <abc@firma.de>\r\nSubject: x\r\n\r\nHi\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (dsn("failed", "5.1.1", "550 5.1.1 user unknown"), "hard"),
        (dsn("failed", "5.0.0", "550 mailbox unavailable"), "soft"),
        (dsn("failed", "5.2.2", "552 5.2.2 mailbox full"), "soft"),
        (dsn("failed", "5.7.1", "550 5.7.1 blocked"), "soft"),
        (dsn("failed", "4.4.7", "delivery time expired"), "soft"),
        (dsn("delayed", "4.4.1", "no answer"), "other"),
        (ARF, "complaint"),
        (
            b"From: a@b.de\r\nTo: x@firma.de\r\nAuto-Submitted: auto-replied\r\nSubject: Urlaub\r\n\r\nweg",
            "reply",
        ),
        (b"From: a@b.de\r\nTo: x@firma.de\r\nSubject: Frage\r\n\r\nHallo", "other"),
        (b"\xff\xfe garbage", "other"),
        (b"", "other"),
    ],
)
def test_what_a_returned_message_says(raw, kind):
    assert read(raw).kind == kind


def test_a_returned_message_names_our_address_and_the_mail():
    found = read(dsn("failed", "5.1.1", "550 5.1.1 user unknown"))
    assert "bounce+b-1-abc@firma.de" in found.addresses and found.message_ids == ("<abc@firma.de>",)
    assert read(ARF).message_ids == ("<abc@firma.de>",)
