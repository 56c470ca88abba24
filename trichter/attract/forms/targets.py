"""Where answers can go: fields of the contact and of its company."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TARGETS: dict[str, Promise | str] = {
    "person.email": _("Contact: e-mail"),
    "person.first_name": _("Contact: first name"),
    "person.last_name": _("Contact: last name"),
    "person.name": _("Contact: whole name"),
    "person.salutation": _("Contact: salutation (ms, mr, mx)"),
    "person.title": _("Contact: academic title"),
    "person.phone": _("Contact: phone"),
    "person.mobile": _("Contact: mobile"),
    "person.job_title": _("Contact: job title"),
    "person.street": _("Contact: street"),
    "person.postcode": _("Contact: postcode"),
    "person.city": _("Contact: city"),
    "person.country": _("Contact: country (two letters)"),
    "company.name": _("Company: name"),
    "company.industry": _("Company: industry"),
    "company.employees": _("Company: employees"),
    "company.city": _("Company: city"),
}
SALUTATIONS = frozenset({"ms", "mr", "mx"})
