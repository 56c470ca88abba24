"""Targets, destinations, spellings, who is counted, codes: no database."""

import pytest

from trichter.attract.campaigns.naming import judge, tidy
from trichter.attract.links import qr, rules

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
OWN = ("fjordwerk.example",)


@pytest.mark.parametrize(
    "text",
    [
        "/preise/", "/preise/?a=1#b", "https://example.com", "http://example.com:8080/x?y=ä",
        "https://www.fjordwerk.example/lp/demo/", "https://xn--mller-kva.example/",
    ],
)  # fmt: skip
def test_paths_and_web_addresses_are_targets(text):
    assert rules.checked_target(text, own_domains=OWN) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("javascript:alert(1)", "scheme"), ("JaVaScRiPt:alert(1)", "scheme"), ("data:text/html,x", "scheme"),
        ("ftp://example.com/", "scheme"), ("//evil.example/", "shape"), ("/\\evil.example", "shape"),
        ("https:/evil.example", "host"), ("https://", "host"), ("preise", "scheme"), ("", "shape"),
        ("https://user:secret@example.com/", "login"), ("https://example.com@evil.example/", "login"),
        ("https://a b.example/", "shape"), ("https://example.com/\r\nSet-Cookie:x", "shape"),
        ("https://example.com/\x00", "shape"), ("https://exa\u202emple.com/", "shape"),
        ("https://[::1/", "shape"), ("https://example.com:99999/", "shape"), ("/app/", "inner"),
        ("/l/other", "inner"), ("https://fjordwerk.example/l/other", "inner"), ("/cms", "inner"),
        ("https://" + "a" * 2_000 + ".example", "long"),
    ],
)  # fmt: skip
def test_nothing_else_is_a_target(text, why):
    with pytest.raises(rules.BadTarget, match=f"^{why}$"):
        rules.checked_target(text, own_domains=OWN)


def test_a_visitor_brings_parameters_but_never_chooses_where_he_goes():
    def where(target, *passed):
        return rules.destination(target=target, tags={"utm_source": "flyer"}, passed=passed)

    assert where("/preise/") == "/preise/?utm_source=flyer"
    assert where("/preise/?a=1#b") == "/preise/?a=1&utm_source=flyer#b"
    assert where("/x/", ("gclid", "G 1&ü")) == "/x/?utm_source=flyer&gclid=G%201%26%C3%BC"
    assert where("/x/", ("utm_source", "spam"), ("UTM_Source", "spam")) == "/x/?utm_source=flyer"
    assert where("/x/?utm_source=own") == "/x/?utm_source=own"
    hostile = where("https://example.com/", ("next", "//evil.example"), ("#", "\r\nX: y"), ("", "z"))
    assert hostile.startswith("https://example.com/?utm_source=flyer&next=%2F%2Fevil.example")
    assert "\n" not in hostile and "\r" not in hostile
    assert len(where("/x/", *[(f"n{n}", "v" * 100) for n in range(500)])) < 2_200


def test_campaign_parameters_are_taken_out_of_an_address():
    assert rules.split_tags("/x/?a=1&utm_source=Flyer&utm_source=b&UTM_Medium=print%20ad&b=2#c") == (
        "/x/?a=1&b=2#c", {"utm_source": "Flyer", "utm_medium": "print ad"},
    )  # fmt: skip
    assert rules.split_tags("/x/") == ("/x/", {})


@pytest.mark.parametrize(
    ("method", "headers", "counted"),
    [
        ("GET", {}, True),
        ("HEAD", {}, False),
        ("GET", {"sec-purpose": "prefetch;prerender"}, False),
        ("GET", {"purpose": "prefetch"}, False),
        ("GET", {"x-purpose": "preview"}, False),
        ("GET", {"sec-fetch-dest": "image"}, False),
        ("GET", {"sec-fetch-dest": "document"}, True),
        ("GET", {"user-agent": ""}, False),
        ("GET", {"user-agent": "WhatsApp/2.23"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, False),
        ("GET", {"user-agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0)"}, False),
    ],
)
def test_only_somebody_who_follows_is_counted(method, headers, counted):
    assert rules.counts(method=method, headers={"user-agent": CHROME} | headers) is counted


def test_one_name_for_one_thing():
    assert {tidy("source", text) for text in ("LinkedIn", " linked-in ", "LINKEDIN.com")} == {"linkedin"}
    assert tidy("medium", "QR Code") == "print" and tidy("campaign", " Frühjahr 2026 ") == "frühjahr-2026"
    assert judge("medium", "E-Mail", added=()).known
    slip = judge("medium", "socail", added=())
    assert (slip.known, slip.near[0]) == (False, "social")
    assert judge("campaign", "messe-2026", added={"messe2026"}).name == "messe2026"
    assert not judge("campaign", "messe", added={"sommer"}).near


def test_codes_have_their_size_and_a_quiet_margin():
    import segno

    address = "https://fjordwerk.example/l/messe/qr"
    svg = qr.code(address=address, kind="svg", millimetres=30).decode()
    width = float(svg.partition('width="')[2].partition("mm")[0])
    assert abs(width - 30) < 0.1 and ('fill="#fff"' in svg or 'fill="white"' in svg)
    png = qr.code(address=address, kind="png", millimetres=30)
    pixels = int.from_bytes(png[16:20], "big")
    modules = segno.make(address, error="q", micro=False, boost_error=False).symbol_size(border=4)[0]
    assert png.startswith(b"\x89PNG") and pixels % modules == 0
    assert abs(pixels - 30 / 25.4 * qr.DPI) <= modules
