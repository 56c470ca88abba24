"""What an installation may set: environment variables first, then `trichter.toml`, then the default.

Every key exists once, here. `TRICHTER_DATA` in the environment is `data` in the file, and so on.
"""

import os
import secrets
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .language import gettext as _


class ConfError(ValueError):
    """A setting has a value that cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Conf:
    """The installation's settings.

    data: directory of everything that must survive (database, uploads, secret key, backups).
    database_url: empty for SQLite inside `data`; else `postgres://user:password@host/name`.
    clickhouse_url: empty: the engine answers; else `https://user:password@host:8443/database?cluster=name`.
    hosts: names the server answers to, separated by commas.
    email_url: `smtp+tls://user:password@host:port`, or a sending service (docs/mail.md); empty prints mails
    to the worker's log.
    email_webhook_secret: `user:password` that the sending service's reports carry; without it none is taken.
    email_webhook_key: the key with which the service signs them, where it does.
    require_mfa: who must use a second factor: `admin`, `all`, or nobody when empty.
    trusted_proxies: how many reverse proxies stand in front and set X-Forwarded-For.
    chat_private_hosts: hosts of the own network that chat messages may go to, separated by commas.
    inbox_mb: how much the collector may keep on the disk while the journal cannot be written.
    """

    data: str = "data"
    database_url: str = ""
    clickhouse_url: str = ""
    secret_key: str = ""
    debug: bool = False
    hosts: str = "127.0.0.1,localhost,[::1]"
    bind: str = "127.0.0.1"
    port: int = 8000
    web_threads: int = 4
    https: bool = False
    email_url: str = ""
    email_from: str = "trichter@localhost"
    email_webhook_secret: str = ""
    email_webhook_key: str = ""
    language: str = "de"
    require_mfa: str = ""
    trusted_proxies: int = 0
    chat_private_hosts: str = ""
    inbox_mb: int = 1024

    @property
    def data_dir(self) -> Path:
        """Absolute path of the data directory."""
        return Path(self.data).expanduser().resolve()


def read(*, environ: dict[str, str] | None = None, file: Path | None = None) -> Conf:
    """Read the settings. Raises ConfError for an unknown key or a value of the wrong type."""
    env = dict(os.environ) if environ is None else environ
    path = file or Path(env.get("TRICHTER_CONFIG", "trichter.toml"))
    values: dict[str, Any] = {}
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfError(f"{path}: {error}") from None
    known = {field.name: field.type for field in fields(Conf)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfError(
            _("{path}: unknown setting “{name}”; known are {known}").format(
                path=path, name=unknown[0], known=", ".join(sorted(known))
            )
        )
    for name in known:
        if f"TRICHTER_{name.upper()}" in env:
            values[name] = env[f"TRICHTER_{name.upper()}"]
    if "DATABASE_URL" in env and "TRICHTER_DATABASE_URL" not in env:
        values["database_url"] = env["DATABASE_URL"]
    conf = Conf(**{name: _typed(name=name, kind=known[name], value=value) for name, value in values.items()})
    if conf.require_mfa not in {"", "admin", "all"}:
        raise ConfError(
            _("require_mfa: “{value}” is none of admin, all and empty").format(value=conf.require_mfa)
        )
    return conf


def _typed(*, name: str, kind: Any, value: Any) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"0", "false", "no", "off", ""}:
            return False
        raise ConfError(_("{name}: “{value}” is neither true nor false").format(name=name, value=value))
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ConfError(
                _("{name}: “{value}” is not a whole number").format(name=name, value=value)
            ) from None
    return str(value)


def secret_key(*, conf: Conf) -> str:
    """The given key, or one that is made at the first start and kept beside the data (mode 0600)."""
    if conf.secret_key:
        return conf.secret_key
    path = conf.data_dir / "secret_key"
    conf.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
