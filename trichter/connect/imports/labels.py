"""Names of fields, reasons and options for people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .parsing.catalogue import Kind, catalogue
from .parsing.mapping import STAGE

Text = str | Promise

FIELDS: Final[dict[str, Text]] = {
    "email": _("E-mail"),
    "emails2": _("Further e-mail addresses"),
    "phone": _("Phone"),
    "mobile": _("Mobile"),
    "salutation": _("Salutation"),
    "title": _("Academic title"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "full_name": _("Full name"),
    "job_title": _("Job title"),
    "address_form": _("Form of address (Du/Sie)"),
    "buying_role": _("Role in the buying centre"),
    "parent": _("Parent company"),
    "company": _("Company"),
    "website": _("Website"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "country": _("Country"),
    "language": _("Language"),
    "source": _("Source"),
    "campaign": _("Campaign"),
    "owner_email": _("Owner"),
    "stage": _("Stage"),
    "created_at": _("Created on"),
    "external_id": _("ID in the other system"),
    "consent_purpose": _("Consent: purpose"),
    "consent_at": _("Consent: date"),
    "consent_proof": _("Consent: proof"),
    "opt_out": _("Opted out, or status"),
    "opt_out_at": _("Opted out on"),
    "bounced": _("Address does not exist (bounced)"),
    "notes": _("Notes"),
    "tags": _("Tags"),
    "name": _("Name"),
    "domain": _("Web domain"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "pipeline": _("Pipeline"),
    "probability": _("Probability"),
    "closed_at": _("Closed on"),
    "status": _("Status"),
    "lost_reason": _("Reason for loss"),
    "won_at": _("Won on"),
    "lost_at": _("Lost on"),
    "is_won": _("Won (yes/no)"),
    "is_lost": _("Lost (yes/no)"),
    "is_closed": _("Closed (yes/no)"),
    "contact_email": _("Contact"),
    "number": _("Order number"),
    "ordered_at": _("Ordered on"),
    "paid_at": _("Paid on"),
    "refunded_at": _("Refunded on"),
    "total": _("Total (gross)"),
    "product": _("Product"),
    "quantity": _("Quantity"),
    "coupon": _("Coupon"),
    "day": _("Day"),
    "medium": _("Medium"),
    "cost": _("Cost"),
    "impressions": _("Impressions"),
    "clicks": _("Clicks"),
    "query": _("Search query"),
    "page": _("Page"),
    "device": _("Device"),
    "appearance": _("Search appearance"),
    "position": _("Average position"),
    "site": _("Website"),
    "first_day": _("First day"),
    "last_day": _("Last day"),
    "month": _("Month"),
    "nth_day": _("Nth day of the span"),
    "channel": _("Channel"),
    "source_medium": _("Source / medium"),
    "sessions": _("Sessions"),
    "users": _("Website users"),
    "new_users": _("New users"),
    "engaged": _("Engaged sessions"),
    "views": _("Page views"),
    "key_events": _("Key events"),
}
_SPECIAL: Final[dict[tuple[str, str], Text]] = {
    ("deals", "title"): _("Deal"),
    ("deals", "stage"): _("Current stage"),
    ("contacts", "stage"): _("Lifecycle stage"),
}

REASONS: Final[dict[str, Text]] = {
    "remembered": _("as last time"),
    "preset": _("known export"),
    "stage_date": _("date of a stage"),
    "name": _("by its heading"),
    "similar_name": _("similar heading"),
    "values": _("by its values"),
    "values_disagree": _("the values do not fit the heading"),
    "taken": _("another column fits better"),
    "unknown": _("not recognised"),
    "chosen": _("your choice"),
}

RECORDS: Final[dict[str, Text]] = {
    "people.person": _("People"),
    "people.company": _("Companies"),
    "people.link": _("Links to people"),
    "people.note": _("Notes"),
    "people.tag": _("Tags"),
    "pipeline.deal": _("Deals"),
    "pipeline.pipeline": _("Pipelines"),
    "pipeline.pipelinestage": _("Pipeline stages"),
    "orders.order": _("Orders"),
    "campaigns.adcost": _("Ad costs"),
    "traffic.searchfigure": _("Figures of Google Search"),
    "traffic.visitfigure": _("Figures of Google Analytics"),
    "consent.consentrecord": _("Statements in the ledger of consents"),
    "mail.suppression": _("Suppressed addresses"),
}

CONSENTS: Final[dict[str, Text]] = {
    "given": _("Consents with proof"),
    "withdrawn": _("Opt-outs"),
    "suppressed": _("Addresses that do not exist"),
}


def field_label(kind: str, field: str) -> str:
    """A field as people call it; “Entered: Proposal” for the date of a stage."""
    if field.startswith(STAGE):
        return gettext("Entered: %(stage)s") % {"stage": field.removeprefix(STAGE)}
    return str(_SPECIAL.get((kind, field)) or FIELDS.get(field) or field)


def field_choices(kind: Kind) -> list[tuple[str, str]]:
    """The fields of a kind to choose from, in the order of the catalogue."""
    return [(name, field_label(kind, name)) for name in catalogue(kind).fields]
