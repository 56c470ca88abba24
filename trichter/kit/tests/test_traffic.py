"""Where visits come from, as marketing people would say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.traffic import (
    CHANNELS,
    DIRECT,
    Click,
    Touch,
    channel,
    classify,
    click_of,
    host_of,
    is_own,
    spelling,
)

OWN = ("firma.de", "www.shop-firma.com")


@pytest.mark.parametrize(
    "written", ["LinkedIn", "linkedin", "linked-in", "LINKED IN", "linkedin.com", "www.linkedin.com"]
)
def test_one_source_has_one_spelling(written):
    touch = classify(f"utm_source={written}&utm_medium=Paid-Social&utm_campaign=Herbst")
    assert touch == Touch("linkedin", "paid_social", "Herbst")


@pytest.mark.parametrize(
    ("query", "referrer", "touch"),
    [
        ("utm_source=newsletter&utm_medium=E-Mail&utm_campaign=M%C3%A4rz&utm_content=top", "",
         Touch("newsletter", "email", "März", "top")),
        ("?UTM_Source=Google&utm_medium=PPC&utm_term=crm", "", Touch("google", "cpc", "", "", "crm")),
        ("https://firma.de/a?utm_source=x&utm_medium=social#utm_source=y", "", Touch("x", "social")),
        ("mtm_source=partner-blog&mtm_medium=referral&mtm_kwd=k", "",
         Touch("partner-blog", "referral", term="k")),
        ("gclid=abc", "https://www.google.de/", Touch("google", "cpc")),
        ("gclid=abc&utm_campaign=brand", "", Touch("google", "cpc", "brand")),
        ("gbraid=1", "", Touch("google", "cpc")),
        ("wbraid=1", "", Touch("google", "cpc")),
        ("msclkid=1", "", Touch("bing", "cpc")),
        ("fbclid=1", "https://l.facebook.com/", Touch("facebook", "social")),
        ("fbclid=1&utm_source=facebook&utm_medium=cpc", "", Touch("facebook", "cpc")),
        ("ttclid=1", "", Touch("tiktok", "paid_social")),
        ("li_fat_id=1", "", Touch("linkedin", "paid_social")),
        ("twclid=1", "", Touch("x", "paid_social")),
        ("utm_source=newsletter", "", Touch("newsletter", "email")),
        ("utm_source=google", "https://www.google.com/", Touch("google", "organic")),
        ("utm_campaign=flyer", "", Touch("", "", "flyer")),
        ("utm_campaign=herbst", "https://www.bing.com/", Touch("bing", "organic", "herbst")),
        ("utm_source=", "", DIRECT),
        ("page=2&q=crm", "", DIRECT),
        ("gclid=", "", DIRECT),
    ],
)  # fmt: skip
def test_tags_and_click_ids_come_first(query, referrer, touch):
    assert classify(query, referrer, OWN) == touch


@pytest.mark.parametrize(
    ("referrer", "touch"),
    [
        ("https://www.google.de/search?q=crm", Touch("google", "organic")),
        ("https://www.google.co.uk/", Touch("google", "organic")),
        ("android-app://com.google.android.googlequicksearchbox/", Touch("google", "organic")),
        ("https://www.bing.com/", Touch("bing", "organic")),
        ("https://duckduckgo.com/", Touch("duckduckgo", "organic")),
        ("https://suche.t-online.de/x", Touch("t-online", "organic")),
        ("https://l.facebook.com/l.php?u=x", Touch("facebook", "social")),
        ("https://m.facebook.com/", Touch("facebook", "social")),
        ("https://lnkd.in/abc", Touch("linkedin", "social")),
        ("https://www.xing.com/news", Touch("xing", "social")),
        ("https://t.co/abc", Touch("x", "social")),
        ("https://www.youtube.com/watch", Touch("youtube", "video")),
        ("https://deref-gmx.net/mail/client/abc/dereferrer/", Touch("gmx", "email")),
        ("https://deref-web.de/mail/client/", Touch("web.de", "email")),
        ("https://deref-mail.com/", Touch("mail.com", "email")),
        ("https://mail.google.com/mail/u/0/", Touch("gmail", "email")),
        ("https://eur01.safelinks.protection.outlook.com/", Touch("outlook", "email")),
        ("android-app://com.google.android.gm/", Touch("gmail", "email")),
        ("https://chatgpt.com/", Touch("chatgpt", "ai")),
        ("https://www.perplexity.ai/search", Touch("perplexity", "ai")),
        ("https://gemini.google.com/app", Touch("gemini", "ai")),
        ("https://copilot.microsoft.com/", Touch("copilot", "ai")),
        ("https://www.beispielblog.at/artikel", Touch("beispielblog.at", "referral")),
        ("https://news.beispielblog.at/", Touch("news.beispielblog.at", "referral")),
        ("https://google.de.boese.com/", Touch("google.de.boese.com", "referral")),
        ("https://notgoogle.de/", Touch("notgoogle.de", "referral")),
        ("www.beispielblog.at", Touch("beispielblog.at", "referral")),
        ("", DIRECT),
        ("-", DIRECT),
        ("https://www.firma.de/preise", DIRECT),
        ("https://checkout.firma.de/", DIRECT),
        ("https://shop-firma.com", DIRECT),
        ("https://nichtfirma.de/", Touch("nichtfirma.de", "referral")),
        ("https://www.paypal.com/checkout", DIRECT),
        ("https://checkout.stripe.com/pay", DIRECT),
        ("https://pay.klarna.com/", DIRECT),
        ("https://accounts.google.com/", DIRECT),
        ("http://localhost:8000/", DIRECT),
        ("http://192.168.0.1/", DIRECT),
        ("http://[::1]/", DIRECT),
        ("http://[kaputt/", DIRECT),
        ("about:blank", DIRECT),
    ],
)
def test_referrers_are_known_by_their_host(referrer, touch):
    assert classify("", referrer, OWN) == touch


@pytest.mark.parametrize(
    ("query", "referrer", "expected"),
    [
        ("gclid=1", "", "Paid Search"),
        ("utm_source=facebook&utm_medium=cpc", "", "Paid Social"),
        ("utm_source=linkedin&utm_medium=paid-social", "", "Paid Social"),
        ("utm_source=youtube&utm_medium=cpc", "", "Video"),
        ("utm_source=zeitung&utm_medium=banner", "", "Display"),
        ("utm_source=partner&utm_medium=affiliate", "", "Affiliates"),
        ("utm_source=partner&utm_medium=ppc", "", "Paid Search"),
        ("utm_source=nl&utm_medium=mail", "", "Email"),
        ("utm_source=newsletter", "", "Email"),
        ("utm_source=messe&utm_medium=flyer", "", "Other"),
        ("utm_campaign=flyer", "", "Other"),
        ("", "https://www.google.at/", "Organic Search"),
        ("", "https://www.xing.com/", "Organic Social"),
        ("", "https://vimeo.com/1", "Video"),
        ("", "https://deref-gmx.net/", "Email"),
        ("", "https://chatgpt.com/", "AI Assistants"),
        ("utm_source=chatgpt.com", "", "AI Assistants"),
        ("", "https://blog.example/", "Referral"),
        ("", "", "Direct"),
    ],
)
def test_channels_follow_the_written_precedence(query, referrer, expected):
    touch = classify(query, referrer, OWN)
    assert channel(touch.source, touch.medium) == expected


@given(query=st.text(max_size=200), referrer=st.text(max_size=200))
def test_any_address_has_a_touch_and_a_channel(query, referrer):
    touch = classify(query, referrer, OWN)
    assert channel(touch.source, touch.medium) in CHANNELS
    assert all(
        len(part) <= 200 for part in (touch.source, touch.medium, touch.campaign, touch.content, touch.term)
    )


def test_hostile_queries_are_cut():
    assert classify("&".join(f"a{n}=1" for n in range(500)) + "&utm_source=x") == DIRECT
    assert len(classify("utm_source=a&utm_campaign=" + "x" * 5000).campaign) == 200
    assert classify("utm_source=a%00b%0D%0A&utm_medium=%3Cscript%3E") == Touch("ab", "<script>")


def test_hosts_and_own_domains():
    assert host_of("HTTPS://WWW.Firma.DE:8443/a?b") == "firma.de"
    assert is_own("shop.firma.de", ["firma.de"])
    assert not is_own("firma.de", ["shop.firma.de"])
    assert not is_own("", [""])
    assert spelling("medium", "Paid Social") == "paid_social"


def test_campaigns_are_told_from_plain_visits():
    assert classify("utm_source=x&utm_medium=social&utm_campaign=y").names_campaign
    assert classify("gclid=1").names_campaign
    assert not classify("", "https://www.google.de/").names_campaign
    assert classify("").is_direct


@pytest.mark.parametrize(
    ("query", "click"),
    [
        ("gclid=Cj0KCQiA_abc-123", Click("google", "gclid", "Cj0KCQiA_abc-123")),
        ("utm_source=x&MSCLKID=0123456789abcdef", Click("bing", "msclkid", "0123456789abcdef")),
        ("fbclid=IwAR0abc_DEF-9&gclid=Cj0KCQiA", Click("google", "gclid", "Cj0KCQiA")),
        ("gad_source=1&gad_campaignid=17", None),
        ("gclid=short", None),
        ("gclid=%3Cscript%3Ealert", None),
        ("gclid=" + "a" * 301, None),
        ("page=2", None),
        ("", None),
    ],
)
def test_the_id_of_a_single_click_is_told_from_other_marks(query, click):
    assert click_of(query) == click
