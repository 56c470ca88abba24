"""Django's settings, derived from `conf`. Nothing here needs editing on an installation."""

import os
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from trichter.config import conf as _conf
from trichter.config.postal import way_of

CONF = _conf.read()
PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = CONF.data_dir
DATA_DIR.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(DATA_DIR / "kernels"))  # compiled once per installation

SECRET_KEY = _conf.secret_key(conf=CONF)
DEBUG = CONF.debug
ALLOWED_HOSTS = [host.strip() for host in CONF.hosts.split(",") if host.strip()]
INTERNAL_IPS: list[str] = []
CHAT_PRIVATE_HOSTS = [host.strip() for host in CONF.chat_private_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    # ours, from the front of the house to the cellar
    "trichter.demo",
    "trichter.connect.api",
    "trichter.connect.imports",
    "trichter.measure.content",
    "trichter.measure.kpis",
    "trichter.measure.traffic",
    "trichter.measure.funnels",
    "trichter.measure.clickhouse",
    "trichter.measure.engine",
    "trichter.close.playbooks",
    "trichter.close.handover",
    "trichter.close.orders",
    "trichter.close.pipeline",
    "trichter.engage.newsletters",
    "trichter.engage.mailtemplates",
    "trichter.engage.journeys",
    "trichter.engage.magnets",
    "trichter.engage.optin",
    "trichter.attract.links",
    "trichter.attract.ctas",
    "trichter.attract.popups",
    "trichter.attract.forms",
    "trichter.attract.replay",
    "trichter.attract.tracking",
    "trichter.attract.campaigns",
    "trichter.core.segments",
    "trichter.core.mail",
    "trichter.attract.pages",
    "trichter.core.lifecycle",
    "trichter.core.rights",
    "trichter.core.consent",
    "trichter.core.people",
    "trichter.core.journal",
    "trichter.core.jobs",
    "trichter.core.notices",
    "trichter.core.accounts",
    "trichter.core.shell",
    # content
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    # libraries
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trichter.core.accounts.middleware.SeenMiddleware",
    "trichter.core.accounts.middleware.AuditMiddleware",
    "trichter.core.accounts.middleware.EntranceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trichter.core.shell.middleware.PreferencesMiddleware",
    "trichter.core.shell.middleware.CmsDoorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "trichter.measure.clickhouse.middleware.AwayMiddleware",
]

ROOT_URLCONF = "trichter.config.urls"
WSGI_APPLICATION = "trichter.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "trichter.core.shell.templatetags.remembered",
                "django.templatetags.l10n",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trichter.core.shell.context.shell",
                "trichter.core.notices.context.unread",
            ],
        },
    }
]
FORM_RENDERER = "trichter.core.shell.widgets.Renderer"


def _database() -> dict[str, Any]:
    if CONF.database_url:
        found: dict[str, Any] = environ.Env.db_url_config(CONF.database_url)
        found.update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
        return found
    # WAL with FULL: a commit is on the disk before it is acknowledged; IMMEDIATE: a writer waits for its
    # turn at the start instead of failing in the middle of a transaction.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "trichter.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
            " PRAGMA mmap_size=2147418112; PRAGMA temp_store=MEMORY;",
        },
    }


DATABASES = {"default": _database()}
CLICKHOUSE_URL = CONF.clickhouse_url
if CLICKHOUSE_URL:
    from trichter.measure.clickhouse.client import Address

    try:
        Address.of(CLICKHOUSE_URL)
    except ValueError as error:
        raise _conf.ConfError(f"clickhouse_url: {error}") from None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "trichter_cache",
        # The counters of throttling live here: a small cache would forget them under attack.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/app/"

# Users are created by an administrator and log in by e-mail. `key` is account and address together, so a
# stranger's guesses slow the stranger down and never lock the owner out.
ACCOUNT_ADAPTER = "trichter.core.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"change_password": "trichter.core.accounts.forms.NewPasswordForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "50/15m/ip,10/15m/key",
    "reset_password": "20/15m/ip,5/15m/key",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = CONF.trusted_proxies
MFA_ADAPTER = "trichter.core.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "trichter.core.accounts.passkeys.AddForm",
    "authenticate_webauthn": "trichter.core.accounts.passkeys.AuthenticateForm",
    "login_webauthn": "trichter.core.accounts.passkeys.LoginForm",
    "reauthenticate_webauthn": "trichter.core.accounts.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONF.https
REQUIRE_MFA = CONF.require_mfa
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = CONF.https
SECURE_HSTS_SECONDS = 31_536_000 if CONF.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = CONF.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONF.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

# Strict everywhere; Wagtail's own pages need inline scripts and styles and get them only under /cms/.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "EXCLUDE_URL_PREFIXES": ["/cms/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

LANGUAGE_CODE = CONF.language
LANGUAGES = [("de", _("German")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
INBOX_DIR = DATA_DIR / "inbox"
REPLAY_INBOX_DIR = DATA_DIR / "inbox-replay"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Every mail goes into the queue first; the worker hands it to the transport, which may take its time.
EMAIL_BACKEND = "trichter.core.jobs.mail.QueueBackend"
MAIL_SERVER = bool(CONF.email_url)
_way = way_of(CONF)
MAIL_TRANSPORT = _way.backend
ANYMAIL = _way.anymail
vars().update(_way.email)
DEFAULT_FROM_EMAIL = CONF.email_from
EMAIL_TIMEOUT = 60

WAGTAIL_SITE_NAME = "Trichter"
# Files go out under /media/, where only pictures, audio and video are open to everybody.
WAGTAILDOCS_SERVE_METHOD = "direct"
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"avif": "avif", "webp": "webp"}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILADMIN_BASE_URL = ""
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Some systems list "localtime" and "Factory", at which the editor's script ends with an error.
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime", "Factory"})
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# People and passwords are looked after in one place, under /app/ and /accounts/.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = (
    False
)
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"trichter": {"level": "INFO"}},
}
