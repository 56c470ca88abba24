"""The mail with the link."""

from datetime import datetime
from html import escape

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from trichter.core.mail.queries import mail_settings
from trichter.core.mail.rendering import CannotRender, Rendered, RenderRequest
from trichter.core.shell.queries import company_zone, installation

from . import links, queries

_BUTTON = (
    "display:inline-block;padding:12px 20px;background:#2458d8;color:#ffffff;text-decoration:none;"
    "border-radius:6px;font-weight:600"
)


def render(asked: RenderRequest) -> Rendered:
    """In the language of the submission. Raises CannotRender when the file or the grant is gone."""
    row = queries.grant_of(number=int(asked.variables.get("grant", 0)))
    if row is None or row.released_at is None or queries.file_of(row.magnet) is None:
        raise CannotRender("no file any more")
    now = timezone.now()
    link = links.url(grant=row, at=now)
    opened = links.read(link.rpartition("/")[2])
    assert opened is not None
    sent = row.submission
    language = "en" if sent is not None and sent.language.startswith("en") else "de"
    house = mail_settings()
    imprint = "\n".join(line.strip() for line in house.imprint.splitlines() if line.strip())
    end = datetime.fromtimestamp(opened.until, tz=company_zone())
    with translation.override(language):
        parts = [
            _("Hello,"),
            _("here is what you asked for: %(name)s.") % {"name": row.magnet.name},
            link,
            _("The link is yours and valid until %(day)s.")
            % {"day": formats.date_format(end, "DATE_FORMAT")},
            f"{house.from_name or installation().name or 'Trichter'}\n{imprint}".strip(),
        ]
        subject, button = row.magnet.name, _("Download")
    blocks = []
    for part in parts:
        if part == link:
            blocks.append(f'<p><a href="{escape(link)}" style="{_BUTTON}">{escape(button)}</a></p>')
        else:
            blocks.append(f"<p>{escape(part)}</p>".replace("\n", "<br>"))
    html = (
        f'<!doctype html><html lang="{language}"><body style="font-family:sans-serif;line-height:1.5;'
        f'max-width:36em">{"".join(blocks)}</body></html>'
    )
    return Rendered(subject=subject, html=html, text="\n\n".join(parts))
