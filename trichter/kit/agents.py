"""User agents: bot or person, on what device, with which browser and system."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import crawleruseragents

Device = Literal["desktop", "mobile", "tablet", "unknown"]

# Programs, monitors and headless browsers that call themselves by name but are in no list of crawlers, and
# the
# words nearly every robot has in its name. "cubot" is a maker of phones.
_OWN_SIGNS = re.compile(
    r"(?<!cu)bot(?:\b|[/;_\s])|crawl|spider|slurp|scrap|headless|phantomjs|puppeteer|playwright|selenium|webdriver|"
    r"electron/|cypress|lighthouse|pagespeed|gtmetrix|pingdom|uptime|statuscake|site24x7|newrelic|datadog|nagios|"
    r"check_http|zabbix|monitor|healthcheck|kube-probe|curl|wget|libwww|lwp::|python|aiohttp|httpx|urllib|scrapy|"
    r"java/|okhttp|apache-http|go-http|node-fetch|axios|undici|got\s\(|ruby|faraday|guzzle|php/|perl|powershell|"
    r"postman|insomnia|httpie|httrack|nikto|nmap|masscan|zgrab|sqlmap|nuclei|wpscan|censys|shodan|preview|"
    r"facebookexternalhit|whatsapp/|telegrambot|skypeuripreview|slackbot|embedly|feed|rss|validator|archiver|"
    r"mediapartners|adsbot|google-|apis-google|bing\w*preview|gptbot|ccbot|claudebot|anthropic|perplexity",
    re.IGNORECASE,
)
_TABLET = re.compile(
    r"ipad|tablet|kindle|silk/|playbook|nexus (?:7|9|10)\b|sm-[tx]\d|lenovo tb|\bkf[a-z]{3,5}\b", re.I
)
_MOBILE = re.compile(r"iphone|ipod|mobile|windows phone|opera mini|blackberry|bb10|iemobile|kaios", re.I)
_DESKTOP = re.compile(r"windows nt|macintosh|x11|linux x86_64|cros |win64|wow64", re.I)
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Agent:
    """What a user agent tells. ``browser`` and ``os`` are family names without version, ``""`` when
    unknown.
    """

    is_bot: bool
    device: Device
    browser: str
    os: str


@lru_cache(maxsize=1)
def _crawlers() -> list[re.Pattern[str]]:
    """Compile the published list of crawlers in a few large patterns."""
    patterns = [entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA]
    return [re.compile("|".join(patterns[at : at + 100])) for at in range(0, len(patterns), 100)]


@lru_cache(maxsize=16_384)
def parse_agent(user_agent: str) -> Agent:
    """Read a user agent. None at all (``""`` or ``-``) counts as a bot: every browser sends one."""
    text = user_agent.strip()[:_LONGEST]
    if len(text) < 2 or is_bot_name(text):
        return Agent(True, "unknown", "", "")
    from ua_parser import parse_os, parse_user_agent  # large, and many processes never see a browser

    browser, system = parse_user_agent(text), parse_os(text)
    return Agent(False, _device(text), browser.family if browser else "", system.family if system else "")


def is_bot_name(text: str) -> bool:
    """Say whether a user agent names a crawler, a program, a monitor or a headless browser."""
    return bool(_OWN_SIGNS.search(text)) or any(pattern.search(text) for pattern in _crawlers())


def _device(text: str) -> Device:
    """Return the class of device. Android without ``Mobile`` is a tablet, as Google has asked makers to
    write.
    """
    if _TABLET.search(text):
        return "tablet"
    if _MOBILE.search(text):
        return "mobile"
    if "android" in text.lower():
        return "tablet"
    return "desktop" if _DESKTOP.search(text) else "unknown"
