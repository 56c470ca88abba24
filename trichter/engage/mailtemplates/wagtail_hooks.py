"""What templates offer: the editor in the CMS, a renderer to the mail house, a menu entry to the shell."""

from collections.abc import Iterator

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from trichter.attract.ctas.queries import Use
from trichter.core.mail.rendering import Renderer
from trichter.core.mail.seeds import SeedMail
from trichter.core.shell.menu import MenuItem

from . import queries, rendering
from .models import MailTemplate


class MailTemplateViewSet(SnippetViewSet):
    """Templates in the CMS."""

    model = MailTemplate
    icon = "mail"
    add_to_admin_menu = True
    menu_label = _("Mail templates")
    list_display = ("name", "key", "language", "message_class", "live")
    list_filter = ("language", "message_class")
    search_fields = ("name", "key", "subject")


register_snippet(MailTemplateViewSet)


@hooks.register("register_mail_renderer")
def renderer() -> Renderer:
    """A template by its key, or by the number of a version."""
    return rendering.renderer()


@hooks.register("register_seed_mails")
def seed_mails() -> Iterator[SeedMail]:
    """Published templates."""
    for one in queries.usable():
        yield SeedMail(
            key=f"template-{one.pk}", name=_now("Mail template: %(name)s") % {"name": one.name},
            renderer=rendering.KEY, variables={"template": one.key},
            advertising=one.message_class == MailTemplate.Class.MARKETING,
        )  # fmt: skip


@hooks.register("register_cta_uses")
def cta_uses() -> Iterator[tuple[int, Use]]:
    """Templates that carry a call to action; a published one counts as visible."""
    return queries.cta_uses()


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: templates."""
    return MenuItem(
        group="mail", label=_("Mail templates"), url_name="mailtemplates:list", icon="template",
        permission="mailtemplates.view_mailtemplate", order=46,
    )  # fmt: skip
