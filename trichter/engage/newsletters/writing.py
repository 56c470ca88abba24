"""The renderer of newsletters: the pinned version of the template, filled for one contact."""

from trichter.core.mail import addresses
from trichter.core.mail import queries as mail
from trichter.core.mail.memory import Memo, remembered
from trichter.core.mail.models import MailSettings
from trichter.core.mail.rendering import CannotRender, Rendered, RenderRequest
from trichter.core.people.models import Person

from ..mailtemplates.rendering import Compiled, of_revision, values, write
from . import queries
from .models import Newsletter

KEY = "newsletters.issue"
TEST = "[Test] "


def compiled_of(newsletter: Newsletter, *, base: str) -> Compiled:
    """The text of a newsletter: pinned, or the published one while it is a draft. Raises CannotRender."""
    revision = newsletter.revision or newsletter.template.live_revision_id
    if revision is None:
        raise CannotRender("no published version")
    return of_revision(
        revision=revision, base=base, subject=newsletter.subject, preheader=newsletter.preheader,
        advertising=True,
    )  # fmt: skip


def issue_for(
    newsletter: Newsletter,
    *,
    person: Person | None,
    address: str,
    unsubscribe_url: str,
    base: str | None = None,
    house: MailSettings | None = None,
    found: Compiled | None = None,
    memo: Memo | None = None,
) -> Rendered:
    """The mail as this contact gets it. `found`: its text, when it is known; `memo`: shared by many mails.

    Raises CannotRender.
    """
    house = house or mail.mail_settings()
    found = found or compiled_of(newsletter, base=addresses.base_url(house) if base is None else base)
    given = values(
        person=person, address=address, unsubscribe_url=unsubscribe_url, house=house,
        language=found.language, form=found.form, ctas=found.ctas, memo=memo,
    )  # fmt: skip
    return write(found=found, given=given)


def render(request: RenderRequest) -> Rendered:
    """For core/mail. `variables`: `newsletter`; for a test `test` and whose data it shows."""
    number = int(request.variables.get("newsletter", 0))
    newsletter = remembered(request.memo, (KEY, number), lambda: queries.newsletter_of(number))
    if newsletter is None:
        raise CannotRender("newsletter gone")
    house = request.house or mail.mail_settings()
    found = remembered(
        request.memo, (KEY, number, "text"),
        lambda: compiled_of(newsletter, base=addresses.base_url(house)),
    )  # fmt: skip
    person = request.person
    test = bool(request.variables.get("test"))
    if test:
        person = queries.person_of(request.variables.get("person"))
    rendered = issue_for(
        newsletter, person=person, address=request.address, unsubscribe_url=request.unsubscribe_url,
        house=house, found=found, memo=request.memo,
    )  # fmt: skip
    if not test:
        return rendered
    return Rendered(subject=TEST + rendered.subject, html=rendered.html, text=rendered.text)
