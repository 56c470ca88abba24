"""From `email_url` to a way out of the house: SMTP, or a sending service through django-anymail."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import environ

from .conf import Conf, ConfError
from .language import gettext as _

CONSOLE = "django.core.mail.backends.console.EmailBackend"
# Scheme → names of anymail's settings for user, password and host of the address, in this order.
_SERVICES: dict[str, tuple[str, str, str]] = {
    "brevo": ("BREVO_API_KEY", "", ""),
    "mailersend": ("MAILERSEND_API_TOKEN", "", ""),
    "mailgun": ("MAILGUN_API_KEY", "", "MAILGUN_SENDER_DOMAIN"),
    "mailjet": ("MAILJET_API_KEY", "MAILJET_SECRET_KEY", ""),
    "postmark": ("POSTMARK_SERVER_TOKEN", "", ""),
    "sendgrid": ("SENDGRID_API_KEY", "", ""),
    "sparkpost": ("SPARKPOST_API_KEY", "", ""),
}
_EUROPE = {"mailgun": ("MAILGUN_API_URL", "https://api.eu.mailgun.net/v3"),
           "sparkpost": ("SPARKPOST_API_URL", "https://api.eu.sparkpost.com/api/v1")}  # fmt: skip
_SIGNING = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """`backend`: the Django backend that sends; `email`: EMAIL_… settings; `anymail`: the dict ANYMAIL."""

    backend: str
    email: dict[str, Any] = field(default_factory=dict)
    anymail: dict[str, Any] = field(default_factory=dict)


def way_of(conf: Conf) -> Way:
    """Read `email_url`. `postmark://TOKEN@`, `mailgun+eu://KEY@mg.firma.de`, `smtp+tls://user:pass@host:587`.

    Raises ConfError for a service without its key.
    """
    anymail: dict[str, Any] = {"WEBHOOK_SECRET": conf.email_webhook_secret, "REQUESTS_TIMEOUT": 30}
    if not conf.email_url:
        return Way(backend=CONSOLE, anymail=anymail)
    parts = urlsplit(conf.email_url)
    service, _plus, region = parts.scheme.partition("+")
    if service not in _SERVICES:
        found: dict[str, Any] = environ.Env.email_url_config(conf.email_url)
        return Way(backend=found.pop("EMAIL_BACKEND"), email=found, anymail=anymail)
    # The key stands where a user would; `postmark://TOKEN` without an @ is meant the same way.
    credentials, _at, host = parts.netloc.rpartition("@") if "@" in parts.netloc else (parts.netloc, "", "")
    user, _colon, password = credentials.partition(":")
    if not user:
        raise ConfError(
            _("email_url: {service} needs its key, as in {service}://KEY@").format(service=service)
        )
    for name, value in zip(_SERVICES[service], (user, password, host), strict=True):
        if name and value:
            anymail[name] = unquote(value)
    if region == "eu" and service in _EUROPE:
        name, value = _EUROPE[service]
        anymail[name] = value
    if conf.email_webhook_key and service in _SIGNING:
        anymail[_SIGNING[service]] = conf.email_webhook_key
    return Way(backend=f"anymail.backends.{service}.EmailBackend", anymail=anymail)
