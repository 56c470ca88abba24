"""Browsers are told from robots, and addresses find their country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.agents import Agent, parse_agent
from trichter.kit.geo import country

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.1 Safari/605.1.15"
IPHONE = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1"
)
ANDROID = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36"
TABLET = f"Mozilla/5.0 (Linux; Android 13; SM-X900) {CHROME} Safari/537.36"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1"
CUBOT = f"Mozilla/5.0 (Linux; Android 12; CUBOT P60) {CHROME} Mobile Safari/537.36"
OPERA_MINI = "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; de) Presto/2.8.119 Version/11.10"


@pytest.mark.parametrize(
    ("text", "device", "browser", "system"),
    [
        (WINDOWS, "desktop", "Chrome", "Windows"),
        (FIREFOX, "desktop", "Firefox", "Linux"),
        (MAC, "desktop", "Safari", "Mac OS X"),
        (IPHONE, "mobile", "Mobile Safari", "iOS"),
        (ANDROID, "mobile", "Chrome Mobile", "Android"),
        (TABLET, "tablet", "Chrome", "Android"),
        (IPAD, "tablet", "Mobile Safari", "iOS"),
        (CUBOT, "mobile", "Chrome Mobile", "Android"),
    ],
)
def test_people_are_known_by_device_browser_and_system(text, device, browser, system):
    assert parse_agent(text) == Agent(False, device, browser, system)


def test_old_phones_are_phones():
    assert parse_agent(OPERA_MINI).device == "mobile"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "facebookexternalhit/1.1",
        "curl/8.5.0",
        "python-requests/2.32",
        "Go-http-client/1.1",
        "Wget/1.21",
        "okhttp/4.12",
        "UptimeRobot/2.0",
        "Pingdom.com_bot_version_1.4",
        "check_http/v2.3.3 (nagios-plugins 2.3.3)",
        WINDOWS.replace("Chrome/", "HeadlessChrome/"),
        "kube-probe/1.30",
        "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    ],
)
def test_robots_and_programs_are_bots(text):
    assert parse_agent(text).is_bot


@given(st.text(max_size=800))
def test_any_text_has_an_agent(text):
    assert parse_agent(text).device in {"desktop", "mobile", "tablet", "unknown"}


@pytest.mark.parametrize(
    ("ip", "code"),
    [
        ("8.8.8.8", "US"),
        ("::ffff:8.8.8.8", "US"),
        ("2a00:1450:4001::1", "IE"),
        ("[2a00:1450:4001::1]", "IE"),
        ("192.168.1.1", ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("fe80::1%eth0", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_addresses_have_a_country_or_none(ip, code):
    assert country(ip) == code
