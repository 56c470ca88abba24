"""The settings in the form the collector works with."""

from ipaddress import ip_network

from django.conf import settings
from django.utils import timezone

from trichter.core.accounts import tokens
from trichter.core.consent.webconsents import withdrawn_elsewhere
from trichter.core.shell.queries import installation

from .models import TrackingSettings
from .pipeline.draft import Rules
from .salts import salts

_SEND = "tracking.send_event"


def tracking_settings() -> TrackingSettings:
    """The saved settings; the defaults while none are saved."""
    return TrackingSettings.objects.filter(pk=1).first() or TrackingSettings(pk=1)


def own_domains() -> tuple[str, ...]:
    """The company's domains, and the names this server answers to: it has public pages itself."""
    named = [str(domain) for domain in installation().own_domains]
    served = [host.strip("[]").lstrip(".") for host in settings.ALLOWED_HOSTS if "*" not in host]
    return tuple(dict.fromkeys([*named, *served]))


def current_rules() -> Rules:
    """Read settings and salts. Raises DatabaseError."""
    saved = tracking_settings()
    return Rules(
        own_domains=own_domains(),
        team=tuple(ip_network(text, strict=False) for text in saved.team_addresses),
        excluded=tuple(saved.excluded_pages),
        salts=salts(now=timezone.now()),
        trusted_proxies=settings.CONF.trusted_proxies,
        withdrawn=withdrawn_elsewhere(),
    )


def token_refusal(*, secret: str) -> tuple[int, str] | None:
    """Why this token may not send events; None when it may. Raises DatabaseError."""
    token = tokens.living_token(secret=secret)
    if token is None:
        return 401, "A valid token is needed: “Authorization: Bearer …”."
    if tokens.WRITE not in token.scopes:
        return 403, f"This token lacks the scope “{tokens.WRITE}”."
    if not token.user.has_perm(_SEND):
        return 403, f"The user of this token lacks the right “{_SEND}”."
    return None
