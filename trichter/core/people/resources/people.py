"""Contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.accounts.models import User
from trichter.core.shell import filters
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, BuiltinView, Resource

from .. import actions, queries
from ..errors import PeopleError
from ..forms import OwnerForm, PersonForm, TagNamesForm, TagsForm
from ..headlines import channel
from ..models import Person, Tag
from ..panels import marks
from ..views.person import PersonView
from .common import (
    QUIET_DAYS,
    TONES,
    HasFilter,
    QuietFilter,
    merge_two,
    readable,
    source_choices,
    stage_choices,
    with_stage,
)

HOT = 60


def _by_hand(user: User) -> str:
    return gettext("Entered by %(user)s") % {"user": user}


def _under_the_name(row: Any) -> str:
    """What marks the contact, and the address."""
    told = [str(one.label) for one in marks() if getattr(row, f"mark_{one.name}", False)]
    return " · ".join([*told, *([row.email] if row.email and row.email != row.name else [])])


class People(Resource):
    """Contacts."""

    _offered: Mapping[str, Any] | None = None
    model = Person
    path = "people/"
    icon = "users"
    export_permission = "people.export_person"
    select = ("company", "owner")
    prefetch = ("tags",)
    search = (
        "first_name",
        "last_name",
        "email",
        "company__name",
        "phone",
        "mobile",
        "phones__number",
        "links__identity__value",
    )
    search_hint = _("Name, e-mail, company, phone …")
    order = "-last_seen_at"
    columns = (
        Column(
            name="name", label=_("Name"), lead=True, avatar=True, value=lambda row: row.name,
            sub=_under_the_name,
            sort=("last_name", "first_name", "email"),
        ),
        Column(
            name="company", url=lambda row: reverse("people:company_detail", args=[row.company_id]),
        ),
        Column(
            name="stage_label", label=_("Stage"), kind="badge", tones=TONES, sort=("stage_position",)
        ),
        Column(name="score", label=_("Score"), kind="meter"),
        Column(name="owner", kind="user"),
        Column(name="source", value=lambda row: channel(row.source, row.medium), sort=("source", "medium")),
        Column(name="last_seen_at", kind="time"),
        Column(name="email", shown=False),
        Column(name="phone", value=lambda row: readable(row.phone), sort=("phone",), shown=False),
        Column(name="mobile", value=lambda row: readable(row.mobile), sort=("mobile",), shown=False),
        Column(name="job_title", shown=False),
        Column(name="buying_role", shown=False),
        Column(name="address_form", shown=False),
        Column(name="tags", kind="tags", shown=False),
        Column(name="postcode", shown=False),
        Column(name="city", shown=False),
        Column(name="country", shown=False),
        Column(name="salutation", shown=False),
        Column(name="title", shown=False),
        Column(name="first_name", shown=False),
        Column(name="last_name", shown=False),
        Column(name="first_seen_at", kind="time", shown=False),
        Column(name="created_at", kind="time", shown=False),
    )  # fmt: skip
    properties = (
        Column(name="email", url=lambda row: f"mailto:{row.email}"),
        Column(name="phone", value=lambda row: readable(row.phone), url=lambda row: f"tel:{row.phone}"),
        Column(name="mobile", value=lambda row: readable(row.mobile), url=lambda row: f"tel:{row.mobile}"),
        Column(name="company", url=lambda row: reverse("people:company_detail", args=[row.company_id])),
        Column(name="job_title"),
        Column(name="buying_role"),
        Column(name="owner", kind="user"),
        Column(name="tags", kind="tags"),
        Column(name="salutation"),
        Column(name="title"),
        Column(name="address_form"),
        Column(name="first_name"),
        Column(name="last_name"),
        Column(name="street"),
        Column(name="postcode"),
        Column(name="city"),
        Column(name="country"),
        Column(name="language"),
    )
    _filters = {
        "stage": filters.choice(choices=stage_choices, label=_("Stage")),
        "owner": filters.owner(),
        "source": filters.choice(choices=source_choices, label=_("First source")),
        "score": filters.number(label=_("Score from")),
        "tag": filters.related(
            queryset=lambda user: Tag.objects.all(), field="tags", label=pgettext_lazy("contact", "Tag")
        ),
        "firm": filters.text(field="company__name", label=_("Company")),
        "buying_role": filters.choice(
            choices=lambda: Person.BuyingRole.choices[1:], label=_("Role in the buying centre")
        ),
        "address_form": filters.choice(
            choices=lambda: Person.AddressForm.choices[1:], label=_("Form of address")
        ),
        "created_at": filters.period(label=_("Created")),
        "last_seen_at": filters.period(label=_("Last activity")),
        "quiet": QuietFilter(
            label=_("No activity for"), choices=[(str(days), text) for days, text in QUIET_DAYS],
            empty_label="–",
        ),
        "has_email": HasFilter(
            field_name="email", label=_("Has e-mail"), choices=[("true", _("Yes")), ("false", _("No"))],
            empty_label=_("All"),
        ),
    }  # fmt: skip
    views = (
        BuiltinView(key="mine", label=_("My contacts"), query="owner=me"),
        BuiltinView(key="hot", label=_("Hot"), query=f"score={HOT}&sort=-score"),
        BuiltinView(key="quiet", label=_("Quiet for 30 days"), query="quiet=30"),
        BuiltinView(key="free", label=_("Without owner"), query="owner=none"),
    )
    form = PersonForm
    detail_view = PersonView
    empty_text = _("Create the first contact, or import your contacts from a file.")

    @property
    def filters(self) -> Mapping[str, Any]:  # type: ignore[override]
        """Our own and those that features above offer; made once, as the filters of a class are."""
        if self._offered is None:
            offers = (offer() for offer in hooks.get_hooks("register_person_filters"))
            self._offered = self._filters | {name: one for offer in offers for name, one in offer.items()}
        return self._offered

    @property
    def bulk(self) -> tuple[BulkAction, ...]:  # type: ignore[override]
        """Our own and those that features above offer."""
        offers = (offer() for offer in hooks.get_hooks("register_person_bulk"))
        return (*self._bulk, *(one for offer in offers for one in offer))

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        staged = with_stage(super().queryset(user=user).filter(merged_into=None))
        rows: QuerySet[Any] = staged.annotate(**{f"mark_{one.name}": one.holds for one in marks()})
        return rows

    def subtitle(self, *, obj: Any) -> str:
        return " · ".join(part for part in (obj.job_title, str(obj.company or ""), obj.email) if part)

    def save(self, *, form: Any, user: Any) -> Any:
        data = dict(form.cleaned_data)
        tags = data.pop("tags", None)
        if (company := data.get("company")) is not None and company.pk is None:
            data["company"], _made = actions.find_or_create_company(name=company.name, at=timezone.now())
        evidence, now = _by_hand(user), timezone.now()
        try:
            if form.instance.pk:
                person = actions.update_person(person=form.instance, changes=data, evidence=evidence, at=now)
            else:
                email, phone = data.pop("email"), data.pop("phone")
                if email and (known := queries.find_by_email(email)):
                    raise forms.ValidationError(self._known(person=known, user=user))
                data.setdefault("owner", None)
                person, _made = actions.find_or_create_person(
                    email=email, phone=phone, defaults=data, at=now, origin=evidence
                )
        except PeopleError as error:
            other = getattr(error, "person", None)
            raise forms.ValidationError(
                self._known(person=other, user=user) if other else str(error)
            ) from error
        if tags is not None:
            actions.set_tags(record=person, names=tags)
        return person

    def _known(self, *, person: Person, user: Any) -> str:
        """Says who has the address, with a link, to those who may see him."""
        if not queries.people(user=user).filter(pk=person.pk).exists():
            return gettext("This address belongs to another contact already.")
        text = gettext("This address belongs to another contact already:")
        return format_html('{} <a href="{}">{}</a>', text, self.url("detail", person.pk), person.name)

    def form_kwargs(self, *, user: Any, obj: Any | None) -> dict[str, Any]:
        return {} if obj is not None else {"initial": {"owner": user.pk}}

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        url = reverse("people:duplicates")
        return [Action(label=_("Duplicates"), url=url, icon="git-merge", permission="people.merge_person")]

    _bulk = (
        BulkAction(
            key="owner", label=_("Assign owner"), icon="user-check", form=OwnerForm,
            run=lambda rows, user, data: actions.assign_owner(
                people=list(rows.values_list("pk", flat=True)), owner=data["owner"]
            ),
        ),
        BulkAction(
            key="tag", label=_("Add tags"), icon="tag", form=TagNamesForm,
            run=lambda rows, user, data: actions.add_tags(
                people=list(rows.values_list("pk", flat=True)), names=data["tags"]
            ),
        ),
        BulkAction(
            key="untag", label=_("Remove tags"), icon="tags", form=TagsForm,
            run=lambda rows, user, data: actions.remove_tags(
                people=list(rows.values_list("pk", flat=True)), tags=data["tags"]
            ),
        ),
        BulkAction(
            key="merge", label=_("Merge two"), icon="git-merge", permission="people.merge_person",
            run=lambda rows, user, data: 0, go=merge_two,
        ),
    )  # fmt: skip
