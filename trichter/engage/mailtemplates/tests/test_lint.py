"""The check before a mail is sent: what is an error, what a hint, and whom an error holds up."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from trichter.attract.pages.tests.making import page
from trichter.core.mail.models import Check
from trichter.core.mail.tests.making import SMTP, ready
from trichter.engage.journeys.queries import known
from trichter.engage.journeys.rules.reading import problems_of
from trichter.engage.mailtemplates import lint, lintrules
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.mailtemplates.rendering import KEY
from trichter.engage.mailtemplates.views import editor_url
from trichter.engage.newsletters import checking
from trichter.engage.newsletters.tests.making import newsletter

from .making import button, image, template, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_anew() -> None:
    lint.forget()


def found(*blocks: Any, **values: Any) -> dict[str, tuple[bool, tuple[str, ...]]]:
    made = template(*blocks, key=f"k{MailTemplate.objects.count()}", **values)
    return {one.key: (one.blocking, one.places) for one in lint.findings(template=made)}


def link(words: str, target: str) -> str:
    return f'<html><body><a href="{target}">{words}</a></body></html>'


@pytest.mark.parametrize(("words", "target", "wrong"), [
    ("www.bank.de", "https://evil.example/bank.de", True),
    ("https://firma.de/preise", "https://firma-de.example/", True),
    ("info@firma.de", "mailto:info@evil.example", True),
    ("firma.de", "https://www.firma.de/x", False),
    ("crm.firma.de", "https://firma.de/", False),
    ("info@firma.de", "mailto:info@firma.de?subject=x", False),
    ("Zur Firma", "https://evil.example/", False),
    ("Version 2.0", "https://evil.example/", False),
    ("firma.de", "{{ links.website }}", False),
])  # fmt: skip
def test_a_shown_address_must_be_the_one_it_leads_to(words: str, target: str, wrong: bool) -> None:
    assert bool(lintrules.misleading(lintrules.links(link(words, target)))) is wrong


@pytest.mark.parametrize(("said", "language"), [
    ("Sie erhalten die Unterlagen mit der Post, und wir melden uns.", "de"),
    ("You get the papers with the mail, and we will call you.", "en"),
    ("Wir melden uns bei Ihnen und Sie erhalten die Unterlagen. "
     "You will get the papers and we call you on the phone.", "both"),
    ("Preise 2026", ""),
])  # fmt: skip
def test_a_language_is_known_by_its_small_words(said: str, language: str) -> None:
    assert lintrules.spoken(said) == language


def test_a_picture_without_a_width_and_a_link_without_a_target_are_told() -> None:
    html = '<html><body><img src="/a/b.png"><img src="c.png" width="40" alt="C"><a href="#">Hier</a></body></html>'
    assert lintrules.without_size(html) == ["b.png"]
    assert lintrules.leading_nowhere(lintrules.links(html)) == ["“Hier”"]


def test_errors_name_their_place_and_come_first(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    seen = found(
        text('<p>[Worum geht es?] <a href="https://evil.example/">www.bank.de</a> <a href="">Mehr</a></p>'),
        button("Zum Angebot", url="/gibt-es-nicht/"),
        ("image", {"image": image(), "alt": "", "url": ""}),
        text("<p>Hallo {{ person.first_name }}{% if company.name %} von {{ company.name }}{% endif %}</p>"),
        preheader="",
    )
    assert seen["placeholder"] == (True, ("[Worum geht es?]",))
    assert seen["no_target"] == (True, ("“Mehr”",))
    assert seen["misleading_link"] == (True, ("“www.bank.de”",))
    assert seen["dead_link"] == (True, ("“Zum Angebot” (/gibt-es-nicht/)",))
    assert seen["missing_alt"] == (False, ("x",))
    assert seen["bare_tag"] == (False, ("{{ person.first_name }}",))
    assert seen["no_preheader"] == (False, ())
    assert list(seen) == sorted(seen, key=lambda key: not seen[key][0])


def test_a_link_to_a_page_is_right_once_the_page_is_published() -> None:
    made = page("Preise")
    blocks = (text("<p>Hallo</p>"), button("Preise", url=made.url))
    assert "dead_link" not in found(*blocks)
    made.unpublish()
    assert "dead_link" in found(*blocks)


def test_the_language_of_the_template_and_of_the_subject_is_compared_with_the_text() -> None:
    english = text("<p>You get the papers with the mail, and we will call you on the phone.</p>")
    assert "other_language" in found(english, button())
    assert "other_language" not in found(english, button(), language="en")
    assert "other_subject" in found(english, button(), language="en",
                                    subject="Wie Sie mit uns auf der Messe von den Preisen hören")  # fmt: skip


def test_a_mail_of_pictures_alone_has_no_text_part(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert "no_text" in found(("image", {"image": image(), "alt": "", "url": ""}))
    assert "no_text" not in found(("image", {"image": image(), "alt": "Ein Auto", "url": ""}))


def test_an_error_holds_a_newsletter_up_and_a_hint_does_not() -> None:
    ready()
    made = newsletter()
    made.template.body = [text("<p>[Thema]</p>")]
    made.template.save_revision().publish()
    made.template.refresh_from_db()
    points = {one.key: one.blocking for one in checking.points(made, now=timezone.now()) if not one.ok}
    assert points["placeholder"] is True and points["no_cta"] is False


def test_an_error_holds_a_journey_up_until_it_is_put_right() -> None:
    made = template(text("<p>[Thema]</p>"), button())
    source = {"kind": "renderer", "key": KEY, "variables": {"template": made.key}}
    draft = {
        "goal": None,
        "steps": [{"do": "mail", "id": "m", "source": source, "purpose": "newsletter"}],
    }
    codes = {one.code for one in problems_of(draft, known=known())}
    assert "template_unfit" in codes
    made.body = [text("<p>Unser Thema</p>"), button()]
    made.save_revision().publish()
    lint.forget()
    assert "template_unfit" not in {one.code for one in problems_of(draft, known=known())}


def test_the_sender_s_domain_is_a_hint_where_mails_leave_the_house(settings: Any) -> None:
    ready()
    assert lint.of_sender() == []
    settings.MAIL_TRANSPORT = SMTP
    assert lint.of_sender() == []
    Check.objects.filter(name__in=["spf", "dkim"]).update(found=[])
    (one,) = lint.of_sender()
    assert not one.blocking and len(one.places) == 2


def test_the_editor_and_the_list_show_it(login: Callable[..., Any]) -> None:
    made = template(text("<p>[Thema]</p>"), button())
    client = login("marketing")
    for url in ("/app/mail-templates/", editor_url(made.pk)):
        response = client.get(url)
        assert response.status_code == 200 and "[Thema]" in response.content.decode(), url
    assert login().get("/app/mail-templates/").status_code == 403
