"""Templates for tests."""

from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.rich_text import RichText

from trichter.engage.mailtemplates.models import MailTemplate

BASE = "https://crm.firma.de"


def text(html: str) -> tuple[str, Any]:
    return ("text", RichText(html))


def button(label: str = "Los", url: str = "https://firma.de/los", style: str = "primary") -> tuple[str, Any]:
    return ("button", {"label": label, "page": None, "url": url, "style": style})


def image() -> Image:
    data = BytesIO()
    Picture.new("RGB", (40, 20), "red").save(data, "PNG")
    return Image.objects.create(title="x", file=ImageFile(BytesIO(data.getvalue()), name="x.png"))


def template(*blocks: tuple[str, Any], live: bool = True, **values: Any) -> MailTemplate:
    """A published German template."""
    values = {
        "key": "probe", "name": "Probe", "subject": "Neues für {{ person.first_name | default: 'Sie' }}",
        "preheader": "Kurz gesagt", "live": False,
    } | values  # fmt: skip
    made = MailTemplate.objects.create(
        body=list(blocks) or [text("<p>{{ salutation }},</p>"), button()], **values
    )
    revision = made.save_revision()
    if live:
        revision.publish()
        made.refresh_from_db()
    return made


def fill_in(made: MailTemplate) -> None:
    """A starter's words as an editor leaves them: without brackets, and with buttons that lead somewhere."""
    made.save()
    made.refresh_from_db()
    made.body = made.body.stream_block.to_python(_filled(list(made.body.raw_data)))
    made.subject, made.preheader = _filled(made.subject), _filled(made.preheader)


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return "https://firma.de/lesen" if value == "/" else value.replace("[", "").replace("]", "")
    if isinstance(value, dict):
        return {name: _filled(inside) for name, inside in value.items()}
    return [_filled(inside) for inside in value] if isinstance(value, list) else value
