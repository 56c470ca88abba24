"""What newsletters offer: their renderer to the mail house, a menu entry to the shell."""

from collections.abc import Iterator

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.mail.rendering import Renderer
from trichter.core.mail.seeds import SeedMail
from trichter.core.shell.menu import MenuItem

from . import queries, writing


@hooks.register("register_mail_renderer")
def renderer() -> Renderer:
    """The text of a newsletter for one contact."""
    return Renderer(key=writing.KEY, render=writing.render)


@hooks.register("register_seed_mails")
def seed_mails() -> Iterator[SeedMail]:
    """Newsletters with a published template: the drafts first."""
    for one in queries.testable():
        yield SeedMail(
            key=f"newsletter-{one.pk}", name=_now("Newsletter: %(name)s") % {"name": one.name},
            renderer=writing.KEY, variables={"newsletter": one.pk},
        )  # fmt: skip


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Marketing: newsletters."""
    return [
        MenuItem(
            group="mail", label=_("Newsletters"), url_name="newsletters:newsletter_list", icon="send",
            permission="newsletters.view_newsletter", order=45,
        ),
        MenuItem(
            group="mail", label=_("Newsletter"), url_name="newsletters:newsletter_new", icon="send",
            permission="newsletters.add_newsletter", order=25, create=True,
        ),
    ]  # fmt: skip
