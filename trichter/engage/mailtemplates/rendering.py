"""A template becomes mails: compiled once per version, then filled for every contact."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mrml
from django.utils.translation import gettext, override
from liquid import BoundTemplate

from trichter.core.mail import addresses
from trichter.core.mail import queries as mail
from trichter.core.mail.memory import Memo, remembered
from trichter.core.mail.models import MailSettings
from trichter.core.mail.rendering import CannotRender, Rendered, Renderer, RenderRequest
from trichter.core.people.models import Person
from trichter.core.shell.queries import installation

from . import calls
from .merging import BadTag, compiled, filled
from .models import MailTemplate
from .salutations import salutation
from .writing import FOOTER_TAGS, FooterWords, Writer, document, footer

KEY = "mailtemplates.template"
# Without own fonts nothing is loaded from elsewhere.
_OPTIONS = mrml.RenderOptions(fonts={})


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A template ready to be filled. `ctas`: numbers of calls to action, chosen for each recipient."""

    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate
    language: str
    form: str
    ctas: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """A mail before its merge tags are filled or even read. `words`: the text part without the footer.

    `without_alt`: names of pictures. `lost`: how many calls to action are gone or switched off.
    """

    subject: str
    preheader: str
    html: str
    text: str
    words: str
    language: str
    advertising: bool
    primary: int
    buttons: int
    without_alt: list[str]
    ctas: tuple[int, ...]
    lost: int


def source_of(
    *, template: MailTemplate, base: str, subject: str = "", preheader: str = "", advertising: bool = False
) -> Source:
    """Blocks → MJML → HTML and text. `advertising`: with its footer in any case. Raises BadTag."""
    subject, preheader = subject or template.subject, preheader or template.preheader
    writer = Writer(base=base)
    body, text = writer.body(template.body)
    marketing = advertising or template.message_class == MailTemplate.Class.MARKETING
    with override(template.language):
        words = FooterWords(
            why=gettext("You get this mail because you agreed to it."),
            stop=gettext("Unsubscribe"), preferences=gettext("Choose what you get"),
        )  # fmt: skip
    end, text_end = footer(marketing=marketing, words=words)
    mjml = document(
        body=body, footer=end, preheader=writer.word(preheader), language=template.language,
        title=writer.word(subject),
    )  # fmt: skip
    try:
        html = mrml.to_html(mjml, None, _OPTIONS).content
    except Exception as error:
        raise BadTag(f"MJML: {error}") from None
    html = writer.tags.back(html)
    for word, tag in FOOTER_TAGS.items():
        html = html.replace(word, tag)
    return Source(
        subject=subject, preheader=preheader, html=html.replace('lang="und"', f'lang="{template.language}"'),
        text=f"{text}\n\n{text_end}\n", words=text, language=template.language, advertising=marketing,
        primary=writer.primary, buttons=writer.buttons, without_alt=writer.without_alt,
        ctas=tuple(writer.ctas), lost=writer.lost,
    )  # fmt: skip


def compile_template(
    *, template: MailTemplate, base: str, subject: str = "", preheader: str = "", advertising: bool = False
) -> Compiled:
    """As `source_of`, ready to be filled. Raises BadTag."""
    found = source_of(
        template=template, base=base, subject=subject, preheader=preheader, advertising=advertising
    )
    return Compiled(
        subject=compiled(found.subject, html=False), html=compiled(found.html, html=True),
        text=compiled(found.text, html=False), language=found.language, form=template.form, ctas=found.ctas,
    )  # fmt: skip


@lru_cache(maxsize=200)
def _of_revision(
    revision: int, _stamp: str, base: str, subject: str, preheader: str, advertising: bool
) -> Compiled:
    template = version(revision=revision)
    if template is None:
        raise CannotRender(gettext("This version of the template does not exist any more."))
    return compile_template(
        template=template, base=base, subject=subject, preheader=preheader, advertising=advertising
    )


def version(*, revision: int) -> MailTemplate | None:
    """The template as it was in this version."""
    from .queries import revision_of

    found = revision_of(revision)
    return found.as_object() if found is not None else None


