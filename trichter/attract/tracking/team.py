"""Whether a request comes from the own team: by the browser's mark or by the office's addresses."""

from ipaddress import ip_network

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from .pipeline.steps import within
from .rules_source import tracking_settings


def is_team(request: HttpRequest) -> bool:
    """The same rule as the collector's, for what is counted outside of it."""
    if request.COOKIES.get("tr_team"):
        return True
    networks = tracking_settings().team_addresses
    if not networks:
        return False
    ip = str(get_adapter().get_client_ip(request) or "")
    return within(ip, (ip_network(text, strict=False) for text in networks))
