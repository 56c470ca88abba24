"""The mail as it will look, for the editor and for other features."""

from typing import Any

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _

from trichter.core.mail import queries as mail
from trichter.core.mail.html import without_marks
from trichter.core.mail.rendering import CannotRender
from trichter.core.people.models import Person

from .merging import BadTag
from .models import MailTemplate
from .rendering import compile_template, values, write

SAMPLE = "#"
# A mail's styles stand in it, and nothing in it may run, load from elsewhere or send a form.
MAIL_POLICY = {
    "default-src": ["'none'"], "img-src": ["'self'", "data:"], "style-src": ["'unsafe-inline'"],
    "script-src": ["'none'"], "font-src": ["'none'"], "form-action": ["'none'"], "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"], "sandbox": [],
}  # fmt: skip


def contact_for(user: Any) -> Person | None:
    """The newest contact with a name whom this user may see."""
    if not user.has_perm("people.view_person"):
        return None
    rows = Person.objects.visible_to(user).filter(merged_into=None).exclude(last_name="")
    found: Person | None = rows.select_related("company", "owner").order_by("-pk").first()
    return found


def preview(*, template: MailTemplate, user: Any, mode: str) -> HttpResponse:
    """For Wagtail's preview. `mode`: without, with, text."""
    person = contact_for(user) if mode in ("with", "text") else None
    house = mail.mail_settings()
    try:
        found = compile_template(template=template, base="")
        given = values(
            person=person, address=person.email if person else "", unsubscribe_url=SAMPLE, house=house,
            language=found.language, form=found.form, extra={"confirm_url": SAMPLE}, ctas=found.ctas,
        )  # fmt: skip
        rendered = write(found=found, given=given)
    except (BadTag, CannotRender) as error:
        return HttpResponse(f"<p>{escape(_('The mail cannot be written:'))} {escape(error)}</p>")
    if mode == "text":
        return HttpResponse(
            f"{rendered.subject}\n\n{rendered.text}", content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(without_marks(rendered.html))
