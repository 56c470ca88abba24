"""The six roles. A role is a Django group of this name; what it may do is declared here and nowhere else."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import User

MARKETING, SALES, SERVICE, MANAGEMENT = "marketing", "sales", "service", "management"
PRIVACY, ADMIN = "privacy", "admin"


@dataclass(frozen=True, kw_only=True)
class Role:
    """`everything`: sees every row; otherwise own, the team's and unowned ones.

    `permissions`: patterns of `app.codename` with `*` for anything: `people.view_*`, `funnels.*`, `*`.
    `pages`: may edit and publish the public pages.
    """

    key: str
    label: Promise | str
    summary: Promise | str
    everything: bool
    permissions: tuple[str, ...]
    pages: bool = False


_READ = (
    "people.view_*",
    "consent.view_*",
    "pipeline.view_*",
    "orders.view_*",
    "lifecycle.view_*",
    "segments.view_*",
    "journeys.view_*",
    "mail.view_delivery",
    "mail.view_mailing",
    "mailtemplates.view_*",
    "newsletters.view_*",
    "funnels.view_*",
    "kpis.view_*",
    "webforms.view_submission",
    "links.view_shortlink",
    "ctas.view_*",
)
_PEOPLE = (
    "people.add_*",
    "people.change_*",
    "people.delete_note",
    "people.delete_task",
    "people.delete_notduplicate",
    "consent.record_consent",
    "consent.withdraw_consent",
)
_HANDOVER = (
    "handover.view_handover",
    "handover.view_attainment",
    "handover.view_slaversion",
    "handover.propose_sla",
)

ROLES: tuple[Role, ...] = (
    Role(
        key=MARKETING,
        label=_("Marketing"),
        summary=_(
            "All contacts, funnels, campaigns, imports and the public pages; deals and orders to read."
        ),
        everything=True,
        pages=True,
        permissions=(
            *_READ,
            *_PEOPLE,
            "people.merge_person",
            "people.export_person",
            "pipeline.export_deal",
            "orders.export_order",
            "lifecycle.set_stage",
            "lifecycle.preview_rule",
            "lifecycle.propose_score",
            "lifecycle.agree_score_marketing",
            "segments.*",
            "journeys.*",
            *_HANDOVER,
            "handover.sign_sla_marketing",
            "campaigns.*",
            "mail.*",
            "mailtemplates.*",
            "newsletters.*",
            "pages.*",
            "wagtailredirects.*",
            "tracking.*",
            "webforms.*",
            "optin.*",
            "magnets.*",
            "playbooks.*",
            "popups.*",
            "links.*",
            "ctas.*",
            "replay.*",
            "funnels.*",
            "kpis.*",
            "traffic.*",
            "imports.*",
            "wagtailadmin.access_admin",
        ),
    ),
    Role(
        key=SALES,
        label=_("Sales"),
        summary=_("Own contacts, deals and orders, those of the team and those nobody owns yet."),
        everything=False,
        permissions=(
            *_READ,
            *_PEOPLE,
            "people.merge_person",
            "people.export_person",
            "lifecycle.set_stage",
            "lifecycle.preview_rule",
            "lifecycle.propose_score",
            "lifecycle.agree_score_sales",
            "journeys.enrol_person",
            *_HANDOVER,
            "handover.work_handover",
            "handover.sign_sla_sales",
            "handover.view_absence",
            "handover.add_absence",
            "handover.change_absence",
            "handover.delete_absence",
            "pipeline.add_deal",
            "pipeline.change_deal",
            "pipeline.delete_deal",
            "pipeline.export_deal",
            "orders.*",
        ),
    ),
    Role(
        key=SERVICE,
        label=_("Service"),
        summary=_("All contacts with their notes and tasks; deals, orders and figures to read."),
        everything=True,
        permissions=(*_READ, *_PEOPLE),
    ),
    Role(
        key=MANAGEMENT,
        label=_("Management"),
        summary=_(
            "Reads everything, agrees on stages, targets, funnels and pipelines, and sees the audit log."
        ),
        everything=True,
        permissions=(
            *_READ,
            "people.export_person",
            "orders.export_order",
            "campaigns.*",
            "pages.view_*",
            "funnels.*",
            "kpis.*",
            "traffic.*",
            "replay.view_heatpage",
            "replay.view_recording",
            "lifecycle.*",
            "segments.*",
            "journeys.*",
            "handover.*",
            "playbooks.*",
            "pipeline.*",
            "orders.export_order",
            "journal.view_*",
            "mail.view_*",
            "imports.view_*",
            "webforms.view_*",
            "optin.view_*",
            "magnets.view_*",
            "popups.view_*",
            "auditlog.view_logentry",
        ),
    ),
    Role(
        key=PRIVACY,
        label=_("Data protection"),
        summary=_("Answers requests of data subjects: finds, exports and erases; looks after consents."),
        everything=True,
        permissions=(
            *_READ,
            "optin.view_*",
            "consent.*",
            "rights.*",
            "replay.view_recording",
            "replay.delete_recording",
            "people.change_person",
            "mail.view_*",
            "mail.export_suppression",
            "imports.view_*",
            "auditlog.view_logentry",
        ),
    ),
    Role(
        key=ADMIN,
        label=_("Administration"),
        summary=_("Everything, including users, company settings and the state of the system."),
        everything=True,
        pages=True,
        permissions=("*",),
    ),
)
BY_KEY = {role.key: role for role in ROLES}
CHOICES: tuple[tuple[str, Promise | str], ...] = tuple((role.key, role.label) for role in ROLES)


def role_keys(*, user: User) -> frozenset[str]:
    """The user's roles; cached on the object for the length of a request."""
    found: frozenset[str] | None = getattr(user, "_role_keys", None)
    if found is None:
        found = frozenset(user.groups.values_list("name", flat=True)) & frozenset(BY_KEY)
        user._role_keys = found  # type: ignore[attr-defined]
    return found


def sees_everything(*, user: User) -> bool:
    """True when any of the user's roles sees every row."""
    return user.is_superuser or any(BY_KEY[key].everything for key in role_keys(user=user))
