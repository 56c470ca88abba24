"""What the forms offer to the shell, to a contact's page and to the rules of retention."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks

from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.rights.retention import Kind, written
from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from . import actions, attention, queries
from .models import Submission
from .views.resources import Forms

_DONE = (Submission.State.PROCESSED.value,)
_NOT_DONE = (Submission.State.QUARANTINED.value, Submission.State.FAILED.value)


hooks.register("register_attention", attention.points)


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Marketing: forms and submissions."""
    return [
        MenuItem(
            group="site", label=_("Forms"), url_name="webforms:form_list", icon="forms",
            permission="webforms.view_form", order=40,
        ),
        MenuItem(
            group="site", label=_("Submissions"), url_name="webforms:submission_list", icon="inbox",
            permission="webforms.view_submission", order=42,
        ),
        MenuItem(
            group="site", label=_("Form"), url_name="webforms:form_new", icon="forms",
            permission="webforms.add_form", order=40, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> Provider:
    """Forms by name."""
    return Forms.get().search_provider(order=75)


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The last forms the contact sent, with the answers that stay with the submission."""
    if not request.user.has_perm("webforms.view_submission"):
        return []
    rows = list(queries.submissions_of(person)[:5])
    return [Panel(slot="side", order=55, template="forms/panel.html", context={"rows": rows})] if rows else []


def _counted(number: int) -> str:
    return ngettext("%(n)s submission", "%(n)s submissions", number) % {"n": written(number)}


def _example(row: Submission) -> tuple[str, str]:
    return str(row.form), reverse("webforms:submission_detail", args=[row.pk])


@hooks.register("register_retention")
def retention() -> list[Kind]:
    """Submissions, and what stayed in quarantine."""
    return [
        Kind(
            key="submissions", title=_("Submissions of forms"),
            about=_("Deletes the raw submissions and files; contact, answers in it and events stay."),
            months=24, rows=lambda before: queries.old_submissions(before=before, states=_DONE),
            age="received_at", counted=_counted, example=_example,
            apply=lambda before: actions.delete_old(before=before, states=_DONE),
        ),
        Kind(
            key="quarantine", title=_("Forms in quarantine"),
            about=_("Deletes what did not pass the checks and was released by nobody."),
            months=1, rows=lambda before: queries.old_submissions(before=before, states=_NOT_DONE),
            age="received_at", counted=_counted, example=_example,
            apply=lambda before: actions.delete_old(before=before, states=_NOT_DONE),
        ),
    ]  # fmt: skip