def of_revision(
    *, revision: int, base: str, subject: str = "", preheader: str = "", advertising: bool = False
) -> Compiled:
    """A version, compiled once per process. Raises CannotRender."""
    from .queries import stamp_of

    stamp = stamp_of(revision)
    if not stamp:
        raise CannotRender(gettext("This version of the template does not exist any more."))
    try:
        return _of_revision(revision, stamp, base, subject, preheader, advertising)
    except BadTag as error:
        raise CannotRender(str(error)) from None


def values(
    *, person: Person | None, address: str, unsubscribe_url: str, house: MailSettings, language: str,
    form: str, extra: Mapping[str, Any] | None = None, ctas: Iterable[int] = (), memo: Memo | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What merge tags name, for one recipient. `form` is the template's; one that is set for the person goes
    before it. `extra`: `vars`; its `confirm_url` is `links.confirm`.
    `ctas`: calls to action that the text carries. `memo`: shared by mails that are written one after another.
    """
    given = dict(extra or {})
    company = person.company if person is not None and person.company_id else None
    owner = person.owner if person is not None and person.owner_id else None
    name = house.from_name or installation().name
    imprint = " · ".join(line.strip() for line in house.imprint.splitlines() if line.strip())
    words = {
        "kind": person.salutation, "title": person.title, "first_name": person.first_name,
        "last_name": person.last_name,
    } if person is not None else {}  # fmt: skip
    return {
        "salutation": salutation(
            language=language, form=(person.address_form if person is not None else "") or form, **words
        ),
        "person": {
            "first_name": person.first_name, "last_name": person.last_name, "title": person.title,
            "name": " ".join(part for part in (person.title, person.first_name, person.last_name) if part),
            "email": address, "job_title": person.job_title, "city": person.city,
        } if person is not None else {"email": address},
        "company": {"name": company.name, "city": company.city, "industry": company.industry}
        if company is not None else {},
        "owner": {
            "name": str(owner) if owner is not None else name,
            "email": owner.email if owner is not None else house.reply_to or mail.sender_address(house),
        },
        "house": {"name": name, "imprint": imprint or name},
        "links": {
            "unsubscribe": unsubscribe_url,
            "preferences": str(given.get("preferences_url") or unsubscribe_url),
            "website": addresses.base_url(house), "confirm": str(given.get("confirm_url") or ""),
        },
        "vars": given,
        "cta": calls.values_of(
            ctas, person=person, language=language, base=addresses.base_url(house),
            memo={} if memo is None else memo,
        ),
    }  # fmt: skip


def write(*, found: Compiled, given: Mapping[str, Any]) -> Rendered:
    """A mail for one recipient. Raises CannotRender."""
    try:
        subject = " ".join(filled(found.subject, given).split())
        text = filled(found.text, given)
        return Rendered(
            subject=subject,
            html=filled(found.html, given),
            text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        )
    except BadTag as error:
        raise CannotRender(str(error)) from None


def render(request: RenderRequest) -> Rendered:
    """For core/mail: `variables` are `template` (key) or `revision` (number), and what `vars` shall know.

    `template_de`, `template_en`: keys for contacts of that language; `template` is for everybody else, and
    in place of one that is not published.
    """
    from .queries import published

    revision = request.variables.get("revision")
    if not revision:
        language = request.person.language[:2] if request.person is not None else ""
        key = str(request.variables.get("template", ""))
        own = str(request.variables.get(f"template_{language}") or "")
        template = remembered(
            request.memo, (KEY, own, key), lambda: (published(key=own) if own else None) or published(key=key)
        )
        if template is None:
            raise CannotRender(gettext("There is no published template “%(key)s”.") % {"key": key})
        revision = template.live_revision_id
    house, number = request.house or mail.mail_settings(), int(revision or 0)
    found = remembered(
        request.memo, (KEY, number, "text"),
        lambda: of_revision(revision=number, base=addresses.base_url(house)),
    )  # fmt: skip
    given = values(
        person=request.person, address=request.address, unsubscribe_url=request.unsubscribe_url, house=house,
        language=found.language, form=found.form, extra=request.variables, ctas=found.ctas, memo=request.memo,
    )  # fmt: skip
    return write(found=found, given=given)


def renderer() -> Renderer:
    """What the hook offers."""
    return Renderer(key=KEY, render=render)
